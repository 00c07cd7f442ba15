//! Bad input, and the answer it gets: HOSTILE.md and its neighbours, as one table over the real socket.
//!
//! A row is a number, an input and the answer: status and codes, `202, 400` for two answers on one connection,
//! `closed` for none. Numbers up to 56 are HOSTILE.md's; the rows from 101 (HTTP), 201 (bodies), 301 (events) and 401
//! (questions, pages, signing in) are ours. After every row the server is alive, takes a good event, has not echoed
//! what it was sent, and its counters reconcile; after all of them every good event is stored, once. Rows that need a
//! server of their own name the test that has one. What `styk import` makes of bad files is a table too (`imports`).

mod alone;
mod bodies;
mod crowds;
mod events;
mod http;
mod imports;
mod questions;
mod target;
mod timing;

use std::collections::BTreeSet;

use self::target::{Senders, Target, bearer, post, read_all};
use crate::faults::{disks, refusals};
use crate::hostile_parse::events_keep_their_order_when_the_clock_jumps;
use crate::program::{Shop, add_key, add_site, run, wait_for};

/// One line of the table.
struct Row {
    number: u16,
    what: &'static str,
    input: Input,
    expected: &'static str,
}

/// What is sent.
enum Input {
    /// These bytes; then the answer is awaited.
    Bytes(Vec<u8>),
    /// These bytes, and that no more will follow.
    HalfClosed(Vec<u8>),
    /// A test of its own.
    Alone(fn()),
}

fn row(number: u16, what: &'static str, bytes: impl Into<Vec<u8>>, expected: &'static str) -> Row {
    Row { number, what, input: Input::Bytes(bytes.into()), expected }
}

fn half_closed(number: u16, what: &'static str, bytes: impl Into<Vec<u8>>, expected: &'static str) -> Row {
    Row { number, what, input: Input::HalfClosed(bytes.into()), expected }
}

fn alone(number: u16, what: &'static str, test: fn()) -> Row {
    Row { number, what, input: Input::Alone(test), expected: "" }
}

fn table(senders: &Senders) -> Vec<Row> {
    let parts = [http::rows(senders), bodies::rows(senders), events::rows(senders), questions::rows(senders)];
    parts.into_iter().flatten().chain(alone_rows()).collect()
}

fn alone_rows() -> Vec<Row> {
    vec![
        alone(22, "one byte of a head per second, from 1,000 connections", crowds::a_thousand_slow_heads_are_closed),
        alone(23, "10,000 idle connections", crowds::ten_thousand_idle_connections_leave_others_served),
        alone(26, "an id twice in a batch", alone::an_event_counts_once_however_often_it_is_sent),
        alone(27, "a batch twice, and fifty times at once", alone::an_event_counts_once_however_often_it_is_sent),
        alone(28, "an id with another payload", alone::an_event_counts_once_however_often_it_is_sent),
        alone(35, "a year ahead", alone::times_beyond_belief_are_replaced_and_flagged),
        alone(36, "the server's clock jumps", events_keep_their_order_when_the_clock_jumps),
        alone(39, "markup in every text: that it stays inert is tests/browser's to show", alone::texts_stay_texts),
        alone(40, "formulas", alone::texts_stay_texts),
        alone(43, "X-Forwarded-For from a stranger", alone::only_a_trusted_proxy_may_name_the_client),
        alone(44, "X-Forwarded-For through trusted proxies", alone::only_a_trusted_proxy_may_name_the_client),
        alone(45, "addresses without end", crowds::addresses_without_end_take_memory_with_an_end),
        alone(48, "a key that was taken back", timing::a_key_is_refused_with_the_same_work_whatever_it_was),
        alone(52, "100 logins at once", alone::a_hundred_logins_keep_no_event_waiting),
        alone(53, "more questions than there are places", alone::more_questions_than_places_are_turned_away),
        alone(54, "event names without end", alone::names_without_end_become_other),
        alone(55, "a full disk", alone::a_full_disk_asks_for_patience),
        alone(
            55,
            "a full disk under traffic, which gets room again",
            disks::a_full_disk_refuses_events_early_answers_questions_and_resumes_alone,
        ),
        alone(56, "a failed sync", refusals::a_failed_sync_under_traffic_refuses_everybody_and_loses_nothing),
    ]
}

