//! The store: every loaded event in DuckDB, readable as whole batches while more arrive.
//!
//! **Promise.** A reader sees each event once: never half a batch, never a row that is not committed.
//! `count(*)` equals the recorded total; opening the file checks it. What is here can be deleted and made
//! again from archive and journal: a file that is at fault is moved to `quarantine/` and a new one begun.
//!
//! **Shape.** The newest rows live in tables of the in-memory database (`recent_N`); a flush writes them as a
//! new table of the attached file (`disk.run_N`), sorted by (site, visitor, time), adds it to `disk.manifest`
//! and moves `disk.progress` and `disk.totals`, in one transaction. [`merge`] turns several runs into one, a little at
//! a time, seen when it is whole. [`Writer`] belongs to the load thread; a [`Snapshot`] is one reader's transaction.
//! What questions read of a run is [`kept`] for the next ones. Texts that repeat are numbers ([`texts`]). The store can be closed and opened again while the program runs; beside
//! the file lies its `nameplate.json`. What was sent is kept apart from all this, in the files of [`archive`].
//!
//! **Never.** No other module names DuckDB. No index, no unique constraint, no bulk update on events; no SQL
//! built from anything a visitor or a shop typed ([`Query`]).
//!
//! **To change the columns**, edit `events.sql`, [`Row`], and add a migration that rewrites the runs.
//!
//! # Why a table a run
//!
//! Appending a whole row group to a table that others read lets them see rows before the commit (DuckDB 1.5
//! and 2.0). A table that the manifest does not name cannot be seen, so a run is a table of its own.

pub mod archive;
mod backup;
mod bookmark;
mod checkpoint;
mod contents;
mod database;
mod derived;
mod export;
mod failed;
mod flush;
mod found;
mod kept;
mod leases;
mod links;
mod merge;
mod nameplate;
mod quarantine;
mod query;
mod read;
mod recall;
mod removal;
mod row;
mod size;
mod space;
mod table_file;
mod texts;
mod totals;
mod write;

pub use backup::{Backup, Sealed, folder_is_empty};
pub use bookmark::Bookmark;
pub use database::{Options, State, Store};
pub use derived::{DerivedColumn, DerivedKind, DerivedRows};
pub use export::{FileFormat, TableFile, read_parquet, write_whole};
pub use failed::{KeptEvent, Retried};
pub use found::{FoundRows, FoundTable};
pub use kept::{KeptRows, Part};
pub use query::{Query, Value};
pub use read::{Cancel, Columns, Snapshot, TextValues};
pub use recall::StoredContent;
pub use removal::FailedChange;
pub use row::{FailedEvent, Row};
pub use size::{FailedFor, Size};
pub use table_file::{InputFile, file_state};
pub use texts::{Code, NO_CODE};
pub use totals::{Totals, TotalsBySite};
pub use write::{RowBatch, Writer};

/// What the store can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// DuckDB refused; the cause says why.
    #[error("the store could not {doing}")]
    Database {
        /// What was being done, as a verb phrase.
        doing: &'static str,
        /// What DuckDB said.
        #[source]
        source: duckdb::Error,
    },
    /// The file holds other rows than it recorded.
    #[error("the store holds {found} events where {recorded} are recorded; `styk serve` builds it again by itself")]
    Miscounted {
        /// Rows in the runs.
        found: u64,
        /// Rows that were recorded.
        recorded: u64,
    },
    /// A file of the archive does not read back as it was written; it was not given its name.
    #[error("the archive's file `{}` does not read back as it was written; the disk may be failing", path.display())]
    Unverified {
        /// The name it would have got.
        path: std::path::PathBuf,
    },
    /// A file of the archive is whole, but holds a word of another version.
    #[error("the archive holds an event that this program does not understand; run the Styk that wrote it")]
    NotUnderstood,
    /// A file of the archive that is needed cannot be read.
    #[error("{0}")]
    Lost(archive::Loss),
    /// The file was not made here.
    #[error(
        "the file `events.duckdb` is another store's; `styk serve` moves it to `quarantine` and builds the store again"
    )]
    Foreign,
    /// A newer program wrote the file.
    #[error("the file `events.duckdb` has schema {found}, and this program knows {known}; run the newer program")]
    Newer {
        /// The file's schema.
        found: u32,
        /// The newest that is known here.
        known: u32,
    },
    /// It is being opened again, or cannot be opened at present.
    #[error("the store is closed at the moment")]
    Closed,
    /// There is too little space for what was to be written; all stays where it was.
    #[error("{free_bytes} bytes are free where the store needs {needed_bytes}; free some space on its disk")]
    Full {
        /// What is free.
        free_bytes: u64,
        /// What writing takes at most.
        needed_bytes: u64,
    },
    /// The question was cancelled or took longer than allowed.
    #[error("the question was cancelled")]
    Cancelled,
    /// The file system refused.
    #[error("the store could not {doing}")]
    File {
        /// What was being done, as a verb phrase.
        doing: &'static str,
        /// What the file system said.
        #[source]
        source: std::io::Error,
    },
}

/// Names what was being done when DuckDB refused.
trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, Error>;
}

impl<T> Doing<T> for Result<T, duckdb::Error> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| {
            // The only place that looks into the text of an error: DuckDB has no code for an interrupt.
            if source.to_string().contains("INTERRUPT") { Error::Cancelled } else { Error::Database { doing, source } }
        })
    }
}

impl<T> Doing<T> for Result<T, std::io::Error> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::File { doing, source })
    }
}
