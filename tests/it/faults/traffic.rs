//! Those who send to the server, browsers and servers, and their ledgers; and the comparison with what is stored.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{self, Answer, Program, Shop, wait_for};

/// The name of every event that is sent here.
pub(super) const EVENT: &str = "fault_drill";
const SENDERS: u64 = 4;
/// Acknowledged events that a sender may send again.
const KEPT_MAX: usize = 500;

/// What one sender sent, and in a file of its own, synced after each answer, what was acknowledged.
pub(super) struct Ledger {
    sent: Vec<Vec<String>>,
    file: File,
    path: PathBuf,
}

impl Ledger {
    pub(super) fn create(path: PathBuf) -> Self {
        let file = File::create_new(&path).unwrap();
        Self { sent: Vec::new(), file, path }
    }

    /// To be called before `events` are sent for the first time, together.
    pub(super) fn note_sent(&mut self, events: &[Value]) {
        self.sent.push(events.iter().map(id_of).collect());
    }

    /// To be called when `202` was heard.
    pub(super) fn note_acknowledged(&mut self, events: &[Value]) {
        let lines: String = events.iter().map(|event| id_of(event) + "\n").collect();
        self.file.write_all(lines.as_bytes()).unwrap();
        self.file.sync_data().unwrap();
    }

    fn acknowledged(&self) -> HashSet<String> {
        fs::read_to_string(&self.path).unwrap().lines().map(str::to_owned).collect()
    }
}

/// How much was compared.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Compared {
    pub(super) acknowledged: usize,
    /// Stored though nobody heard so: the answer was cut off.
    pub(super) unheard: usize,
}

/// Compares what is stored with what was sent and acknowledged.
#[track_caller]
pub(super) fn check(shop: &Shop, program: &Program, ledgers: &[&Ledger]) -> Compared {
    program.wait_until_loaded();
    let acknowledged: HashSet<String> = ledgers.iter().flat_map(|ledger| ledger.acknowledged()).collect();
    let sent: HashSet<&String> = ledgers.iter().flat_map(|ledger| ledger.sent.iter().flatten()).collect();
    let mut stored: HashMap<String, u32> = HashMap::new();
    let rows = shop.export_rows(program);
    for row in &rows {
        *stored.entry(row["event_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let lost: Vec<_> = acknowledged.iter().filter(|id| !stored.contains_key(*id)).collect();
    let twice: Vec<_> = stored.iter().filter(|(_, times)| 1 < **times).collect();
    let invented: Vec<_> = stored.keys().filter(|id| !sent.contains(id)).collect();
    assert!(lost.is_empty(), "{} acknowledged events are lost: {:?}", lost.len(), lost.first());
    assert!(twice.is_empty(), "{} events are there twice: {:?}", twice.len(), twice.first());
    assert!(invented.is_empty(), "{} events were never sent: {:?}", invented.len(), invented.first());
    for batch in ledgers.iter().flat_map(|ledger| &ledger.sent) {
        let found = batch.iter().filter(|id| stored.contains_key(*id)).count();
        assert!([0, batch.len()].contains(&found), "{found} of a batch of {} events are there", batch.len());
    }
    // Every event has a visitor of its own, so a second way of counting must come to the same.
    assert_eq!(shop.visitors_with(program, EVENT), rows.len() as u64);
    for counter in ["styk_load_conflict_total", "styk_load_failed_total"] {
        assert_eq!(program.metric(counter), 0, "{counter}");
    }
    Compared { acknowledged: acknowledged.len(), unheard: stored.len() - acknowledged.len() }
}

/// An event that nobody else sends, with a text of up to `note_bytes_max` bytes.
pub(super) fn event(random: &mut fastrand::Rng, note_bytes_max: usize) -> Value {
    let id = uuid::Builder::from_random_bytes(random.u128(..).to_le_bytes()).into_uuid().to_string();
    json!({
        "visitor": id,
        "consent": "granted",
        "id": id,
        "name": EVENT,
        "age_ms": random.u32(..60_000),
        "url": format!("https://shop.example/hats/{}", random.u8(..)),
        "value": format!("{}.90", random.u8(..)),
        "properties": { "note": "x".repeat(random.usize(..=note_bytes_max)) },
    })
}

fn id_of(event: &Value) -> String {
    event["id"].as_str().unwrap().to_owned()
}

/// Who a sender is to the server.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Browser,
    Server,
}

/// Sends `events` together; an error when the connection breaks.
pub(super) fn send(
    agent: &ureq::Agent,
    base_url: &str,
    shop: &Shop,
    kind: Kind,
    events: &[Value],
) -> Result<Answer, ureq::Error> {
    let body = json!({ "site": Shop::SITE, "events": events });
    match kind {
        Kind::Server => program::post(agent, &format!("{base_url}/v1/events"), &shop.collect_key, &body),
        Kind::Browser => {
            let headers = [("content-type", "text/plain"), ("origin", "https://shop.example")];
            program::post_bytes(agent, &format!("{base_url}/s"), &headers, body.to_string().as_bytes())
        }
    }
}

/// Someone who sends again and again.
struct Sender {
    kind: Kind,
    random: fastrand::Rng,
    ledger: Ledger,
    /// Acknowledged, and now and then sent again.
    kept: Vec<Value>,
    /// Cut off before the answer came.
    unanswered: Option<Vec<Value>>,
}

impl Sender {
    /// Sends until told to finish, or until the server is gone.
    fn run(&mut self, shop: &Shop, base_url: &str, traffic: &Traffic) {
        let agent = program::agent();
        while !traffic.finished.load(Ordering::Acquire) {
            let events = self.next_batch();
            match send(&agent, base_url, shop, self.kind, &events) {
                Ok(answer) if answer.status == 202 => {
                    assert_eq!(answer.json()["accepted"], events.len());
                    self.ledger.note_acknowledged(&events);
                    traffic.acknowledged.fetch_add(events.len(), Ordering::AcqRel);
                    self.kept.extend(events);
                    let excess = self.kept.len().saturating_sub(KEPT_MAX);
                    self.kept.drain(..excess);
                }
                Ok(answer) => {
                    assert!(matches!(answer.status, 429 | 503), "{}: {}", answer.status, answer.text());
                    assert!(answer.retry_after.is_some(), "{}", answer.text());
                    traffic.turned_away.fetch_add(1, Ordering::AcqRel);
                    self.unanswered = Some(events);
                    thread::sleep(Duration::from_millis(5));
                }
                Err(_) => {
                    // Half of them never learn what became of it; the others send the same again.
                    self.unanswered = Some(events).filter(|_| self.random.bool());
                    return;
                }
            }
        }
    }

    fn next_batch(&mut self) -> Vec<Value> {
        if let Some(events) = self.unanswered.take() {
            return events;
        }
        let events_max = self.random.choice([1, 1, 10, 60, 300]).expect("there are choices");
        let events: Vec<_> = (0..self.random.usize(1..=events_max)).map(|_| event(&mut self.random, 200)).collect();
        self.ledger.note_sent(&events);
        let again = if self.random.u8(..) < 64 { self.random.choose_multiple(&self.kept, 5) } else { Vec::new() };
        let again: Vec<_> = again.into_iter().cloned().collect();
        [events, again].concat()
    }
}

/// What the senders are told, and tell.
#[derive(Default)]
pub(super) struct Traffic {
    finished: AtomicBool,
    acknowledged: AtomicUsize,
    turned_away: AtomicUsize,
}

impl Traffic {
    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Acquire)
    }

    pub(super) fn turned_away(&self) -> usize {
        self.turned_away.load(Ordering::Acquire)
    }

    /// Waits for some events to be acknowledged, and then a moment that depends on nothing.
    pub(super) fn wait_for_a_moment(&self, random: &mut fastrand::Rng) {
        let enough = self.acknowledged() + random.usize(1..400);
        wait_for("traffic", || enough <= self.acknowledged());
        thread::sleep(Duration::from_micros(random.u64(..200_000)));
    }
}

