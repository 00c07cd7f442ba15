//! A server's clock that jumps, and events that come late or in any order: no event is lost, doubled or put into
//! another session.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::json;
use styk::control::Control;
use styk::domain::channel::Channels;
use styk::domain::encoding;
use styk::domain::event::{Actor, Batch, Event, EventTime, Sender};
use styk::domain::id::{EventId, SiteId, VisitorId};
use styk::domain::time::{DAY_MS, HOUR_MS, Timestamp};
use styk::domain::touchpoint::Register;
use styk::journal::{self, Journal, NewRecord};
use styk::load::{self, Counts, Loader};
use styk::store::{self, Store};

use crate::archive::plain_event;
use crate::program::wait_for;
use crate::shop::Shop;

const BEGIN_MS: i64 = 1_795_000_000_000;

/// The server's clock, as this test sets it.
static CLOCK_MS: AtomicI64 = AtomicI64::new(BEGIN_MS);

fn now() -> Timestamp {
    Timestamp::from_ms(CLOCK_MS.load(Ordering::Acquire))
}

fn batch(first_id: u64) -> Batch {
    let event = |id: u64| {
        let plain = plain_event("page_view");
        Event {
            id: EventId::parse(&format!("event-{id}")).unwrap(),
            time: EventTime { occurred_at: now(), ..plain.time },
            actor: Actor { visitor: VisitorId(id), ..plain.actor },
            ..plain
        }
    };
    Batch {
        site: SiteId(1),
        received_at: now(),
        sender: Sender::Server,
        events: (first_id..first_id + 10).map(event).collect(),
    }
}

fn store_options(directory: PathBuf) -> store::Options {
    store::Options {
        directory,
        threads: 1,
        memory_mib: 256,
        flush_rows: 1_000,
        flush_after: Duration::from_secs(300),
        flushed_grace: Duration::from_secs(90),
        merge_runs: 3,
        merge_rows_max: 100_000,
        kept_mib: 128,
    }
}

/// A journal, and a load that runs by [`CLOCK_MS`].
struct Bench<'a> {
    data: &'a Path,
    journal: journal::Writer,
    runtime: tokio::runtime::Runtime,
}

impl Bench<'_> {
    fn append(&self, batch: &Batch) {
        let count = NonZeroU32::new(u32::try_from(batch.events.len()).unwrap()).unwrap();
        let payload = &encoding::encode(batch);
        let record =
            NewRecord { kind: encoding::VERSION, count, received_at_ms: batch.received_at.as_ms(), stream: 1, payload };
        self.runtime.block_on(self.journal.append(&record)).unwrap();
    }

    /// Runs the load from its start to its end, doing `work` meanwhile.
    fn load(&self, work: impl FnOnce(&dyn Fn())) -> Counts {
        let store = Store::new(store_options(self.data.join("store")));
        let options = load::Options {
            journal_directory: self.data.join("journal"),
            archive_directory: self.data.join("archive"),
            texts_max: 1_000,
            remembered_events_max: 1_000_000,
            channels: Channels::parse(include_str!("../../config/channels.toml")).unwrap(),
            register: Register::parse(include_str!("../../config/touchpoints.toml")).unwrap().into(),
            sealer: self.journal.sealer(),
            turn: load::Turn::default(),
            settle: Duration::from_secs(600),
        };
        let durable = self.journal.durable();
        let (ends, ended) = tokio::sync::watch::channel(*durable.borrow());
        let control = Control::open(self.data).unwrap();
        let loader = Loader::open(options, control, store.clone(), *durable.borrow(), now);
        let progress = loader.progress();
        let thread = std::thread::spawn(move || loader.run(ended, &tokio::sync::watch::channel(false).1));
        let loaded = || {
            ends.send_replace(*durable.borrow());
            wait_for("the load", || progress.counts().next_sequence == *durable.borrow());
        };
        work(&loaded);
        loaded();
        drop(ends);
        thread.join().unwrap();
        let counts = progress.counts();
        store.close();
        counts
    }
}

#[test]
fn a_clock_that_jumps_an_hour_or_a_day_loses_and_doubles_nothing() {
    let data = tempfile::tempdir().unwrap();
    let options = journal::Options {
        directory: data.path().join("journal"),
        segment_bytes: 1 << 20,
        queue_records_max: 100,
        queue_bytes_max: 16 << 20,
        free_bytes_min: 0,
        next_sequence_min: 0,
    };
    let (journal, _) = Journal::open(options).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let bench = Bench { data: data.path(), journal, runtime };
    let jumps = [HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS, -DAY_MS, DAY_MS, -HOUR_MS, 7 * DAY_MS, -7 * DAY_MS];
    let (mut sent, mut repeated) = (0, 0);
    let mut totals = (0, 0);
    for (round, jump_ms) in jumps.into_iter().enumerate() {
        let counts = bench.load(|loaded| {
            bench.append(&batch(sent));
            loaded();
            CLOCK_MS.fetch_add(jump_ms, Ordering::AcqRel);
            // While it runs, and again after a restart: what came before the jump comes again.
            for first in [0, sent] {
                bench.append(&batch(first));
                repeated += 10;
            }
            loaded();
        });
        sent += 10;
        totals = (totals.0 + counts.loaded, totals.1 + counts.duplicate);
        assert_eq!(totals, (sent, repeated), "round {round}, jump of {jump_ms} ms");
        assert_eq!((counts.conflict, counts.failed, counts.refused_by_store), (0, 0, 0), "round {round}");
    }
}

#[test]
fn a_clock_that_was_set_back_still_lets_events_into_the_file() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::new(store_options(data.path().to_owned()));
    let mut writer = store.open().unwrap();
    let at = |minutes: i64| Timestamp::from_ms(BEGIN_MS + minutes * 60_000);
    let said = store::TotalsBySite::new();
    let nothing = store::RowBatch { rows: &[], failed: &[], said: &said, next_sequence: 7, received_through: at(0) };
    writer.append(&nothing, at(0)).unwrap();
    writer.tidy(at(-24 * 60)).unwrap();
    assert_eq!(store.next_sequence_min(), 0, "not due yet");
    writer.tidy(at(-24 * 60 + 6)).unwrap();
    assert_eq!(store.next_sequence_min(), 7, "five minutes are five minutes by whatever clock");
}

#[test]
fn late_and_unordered_events_land_in_the_right_session() {
    let mut shop = Shop::open_set(&[("store.flush_rows", "2"), ("store.merge_runs", "3")]);
    let by_session =
        json!({ "steps": ["view_item", "add_to_cart", "purchase"], "unit": "session", "window_seconds": 86_400 });
    let reached = |shop: &Shop| -> Vec<u64> {
        let answer = shop.funnel(by_session.clone());
        answer["steps"].as_array().unwrap().iter().map(|step| step["reached"].as_u64().unwrap()).collect()
    };
    shop.tell("ann 11:15 purchase");
    shop.tell("ann 10:00 view_item\nbob 10:00 view_item");
    shop.restart();
    // 75 minutes apart: two sessions, and the purchase is in another than the view.
    assert_eq!(reached(&shop), [2, 0, 0]);
    shop.tell("ann 10:50 add_to_cart\nbob 09:45 add_to_cart");
    assert_eq!(reached(&shop), [2, 0, 0]);
    // What lay between comes last, and makes one session of all.
    shop.tell("ann 10:25 scroll");
    assert_eq!(reached(&shop), [2, 1, 1]);
    shop.restart();
    assert_eq!(reached(&shop), [2, 1, 1]);
}
