//! Answers as files, and files as rows: Parquet, CSV and JSON lines through DuckDB's own readers and writers.

use std::path::{Path, PathBuf};

use duckdb::Connection;
use tempfile::{NamedTempFile, TempPath};

use super::read::Snapshot;
use super::{Doing, Error, Query, Value};

/// A table's form on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Parquet with zstd.
    Parquet,
    /// CSV with a header line.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl FileFormat {
    /// The word used on the wire; also the file's ending.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Parquet, Self::Csv, Self::JsonLines].into_iter().find(|format| format.as_str() == text)
    }

    fn copy_options(self) -> &'static str {
        match self {
            Self::Parquet => "(format parquet, compression zstd)",
            Self::Csv => "(format csv, header true)",
            Self::JsonLines => "(format json)",
        }
    }
}

/// A finished file; deleted when this goes.
#[derive(Debug)]
pub struct TableFile {
    file: std::fs::File,
    bytes: u64,
    _path: TempPath,
}

impl TableFile {
    /// The file, open for reading from its start.
    pub fn reader(&self) -> &std::fs::File {
        &self.file
    }

    /// How long it is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Snapshot {
    /// Writes the rows of `query` to a temporary file in the store's folder.
    ///
    /// # Errors
    /// [`Error`], when DuckDB or the file system refuses, or the question is cancelled.
    pub fn write_file(&self, query: &Query, format: FileFormat) -> Result<TableFile, Error> {
        let doing = "write a file of its rows";
        let path = self.temporary_file(format).doing(doing)?.into_temp_path();
        self.execute(&query.copied_to(&path, format.copy_options()))?;
        let file = std::fs::File::open(&path).doing(doing)?;
        let bytes = file.metadata().doing(doing)?.len();
        Ok(TableFile { file, bytes, _path: path })
    }

    /// Where files lie while they are made.
    pub(super) fn temporary_folder(&self) -> std::io::Result<PathBuf> {
        let folder = self.store.directory().join("tmp");
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    pub(super) fn temporary_file(&self, format: FileFormat) -> std::io::Result<NamedTempFile> {
        let suffix = format!(".{}", format.as_str());
        tempfile::Builder::new().prefix("export-").suffix(&suffix).tempfile_in(self.temporary_folder()?)
    }
}

/// What spreadsheets take for a formula. They skip white space and what cannot be seen, and some know the wide signs.
const FORMULA: &str = r"^[\s\pZ\pC]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]";

impl Query {
    /// Appends a column of text for CSV: a cell that a spreadsheet would take for a formula gets a `'` in front.
    pub fn push_harmless(&mut self, column: &'static str) -> &mut Self {
        self.push("case when regexp_matches(").push(column).push(", ").push_value(Value::Text(FORMULA.to_owned()));
        self.push(") then '''' || ").push(column).push(" else ").push(column).push(" end as ").push(column)
    }
}

/// Rows of a Parquet file, each as the text of one JSON object.
///
/// Calls `each` until it returns `false`.
///
/// # Errors
/// [`Error::Database`], when the file is not Parquet or cannot be read.
pub fn read_parquet(path: &Path, mut each: impl FnMut(String) -> bool) -> Result<(), Error> {
    let doing = "read the Parquet file";
    let path: PathBuf = path.to_owned();
    let connection = Connection::open_in_memory().doing(doing)?;
    let mut statement =
        connection.prepare("select to_json(line)::varchar from read_parquet(?) as line").doing(doing)?;
    drop(statement.stream_arrow([path.to_string_lossy()]).doing(doing)?);
    while let Some(array) = statement.step().doing(doing)? {
        let batch = duckdb::arrow::record_batch::RecordBatch::from(&array);
        let lines = duckdb::arrow::array::AsArray::as_string::<i32>(batch.column(0));
        for line in lines.iter().flatten() {
            if !each(line.to_owned()) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Copies all of `from` into a new file at `path`, which appears whole or not at all; gives its length.
///
/// # Errors
/// What the file system or the reader says.
pub fn write_whole(path: &Path, from: &mut impl std::io::Read) -> std::io::Result<u64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let bytes = std::io::copy(from, &mut file)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(bytes)
}
