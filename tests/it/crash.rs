//! The real program killed under traffic, again and again: what was acknowledged is there exactly once.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, Scope};
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{self, End, Program, Shop, wait_for};

const SEED: u64 = 20_261_122;
const KILLS: u32 = 40;
const SENDERS: u64 = 4;
const EVENT: &str = "crash_drill";
/// Flushes and merges all the time, so that many kills fall into one.
const SETTINGS: &[(&str, &str)] =
    &[("STYK_STORE_FLUSH_ROWS", "500"), ("STYK_STORE_MERGE_RUNS", "2"), ("STYK_STORE_FLUSHED_GRACE_SECONDS", "5")];

/// What the senders remember; the server may have forgotten nothing of `acknowledged`.
#[derive(Default)]
struct Ledger {
    sent: HashSet<String>,
    acknowledged: HashSet<String>,
}

/// What a sender does when a connection breaks before the answer.
#[derive(Clone, Copy)]
enum Patience {
    /// Sends the same again until there is an answer.
    Retries,
    /// Never learns what became of it.
    GivesUp,
}

/// Tells the senders to come to an end.
struct Finish<'a>(&'a AtomicBool);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A shop, its server, which comes and goes, and those who send to it.
struct Drill {
    shop: Shop,
    url: Mutex<String>,
    ledger: Mutex<Ledger>,
    finish: AtomicBool,
}

