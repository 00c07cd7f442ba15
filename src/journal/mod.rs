//! The journal: every accepted event on disk, in order, before its sender hears "accepted".
//!
//! **Promise.** After any crash, every record whose [`append`](Writer::append) returned is read
//! back unchanged and in order. A torn tail is cut off and a copy kept; damage is reported as a
//! [`Gap`], never skipped in silence. Memory and queue are bounded.
//!
//! **Shape.** A directory of segment files, each named after its first sequence. A segment is a
//! header and a run of frames (`record.rs`), then zeros. Every event has a sequence; a record of
//! `count` events takes as many. One thread writes whole blocks (`blocks.rs`) and syncs in batches
//! (`queue.rs`, `writer.rs`); any number of readers follow. Readers and recovery walk the same way (`walk.rs`).
//!
//! **Never.** The journal does not know what an event is, does not look inside a record, does not
//! retry a failed write or sync, and does not decide when a segment is no longer needed; whoever
//! loads says so with [`remove_before`], and what must be taken out of it again with [`rewrite()`]. It does not lock its
//! directory: the server does.
//!
//! **To change the format**, raise `segment::VERSION`, keep reading the old one, and add a file
//! written by it to `tests/fixtures/journal/`.

mod blocks;
mod check;
mod error;
mod file;
mod queue;
mod reader;
mod record;
mod recovery;
mod rewrite;
mod segment;
mod survey;
mod walk;
mod writer;

use std::path::PathBuf;

pub use check::{Checked, check};
pub use error::Error;
pub use reader::{Read, Reader};
pub use record::{NewRecord, PAYLOAD_BYTES_MAX, Position, Record};
pub use recovery::{Recovery, Torn};
pub use rewrite::{Change, Replacement, Rewritten, remove_kept_damage, rewrite};
pub use segment::{remove_before, segment_starts};
pub use survey::{Survey, survey};
pub use walk::{Gap, Reason};
pub use writer::{Appended, Appending, Sealer, Writer};

/// Where the journal lies and how much it may take.
#[derive(Clone, Debug)]
pub struct Options {
    /// Holds the segments and nothing else; made if missing.
    pub directory: PathBuf,
    /// Space reserved for each segment. One that gets fuller than this is followed by a new one.
    pub segment_bytes: u64,
    /// Records waiting or being written; one more is refused with [`Error::Busy`].
    pub queue_records_max: usize,
    /// Their payloads together, in bytes. At least [`PAYLOAD_BYTES_MAX`], or a record of that
    /// size never gets in.
    pub queue_bytes_max: usize,
    /// Below this much space left on the file system, appends are refused with [`Error::Full`].
    pub free_bytes_min: u64,
    /// The next sequence that the store expects. Sequences below it are never given out again,
    /// whatever became of the files.
    pub next_sequence_min: u64,
}

/// Opens the journal for writing; see [`Journal::open`].
#[derive(Debug)]
pub struct Journal;

impl Journal {
    /// Checks every segment, mends a torn tail, and starts the writer thread.
    ///
    /// Reads all segments once. Damage is no error: it is in [`Recovery::gaps`], and the journal
    /// works on behind it. Errors are [`Error::Io`] and [`Error::UnknownVersion`].
    pub fn open(options: Options) -> Result<(Writer, Recovery), Error> {
        let (recovery, place) = recovery::recover(&options)?;
        let writer = Writer::start(options, place)?;
        Ok((writer, recovery))
    }
}
