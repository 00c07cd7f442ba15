//! Two people whose events lie in every place there is: in the archive, the journal, the store's file and its log, among
//! the failed events, and in copies of damage.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use styk::domain::event::{Campaign, Consent, Event, Item};
use styk::domain::id::VisitorId;
use styk::domain::name::Label;
use styk::domain::page::PageUrl;
use styk::domain::time::Timestamp;

use super::{files, holds};
use crate::archive::place::{Place, batch, on_day};
use crate::archive::plain_event;
use crate::program::{Program, add_key, run};

/// Stands in everything that Ann left behind.
pub(super) const ANN: &str = "zzann";
/// The same of Bob, who stays.
pub(super) const BOB: &str = "zzbob";
/// Ann's two browsers, as exports show them; the second one named her once.
pub(super) const ANNS_BROWSERS: [u64; 2] = [1_001, 1_002];
const BOBS_BROWSER: u64 = 2_001;
/// Events of each person on each of the days.
pub(super) const EVENTS: usize = 20;
pub(super) const DAYS: i64 = 2;

/// Small runs, so that there are several; segments stay, so that what is erased has to leave them too.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("STYK_STORE_FLUSH_ROWS", "30"),
    ("STYK_STORE_THREADS", "1"),
    ("STYK_JOURNAL_KEEP_HOURS", "1000000"),
    ("STYK_JOURNAL_SEGMENT_MIB", "1"),
    ("STYK_RETENTION_SETTLE_SECONDS", "0"),
];

/// An event that carries the mark of its person in every field that can hold one.
fn marked(mark: &str, visitor: u64, customer: bool, number: usize) -> Event {
    let label = |field: &str| Label::parse(&format!("{mark}-{field}")).ok();
    let mut event = plain_event("page_view");
    event.actor.visitor = VisitorId(visitor);
    event.actor.consent = Consent::Granted;
    event.actor.customer = label("customer").filter(|_| customer);
    event.actor.user_agent = Some(format!("Mozilla/5.0 ({mark}-agent-{number})"));
    event.page = Some(PageUrl::from_stored(&format!("https://one.example/{mark}-page-{number}")));
    event.arrival.campaign = Campaign { term: label("term"), ..Campaign::default() };
    event.commerce.cart_id = label("cart");
    event.commerce.transaction_id = label("order");
    event.commerce.items = vec![Item {
        item_id: label("article"),
        item_name: label("name"),
        item_category: None,
        item_brand: None,
        item_variant: None,
        price_minor: None,
        currency: None,
        quantity: 1,
    }];
    event.properties = Some(format!(r#"{{"note":"{mark}-note-{number}"}}"#));
    event
}

/// A day of both in the same requests: Ann's second browser names her in its first event only.
fn day(place: &Place, received_at: Timestamp) {
    let events = (0..EVENTS).flat_map(|number| {
        let browser = ANNS_BROWSERS[number % 2];
        let named = browser == ANNS_BROWSERS[0] || number == 1;
        [marked(ANN, browser, named, number), marked(BOB, BOBS_BROWSER, true, number)]
    });
    let events: Vec<_> = events.collect();
    let batches = events.chunks(7).map(|events| batch(1, received_at, events.to_vec()));
    place.append(&batches.collect::<Vec<_>>());
}

/// A data directory with both on two archived days, and keys to the site `one`.
pub(super) struct Past {
    pub(super) place: Place,
    pub(super) collect: String,
    pub(super) read: String,
    pub(super) admin: String,
}

impl Past {
    pub(super) fn new() -> Self {
        let mut place = Place::new();
        (0..DAYS).for_each(|number| day(&place, on_day(number, 10)));
        place.load();
        assert!(!place.archive(on_day(DAYS, 1)).is_empty());
        place.close();
        let [collect, read, admin] =
            ["collect", "read", "admin"].map(|scope| add_key(place.directory.path(), "one", scope));
        Self { place, collect, read, admin }
    }

    /// The keys, with an empty folder.
    pub(super) fn keys(&self) -> Self {
        let [collect, read, admin] = [&self.collect, &self.read, &self.admin].map(Clone::clone);
        Self { place: Place::empty(), collect, read, admin }
    }

    pub(super) fn data(&self) -> &Path {
        self.place.directory.path()
    }

    pub(super) fn start(&self) -> Program {
        Program::start(self.data(), SETTINGS)
    }

    /// Today: each once more, a repetition, and an id that comes again with other content, so that it fails.
    pub(super) fn live(&self, program: &Program) {
        for (mark, visitor) in [(ANN, "browser-of-ann"), (BOB, "browser-of-bob")] {
            let send = |id: &str, note: &str| {
                let event = json!({ "id": format!("{mark}-{id}"), "name": "purchase", "visitor": visitor,
                    "customer": format!("{mark}-customer"), "url": format!("https://one.example/{mark}-today"),
                    "properties": { "note": format!("{mark}-{note}") } });
                let answer = program.post("/v1/events", &self.collect, &event).unwrap();
                assert_eq!(answer.status, 202, "{}", answer.text());
            };
            send("first", "a");
            send("first", "a");
            send("first", "another");
        }
        program.wait_until_loaded();
        assert_eq!(program.metric("styk_account_quarantined_events"), 2);
    }

    /// Ann comes back.
    pub(super) fn send_again(&self, program: &Program) {
        let event = json!({ "name": "page_view", "visitor": "browser-of-ann", "customer": "zzann-customer" });
        assert_eq!(program.post("/v1/events", &self.collect, &event).unwrap().status, 202);
        program.wait_until_loaded();
    }

    /// What damage leaves behind: a torn tail, a damaged segment, a store's file in quarantine.
    pub(super) fn leave_copies_of_damage(&self) {
        let quarantine = self.data().join("store/quarantine/2026-01-01");
        fs::create_dir_all(&quarantine).unwrap();
        fs::write(quarantine.join("events.duckdb"), "zzann was here").unwrap();
        for name in ["00000000000000000000.journal.damaged", "00000000000000000000.journal.torn-00000000000000000007"] {
            fs::write(self.data().join("journal").join(name), "zzann was here").unwrap();
        }
    }

    /// The rows that an export has.
    pub(super) fn rows(&self, program: &Program) -> Vec<Value> {
        let answer = program.get("/v1/sites/one/export/events?format=jsonl", &self.read);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Rows that carry a mark.
    pub(super) fn rows_with(&self, program: &Program, mark: &str) -> usize {
        self.rows(program).iter().filter(|row| row.to_string().contains(mark)).count()
    }

    /// The files in which a mark stands, by the folder they lie in.
    pub(super) fn places(&self, mark: &str) -> Vec<String> {
        let data = self.data();
        let there = files(data).into_iter().filter(|path| holds(&fs::read(path).unwrap_or_default(), mark.as_bytes()));
        let mut places: Vec<_> =
            there.map(|path| path.strip_prefix(data).unwrap().to_string_lossy().into_owned()).collect();
        places.sort();
        places
    }

    /// Everything adds up, and journal, archive and store agree.
    #[track_caller]
    pub(super) fn check(&self, program: &Program, removed: u64) {
        assert_eq!(program.metric("styk_account_removed_events{site=\"one\"}"), removed);
        assert_eq!(program.metric("styk_account_unreconciled_events"), 0);
        assert_eq!(program.metric("styk_store_rows"), program.metric("styk_account_loaded_events"));
        run(self.data(), &["check"]);
    }
}
