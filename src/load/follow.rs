//! Following the journal with an open store: the batch loop.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use tokio::sync::watch;

use super::agent::Agents;
use super::due::Due;
use super::enrich::Enricher;
use super::ground::{Ground, Piece};
use super::made::{Again, Decoded, Made};
use super::outcome::{SAME_ID, Unread, failed_alone};
use super::progress::Progress;
use super::requests::{NotDone, Request};
use super::seen::{self, Seen, Sight};
use super::{Options, Stop, chain};
use crate::control::Control;
use crate::domain::removal::Removals;
use crate::domain::time::Timestamp;
use crate::store::archive::Archive;
use crate::store::{self, RowBatch, Writer};

/// How long the load waits for records before it looks for other work.
const IDLE_TICK: Duration = Duration::from_millis(500);
/// Events gather so long before they are loaded together: a commit costs the same for one as for thousands.
const GATHER: Duration = Duration::from_millis(200);
/// So many events do not wait for more.
const GATHER_EVENTS_MAX: u64 = 5_000;

/// Loads into one opening of the store.
pub(super) struct Follower {
    options: Arc<Options>,
    control: Control,
    pub(super) writer: Writer,
    agents: Agents,
    pub(super) seen: Seen,
    pub(super) progress: Arc<Progress>,
    /// Records from here on were written by this process.
    pub(super) start: u64,
    pub(super) now: fn() -> Timestamp,
    /// Who was erased: comes back from a backup, perhaps, and is dropped.
    erased: Removals,
    /// Whether the disk was too full for a flush when it was last tried.
    full: bool,
}

impl Follower {
    /// Gets ready: reads which events of the last days are stored.
    pub(super) fn start(
        options: Arc<Options>,
        control: Control,
        writer: Writer,
        progress: Arc<Progress>,
        start: u64,
        now: fn() -> Timestamp,
    ) -> Result<Self, store::Error> {
        let mut seen = Seen::new(options.remembered_events_max);
        // Whichever is earlier: a clock that runs ahead must not make it forget.
        let oldest = seen::oldest(now().min(writer.received_through()));
        writer.recent_ids(oldest, |site, id, received_at| seen.restore(site, id, received_at))?;
        seen.sweep(writer.received_through());
        let agents = Agents::new();
        let mut erased = Removals::none(control.customer_marks());
        match control.all_erasures() {
            Ok(erasures) => erasures.iter().for_each(|erasure| erasure.add_to(&mut erased)),
            Err(error) => tracing::error!(error = chain(&error), "who was erased could not be read"),
        }
        let follower = Self { options, control, writer, agents, seen, progress, start, now, erased, full: false };
        follower.progress.ledger.open(follower.writer.next_sequence(), follower.writer.totals(), start);
        follower.tell();
        Ok(follower)
    }

    /// Follows the journal from the store's position until it ends, something refuses, or the disk does.
    pub(super) fn follow(
        &mut self,
        durable: &watch::Receiver<u64>,
        disk_refuses: &watch::Receiver<bool>,
        requests: &Receiver<Request>,
        due: &mut Due,
    ) -> Result<(), Stop> {
        let goes_on = || durable.has_changed().is_ok() && !*disk_refuses.borrow();
        if !self.load_archive(goes_on, requests, due)? {
            return Ok(());
        }
        let mut ground = Ground::open(&self.options, self.writer.next_sequence())?;
        loop {
            self.wait(durable);
            self.answer(requests, due)?;
            // Asked in this order: what was synced before the journal closed is seen.
            let closed = durable.has_changed().is_err();
            let up_to = *durable.borrow();
            if *disk_refuses.borrow() {
                return Ok(());
            }
            // Before more is loaded: there must be room for it.
            self.tidy()?;
            let all_is_loaded = up_to <= self.writer.next_sequence();
            // A rebuild may take long, and goes on with the next start.
            if closed && (all_is_loaded || self.writer.rebuilding_to().is_some()) {
                return Ok(());
            }
            if !all_is_loaded {
                let piece = ground.next(self.writer.next_sequence(), up_to)?;
                self.load(piece).map_err(Stop::Store)?;
            }
        }
    }

    /// Loads what is archived behind the store's position, if anything: that of a new file.
    ///
    /// False: it was told to end on the way. The journal may not have the rest, so it must not be asked for it.
    fn load_archive(
        &mut self,
        goes_on: impl Fn() -> bool,
        requests: &Receiver<Request>,
        due: &mut Due,
    ) -> Result<bool, Stop> {
        let archive = Archive::open(&self.options.archive_directory).map_err(Stop::Store)?;
        if archive.next_sequence() <= self.writer.next_sequence() {
            return Ok(true);
        }
        let mut reader = archive.read(self.writer.next_sequence()).map_err(Stop::Store)?;
        while goes_on() {
            self.answer(requests, due)?;
            self.tidy()?;
            let Some(part) = reader.next_part().map_err(Stop::Store)? else { return Ok(true) };
            self.load(Piece::of(part, self.writer.next_sequence())).map_err(Stop::Store)?;
        }
        Ok(false)
    }

    /// Brings what is in memory into the file, for the last time.
    pub(super) fn finish(&mut self) -> Result<(), store::Error> {
        self.writer.flush((self.now)())?;
        if let Err(error) = self.writer.checkpoint() {
            tracing::warn!(error = chain(&error), "the last checkpoint is left to the next start; nothing is missing");
        }
        Ok(())
    }

