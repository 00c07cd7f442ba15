//! The scripts for pages of shops as browsers and proxies fetch them, the tags that name them, and the answer of the
//! install screen.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha384};

use crate::program::{Program, Shop, add_key, add_site, command, fail, run, wait_for};

const ADAPTERS: [&str; 5] = ["woocommerce", "shopify-theme", "shopify-pixel", "adobe-commerce", "prestashop"];

/// An answer, byte by byte.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// A header; empty where there is none.
    fn header(&self, name: &str) -> &str {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(found, _)| *found == name).map_or("", |(_, value)| value)
    }
}

/// Asks over a socket of its own; `headers` are whole lines.
fn ask(program: &Program, line: &str, headers: &[&str]) -> Answer {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let request = format!("{line} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{headers}\r\n");
    let mut bytes = Vec::new();
    program.converse(request.as_bytes()).read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[end + 4..].to_vec() }
}

fn get(program: &Program, path: &str, headers: &[&str]) -> Answer {
    ask(program, &format!("GET {path}"), headers)
}

/// What is between two texts.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no `{before}` in {text}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no `{after}` in {rest}")).0
}

fn unzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

/// Unpacks brotli with another program's library.
fn unbrotli(bytes: &[u8], plain_bytes: usize) -> Vec<u8> {
    let python = std::env::var_os("STYK_TEST_PYTHON").map(PathBuf::from);
    let python = python.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/python/bin/python"));
    let script = "import pyarrow,sys; i=sys.stdin.buffer.read(); \
        sys.stdout.buffer.write(pyarrow.decompress(i, int(sys.argv[1]), codec='brotli'))";
    let mut child = Command::new(python)
        .args(["-c", script, &plain_bytes.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout
}

#[test]
fn each_client_gets_a_script_in_the_smallest_form_it_takes() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    let limits = ADAPTERS.map(|name| (format!("/s/{name}.js"), 1_024)).into_iter();
    for (path, gzip_bytes_max) in limits.chain([("/s.js".to_owned(), 4_096)]) {
        let [plain, gzip, brotli] = ["identity", "gzip, deflate", "gzip, deflate, br, zstd"]
            .map(|accepted| get(&program, &path, &[&format!("accept-encoding: {accepted}")]));
        let encodings = [&plain, &gzip, &brotli].map(|answer| answer.header("content-encoding"));
        assert_eq!(encodings, ["", "gzip", "br"], "{path}");
        assert_eq!(unzip(&gzip.body), plain.body, "{path}");
        assert_eq!(unbrotli(&brotli.body, plain.body.len()), plain.body, "{path}");
        assert!(gzip.body.len() <= gzip_bytes_max, "{path}: {} bytes of gzip are sent", gzip.body.len());
        assert!(brotli.body.len() < gzip.body.len(), "{path}");
        let mut tags = Vec::new();
        for answer in [&plain, &gzip, &brotli] {
            assert_eq!(answer.header("vary"), "accept-encoding", "{path}");
            assert_eq!(answer.header("cache-control"), "public, max-age=3600", "{path}");
            assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8", "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
            assert_eq!(answer.header("content-length"), answer.body.len().to_string(), "{path}");
            tags.push(answer.header("etag"));
        }
        tags.dedup();
        assert_eq!(tags.len(), 3, "{path}: each form has a tag of its own");
    }
    for (accepted, encoding) in [
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0, br;q=0.0", ""),
        ("*;q=0", ""),
        ("*", "br"),
        ("identity;q=0.5, GZip;Q=0.1", "gzip"),
    ] {
        let answer = get(&program, "/s.js", &[&format!("accept-encoding: {accepted}")]);
        assert_eq!(answer.header("content-encoding"), encoding, "{accepted}");
    }
    assert_eq!(get(&program, "/s.js", &[]).header("content-encoding"), "");
}

#[test]
fn who_has_a_form_of_a_script_is_told_so() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    for path in ["/s.js", "/s/prestashop.js"] {
        let first = get(&program, path, &["accept-encoding: br"]);
        let tag = first.header("etag").to_owned();
        for known in [tag.clone(), format!("\"older\", W/{tag}"), "*".to_owned()] {
            let again = get(&program, path, &["accept-encoding: br", &format!("if-none-match: {known}")]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
            for header in ["etag", "cache-control", "vary", "access-control-allow-origin"] {
                assert_eq!(again.header(header), first.header(header), "{known}: {header}");
            }
        }
        let other_form = get(&program, path, &[&format!("if-none-match: {tag}")]);
        assert_eq!((other_form.status, other_form.header("content-encoding")), (200, ""));
        let head = ask(&program, &format!("HEAD {path}"), &["accept-encoding: br"]);
        assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, tag.as_str()));
        assert_eq!(head.header("content-length"), first.header("content-length"));
    }
}

