//! The load: every accepted event goes from the journal into the store, exactly once.
//!
//! **Promise.** The store's position moves in the same transaction as the rows, so a crash at any moment
//! loses nothing and doubles nothing. The same event id of a site is stored once within [`seen::DAYS`]
//! days. What cannot be loaded is kept among the failed events and stops nothing. Each accepted event is counted in
//! exactly one place ([`Account`]).
//!
//! **Shape.** One thread: wait for synced records, decode, [`enrich`], drop what was [`seen`], append,
//! tidy. Everything derived (device, channel, touchpoint) is a pure function of the event and the rules.
//! Another thread, [`Archiving`], puts what is loaded and a day old into the archive.
//!
//! **Never.** It answers no request and is never waited for by one: collecting goes on while it is down.
//!
//! **To change what is derived**, edit [`enrich`] and the rule files in `config/`.

mod agent;
mod archive;
mod archive_progress;
mod enrich;
mod ledger;
mod outcome;
mod seen;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use self::enrich::Enricher;
use self::outcome::{Outcome, Unread, conflicting, undecodable};
use self::seen::{Seen, Sight};
use crate::control::Control;
use crate::domain::channel::Channels;
use crate::domain::encoding;
use crate::domain::event::Batch;
use crate::domain::time::Timestamp;
use crate::domain::touchpoint::Register;
use crate::journal::{self, Read, Reader};
use crate::store::{self, FailedEvent, Row, RowBatch, Writer};

pub use self::agent::{Agents, Device};
pub use self::archive::{ArchiveError, ArchiveOptions, Archiving, Archivist, next_unarchived};
pub use self::archive_progress::{ArchiveCounts, ArchiveProgress};
pub use self::ledger::{Account, Ledger};

/// How much of the journal is read at once.
const READ_BYTES_MAX: usize = 4 << 20;
/// How long the load waits for records before it looks for other work.
const IDLE_TICK: Duration = Duration::from_millis(500);
/// Events gather so long before they are loaded together: a commit costs the same for one as for thousands.
const GATHER: Duration = Duration::from_millis(200);
/// So many events do not wait for more.
const GATHER_EVENTS_MAX: u64 = 5_000;
/// How long it waits after the store or the journal refused.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// What the load needs.
pub struct Options {
    /// Where the journal's segments are.
    pub journal_directory: PathBuf,
    /// At most so many different event names, pages and so on are kept apart; the rest is `__other__`.
    pub texts_max: u32,
    /// The rules that name channels.
    pub channels: Channels,
    /// The touchpoints.
    pub register: Register,
}

/// How far the load is; shared with whoever reports it.
#[derive(Default)]
pub struct Progress {
    next_sequence: AtomicU64,
    loaded: AtomicU64,
    duplicate: AtomicU64,
    conflict: AtomicU64,
    failed: AtomicU64,
    missing: AtomicU64,
    refused_by_store: AtomicU64,
    ledger: Ledger,
}

/// A reading of [`Progress`]. Counts are of this process, and start again with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The first sequence that is not loaded.
    pub next_sequence: u64,
    /// Events that became rows.
    pub loaded: u64,
    /// Events that were there already.
    pub duplicate: u64,
    /// Events of an id that was there already with other content.
    pub conflict: u64,
    /// Records that could not be read.
    pub failed: u64,
    /// Events that the journal had and could not give back: damage.
    pub missing: u64,
    /// How often the store refused a batch, which was then tried again.
    pub refused_by_store: u64,
}

impl Progress {
    /// What became of all accepted events.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Reads all counters.
    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Acquire);
        Counts {
            next_sequence: read(&self.next_sequence),
            loaded: read(&self.loaded),
            duplicate: read(&self.duplicate),
            conflict: read(&self.conflict),
            failed: read(&self.failed),
            missing: read(&self.missing),
            refused_by_store: read(&self.refused_by_store),
        }
    }
}

/// The loading thread's state.
pub struct Loader {
    options: Options,
    control: Control,
    writer: Writer,
    agents: Agents,
    seen: Seen,
    progress: Arc<Progress>,
    /// Records from here on were written by this process.
    start: u64,
    now: fn() -> Timestamp,
}

/// A record of the journal, decoded.
struct Decoded {
    sequence: u64,
    /// How many events it is said to hold.
    count: u64,
    batch: Batch,
}

