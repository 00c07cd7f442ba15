//! Opening and closing: one in-memory database, the file attached to it, migrations, and the check of what is there.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use duckdb::{Config, Connection};

use super::kept::Kept;
use super::leases::{Lease, Leases};
use super::merge::drop_leftovers;
use super::nameplate::Nameplate;
use super::read::{Cancel, Snapshot};
use super::removal::remove_leftovers;
use super::row::FAILED_COLUMNS;
use super::texts::Texts;
use super::write::Writer;
use super::{Doing, Error};
use crate::domain::link::{Identity, LinkRules, Unlink};
use crate::domain::removal::Removals;
use crate::domain::time::Timestamp;

/// The name of the file.
pub(super) const FILE: &str = "events.duckdb";
/// The name of its log, which DuckDB gives.
pub(super) const WAL: &str = "events.duckdb.wal";

/// Every migration of the file, in order; never edited once released.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/001_start.sql"),
    include_str!("migrations/002_totals.sql"),
    include_str!("migrations/003_rebuild.sql"),
    include_str!("migrations/004_removed.sql"),
];
const MEMORY_TABLES: &str = include_str!("memory.sql");

/// Checkpoints are ours to take, after a look at the free space: one that finds none breaks the whole database.
const NO_CHECKPOINT_BUT_OURS: &str = "set checkpoint_threshold = '1TB'; pragma disable_checkpoint_on_shutdown";

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
    /// What questions have read is kept in memory up to so much, in mebibytes.
    pub kept_mib: u32,
}

/// What can be said of the answers at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// They are about everything that was loaded.
    Whole,
    /// They are about what a new file has been filled with so far.
    Rebuilding,
    /// There are none: the file is being opened, or cannot be.
    Closed,
}

/// The store, open or closed. Clones share one database; the file is opened once in a process.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    options: Options,
    open: RwLock<Option<Open>>,
    leases: Arc<Leases>,
    known: Mutex<Known>,
    /// What no question may see although it is stored still.
    hidden: RwLock<Option<Arc<Removals>>>,
    /// How questions read who is who.
    links: RwLock<Arc<LinkRules>>,
    doubted: AtomicBool,
}

struct Open {
    /// Never runs a query itself: every use clones it.
    root: Mutex<Connection>,
    texts: Texts,
    kept: Kept,
}

#[derive(Clone, Copy)]
struct Known {
    state: State,
    received_through: Timestamp,
}

impl Store {
    /// The store in `options.directory`, closed.
    pub fn new(options: Options) -> Self {
        let known = Known { state: State::Closed, received_through: Timestamp::from_ms(0) };
        Self(Arc::new(Shared {
            options,
            open: RwLock::default(),
            leases: Arc::default(),
            known: Mutex::new(known),
            hidden: RwLock::default(),
            links: RwLock::default(),
            doubted: AtomicBool::new(false),
        }))
    }

