//! Files as rows: CSV, JSON lines and Parquet, each read once from the start.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use super::csv_rows::CsvRows;
use super::lines::{Lines, Quotes, ROW_BYTES_MAX};
use super::row::{BadRow, Cell, Each, Row};
use crate::store::{self, InputFile};

/// A file of a kind that can be read.
#[derive(Clone, Debug)]
pub(super) struct Table {
    path: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    JsonLines,
    Parquet,
}

impl Table {
    /// Knows the file by the end of its name; `None` when it is of another kind.
    pub(super) fn parse(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let kind = if name.ends_with(".parquet") {
            Kind::Parquet
        } else {
            match name.strip_suffix(".gz").unwrap_or(&name) {
                name if name.ends_with(".csv") => Kind::Csv,
                name if name.ends_with(".jsonl") => Kind::JsonLines,
                _ => return None,
            }
        };
        Some(Self { path: path.to_owned(), kind })
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What its rows are counted in.
    pub(super) fn counted_in(&self) -> &'static str {
        if self.kind == Kind::Parquet { "row" } else { "line" }
    }

    /// Reads the rows from the first until `each` wants no more.
    ///
    /// # Errors
    /// When the file cannot be read, or is not what its name says. A bad row is no error.
    pub(super) fn read(&self, each: &mut Each<'_>) -> anyhow::Result<()> {
        match self.kind {
            Kind::Csv => {
                let Some(mut rows) = CsvRows::open(InputFile::open(&self.path)?)? else { return Ok(()) };
                rows.read(each)
            }
            Kind::JsonLines => read_json_lines(InputFile::open(&self.path)?, each),
            Kind::Parquet => self.read_parquet(each),
        }
    }

    /// The columns of the header line, for CSV; of other kinds only the rows know.
    pub(super) fn header(&self) -> anyhow::Result<Option<Vec<String>>> {
        if self.kind != Kind::Csv {
            return Ok(None);
        }
        Ok(CsvRows::open(InputFile::open(&self.path)?)?.map(CsvRows::into_header))
    }

    /// How long the file is, in bytes, where rows say how far they are.
    pub(super) fn bytes(&self) -> anyhow::Result<Option<u64>> {
        let bytes = InputFile::open(&self.path)?.bytes_total();
        Ok((self.kind != Kind::Parquet).then_some(bytes))
    }

    fn read_parquet(&self, each: &mut Each<'_>) -> anyhow::Result<()> {
        let mut number = 0;
        store::read_parquet(&self.path, |json| {
            number += 1;
            let cells = json_cells(json.as_bytes());
            each(Row { number, bytes_read: 0, decimal_mark: '.', cells }).is_continue()
        })?;
        Ok(())
    }
}

fn read_json_lines(input: InputFile, each: &mut Each<'_>) -> anyhow::Result<()> {
    let mut lines = Lines::new(input)?;
    loop {
        let bytes_read = lines.input().bytes_read();
        let Some(line) = lines.next(Quotes::Unknown)? else { return Ok(()) };
        if line.bytes.as_ref().is_ok_and(|bytes| bytes.trim_ascii().is_empty()) {
            continue;
        }
        let cells = line.bytes.and_then(json_cells);
        let row = Row { number: line.number, bytes_read, decimal_mark: '.', cells };
        if each(row).is_break() {
            return Ok(());
        }
    }
}

/// The fields of one JSON object. Of a field that is written twice the last counts.
fn json_cells(json: &[u8]) -> Result<Vec<(Cow<'_, str>, Cell<'_>)>, BadRow> {
    if ROW_BYTES_MAX < json.len() {
        return Err(BadRow::TooLong);
    }
    let json = str::from_utf8(json).map_err(|_| BadRow::NotUtf8)?;
    let fields: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(json).map_err(|_| BadRow::NotJson)?;
    let present = fields.into_iter().filter(|(_, json)| !matches!(json.get(), "null" | "\"\""));
    Ok(present.map(|(column, json)| (column, Cell::Json(json))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_the_end_of_their_name() {
        let kind = |name: &str| Table::parse(Path::new(name)).map(|table| table.kind);
        assert_eq!(kind("a/b.CSV"), Some(Kind::Csv));
        assert_eq!(kind("b.csv.gz"), Some(Kind::Csv));
        assert_eq!(kind("b.jsonl.gz"), Some(Kind::JsonLines));
        assert_eq!(kind("b.parquet"), Some(Kind::Parquet));
        for other in ["b.xlsx", "b.json", "csv", "b.parquet.gz", "b.csv.zst", ".."] {
            assert_eq!(kind(other), None, "{other}");
        }
    }
}
