//! The archive's thread: what arrived on closed days goes into Parquet, and the journal gives up what is safe there.
//!
//! A round takes what the store has in its file and what arrived before today (UTC), at most so many sequences of it.
//! The facts come from the journal, since the store keeps what follows from them; which of them count, and how many
//! there must be of each site and day, says the store. A record of today ends the round, even where a clock that was
//! set back has put records of yesterday behind it. One that is dated ahead of the clock does not: a clock that was
//! wrong for a moment must not hold up the archive for as long as it was wrong by.
//!
//! A segment of the journal goes when everything in it is loaded and checkpointed, is archived in files that are
//! still as they were written, and is older than `journal.keep_hours`. One that was damaged is set aside instead.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::archive_error::ArchiveError;
use super::archive_progress::ArchiveProgress;
use super::follow::nap_until;
use super::gather::{append_failed, append_stored, batches_of, between, compare, count_blanks};
use super::turn::Turn;
use crate::domain::time::{DAY_MS, Timestamp};
use crate::journal::{self, Read, Reader};
use crate::store::archive::{Archive, Removed, Round, RoundEnd, Unreadable};
use crate::store::{self, Snapshot, Store};

/// How much of the journal is read at once.
const READ_BYTES_MAX: usize = 4 << 20;
/// How far its thread steps back behind those who collect, load and answer.
const POLITENESS: i32 = 10;

/// What the archive needs.
#[derive(Clone, Debug)]
pub struct ArchiveOptions {
    /// Holds the archive and nothing else.
    pub directory: PathBuf,
    /// Where the journal's segments are.
    pub journal_directory: PathBuf,
    /// A round ends with the record that brings it to so many sequences.
    pub round_events_max: u64,
    /// How often it looks for work.
    pub look_every: Duration,
    /// Segments whose newest event is younger stay.
    pub keep: Duration,
}

/// The first sequence that no round has taken: lower ones must never be given out again. 0 where the archive cannot be
/// read; its own thread says so.
pub fn next_unarchived(options: &ArchiveOptions) -> u64 {
    Archive::open(&options.directory).map_or(0, |archive| archive.next_sequence())
}

/// The archive's thread. What refuses is tried again later; nothing else waits for it.
pub struct Archiving {
    options: ArchiveOptions,
    store: Store,
    turn: Turn,
    progress: Arc<ArchiveProgress>,
}

impl Archiving {
    /// Gets ready; touches no file yet. `turn` is shared with the load.
    pub fn new(options: ArchiveOptions, store: Store, turn: Turn) -> Self {
        Self { options, store, turn, progress: Arc::default() }
    }

    /// How far the archive is.
    pub fn progress(&self) -> Arc<ArchiveProgress> {
        Arc::clone(&self.progress)
    }

    /// Works until `stopped` says so; ends between two files. Blocking: give it a thread.
    pub fn run(self, now: fn() -> Timestamp, stopped: &watch::Receiver<bool>) {
        // A system that does not let it be polite lets it work all the same.
        rustix::process::nice(POLITENESS).ok();
        let keep_going = || !*stopped.borrow() && stopped.has_changed().is_ok();
        let mut archivist = None;
        while keep_going() {
            let worked = self.work(&mut archivist, now(), &keep_going);
            self.progress.report(worked);
            nap_until(self.options.look_every, || !keep_going());
        }
    }

