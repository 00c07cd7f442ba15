//! Records replaced by others of the same place and length in events: the only change that a finished segment may see.
//!
//! A segment is written anew beside itself and renamed, so that after any crash it is there in its old form or its new
//! one. Sequences, counts and times stay; checksums are right again. A reader that is inside reads the old form to its
//! end.

use std::path::Path;

use bytes::Bytes;

use super::Error;
use super::file::{self, SegmentFile};
use super::record::{self, NewRecord, Record};
use super::segment;
use super::walk::{Reason, Step, Walk};

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Segments that were written anew.
    pub segments: usize,
    /// Segments that belong to another journal, so that nothing in them can be read. They stay.
    pub unreadable: usize,
}

/// Another content for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// What the payload is now.
    pub kind: u8,
    /// As many events as before.
    pub payload: Bytes,
}

/// Which records are looked at, and what they become.
pub struct Change<'a> {
    /// Asked for the first record of a segment: whether the segment has to be looked at.
    pub concerns: &'a dyn Fn(&Record) -> bool,
    /// `None` leaves a record as it is.
    pub replace: &'a dyn Fn(&Record) -> Option<Replacement>,
}

/// Rewrites what must be in the segments that end at or below `below`; see [`Sealer`](super::Sealer).
///
/// A segment with damage that is looked at is written anew too, without the bytes that nobody can read: they may be a
/// part of what is to go. The gap is reported as before.
///
/// # Errors
/// [`Error::Io`] and [`Error::UnknownVersion`]; segments that were done are done, and doing them again changes nothing.
pub fn rewrite(directory: &Path, below: u64, change: &Change<'_>) -> Result<Rewritten, Error> {
    let mut rewritten = Rewritten::default();
    let segments = segment::list(directory)?;
    for pair in segments.windows(2).take_while(|pair| pair[1] <= below) {
        match changed(directory, pair[0], pair[1], change)? {
            Outcome::Same => {}
            Outcome::Unreadable => rewritten.unreadable += 1,
            Outcome::Changed(contents) => {
                let path = segment::path(directory, pair[0]);
                SegmentFile::replace(&path, &contents).map_err(Error::io("rewrite", &path))?;
                rewritten.segments += 1;
            }
        }
    }
    Ok(rewritten)
}

enum Outcome {
    Same,
    Unreadable,
    Changed(Vec<u8>),
}

/// What the segment from `first_sequence` to before `next_sequence` becomes.
fn changed(directory: &Path, first_sequence: u64, next_sequence: u64, change: &Change<'_>) -> Result<Outcome, Error> {
    let mut walk = Walk::open(directory.to_owned(), first_sequence)?;
    if walk.segment().is_some_and(|segment| segment.fault == Some(Reason::ForeignStore)) {
        return Ok(Outcome::Unreadable);
    }
    let store_id = walk.store_id().expect("there is a segment, so there is a store id");
    let seed = store_id.seed(first_sequence);
    let mut contents = segment::header_of(store_id, first_sequence);
    let (mut differs, mut records) = (false, 0);
    loop {
        match walk.step(next_sequence)? {
            Step::Record(record) => {
                if records == 0 && !(change.concerns)(&record) {
                    return Ok(Outcome::Same);
                }
                records += 1;
                let replacement = (change.replace)(&record);
                differs |= replacement.is_some();
                let (kind, payload) = match replacement {
                    Some(Replacement { kind, payload }) => (kind, payload),
                    None => (record.kind, record.payload),
                };
                let (count, received_at_ms) = (record.count, record.received_at_ms);
                let new = NewRecord { kind, stream: 0, count, received_at_ms, payload: &payload };
                record::encode(&new, record.sequence, seed, &mut contents);
            }
            Step::Gap(_) => differs = true,
            Step::Bound | Step::Tail => break,
        }
    }
    Ok(if differs { Outcome::Changed(contents) } else { Outcome::Same })
}

/// Deletes what was kept of damage and torn tails: copies that nobody reads any more. Gives how many.
///
/// # Errors
/// [`Error::Io`].
pub fn remove_kept_damage(directory: &Path) -> Result<usize, Error> {
    let names = file::file_names(directory).map_err(Error::io("list", directory))?;
    let kept: Vec<_> = names.iter().filter(|name| file::is_kept_damage(name)).collect();
    for name in &kept {
        let path = directory.join(name);
        file::remove(&path).map_err(Error::io("remove", &path))?;
    }
    if !kept.is_empty() {
        file::sync_directory(directory).map_err(Error::io("sync", directory))?;
    }
    Ok(kept.len())
}
