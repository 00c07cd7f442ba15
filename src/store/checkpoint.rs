//! How far the store's file is whole by itself, without its log.

use super::database::Store;
use super::{Doing, Error, space};

impl Store {
    /// Everything below this sequence is in the file proper: brings DuckDB's log into it, if there is one.
    ///
    /// # Errors
    /// [`Error`], when DuckDB or the file system refuses, or another thread is writing at the moment.
    pub fn checkpointed_through(&self) -> Result<u64, Error> {
        let snapshot = self.snapshot()?;
        let flushed_through = snapshot.flushed_through()?;
        drop(snapshot);
        let log = self.directory().join("events.duckdb.wal");
        if log.try_exists().doing("look for its log")? {
            space::demand_for_checkpoint(self.directory())?;
            let (_lease, connection, _texts) = self.connect()?;
            connection.execute_batch("checkpoint disk").doing("take a checkpoint")?;
        }
        Ok(flushed_through)
    }

    /// Whether there is a file in `directory`.
    ///
    /// # Errors
    /// [`Error::File`], when the file system does not say.
    pub fn exists(directory: &std::path::Path) -> Result<bool, Error> {
        directory.join("events.duckdb").try_exists().doing("look for its file")
    }
}
