//! Writing a round: gather its events, write a file for each site and day, read every file back, then say so.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::failed::{FAILED_READ_COLUMNS, read_failed};
use super::round::{Round, RoundFile, SCHEMA_VERSION, Unreadable};
use super::scratch::{Scratch, quoted_pattern};
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

/// How many events there are, and the sum of their marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    rows: u64,
    marks: u128,
}

impl Tally {
    fn add(&mut self, mark: u128) {
        self.rows += 1;
        self.marks = self.marks.wrapping_add(mark);
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
            files.push(self.write_file(path, &rows, *tally, &Self::tally_facts)?);
        }
        let failed = match self.failed.rows {
            0 => None,
            _ => {
                let path = folder::parquet_path(folder::FAILED, first_sequence, end.next_sequence);
                let rows = "select * from failed order by sequence";
                Some(self.write_file(path, rows, self.failed, &Self::tally_failed)?)
            }
        };
        let RoundEnd { next_sequence, received_through, unreadable } = end;
        let round = Round {
            schema_version: SCHEMA_VERSION,
            first_sequence,
            next_sequence,
            received_through,
            files,
            failed,
            unreadable,
        };
        let path = self.archive.root.join(folder::round_path(first_sequence, next_sequence));
        let written =
            folder::make_folder_of(&self.archive.root, &path).and_then(|()| folder::write_small(&path, &round.seal()));
        written.doing("write a round of the archive")?;
        self.archive.links.push(Link::Round(round.clone()));
        Ok(Some(round))
    }

    /// Writes `rows` to the file `path` of the archive, and checks that reading it gives what went in.
    fn write_file(
        &self,
        path: String,
        rows: &str,
        tally: Tally,
        read: &dyn Fn(&Self, &Path) -> Result<Tally, Error>,
    ) -> Result<RoundFile, Error> {
        let doing = "write a file of the archive";
        let full = self.archive.root.join(&path);
        let unfinished = folder::unfinished(&full);
        folder::make_folder_of(&self.archive.root, &full).doing(doing)?;
        let sql = format!(
            "copy ({rows}) to '{}' (format parquet, compression zstd,
             kv_metadata {{ styk_archive_schema: '{SCHEMA_VERSION}' }})",
            unfinished.to_string_lossy().replace('\'', "''")
        );
        self.scratch.connection.execute_batch(&sql).doing(doing)?;
        if read(self, &unfinished)? != tally {
            return Err(Error::Unverified { path: full });
        }
        let hashed = folder::hash_file(&unfinished).doing(doing)?;
        let (bytes, sha256) = hashed.ok_or_else(|| Error::Unverified { path: full.clone() })?;
        folder::publish(&full).doing(doing)?;
        Ok(RoundFile { path, rows: tally.rows, bytes, sha256 })
    }

    fn tally_facts(&self, path: &Path) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        // What is not understood is missing from the tally.
        self.scratch.read_facts(&format!("read_parquet({})", quoted_pattern(path)), |fact| {
            tally.add(fact::mark(fact.sequence, &fact.into_batch()));
        })?;
        Ok(tally)
    }

    fn tally_failed(&self, path: &Path) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        let sql = format!("select {FAILED_READ_COLUMNS} from read_parquet({})", quoted_pattern(path));
        self.scratch.stream(&sql, |rows| {
            (0..rows.num_rows()).for_each(|row| tally.add(mark_failed(&read_failed(rows, row))));
        })?;
        Ok(tally)
    }
}

fn mark_failed(failed: &FailedEvent) -> u128 {
    let mut hasher = Sha256::new();
    let id = failed.event_id.map_or(0, |id| id.as_u128());
    hasher.update(failed.sequence.to_le_bytes());
    hasher.update(failed.site.0.to_le_bytes());
    hasher.update(failed.received_at.as_ms().to_le_bytes());
    hasher.update(id.to_le_bytes());
    hasher.update(failed.reason.len().to_le_bytes());
    hasher.update(failed.reason.as_bytes());
    hasher.update(failed.events.to_le_bytes());
    hasher.update([failed.kind]);
    hasher.update(&failed.payload);
    u128::from_le_bytes(hasher.finalize()[..16].try_into().expect("a sha256 has 32 bytes"))
}
