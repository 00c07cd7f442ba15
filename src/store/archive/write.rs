//! Writing a round: gather its events, write a file for each site and day, read every file back, then say so.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::round::{Removed, Round, SCHEMA_VERSION, Unreadable};
use super::scratch::Scratch;
use super::verified::{Holds, Tally, mark_failed};
use super::{Archive, Link, fact, folder};
use crate::domain::event::{Batch, Event};
use crate::domain::id::SiteId;
use crate::domain::time::{DAY_MS, Timestamp};
use crate::store::{Doing, Error, FailedEvent};

/// A site, and a day of arrival counted from 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SiteDay {
    /// The site.
    pub site: SiteId,
    /// The day.
    pub day: i64,
}

impl SiteDay {
    /// The site and day of what arrived at `received_at`.
    pub fn of(site: SiteId, received_at: Timestamp) -> Self {
        Self { site, day: received_at.as_ms().div_euclid(DAY_MS) }
    }

    fn start_ms(self) -> i64 {
        self.day.saturating_mul(DAY_MS)
    }

    /// The folder of its files, such as `1/2026-11-24`.
    fn folder(self) -> String {
        let date = Timestamp::from_ms(self.start_ms()).date_in(&TimeZone::UTC);
        // No calendar has a name for such a day; its number will do.
        let date = date.map_or_else(|| format!("day {}", self.day), |date| date.to_string());
        format!("{}/{date}", self.site.0)
    }
}

/// Where a round ends, and what it went without.
#[derive(Clone, Debug)]
pub struct RoundEnd {
    /// The first sequence that is not in it.
    pub next_sequence: u64,
    /// The newest arrival among its records.
    pub received_through: Timestamp,
    /// What the journal could not give.
    pub unreadable: Vec<Unreadable>,
    /// Events that were taken out of the journal again before this round.
    pub removed: Vec<Removed>,
}

/// A round that is being made. Dropped before [`finish`](Self::finish), it leaves nothing that counts.
pub struct RoundWriter<'a> {
    archive: &'a mut Archive,
    scratch: Scratch,
    tallies: BTreeMap<SiteDay, Tally>,
    failed: Tally,
}

impl<'a> RoundWriter<'a> {
    pub(super) fn begin(archive: &'a mut Archive) -> Result<Self, Error> {
        let scratch = Scratch::open(&archive.root)?;
        Ok(Self { archive, scratch, tallies: BTreeMap::new(), failed: Tally::default() })
    }

    /// Adds events, each with its sequence and its batch.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses; then the round cannot be finished.
    pub fn append<'e>(&mut self, events: impl IntoIterator<Item = (u64, &'e Batch, &'e Event)>) -> Result<(), Error> {
        let doing = "gather events for the archive";
        let mut appender = self.scratch.connection.appender("facts").doing(doing)?;
        for (sequence, batch, event) in events {
            fact::append(batch, sequence, event, &mut appender).doing(doing)?;
            let alone = Batch { events: vec![event.clone()], ..*batch };
            self.tallies
                .entry(SiteDay::of(batch.site, batch.received_at))
                .or_default()
                .add(fact::mark(sequence, &alone));
        }
        appender.flush().doing(doing)
    }

    /// Adds failed events.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses; then the round cannot be finished.
    pub fn append_failed(&mut self, failed: &[FailedEvent]) -> Result<(), Error> {
        let doing = "gather failed events for the archive";
        let mut appender = self.scratch.connection.appender("failed").doing(doing)?;
        for failed in failed {
            failed.append(&mut appender).doing(doing)?;
            self.failed.add(mark_failed(failed));
        }
        appender.flush().doing(doing)
    }

    /// How many events there are of each site and day.
    pub fn counts(&self) -> BTreeMap<SiteDay, u64> {
        self.tallies.iter().map(|(site_day, tally)| (*site_day, tally.rows)).collect()
    }

    /// Writes all files and reads each of them back; once all are on disk, writes the round's own file.
    ///
    /// `keep_going` is asked before each file; after a `false` the answer is `None`, and the round is not made.
    ///
    /// # Errors
    /// [`Error`], when DuckDB or the file system refuses, or a file does not read back as it was written.
    pub fn finish(self, end: RoundEnd, keep_going: &dyn Fn() -> bool) -> Result<Option<Round>, Error> {
        let first_sequence = self.archive.next_sequence();
        assert!(first_sequence < end.next_sequence, "a round takes at least one sequence");
        let mut files = Vec::new();
        for (&site_day, tally) in &self.tallies {
            if !keep_going() {
                return Ok(None);
            }
            let path = folder::parquet_path(&site_day.folder(), first_sequence, end.next_sequence);
            let (start, next) = (site_day.start_ms(), site_day.start_ms().saturating_add(DAY_MS));
            let rows = format!(
                "select * from facts where site = {} and make_timestamp_ms({start}) <= received_at
                 and received_at < make_timestamp_ms({next}) order by visitor, occurred_at, sequence",
                site_day.site.0
            );
            files.push(self.scratch.write_file(&self.archive.root, path, &rows, (Holds::Facts, *tally))?);
        }
        let failed = match self.failed.rows {
            0 => None,
            _ => {
                let path = folder::parquet_path(folder::FAILED, first_sequence, end.next_sequence);
                let rows = "select * from failed order by sequence";
                Some(self.scratch.write_file(&self.archive.root, path, rows, (Holds::Failed, self.failed))?)
            }
        };
        let RoundEnd { next_sequence, received_through, unreadable, removed } = end;
        let round = Round {
            schema_version: SCHEMA_VERSION,
            first_sequence,
            next_sequence,
            received_through,
            files,
            failed,
            unreadable,
            removed,
        };
        self.archive.write_round(&round)?;
        self.archive.links.push(Link::Round(round.clone()));
        Ok(Some(round))
    }
}
