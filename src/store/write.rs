//! The only writer: batches into memory, flushes and merges into the file.

use std::time::Duration;

use duckdb::Connection;

use super::row::{FailedEvent, Moment, Row};
use super::texts::{Code, Texts};
use super::totals::{self, TotalsBySite};
use super::{Doing, Error, Options};
use crate::domain::id::{EventId, SiteId};
use crate::domain::time::Timestamp;

const EVENTS_COLUMNS: &str = include_str!("events.sql");

/// The first table of new rows after an opening.
const FIRST_GENERATION: u32 = 1;

/// Runs of the next size hold so many times as much.
const RUN_SIZE_STEP: u64 = 4;

/// What one step of the load brings: rows, failures, and how far the journal is read with them.
pub struct RowBatch<'a> {
    /// At most [`RowBatch::ROWS_MAX`].
    pub rows: &'a [Row<'a>],
    /// Events that could not be loaded.
    pub failed: &'a [FailedEvent],
    /// How many events of each site were accepted, were there already, or are missing. What is loaded and what is
    /// quarantined is not said: the store counts what it writes.
    pub said: &'a TotalsBySite,
    /// The first sequence of the journal that is not in this or an earlier batch.
    pub next_sequence: u64,
    /// Arrival of the newest record read.
    pub received_through: Timestamp,
}

impl RowBatch<'_> {
    /// A commit of a whole row group (122,880 rows) could be seen half by readers; stay well below.
    pub const ROWS_MAX: usize = 50_000;
}

/// Writes into the store. One exists; the load thread has it.
pub struct Writer {
    connection: Connection,
    texts: Texts,
    options: Options,
    /// Texts up to this code are in the memory database's table.
    texts_in_memory: Code,
    /// Texts up to this code are in the file.
    texts_on_disk: Code,
    next_sequence: u64,
    /// What became of the events below `next_sequence`.
    totals: TotalsBySite,
    received_through: Timestamp,
    /// Number of the table `recent_N` that takes new rows.
    generation: u32,
    rows_in_memory: u64,
    /// When the first row came into the current generation.
    filling_since: Option<Timestamp>,
    /// Generations that were flushed, and when.
    flushed: Vec<(u32, Timestamp)>,
    next_run: u32,
}

impl Writer {
    pub(super) fn start(connection: Connection, texts: Texts, options: Options) -> Result<Self, Error> {
        let doing = "read how far it is";
        let (next_sequence, received_through): (u64, i64) = connection
            .query_row("select next_sequence, epoch_ms(received_through) from disk.progress", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .doing(doing)?;
        let next_run = connection
            .query_row("select coalesce(max(run), 0) + 1 from disk.manifest", [], |row| row.get::<_, i64>(0))
            .doing(doing)?;
        let received_through = Timestamp::from_ms(received_through);
        let totals = totals::read(&connection)?;
        connection
            .execute("insert into progress values (?, ?)", duckdb::params![next_sequence, Moment(received_through)])
            .doing("set its progress")?;
        let codes = texts.len();
        let writer = Self {
            connection,
            texts,
            options,
            texts_in_memory: codes,
            texts_on_disk: codes,
            next_sequence,
            totals,
            received_through,
            generation: FIRST_GENERATION,
            rows_in_memory: 0,
            filling_since: None,
            flushed: Vec::new(),
            next_run: u32::try_from(next_run).expect("run numbers stay small"),
        };
        writer.create_generation(FIRST_GENERATION)?;
        Ok(writer)
    }

    /// The first sequence of the journal that is not loaded yet.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// What became of all events below [`next_sequence`](Self::next_sequence).
    pub fn totals(&self) -> &TotalsBySite {
        &self.totals
    }

    /// The code of `text`, if it has one.
    pub fn known_code(&self, text: &str) -> Option<Code> {
        self.texts.code(text)
    }

    /// The code of `text`, made now if it is new.
    pub fn code(&self, text: &str) -> Code {
        self.texts.add(text)
    }

    /// How many different texts there are.
    pub fn texts_total(&self) -> Code {
        self.texts.len()
    }

    /// Calls `each` with the site, id and arrival of every stored event that arrived at `since` or later.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn recent_ids(&self, since: Timestamp, mut each: impl FnMut(SiteId, EventId, Timestamp)) -> Result<(), Error> {
        let doing = "read the ids of recent events";
        let mut statement =
            self.connection.prepare("select run from disk.manifest where ? <= received_through").doing(doing)?;
        let runs: Vec<u32> =
            statement.query_map([Moment(since)], |row| row.get(0)).and_then(Iterator::collect).doing(doing)?;
        for run in runs {
            let sql = format!(
                "select site, event_id::varchar, epoch_ms(received_at) from disk.run_{run} where ? <= received_at"
            );
            let mut statement = self.connection.prepare(&sql).doing(doing)?;
            let mut rows = statement.query([Moment(since)]).doing(doing)?;
            while let Some(row) = rows.next().doing(doing)? {
                let site = SiteId(row.get(0).doing(doing)?);
                let id: String = row.get(1).doing(doing)?;
                let received_at = Timestamp::from_ms(row.get(2).doing(doing)?);
                each(site, EventId::parse(&id).expect("the store keeps UUIDs"), received_at);
            }
        }
        Ok(())
    }

