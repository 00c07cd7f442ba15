//! Rows that need a server of their own, because they change what it holds or how it is set.

use std::collections::BTreeMap;
use std::sync::Barrier;

use serde_json::{Value, json};

use super::Input;
use super::target::{Target, event, good_event, post, summary};
use crate::program::{Shop, agent, post as post_json, wait_for};

/// Rows 26, 27 and 28.
#[test]
pub(super) fn an_event_counts_once_however_often_it_is_sent() {
    let target = Target::start(&[]);
    let once = json!({ "id": "once", "name": "purchase", "visitor": "v1", "value": "10.00" });
    let batch = json!({ "events": [once, once] });
    assert_eq!(target.shop.send(&target.program, &batch).json()["accepted"], 2, "26");
    let url = format!("{}/v1/events", target.program.base_url());
    let start = Barrier::new(50);
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let agent = agent();
                start.wait();
                let answer = post_json(&agent, &url, &target.shop.collect_key, &batch).unwrap();
                assert_eq!(answer.status, 202, "27: {}", answer.text());
            });
        }
    });
    let other = json!({ "id": "once", "name": "purchase", "visitor": "v1", "value": "99.00" });
    assert_eq!(target.shop.send(&target.program, &other).status, 202, "28");
    target.program.wait_until_loaded();
    let rows = target.shop.export_rows(&target.program);
    let values: Vec<_> = rows.iter().filter_map(|row| row["value_minor"].as_i64()).collect();
    assert_eq!(values, [1_000], "the first stays");
    assert_eq!(target.program.metric("styk_load_conflict_total"), 1);
    target.check();
}

