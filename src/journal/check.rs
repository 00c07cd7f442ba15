//! Looking the whole journal over, changing nothing: it may be written meanwhile.

use std::path::Path;

use super::recovery::read_all;
use super::walk::{Gap, Reason, Walk};
use super::{Error, file, segment};

/// What looking over the journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Segment files.
    pub segments: usize,
    /// Records whose checksum is right.
    pub records: u64,
    /// The lowest sequence that the segments begin with.
    pub first_sequence: u64,
    /// Behind the last record that can be read.
    pub next_sequence: u64,
    /// Damage, in the order of sequences.
    pub gaps: Vec<Gap>,
}

/// Reads every frame of the journal in `directory`.
///
/// `durable` is how far a server that writes says it is: everything below must be readable, and what lies behind may
/// be half written. Without one, whatever follows the last whole record was never acknowledged.
pub fn check(directory: &Path, durable: Option<u64>) -> Result<Checked, Error> {
    let segments = if file::exists(directory) { segment::list(directory)? } else { Vec::new() };
    let first_sequence = segments.first().copied().unwrap_or(0);
    let mut checked = Checked {
        segments: segments.len(),
        records: 0,
        first_sequence,
        next_sequence: first_sequence,
        gaps: Vec::new(),
    };
    if !segments.is_empty() {
        let mut walk = Walk::open(directory.to_owned(), first_sequence)?;
        checked.gaps = read_all(&mut walk, durable.unwrap_or(u64::MAX), |_| checked.records += 1)?;
        checked.next_sequence = walk.expected();
    }
    if let Some(durable) = durable.filter(|durable| checked.next_sequence < *durable) {
        checked.gaps.push(Gap {
            from_sequence: checked.next_sequence,
            to_sequence: durable,
            segment: segment::path(directory, durable),
            offset: 0,
            reason: Reason::Missing,
        });
    }
    Ok(checked)
}
