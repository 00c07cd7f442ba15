//! HOSTILE.md, the rows that only a real socket shows: what bytes get which answer, and that nothing else suffers.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::program::{Program, Shop, add_key, add_site, wait_for};

const BODY_BYTES_MAX: usize = 1 << 20;

/// A server with an event that was acknowledged before anything hostile came.
struct Target {
    shop: Shop,
    program: Program,
}

impl Target {
    fn start(settings: &[(&str, &str)]) -> Self {
        let shop = Shop::new();
        let program = shop.start(settings);
        let target = Self { shop, program };
        target.send_good("before");
        target
    }

    /// Sends one good event; its sender is served whatever else goes on.
    fn send_good(&self, id: &str) {
        let answer = self.shop.send(&self.program, &good_event(id));
        assert_eq!(answer.status, 202, "{}", answer.text());
    }

    /// The good events, and only they, are stored; counters reconcile.
    fn check(&self, good: &[&str]) {
        self.send_good("after");
        self.program.wait_until_loaded();
        let rows = self.shop.export_rows(&self.program);
        let mut stored: Vec<_> = rows.iter().map(|row| row["transaction_id"].as_str().unwrap()).collect();
        stored.sort_unstable();
        let mut good: Vec<_> = ["before", "after"].iter().chain(good).copied().collect();
        good.sort_unstable();
        assert_eq!(stored, good);

        let metrics = self.program.get("/metrics", "").text();
        let sum = |name: &str| {
            let values = metrics.lines().filter(|line| line.starts_with(name));
            values.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum::<u64>()
        };
        let turned_away = sum("styk_events_refused_total") + sum("styk_events_shed_total");
        assert_eq!(sum("styk_events_received_total"), sum("styk_events_accepted_total") + turned_away, "{metrics}");
        assert_eq!(sum("styk_events_accepted_total"), good.len() as u64, "{metrics}");
    }