impl Drill {
    fn new() -> Self {
        Self { shop: Shop::new(), url: Mutex::default(), ledger: Mutex::default(), finish: AtomicBool::new(false) }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    /// Starts the server and tells the senders where it is.
    fn start(&self) -> Program {
        let program = self.shop.start(SETTINGS);
        *self.url.lock().unwrap() = format!("{}/v1/events", program.base_url());
        program
    }

    /// They go on until the returned value is dropped, by a failing test as well.
    fn start_senders<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) -> Finish<'scope> {
        for number in 0..SENDERS {
            scope.spawn(move || self.send_until_finished(fastrand::Rng::with_seed(SEED + number)));
        }
        Finish(&self.finish)
    }

    /// Sends single events and batches; now and then, again what was acknowledged.
    fn send_until_finished(&self, mut random: fastrand::Rng) {
        let agent = program::agent();
        let mut acknowledged: Vec<Value> = Vec::new();
        while !self.finish.load(Ordering::Acquire) {
            let events_max = if random.bool() { 1 } else { 60 };
            let mut events: Vec<_> = (0..random.usize(1..=events_max)).map(|_| event(&mut random)).collect();
            if random.u8(..) < 64 {
                events.extend(random.choose_multiple(&acknowledged, 5).into_iter().cloned());
            }
            let patience = if random.u8(..) < 64 { Patience::GivesUp } else { Patience::Retries };
            if self.deliver(&agent, &events, patience) {
                acknowledged.extend(events);
                let excess = acknowledged.len().saturating_sub(500);
                acknowledged.drain(..excess);
            }
        }
    }

    /// Sends one batch; whether it was acknowledged.
    fn deliver(&self, agent: &ureq::Agent, events: &[Value], patience: Patience) -> bool {
        let ids = || events.iter().map(|event| event["id"].as_str().unwrap().to_owned());
        let body = if let [event] = events { event.clone() } else { json!({ "site": Shop::SITE, "events": events }) };
        self.ledger().sent.extend(ids());
        loop {
            let url = self.url.lock().unwrap().clone();
            match (program::post(agent, &url, &self.shop.collect_key, &body), patience) {
                (Ok(answer), _) if answer.status == 202 => {
                    assert_eq!(answer.json()["accepted"], events.len());
                    self.ledger().acknowledged.extend(ids());
                    return true;
                }
                (Ok(answer), _) => assert!(matches!(answer.status, 429 | 503), "{}", answer.text()),
                (Err(_), Patience::GivesUp) => return false,
                (Err(_), Patience::Retries) if self.finish.load(Ordering::Acquire) => return false,
                (Err(_), Patience::Retries) => {}
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for some events to be acknowledged, and then a moment that depends on nothing.
    fn wait_for_traffic(&self, random: &mut fastrand::Rng) {
        let enough = self.ledger().acknowledged.len() + random.usize(50..1_500);
        wait_for("traffic", || enough <= self.ledger().acknowledged.len());
        thread::sleep(Duration::from_micros(random.u64(..20_000)));
    }

    /// Compares what is stored with what was sent and acknowledged.
    fn check(&self, program: &Program) {
        program.wait_until_loaded();
        let ledger = self.ledger();
        let mut stored: HashMap<String, u32> = HashMap::new();
        let rows = self.shop.export_rows(program);
        for row in &rows {
            *stored.entry(row["event_id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let lost: Vec<_> = ledger.acknowledged.iter().filter(|id| !stored.contains_key(*id)).collect();
        let twice: Vec<_> = stored.iter().filter(|(_, times)| 1 < **times).collect();
        let invented: Vec<_> = stored.keys().filter(|id| !ledger.sent.contains(*id)).collect();
        assert!(lost.is_empty(), "{} acknowledged events are lost: {:?}", lost.len(), lost.first());
        assert!(twice.is_empty(), "{} events are there twice: {:?}", twice.len(), twice.first());
        assert!(invented.is_empty(), "{} events were never sent: {:?}", invented.len(), invented.first());

        // Every event has a visitor of its own.
        assert_eq!(self.shop.visitors_with(program, EVENT), rows.len() as u64);
        for counter in ["styk_load_conflict_total", "styk_load_failed_total", "styk_load_retried_total"] {
            assert_eq!(program.metric(counter), 0, "{counter}");
        }
    }
}

fn event(random: &mut fastrand::Rng) -> Value {
    let id = uuid::Builder::from_random_bytes(random.u128(..).to_le_bytes()).into_uuid().to_string();
    json!({
        "visitor": id,
        "id": id,
        "name": EVENT,
        "occurred_at": "2026-11-20T10:00:00Z",
        "url": format!("https://shop.example/hats/{}", random.u8(..)),
        "value": format!("{}.90", random.u8(..)),
        "properties": { "note": "x".repeat(random.usize(..200)) },
    })
}

/// Nothing that a crash leaves behind is an error, and nothing panics.
fn check_log(end: &End) {
    let bad = end.log.lines().find(|line| line.contains(r#""level":"ERROR""#) || line.contains("panicked"));
    assert_eq!(bad, None);
}

#[test]
fn kill_9_under_traffic_loses_nothing_and_doubles_nothing() {
    let drill = Drill::new();
    let mut random = fastrand::Rng::with_seed(SEED);
    let program = thread::scope(|scope| {
        let mut program = drill.start();
        let _finish = drill.start_senders(scope);
        for _ in 0..KILLS {
            drill.wait_for_traffic(&mut random);
            check_log(&program.kill9());
            program = drill.start();
        }
        program
    });
    drill.check(&program);

    // And the same from the file alone: a stop in order flushes.
    let end = program.terminate();
    check_log(&end);
    assert_eq!(end.status.code(), Some(0));
    drill.check(&drill.start());
}

#[test]
fn a_stop_under_traffic_is_clean_and_loses_nothing() {
    let drill = Drill::new();
    let mut random = fastrand::Rng::with_seed(SEED + 100);
    let program = thread::scope(|scope| {
        let mut program = drill.start();
        let _finish = drill.start_senders(scope);
        for _ in 0..3 {
            drill.wait_for_traffic(&mut random);
            let end = program.terminate();
            check_log(&end);
            assert_eq!(end.status.code(), Some(0), "{}", end.log);
            program = drill.start();
        }
        program
    });
    drill.check(&program);
}
