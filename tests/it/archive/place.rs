//! A data directory whose journal is filled with arrivals of chosen days, loaded by the real load, archived by a
//! clock that the test sets.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use styk::control::{Control, NewSite};
use styk::domain::channel::Channels;
use styk::domain::encoding;
use styk::domain::event::{Batch, Event, Sender};
use styk::domain::id::SiteId;
use styk::domain::money::Currency;
use styk::domain::name::SiteKey;
use styk::domain::time::{DAY_MS, Timestamp};
use styk::domain::touchpoint::Register;
use styk::journal::{self, Journal, NewRecord};
use styk::load::{self, Account, ArchiveError, ArchiveOptions, Archivist, Loader};
use styk::store::archive::{Round, SiteDay};
use styk::store::{self, Store};

use super::plain_event;
use crate::program::wait_for;

const CHANNELS: &str = include_str!("../../../config/channels.toml");
const TOUCHPOINTS: &str = include_str!("../../../config/touchpoints.toml");

/// 2026-11-20T00:00:00Z, day 0 of these tests.
pub(crate) const DAY_ZERO_MS: i64 = 1_795_132_800_000;

/// A moment on a day of these tests.
pub(crate) fn on_day(day: i64, hour: i64) -> Timestamp {
    Timestamp::from_ms(DAY_ZERO_MS + day * DAY_MS + hour * 3_600_000)
}

/// A data directory, its store open, no server on it.
pub(crate) struct Place {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) options: ArchiveOptions,
    store: Option<Store>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let options = archive_options(directory.path());
        let control = Control::open(directory.path()).unwrap();
        for key in ["one", "two"] {
            let site = NewSite {
                key: SiteKey::parse(key).unwrap(),
                domains: vec![format!("{key}.example")],
                time_zone: "UTC".to_owned(),
                currency: Currency::parse("EUR").unwrap(),
            };
            control.add_site(site).unwrap();
        }
        Self { directory, options, store: None }
    }

    /// One in which so many events of a site have arrived at each of these moments, and are loaded.
    pub(super) fn loaded(arrivals: &[(u32, Timestamp, usize)]) -> Self {
        let mut place = Self::new();
        for (site, received_at, events) in arrivals {
            place.arrive(*site, *received_at, *events);
        }
        place.load();
        place
    }

    /// A folder in which nothing is yet.
    pub(crate) fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let options = archive_options(directory.path());
        Self { directory, options, store: None }
    }

    /// Lets go of the store, so that a server may have the directory.
    pub(crate) fn close(&mut self) {
        if let Some(store) = self.store.take() {
            store.close();
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Appends a record for each batch to the journal.
    pub(crate) fn append(&self, batches: &[Batch]) {
        append(&self.options.journal_directory, batches);
    }

    /// Appends `events` events that arrive at one moment, ten a record.
    pub(crate) fn arrive(&self, site: u32, received_at: Timestamp, events: usize) {
        let events: Vec<Event> = (0..events).map(|_| plain_event("page_view")).collect();
        let batches = events.chunks(10).map(|events| batch(site, received_at, events.to_vec()));
        self.append(&batches.collect::<Vec<_>>());
    }

    /// Loads everything that is in the journal, and flushes it.
    pub(crate) fn load(&mut self) {
        self.store = None;
        let options = store::Options {
            directory: self.path("store"),
            threads: 1,
            memory_mib: 256,
            flush_rows: 1_000_000,
            flush_after: Duration::from_secs(3_600),
            flushed_grace: Duration::from_secs(90),
            merge_runs: 10,
            merge_rows_max: 1_500_000,
            kept_mib: 128,
        };
        let store = Store::new(options);
        let control = Control::open(self.directory.path()).unwrap();
        let (journal, _) = Journal::open(journal_options(&self.options.journal_directory)).unwrap();
        let options = load::Options {
            journal_directory: self.options.journal_directory.clone(),
            archive_directory: self.options.directory.clone(),
            texts_max: 1_000_000,
            remembered_events_max: 1_000_000,
            channels: Channels::parse(CHANNELS).unwrap(),
            register: Register::parse(TOUCHPOINTS).unwrap().into(),
            sealer: journal.sealer(),
            turn: load::Turn::default(),
            settle: Duration::from_secs(3_600),
        };
        let durable = journal.durable();
        let end = *durable.borrow();
        let loader = Loader::open(options, control, store.clone(), end, styk::server::now);
        let progress = loader.progress();
        let loading = std::thread::spawn(move || loader.run(durable, &tokio::sync::watch::channel(false).1));
        wait_for("the load", || progress.counts().next_sequence == end);
        let accounts = progress.ledger().accounts(|| journal.appended());
        // The load flushes when the journal closes.
        drop(journal);
        loading.join().unwrap();
        let account = Account::sum(&accounts);
        assert_eq!(account.accepted, end, "wherever it was loaded from");
        assert_eq!(account.difference(), account.missing.cast_signed());
        self.store = Some(store);
    }

    /// Removes the store's files: it is made anew at the next load.
    pub(crate) fn forget_store(&mut self) {
        self.store = None;
        std::fs::remove_dir_all(self.path("store")).unwrap();
    }

    /// The sequences of all rows, and how many there are of each site and day.
    pub(crate) fn stored(&self) -> (Vec<u64>, BTreeMap<SiteDay, u64>) {
        let all = 0..100_000;
        let snapshot = self.store.as_ref().expect("loaded before").snapshot().unwrap();
        (snapshot.stored_sequences(&all).unwrap(), snapshot.stored_counts(&all, &[]).unwrap())
    }

    /// A start of the archive.
    pub(crate) fn archivist(&self) -> Archivist {
        let store = self.store.clone().expect("loaded before");
        Archivist::open(self.options.clone(), store, Arc::default()).unwrap()
    }

    /// Makes as many rounds as there are at `now`, after a start.
    pub(crate) fn archive(&self, now: Timestamp) -> Vec<Round> {
        let mut archivist = self.archivist();
        std::iter::from_fn(|| archivist.archive_round(now, &|| true).unwrap()).collect()
    }

    /// The error of the next round.
    pub(crate) fn archive_refused(&self, now: Timestamp) -> ArchiveError {
        self.archivist().archive_round(now, &|| true).unwrap_err()
    }

    /// Removes segments after a start; gives how many.
    pub(crate) fn remove_segments(&self, now: Timestamp) -> usize {
        self.archivist().remove_segments(now).unwrap()
    }

    /// All files of the archive, by path.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.options.directory.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(&self.options.directory).unwrap().display().to_string());
                }
            }
        }
        found.sort();
        found
    }
}

