//! The walk over the journal's records, shared by readers and recovery: in order, from segment
//! to segment, over damage.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::Error;
use super::file::SegmentFile;
use super::record::{FRAME_HEADER_BYTES, FrameHeader, Record, Seed};
use super::segment::{self, Header, SEGMENT_HEADER_BYTES, StoreId};

/// Bytes read at once.
const READ_BYTES: usize = 256 << 10;

/// Sequences that were given out and cannot be read.
///
/// An empty range is damage that cost nothing, such as a broken header before sound frames.
/// After a power cut, a batch that was never acknowledged can look like damage too: its later
/// pages may have reached the disk without its first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from_sequence: u64,
    /// The first that can be read, or given out, again.
    pub to_sequence: u64,
    /// Where reading stopped; for what no file holds, the segment that begins after it.
    pub segment: PathBuf,
    /// Where in the segment, in bytes.
    pub offset: u64,
    pub reason: Reason,
}

impl Gap {
    /// Whether no sequence was lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from_sequence == self.to_sequence
    }
}

/// Why there is a [`Gap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Bytes that are no frame, or fail their checksum.
    DamagedFrame,
    /// The segment's header is not what was written, or says another place.
    DamagedHeader,
    /// The segment belongs to another journal.
    ForeignStore,
    /// No file holds these sequences: a segment is gone.
    Missing,
    /// The store has loaded further than the journal reaches; see
    /// [`Options::next_sequence_min`](super::Options::next_sequence_min).
    BehindStore,
}

/// What comes next on a walk.
pub(super) enum Step {
    Record(Record),
    Gap(Gap),
    /// The next record does not lie below the bound.
    Bound,
    /// Nothing that can be read follows on disk.
    Tail,
}

/// A place in the journal, and the way on from there.
pub(super) struct Walk {
    directory: PathBuf,
    store_id: Option<StoreId>,
    /// The sequence that must come next.
    expected: u64,
    /// `None` until there is one.
    segment: Option<OpenSegment>,
    /// A broken header, not yet told.
    fault: Option<Gap>,
}

impl Walk {
    /// Starts at the segment that holds `from_sequence`, at the first of its records.
    pub(super) fn open(directory: PathBuf, from_sequence: u64) -> Result<Self, Error> {
        let segments = segment::list(&directory)?;
        let start = segments.iter().rfind(|first| **first <= from_sequence);
        let mut walk = Self {
            store_id: segment::store_id(&directory)?,
            directory,
            expected: start.copied().unwrap_or(from_sequence),
            segment: None,
            fault: None,
        };
        if let Some(first_sequence) = start {
            walk.enter(*first_sequence)?;
        }
        Ok(walk)
    }

    pub(super) fn store_id(&self) -> Option<StoreId> {
        self.store_id
    }

    pub(super) fn expected(&self) -> u64 {
        self.expected
    }

    pub(super) fn segment(&self) -> Option<&OpenSegment> {
        self.segment.as_ref()
    }

    pub(super) fn into_segment(self) -> Option<OpenSegment> {
        self.segment
    }

    /// Goes one step on. Whatever lies below `bound` must be on disk already.
    pub(super) fn step(&mut self, bound: u64) -> Result<Step, Error> {
        while self.expected < bound {
            if let Some(gap) = self.fault.take() {
                return Ok(Step::Gap(gap));
            }
            if let Some(segment) = &mut self.segment
                && let Some(record) = segment.record_at(segment.offset)?
                && record.sequence == self.expected
            {
                if bound < record.next_sequence() {
                    return Ok(Step::Bound);
                }
                self.expected = record.next_sequence();
                segment.offset += (FRAME_HEADER_BYTES + record.payload.len()) as u64;
                return Ok(Step::Record(record));
            }
            match self.next_segment()? {
                Some(next) if next == self.expected => self.enter(next)?,
                next => match self.skip(next, bound)? {
                    Step::Gap(gap) if gap.is_empty() => {}
                    step => return Ok(step),
                },
            }
        }
        Ok(Step::Bound)
    }

