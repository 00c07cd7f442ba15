//! `styk import`: events of the past from CSV, JSON lines and Parquet, through the same door as all events.
//!
//! **Promise.** A file imported twice, or interrupted anywhere and started again, ends as if imported once, as long as
//! no more than 7 days lie between: an event without an id gets one that follows from its row, and the store knows ids
//! for 7 days after their arrival. Equal rows of one file stay different events; equal rows of two files are one. A bad
//! row is named with its line and stops nothing. Nothing is sent while a column is missing.
//!
//! **Shape.** [`run`] checks every file ([`preflight`]), then lets one after the other pass ([`passage`]): a file gives
//! rows ([`table`], [`csv_rows`], [`lines`]), a row becomes an event ([`event`], by the [`Mapping`]), events become
//! bodies ([`batch`]) for the caller's sink, and a bookmark follows the acknowledged ones. The [`Report`] talks.
//!
//! **Never.** No HTTP and no retries: the sink has both. No more than one row and one body in memory, besides the
//! fingerprints that tell equal rows apart. No cell of a row in any message.
//!
//! **To change it**: a field is a line in `mapping.rs`; a form of time is in `moment.rs`; a kind of file is a variant in
//! `table.rs`; a reason to leave a row out is a variant in `row.rs`.

mod batch;
mod csv_rows;
mod event;
mod fingerprint;
mod lines;
mod mapping;
mod moment;
mod passage;
mod preflight;
mod report;
mod row;
mod table;

use std::io::{self, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

pub use mapping::{Mapping, MappingError};
pub use report::Summary;
pub use row::BadRow;

use report::Report;
use table::Table;

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct Import {
    /// Key of the site that the events belong to.
    pub site: String,
    /// `.csv`, `.csv.gz`, `.jsonl`, `.jsonl.gz`, `.parquet`; read in this order.
    pub files: Vec<PathBuf>,
    /// Which column fills which field.
    pub mapping: Mapping,
    /// Where times without an offset were written.
    pub time_zone: TimeZone,
    /// The data folder; bookmarks of interrupted imports lie in its `import`.
    pub data: PathBuf,
    /// The present: what lies behind it cannot have happened.
    pub now: Timestamp,
}

/// The server's answer to one body, as `POST /v1/events` words it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Reply {
    /// How many events are on disk.
    pub accepted: u64,
    /// The others.
    pub refused: Vec<RefusedEvent>,
    /// Why the body was not read at all, so that nothing is known of its events.
    #[serde(default)]
    pub error: Option<BodyRefused>,
}

/// A body that the server turned away as a whole.
#[derive(Clone, Debug, Deserialize)]
pub struct BodyRefused {
    /// The stable code, such as `too_deep`.
    pub code: String,
    /// What to change.
    pub message: String,
}

/// An event that the server turned away.
#[derive(Clone, Debug, Deserialize)]
pub struct RefusedEvent {
    /// Where it stands in the body, from 0.
    pub index: usize,
    /// The stable code, such as `bad_money`.
    pub code: String,
    /// What to change.
    pub message: String,
}

/// Why an import did not begin, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file's name ends in none of the known ways.
    #[error("`{}` is of no kind that can be imported; use .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet", path.display())]
    UnknownKind {
        /// The file.
        path: PathBuf,
    },
    /// A column that is needed is not there.
    #[error("`{}` has no column for `{field}`{}; say which with --map {field}=COLUMN, or {field}==TEXT for one text in all rows; its columns are: {columns}", path.display(), looked_for(column.as_deref()))]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The field it would fill.
        field: String,
        /// The column that was looked for; `None` when `--map` gave the one of that name to another field.
        column: Option<String>,
        /// The columns that are there.
        columns: String,
    },
    /// Two columns of one name.
    #[error("`{}` has two columns `{column}`; rename one of them", path.display())]
    TwinColumns {
        /// The file.
        path: PathBuf,
        /// Their name.
        column: String,
    },
    /// The file cannot be read; rows before the fault were sent.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: anyhow::Error,
    },
    /// The sink gave up.
    #[error("the import of `{}` stopped; the same command again goes on where it stopped", path.display())]
    Send {
        /// The file.
        path: PathBuf,
        /// What the sink said.
        source: anyhow::Error,
    },
    /// The place reached cannot be kept.
    #[error("cannot keep in the data folder how far `{}` was imported", path.display())]
    Bookmark {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The operator cannot be told.
    #[error("cannot write to the terminal")]
    Talk(#[from] io::Error),
}

fn looked_for(column: Option<&str>) -> String {
    column.map(|column| format!(", `{column}` is missing")).unwrap_or_default()
}

impl Error {
    /// Whether the command was wrong, rather than the world: exit code 2, not 1.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::UnknownKind { .. } | Self::NoColumn { .. } | Self::TwinColumns { .. })
    }
}

/// Imports all files; writes bad rows and the summary to `talk`.
///
/// `sink` gets bodies for `POST /v1/events`, of at most 500 events and 900 KiB, one after the other, and answers once
/// the server has: also a body of which nothing was accepted is an answer. It waits and tries again itself.
///
/// # Errors
/// [`Error`]. Before anything is sent: an unknown kind of file, a missing column. Later: an unreadable file, or what
/// the sink fails with. Bad rows are no error.
pub fn run(
    import: &Import,
    mut sink: impl FnMut(&[u8]) -> anyhow::Result<Reply>,
    talk: &mut dyn Write,
) -> Result<Summary, Error> {
    let parse = |path: &PathBuf| Table::parse(path).ok_or_else(|| Error::UnknownKind { path: path.clone() });
    let tables = import.files.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    for table in &tables {
        preflight::check(table, &import.mapping)?;
    }
    let mut report = Report::new(talk);
    for table in &tables {
        passage::import_table(import, table, &mut sink, &mut report)?;
    }
    Ok(report.close()?)
}
