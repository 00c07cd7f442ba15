//! Counters reconcile to the event, over the real program: each outcome there is, a kill -9 in the middle, a removed
//! site; both equations exact for each site and in total, in `/metrics` and in the JSON.

use std::io::Write;
use std::num::NonZeroU32;

use serde_json::{Value, json};
use styk::journal::{Journal, NewRecord, Options};

use crate::program::{Answer, Program, Shop, add_key, add_site, run, wait_for};

/// A client may send 2,000 events at once and hardly any more; a site of browsers 2,500.
const SETTINGS: &[(&str, &str)] = &[
    ("STYK_COLLECT_CLIENT_EVENTS_PER_SECOND", "1"),
    ("STYK_COLLECT_CLIENT_EVENTS_BURST", "1000"),
    ("STYK_COLLECT_SITE_EVENTS_PER_SECOND", "1"),
    ("STYK_COLLECT_SITE_EVENTS_BURST", "1500"),
    ("STYK_COLLECT_TRUSTED_PROXIES", r#"["127.0.0.1"]"#),
    ("STYK_SERVE_BODY_SECONDS", "1"),
    ("STYK_STORE_FLUSH_ROWS", "40"),
];

/// An account, as the JSON has it.
const ACCOUNT: [&str; 7] = ["accepted", "loaded", "duplicate", "pending", "quarantined", "missing", "difference"];

fn event(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "visitor": "v1" })
}

fn batch(events: impl IntoIterator<Item = Value>) -> Value {
    json!({ "site": "shop", "events": events.into_iter().collect::<Vec<_>>() })
}

/// Sends raw bytes with these header lines, and gives the status.
fn send_raw(program: &Program, headers: &str, body: &[u8]) -> u16 {
    let head = format!("POST /v1/events HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{headers}\r\n");
    let mut stream = program.converse(&[head.as_bytes(), body].concat());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stream, &mut text).unwrap();
    text.split(' ').nth(1).unwrap_or_else(|| panic!("no answer: {text}")).parse().unwrap()
}

fn length(body: &[u8]) -> String {
    format!("content-length: {}\r\n", body.len())
}

/// From a page of the shop, by a client with this address.
fn from_page(program: &Program, client: &str, body: &Value) -> u16 {
    let body = body.to_string();
    let headers = format!("origin: https://shop.example\r\nx-forwarded-for: {client}\r\n{}", length(body.as_bytes()));
    send_raw(program, &headers, body.as_bytes())
}

fn with_key(shop: &Shop, program: &Program, headers: &str, body: &[u8]) -> u16 {
    send_raw(program, &format!("authorization: Bearer {}\r\n{headers}{}", shop.collect_key, length(body)), body)
}

