//! Rows that this program works out of others, for a query to join with what is stored.

use std::io::{BufWriter, Write};

use serde::Serialize;
use tempfile::{NamedTempFile, TempPath};

use super::read::Snapshot;
use super::{Doing, Error, FileFormat, Query};

impl Snapshot {
    /// A place for rows that this program works out of others, for a query to read.
    ///
    /// # Errors
    /// [`Error::File`], when the file system refuses.
    pub fn found_rows(&self) -> Result<FoundRows, Error> {
        let file = self.temporary_file(FileFormat::JsonLines).doing(FINDING)?;
        Ok(FoundRows { file: BufWriter::new(file) })
    }
}

const FINDING: &str = "keep rows for the answer";

/// Rows on their way into a query: one JSON object a line, in a temporary file, so that memory stays bounded.
pub struct FoundRows {
    file: BufWriter<NamedTempFile>,
}

impl FoundRows {
    /// Appends a row.
    ///
    /// # Errors
    /// [`Error::File`], when the file system refuses.
    pub fn push(&mut self, row: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.file, row).map_err(std::io::Error::from).doing(FINDING)?;
        self.file.write_all(b"\n").doing(FINDING)
    }

    /// All rows are in.
    ///
    /// # Errors
    /// [`Error::File`], when the file system refuses.
    pub fn finish(self) -> Result<FoundTable, Error> {
        let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error).doing(FINDING)?;
        Ok(FoundTable(file.into_temp_path()))
    }
}

/// Rows that a query can read; gone when this goes.
pub struct FoundTable(TempPath);

impl FoundTable {
    /// Appends the table, such as `from` is followed by, with these columns and their types as DuckDB's struct.
    pub fn push(&self, query: &mut Query, columns: &'static str) {
        query.push("read_json(").push_path(&self.0).push(", format = 'newline_delimited', columns = ");
        query.push(columns).push(")");
    }
}
