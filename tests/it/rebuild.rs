//! `styk rebuild`, and rebuilding under traffic: collecting never stops, nothing is lost or doubled.

use std::collections::HashSet;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::program::{self, Program, Shop, wait_for};
use crate::store_damage::{see, send, store_file, visits};

const SETTINGS: &[(&str, &str)] = &[("STYK_STORE_FLUSH_ROWS", "2000"), ("STYK_STORE_MERGE_RUNS", "4")];

/// Sends until it is told to stop, through every restart; remembers what was acknowledged.
struct Traffic<'a> {
    shop: &'a Shop,
    url: Mutex<String>,
    acknowledged: Mutex<HashSet<String>>,
    stop: AtomicBool,
}

impl<'a> Traffic<'a> {
    fn new(shop: &'a Shop) -> Self {
        Self { shop, url: Mutex::default(), acknowledged: Mutex::default(), stop: AtomicBool::new(false) }
    }

    fn aim_at(&self, program: &Program) {
        *self.url.lock().unwrap() = format!("{}/v1/events", program.base_url());
    }

    fn acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Waits for more to be acknowledged: collecting goes on.
    fn wait_for_more(&self) {
        let enough = self.acknowledged() + 200;
        wait_for("traffic", || enough <= self.acknowledged());
    }