    /// Makes `batch` visible to readers, all of it at once. Not durable by itself: the journal is.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses; then nothing of the batch is visible.
    pub fn append(&mut self, batch: &RowBatch<'_>, now: Timestamp) -> Result<(), Error> {
        assert!(batch.rows.len() <= RowBatch::ROWS_MAX, "a batch stays below a row group");
        // The clock may have jumped back, and a gap in the journal has no time at all.
        let received_through = self.received_through.max(batch.received_through);
        let transaction = self.connection.unchecked_transaction().doing("begin a batch")?;
        append_texts(&self.connection, &self.texts, self.texts_in_memory)?;
        let table = format!("recent_{}", self.generation);
        let mut appender = self.connection.appender(&table).doing("append events")?;
        for row in batch.rows {
            row.append(&mut appender).doing("append an event")?;
        }
        appender.flush().doing("append events")?;
        drop(appender);
        if !batch.failed.is_empty() {
            let mut appender = self.connection.appender("failed_events").doing("append failed events")?;
            for failed in batch.failed {
                failed.append(&mut appender).doing("append a failed event")?;
            }
            appender.flush().doing("append failed events")?;
        }
        self.connection
            .execute(
                "update progress set next_sequence = ?, received_through = ?",
                duckdb::params![batch.next_sequence, Moment(received_through)],
            )
            .doing("move its progress")?;
        transaction.commit().doing("commit a batch")?;

        self.texts_in_memory = self.texts.len();
        self.next_sequence = batch.next_sequence;
        totals::add_batch(&mut self.totals, batch.said, batch.rows, batch.failed);
        self.received_through = received_through;
        self.rows_in_memory += batch.rows.len() as u64;
        self.filling_since.get_or_insert(now);
        Ok(())
    }

    /// Does what is due: flushes, drops what was flushed long ago, merges small runs.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses; the store stays as it was.
    pub fn tidy(&mut self, now: Timestamp) -> Result<(), Error> {
        let full = self.options.flush_rows <= self.rows_in_memory;
        let old = self.filling_since.is_some_and(|since| self.options.flush_after <= age(since, now));
        if full || old {
            self.flush(now)?;
            self.merge_small_runs()?;
        }
        self.drop_flushed(now)
    }

    /// Writes the rows in memory as a new run of the file and moves the position, in one transaction.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses; then the rows stay in memory.
    pub fn flush(&mut self, now: Timestamp) -> Result<(), Error> {
        let doing = "write its newest events to the file";
        let Some(_) = self.filling_since else { return Ok(()) };
        // First, so that nothing is left to fail once the rows are in the file.
        self.create_generation(self.generation + 1)?;
        let (run, generation) = (self.next_run, self.generation);
        let transaction = self.connection.unchecked_transaction().doing(doing)?;
        if 0 < self.rows_in_memory {
            self.connection
                .execute_batch(&format!(
                    "create table disk.run_{run} as
                     select * from recent_{generation} order by site, visitor, occurred_at, sequence;
                     insert into disk.manifest
                     select {run}, count(*), min(received_at), max(received_at) from recent_{generation};"
                ))
                .doing(doing)?;
        }
        self.connection
            .execute("insert into disk.texts select * from texts where ? < code", [self.texts_on_disk])
            .doing(doing)?;
        self.connection
            .execute(
                "insert into disk.failed_events select * from failed_events
                 where sequence >= (select next_sequence from disk.progress)",
                [],
            )
            .doing(doing)?;
        self.connection
            .execute(
                "update disk.progress
                 set next_sequence = ?, rows_total = rows_total + ?, received_through = ?",
                duckdb::params![self.next_sequence, self.rows_in_memory, Moment(self.received_through)],
            )
            .doing(doing)?;
        totals::write(&self.connection, &self.totals)?;
        transaction.commit().doing(doing)?;

        self.next_run += 1;
        self.texts_on_disk = self.texts_in_memory;
        self.rows_in_memory = 0;
        self.filling_since = None;
        self.flushed.push((generation, now));
        self.generation = generation + 1;
        Ok(())
    }

