//! Segments: their names, their headers, and which of them a journal has.
//!
//! A header has 40 bytes; numbers are little-endian:
//!
//! ```text
//! "STYKJRNL" · version u32 · store id 16 bytes · first sequence u64 · crc32c u32
//! ```
//!
//! Frames start right behind it. The name says the first sequence too, so frames can be checked
//! even where the header is damaged.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::Error;
use super::blocks::{BLOCK_BYTES, Blocks};
use super::file::{self, SegmentFile};
use super::record::Seed;

/// The format that this program writes.
const VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"STYKJRNL";

/// Where the first frame starts.
pub(super) const SEGMENT_HEADER_BYTES: usize = 40;

const NAME_ENDING: &str = ".journal";

/// Tells the segments of one journal from those of another. Made at the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StoreId([u8; 16]);

impl StoreId {
    pub(super) fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system has random bytes");
        Self(bytes)
    }

    /// Where checksums start in the segment of this store that begins with `first_sequence`.
    pub(super) fn seed(&self, first_sequence: u64) -> Seed {
        let seed = crc32c::crc32c(&self.0);
        Seed(crc32c::crc32c_append(seed, &first_sequence.to_le_bytes()))
    }
}

/// What the first bytes of a segment say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// Whole, and of the format we know.
    Valid(StoreId),
    /// Not what was written. The store id may be right all the same.
    Damaged(StoreId),
}

impl Header {
    fn encode(store_id: StoreId, first_sequence: u64) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&store_id.0);
        bytes.extend_from_slice(&first_sequence.to_le_bytes());
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    /// Reads the first bytes of the segment that is named after `first_sequence`.
    ///
    /// The error is the version of a header that is whole, but not of the format we know.
    fn decode(bytes: &[u8], first_sequence: u64) -> Result<Self, u32> {
        let mut padded = [0; SEGMENT_HEADER_BYTES];
        let length = bytes.len().min(SEGMENT_HEADER_BYTES);
        padded[..length].copy_from_slice(&bytes[..length]);

        let (checked, checksum) = padded.split_at(SEGMENT_HEADER_BYTES - 4);
        let version = u32::from_le_bytes(padded[8..12].try_into().expect("4 bytes"));
        let store_id = StoreId(padded[12..28].try_into().expect("16 bytes"));
        let whole = padded.starts_with(MAGIC) && crc32c::crc32c(checked).to_le_bytes() == checksum;
        if whole && version != VERSION {
            return Err(version);
        }
        let named_right = padded[28..36] == first_sequence.to_le_bytes();
        Ok(if whole && named_right { Self::Valid(store_id) } else { Self::Damaged(store_id) })
    }

    /// Reads the header of `file`, the segment that is named after `first_sequence`.
    pub(super) fn read(file: &SegmentFile, first_sequence: u64) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        file.read_at(0, SEGMENT_HEADER_BYTES, &mut bytes).map_err(Error::io("read", file.path()))?;
        Self::decode(&bytes, first_sequence)
            .map_err(|version| Error::UnknownVersion { path: file.path().to_owned(), version })
    }
}

/// The file of the segment that begins with `first_sequence`.
pub(super) fn path(directory: &Path, first_sequence: u64) -> PathBuf {
    directory.join(format!("{first_sequence:020}{NAME_ENDING}"))
}

/// The header of the segment that begins with `first_sequence`.
pub(super) fn header_of(store_id: StoreId, first_sequence: u64) -> Vec<u8> {
    Header::encode(store_id, first_sequence)
}

/// Creates an empty segment of `length` bytes, synced and under its name: its end, ready to be written.
pub(super) fn create(directory: &Path, store_id: StoreId, first_sequence: u64, length: u64) -> io::Result<OpenEnd> {
    let (path, header) = (path(directory, first_sequence), header_of(store_id, first_sequence));
    drop(SegmentFile::create(&path, &header, length)?);
    let file = SegmentFile::open_to_write(path)?;
    Ok(OpenEnd::new(file, first_sequence, header.len() as u64, &header))
}

/// The end of a segment, ready to be written.
pub(super) struct OpenEnd {
    pub(super) file: SegmentFile,
    pub(super) first_sequence: u64,
    pub(super) offset: u64,
    /// Up to here the file holds zeros that were written, and not only reserved; where a block begins.
    pub(super) zeros_end: u64,
    /// From the block of `offset` on.
    pub(super) blocks: Blocks,
}

