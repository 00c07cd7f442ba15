//! The SQLite connection: opening, migrating, and keeping the registry in memory up to date.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::Error;
use super::files;
use super::registry::Registry;

/// Each brings the file from the version of its position to the next.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_shares.sql"),
    include_str!("migrations/0003_erasures.sql"),
    include_str!("migrations/0004_privacy.sql"),
    include_str!("migrations/0005_funnels.sql"),
    include_str!("migrations/0006_unlinks.sql"),
    include_str!("migrations/0007_settings.sql"),
];

/// How long a call waits while another program writes.
const BUSY_WAIT: Duration = Duration::from_secs(5);

pub(super) struct Database {
    connection: Mutex<Connection>,
    registry: RwLock<Loaded>,
}

/// What is in memory, and SQLite's counter of other programs' changes when it was read.
struct Loaded {
    registry: Arc<Registry>,
    data_version: i64,
}

impl Database {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        // Made before SQLite would, so that its mode is right from the start; SQLite copies it to its other files.
        files::open_private(path)?;
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_WAIT)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", "on")?;
        connection.pragma_update(None, "secure_delete", "on")?;
        migrate(&mut connection)?;
        let loaded = Loaded::read(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection), registry: RwLock::new(loaded) })
    }

    pub(super) fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.registry.read().unwrap_or_else(PoisonError::into_inner).registry)
    }

    pub(super) fn refresh(&self) -> Result<(), Error> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.registry.read().unwrap_or_else(PoisonError::into_inner).data_version;
        if data_version(&connection)? == seen { Ok(()) } else { self.reload(&mut connection) }
    }

    /// Asks the file.
    pub(super) fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&connection)
    }

    /// Writes a copy of the file to `path`, for this user alone.
    pub(super) fn copy_to(&self, path: &Path) -> Result<(), Error> {
        // SQLite takes an empty file for its target, and keeps its mode.
        files::open_private(path)?;
        self.read(|connection| Ok(connection.execute("vacuum into ?1", [path.to_string_lossy()]).map(|_| ())?))
    }

    /// Changes the file in one transaction: all of it is on disk when this returns, or none of it was done.
    pub(super) fn write<T>(&self, change: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        write(&mut connection, change)
    }

    /// [`write`](Self::write) for sites and keys, which are in memory as well: the change is in force at once.
    pub(super) fn write_registry<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = write(&mut connection, change)?;
        self.reload(&mut connection)?;
        Ok(answer)
    }

    fn reload(&self, connection: &mut Connection) -> Result<(), Error> {
        let loaded = Loaded::read(connection)?;
        *self.registry.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }
}

impl Loaded {
    fn read(connection: &mut Connection) -> Result<Self, Error> {
        // Asked for first: a change between the two is read now and once more later, never missed.
        let data_version = data_version(connection)?;
        let snapshot = connection.transaction()?;
        let registry = Arc::new(Registry::read(&snapshot)?);
        Ok(Self { registry, data_version })
    }
}

fn write<T>(
    connection: &mut Connection,
    change: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answer = change(&transaction)?;
    transaction.commit()?;
    Ok(answer)
}

fn data_version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}

fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let known = MIGRATIONS.len();
    write(connection, |transaction| {
        let found: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if known < found {
            return Err(Error::Newer { found, known });
        }
        for migration in &MIGRATIONS[found..] {
            transaction.execute_batch(migration)?;
        }
        Ok(transaction.pragma_update(None, "user_version", known)?)
    })
}
