//! Opening: one in-memory database, the file attached to it, migrations, and the check of what is there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use duckdb::{Config, Connection};

use super::read::Snapshot;
use super::texts::Texts;
use super::write::Writer;
use super::{Doing, Error};

/// Every migration of the file, in order; never edited once released.
const MIGRATIONS: &[&str] = &[include_str!("migrations/001_start.sql"), include_str!("migrations/002_totals.sql")];
const MEMORY_TABLES: &str = include_str!("memory.sql");

/// How the store runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that holds `events.duckdb`.
    pub directory: PathBuf,
    /// Threads for one question.
    pub threads: u32,
    /// What DuckDB may take, in mebibytes.
    pub memory_mib: u32,
    /// A flush is due when so many rows are in memory.
    pub flush_rows: u64,
    /// A flush is due when the oldest row in memory is this old.
    pub flush_after: Duration,
    /// Rows that were flushed leave memory this long after; longer than the longest question.
    pub flushed_grace: Duration,
    /// So many runs of one size become one run.
    pub merge_runs: usize,
    /// Runs are merged up to this many rows.
    pub merge_rows_max: u64,
}

/// The store. Clones share one database; the file is opened once in a process.
#[derive(Clone)]
pub struct Store {
    /// Never runs a query itself: every use clones it.
    root: Arc<Mutex<Connection>>,
    texts: Texts,
    directory: Arc<Path>,
}

impl Store {
    /// Opens or creates the store in `options.directory`, and returns it with its only writer.
    ///
    /// The caller holds the lock of the data directory: DuckDB does not notice a second opening in one process.
    ///
    /// # Errors
    /// [`Error`], when the file does not open or does not hold what it recorded.
    pub fn open(options: Options) -> Result<(Self, Writer), Error> {
        std::fs::create_dir_all(&options.directory).doing("create its folder")?;
        let connection = open_database(&options)?;
        migrate(&connection)?;
        connection.execute_batch(MEMORY_TABLES).doing("create its tables in memory")?;
        check_counts(&connection)?;
        let texts = restore_texts(&connection)?;
        let store = Self {
            root: Arc::new(Mutex::new(connection)),
            texts: texts.clone(),
            directory: options.directory.as_path().into(),
        };
        let writer = Writer::start(store.connect()?, texts, options)?;
        Ok((store, writer))
    }

    /// Starts a reader's transaction: everything it reads is of one moment.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        Snapshot::begin(self.connect()?, self.texts.clone(), Arc::clone(&self.directory))
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn connect(&self) -> Result<Connection, Error> {
        let root = self.root.lock().expect("nothing panics while it holds the root connection");
        root.try_clone().doing("open a connection")
    }
}

fn open_database(options: &Options) -> Result<Connection, Error> {
    let temporary = options.directory.join("tmp");
    let memory = format!("{}MiB", options.memory_mib);
    let config = Config::default()
        .enable_autoload_extension(false)
        .and_then(|config| config.with("autoinstall_known_extensions", "false"))
        .and_then(|config| config.threads(i64::from(options.threads)))
        .and_then(|config| config.max_memory(&memory))
        .and_then(|config| config.with("temp_directory", temporary.to_string_lossy()))
        .doing("take its settings")?;
    let connection = Connection::open_in_memory_with_flags(config).doing("open a database in memory")?;
    let file = options.directory.join("events.duckdb");
    let attach = format!("attach '{}' as disk", file.to_string_lossy().replace('\'', "''"));
    connection.execute_batch(&attach).doing("open its file `events.duckdb`")?;
    Ok(connection)
}

/// Brings the attached file to the newest schema. Each step and its number are one transaction.
fn migrate(connection: &Connection) -> Result<(), Error> {
    let doing = "bring its file to the current schema";
    connection
        .execute_batch("create table if not exists disk.schema_version (version uinteger not null)")
        .doing(doing)?;
    let done: u32 = connection
        .query_row("select coalesce(max(version), 0) from disk.schema_version", [], |row| row.get(0))
        .doing(doing)?;
    for (version, sql) in (1..).zip(MIGRATIONS).skip(done as usize) {
        let step =
            format!("begin; {sql}; insert into disk.schema_version values ({version}); commit; checkpoint disk;");
        connection.execute_batch(&step).doing(doing)?;
    }
    Ok(())
}

/// Counts what the runs hold and compares it with what was recorded in the same transactions.
fn check_counts(connection: &Connection) -> Result<(), Error> {
    let doing = "count its events";
    let recorded: u64 =
        connection.query_row("select rows_total from disk.progress", [], |row| row.get(0)).doing(doing)?;
    let mut statement = connection.prepare("select run from disk.manifest").doing(doing)?;
    let runs: Vec<u32> = statement.query_map([], |row| row.get(0)).and_then(Iterator::collect).doing(doing)?;
    let mut found = 0;
    for run in runs {
        let count = format!("select count(*) from disk.run_{run}");
        found += connection.query_row(&count, [], |row| row.get::<_, u64>(0)).doing(doing)?;
    }
    if found == recorded { Ok(()) } else { Err(Error::Miscounted { found, recorded }) }
}

/// Copies all texts into memory, for the process and for SQL.
fn restore_texts(connection: &Connection) -> Result<Texts, Error> {
    let doing = "read its texts";
    connection.execute_batch("insert into texts select * from disk.texts").doing(doing)?;
    let mut statement = connection.prepare("select text from disk.texts order by code").doing(doing)?;
    let texts = statement.query_map([], |row| row.get(0)).and_then(Iterator::collect).doing(doing)?;
    Ok(Texts::restore(texts))
}
