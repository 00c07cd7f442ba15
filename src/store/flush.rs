//! From memory into the file: flushes and checkpoints, each after a look at the free space.

use std::error::Error as _;
use std::time::Duration;

use super::nameplate::Nameplate;
use super::row::Moment;
use super::write::Writer;
use super::{Doing, Error, space, totals};
use crate::domain::time::Timestamp;

impl Writer {
    /// Does what is due: flushes, drops what was flushed long ago, takes a turn at merging, takes a checkpoint.
    ///
    /// # Errors
    /// [`Error::Full`] before anything is written, [`Error::Database`] when DuckDB refuses; the store stays as it was.
    pub fn tidy(&mut self, now: Timestamp) -> Result<(), Error> {
        self.follow_clock(now);
        self.drop_flushed(now)?;
        self.store.sweep_kept(now);
        let full = self.options().flush_rows <= self.rows_in_memory;
        let old = self.filling_since.is_some_and(|since| self.options().flush_after <= age(since, now));
        if full || old {
            self.flush(now)?;
            self.merge_due = true;
            self.checkpoint_due |= space::LOG_BYTES_MAX <= space::log_bytes(self.directory());
        }
        let mut merged = self.merge_on()?;
        while self.merges_little() {
            merged |= self.merge_on()?;
        }
        // What merging dropped takes its space until a checkpoint gives it back.
        self.checkpoint_due |= merged;
        if full || old || merged {
            self.checkpoint_if_due();
        }
        Ok(())
    }

    /// Brings the log into the file when that is due. One that cannot be taken now, because somebody is in the way or
    /// the disk is full, is taken later: the log holds all.
    fn checkpoint_if_due(&mut self) {
        if !self.checkpoint_due {
            return;
        }
        match self.checkpoint() {
            Ok(()) => self.checkpoint_due = false,
            Err(error) => {
                let cause = error.source().map(ToString::to_string);
                tracing::warn!(%error, cause, "a checkpoint is put off");
            }
        }
    }

    /// A clock that was set back must not keep rows in memory until it has caught up.
    fn follow_clock(&mut self, now: Timestamp) {
        self.filling_since = self.filling_since.map(|since| since.min(now));
        self.flushed.iter_mut().for_each(|(_, at)| *at = (*at).min(now));
    }

    /// Writes the rows in memory as a new run of the file and moves the position, in one transaction.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Database`]; then the rows stay in memory.
    pub fn flush(&mut self, now: Timestamp) -> Result<(), Error> {
        let doing = "write its newest events to the file";
        let Some(_) = self.filling_since else { return Ok(()) };
        space::demand_for_rows(self.directory(), self.rows_in_memory)?;
        // Before the rows: a number that the file may hold is never given out again, whatever becomes of the file.
        let mut plate = Nameplate::read(self.directory());
        plate.next_sequence_min = plate.next_sequence_min.max(self.next_sequence);
        plate.write(self.directory()).doing("write its nameplate")?;
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
                duckdb::params![self.next_sequence, self.rows_in_memory, Moment::nearest(self.received_through)],
            )
            .doing(doing)?;
        totals::write(&self.connection, &self.totals)?;
        self.connection
            .execute("delete from disk.rebuild where to_sequence <= ?", [self.next_sequence])
            .doing(doing)?;
        transaction.commit().doing(doing)?;

        self.next_run += 1;
        self.texts_on_disk = self.texts_in_memory;
        self.rows_in_memory = 0;
        self.filling_since = None;
        self.flushed.push((generation, now));
        self.generation = generation + 1;
        // They are in the file now, and nobody reads these.
        self.connection.execute_batch("delete from failed_events").doing("drop failed events from memory")
    }

    /// Brings the log into the file.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Database`]; the log stays, and holds all.
    pub fn checkpoint(&self) -> Result<(), Error> {
        space::demand_for_checkpoint(self.directory())?;
        self.connection.execute_batch("checkpoint disk").doing("take a checkpoint")
    }

    /// Drops tables whose rows were flushed so long ago that no reader can still need them.
    fn drop_flushed(&mut self, now: Timestamp) -> Result<(), Error> {
        while let Some(&(generation, flushed_at)) = self.flushed.first() {
            if age(flushed_at, now) < self.options().flushed_grace {
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
}

fn age(since: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(now.as_ms() - since.as_ms()).unwrap_or(0))
}
