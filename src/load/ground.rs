//! Where events come from, in order: everything that was accepted. The archive first, then the journal.

use super::made::Decoded;
use super::outcome::{Absent, TakenOut, Unread, undecodable};
use super::{Options, Stop};
use crate::domain::encoding;
use crate::domain::event::Batch;
use crate::domain::time::Timestamp;
use crate::journal::{Gap, Read, Reader, Record};
use crate::store::archive::Part;

/// How much is read at once, in bytes.
const READ_BYTES_MAX: usize = 4 << 20;

/// Reads what was accepted from one sequence on, and follows it as it grows.
pub(super) struct Ground {
    journal: Reader,
}

/// Some of it, in order.
pub(super) struct Piece {
    pub(super) decoded: Vec<Decoded>,
    pub(super) unread: Unread,
    /// The first sequence behind it.
    pub(super) next_sequence: u64,
    pub(super) received_through: Timestamp,
}

impl Ground {
    /// Starts at the record that holds `from_sequence`.
    pub(super) fn open(options: &Options, from_sequence: u64) -> Result<Self, Stop> {
        let journal = Reader::open(&options.journal_directory, from_sequence).map_err(Stop::Journal)?;
        Ok(Self { journal })
    }

    /// What comes next from `from_sequence` to below `up_to_sequence`, a few megabytes of it.
    pub(super) fn next(&mut self, from_sequence: u64, up_to_sequence: u64) -> Result<Piece, Stop> {
        let read = self.journal.next_records(up_to_sequence, READ_BYTES_MAX).map_err(Stop::Journal)?;
        let mut piece = Piece {
            decoded: Vec::with_capacity(read.len()),
            unread: Unread::default(),
            next_sequence: from_sequence,
            received_through: Timestamp::from_ms(0),
        };
        for read in read {
            match read {
                Read::Gap(gap) => piece.skip(&gap),
                Read::Record(record) => piece.add(&record),
            }
        }
        Ok(piece)
    }
}

impl Piece {
    /// The part of the archive that begins at `from_sequence`. What failed when it came is tried again.
    pub(super) fn of(part: Part, from_sequence: u64) -> Self {
        part.losses.iter().for_each(|loss| tracing::error!("{loss}"));
        let mut decoded: Vec<Decoded> =
            part.batches.into_iter().map(|(sequence, batch)| Decoded { sequence, batch }).collect();
        let mut unread = Unread::default();
        for failed in part.failed {
            match encoding::decode(failed.kind, &failed.payload) {
                Ok(batch) => decoded.push(Decoded { sequence: failed.sequence, batch }),
                Err(_) => unread.failed.push(failed),
            }
        }
        let failed: u64 = unread.failed.iter().map(|failed| u64::from(failed.events)).sum();
        let events: u64 = decoded.iter().map(|decoded| decoded.batch.events.len() as u64).sum();
        let removed: u64 = part.removed.iter().map(|removed| removed.events).sum();
        let absent = part.next_sequence.saturating_sub(from_sequence).saturating_sub(failed + events + removed);
        let duplicate = absent.saturating_sub(part.missing);
        unread.absent.push(Absent { sequence: from_sequence, missing: absent - duplicate, duplicate });
        let taken_out = part.removed.iter();
        let taken_out = taken_out.map(|of| TakenOut { sequence: from_sequence, site: of.site, events: of.events });
        unread.taken_out.extend(taken_out);
        decoded.sort_by_key(|decoded| decoded.sequence);
        let (next_sequence, received_through) = (part.next_sequence, part.received_through);
        Self { decoded, unread, next_sequence, received_through }
    }

    fn skip(&mut self, gap: &Gap) {
        let (from, to) = (gap.from_sequence, gap.to_sequence);
        tracing::error!(from, to, "events are missing: the journal is damaged");
        let from = self.next_sequence.max(from);
        self.next_sequence = self.next_sequence.max(to);
        self.unread.absent.push(Absent { sequence: from, missing: to.saturating_sub(from), duplicate: 0 });
    }

    fn add(&mut self, record: &Record) {
        self.next_sequence = record.next_sequence();
        self.received_through = self.received_through.max(Timestamp::from_ms(record.received_at_ms));
        match decode(record) {
            Some(batch) => self.decoded.push(Decoded { sequence: record.sequence, batch }),
            None => self.unread.failed.push(undecodable(record)),
        }
    }
}

/// The events of a record; `None` when it does not hold as many as it says, or none that can be read.
fn decode(record: &Record) -> Option<Batch> {
    match encoding::decode(record.kind, &record.payload) {
        Ok(batch) if batch.events.len() == record.count.get() as usize => return Some(batch),
        Ok(batch) => {
            let (says, holds) = (record.count.get(), batch.events.len());
            tracing::error!(sequence = record.sequence, says, holds, "a record holds other events than it says");
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(sequence = record.sequence, error, "a record does not decode");
        }
    }
    None
}