    /// Makes what was read before the last growth of the bound be read again.
    pub(super) fn refresh(&mut self) {
        if let Some(segment) = &mut self.segment {
            segment.buffer.clear();
        }
    }

    /// The gap from here to `to_sequence`, of which the disk has nothing; steps over it.
    pub(super) fn skip_to(&mut self, to_sequence: u64) -> Result<Gap, Error> {
        let mut gap = Gap {
            from_sequence: self.expected,
            to_sequence,
            segment: segment::path(&self.directory, to_sequence),
            offset: 0,
            reason: Reason::Missing,
        };
        if let Some(segment) = &mut self.segment {
            let damaged = segment.offset < segment.used_end()?;
            if damaged {
                gap = segment.gap(self.expected..to_sequence);
            }
        }
        self.expected = to_sequence;
        Ok(gap)
    }

    /// The segment after the present one, if there is.
    fn next_segment(&self) -> Result<Option<u64>, Error> {
        let segments = segment::list(&self.directory)?;
        let present = self.segment.as_ref().map(|segment| segment.first_sequence);
        // `None` is less than any `Some`: where there is no present segment, the first is next.
        Ok(segments.into_iter().find(|first| present < Some(*first)))
    }

    /// Steps over what cannot be read, to the next frame of this segment or else to `next`.
    fn skip(&mut self, next: Option<u64>, bound: u64) -> Result<Step, Error> {
        let limit = next.filter(|next| self.expected < *next).unwrap_or(u64::MAX);
        if let Some(segment) = &mut self.segment
            && let Some((offset, found)) = segment.scan(self.expected..limit)?
        {
            let to_sequence = found.min(bound);
            let gap = segment.gap(self.expected..to_sequence);
            segment.offset = offset;
            self.expected = to_sequence;
            return Ok(Step::Gap(gap));
        }
        let Some(next) = next else {
            return Ok(Step::Tail);
        };
        let gap = self.skip_to(next.max(self.expected).min(bound))?;
        self.enter(next)?;
        Ok(Step::Gap(gap))
    }

    fn enter(&mut self, first_sequence: u64) -> Result<(), Error> {
        let store_id = match self.store_id {
            Some(store_id) => store_id,
            None => segment::store_id(&self.directory)?.unwrap_or_else(StoreId::random),
        };
        let path = segment::path(&self.directory, first_sequence);
        let file = SegmentFile::open(path.clone()).map_err(Error::io("open", &path))?;
        let fault = match Header::read(&file, first_sequence)? {
            Header::Valid(found) if found == store_id => None,
            Header::Valid(_) => Some(Reason::ForeignStore),
            Header::Damaged(_) => Some(Reason::DamagedHeader),
        };
        let segment = OpenSegment {
            first_sequence,
            fault,
            seed: store_id.seed(first_sequence),
            file,
            offset: SEGMENT_HEADER_BYTES as u64,
            buffer: Vec::new(),
            buffer_start: 0,
        };
        self.fault = fault.map(|reason| Gap {
            from_sequence: self.expected,
            to_sequence: self.expected,
            segment: path,
            offset: 0,
            reason,
        });
        self.store_id = Some(store_id);
        self.segment = Some(segment);
        Ok(())
    }
}

/// A segment that is being read, and how far.
pub(super) struct OpenSegment {
    pub(super) first_sequence: u64,
    /// What is wrong with its header.
    pub(super) fault: Option<Reason>,
    seed: Seed,
    file: SegmentFile,
    /// Where the next frame should start.
    pub(super) offset: u64,
    buffer: Vec<u8>,
    buffer_start: u64,
}

impl OpenSegment {
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Returns once what was read of it is on disk, and not only in the system's memory.
    pub(super) fn sync(&self) -> Result<(), Error> {
        self.file.sync().map_err(Error::io("sync", self.path()))
    }

