//! Bad input to collecting, and the answer it gets: the rows of HOSTILE.md up to 48 that concern parsing and HTTP.
//!
//! Rows 15, 16 and 21 to 23 need sockets and belong to the server's tests; 28, 36, 39 and 40 say more about
//! loading and showing than what is accepted here; 42 is about questions.

pub(crate) mod shop;

use std::io::{Read, Write};
use std::path::Path;

use expect_test::expect;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use styk::collect::Shed;
use styk::control::Scope;
use styk::domain::event::Clock;
use styk::domain::name::SiteKey;
use styk::domain::time::Timestamp;

use shop::{NOW, PAGE, Shop, quota};

fn batch_of(events: impl IntoIterator<Item = Value>) -> String {
    json!({ "site": "demo", "events": events.into_iter().collect::<Vec<_>>() }).to_string()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_fixture_of_the_wire_is_accepted_whole() {
    let shop = Shop::open();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire");
    let mut accepted = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let body = std::fs::read(&path).unwrap();
        let answer = if name.starts_with("server") { shop.send_with_key(body) } else { shop.send(body) };
        let receipt: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer.status, 202, "{name}: {}", answer.body);
        assert_eq!(receipt["refused"] == json!([]), !name.starts_with("refused"), "{name}: {}", answer.body);
        accepted += receipt["accepted"].as_u64().unwrap();
    }
    assert_eq!(shop.events().len() as u64, accepted);
    assert!(0 < accepted);
}