    /// Archives everything that is closed, a round at a time, then removes segments. While the load removes events, it
    /// leaves the rest for later.
    fn work(
        &self,
        archivist: &mut Option<(u64, Archivist)>,
        now: Timestamp,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<(), ArchiveError> {
        while keep_going() {
            let Some(turn) = self.turn.try_take() else { return Ok(()) };
            let archivist = match archivist {
                // Nobody else has changed the archive since.
                Some((removals, archivist)) if *removals == *turn => archivist,
                _ => {
                    let opened = Archivist::open(self.options.clone(), self.store.clone(), self.progress())?;
                    &mut archivist.insert((*turn, opened)).1
                }
            };
            if archivist.archive_round(now, keep_going)?.is_none() {
                return archivist.remove_segments(now).map(drop);
            }
        }
        Ok(())
    }
}

/// Makes rounds, and removes segments.
pub struct Archivist {
    options: ArchiveOptions,
    store: Store,
    archive: Archive,
    progress: Arc<ArchiveProgress>,
    /// While it is this day (counted from 1970), nothing is closed.
    waits_on: Option<i64>,
}

/// How far a round goes.
struct Plan {
    range: Range<u64>,
    received_through: Timestamp,
    gaps: Vec<Range<u64>>,
}

impl Archivist {
    /// Opens the archive and removes what a crash left in it.
    ///
    /// # Errors
    /// [`ArchiveError`], when its files cannot be read.
    pub fn open(options: ArchiveOptions, store: Store, progress: Arc<ArchiveProgress>) -> Result<Self, ArchiveError> {
        let archive = Archive::open(&options.directory).map_err(ArchiveError::Store)?;
        for loss in archive.losses() {
            tracing::error!("{loss}");
        }
        progress.tell(&archive);
        let archivist = Self { options, store, archive, progress, waits_on: None };
        archivist.remove_leftovers()?;
        Ok(archivist)
    }

    /// Makes the next round; `None` when nothing is closed, or `keep_going` says no.
    ///
    /// # Errors
    /// [`ArchiveError`]; then nothing counts that was written, and the next try begins anew.
    pub fn archive_round(
        &mut self,
        now: Timestamp,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Option<Round>, ArchiveError> {
        let today = now.as_ms().div_euclid(DAY_MS);
        if self.waits_on == Some(today) {
            return Ok(None);
        }
        let snapshot = self.store.snapshot().map_err(ArchiveError::Store)?;
        let Some(plan) = self.plan(&snapshot, today, now)? else { return Ok(None) };
        self.remove_leftovers()?;
        let range = &plan.range;
        let stored = snapshot.stored_sequences(range).map_err(ArchiveError::Store)?;
        let counts = snapshot.stored_counts(range, &plan.gaps).map_err(ArchiveError::Store)?;
        let journal_directory = &self.options.journal_directory;
        let mut writer = self.archive.begin_round().map_err(ArchiveError::Store)?;
        append_failed(&snapshot, range, &mut writer).map_err(ArchiveError::Store)?;
        drop(snapshot);
        let mut reader = Reader::open(journal_directory, range.start).map_err(ArchiveError::Journal)?;
        let mut blanks = BTreeMap::new();
        loop {
            if !keep_going() {
                return Ok(None);
            }
            let read = reader.next_records(range.end, READ_BYTES_MAX).map_err(ArchiveError::Journal)?;
            if read.is_empty() {
                break;
            }
            let batches = batches_of(read);
            count_blanks(&batches, range, &mut blanks);
            append_stored(&batches, &stored, range, &mut writer).map_err(ArchiveError::Store)?;
        }
        compare(range, &counts, &writer.counts())?;
        let unreadable = plan.gaps.iter().map(|gap| Unreadable {
            from_sequence: gap.start,
            to_sequence: gap.end,
            stored: between(&stored, gap).len() as u64,
        });
        let end = RoundEnd {
            next_sequence: range.end,
            received_through: plan.received_through,
            unreadable: unreadable.collect(),
            removed: blanks.into_iter().map(|(site, events)| Removed { site, events }).collect(),
        };
        let round = writer.finish(end, keep_going).map_err(ArchiveError::Store)?;
        if let Some(round) = &round {
            self.progress.tell(&self.archive);
            tracing::info!(from = range.start, to = range.end, events = round.events(), "archived");
        }
        Ok(round)
    }

    /// How far the next round goes: to the first record of today, to the end of the file, or to its limit.
    fn plan(&mut self, snapshot: &Snapshot, today: i64, now: Timestamp) -> Result<Option<Plan>, ArchiveError> {
        let flushed = snapshot.flushed_through().map_err(ArchiveError::Store)?;
        let from = self.archive.next_sequence();
        if flushed <= from {
            return Ok(None);
        }
        let mut reader = Reader::open(&self.options.journal_directory, from).map_err(ArchiveError::Journal)?;
        let mut plan = Plan { range: from..from, received_through: Timestamp::from_ms(0), gaps: Vec::new() };
        let mut records = 0;
        'reading: while plan.range.end < flushed && plan.range.end - from < self.options.round_events_max {
            let reads = reader.next_records(flushed, READ_BYTES_MAX).map_err(ArchiveError::Journal)?;
            if reads.is_empty() {
                break;
            }
            for read in reads {
                match read {
                    Read::Gap(gap) => {
                        plan.gaps.push(gap.from_sequence.max(from)..gap.to_sequence);
                        plan.range.end = plan.range.end.max(gap.to_sequence);
                    }
                    Read::Record(record) => {
                        if record.received_at_ms.div_euclid(DAY_MS) == today {
                            self.waits_on = plan.range.is_empty().then_some(today);
                            break 'reading;
                        }
                        records += 1;
                        plan.range.end = record.next_sequence();
                        plan.received_through = plan.received_through.max(Timestamp::from_ms(record.received_at_ms));
                    }
                }
                if self.options.round_events_max <= plan.range.end - from {
                    break 'reading;
                }
            }
        }
        if records == 0 {
            // Nobody knows when lost records arrived: they count as new.
            plan.received_through = now;
        }
        Ok((!plan.range.is_empty()).then_some(plan))
    }