impl OpenEnd {
    /// `tail` is what the block of `offset` holds before it.
    pub(super) fn new(file: SegmentFile, first_sequence: u64, offset: u64, tail: &[u8]) -> Self {
        // The block that is begun was written as a whole.
        let zeros_end = offset.next_multiple_of(BLOCK_BYTES as u64);
        Self { file, first_sequence, offset, zeros_end, blocks: Blocks::new(tail) }
    }

    /// Where the block of the next byte begins.
    pub(super) fn block_start(&self) -> u64 {
        block_start(self.offset)
    }
}

/// Where the block that holds the byte at `offset` begins.
pub(super) fn block_start(offset: u64) -> u64 {
    offset - offset % BLOCK_BYTES as u64
}

/// First sequences of the segments in `directory`, lowest first.
pub(super) fn list(directory: &Path) -> Result<Vec<u64>, Error> {
    let names = file::file_names(directory).map_err(Error::io("list", directory))?;
    let first_sequence = |name: &String| -> Option<u64> {
        let digits = name.strip_suffix(NAME_ENDING)?;
        let written_by_us = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
        written_by_us.then(|| digits.parse().ok())?
    };
    Ok(names.iter().filter_map(first_sequence).collect())
}

/// The store id that most whole headers in `directory` bear, or `None` where there is no segment.
///
/// A vote, because a single file that strayed in must not make strangers of all the others.
pub(super) fn store_id(directory: &Path) -> Result<Option<StoreId>, Error> {
    let mut votes: Vec<(StoreId, usize)> = Vec::new();
    let mut last_resort = None;
    for first_sequence in list(directory)? {
        let path = path(directory, first_sequence);
        let file = SegmentFile::open(path.clone()).map_err(Error::io("open", &path))?;
        match Header::read(&file, first_sequence)? {
            Header::Valid(found) => match votes.iter_mut().find(|(id, _)| *id == found) {
                Some((_, count)) => *count += 1,
                None => votes.push((found, 1)),
            },
            Header::Damaged(found) => last_resort = Some(found),
        }
    }
    // The lowest segment wins a tie; `max_by_key` would give it to the highest.
    let elected = votes.iter().rev().max_by_key(|(_, count)| *count);
    Ok(elected.map(|(id, _)| *id).or(last_resort))
}

/// First sequences of the segments in `directory`, lowest first; none when there is no such directory.
pub fn segment_starts(directory: &Path) -> Result<Vec<u64>, Error> {
    if file::exists(directory) { list(directory) } else { Ok(Vec::new()) }
}

/// Deletes the segments of which all records lie below `sequence`; never the last one.
///
/// Returns how many. Those that hold a part of `damaged` are set aside under another name instead, for whoever may
/// want to look at them. A [`Reader`](super::Reader) that is inside one reads it to its end.
pub fn remove_before(directory: &Path, sequence: u64, damaged: &[Range<u64>]) -> Result<usize, Error> {
    let segments = list(directory)?;
    let mut removed = 0;
    // What the next segment begins with bounds what a segment holds.
    for pair in segments.windows(2).take_while(|pair| pair[1] <= sequence) {
        let path = path(directory, pair[0]);
        if damaged.iter().any(|range| range.start < pair[1] && pair[0] < range.end) {
            file::set_aside(&path).map_err(Error::io("set aside", &path))?;
        } else {
            file::remove(&path).map_err(Error::io("remove", &path))?;
        }
        removed += 1;
    }
    if 0 < removed {
        file::sync_directory(directory).map_err(Error::io("sync", directory))?;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_any_bit_flipped_is_damaged() {
        let store_id = StoreId::random();
        let header = Header::encode(store_id, 9);
        assert_eq!(header.len(), SEGMENT_HEADER_BYTES);
        assert_eq!(Header::decode(&header, 9), Ok(Header::Valid(store_id)));
        for bit in 0..header.len() * 8 {
            let mut flipped = header.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let found = Header::decode(&flipped, 9);
            assert!(matches!(found, Ok(Header::Damaged(_))), "bit {bit}: {found:?}");
        }
    }

    #[test]
    fn a_renamed_segment_and_a_short_one_are_damaged() {
        let store_id = StoreId::random();
        let header = Header::encode(store_id, 9);
        assert_eq!(Header::decode(&header, 8), Ok(Header::Damaged(store_id)));
        assert!(matches!(Header::decode(&header[..20], 9), Ok(Header::Damaged(_))));
    }

    #[test]
    fn a_header_of_a_later_version_is_named_so() {
        let mut header = Header::encode(StoreId::random(), 9);
        header[8] = 2;
        let checksum = crc32c::crc32c(&header[..36]);
        header[36..].copy_from_slice(&checksum.to_le_bytes());
        assert_eq!(Header::decode(&header, 9), Err(2));
    }
}
