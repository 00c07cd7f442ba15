//! Rows that the program computed, as a file: carts, orders and the like, which no table holds.
//!
//! They go through one file of JSON lines, so that memory stays small however many they are, and DuckDB writes the form
//! that was asked for, as it does for stored rows.

use std::io::{BufWriter, Write};

use serde::Serialize;

use super::export::{FileFormat, TableFile};
use super::read::Snapshot;
use super::{Doing, Error, Query};

/// A column of computed rows: its name, which is a field of the row, and what it holds.
pub type DerivedColumn = (&'static str, DerivedKind);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DerivedKind {
    /// Text that senders can have a say in. In CSV it is kept from becoming a formula.
    Text,
    /// A whole number.
    Number,
    /// A whole number that is never negative, up to the largest of 64 bits.
    Unsigned,
    /// A moment, written as RFC 3339 in UTC.
    Moment,
    /// True or false.
    Truth,
}

impl DerivedKind {
    fn sql(self) -> &'static str {
        match self {
            Self::Text => "varchar",
            Self::Number => "bigint",
            Self::Unsigned => "ubigint",
            Self::Moment => "timestamp",
            Self::Truth => "boolean",
        }
    }
}

/// Takes computed rows, one after the other.
pub struct DerivedRows<'a> {
    lines: BufWriter<&'a mut std::fs::File>,
    failure: Option<std::io::Error>,
}

impl DerivedRows<'_> {
    /// Adds a row whose fields are called like the columns. A disk that refuses is told of at the end.
    pub fn push(&mut self, row: &impl Serialize) {
        if self.failure.is_none() {
            let line = serde_json::to_string(row).expect("rows are plain values");
            self.failure = writeln!(self.lines, "{line}").err();
        }
    }

    fn finish(self) -> std::io::Result<()> {
        let Self { mut lines, failure } = self;
        failure.map_or_else(|| lines.flush(), Err)
    }
}

impl Snapshot {
    /// Writes the rows that `fill` gives to a temporary file in the store's folder, in their order.
    ///
    /// # Errors
    /// [`Error`], when DuckDB or the file system refuses, or the question is cancelled.
    pub fn write_derived(
        &self,
        columns: &'static [DerivedColumn],
        format: FileFormat,
        fill: impl FnOnce(&mut DerivedRows<'_>) -> Result<(), Error>,
    ) -> Result<TableFile, Error> {
        let doing = "write a file of computed rows";
        let folder = self.temporary_folder().doing(doing)?;
        let mut lines =
            tempfile::Builder::new().prefix("derived-").suffix(".jsonl").tempfile_in(folder).doing(doing)?;
        let mut rows = DerivedRows { lines: BufWriter::new(lines.as_file_mut()), failure: None };
        fill(&mut rows)?;
        rows.finish().doing(doing)?;
        let mut query = Query::new();
        push_columns(&mut query, columns, format);
        query.push("\nfrom read_json(").push_path(lines.path());
        query.push(", format = 'newline_delimited', columns = {");
        for (place, (name, kind)) in columns.iter().enumerate() {
            query.push(if place == 0 { "" } else { ", " }).push(name).push(": '").push(kind.sql()).push("'");
        }
        query.push("})");
        self.write_file(&query, format)
    }
}

fn push_columns(query: &mut Query, columns: &'static [DerivedColumn], format: FileFormat) {
    query.push("select");
    for (place, (name, kind)) in columns.iter().enumerate() {
        query.push(if place == 0 { "\n    " } else { ",\n    " });
        if *kind == DerivedKind::Text && format == FileFormat::Csv {
            query.push_harmless(name);
        } else {
            query.push(name);
        }
    }
}