    /// Removes files that a crash left, if the journal still has what they hold.
    fn remove_leftovers(&self) -> Result<(), ArchiveError> {
        let segments = journal::segment_starts(&self.options.journal_directory).map_err(ArchiveError::Journal)?;
        let next_sequence = self.archive.next_sequence();
        if segments.first().is_some_and(|first| next_sequence < *first) {
            tracing::error!(
                archive_ends = next_sequence,
                journal_begins = segments[0],
                "events are in neither archive nor journal; if a file of `archive/rounds` was removed, put it back"
            );
            return Ok(());
        }
        let removed = self.archive.remove_leftovers().map_err(ArchiveError::Store)?;
        if 0 < removed {
            tracing::info!(removed, "removed files of an archive round that a stop cut short");
        }
        Ok(())
    }

    /// Removes the segments that nobody needs any more; gives how many.
    ///
    /// # Errors
    /// [`ArchiveError`]; what is removed is removed.
    pub fn remove_segments(&self, now: Timestamp) -> Result<usize, ArchiveError> {
        let directory = &self.options.journal_directory;
        let segments = journal::segment_starts(directory).map_err(ArchiveError::Journal)?;
        let Some(&first) = segments.first() else { return Ok(0) };
        let whole = |limit: u64| segments.iter().copied().rfind(|start| *start <= limit).filter(|end| first < *end);
        let Some(limit) = whole(self.archived_and_old(now)) else { return Ok(0) };
        let checkpointed = self.store.checkpointed_through().map_err(ArchiveError::Store)?;
        let Some(limit) = whole(limit.min(checkpointed)) else { return Ok(0) };
        let mut damaged = Vec::new();
        for round in self.archive.rounds().filter(|round| first < round.next_sequence && round.first_sequence < limit) {
            for file in round.files.iter().chain(&round.failed) {
                if let Some(loss) = self.archive.check_file(round, file).map_err(ArchiveError::Store)? {
                    return Err(ArchiveError::Store(store::Error::Lost(loss)));
                }
            }
            damaged.extend(round.unreadable.iter().map(|range| range.from_sequence..range.to_sequence));
        }
        let removed = journal::remove_before(directory, limit, &damaged).map_err(ArchiveError::Journal)?;
        tracing::info!(removed, below = limit, "removed segments of the journal: they are archived");
        Ok(removed)
    }

    /// Everything below this sequence is archived and arrived long enough ago.
    ///
    /// What comes first in the journal arrived first, whatever it is dated: a round dated ahead of the clock is as
    /// old as a later one says, and one dated too far back is as young as an earlier one says.
    fn archived_and_old(&self, now: Timestamp) -> u64 {
        let keep_ms = i64::try_from(self.options.keep.as_millis()).unwrap_or(i64::MAX);
        let old = now.plus_ms(keep_ms.saturating_neg());
        let archived_through = self.archive.archived_through();
        let sound = self.archive.rounds().take_while(|round| round.next_sequence <= archived_through);
        let (mut newest, mut limit) = (Timestamp::from_ms(i64::MIN), 0);
        for round in sound.filter(|round| round.received_through <= now) {
            newest = newest.max(round.received_through);
            if old < newest {
                break;
            }
            limit = round.next_sequence;
        }
        limit
    }
}
