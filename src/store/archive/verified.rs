//! A file of the archive: written under another name, read back, hashed, synced, and only then given its name.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::failed::{FAILED_READ_COLUMNS, read_failed};
use super::round::{RoundFile, SCHEMA_VERSION};
use super::scratch::{Scratch, quoted_pattern};
use super::{fact, folder};
use crate::store::{Doing, Error, FailedEvent};

/// How many events there are, and the sum of their marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) rows: u64,
    marks: u128,
}

impl Tally {
    pub(super) fn add(&mut self, mark: u128) {
        self.rows += 1;
        self.marks = self.marks.wrapping_add(mark);
    }
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Facts,
    Failed,
}

impl Scratch {
    /// Writes `rows` to the file `path` of the archive in `root`, and checks that reading it gives what went in.
    pub(super) fn write_file(
        &self,
        root: &Path,
        path: String,
        rows: &str,
        (holds, tally): (Holds, Tally),
    ) -> Result<RoundFile, Error> {
        let doing = "write a file of the archive";
        let full = root.join(&path);
        let unfinished = folder::unfinished(&full);
        folder::make_folder_of(root, &full).doing(doing)?;
        let sql = format!(
            "copy ({rows}) to '{}' (format parquet, compression zstd,
             kv_metadata {{ styk_archive_schema: '{SCHEMA_VERSION}' }})",
            unfinished.to_string_lossy().replace('\'', "''")
        );
        self.connection.execute_batch(&sql).doing(doing)?;
        if self.tally(holds, &format!("read_parquet({})", quoted_pattern(&unfinished)))? != tally {
            return Err(Error::Unverified { path: full });
        }
        let hashed = folder::hash_file(&unfinished).doing(doing)?;
        let (bytes, sha256) = hashed.ok_or_else(|| Error::Unverified { path: full.clone() })?;
        folder::publish(&full).doing(doing)?;
        Ok(RoundFile { path, rows: tally.rows, bytes, sha256 })
    }

    /// Counts and marks all rows of `select … from {from}`. What is not understood is missing from the tally.
    pub(super) fn tally(&self, holds: Holds, from: &str) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        match holds {
            Holds::Facts => {
                self.read_facts(from, |fact| tally.add(fact::mark(fact.sequence, &fact.into_batch())))?;
            }
            Holds::Failed => self.stream(&format!("select {FAILED_READ_COLUMNS} from {from}"), |rows| {
                (0..rows.num_rows()).for_each(|row| tally.add(mark_failed(&read_failed(rows, row))));
            })?,
        }
        Ok(tally)
    }
}

pub(super) fn mark_failed(failed: &FailedEvent) -> u128 {
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
