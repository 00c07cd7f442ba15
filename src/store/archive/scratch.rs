//! A DuckDB of its own for the archive, in which large rounds can be sorted on disk.

use std::path::Path;

use duckdb::arrow::record_batch::RecordBatch;
use duckdb::{Config, Connection};
use tempfile::TempDir;

use super::fact::{COLUMNS, Fact, READ_COLUMNS};
use super::folder::SCRATCH;
use crate::store::row::FAILED_COLUMNS;
use crate::store::{Doing, Error};

/// What it may take of memory; the rest of a round waits on disk.
const MEMORY: &str = "256MiB";

/// A database in memory with the tables `facts` and `failed`. It shares nothing with the store, so that nothing here
/// makes a question or the load wait.
pub(super) struct Scratch {
    pub(super) connection: Connection,
    // Dropped last: the connection's files lie in it.
    _folder: TempDir,
}

impl Scratch {
    /// Opens one that spills into the archive's scratch folder.
    pub(super) fn open(root: &Path) -> Result<Self, Error> {
        let doing = "open a database for the archive";
        let parent = root.join(SCRATCH);
        std::fs::create_dir_all(&parent).doing(doing)?;
        let folder = tempfile::Builder::new().prefix("round-").tempdir_in(&parent).doing(doing)?;
        // One thread: the archive has all night, and must not take the cores from those who wait.
        let config = Config::default()
            .enable_autoload_extension(false)
            .and_then(|config| config.with("autoinstall_known_extensions", "false"))
            .and_then(|config| config.threads(1))
            .and_then(|config| config.max_memory(MEMORY))
            .and_then(|config| config.with("temp_directory", folder.path().to_string_lossy()))
            .doing(doing)?;
        let connection = Connection::open_in_memory_with_flags(config).doing(doing)?;
        let scratch = Self { connection, _folder: folder };
        scratch.create_tables()?;
        Ok(scratch)
    }

    /// Makes both tables, or makes them empty again.
    pub(super) fn create_tables(&self) -> Result<(), Error> {
        let tables =
            format!("create or replace table facts {COLUMNS}; create or replace table failed {FAILED_COLUMNS};");
        self.connection.execute_batch(&tables).doing("create the archive's tables")
    }

    /// Gives every row of `select … from {from}` to `each`; `false` from it, or an event that makes no sense, ends it.
    ///
    /// True: all rows were read.
    pub(super) fn read_facts(&self, from: &str, mut each: impl FnMut(Fact)) -> Result<bool, Error> {
        let mut whole = true;
        self.stream(&format!("select {READ_COLUMNS} from {from}"), |rows| {
            for row in 0..rows.num_rows() {
                match Fact::read(rows, row) {
                    Some(fact) => each(fact),
                    None => whole = false,
                }
            }
        })?;
        Ok(whole)
    }

    /// Runs `sql` and gives its rows to `each`, some at a time.
    pub(super) fn stream(&self, sql: &str, mut each: impl FnMut(&RecordBatch)) -> Result<(), Error> {
        stream(&self.connection, sql, &mut each).doing("read the archive")
    }
}

pub(super) fn stream(connection: &Connection, sql: &str, each: &mut dyn FnMut(&RecordBatch)) -> duckdb::Result<()> {
    let mut statement = connection.prepare(sql)?;
    drop(statement.stream_arrow([])?);
    while let Some(array) = statement.step()? {
        each(&RecordBatch::from(&array));
    }
    Ok(())
}

/// The path as a text in SQL. It is this program's own; brackets and the like do not make it a pattern.
pub(super) fn quoted_pattern(path: &Path) -> String {
    let mut pattern = String::from("'");
    for letter in path.to_string_lossy().chars() {
        match letter {
            '*' | '?' | '[' => pattern.extend(['[', letter, ']']),
            '\'' => pattern.push_str("''"),
            other => pattern.push(other),
        }
    }
    pattern.push('\'');
    pattern
}
