//! Events that could not be loaded, tried again.

use super::row::Row;
use super::write::{EVENTS_COLUMNS, Writer, append_rows};
use super::{Doing, Error, RowBatch, space, totals};
use crate::domain::id::SiteId;

/// So many failed events are tried together at most.
const FAILED_AT_ONCE_MAX: u32 = 500;
/// So long may their payloads be together.
const FAILED_BYTES_MAX: u64 = 8 << 20;

/// An event among the failed ones, as it is kept.
#[derive(Clone, Debug)]
pub struct KeptEvent {
    /// Place in the journal.
    pub sequence: u64,
    /// Why it failed.
    pub reason: String,
    /// The record as the journal had it, or the event encoded alone.
    pub payload: Vec<u8>,
    /// How the payload is encoded.
    pub kind: u8,
    /// The site that it is counted for; 0 where nobody could read it.
    pub site: SiteId,
    /// How many events it stands for.
    pub events: u64,
}

/// What trying a failed event again came to.
#[derive(Clone, Copy, Debug)]
pub struct Retried {
    /// Place in the journal.
    pub sequence: u64,
    /// The site that it was counted for.
    pub counted_for: SiteId,
    /// The site that it is of.
    pub site: SiteId,
    /// Events of it that fail no more.
    pub settled: u64,
    /// Of these, how many became rows. The others were there already.
    pub loaded: u64,
    /// Events of it that fail still.
    pub failing: u64,
}

impl Writer {
    /// Failed events in the file from this sequence on, in order: some of them, so that neither their payloads nor the
    /// events in them become too many. None: there are no more. [`flush`](Self::flush) brings the newest ones there.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn failed_events(&self, from_sequence: u64) -> Result<Vec<KeptEvent>, Error> {
        let doing = "read the failed events";
        let Some(last) = self.last_of_some(from_sequence)? else { return Ok(Vec::new()) };
        let sql = "select sequence, reason, payload, coalesce(kind, 1)::utinyint, site, coalesce(events, 1)::ubigint
                   from disk.failed_events
                   where sequence between ? and ? order by sequence";
        let mut statement = self.connection.prepare(sql).doing(doing)?;
        let kept = |row: &duckdb::Row<'_>| {
            let (site, events) = (SiteId(row.get(4)?), row.get(5)?);
            let (sequence, reason, payload, kind) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(KeptEvent { sequence, reason, payload, kind, site, events })
        };
        statement.query_map([from_sequence, last], kept).and_then(Iterator::collect).doing(doing)
    }

    /// The sequence of the last failed event that is read together with those from `from_sequence` on.
    fn last_of_some(&self, from_sequence: u64) -> Result<Option<u64>, Error> {
        let doing = "look for failed events";
        let sql = "select sequence, coalesce(events, 1)::ubigint, octet_length(payload)::ubigint
                   from disk.failed_events
                   where ? <= sequence order by sequence limit ?";
        let mut statement = self.connection.prepare(sql).doing(doing)?;
        let mut rows = statement.query(duckdb::params![from_sequence, FAILED_AT_ONCE_MAX]).doing(doing)?;
        let (mut last, mut events, mut bytes) = (None, 0, 0);
        while let Some(row) = rows.next().doing(doing)? {
            events += row.get::<_, u64>(1).doing(doing)?;
            bytes += row.get::<_, u64>(2).doing(doing)?;
            if last.is_some() && (RowBatch::ROWS_MAX as u64 / 2 < events || FAILED_BYTES_MAX < bytes) {
                break;
            }
            last = Some(row.get(0).doing(doing)?);
        }
        Ok(last)
    }

    /// Writes `rows` as a run of their own into the file and takes what is settled from the failed events, in one
    /// transaction. Memory must hold no rows.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Database`]; then nothing is changed.
    pub fn store_again(&mut self, rows: &[Row<'_>], retried: &[Retried]) -> Result<(), Error> {
        assert!(rows.len() <= RowBatch::ROWS_MAX, "a batch stays below a row group");
        let doing = "store failed events after all";
        space::demand_for_rows(self.directory(), rows.len() as u64)?;
        let staged = self.connection.unchecked_transaction().doing(doing)?;
        self.append_texts()?;
        self.connection
            .execute_batch(&format!(
                "create or replace table stored_again {EVENTS_COLUMNS};
                 create or replace table retried (sequence ubigint not null, failing uinteger not null)"
            ))
            .doing(doing)?;
        append_rows(&self.connection, "stored_again", rows)?;
        let mut appender = self.connection.appender("retried").doing(doing)?;
        let settled = retried.iter().filter(|retried| 0 < retried.settled);
        settled.into_iter().try_for_each(|one| appender.append_row([one.sequence, one.failing])).doing(doing)?;
        appender.flush().doing(doing)?;
        drop(appender);
        staged.commit().doing(doing)?;
        self.texts_in_memory = self.texts.len();
        self.move_to_file(rows.len() as u64, retried)
    }

    fn move_to_file(&mut self, rows: u64, retried: &[Retried]) -> Result<(), Error> {
        let doing = "store failed events after all";
        let run = self.next_run;
        let transaction = self.connection.unchecked_transaction().doing(doing)?;
        if 0 < rows {
            self.connection
                .execute_batch(&format!(
                    "create table disk.run_{run} as
                     select * from stored_again order by site, visitor, occurred_at, sequence;
                     insert into disk.manifest
                     select {run}, count(*), min(received_at), max(received_at) from stored_again;"
                ))
                .doing(doing)?;
        }
        self.connection
            .execute("insert into disk.texts select * from texts where ? < code", [self.texts_on_disk])
            .doing(doing)?;
        self.connection
            .execute_batch(
                "delete from disk.failed_events where sequence in (select sequence from retried where failing = 0);
                 update disk.failed_events set events = retried.failing from retried
                 where failed_events.sequence = retried.sequence",
            )
            .doing(doing)?;
        let mut totals = self.totals.clone();
        retried.iter().for_each(|retried| totals::settle(&mut totals, retried));
        totals::write(&self.connection, &totals)?;
        self.connection.execute("update disk.progress set rows_total = rows_total + ?", [rows]).doing(doing)?;
        transaction.commit().doing(doing)?;
        self.totals = totals;
        self.next_run += 1;
        self.texts_on_disk = self.texts_in_memory;
        self.connection.execute_batch("drop table stored_again; drop table retried").doing(doing)
    }
}
