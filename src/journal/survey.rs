//! Looking at a journal without changing it, and copying what is surely in it while somebody writes on.

use std::path::{Path, PathBuf};

use super::Error;
use super::segment;
use super::walk::{Gap, Step, Walk};

/// What a journal holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The sequence after the last record that was looked at.
    pub next_sequence: u64,
    /// Damage, in the order of sequences.
    pub gaps: Vec<Gap>,
    /// The segments, lowest first, and how many bytes of each were looked at: all, but for the last one.
    pub segments: Vec<(PathBuf, u64)>,
}

/// Reads every record in `directory` below `bound` and compares its checksum.
///
/// While somebody writes, `bound` must be what [`Writer::durable`](super::Writer::durable) says, or less: what lies
/// below it changes no more, so the bytes that are named can be copied.
///
/// # Errors
/// [`Error::Io`] and [`Error::UnknownVersion`].
pub fn survey(directory: &Path, bound: u64) -> Result<Survey, Error> {
    let first_sequence = segment::list(directory)?.first().copied().unwrap_or(0);
    let mut walk = Walk::open(directory.to_owned(), first_sequence)?;
    let mut gaps = Vec::new();
    loop {
        match walk.step(bound)? {
            Step::Record(_) => {}
            Step::Gap(gap) => gaps.push(gap),
            Step::Tail | Step::Bound => break,
        }
    }
    let mut segments = Vec::new();
    if let Some(last) = walk.segment() {
        let firsts = segment::list(directory)?.into_iter().filter(|first| *first < last.first_sequence);
        segments.extend(firsts.map(|first| (segment::path(directory, first), u64::MAX)));
        segments.push((last.path().to_owned(), last.offset));
    }
    Ok(Survey { next_sequence: walk.expected(), gaps, segments })
}