fn archive_options(data: &Path) -> ArchiveOptions {
    ArchiveOptions {
        directory: data.join("archive"),
        journal_directory: data.join("journal"),
        round_events_max: 1_000,
        look_every: Duration::from_millis(10),
        keep: Duration::from_secs(72 * 3_600),
    }
}

pub(crate) fn batch(site: u32, received_at: Timestamp, events: Vec<Event>) -> Batch {
    Batch { site: SiteId(site), received_at, sender: Sender::Browser, events }
}

/// Appends a record for each batch to the journal, as the server does; segments are short.
pub(crate) fn append(journal: &Path, batches: &[Batch]) {
    let (writer, _) = Journal::open(journal_options(journal)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for batch in batches {
        let record = NewRecord {
            kind: encoding::VERSION,
            stream: batch.site.0,
            count: NonZeroU32::new(batch.events.len() as u32).unwrap(),
            received_at_ms: batch.received_at.as_ms(),
            payload: &encoding::encode(batch),
        };
        runtime.block_on(writer.append(&record)).unwrap();
    }
}

fn journal_options(directory: &Path) -> journal::Options {
    journal::Options {
        directory: directory.to_owned(),
        segment_bytes: 4 << 10,
        queue_records_max: 1_000,
        queue_bytes_max: 64 << 20,
        free_bytes_min: 0,
        next_sequence_min: 0,
    }
}