/// Tells the senders to come to an end, also when the test fails.
struct Finish<'a>(&'a Traffic);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.finished.store(true, Ordering::Release);
    }
}

/// A shop and those who send to it.
pub(super) struct Drill {
    pub(super) shop: Shop,
    senders: Vec<Sender>,
    _ledgers: TempDir,
}

impl Drill {
    /// Its data directory lies in `place`; the ledgers never do.
    pub(super) fn new_in(place: &Path, seed: u64) -> Self {
        Self::with_senders(place, seed, SENDERS)
    }

    pub(super) fn with_senders(place: &Path, seed: u64, senders: u64) -> Self {
        let ledgers = tempfile::tempdir().unwrap();
        let sender = |number: u64| Sender {
            kind: if number.is_multiple_of(2) { Kind::Browser } else { Kind::Server },
            random: fastrand::Rng::with_seed(seed + number),
            ledger: Ledger::create(ledgers.path().join(format!("sender-{number}"))),
            kept: Vec::new(),
            unanswered: None,
        };
        Self { shop: Shop::new_in(place), senders: (0..senders).map(sender).collect(), _ledgers: ledgers }
    }

    /// Lets everybody send to `program` while `fault` is made, and returns once nobody sends any more.
    pub(super) fn send_while<T>(&mut self, program: &Program, fault: impl FnOnce(&Traffic) -> T) -> T {
        self.send_while_at(&program.base_url(), fault)
    }

    /// The same, where `fault` needs the program for itself.
    pub(super) fn send_while_at<T>(&mut self, base_url: &str, fault: impl FnOnce(&Traffic) -> T) -> T {
        let traffic = Traffic::default();
        let shop = &self.shop;
        thread::scope(|scope| {
            for sender in &mut self.senders {
                let traffic = &traffic;
                scope.spawn(move || sender.run(shop, base_url, traffic));
            }
            let _finish = Finish(&traffic);
            fault(&traffic)
        })
    }

    /// How many events were acknowledged so far.
    pub(super) fn acknowledged(&self) -> usize {
        self.senders.iter().map(|sender| sender.ledger.acknowledged().len()).sum()
    }

    #[track_caller]
    pub(super) fn check(&self, program: &Program) -> Compared {
        let ledgers: Vec<_> = self.senders.iter().map(|sender| &sender.ledger).collect();
        check(&self.shop, program, &ledgers)
    }
}
