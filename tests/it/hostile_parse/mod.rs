//! Collecting in this process, where the clock can be set and the journal be read: what is kept, to the field, and what
//! is said, to the word. Which input gets which answer is the table's business, `hostile/`.

pub(crate) mod shop;

use std::path::Path;

use expect_test::expect;
use serde_json::{Value, json};
use styk::collect::Shed;
use styk::control::Scope;
use styk::domain::event::Clock;
use styk::domain::name::SiteKey;
use styk::domain::time::{DAY_MS, HOUR_MS, Timestamp};

use shop::{NOW, PAGE, Shop, quota};

fn batch_of(events: impl IntoIterator<Item = Value>) -> String {
    json!({ "site": "demo", "events": events.into_iter().collect::<Vec<_>>() }).to_string()
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

/// HOSTILE 36.
#[test]
pub(crate) fn events_keep_their_order_when_the_clock_jumps() {
    let shop = Shop::open();
    let now = Timestamp::parse(NOW).unwrap();
    let clock = [0, -HOUR_MS, DAY_MS, 1].map(|jump_ms| now.plus_ms(jump_ms));
    for (number, time) in clock.iter().enumerate() {
        shop.set_clock(*time);
        shop.check(batch_of([json!({ "name": format!("event_{number}") })]), "202");
    }
    let events = shop.events();
    let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["event_0", "event_1", "event_2", "event_3"], "the journal keeps the order of arrival");
    assert_eq!(events.iter().map(|event| event.time.occurred_at).collect::<Vec<_>>(), clock);
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
