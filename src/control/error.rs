//! What can go wrong with the control file and its neighbours.

use std::path::{Path, PathBuf};

/// Why the control file did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite failed: the file is damaged, the disk is full, or another program held it for too long.
    #[error("control file could not be read or written")]
    Database(#[from] rusqlite::Error),
    /// A file or folder of the data directory could not be used.
    #[error("file `{}` could not be used", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file was written by a newer program.
    #[error("control file has version {found}, this program knows {known}; use the newer program")]
    Newer {
        /// The version in the file.
        found: usize,
        /// The newest version this program knows.
        known: usize,
    },
    /// A running server holds the data directory.
    #[error("data directory `{}` is in use by a running server; stop it, or choose another with --data", dir.display())]
    Locked {
        /// The data directory.
        dir: PathBuf,
    },
    /// There is one of that name already.
    #[error("{kind} `{name}` exists already")]
    Exists {
        /// `site` or `user`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// There is none of that name.
    #[error("{kind} `{name}` does not exist; `styk {kind} list` shows all")]
    Unknown {
        /// `site`, `key` or `user`.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
    },
    /// Something is not as it must be; the text says what, and the remedy.
    #[error("{0}")]
    Invalid(String),
    /// What somebody wrote is not allowed.
    #[error("{what}; {remedy}")]
    NotAllowed {
        /// A stable name, such as `bad_domain`.
        code: &'static str,
        /// Which part of a form it is, such as `domains`.
        field: &'static str,
        /// What is wrong, and with what was written.
        what: String,
        /// What to write instead; quotes nothing.
        remedy: String,
    },
}

impl Error {
    /// Whether it would not have come to this with more space on the disk.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Self::File { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }

    pub(super) fn not_allowed(
        (code, field): (&'static str, &'static str),
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::NotAllowed { code, field, what: what.into(), remedy: remedy.into() }
    }

    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}
