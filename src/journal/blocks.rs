//! The end of a segment in memory, laid out so that the disk takes it without a copy.
//!
//! Segments are written past the system's cache: a write costs about half of the CPU time, and a disk that fails says
//! so to the very write that failed, not later and to whoever happens to sync. Such writes begin and end where the
//! disk's blocks do, in memory too; so the last block is written again with each batch until it is full.

/// The unit of writing: a multiple of every usual disk's block.
pub(super) const BLOCK_BYTES: usize = 4 << 10;

/// Bytes from the beginning of a block on, the last of which are new.
#[derive(Debug)]
pub(super) struct Blocks {
    bytes: Vec<u8>,
    /// Where in `bytes` the first block begins: where one begins in memory.
    begin: usize,
}

impl Blocks {
    /// Blocks that begin with `tail`, which is on disk already.
    pub(super) fn new(tail: &[u8]) -> Self {
        let mut blocks = Self { bytes: Vec::new(), begin: 0 };
        blocks.reserve(tail.len());
        blocks.bytes.extend_from_slice(tail);
        blocks
    }

    /// So many zeros.
    pub(super) fn zeros(bytes: usize) -> Self {
        let mut blocks = Self::new(&[]);
        blocks.reserve(bytes);
        blocks.bytes.resize(blocks.begin + bytes, 0);
        blocks
    }

    /// Makes room for `more` bytes, which are then to be appended to the vector that it gives.
    pub(super) fn reserve(&mut self, more: usize) -> &mut Vec<u8> {
        let needed = self.bytes.len() + more + BLOCK_BYTES;
        if self.bytes.capacity() < needed {
            let mut moved: Vec<u8> = Vec::with_capacity(needed + BLOCK_BYTES);
            let begin = moved.as_ptr().addr().wrapping_neg() % BLOCK_BYTES;
            moved.resize(begin, 0);
            moved.extend_from_slice(&self.bytes[self.begin..]);
            *self = Self { bytes: moved, begin };
        }
        &mut self.bytes
    }

    /// Everything, with zeros up to the end of the last block.
    pub(super) fn padded(&mut self) -> &[u8] {
        let end = self.begin + (self.bytes.len() - self.begin).next_multiple_of(BLOCK_BYTES);
        self.bytes.resize(end, 0);
        &self.bytes[self.begin..]
    }

    /// Keeps the last block only, of which the first `kept` bytes are used: the rest need not be written again.
    pub(super) fn settle(&mut self, kept: usize) {
        let last = self.bytes.len() - BLOCK_BYTES.min(self.bytes.len() - self.begin);
        self.bytes.copy_within(last..last + kept, self.begin);
        self.bytes.truncate(self.begin + kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_begin_and_end_where_the_disks_do_and_hold_what_was_appended() {
        let mut blocks = Blocks::new(b"tail");
        let mut file = b"tail".to_vec();
        let mut written = 0;
        for length in [0, 1, 4_091, 1, 4_096, 9_000, 3, 70_000, 5, 4_000_000, 17] {
            let new: Vec<u8> = (0..length).map(|at| (at % 251) as u8 + 1).collect();
            blocks.reserve(length).extend_from_slice(&new);
            file.extend_from_slice(&new);
            let padded = blocks.padded();
            assert_eq!(padded.as_ptr().addr() % BLOCK_BYTES, 0);
            assert_eq!(padded.len() % BLOCK_BYTES, 0);
            let (used, zeros) = padded.split_at(file.len() - written);
            assert_eq!(used, &file[written..]);
            assert!(zeros.len() < BLOCK_BYTES && zeros.iter().all(|byte| *byte == 0));
            let kept = file.len() % BLOCK_BYTES;
            blocks.settle(kept);
            written = file.len() - kept;
        }
    }
}