/// Why a round did not finish.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the load could not read the journal")]
    Journal(#[source] journal::Error),
    #[error("the load could not write to the store")]
    Store(#[source] store::Error),
}

impl Loader {
    /// Gets ready: reads which events of the last days are stored. `start` is the first sequence that the journal has
    /// not given out yet.
    ///
    /// # Errors
    /// [`store::Error`], when the store cannot be read.
    pub fn open(
        options: Options,
        control: Control,
        writer: Writer,
        start: u64,
        now: fn() -> Timestamp,
    ) -> Result<Self, store::Error> {
        let mut seen = Seen::default();
        writer.recent_ids(seen::oldest(now()), |site, id, received_at| seen.restore(site, id, received_at))?;
        let progress = Arc::new(Progress::default());
        progress.next_sequence.store(writer.next_sequence(), Ordering::Release);
        progress.ledger.open(writer.next_sequence(), writer.totals(), start);
        Ok(Self { options, control, writer, agents: Agents::new(), seen, progress, start, now })
    }

    /// How far the load is.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Loads what is synced, and goes on until `durable` closes; then flushes and ends. Blocking: give it a thread.
    ///
    /// Once `disk_refuses` says so, it ends and leaves the store as it is: the next start reads what is really there.
    pub fn run(mut self, durable: watch::Receiver<u64>, disk_refuses: &watch::Receiver<bool>) {
        while durable.has_changed().is_ok() && !*disk_refuses.borrow() {
            if let Err(error) = self.follow(&durable, disk_refuses) {
                self.progress.refused_by_store.fetch_add(1, Ordering::Relaxed);
                tracing::error!(error = &error as &dyn std::error::Error, "the load stopped and tries again");
                std::thread::sleep(RETRY_PAUSE);
            }
        }
        if *disk_refuses.borrow() {
            // Not even closed: DuckDB aborts the program where it cannot write at such moments.
            std::mem::forget(self);
        } else if let Err(error) = self.writer.flush((self.now)()) {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the newest events were not flushed; the journal has them"
            );
        }
    }

    /// Follows the journal from the store's position until it ends or something refuses.
    fn follow(&mut self, durable: &watch::Receiver<u64>, disk_refuses: &watch::Receiver<bool>) -> Result<(), Error> {
        let mut reader =
            Reader::open(&self.options.journal_directory, self.writer.next_sequence()).map_err(Error::Journal)?;
        loop {
            self.wait(durable);
            // Asked in this order: what was synced before the journal closed is seen.
            let closed = durable.has_changed().is_err();
            let up_to = *durable.borrow();
            if *disk_refuses.borrow() {
                return Ok(());
            }
            if self.writer.next_sequence() < up_to {
                let read = reader.next_records(up_to, READ_BYTES_MAX).map_err(Error::Journal)?;
                self.load(read)?;
            } else if closed {
                return Ok(());
            }
            self.writer.tidy((self.now)()).map_err(Error::Store)?;
        }
    }

    /// Waits until something is there to load and has gathered, in short naps: the thread has no runtime to wait in.
    fn wait(&self, durable: &watch::Receiver<u64>) {
        let there = |events: u64| self.writer.next_sequence() + events <= *durable.borrow();
        let closed = || durable.has_changed().is_err();
        nap_until(IDLE_TICK, || there(1) || closed());
        if there(1) {
            nap_until(GATHER, || there(GATHER_EVENTS_MAX) || closed());
        }
    }

    /// Brings what was read into the store, as one batch.
    fn load(&mut self, read: Vec<Read>) -> Result<(), Error> {
        let mut next_sequence = self.writer.next_sequence();
        let mut received_through = Timestamp::from_ms(0);
        let (mut decoded, mut unread, mut missing) = (Vec::with_capacity(read.len()), Unread::default(), 0);
        for item in read {
            match item {
                Read::Gap(gap) => {
                    tracing::error!(
                        from = gap.from_sequence,
                        to = gap.to_sequence,
                        "events are missing: the journal is damaged"
                    );
                    unread.gaps.push(next_sequence.max(gap.from_sequence)..next_sequence.max(gap.to_sequence));
                    next_sequence = next_sequence.max(gap.to_sequence);
                    missing += gap.to_sequence - gap.from_sequence;
                }
                Read::Record(record) => {
                    next_sequence = record.next_sequence();
                    let received_at = Timestamp::from_ms(record.received_at_ms);
                    received_through = received_through.max(received_at);
                    match encoding::decode(record.kind, &record.payload) {
                        Ok(batch) => {
                            let count = u64::from(record.count.get());
                            decoded.push(Decoded { sequence: record.sequence, count, batch });
                        }
                        Err(error) => {
                            tracing::error!(
                                sequence = record.sequence,
                                error = &error as &dyn std::error::Error,
                                "a record does not decode"
                            );
                            unread.failed.push(undecodable(&record, received_at));
                        }
                    }
                }
            }
        }
        let mut parts = parts(&decoded).into_iter().peekable();
        while let Some(part) = parts.next() {
            // A part reaches to where the next one begins, with whatever lies between.
            let ends = parts.peek().and_then(|next| next.first()).map_or(next_sequence, |next| next.sequence);
            self.load_part(part, unread.split_before(ends), ends, received_through)?;
        }
        self.progress.missing.fetch_add(missing, Ordering::AcqRel);
        Ok(())
    }

    fn load_part(
        &mut self,
        part: &[Decoded],
        unread: Unread,
        next_sequence: u64,
        received_through: Timestamp,
    ) -> Result<(), Error> {
        let mut outcome = Outcome::default();
        unread.say(self.start, &mut outcome);
        let mut failed = unread.failed;
        let mut rows = Vec::new();
        for decoded in part {
            self.rows_of(decoded, &mut rows, &mut failed, &mut outcome);
        }
        let batch = RowBatch { rows: &rows, failed: &failed, said: &outcome.said, next_sequence, received_through };
        if let Err(error) = self.writer.append(&batch, (self.now)()) {
            self.seen.forget(&outcome.marked);
            return Err(Error::Store(error));
        }
        self.count(&outcome);
        Ok(())
    }

    /// Turns one record into rows; what was seen before is only counted.
    fn rows_of<'a>(
        &mut self,
        decoded: &'a Decoded,
        rows: &mut Vec<Row<'a>>,
        failed: &mut Vec<FailedEvent>,
        outcome: &mut Outcome,
    ) {
        let batch = &decoded.batch;
        let site = self.control.site_by_id(batch.site);
        let mut enricher = Enricher {
            site: site.as_deref(),
            channels: &self.options.channels,
            register: &self.options.register,
            agents: &mut self.agents,
            writer: &self.writer,
            texts_max: self.options.texts_max,
        };
        outcome.say_accepted(batch.site, decoded.sequence, decoded.count, self.start);
        let mut duplicate = 0;
        for (sequence, event) in (decoded.sequence..).zip(&batch.events) {
            match self.seen.mark(batch, event) {
                Sight::New => {
                    outcome.marked.push((batch.site, event.id));
                    outcome.loaded += 1;
                    rows.push(enricher.row(batch, event, sequence));
                }
                Sight::Same => duplicate += 1,
                Sight::Differs => {
                    outcome.conflict += 1;
                    failed.push(conflicting(batch, event, sequence));
                }
            }
        }
        outcome.duplicate += duplicate;
        outcome.said.entry(batch.site).or_default().duplicate += duplicate;
    }

    fn count(&self, outcome: &Outcome) {
        let progress = &self.progress;
        progress.loaded.fetch_add(outcome.loaded, Ordering::AcqRel);
        progress.duplicate.fetch_add(outcome.duplicate, Ordering::AcqRel);
        progress.conflict.fetch_add(outcome.conflict, Ordering::AcqRel);
        progress.failed.fetch_add(outcome.failed, Ordering::AcqRel);
        progress.ledger.advance(self.writer.next_sequence(), self.writer.totals(), &outcome.before_start);
        progress.next_sequence.store(self.writer.next_sequence(), Ordering::Release);
    }
}

/// Sleeps until `done` or until `longest` has passed.
fn nap_until(longest: Duration, done: impl Fn() -> bool) {
    let nap = Duration::from_millis(10);
    let naps = longest.div_duration_f64(nap) as u32;
    for _ in 0..naps {
        if done() {
            return;
        }
        std::thread::sleep(nap);
    }
}

/// Cuts records into parts of at most [`RowBatch::ROWS_MAX`] events; at least one part, which may be empty.
fn parts(decoded: &[Decoded]) -> Vec<&[Decoded]> {
    let mut parts = Vec::new();
    let (mut start, mut events) = (0, 0);
    for (index, record) in decoded.iter().enumerate() {
        if start < index && RowBatch::ROWS_MAX < events + record.batch.events.len() {
            parts.push(&decoded[start..index]);
            (start, events) = (index, 0);
        }
        events += record.batch.events.len();
    }
    parts.push(&decoded[start..]);
    parts
}