/// Everything about a site, once nothing is pending.
fn status(program: &Program, path: &str, secret: &str) -> Value {
    program.wait_until_loaded();
    let answer = program.get(path, secret);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn account(of: &Value) -> Vec<i64> {
    ACCOUNT.map(|part| of["in_all"][part].as_i64().unwrap()).to_vec()
}

fn since_start(of: &Value) -> [u64; 4] {
    ["received", "accepted", "refused", "shed"].map(|part| of["since_start"][part].as_u64().unwrap())
}

/// How many events were turned away for what.
fn reasons(of: &Value) -> Vec<(String, u64)> {
    let reasons = of["since_start"]["reasons"].as_array().unwrap();
    let mut reasons: Vec<_> = reasons
        .iter()
        .map(|reason| (reason["code"].as_str().unwrap().to_owned(), reason["events"].as_u64().unwrap()))
        .collect();
    reasons.sort();
    reasons
}

fn owned(reasons: &[(&str, u64)]) -> Vec<(String, u64)> {
    reasons.iter().map(|&(code, events)| (code.to_owned(), events)).collect()
}

/// Both equations on every row of the whole server's answer, its total, and the journal's own end.
fn check_whole(program: &Program, admin: &str) -> Value {
    let whole = status(program, "/v1/status", admin);
    let sites = whole["sites"].as_array().unwrap();
    for site in sites {
        let number = |part: &str| site["in_all"][part].as_i64().unwrap();
        let became =
            number("loaded") + number("duplicate") + number("pending") + number("quarantined") + number("removed");
        assert_eq!(number("accepted"), became, "{site:#}");
        assert_eq!((number("missing"), number("difference"), number("pending")), (0, 0, 0), "{site:#}");
        let [received, accepted, refused, shed] = since_start(site);
        assert_eq!(received, accepted + refused + shed, "{site:#}");
        assert_eq!(site["since_start"]["difference"], 0, "{site:#}");
    }
    let total: i64 = sites.iter().map(|site| site["in_all"]["accepted"].as_i64().unwrap()).sum();
    assert_eq!(whole["total"]["accepted"].as_i64(), Some(total));
    assert_eq!(whole["unaccounted"], 0, "every number that the journal gave out is in an account: {whole:#}");
    assert_eq!(total.cast_unsigned(), program.metric("styk_journal_next_sequence"));
    check_metrics(program, sites);
    whole
}

/// `/metrics` says the same as the JSON.
fn check_metrics(program: &Program, sites: &[Value]) {
    for site in sites {
        let label = |name: &str| format!("{name}{{site=\"{}\"}}", site["site"].as_str().unwrap());
        for part in ["accepted", "loaded", "duplicate", "pending", "quarantined", "removed", "missing"] {
            let name = label(&format!("styk_account_{part}_events"));
            assert_eq!(program.metric(&name), site["in_all"][part].as_u64().unwrap(), "{name}");
        }
        let [received, accepted, ..] = since_start(site);
        assert_eq!(program.metric(&label("styk_events_received_total")), received);
        assert_eq!(program.metric(&label("styk_events_accepted_total")), accepted);
    }
    let sum = |part: &str| sites.iter().map(|site| site["since_start"][part].as_u64().unwrap()).sum::<u64>();
    assert_eq!(program.metric("styk_events_refused_total"), sum("refused"));
    assert_eq!(program.metric("styk_events_shed_total"), sum("shed"));
    assert_eq!(program.metric("styk_events_unreconciled"), 0);
    assert_eq!(program.metric("styk_account_unreconciled_events"), 0);
    assert_eq!(program.metric("styk_store_rows"), program.metric("styk_account_loaded_events"));
}

/// The secret by which commands of this computer speak to the server.
fn admin_secret(shop: &Shop) -> String {
    let file: Value = serde_json::from_slice(&std::fs::read(shop.data.path().join("server.json")).unwrap()).unwrap();
    file["secret"].as_str().unwrap().to_owned()
}

/// Every reason to turn events away that needs no broken disk; gives what each row must then show.
fn send_what_is_turned_away(shop: &Shop, program: &Program) {
    let key = |headers: &str, body: &[u8]| with_key(shop, program, headers, body);
    let bad = [
        json!({ "name": "" }),
        json!({ "name": "a", "url": "javascript:1" }),
        json!({ "name": "a", "value": "1e9999" }),
        json!({ "name": "a", "items": "none" }),
        json!({ "name": "a", "properties": [] }),
        json!(5),
    ];
    // Six bad ones do not spoil two good ones.
    let mixed = bad.into_iter().chain([event("m1", "mixed"), event("m2", "mixed")]);
    let answer = shop.send(program, &batch(mixed));
    assert_eq!((answer.status, &answer.json()["accepted"]), (202, &json!(2)), "{}", answer.text());
    // A batch that is refused as a whole is all of its events.
    let whole =
        json!({ "site": "shop", "context": 5, "events": [event("w1", "a"), event("w2", "a"), event("w3", "a")] });
    assert_eq!(key("", whole.to_string().as_bytes()), 400);
    assert_eq!(key("", b"{"), 400);
    assert_eq!(key("content-encoding: br\r\n", b"{}"), 415);
    assert_eq!(key("content-encoding: gzip\r\n", b"{}"), 400);
    let many = batch((0..1_001).map(|number| event(&number.to_string(), "a"))).to_string();
    assert_eq!(key("", many.as_bytes()), 413);
    let head = format!("authorization: Bearer {}\r\n", shop.collect_key);
    assert_eq!(send_raw(program, &format!("{head}content-length: 2000000\r\n"), b"{"), 413);
    assert_eq!(send_raw(program, &format!("{head}content-length: 50\r\n"), b"{"), 408);

    assert_eq!(program.post("/v1/events", "nonsense", &event("x", "a")).unwrap().status, 401);
    assert_eq!(program.post("/v1/events", &shop.read_key, &event("x", "a")).unwrap().status, 403);
    let two = json!({ "site": "no_such", "events": [event("x", "a"), event("y", "a")] });
    assert_eq!(from_page(program, "192.0.2.9", &two), 404);
    let foreign = batch([event("x", "a")]).to_string();
    let headers = format!("origin: https://evil.example\r\n{}", length(foreign.as_bytes()));
    assert_eq!(send_raw(program, &headers, foreign.as_bytes()), 403);

    let thousand = |prefix: &str| batch((0..1_000).map(|number| event(&format!("{prefix}{number}"), "page_view")));
    assert_eq!(from_page(program, "192.0.2.1", &thousand("c")), 202);
    assert_eq!(from_page(program, "192.0.2.1", &thousand("d")), 429, "this client sent too much");
    assert_eq!(from_page(program, "192.0.2.2", &thousand("e")), 429, "this site received too much");
}

#[test]
fn each_event_is_counted_in_exactly_one_place() {
    let shop = Shop::new();
    add_site(shop.data.path(), "gone");
    let gone_key = add_key(shop.data.path(), "gone", "collect");
    let program = shop.start(SETTINGS);
    send_what_is_turned_away(&shop, &program);
    // Duplicates, and an id with other content.
    let again = batch([event("m1", "mixed"), event("m1", "mixed"), event("m2", "other"), event("n1", "new")]);
    assert_eq!(shop.send(&program, &again).status, 202);
    let to_gone = json!({ "events": [event("g1", "a"), event("g2", "a"), event("g1", "a")] });
    assert_eq!(program.post("/v1/events", &gone_key, &to_gone).unwrap().status, 202);

    let admin = admin_secret(&shop);
    check_whole(&program, &admin);
    let of_shop = status(&program, "/v1/sites/shop/status", &shop.read_key);
    assert_eq!(account(&of_shop), [1_006, 1_003, 2, 0, 1, 0, 0]);
    assert_eq!(since_start(&of_shop), [4_022, 1_006, 10, 3_006]);
    let expected = [
        ("bad_context", 3),
        ("bad_encoding", 0),
        ("bad_item", 1),
        ("bad_json", 1),
        ("bad_money", 0),
        ("bad_name", 1),
        ("bad_properties", 1),
        ("bad_url", 1),
        ("client_too_fast", 1_000),
        ("deadline", 1),
        ("encoding", 1),
        ("money_out_of_range", 1),
        ("not_an_event", 1),
        ("origin_not_allowed", 1),
        ("site_too_fast", 1_000),
        ("too_large", 1),
        ("too_many_events", 1_001),
        ("undecodable", 1),
    ];
    let expected: Vec<_> = expected.into_iter().filter(|(_, events)| 0 < *events).collect();
    assert_eq!(reasons(&of_shop), owned(&expected));
    assert_eq!(of_shop["failed"], json!([{ "reason": "same_id_other_content", "events": 1 }]));
    let whole = check_whole(&program, &admin);
    let unknown = whole["sites"].as_array().unwrap().last().unwrap();
    assert_eq!(unknown["site"], "(unknown)");
    assert_eq!(reasons(unknown), owned(&[("unauthorized", 1), ("unknown_site", 2), ("wrong_scope", 1)]));

    // Killed with some of it in the file and some only in the journal; what was on disk keeps its account.
    let killed = program.kill9();
    assert!(!killed.log.contains("panicked"), "{}", killed.log);
    append_what_does_not_decode(&shop);
    run(shop.data.path(), &["site", "remove", "gone"]);
    let program = shop.start(SETTINGS);
    let whole = check_whole(&program, &admin_secret(&shop));
    let sites = whole["sites"].as_array().unwrap();
    let named = |name: &str| sites.iter().find(|site| site["site"] == name).unwrap_or_else(|| panic!("{whole:#}"));
    assert_eq!(account(named("(removed 2)")), [3, 2, 1, 0, 0, 0, 0]);
    assert_eq!(account(named("(unknown)")), [7, 0, 0, 0, 7, 0, 0]);
    let of_shop = account(named("shop"));
    assert_eq!((of_shop[0], of_shop[1]), (1_006, 1_003));
    assert_eq!(of_shop[2] + of_shop[4], 3, "after a restart the same id with other content may pass for the same");
    assert_eq!(since_start(named("shop")), [0; 4], "these begin with the process");

    // And it goes on from there, through a stop in order.
    assert_eq!(shop.send(&program, &batch([event("n1", "new"), event("n2", "new")])).status, 202);
    let before = check_whole(&program, &admin_secret(&shop));
    assert_eq!(program.terminate().status.code(), Some(0));
    let program = shop.start(SETTINGS);
    let after = check_whole(&program, &admin_secret(&shop));
    let in_all = |whole: &Value| whole["sites"].as_array().unwrap().iter().map(account).collect::<Vec<_>>();
    assert_eq!(in_all(&after), in_all(&before));
}

/// A record of seven events in an encoding that nobody knows, as a newer program may leave it.
fn append_what_does_not_decode(shop: &Shop) {
    let (journal, _) = Journal::open(Options {
        directory: shop.data.path().join("journal"),
        segment_bytes: 64 << 20,
        queue_records_max: 10,
        queue_bytes_max: 64 << 20,
        free_bytes_min: 0,
        next_sequence_min: 0,
    })
    .unwrap();
    let count = NonZeroU32::new(7).unwrap();
    let record = NewRecord { kind: 99, stream: 0, count, received_at_ms: 0, payload: b"later" };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(journal.append(&record)).unwrap();
}

#[test]
fn a_sender_that_hangs_up_takes_nothing_back() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    const SENDERS: u64 = 200;
    for number in 0..SENDERS {
        let body = event(&format!("h{number}"), "a").to_string();
        let key = &shop.collect_key;
        let head = format!("POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n");
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        // Gone before the disk can have answered.
        drop(program.converse(request.as_bytes()));
    }
    // Whatever came through is on disk, counted and loaded; of the others nobody knows.
    wait_for("all to be counted", || {
        let counts = ["styk_events_received_total", "styk_events_accepted_total", "styk_account_loaded_events"]
            .map(|name| program.metric(name));
        let on_disk = program.metric("styk_journal_next_sequence");
        0 < on_disk && on_disk <= SENDERS && counts == [on_disk; 3]
    });
}