    fn run(&self) {
        let agent = program::agent();
        while !self.stop.load(Ordering::Acquire) {
            let ids: Vec<String> = (0..20).map(|_| uuid::Uuid::new_v4().to_string()).collect();
            let events: Vec<_> = ids.iter().map(|id| json!({ "id": id, "visitor": id, "name": "traffic" })).collect();
            let body = json!({ "site": Shop::SITE, "events": events });
            let url = self.url.lock().unwrap().clone();
            // Until there is an answer: a connection may break before it.
            match program::post(&agent, &url, &self.shop.collect_key, &body) {
                Ok(answer) if answer.status == 202 => self.acknowledged.lock().unwrap().extend(ids),
                Ok(answer) => panic!("collecting stopped: {} {}", answer.status, answer.text()),
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Every acknowledged id is stored, once, beside `others` other rows at least.
fn check_ledger(shop: &Shop, program: &Program, acknowledged: &HashSet<String>, others: usize) {
    program.wait_until_loaded();
    let rows = shop.export_rows(program);
    let stored: HashSet<&str> = rows.iter().map(|row| row["event_id"].as_str().unwrap()).collect();
    assert_eq!(stored.len(), rows.len(), "nothing is there twice");
    let lost = acknowledged.iter().filter(|id| !stored.contains(id.as_str())).count();
    assert_eq!(lost, 0, "of {} acknowledged events", acknowledged.len());
    assert!(acknowledged.len() + others <= rows.len());
    assert_eq!(program.metric("styk_account_loaded_events") as usize, rows.len());
    assert_eq!(program.metric("styk_account_unreconciled_events"), 0);
    assert_eq!(shop.visitors_with(program, "traffic") as usize + others, rows.len());
}

#[test]
fn a_rebuild_under_traffic_that_is_killed_again_and_again_loses_nothing() {
    let shop = Shop::new();
    let visitors = 30_000;
    let program = shop.start(SETTINGS);
    send(&shop, &program, &visits(0, visitors));
    program.wait_until_loaded();
    program.terminate();
    let others = 2 * visitors as usize;
    fs::write(store_file(shop.data.path()), "not a database").unwrap();

    let traffic = Traffic::new(&shop);
    let program = thread::scope(|scope| {
        let mut program = shop.start(SETTINGS);
        traffic.aim_at(&program);
        let _stop = StopOnDrop(&traffic.stop);
        scope.spawn(|| traffic.run());
        for round in 1..=3 {
            // Each time a little further.
            let far = round * others as u64 / 5;
            wait_for("the rebuild", || far <= program.metric("styk_load_next_sequence"));
            program.kill9();
            program = shop.start(SETTINGS);
            let goes_on = program.log().contains("the store is built again");
            assert!(goes_on || 1 < round, "it goes on where it was killed");
            traffic.aim_at(&program);
            traffic.wait_for_more();
        }
        wait_for("the rebuild", || program.metric("styk_load_rebuilding_to") == 0);
        program
    });
    check_ledger(&shop, &program, &traffic.acknowledged.lock().unwrap(), others);
}

#[test]
fn styk_rebuild_makes_the_same_store_while_events_come_in() {
    let shop = Shop::new();
    let program = shop.start(SETTINGS);
    send(&shop, &program, &visits(0, 6_000));
    program.wait_until_loaded();
    let before = see(&shop, &program);
    program::run(shop.data.path(), &["rebuild"]);
    assert!(see(&shop, &program) == before);
    assert_eq!(program.metric("styk_store_quarantined_total"), 1);
    assert_eq!(program.metric("styk_load_loaded_total"), 12_000, "each event is counted once");
    assert_eq!(program.metric("styk_account_loaded_events"), 12_000, "in the new file's totals too");
    assert_eq!(program.metric("styk_account_unreconciled_events"), 0);

    let traffic = Traffic::new(&shop);
    traffic.aim_at(&program);
    thread::scope(|scope| {
        let _stop = StopOnDrop(&traffic.stop);
        scope.spawn(|| traffic.run());
        traffic.wait_for_more();
        program::run(shop.data.path(), &["rebuild"]);
        traffic.wait_for_more();
    });
    check_ledger(&shop, &program, &traffic.acknowledged.lock().unwrap(), 12_000);
    program.terminate();

    // And without a server.
    let before = {
        let program = shop.start(SETTINGS);
        see(&shop, &program)
    };
    program::run(shop.data.path(), &["rebuild"]);
    assert!(see(&shop, &shop.start(SETTINGS)) == before);
}

#[test]
fn while_it_rebuilds_every_answer_says_so() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    send(&shop, &program, &visits(0, 30_000));
    program.wait_until_loaded();
    let cookie = sign_in(&program);
    assert_eq!(status(&program, &cookie)["store"], "whole");
    let through = status(&program, &cookie)["data_through"].clone();
    program.terminate();
    fs::write(store_file(shop.data.path()), "not a database").unwrap();

    // Slow enough to be met in the middle.
    let program = shop.start(&[("STYK_STORE_FLUSH_ROWS", "100"), ("STYK_STORE_MERGE_RUNS", "2")]);
    let path = format!("/v1/sites/{}/fields", Shop::SITE);
    let answer = program::agent()
        .get(format!("{}{path}", program.base_url()))
        .header("authorization", format!("Bearer {}", shop.read_key))
        .call()
        .unwrap();
    assert_eq!(answer.headers().get("styk-store").unwrap(), "rebuilding");
    assert_eq!(status(&program, &cookie)["store"], "rebuilding");
    wait_for("the rebuild", || status(&program, &cookie)["store"] == "whole");
    assert_eq!(status(&program, &cookie)["data_through"], through);
}

/// Makes the first user and gives the cookie.
fn sign_in(program: &Program) -> String {
    let body = json!({ "token": program.setup_token(), "email": "ann@example.org", "password": "seven hats in a row" });
    let response = program::agent()
        .post(format!("{}/v1/setup", program.base_url()))
        .header("content-type", "application/json")
        .send(body.to_string())
        .unwrap();
    assert_eq!(response.status().as_u16(), 204);
    let cookie = response.headers().get("set-cookie").unwrap().to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn status(program: &Program, cookie: &str) -> serde_json::Value {
    let url = format!("{}/v1/progress", program.base_url());
    let mut response = program::agent().get(url).header("cookie", cookie).call().unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    assert_eq!(response.status().as_u16(), 200, "{text}");
    serde_json::from_str(&text).unwrap()
}