    /// Opens or creates the file, and returns the store's only writer.
    ///
    /// The caller holds the lock of the data directory: DuckDB does not notice a second opening in one process.
    ///
    /// # Errors
    /// [`Error`], when the file does not open or does not hold what it recorded; the store stays closed.
    pub fn open(&self) -> Result<Writer, Error> {
        let options = self.options();
        std::fs::create_dir_all(&options.directory).doing("create its folder")?;
        // What stays takes space and nothing else; the next copy needs its name, and says so.
        remove_leftovers(&options.directory).ok();
        let mut plate = Nameplate::read(&options.directory);
        if !options.directory.join(FILE).try_exists().doing("look for its file")? {
            plate.file_id = uuid::Uuid::new_v4().to_string();
            plate.write(&options.directory).doing("write its nameplate")?;
        }
        let connection = open_database(options)?;
        migrate(&connection)?;
        compare_names(&connection, &mut plate, options)?;
        let tables = format!("{MEMORY_TABLES} create table failed_events {FAILED_COLUMNS};");
        connection.execute_batch(&tables).doing("create its tables in memory")?;
        drop_leftovers(&connection)?;
        check_counts(&connection)?;
        let texts = restore_texts(&connection)?;
        let writer = Writer::start(connection.try_clone().doing("open a connection")?, texts.clone(), self.clone())?;
        *self.0.open.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Open { root: Mutex::new(connection), texts, kept: Kept::default() });
        Ok(writer)
    }

    /// Stops all readers, waits for them to leave, and closes the file. The [`Writer`] must be gone.
    pub fn close(&self) {
        let open = self.0.open.write().unwrap_or_else(PoisonError::into_inner).take();
        self.known().state = State::Closed;
        self.0.leases.recall();
        self.0.doubted.store(false, Ordering::Release);
        drop(open);
    }

    /// Starts a reader's transaction: everything it reads is of one moment.
    ///
    /// # Errors
    /// [`Error::Closed`] while the store is; [`Error::Database`], when DuckDB refuses.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        let (lease, connection, held) = self.connect()?;
        Snapshot::begin(connection, held, self.clone(), lease)
    }

    /// What can be said of the answers at present.
    pub fn state(&self) -> State {
        self.known().state
    }

    /// Arrival of the newest record that was loaded.
    pub fn received_through(&self) -> Timestamp {
        self.known().received_through
    }

    /// The first sequence that neither the file nor an earlier one can hold: no other event may be given a lower one.
    pub fn next_sequence_min(&self) -> u64 {
        Nameplate::read(&self.options().directory).next_sequence_min
    }

    /// Whether a reader has met something that makes the file doubtful; asking takes the doubt back.
    pub(super) fn take_doubt(&self) -> bool {
        self.0.doubted.swap(false, Ordering::AcqRel)
    }

    pub(super) fn doubt(&self) {
        self.0.doubted.store(true, Ordering::Release);
    }

    pub(super) fn hidden(&self) -> Option<Arc<Removals>> {
        self.0.hidden.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// By what rule questions that begin from now on read who is who.
    pub fn set_identity(&self, identity: Identity) {
        let mut links = self.0.links.write().unwrap_or_else(PoisonError::into_inner);
        *links = Arc::new(links.with_identity(identity));
    }

    /// Has questions that begin from now on count the links that `read` gives as never made, and no others. Who does the
    /// same meanwhile waits, so that the last one to read says what holds.
    ///
    /// # Errors
    /// What `read` says; then nothing changes.
    pub fn undo_links<E>(&self, read: impl FnOnce() -> Result<Vec<Unlink>, E>) -> Result<(), E> {
        let mut links = self.0.links.write().unwrap_or_else(PoisonError::into_inner);
        *links = Arc::new(LinkRules::new(links.identity, read()?));
        Ok(())
    }

    pub(super) fn link_rules(&self) -> Arc<LinkRules> {
        Arc::clone(&self.0.links.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn lock_hidden(&self) -> RwLockWriteGuard<'_, Option<Arc<Removals>>> {
        self.0.hidden.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder that holds the file.
    pub(super) fn directory(&self) -> &Path {
        &self.0.options.directory
    }

    pub(super) fn options(&self) -> &Options {
        &self.0.options
    }

    pub(super) fn tell(&self, state: State, received_through: Timestamp) {
        *self.known() = Known { state, received_through };
    }

    /// A connection, and the lease that must go after it: who binds them, binds the lease first.
    pub(super) fn connect(&self) -> Result<(Lease, Connection, (Texts, Kept)), Error> {
        // Held until the lease is granted: who closes waits for everybody who got a connection.
        let open: RwLockReadGuard<'_, _> = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        let open = open.as_ref().ok_or(Error::Closed)?;
        let root = open.root.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = root.try_clone().doing("open a connection")?;
        let lease = self.0.leases.grant(Cancel::of(&connection));
        Ok((lease, connection, (open.texts.clone(), open.kept.clone())))
    }

    /// Lets go of what no question has asked for lately.
    pub(super) fn sweep_kept(&self, now: Timestamp) {
        if let Some(open) = self.0.open.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            open.kept.lock().sweep(now);
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
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
    connection.execute_batch(NO_CHECKPOINT_BUT_OURS).doing("take its settings")?;
    let file = options.directory.join(FILE);
    let attach = format!("attach '{}' as disk (type duckdb)", file.to_string_lossy().replace('\'', "''"));
    connection.execute_batch(&attach).doing("open its file `events.duckdb`")?;
    Ok(connection)
}

/// Brings the attached file to the newest schema. Each step and its number are one transaction.
fn migrate(connection: &Connection) -> Result<(), Error> {
    let doing = "bring its file to the current schema";
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).doing(doing);
    let tables = number("select count(*)::uinteger from duckdb_tables() where database_name = 'disk'")?;
    let ours = number(
        "select count(*)::uinteger from duckdb_tables() where database_name = 'disk' and table_name = 'schema_version'",
    )?;
    if 0 < tables && ours == 0 {
        return Err(Error::Foreign);
    }
    connection
        .execute_batch("create table if not exists disk.schema_version (version uinteger not null)")
        .doing(doing)?;
    let done = number("select coalesce(max(version), 0) from disk.schema_version")?;
    let known = u32::try_from(MIGRATIONS.len()).expect("a few migrations");
    if known < done {
        return Err(Error::Newer { found: done, known });
    }
    for (version, sql) in (1..).zip(MIGRATIONS).skip(done as usize) {
        let step =
            format!("begin; {sql}; insert into disk.schema_version values ({version}); commit; checkpoint disk;");
        connection.execute_batch(&step).doing(doing)?;
    }
    Ok(())
}

/// Refuses a file that bears another id than the nameplate beside it. What has no id yet is given one.
fn compare_names(connection: &Connection, plate: &mut Nameplate, options: &Options) -> Result<(), Error> {
    let doing = "compare the file with its nameplate";
    let mut statement = connection.prepare("select file_id from disk.identity").doing(doing)?;
    let ids: Vec<String> = statement.query_map([], |row| row.get(0)).and_then(Iterator::collect).doing(doing)?;
    match ids.first() {
        Some(id) if *id == plate.file_id => return Ok(()),
        Some(_) if !plate.file_id.is_empty() => return Err(Error::Foreign),
        Some(id) => plate.file_id.clone_from(id),
        None => {
            if plate.file_id.is_empty() {
                plate.file_id = uuid::Uuid::new_v4().to_string();
            }
            connection.execute("insert into disk.identity values (?)", [&plate.file_id]).doing(doing)?;
        }
    }
    plate.write(&options.directory).doing(doing)
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