#[test]
fn every_row_gets_its_answer_and_harms_nobody() {
    let target = Target::start(&[
        ("STYK_SERVE_BODY_SECONDS", "1"),
        ("STYK_SERVE_HEADER_SECONDS", "1"),
        ("STYK_COLLECT_CLIENT_EVENTS_PER_SECOND", "1000000"),
        ("STYK_COLLECT_CLIENT_EVENTS_BURST", "1000000"),
    ]);
    let senders = senders(&target);
    let mut wrong = Vec::new();
    for Row { number, what, input, expected } in &table(&senders) {
        if matches!(input, Input::Alone(_)) {
            continue;
        }
        let (found, text) = target.ask(input);
        if found != *expected {
            wrong.push(format!("{number}: {what}: expected {expected}, got {found}: {text:.500}"));
        }
        if text.contains("hostile") {
            wrong.push(format!("{number}: {what}: the answer echoes its input: {text:.500}"));
        }
        target.send_good();
        target.check_counters();
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
    target.check();
    assert!(0 < target.program.metric("styk_unknown_fields_total"), "row 7");
    let end = target.program.terminate();
    assert!(end.status.success(), "{}", end.log);
    assert!(!end.log.contains("hostile") && !end.log.contains("panicked"), "{}", end.log);
}

#[test]
fn the_table_has_every_row_of_hostile_md_and_sixty_more() {
    let nobody = || "x: y\r\n".to_owned();
    let senders = Senders {
        collect: nobody(),
        read: nobody(),
        revoked: nobody(),
        rival_collect: nobody(),
        rival_read: nobody(),
        cookie: nobody(),
    };
    let table = table(&senders);
    let numbers: BTreeSet<u16> = table.iter().map(|row| row.number).collect();
    let missing: Vec<_> = (1..=56).filter(|number| !numbers.contains(number)).collect();
    assert!(missing.is_empty(), "rows without a line: {missing:?}");
    let ours = numbers.iter().filter(|number| 100 < **number).count();
    assert!(60 <= ours, "{ours}");
    let tests: BTreeSet<usize> = table
        .iter()
        .filter_map(|row| match row.input {
            Input::Alone(test) => Some(test as usize),
            Input::Bytes(_) | Input::HalfClosed(_) => None,
        })
        .collect();
    assert!(10 <= tests.len(), "{}", tests.len());
}

/// A rival site, keys of both, one that was taken back, and somebody who is signed in.
fn senders(target: &Target) -> Senders {
    let data = target.shop.data.path();
    add_site(data, "rival");
    let [revoked, rival_collect, rival_read] = [(Shop::SITE, "collect"), ("rival", "collect"), ("rival", "read")]
        .map(|(site, scope)| add_key(data, site, scope));
    revoke(target, &revoked);
    wait_for("the new site to be known", || target.program.get("/v1/sites/rival/fields", &rival_read).status == 200);
    Senders {
        collect: bearer(&target.shop.collect_key),
        read: bearer(&target.shop.read_key),
        revoked: bearer(&revoked),
        rival_collect: bearer(&rival_collect),
        rival_read: bearer(&rival_read),
        cookie: format!("cookie: {}\r\n", sign_in(target)),
    }
}

/// Takes the third key back, and waits until the server has heard of it.
fn revoke(target: &Target, secret: &str) {
    run(target.shop.data.path(), &["key", "revoke", "3"]);
    // No event: what a key may do is settled before the body is read.
    let refused = || target.program.post("/v1/events", secret, &serde_json::json!(null)).unwrap().status == 401;
    wait_for("the key to be refused", refused);
}

/// Makes the first user by the link that the server printed; gives the cookie.
fn sign_in(target: &Target) -> String {
    let token = target.program.setup_token();
    let body = serde_json::json!({ "token": token, "email": "ann@shop.example", "password": "correct horse battery" });
    let headers = "origin: http://shop.example\r\nsec-fetch-site: same-origin\r\n";
    let answer = read_all(target.program.converse(&post("/v1/setup", headers, body.to_string())));
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}