    fn expect_all(&self, table: &[(&str, Vec<u8>, u16)]) {
        let mut wrong = Vec::new();
        for (case, request, status) in table {
            let RawAnswer { status: found, text } = read_answer(self.program.converse(request));
            if found != Some(*status) || text.contains("hostile") {
                wrong.push(format!("{case}: expected {status} and no echo, got {found:?}: {text}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn good_event(id: &str) -> Value {
    json!({ "id": id, "name": "purchase", "transaction_id": id, "visitor": "v1" })
}

/// An answer as it came over the wire; no status when the connection was closed without one.
struct RawAnswer {
    status: Option<u16>,
    text: String,
}

/// Reads until the server closes.
fn read_answer(mut stream: TcpStream) -> RawAnswer {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        // Closed with something of ours unread.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error} after {}", String::from_utf8_lossy(&bytes)),
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    RawAnswer { status, text }
}

/// A request that closes its connection; `headers` end with a line break each.
fn request(line: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("{line} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// `POST /v1/events` with a length.
fn post(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    request("POST /v1/events", &format!("{headers}content-length: {}\r\n", body.len()), body)
}

fn bearer(secret: &str) -> String {
    format!("authorization: Bearer {secret}\r\n")
}

/// A body of exactly `bytes` bytes, which is one good event.
fn body_of(bytes: usize) -> String {
    let mut body = good_event("large").to_string();
    body.push_str(&" ".repeat(bytes - body.len()));
    body
}

/// Rows 14 and 16.
#[test]
fn a_body_may_be_so_long_and_no_longer() {
    let target = Target::start(&[]);
    let key = bearer(&target.shop.collect_key);
    let with_length =
        |length: &str| request("POST /v1/events", &format!("{key}content-length: {length}\r\n"), "hostile");
    let chunked = {
        let body = body_of(BODY_BYTES_MAX + 1);
        let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        request("POST /v1/events", &format!("{key}transfer-encoding: chunked\r\n"), chunk)
    };
    target.expect_all(&[
        ("the limit", post(&key, body_of(BODY_BYTES_MAX)), 202),
        ("the limit and a byte", post(&key, body_of(BODY_BYTES_MAX + 1)), 413),
        ("the limit and a byte, in chunks", chunked, 413),
        ("a negative length", with_length("-1"), 400),
        ("no number", with_length("hostile"), 400),
        ("an exabyte", with_length("1152921504606846976"), 413),
        ("more than a number holds", with_length("99999999999999999999999"), 400),
    ]);
    target.check(&["large"]);
}

/// Row 15.
#[test]
fn a_body_without_end_is_given_up() {
    let target = Target::start(&[("STYK_SERVE_BODY_SECONDS", "1")]);
    let key = bearer(&target.shop.collect_key);
    let endless = request("POST /v1/events", &format!("{key}transfer-encoding: chunked\r\n"), "5\r\nhosti\r\n");
    let short = request("POST /v1/events", &format!("{key}content-length: 1000\r\n"), "hostile");
    target.expect_all(&[("chunks without end", endless, 408), ("less than was announced", short, 408)]);
    target.check(&[]);
}

/// Row 21.
#[test]
fn a_head_may_be_so_long_and_no_longer() {
    let target = Target::start(&[]);
    let key = bearer(&target.shop.collect_key);
    let body = good_event("head").to_string();
    // Together with those that every request here has: host, connection, authorization, content-length.
    let headers = |count: usize| (0..count - 4).map(|number| format!("x-{number}: hostile\r\n")).collect::<String>();
    let long_header = format!("x-long: {}\r\n", "h".repeat(64 << 10));
    let long_path = format!("GET /{}", "h".repeat(1 << 20));
    target.expect_all(&[
        ("64 headers", post(&format!("{key}{}", headers(64)), &body), 202),
        ("65 headers", post(&format!("{key}{}", headers(65)), &body), 431),
        ("a header of 64 KiB", post(&format!("{key}{long_header}"), &body), 431),
        // HOSTILE.md says 414. The server stops reading at 32 KiB, before it can know that all of it is the address.
        ("an address of 1 MB", request(&long_path, "", ""), 431),
    ]);
    target.check(&["head"]);
}

/// Row 22: a slow head is closed, and others are served meanwhile.
#[test]
fn slow_heads_are_closed_and_keep_nobody_waiting() {
    let target = Target::start(&[("STYK_SERVE_HEADER_SECONDS", "1")]);
    let mut slow: Vec<_> = (0..40).map(|_| target.program.converse(b"POST /v1/events HTTP/1.1\r\nhost: ")).collect();
    target.send_good("meanwhile");
    // A byte now and then does not prolong it: writing goes on until every connection is closed.
    wait_for("slow connections to be closed", || {
        slow.retain_mut(|stream| !is_closed_after_writing(stream, b"h"));
        slow.is_empty()
    });
    target.check(&["meanwhile"]);
}

fn is_closed_after_writing(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    if stream.write_all(bytes).is_err() {
        return true;
    }
    stream.set_nonblocking(true).unwrap();
    let mut answer = [0; 1024];
    let closed = loop {
        match stream.read(&mut answer) {
            Ok(0) => break true,
            // An answer, such as 408, before the end.
            Ok(_) => {}
            Err(error) => break error.kind() != ErrorKind::WouldBlock,
        }
    };
    stream.set_nonblocking(false).unwrap();
    closed
}

/// Row 23, in small: idle connections cost nothing, keep nobody out, and are closed in the end.
#[test]
fn idle_connections_keep_nobody_out() {
    let target = Target::start(&[("STYK_SERVE_HEADER_SECONDS", "2")]);
    let answered = b"GET /livez HTTP/1.1\r\nhost: shop.example\r\n\r\n";
    let mut idle: Vec<_> = (0..500)
        .map(|_| {
            let mut stream = target.program.converse(answered);
            let mut first = [0; 12];
            stream.read_exact(&mut first).unwrap();
            assert_eq!(&first, b"HTTP/1.1 200");
            stream
        })
        .collect();
    target.send_good("meanwhile");
    wait_for("idle connections to be closed", || {
        idle.retain_mut(|stream| !is_closed_after_writing(stream, b""));
        idle.is_empty()
    });
    target.check(&["meanwhile"]);
}

/// Rows 43 and 44: whose budget is charged shows whose address is believed.
#[test]
fn only_a_trusted_proxy_may_name_the_client() {
    // A client's whole budget is one full batch; the next is due in a quarter of an hour.
    let start = |proxies| {
        Target::start(&[
            ("STYK_COLLECT_CLIENT_EVENTS_BURST", "1000"),
            ("STYK_COLLECT_CLIENT_EVENTS_PER_SECOND", "1"),
            ("STYK_COLLECT_TRUSTED_PROXIES", proxies),
        ])
    };
    let view = json!({ "name": "page_view", "url": "https://shop.example/" });
    let batch = json!({ "site": Shop::SITE, "events": vec![view; 1_000] }).to_string();
    let status = |target: &Target, forwarded: &str| {
        let answer = read_answer(target.program.converse(&post(forwarded, &batch)));
        let waits = answer.text.contains("retry-after: ");
        assert_eq!(waits, answer.status == Some(429), "{}", answer.text);
        answer.status
    };

    let distrusting = start("[]");
    assert_eq!(status(&distrusting, "x-forwarded-for: 198.51.100.1\r\n"), Some(202));
    assert_eq!(status(&distrusting, "x-forwarded-for: 198.51.100.2\r\n"), Some(429), "a stranger chose its address");
    distrusting.program.wait_until_loaded();
    assert_eq!(distrusting.shop.export_rows(&distrusting.program).len(), 1 + 1_000);

    let trusting = start("[\"127.0.0.0/8\", \"10.0.0.0/8\"]");
    let lines = |hearsay: &str, client: &str| {
        let line = |hops: &str| format!("x-forwarded-for: {hops}\r\n");
        [line(&format!("{hearsay}, 203.0.113.9")), line(&format!("{hearsay}, {client}")), line("10.0.0.1, 10.0.0.2")]
            .concat()
    };
    assert_eq!(status(&trusting, &lines("192.0.2.1", "198.51.100.1")), Some(202));
    assert_eq!(status(&trusting, &lines("192.0.2.2", "198.51.100.1")), Some(429), "hearsay was believed");
    assert_eq!(status(&trusting, &lines("192.0.2.1", "198.51.100.2")), Some(202));
    trusting.program.wait_until_loaded();
    assert_eq!(trusting.shop.export_rows(&trusting.program).len(), 1 + 2_000);
}

/// Rows 47, 48 and 49.
#[test]
fn methods_keys_and_cookies_that_do_not_fit_are_refused() {
    let target = Target::start(&[]);
    let data = target.shop.data.path();
    let body = good_event("hostile").to_string();
    let revoked = add_key(data, Shop::SITE, "collect");
    revoke_newest_key(&target, &revoked);
    let report = format!("POST /v1/sites/{}/reports/funnel", Shop::SITE);
    let mut table: Vec<_> = ["GET", "PUT", "DELETE", "PATCH", "TRACE"]
        .map(|method| ("another method", request(&format!("{method} /v1/events"), "", ""), 405))
        .into();
    table.extend([
        ("asking first", request("OPTIONS /v1/events", "origin: https://shop.example\r\n", ""), 204),
        ("no key", request(&report, "content-length: 2\r\n", "{}"), 401),
        ("a wrong key", request(&report, &format!("{}content-length: 2\r\n", bearer("hostile")), "{}"), 401),
        ("a wrong key, collecting", post(&bearer("hostile"), &body), 401),
        ("a revoked key", post(&bearer(&revoked), &body), 401),
        ("a read key, collecting", post(&bearer(&target.shop.read_key), &body), 403),
        (
            "a collect key, asking",
            request(&report, &format!("{}content-length: 2\r\n", bearer(&target.shop.collect_key)), "{}"),
            403,
        ),
    ]);
    let cookie = sign_in(&target);
    let asking = |headers: &str| request(&report, &format!("cookie: {cookie}\r\n{headers}content-length: 2\r\n"), "{}");
    table.push((
        "a page elsewhere with the cookie",
        asking("origin: https://hostile.example\r\nsec-fetch-site: cross-site\r\n"),
        403,
    ));
    table.push((
        "our own page with the cookie",
        asking("origin: http://shop.example\r\nsec-fetch-site: same-origin\r\n"),
        400,
    ));
    target.expect_all(&table);

    let preflight = read_answer(target.program.converse(&request("OPTIONS /v1/events", "", ""))).text;
    assert!(preflight.contains("access-control-allow-origin: *"), "{preflight}");
    target.check(&[]);
}

/// Takes a key back, and waits until the server has heard of it.
fn revoke_newest_key(target: &Target, secret: &str) {
    let data = target.shop.data.path();
    let keys = crate::program::run(data, &["key", "list"]);
    let newest = keys.lines().filter_map(|line| line.split_whitespace().next()?.parse::<u32>().ok()).max().unwrap();
    crate::program::run(data, &["key", "revoke", &newest.to_string()]);
    // No event: what a key may do is settled before the body is read.
    wait_for("the key to be refused", || {
        target.program.post("/v1/events", secret, &json!(null)).unwrap().status == 401
    });
}

/// Makes the first user by the link that the server printed; gives the cookie.
fn sign_in(target: &Target) -> String {
    let token = target.program.setup_token();
    let body = json!({ "token": token, "email": "ann@shop.example", "password": "correct horse battery" }).to_string();
    let head =
        format!("origin: http://shop.example\r\nsec-fetch-site: same-origin\r\ncontent-length: {}\r\n", body.len());
    let answer = read_answer(target.program.converse(&request("POST /v1/setup", &head, body)));
    assert_eq!(answer.status, Some(204), "{}", answer.text);
    let cookie = answer.text.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Rows 50 and 51.
#[test]
fn paths_and_other_sites_lead_nowhere() {
    let target = Target::start(&[]);
    let data = target.shop.data.path();
    add_site(data, "rival");
    let rival = bearer(&add_key(data, "rival", "read"));
    let rival_collects = bearer(&add_key(data, "rival", "collect"));
    let own = bearer(&target.shop.read_key);
    wait_for("the new site to be known", || {
        let answer = read_answer(target.program.converse(&request("GET /v1/sites/rival/fields", &rival, "")));
        answer.status == Some(200)
    });
    let mut table = Vec::new();
    for path in [
        "..",
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "events%00",
        "events/../../../etc/passwd",
        "%2e%2e",
        "hostile",
    ] {
        table.push((path, request(&format!("GET /v1/sites/shop/export/{path}"), &own, ""), 404));
    }
    table.push(("a NUL as it is", request("GET /v1/sites/shop/export/\0", &own, ""), 400));
    for site in ["shop", "nowhere", "shop%00", "..%2fshop"] {
        for path in ["fields", "export/events?format=csv"] {
            table.push((site, request(&format!("GET /v1/sites/{site}/{path}"), &rival, ""), 404));
        }
        let headers = format!("{rival}content-length: 2\r\n");
        table.push((site, request(&format!("POST /v1/sites/{site}/reports/funnel"), &headers, "{}"), 404));
    }
    let event = json!({ "site": "shop", "events": [good_event("hostile")] }).to_string();
    table.push(("another site's collect key", post(&rival_collects, event), 404));
    target.expect_all(&table);
    target.check(&[]);
}