#[test]
fn a_pinned_script_is_kept_for_ever_and_is_what_its_hash_says() {
    let shop = Shop::new();
    let printed = run(shop.data.path(), &["site", "show", "shop", "--origin", "https://stats.example/"]);
    let [following, pinned] = printed.lines().collect::<Vec<_>>()[..] else { panic!("two tags: {printed}") };
    assert_eq!(following, r#"<script async src="https://stats.example/s.js" data-styk-site="shop"></script>"#);
    assert!(pinned.ends_with(r#" crossorigin="anonymous" data-styk-site="shop"></script>"#), "{pinned}");

    let program = shop.start(&[]);
    let path = between(pinned, "https://stats.example", "\"");
    let answer = get(&program, path, &["accept-encoding: gzip"]);
    assert_eq!((answer.status, answer.header("cache-control")), (200, "public, max-age=31536000, immutable"));
    let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(unzip(&answer.body))));
    assert_eq!(between(pinned, "integrity=\"", "\""), integrity);
    assert_eq!(get(&program, "/s.js", &[]).body, unzip(&answer.body));

    let installation = program.get("/v1/sites/shop/install", &shop.read_key).json();
    for adapter in installation["adapters"].as_array().unwrap() {
        let at = |field: &str| adapter[field].as_str().unwrap();
        let answer = get(&program, at("pinned_path"), &[]);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{adapter}");
        assert_eq!(at("integrity"), format!("sha384-{}", STANDARD.encode(Sha384::digest(&answer.body))));
        assert_eq!(get(&program, at("path"), &[]).body, answer.body);
    }
    for unknown in ["/s.0123456789abcdef.js", "/s..js", "/s/woocommerce.0123456789abcdef.js", "/s/unknown.js", "/s/"] {
        let answer = get(&program, unknown, &[]);
        assert_eq!(answer.status, 404, "{unknown}");
        assert!(String::from_utf8_lossy(&answer.body).contains("\"not_found\""), "{unknown}");
    }
}

#[test]
fn both_addresses_move_where_the_settings_say() {
    let shop = Shop::new();
    let settings = [("STYK_COLLECT_SCRIPT_PATH", "/shop/a.js"), ("STYK_COLLECT_EVENTS_PATH", "/b")];
    let program = shop.start(&settings);
    let status = |line: &str| ask(&program, line, &["content-length: 0"]).status;
    assert_eq!(
        ["/shop/a.js", "/shop/a/woocommerce.js", "/s.js"].map(|path| status(&format!("GET {path}"))),
        [200, 200, 404]
    );
    assert_eq!(["/b", "/v1/events", "/s"].map(|path| status(&format!("OPTIONS {path}"))), [204, 204, 404]);
    let event = json!({ "site": "shop", "name": "page_view", "url": "https://shop.example/" });
    let sent = |path: &str| program.post(path, &shop.collect_key, &event).unwrap().status;
    assert_eq!(["/b", "/v1/events", "/s"].map(sent), [202, 202, 404]);

    let show = command(&[], shop.data.path()).args(["site", "show", "shop"]).envs(settings).output().unwrap();
    let printed = String::from_utf8(show.stdout).unwrap();
    for tag in printed.lines() {
        assert!(tag.contains(r#" data-styk-to="http://127.0.0.1:8417/b"></script>"#), "{tag}");
    }
    let paths = program.get("/openapi.json", "").json()["paths"].clone();
    assert!(paths["/b"]["post"].is_object() && paths["/shop/a.js"]["get"].is_object() && paths["/s"].is_null());
}

#[test]
fn addresses_that_cannot_be_are_named_before_anything_is_served() {
    let shop = Shop::new();
    let serve = |key: &str, path: &str| {
        let mut serve = command(&[], shop.data.path());
        let output = serve.args(["serve", "--listen", "127.0.0.1:0"]).env(key, path).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (key, setting, path) in [
        ("STYK_COLLECT_SCRIPT_PATH", "collect.script_path", "/s"),
        ("STYK_COLLECT_EVENTS_PATH", "collect.events_path", "s"),
    ] {
        let (code, said) = serve(key, path);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(&format!("`{setting}`: `{path}`")), "{said}");
    }
    for (key, path) in [("STYK_COLLECT_SCRIPT_PATH", "/assets/app.js"), ("STYK_COLLECT_EVENTS_PATH", "/login")] {
        let (code, said) = serve(key, path);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(&format!("`{path}` lies where other pages do")), "{said}");
    }
    assert!(fail(shop.data.path(), &["site", "show", "nowhere"]).contains("nowhere"));
}

/// `[name, in the last minutes, in the last days, known]` of each name.
fn names(installation: &Value) -> Vec<Value> {
    let names = installation["recent"]["names"].as_array().unwrap().iter();
    let row = |name: &Value| json!([name["event"], name["recent_events"], name["events"], name["known"]]);
    let mut rows: Vec<Value> = names.map(row).collect();
    rows.sort_by_key(Value::to_string);
    rows
}

#[test]
fn the_install_answer_says_what_arrives_and_under_which_consent() {
    let shop = Shop::new();
    add_site(shop.data.path(), "other");
    let other_key = add_key(shop.data.path(), "other", "read");
    let program = shop.start(&[]);
    let installation = || program.get("/v1/sites/shop/install", &shop.read_key).json();
    let nothing = installation();
    assert_eq!((&nothing["fetched"], &nothing["recent"]["all"]["last_at"]), (&Value::Null, &Value::Null));
    assert_eq!(nothing["recent"]["names"], json!([]));
    assert_eq!(nothing["events_path"], "/s");
    let tag = r#"<script async src="{origin}/s.js" data-styk-site="shop"></script>"#;
    assert_eq!(nothing["snippet"]["tags"]["following"], tag);
    let pixel = nothing["adapters"].as_array().unwrap().iter().find(|adapter| adapter["name"] == "shopify-pixel");
    assert_eq!(pixel.unwrap()["tags"], Value::Null);

    let event = |name: &str, consent: &str| json!({ "name": name, "consent": consent, "visitor": "v1" });
    // What happened last year arrives now, too.
    let mut old = event("page_view", "granted");
    old["occurred_at"] = json!("2024-11-20T10:00:00Z");
    let events = [event("page_view", "granted"), old, event("addToCart", "denied")];
    assert_eq!(shop.send(&program, &json!({ "site": "shop", "events": events })).status, 202);
    wait_for("the events to be seen", || installation()["recent"]["all"]["events"] == 3);
    let seen = installation();
    assert_eq!(names(&seen), [json!(["addToCart", 1, 1, false]), json!(["page_view", 2, 2, true])]);
    assert_eq!(seen["recent"]["all"]["recent_events"], 3);
    let consent = seen["recent"]["consent"].as_array().unwrap().iter();
    let mut consent: Vec<_> = consent.map(|row| (row["consent"].as_str().unwrap(), row["events"].clone())).collect();
    consent.sort_unstable_by_key(|(state, _)| *state);
    assert_eq!(consent, [("denied", json!(1)), ("granted", json!(2))]);
    let last = seen["recent"]["all"]["last_at"].as_str().unwrap();
    let status = program.get("/v1/sites/shop/status", &shop.read_key).json();
    assert!(
        last <= status["server"]["now"].as_str().unwrap() && status["server"]["started_at"].as_str().unwrap() < last
    );

    let others = program.get("/v1/sites/other/install", &other_key).json();
    assert_eq!((&others["recent"]["names"], &others["fetched"]), (&json!([]), &Value::Null));
}

#[test]
fn a_page_that_fetched_the_script_is_noticed_and_no_other() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    let fetched = || program.get("/v1/sites/shop/install", &shop.read_key).json()["fetched"].clone();
    for foreign in ["referer: https://elsewhere.example/", "origin: https://shop.example.evil.example", "x: y"] {
        get(&program, "/s.js", &[foreign]);
    }
    assert_eq!(fetched(), Value::Null);
    get(&program, "/s.js", &["referer: https://www.shop.example/"]);
    let tag = get(&program, "/s.js", &[]).header("etag").to_owned();
    assert_eq!(get(&program, "/s.js", &["origin: https://shop.example", &format!("if-none-match: {tag}")]).status, 304);
    get(&program, "/s/woocommerce.js", &["referer: https://shop.example/"]);
    assert_eq!(fetched()["times"], 2, "adapters are not the snippet");
    assert!(fetched()["last_at"].is_string());
}