#[test]
fn a_receipt_names_the_bad_event_and_keeps_the_others() {
    let shop = Shop::open();
    let event = |number| json!({ "name": "view_item", "value": if number == 3 { "9223372036854775807" } else { "1" } });
    let answer = shop.send(batch_of((0..50).map(event)));
    assert_eq!(answer.status, 202);
    expect![[r#"{"accepted":49,"refused":[{"index":3,"code":"money_out_of_range","message":"an amount is larger than 10^15 minor units"}]}"#]]
    .assert_eq(&answer.body);
    assert_eq!(shop.events().len(), 49);
    let counts = shop.tally.counts();
    assert_eq!((counts.received, counts.accepted), (50, 49));
}

#[test]
fn what_is_no_batch_is_told_so() {
    let shop = Shop::open();
    shop.check("", "400 empty_body");
    shop.check(" \n", "400 empty_body");
    for body in ["null", "[]", "5", "\"x\"", "{}", r#"{"site":"demo","events":5}"#] {
        shop.check(body, "400 not_an_event");
    }
    for body in [r#"{"site":"demo","events":[{"name":"a""#, r#"{"site":"demo","name":"a"} x"#, "nonsense"] {
        shop.check(body, "400 bad_json");
    }
    shop.check(r#"{"site":"demo","events":[]}"#, "400 no_events");
    shop.check("[".repeat(10_000), "400 too_deep");
    shop.check(b"{\"site\":\"demo\",\"name\":\"\xff\"}".to_vec(), "400 bad_utf8");
    shop.check("{\"site\":\"demo\",\"name\":\"a\u{1}\"}", "400 control_char");
    shop.check(r#"{"site":"demo","sent_at":"noon","name":"a"}"#, "400 bad_time");
    shop.check(batch_of([json!(5), json!([]), json!({})]), "400 not_an_event not_an_event bad_name");
    expect![[r#"{"accepted":0,"refused":[],"error":{"code":"empty_body","message":"the body is empty; send one JSON object with `site` and `events`"}}"#]]
    .assert_eq(&shop.send("").body);
    assert_eq!(shop.events(), []);
}

#[test]
fn texts_are_what_they_must_be() {
    let shop = Shop::open();
    let deep = |depth: usize| format!(r#""properties":{{"a":{}1{}}}"#, r#"{"a":"#.repeat(depth), "}".repeat(depth));
    shop.check_event(&deep(200), "400 too_deep");
    shop.check_event(&deep(5), "400 too_deep");
    shop.check_event(&deep(4), "202");
    let other = deep(100);
    shop.check(format!(r#"{{"site":"demo","events":[{{"name":"a",{other}}},{{"name":"a"}}]}}"#), "202 too_deep");
    shop.check_event(r#""whatever":{"x":[1]},"title":5"#, "202");
    assert_eq!(shop.tally.counts().unknown_fields, 1);
    for field in ["customer", "cart_id", "touchpoint"] {
        shop.check_event(&format!(r#""{field}":"\ud800""#), "400 bad_utf8");
        shop.check_event(&format!(r#""{field}":"a\u0000b""#), "400 control_char");
        shop.check_event(&format!(r#""{field}":{{}}"#), "400 bad_text");
        shop.check_event(&format!(r#""{field}":"{}""#, "x".repeat(201)), "400 value_too_long");
    }
    shop.check_event(r#""name":"a\u0000b""#, "400 control_char");
    shop.check_event(r#""name":"\udc00""#, "400 bad_utf8");
    shop.check_event(r#""properties":{"a":"\u0000"}"#, "400 control_char");
    shop.check_event(r#""name":"\u202e\u200b😀","properties":{"\u202e":"\u200b😀"}"#, "202");
    shop.check_event(&format!(r#""properties":{{"a":"{}"}}"#, "x".repeat(1_000_000)), "400 value_too_long");
    let many: Vec<_> = (0..10_000).map(|number| format!("\"k{number}\":1")).collect();
    shop.check_event(&format!(r#""properties":{{{}}}"#, many.join(",")), "400 too_many_props");
}

#[test]
fn dangerous_texts_are_just_texts() {
    let shop = Shop::open();
    for text in [
        "<script>alert(1)</script>",
        "\"><img onerror=x>",
        "=cmd|' /C calc'!A0",
        "@SUM",
        "\t=1",
        "'; DROP TABLE events;--",
        "%' OR 1=1",
        "${jndi:x}",
    ] {
        let item = json!({ "item_id": "1", "item_name": text, "item_category": text });
        let event = json!({ "name": "view_item", "items": [item], "properties": { "text": text } });
        shop.check(batch_of([event]), "202");
        let stored = shop.events().pop().unwrap();
        assert_eq!(stored.commerce.items[0].item_name.as_ref().unwrap().as_str(), text.trim());
        let properties: Value = serde_json::from_str(&stored.properties.unwrap()).unwrap();
        assert_eq!(properties["text"], text);
    }
}

#[test]
fn money_and_items_are_exact_or_refused() {
    let shop = Shop::open();
    for (price, expected) in [
        ("\"NaN\"", "400 bad_money"),
        ("\"Infinity\"", "400 bad_money"),
        ("1e999", "400 money_out_of_range"),
        ("9223372036854775807", "400 money_out_of_range"),
        ("0.30000000000000004", "400 money_too_precise"),
        ("0.3000000000000000", "202"),
        ("19.90", "202"),
    ] {
        shop.check_event(&format!(r#""value":{price}"#), expected);
        shop.check_event(&format!(r#""items":[{{"item_id":"1","price":{price}}}]"#), expected);
    }
    shop.check_event(r#""value":NaN"#, "400 bad_json");
    for quantity in ["0", "-1", "1e9", "1000000000", "1.5"] {
        shop.check_event(&format!(r#""items":[{{"item_id":"1","quantity":{quantity}}}]"#), "400 bad_quantity");
    }
    let items = |count| vec![r#"{"item_id":"1"}"#; count].join(",");
    shop.check_event(&format!(r#""items":[{}]"#, items(500)), "400 too_many_items");
    shop.check_event(&format!(r#""items":[{}]"#, items(200)), "202");
}

#[test]
fn times_beyond_belief_are_replaced_and_flagged() {
    let shop = Shop::open();
    let unbelievable =
        ["\"1970-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "9223372036854775808", "\"2027-11-22T10:00:00Z\""];
    for time in unbelievable {
        shop.check_event(&format!(r#""occurred_at":{time}"#), "202");
        let stored = shop.events().pop().unwrap().time;
        assert_eq!((stored.occurred_at, stored.clock), (Timestamp::parse(NOW).unwrap(), Clock::Replaced));
    }
    shop.check_event(r#""occurred_at":"yesterday""#, "400 bad_time");
}

#[test]
fn addresses_are_scrubbed_before_the_disk() {
    let shop = Shop::open();
    for url in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/cart"] {
        shop.check_event(&format!(r#""url":"{url}""#), "400 bad_url");
    }
    let url =
        "https://me:pw@shop.example/u/ann@b.example?email=ann@b.example&token=s3cret&utm_source=x&gclid=s3cret#frag";
    let fields = json!({ "name": "a", "url": url, "referrer": url, "customer": "ann@b.example",
        "properties": { "comment": "I am ann@b.example", "link": url } });
    shop.check(batch_of([fields]), "202");
    let directory = shop.dir.path().join("journal");
    for file in std::fs::read_dir(directory).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["ann@", "s3cret", "frag", "me:pw", "192.0.2.1"] {
            assert!(!text.contains(secret), "{secret}");
        }
        assert!(text.contains("https://shop.example/u/[redacted]?utm_source=x"));
    }
}

#[test]
fn bodies_have_limits_as_sent_and_decoded() {
    let shop = Shop::open();
    let padded = |bytes: usize| {
        let event = r#"{"site":"demo","name":"a"}"#;
        format!("{event}{}", " ".repeat(bytes - event.len()))
    };
    shop.check(padded(1 << 20), "202");
    shop.check(padded((1 << 20) + 1), "413 too_large");
    assert_eq!(shop.ask("POST", &[PAGE, ("content-length", "99999999999")], "{}").summary(), "413 too_large");
    let encoded = |encoding, body| shop.ask("POST", &[PAGE, ("content-encoding", encoding)], body).summary();
    assert_eq!(encoded("gzip", gzip(padded(4 << 20).as_bytes())), "202");
    assert_eq!(encoded("gzip", gzip(&vec![b' '; 100 << 20])), "413 too_large");
    assert_eq!(encoded("gzip, gzip", gzip(&gzip(b"{}"))), "415 bad_encoding");
    assert_eq!(encoded("br", Vec::new()), "415 bad_encoding");
    let bomb = zstd::encode_all(std::io::repeat(b' ').take(512 << 20), 3).unwrap();
    assert_eq!(encoded("zstd", bomb.clone()), "415 bad_encoding");
    let bearer = format!("Bearer {}", shop.key);
    let headers = [("authorization", bearer.as_str()), ("content-encoding", "zstd")];
    assert_eq!(shop.ask("POST", &headers, bomb).summary(), "413 too_large");
    shop.check(batch_of((0..1_001).map(|_| json!({ "name": "a" }))), "413 too_many_events");
    let counts = shop.tally.counts();
    assert_eq!(counts.accepted, 2);
    let turned_away: u64 = counts.refused.iter().map(|(_, events)| events).sum::<u64>()
        + counts.shed.iter().map(|(_, events)| events).sum::<u64>();
    assert_eq!(counts.received, 2 + turned_away);
}

#[test]
fn a_batch_may_come_twice_and_hold_an_id_twice() {
    let shop = Shop::open();
    let body = batch_of([json!({ "id": "one", "name": "a" }), json!({ "id": "one", "name": "b" })]);
    shop.check(body.clone(), "202");
    shop.check(body, "202");
    let ids: Vec<_> = shop.events().iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[test]
fn limits_are_on_and_count_the_client_behind_the_proxy() {
    let shop = Shop::open_with(quota(1, 1_000));
    let full = batch_of((0..1_000).map(|_| json!({ "name": "a" })));
    let one = r#"{"site":"demo","name":"a"}"#;
    shop.check(full.clone(), "202");
    let refused = shop.send(full.clone());
    assert_eq!(refused.summary(), "429 too_many_requests");
    let seconds: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((900..=1_001).contains(&seconds), "{seconds}");
    assert_eq!(refused.headers["access-control-expose-headers"], "retry-after");
    let forwarded =
        |list: &str, body: &str| shop.ask("POST", &[PAGE, ("x-forwarded-for", list)], body.to_owned()).status;
    assert_eq!(forwarded("192.0.2.1", &full), 429, "the same client through the proxy");
    assert_eq!(forwarded("192.0.2.1, 192.0.2.7", &full), 202, "hearsay left of the client is ignored");
    let lines = [PAGE, ("x-forwarded-for", "192.0.2.8, 192.0.2.9"), ("x-forwarded-for", "192.0.2.7, 10.0.0.3")];
    assert_eq!(shop.ask("POST", &lines, full.clone()).status, 429, "lines are one list");
    assert_eq!(shop.send_with_key(one).status, 202, "servers have a quota of their own");
    assert_eq!(shop.events().len(), 2_001, "nothing is kept of what was turned away");
}

#[test]
fn a_full_disk_asks_for_patience_and_counts_what_was_shed() {
    let shop = Shop::open_on_disk(quota(1_000, 1_000), u64::MAX);
    let answer = shop.send(batch_of([json!({ "name": "a" }), json!({ "name": "" }), json!({ "name": "c" })]));
    assert_eq!(answer.summary(), "503 disk_full");
    assert!(answer.headers.contains_key("retry-after"));
    let counts = shop.tally.counts();
    assert_eq!((counts.received, counts.accepted), (3, 0));
    assert!(counts.shed.contains(&(Shed::DiskFull, 3)));
    assert_eq!(shop.events(), []);
}

#[test]
fn senders_are_who_they_must_be() {
    let shop = Shop::open();
    let one = r#"{"site":"demo","name":"a","url":"https://shop.example/"}"#;
    let status = |headers: &[(&str, &str)], body: &str| shop.ask("POST", headers, body.to_owned()).summary();
    assert_eq!(status(&[PAGE], r#"{"site":"other","name":"a"}"#), "404 unknown_site");
    assert_eq!(status(&[PAGE], r#"{"name":"a"}"#), "404 unknown_site");
    assert_eq!(status(&[("origin", "https://evil.example")], one), "403 origin_not_allowed");
    assert_eq!(status(&[], one), "202");
    assert_eq!(status(&[], r#"{"site":"demo","name":"a","url":"https://evil.example/"}"#), "403 origin_not_allowed");
    assert_eq!(status(&[], r#"{"site":"demo","name":"a"}"#), "403 origin_not_allowed");
    let site = SiteKey::parse("demo").unwrap();
    let reader = format!("Bearer {}", shop.control.add_key(&site, Scope::Read, "").unwrap());
    let revoked = shop.control.add_key(&site, Scope::Collect, "").unwrap();
    let newest = shop.control.list_keys().unwrap().into_iter().map(|key| key.id).max_by_key(|id| id.0).unwrap();
    shop.control.revoke_key(newest).unwrap();
    for bad in ["Bearer nonsense", "Basic eDp5", "Bearer", &format!("Bearer {revoked}")] {
        assert_eq!(status(&[("authorization", bad)], one), "401 unauthorized");
    }
    assert_eq!(status(&[("authorization", &reader)], one), "403 wrong_scope");
    assert_eq!(shop.send_with_key(r#"{"name":"a"}"#).summary(), "202");
    assert_eq!(shop.send_with_key(r#"{"site":"other","name":"a"}"#).summary(), "404 unknown_site");
    assert_eq!(shop.send_with_key("{\"name\":\"a\"}\n\n{\"name\":5}\n{\"nam\n").summary(), "202 bad_text bad_json");
    assert_eq!(status(&[PAGE], "{\"name\":\"a\"}\n{\"name\":\"b\"}"), "400 bad_json");
}

#[test]
fn other_verbs_are_turned_away_and_pages_may_ask_first() {
    let shop = Shop::open();
    for verb in ["GET", "PUT", "TRACE", "DELETE", "PATCH"] {
        assert_eq!(shop.ask(verb, &[PAGE], "").status, 405, "{verb}");
    }
    let preflight = shop.ask("OPTIONS", &[PAGE, ("access-control-request-method", "POST")], "");
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.headers["access-control-allow-origin"], "*");
    assert_eq!(preflight.headers["access-control-allow-methods"], "POST, OPTIONS");
    assert!(!preflight.headers.contains_key("access-control-allow-credentials"));
    assert_eq!(shop.send("").headers["access-control-allow-origin"], "*");
}
