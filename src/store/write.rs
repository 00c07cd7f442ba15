//! The only writer: batches into memory, visible at once. [`flush`](super::flush) brings them into the file.

use std::path::Path;

use duckdb::Connection;

use super::database::{State, Store};
use super::merge::Merge;
use super::row::{FailedEvent, Moment, Row};
use super::texts::{Code, Texts};
use super::totals::{self, TotalsBySite};
use super::{Doing, Error, Options};
use crate::domain::time::Timestamp;

pub(super) const EVENTS_COLUMNS: &str = include_str!("events.sql");

/// The first table of new rows after an opening.
const FIRST_GENERATION: u32 = 1;

/// So many flushes' worth of rows may wait in memory for space on the disk.
const FLUSHES_IN_MEMORY_MAX: u64 = 8;

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

/// Writes into the store. One exists for each opening; the load thread has it.
pub struct Writer {
    pub(super) connection: Connection,
    pub(super) store: Store,
    pub(super) texts: Texts,
    /// Texts up to this code are in the memory database's table.
    pub(super) texts_in_memory: Code,
    /// Texts up to this code are in the file.
    pub(super) texts_on_disk: Code,
    pub(super) next_sequence: u64,
    /// What became of the events below `next_sequence`.
    pub(super) totals: TotalsBySite,
    pub(super) received_through: Timestamp,
    /// A new file is being filled again up to here.
    pub(super) rebuild_to: u64,
    /// Number of the table `recent_N` that takes new rows.
    pub(super) generation: u32,
    pub(super) rows_in_memory: u64,
    /// When the first row came into the current generation.
    pub(super) filling_since: Option<Timestamp>,
    /// Generations that were flushed, and when.
    pub(super) flushed: Vec<(u32, Timestamp)>,
    pub(super) next_run: u32,
    /// The merge that is on its way.
    pub(super) merging: Option<Merge>,
    /// Whether there may be runs to merge.
    pub(super) merge_due: bool,
    pub(super) checkpoint_due: bool,
}

impl Writer {
    pub(super) fn start(connection: Connection, texts: Texts, store: Store) -> Result<Self, Error> {
        let doing = "read how far it is";
        let (next_sequence, received_through): (u64, i64) = connection
            .query_row("select next_sequence, epoch_ms(received_through) from disk.progress", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .doing(doing)?;
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0)).doing(doing);
        let next_run = number("select (coalesce(max(run), 0) + 1)::ubigint from disk.manifest")?;
        let rebuild_to = number("select coalesce(max(to_sequence), 0)::ubigint from disk.rebuild")?;
        let received_through = Timestamp::from_ms(received_through);
        let totals = totals::read(&connection)?;
        connection
            .execute("insert into progress values (?, ?)", duckdb::params![next_sequence, Moment(received_through)])
            .doing("set its progress")?;
        let codes = texts.len();
        let writer = Self {
            connection,
            store,
            texts,
            texts_in_memory: codes,
            texts_on_disk: codes,
            next_sequence,
            totals,
            received_through,
            rebuild_to,
            generation: FIRST_GENERATION,
            rows_in_memory: 0,
            filling_since: None,
            flushed: Vec::new(),
            next_run: u32::try_from(next_run).expect("run numbers stay small"),
            merging: None,
            merge_due: true,
            checkpoint_due: false,
        };
        writer.create_generation(FIRST_GENERATION)?;
        writer.tell();
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

    /// Arrival of the newest record that is loaded.
    pub fn received_through(&self) -> Timestamp {
        self.received_through
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

    /// Says, for good, that this file is filled again with what an earlier one held, up to `to_sequence`.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn begin_rebuild(&mut self, to_sequence: u64) -> Result<(), Error> {
        self.connection
            .execute("insert into disk.rebuild values (?)", [to_sequence])
            .doing("write down that it is filled again")?;
        self.rebuild_to = to_sequence;
        self.tell();
        Ok(())
    }

    /// Up to which sequence the file is being filled again; `None` once it is.
    pub fn rebuilding_to(&self) -> Option<u64> {
        (self.next_sequence < self.rebuild_to).then_some(self.rebuild_to)
    }

    /// Whether a reader has met something that makes the file doubtful; asking takes the doubt back.
    pub fn is_doubted(&self) -> bool {
        self.store.take_doubt()
    }

    /// Whether more rows may gather in memory while there is no space to flush them.
    pub fn has_room(&self) -> bool {
        self.rows_in_memory < self.options().flush_rows.saturating_mul(FLUSHES_IN_MEMORY_MAX)
    }

    /// Whether the database answers at all. One that met a fatal fault must be opened again.
    pub fn answers(&self) -> bool {
        // A transaction that a failure left behind would refuse everything.
        self.connection.execute_batch("rollback").ok();
        self.connection.execute_batch("select next_sequence from disk.progress").is_ok()
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
        append_rows(&self.connection, &format!("recent_{}", self.generation), batch.rows)?;
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
                duckdb::params![batch.next_sequence, Moment::nearest(received_through)],
            )
            .doing("move its progress")?;
        transaction.commit().doing("commit a batch")?;

        self.texts_in_memory = self.texts.len();
        self.next_sequence = batch.next_sequence;
        totals::add_batch(&mut self.totals, batch.said, batch.rows, batch.failed);
        self.received_through = received_through;
        self.rows_in_memory += batch.rows.len() as u64;
        self.filling_since.get_or_insert(now);
        self.tell();
        Ok(())
    }

    /// Whether these rows could be appended. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Database`], for a row that cannot be stored, or a store that takes none.
    pub fn try_rows(&self, rows: &[Row<'_>]) -> Result<(), Error> {
        let transaction = self.connection.unchecked_transaction().doing("begin a trial")?;
        let tried = append_rows(&self.connection, &format!("recent_{}", self.generation), rows);
        transaction.rollback().doing("end a trial")?;
        tried
    }

    /// Puts all texts into the table of the memory database, inside the caller's transaction.
    pub(super) fn append_texts(&self) -> Result<(), Error> {
        append_texts(&self.connection, &self.texts, self.texts_in_memory)
    }

    pub(super) fn options(&self) -> &Options {
        self.store.options()
    }

    pub(super) fn directory(&self) -> &Path {
        self.store.directory()
    }

    /// Makes the table `recent_N` if it is not there yet: after a flush new rows go to a new table, so that the
    /// old one can be dropped whole.
    pub(super) fn create_generation(&self, generation: u32) -> Result<(), Error> {
        let from_sequence = self.next_sequence;
        self.connection
            .execute_batch(&format!(
                "begin; create table if not exists recent_{generation} {EVENTS_COLUMNS};
                 delete from recents where generation = {generation};
                 insert into recents values ({generation}, {from_sequence}); commit;"
            ))
            .doing("start a table for new events")
    }

    /// Tells readers how far the store is.
    fn tell(&self) {
        let state = if self.rebuilding_to().is_some() { State::Rebuilding } else { State::Whole };
        self.store.tell(state, self.received_through);
    }
}

/// Appends rows to a table of the memory database, inside the caller's transaction.
pub(super) fn append_rows(connection: &Connection, table: &str, rows: &[Row<'_>]) -> Result<(), Error> {
    let mut appender = connection.appender(table).doing("append events")?;
    for row in rows {
        row.append(&mut appender).doing("append an event")?;
    }
    appender.flush().doing("append events")
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
