//! Reading the journal while it is written.

use std::path::Path;

use super::Error;
use super::record::{FRAME_HEADER_BYTES, Record};
use super::walk::{Gap, Step, Walk};

/// What a [`Reader`] finds, in the order of sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    Record(Record),
    /// Records were here and cannot be read; what follows begins behind them.
    Gap(Gap),
}

/// Follows the journal from a sequence on. Blocks on files, so it belongs on a thread of its own.
pub struct Reader {
    walk: Walk,
    from_sequence: u64,
}

impl Reader {
    /// Starts at the record that holds `from_sequence`. The directory may still be empty.
    pub fn open(directory: &Path, from_sequence: u64) -> Result<Self, Error> {
        let walk = Walk::open(directory.to_owned(), from_sequence)?;
        Ok(Self { walk, from_sequence })
    }

    /// Returns what comes next below `up_to_sequence`: nothing, if all of it has been read.
    ///
    /// Stops after the record with which the frames reach `bytes_max`. `up_to_sequence` is
    /// what [`Writer::durable`](super::Writer::durable) says, or less; of what lies below it,
    /// everything is answered, as a record or inside a gap. A record that begins before the
    /// sequence this reader was opened with, and ends after it, is returned whole.
    pub fn next_records(&mut self, up_to_sequence: u64, bytes_max: usize) -> Result<Vec<Read>, Error> {
        let mut reads = Vec::new();
        let mut bytes = 0;
        self.walk.refresh();
        loop {
            let gap = match self.walk.step(up_to_sequence)? {
                Step::Record(record) => {
                    if self.from_sequence < record.next_sequence() {
                        bytes += FRAME_HEADER_BYTES + record.payload.len();
                        reads.push(Read::Record(record));
                        if bytes_max <= bytes {
                            return Ok(reads);
                        }
                    }
                    continue;
                }
                Step::Gap(gap) => gap,
                Step::Tail => self.walk.skip_to(up_to_sequence)?,
                Step::Bound => return Ok(reads),
            };
            if self.from_sequence < gap.to_sequence && !gap.is_empty() {
                let from_sequence = gap.from_sequence.max(self.from_sequence);
                reads.push(Read::Gap(Gap { from_sequence, ..gap }));
            }
        }
    }
}