#[test]
fn metrics_are_not_for_everybody() {
    let shop = Shop::new();
    add_site(shop.data.path(), "other");
    let program = shop.start(&[]);
    let ask = |program: &Program, headers: &str| {
        let request = format!("GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
        let mut stream = program.converse(request.as_bytes());
        stream.flush().unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stream, &mut text).unwrap();
        text
    };
    let bearer = |secret: &str| format!("x-forwarded-for: 203.0.113.7\r\nauthorization: Bearer {secret}\r\n");
    let local = ask(&program, "");
    assert!(local.contains("styk_account_accepted_events{site=\"other\"} 0"), "{local}");
    for name in ["styk_events_received_total", "styk_disk_free_bytes", "styk_load_lag_seconds", "styk_journal_gaps"] {
        assert!(local.contains(&format!("# HELP {name} ")) && local.contains(&format!("# TYPE {name} ")), "{name}");
    }
    assert!(ask(&program, "x-forwarded-for: 203.0.113.7\r\n").starts_with("HTTP/1.1 401 "));
    assert!(ask(&program, &bearer(&shop.collect_key)).starts_with("HTTP/1.1 403 "));
    let own = ask(&program, &bearer(&shop.read_key));
    assert!(own.contains("{site=\"shop\"}") && !own.contains("\"other\"") && !own.contains("(unknown)"), "{own}");
    drop(program);

    let program = shop.start(&[("STYK_SERVE_METRICS", "key")]);
    assert!(ask(&program, "").starts_with("HTTP/1.1 401 "));
    drop(program);
    let program = shop.start(&[("STYK_SERVE_METRICS", "anyone")]);
    assert!(ask(&program, "x-forwarded-for: 203.0.113.7\r\n").starts_with("HTTP/1.1 200 "));
    assert_eq!(status_of(&program, &shop.read_key), 403, "a site's key is not the whole server's");
    assert_eq!(status_of(&program, ""), 401);
}

fn status_of(program: &Program, secret: &str) -> u16 {
    let Answer { status, .. } = program.get("/v1/status", secret);
    status
}
