//! Records, and the bytes they become.
//!
//! A frame is a header of 30 bytes and the payload; numbers are little-endian:
//!
//! ```text
//! length u32 · kind u8 · flags u8 (0) · count u32 · sequence u64 · received_at_ms i64 · crc32c u32
//! ```
//!
//! The checksum covers the rest of the header and the payload, and starts from the segment's
//! [`Seed`], so that a frame that strayed in from elsewhere does not pass. A valid count is at
//! least 1, so zeros are never a frame: they mark what is not yet written.

use std::num::NonZeroU32;

use bytes::Bytes;

/// The longest payload of one record, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 4 << 20;

/// The bytes of a frame before its payload.
pub(super) const FRAME_HEADER_BYTES: usize = 30;

/// The header without its last field, the checksum.
const CHECKED_BYTES: usize = FRAME_HEADER_BYTES - 4;

/// What a caller asks the journal to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRecord<'a> {
    /// What the payload is, in the caller's words.
    pub kind: u8,
    /// Whose the payload is, in the caller's words: counted by [`Writer::appended`](super::Writer::appended), not kept.
    pub stream: u32,
    /// Events in the payload; the record takes this many sequences.
    pub count: NonZeroU32,
    /// When the payload came in, in milliseconds since 1970.
    pub received_at_ms: i64,
    /// At most [`PAYLOAD_BYTES_MAX`] bytes, kept as they are.
    pub payload: &'a [u8],
}

/// A record as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Of its first event.
    pub sequence: u64,
    pub count: NonZeroU32,
    pub kind: u8,
    pub received_at_ms: i64,
    pub payload: Bytes,
}

impl Record {
    /// The sequence of the record that follows.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.sequence + u64::from(self.count.get())
    }
}

/// Names a record for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The sequence of the record's first event.
    pub sequence: u64,
}

/// Where checksums start, different in every segment of every store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed(pub(super) u32);

/// A frame's header, read but not yet checked against its payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameHeader {
    pub(super) length: usize,
    pub(super) kind: u8,
    pub(super) count: NonZeroU32,
    pub(super) sequence: u64,
    pub(super) received_at_ms: i64,
    checksum: u32,
}

impl FrameHeader {
    /// Reads a header, or `None` where these bytes cannot be one.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (length, bytes) = bytes.split_first_chunk()?;
        let (&[kind, flags], bytes) = bytes.split_first_chunk()?;
        let (count, bytes) = bytes.split_first_chunk()?;
        let (sequence, bytes) = bytes.split_first_chunk()?;
        let (received_at_ms, bytes) = bytes.split_first_chunk()?;
        let (checksum, _) = bytes.split_first_chunk()?;

        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let count = NonZeroU32::new(u32::from_le_bytes(*count))?;
        let sequence = u64::from_le_bytes(*sequence);
        sequence.checked_add(u64::from(count.get()))?;
        let possible = flags == 0 && length <= PAYLOAD_BYTES_MAX;
        possible.then_some(Self {
            length,
            kind,
            count,
            sequence,
            received_at_ms: i64::from_le_bytes(*received_at_ms),
            checksum: u32::from_le_bytes(*checksum),
        })
    }

    /// Header and payload together, in bytes.
    pub(super) fn frame_bytes(&self) -> usize {
        FRAME_HEADER_BYTES + self.length
    }

    /// Makes the record, if `frame` is whole and its checksum agrees.
    pub(super) fn check(&self, frame: &[u8], seed: Seed) -> Option<Record> {
        let (header, payload) = frame.split_at_checked(FRAME_HEADER_BYTES)?;
        let whole = payload.len() == self.length && checksum(header, payload, seed) == self.checksum;
        whole.then(|| Record {
            sequence: self.sequence,
            count: self.count,
            kind: self.kind,
            received_at_ms: self.received_at_ms,
            payload: Bytes::copy_from_slice(payload),
        })
    }
}

/// The bytes that the frame of `record` takes.
pub(super) fn frame_bytes(record: &NewRecord<'_>) -> u64 {
    (FRAME_HEADER_BYTES + record.payload.len()) as u64
}

/// Appends the frame of `record` to `buffer`.
pub(super) fn encode(record: &NewRecord<'_>, sequence: u64, seed: Seed, buffer: &mut Vec<u8>) {
    let length = u32::try_from(record.payload.len()).expect("the queue refuses longer payloads");
    let start = buffer.len();
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&[record.kind, 0]);
    buffer.extend_from_slice(&record.count.get().to_le_bytes());
    buffer.extend_from_slice(&sequence.to_le_bytes());
    buffer.extend_from_slice(&record.received_at_ms.to_le_bytes());
    let checksum = checksum(&buffer[start..], record.payload, seed);
    buffer.extend_from_slice(&checksum.to_le_bytes());
    buffer.extend_from_slice(record.payload);
}

fn checksum(header: &[u8], payload: &[u8], seed: Seed) -> u32 {
    let checked = crc32c::crc32c_append(seed.0, &header[..CHECKED_BYTES]);
    crc32c::crc32c_append(checked, payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: Seed = Seed(7);

    fn frame(payload: &'static [u8]) -> Vec<u8> {
        let record = NewRecord { kind: 3, stream: 0, count: NonZeroU32::MIN, received_at_ms: -5, payload };
        let mut buffer = Vec::new();
        encode(&record, 42, SEED, &mut buffer);
        buffer
    }

    fn read(frame: &[u8], seed: Seed) -> Option<Record> {
        FrameHeader::decode(frame)?.check(frame, seed)
    }

    #[test]
    fn a_frame_is_read_back_as_it_was_written() {
        let record = read(&frame(b"hello"), SEED).unwrap();
        assert_eq!(record.payload, "hello");
        assert_eq!((record.sequence, record.next_sequence()), (42, 43));
        assert_eq!((record.kind, record.received_at_ms), (3, -5));
    }

    #[test]
    fn a_frame_with_any_bit_flipped_is_refused() {
        let frame = frame(b"hello");
        for bit in 0..frame.len() * 8 {
            let mut flipped = frame.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&flipped, SEED), None, "bit {bit}");
        }
    }

    #[test]
    fn a_frame_of_another_segment_is_refused() {
        assert_eq!(read(&frame(b"hello"), Seed(8)), None);
    }

    #[test]
    fn zeros_are_no_frame() {
        assert!(FrameHeader::decode(&[0; FRAME_HEADER_BYTES]).is_none());
    }
}
