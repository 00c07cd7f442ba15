//! Batches as bytes for the journal, and back.
//!
//! Version 1 is [postcard](https://postcard.jamesmunns.com)'s encoding of [`Batch`], field by field in the
//! order of the structs. It does not describe itself, so any change to a struct reachable from [`Batch`]
//! needs a new version beside the old one. Version 2 is the same where events were taken out again: programs that know
//! only version 1 would take the blanks for events.

use super::event::Batch;

/// The version that [`encode`] writes; the journal stores it with every record.
pub const VERSION: u8 = 1;

/// The version of a batch some of whose events are [blank](super::event::Event::blank), encoded in the same way.
pub const WITH_BLANKS: u8 = 2;

/// Why bytes are not a batch.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Written by a newer program.
    #[error("batch encoding {0} is not known; this program knows {VERSION} and {WITH_BLANKS}")]
    Version(u8),
    /// The bytes do not hold a batch.
    #[error("batch does not decode")]
    Decode(#[source] postcard::Error),
}

/// Writes `batch` in version [`VERSION`].
pub fn encode(batch: &Batch) -> Vec<u8> {
    // About what a batch takes, so that it is not moved while it grows.
    let room = Vec::with_capacity(256 * (1 + batch.events.len()));
    postcard::to_extend(batch, room).expect("a batch of plain values always encodes")
}

/// Reads what [`encode`] of `version` wrote.
///
/// # Errors
/// [`Error`], for an unknown version or bytes that are not a batch.
pub fn decode(version: u8, bytes: &[u8]) -> Result<Batch, Error> {
    match version {
        VERSION | WITH_BLANKS => postcard::from_bytes(bytes).map_err(Error::Decode),
        other => Err(Error::Version(other)),
    }
}