    /// Makes the table `recent_N` if it is not there yet: after a flush new rows go to a new table, so that the
    /// old one can be dropped whole.
    fn create_generation(&self, generation: u32) -> Result<(), Error> {
        self.connection
            .execute_batch(&format!(
                "begin; create table if not exists recent_{generation} {EVENTS_COLUMNS};
                 delete from recents where generation = {generation};
                 insert into recents values ({generation}); commit;"
            ))
            .doing("start a table for new events")
    }

    /// Drops tables whose rows were flushed so long ago that no reader can still need them.
    fn drop_flushed(&mut self, now: Timestamp) -> Result<(), Error> {
        while let Some(&(generation, flushed_at)) = self.flushed.first() {
            if age(flushed_at, now) < self.options.flushed_grace {
                break;
            }
            self.connection
                .execute_batch(&format!(
                    "begin; delete from recents where generation = {generation};
                     drop table recent_{generation}; commit;"
                ))
                .doing("drop events from memory that are in the file")?;
            self.flushed.remove(0);
        }
        Ok(())
    }

    /// Merges runs of one size into one of the next, smallest size first.
    fn merge_small_runs(&mut self) -> Result<(), Error> {
        let doing = "list its runs";
        let mut size_max = self.options.flush_rows;
        while size_max <= self.options.merge_rows_max {
            let mut statement = self
                .connection
                .prepare("select run from disk.manifest where events between ? and ? order by received_from, run")
                .doing(doing)?;
            let size_min = if size_max == self.options.flush_rows { 0 } else { size_max / RUN_SIZE_STEP + 1 };
            let runs: Vec<u32> =
                statement.query_map([size_min, size_max], |row| row.get(0)).and_then(Iterator::collect).doing(doing)?;
            drop(statement);
            if self.options.merge_runs <= runs.len() {
                self.merge(&runs)?;
            }
            size_max *= RUN_SIZE_STEP;
        }
        Ok(())
    }

    /// Replaces `runs` by one run with all their rows, in one transaction.
    fn merge(&mut self, runs: &[u32]) -> Result<(), Error> {
        let merged = self.next_run;
        let list = |item: fn(u32) -> String, between: &str| {
            runs.iter().map(|&run| item(run)).collect::<Vec<_>>().join(between)
        };
        let rows = list(|run| format!("select * from disk.run_{run}"), " union all ");
        let drops = list(|run| format!("drop table disk.run_{run};"), " ");
        let numbers = list(|run| run.to_string(), ", ");
        let sql = format!(
            "begin;
             create table disk.run_{merged} as
             select * from ({rows}) order by site, visitor, occurred_at, sequence;
             insert into disk.manifest
             select {merged}, sum(events), min(received_from), max(received_through)
             from disk.manifest where run in ({numbers});
             delete from disk.manifest where run in ({numbers});
             {drops}
             commit;"
        );
        let result = self.connection.execute_batch(&sql).doing("merge its runs");
        if result.is_err() {
            // Ends the transaction that failed; that there is none any more is no second failure.
            self.connection.execute_batch("rollback").ok();
        }
        self.next_run += 1;
        result
    }
}

/// Puts the texts above `known` into the table that SQL joins with.
fn append_texts(connection: &Connection, texts: &Texts, known: Code) -> Result<(), Error> {
    if texts.len() == known {
        return Ok(());
    }
    let mut appender = connection.appender("texts").doing("append texts")?;
    for code in known + 1..=texts.len() {
        let text = texts.text(code).expect("codes have no gaps");
        appender.append_row(duckdb::params![code, &*text]).doing("append a text")?;
    }
    appender.flush().doing("append texts")
}

fn age(since: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(now.as_ms() - since.as_ms()).unwrap_or(0))
}