    /// Everything from the present offset to the last byte that is not zero.
    pub(super) fn bytes_to_end(&mut self) -> Result<Vec<u8>, Error> {
        let length = usize::try_from(self.used_end()? - self.offset).expect("a segment fits memory");
        self.bytes_at(self.offset, length).map(<[u8]>::to_vec)
    }

    /// What the block of the present offset holds before it.
    pub(super) fn begun_block(&mut self) -> Result<&[u8], Error> {
        let start = segment::block_start(self.offset);
        let length = usize::try_from(self.offset - start).expect("a block fits memory");
        self.bytes_at(start, length)
    }

    /// The end of the last byte that is not zero, or the present offset.
    pub(super) fn used_end(&mut self) -> Result<u64, Error> {
        let mut end = self.offset;
        while let Some(used) = self.next_used(end)? {
            end = used + 1;
        }
        Ok(end)
    }

    /// The gap of `sequences` at the present offset.
    pub(super) fn gap(&self, sequences: Range<u64>) -> Gap {
        Gap {
            from_sequence: sequences.start,
            to_sequence: sequences.end,
            segment: self.file.path().to_owned(),
            offset: self.offset,
            reason: self.fault.unwrap_or(Reason::DamagedFrame),
        }
    }

    /// The valid record whose frame starts at `offset`.
    fn record_at(&mut self, offset: u64) -> Result<Option<Record>, Error> {
        let seed = self.seed;
        let Some(header) = self.frame_header_at(offset)? else {
            return Ok(None);
        };
        let frame = self.bytes_at(offset, header.frame_bytes())?;
        Ok(header.check(frame, seed))
    }

    fn frame_header_at(&mut self, offset: u64) -> Result<Option<FrameHeader>, Error> {
        let bytes = self.bytes_at(offset, FRAME_HEADER_BYTES)?;
        Ok(FrameHeader::decode(bytes))
    }

    /// Looks for the next valid frame with one of `sequences`: its offset and sequence.
    ///
    /// Tries every byte, since a damaged length hides where the next frame starts. Chance finds
    /// nothing: a frame must have a fitting sequence and then pass its checksum.
    fn scan(&mut self, sequences: Range<u64>) -> Result<Option<(u64, u64)>, Error> {
        let mut untried = self.offset;
        while let Some(used) = self.next_used(untried)? {
            // A frame may begin with zeros, but its header is not zeros only.
            let first = untried.max(used.saturating_sub(FRAME_HEADER_BYTES as u64));
            for offset in first..=used {
                if let Some(header) = self.frame_header_at(offset)?
                    && sequences.contains(&header.sequence)
                    && self.record_at(offset)?.is_some()
                {
                    return Ok(Some((offset, header.sequence)));
                }
            }
            untried = used + 1;
        }
        Ok(None)
    }

    /// Where the first byte that is not zero lies, at or behind `offset`.
    fn next_used(&mut self, mut offset: u64) -> Result<Option<u64>, Error> {
        loop {
            self.bytes_at(offset, 1)?;
            let skipped = usize::try_from(offset - self.buffer_start).expect("inside the buffer");
            let bytes = &self.buffer[skipped..];
            if bytes.is_empty() {
                return Ok(None);
            }
            if let Some(used) = bytes.iter().position(|byte| *byte != 0) {
                return Ok(Some(offset + used as u64));
            }
            offset += bytes.len() as u64;
        }
    }

    /// The `length` bytes from `offset`, or fewer where the file ends.
    fn bytes_at(&mut self, offset: u64, length: usize) -> Result<&[u8], Error> {
        let buffered = self.buffer_start..=self.buffer_start + self.buffer.len() as u64;
        if !(buffered.contains(&offset) && buffered.contains(&(offset + length as u64))) {
            self.buffer_start = offset;
            self.file
                .read_at(offset, length.max(READ_BYTES), &mut self.buffer)
                .map_err(Error::io("read", self.file.path()))?;
        }
        let start = usize::try_from(offset - self.buffer_start).expect("inside the buffer");
        let end = self.buffer.len().min(start + length);
        Ok(&self.buffer[start..end])
    }
}
