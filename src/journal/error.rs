//! What can go wrong in the journal, one variant for each thing a caller can do about it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the journal did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// More is waiting than the queue may hold. Try again in a moment.
    #[error("the journal's queue is full")]
    Busy,

    /// The disk is nearly full. Goes away by itself once there is space.
    #[error("the journal needs {needed_bytes} bytes of free disk space and found {free_bytes}")]
    Full { free_bytes: u64, needed_bytes: u64 },

    /// The payload is longer than [`PAYLOAD_BYTES_MAX`](super::PAYLOAD_BYTES_MAX). Split it.
    #[error("a record of {bytes} bytes is too long; the journal takes at most {bytes_max}")]
    TooLong { bytes: usize, bytes_max: usize },

    /// A write or sync failed, so nobody knows what is on disk. Only a restart, which reads the
    /// files again, can tell.
    #[error("the journal stopped after a failed write; restart to recover")]
    Poisoned(#[source] Arc<io::Error>),

    /// The file system refused something outside of appending.
    #[error("cannot {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },

    /// A newer Styk wrote this segment. Run that one, or move the file away.
    #[error("segment `{}` has format version {version}, which this program does not know", path.display())]
    UnknownVersion { path: PathBuf, version: u32 },
}

impl Error {
    /// Returns what turns an [`io::Error`] into an [`Error::Io`], for `map_err`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}