    fn answer(&mut self, requests: &Receiver<Request>, due: &mut Due) -> Result<(), Stop> {
        if self.writer.is_doubted() {
            return Err(Stop::Doubt);
        }
        if due.is_due(&self.control, &self.progress, self.writer.next_sequence(), (self.now)()) {
            return Err(Stop::Remove);
        }
        match requests.try_recv() {
            Ok(Request::Rebuild(done)) => Err(Stop::Rebuild(done)),
            Ok(Request::Replay(done)) => {
                let replayed = self.replay();
                let told = replayed.as_ref().copied().map_err(|error| match error.is_disk_full() {
                    true => NotDone::DiskFull,
                    false => NotDone::Refused,
                });
                // Who asked may have gone.
                done.send(told).ok();
                replayed.map(drop).map_err(Stop::Store)
            }
            Err(_) => Ok(()),
        }
    }

    /// On a full disk the rows stay in memory, as many as may, and are flushed when there is space again.
    fn tidy(&mut self) -> Result<(), Stop> {
        match self.writer.tidy((self.now)()) {
            Err(error @ store::Error::Full { .. }) if self.writer.has_room() => {
                if !self.full {
                    tracing::error!(error = chain(&error), "new events stay in memory for now");
                }
                self.full = true;
                Ok(())
            }
            tidied => {
                self.full = false;
                tidied.map_err(Stop::Store)
            }
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
    fn load(&mut self, piece: Piece) -> Result<(), store::Error> {
        let Piece { decoded, mut unread, next_sequence, received_through } = piece;
        let mut parts = parts(&decoded).into_iter().peekable();
        while let Some(part) = parts.next() {
            // A part reaches to where the next one begins, with whatever lies between.
            let ends = parts.peek().and_then(|next| next.first()).map_or(next_sequence, |next| next.sequence);
            self.load_part(part, unread.split_before(ends), ends, received_through)?;
        }
        Ok(())
    }

    fn load_part(
        &mut self,
        part: &[Decoded],
        unread: Unread,
        next_sequence: u64,
        received_through: Timestamp,
    ) -> Result<(), store::Error> {
        let mut made = Made::default();
        unread.say(self.start, &self.progress, &mut made.outcome);
        made.failed = unread.failed;
        for decoded in part {
            self.make(decoded, &mut made);
        }
        let appended = self.compare_again(&mut made).and_then(|()| {
            self.append(part, &mut made, |made| RowBatch {
                rows: &made.rows,
                failed: &made.failed,
                said: &made.outcome.said,
                next_sequence,
                received_through,
            })
        });
        if let Err(error) = appended {
            self.seen.forget(&made.marked);
            return Err(error);
        }
        self.progress.add(&made.outcome);
        self.progress.counted.fetch_max(next_sequence, Ordering::AcqRel);
        self.progress.ledger.advance(self.writer.next_sequence(), self.writer.totals(), &made.outcome.before_start);
        self.tell();
        Ok(())
    }

    /// Appends the batch; should the store refuse it because of single events, without those.
    fn append(
        &mut self,
        part: &[Decoded],
        made: &mut Made<'_>,
        batch: impl for<'m> Fn(&'m Made<'_>) -> RowBatch<'m>,
    ) -> Result<(), store::Error> {
        let now = (self.now)();
        let Err(error) = self.writer.append(&batch(made), now) else { return Ok(()) };
        if self.take_poison_out(part, made)? == 0 {
            return Err(error);
        }
        self.writer.append(&batch(made), now)
    }

    /// Turns one record into rows; what was seen before is only counted.
    pub(super) fn make<'a>(&mut self, decoded: &'a Decoded, made: &mut Made<'a>) {
        let batch = &decoded.batch;
        let site = self.control.site_by_id(batch.site);
        let progress = Arc::clone(&self.progress);
        let mut enricher = Enricher {
            site: site.as_deref(),
            channels: &self.options.channels,
            register: &self.options.register,
            agents: &mut self.agents,
            writer: &self.writer,
            texts_max: self.options.texts_max,
        };
        made.outcome.say_accepted(batch.site, decoded.sequence, batch.events.len() as u64, self.start);
        self.seen.sweep(batch.received_at);
        let (mut duplicate, mut removed) = (0, 0);
        for (sequence, event) in (decoded.sequence..).zip(&batch.events) {
            if event.is_blank() || self.erased.hold(batch, event, sequence) {
                removed += 1;
                continue;
            }
            let one = u64::from(progress.is_new(sequence));
            match self.seen.mark(batch, event) {
                Sight::New => {
                    made.marked.push((batch.site, event.id));
                    made.outcome.loaded += one;
                    made.rows.push(enricher.row(batch, event, sequence));
                }
                Sight::Same => {
                    made.outcome.duplicate += one;
                    duplicate += 1;
                }
                Sight::Differs => {
                    made.outcome.conflict += one;
                    made.failed.push(failed_alone(batch, event, sequence, SAME_ID));
                }
                // Which of the two, the file will say.
                Sight::Unknown => made.again.push(Again { batch, event, sequence }),
            }
        }
        let said = made.outcome.said.entry(batch.site).or_default();
        said.duplicate += duplicate;
        said.removed += removed;
    }

    fn tell(&self) {
        self.progress.rebuilding_to.store(self.writer.rebuilding_to().unwrap_or(0), Ordering::Release);
        self.progress.next_sequence.store(self.writer.next_sequence(), Ordering::Release);
        self.progress.remembered.store(self.seen.len() as u64, Ordering::Release);
    }
}

/// Sleeps until `done` or until `longest` has passed.
pub(super) fn nap_until(longest: Duration, done: impl Fn() -> bool) {
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