/// Rows 34 and 35.
#[test]
pub(super) fn times_beyond_belief_are_replaced_and_flagged() {
    let target = Target::start(&[]);
    for time in ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"] {
        let (found, text) = target.ask(&Input::Bytes(event(&format!(r#""occurred_at":"{time}","cart_id":"{time}""#))));
        assert_eq!(found, "202", "{text}");
    }
    target.program.wait_until_loaded();
    let rows = target.shop.export_rows(&target.program);
    let hostile: Vec<_> = rows.iter().filter(|row| row["event"] == "hostile").collect();
    assert_eq!(hostile.len(), 3);
    for row in hostile {
        assert_eq!((&row["occurred_at"], &row["time_replaced"]), (&row["received_at"], &json!(true)), "{row}");
    }
    target.check();
}

/// Rows 38 to 41: nothing of a person reaches the disk; texts are stored as they are, found by equality alone, and
/// begin no formula in CSV.
#[test]
pub(super) fn texts_stay_texts() {
    let target = Target::start(&[]);
    let texts = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "@SUM(1)", "'; DROP TABLE events;--", "%' OR 1=1"];
    for text in texts {
        let item = json!({ "item_id": text, "item_name": text });
        let event = json!({ "name": "view_item", "cart_id": text, "items": [item], "properties": { "text": text } });
        assert_eq!(target.shop.send(&target.program, &event).status, 202, "{text}");
    }
    let telling = "https://me:pw4you@shop.example/u/ann@b.example?email=ann@b.example&token=s3cret&utm_source=x#frag";
    let told = json!({ "name": "told", "url": telling, "referrer": telling, "customer": "ann@b.example" });
    assert_eq!(target.shop.send(&target.program, &told).status, 202);
    target.check();

    let carts: Vec<_> = target.shop.export_rows(&target.program);
    let mut carts: Vec<_> = carts.iter().filter_map(|row| row["cart_id"].as_str()).collect();
    carts.sort_unstable();
    let mut sorted = texts;
    sorted.sort_unstable();
    assert_eq!(carts, sorted, "stored as they were sent");
    let csv = String::from_utf8(target.shop.export(&target.program, "csv")).unwrap();
    assert!(csv.contains("'=cmd|") && csv.contains("'@SUM(1)"), "{csv}");
    assert!(!csv.contains(",=cmd") && !csv.contains(",@SUM"), "{csv}");
    for text in texts {
        assert_eq!(reached(&target, text), 1, "the filter finds the one that is equal: {text}");
    }

    target.program.terminate();
    for secret in ["ann@", "s3cret", "#frag", "pw4you"] {
        assert_eq!(files_with(target.shop.data.path(), secret.as_bytes()), Vec::<String>::new(), "{secret}");
    }
}

/// How many visitors have an event with this cart.
fn reached(target: &Target, cart: &str) -> u64 {
    let question = json!({
        "from": "2026-01-01", "to": "2999-01-01", "steps": [{ "event": "view_item" }, { "event": "purchase" }],
        "unit": "visitor", "where": [{ "field": "cart_id", "op": "eq", "value": cart }],
    });
    let answer = target.program.post("/v1/sites/shop/reports/funnel", &target.shop.read_key, &question).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["steps"][0]["reached"].as_u64().unwrap()
}

/// The files below `folder` that hold `bytes`.
fn files_with(folder: &std::path::Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Rows 43 and 44: whose budget is charged shows whose address is believed.
#[test]
pub(super) fn only_a_trusted_proxy_may_name_the_client() {
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
    let sent = |target: &Target, forwarded: &str| {
        let (found, text) = target.ask(&Input::Bytes(post("/v1/events", forwarded, &batch)));
        assert_eq!(text.contains("retry-after: "), found.starts_with("429"), "{text}");
        found
    };
    let distrusting = start("[]");
    assert_eq!(sent(&distrusting, "x-forwarded-for: 198.51.100.1\r\n"), "202");
    assert_eq!(sent(&distrusting, "x-forwarded-for: 198.51.100.2\r\n"), "429 too_many_requests", "a stranger chose");
    distrusting.check();

    let trusting = start("[\"127.0.0.0/8\", \"10.0.0.0/8\"]");
    let lines = |hearsay: &str, client: &str| {
        let line = |hops: &str| format!("x-forwarded-for: {hops}\r\n");
        [line(&format!("{hearsay}, 203.0.113.9")), line(&format!("{hearsay}, {client}")), line("10.0.0.1, 10.0.0.2")]
            .concat()
    };
    assert_eq!(sent(&trusting, &lines("192.0.2.1", "198.51.100.1")), "202");
    assert_eq!(sent(&trusting, &lines("192.0.2.2", "198.51.100.1")), "429 too_many_requests", "hearsay was believed");
    assert_eq!(sent(&trusting, &lines("192.0.2.1", "198.51.100.2")), "202");
    assert_eq!(sent(&trusting, &lines("192.0.2.1", "2001:db8::1")), "202");
    assert_eq!(
        sent(&trusting, &lines("192.0.2.1", "2001:db8::2")),
        "429 too_many_requests",
        "one IPv6 /64, one client"
    );
    trusting.check();
}

/// Each limit is on: a client's, a site's, a site's servers', and the whole server's.
#[test]
fn each_limit_of_events_is_on() {
    let view = json!({ "name": "page_view", "url": "https://shop.example/" });
    let batch = json!({ "site": Shop::SITE, "events": vec![view; 1_000] }).to_string();
    for (limit, from_browser, expected) in [
        ("CLIENT_EVENTS", true, "429 too_many_requests"),
        ("SITE_EVENTS", true, "429 too_many_requests"),
        ("SERVER_EVENTS", false, "429 too_many_requests"),
        ("WHOLE_EVENTS", true, "503 busy"),
        ("WHOLE_EVENTS", false, "503 busy"),
    ] {
        let (rate, burst) = (format!("STYK_COLLECT_{limit}_PER_SECOND"), format!("STYK_COLLECT_{limit}_BURST"));
        // A batch, and the good events before and after.
        let target = Target::start(&[(&rate, "1"), (&burst, "1010")]);
        let key = format!("authorization: Bearer {}\r\n", target.shop.collect_key);
        let headers = if from_browser { "origin: https://shop.example\r\n" } else { &key };
        let sent = || target.ask(&Input::Bytes(post("/v1/events", headers, &batch)));
        assert_eq!(sent().0, "202", "{limit}");
        let (found, text) = sent();
        assert_eq!(found, expected, "{limit}");
        assert!(text.contains("retry-after: "), "{text}");
        target.check();
    }
}

/// Row 52: passwords are hashed a few at a time; events go past them.
#[test]
pub(super) fn a_hundred_logins_keep_no_event_waiting() {
    let target = Target::start(&[("STYK_COLLECT_TRUSTED_PROXIES", "[\"127.0.0.1\"]")]);
    let form = json!({ "email": "ann@shop.example", "password": "hostile horse battery" }).to_string();
    let logins: Vec<_> = (0..100)
        .map(|number| {
            let headers = format!("x-forwarded-for: 192.0.2.{number}\r\n");
            target.program.converse(&post("/v1/login", &headers, &form))
        })
        .collect();
    // Each takes tens of milliseconds of work: most are still waiting when these are answered.
    for _ in 0..20 {
        target.send_good();
    }
    let mut answers = BTreeMap::<String, u32>::new();
    for login in logins {
        *answers.entry(summary(&super::read_all(login))).or_default() += 1;
    }
    assert_eq!(answers, BTreeMap::from([("401 wrong_email_or_password".to_owned(), 100)]));
    target.check();
}

/// Row 53: more questions at once than there are places get 503 and when to come back; collecting goes on.
#[test]
pub(super) fn more_questions_than_places_are_turned_away() {
    let target = Target::start(&[("STYK_ANALYZE_QUESTIONS_AT_ONCE", "1"), ("STYK_ANALYZE_QUESTIONS_WAITING_MAX", "1")]);
    let question = json!({
        "from": "1970-01-02", "to": "2999-01-01", "steps": vec![json!({ "event": "purchase" }); 20],
    });
    let headers = format!("authorization: Bearer {}\r\n", target.shop.read_key);
    let asked = post("/v1/sites/shop/reports/funnel", &headers, question.to_string());
    wait_for("a question to be turned away", || {
        let open: Vec<_> = (0..30).map(|_| target.program.converse(&asked)).collect();
        target.send_good();
        let answers: Vec<_> = open.into_iter().map(super::read_all).collect();
        let busy: Vec<_> = answers.iter().filter(|answer| summary(answer) == "503 busy").collect();
        assert!(busy.iter().all(|answer| answer.contains("retry-after: 1")), "{busy:?}");
        assert!(answers.iter().all(|answer| ["200", "503 busy"].contains(&&*summary(answer))), "{answers:?}");
        !busy.is_empty()
    });
    target.check();
}

/// Row 54: past the limit of different texts, names are counted together.
#[test]
pub(super) fn names_without_end_become_other() {
    let target = Target::start(&[("STYK_LOAD_TEXTS_MAX", "200")]);
    let events: Vec<Value> = (0..1_000).map(|number| json!({ "name": format!("hostile_{number}") })).collect();
    assert_eq!(target.shop.send(&target.program, &json!({ "events": events })).status, 202);
    target.program.wait_until_loaded();
    let mut names = BTreeMap::<String, u32>::new();
    for row in target.shop.export_rows(&target.program) {
        *names.entry(row["event"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(names.len() <= 200, "{}", names.len());
    assert!(800 < names["__other__"], "{names:?}");
    let fields = target.program.get("/v1/sites/shop/fields", &target.shop.read_key);
    assert!(fields.status == 200 && fields.bytes.len() < 100_000, "{}", fields.bytes.len());
}

/// Row 55: nothing is taken that could not be kept, and the dashboard stays up.
#[test]
pub(super) fn a_full_disk_asks_for_patience() {
    let shop = Shop::new();
    let program = shop.start(&[("STYK_JOURNAL_FREE_MIB_MIN", "1000000000")]);
    let answer = crate::hostile::read_all(program.converse(&post(
        "/v1/events",
        &format!("authorization: Bearer {}\r\n", shop.collect_key),
        good_event("hostile").to_string(),
    )));
    assert_eq!(summary(&answer), "503 disk_full");
    assert!(answer.contains("retry-after: 31"), "{answer}");
    assert_eq!(program.get("/", "").status, 200);
    assert_eq!(program.metric("styk_events_shed_total{reason=\"disk_full\"}"), 1);
    assert_eq!(shop.export_rows(&program).len(), 0);
}

/// Who sends and closes at once, without waiting for the answer, is heard all the same.
#[test]
fn a_sender_that_hangs_up_at_once_is_heard() {
    let target = Target::start(&[]);
    let key = format!("authorization: Bearer {}\r\n", target.shop.collect_key);
    for number in 0..50 {
        let event = json!({ "name": "gone", "id": format!("gone-{number}") }).to_string();
        drop(target.program.converse(&post("/v1/events", &key, event)));
    }
    wait_for("the events to arrive", || target.program.metric("styk_events_accepted_total") == 51);
    target.program.wait_until_loaded();
    let rows = target.shop.export_rows(&target.program);
    assert_eq!(rows.iter().filter(|row| row["event"] == "gone").count(), 50);
    target.check();
}
