//! What goes into a round of the archive: events from the journal, as far as the store has them as rows.

use std::collections::BTreeMap;
use std::ops::Range;

use super::archive_error::ArchiveError;
use crate::domain::encoding;
use crate::domain::event::Batch;
use crate::domain::id::SiteId;
use crate::journal::Read;
use crate::store::archive::{RoundWriter, SiteDay};
use crate::store::{self, Snapshot};

/// Failed events that are gathered at once: each may be as long as a record.
const FAILED_AT_ONCE_MAX: usize = 16;

/// Adds the failed events of the range, a few at a time.
pub(super) fn append_failed(
    snapshot: &Snapshot,
    range: &Range<u64>,
    writer: &mut RoundWriter<'_>,
) -> Result<(), store::Error> {
    let mut few = Vec::new();
    let mut refused = None;
    snapshot.failed_events(range, |failed| {
        few.push(failed);
        if few.len() == FAILED_AT_ONCE_MAX {
            refused = refused.take().or(writer.append_failed(&few).err());
            few.clear();
        }
    })?;
    refused.map_or_else(|| writer.append_failed(&few), Err)
}

/// The batches of what was read, each with the sequence of its first event.
pub(super) fn batches_of(read: Vec<Read>) -> Vec<(u64, Batch)> {
    let records = read.into_iter().filter_map(|read| match read {
        Read::Record(record) => Some(record),
        Read::Gap(_) => None,
    });
    // A record that does not decode is among the failed events.
    let decoded = records.filter_map(|record| {
        let batch = encoding::decode(record.kind, &record.payload).ok()?;
        Some((record.sequence, batch))
    });
    decoded.collect()
}

/// Counts what was taken out of these batches again.
pub(super) fn count_blanks(batches: &[(u64, Batch)], range: &Range<u64>, blanks: &mut BTreeMap<SiteId, u64>) {
    for (first, batch) in batches {
        let events = (*first..).zip(&batch.events);
        let blank = events.filter(|(sequence, event)| range.contains(sequence) && event.is_blank()).count() as u64;
        if 0 < blank {
            *blanks.entry(batch.site).or_default() += blank;
        }
    }
}

/// Adds the events of these batches that are rows in the store.
pub(super) fn append_stored(
    batches: &[(u64, Batch)],
    stored: &[u64],
    range: &Range<u64>,
    writer: &mut RoundWriter<'_>,
) -> Result<(), store::Error> {
    let events = batches.iter().flat_map(|(first, batch)| {
        let events = (*first..).zip(&batch.events).map(move |(sequence, event)| (sequence, batch, event));
        events.filter(move |(sequence, ..)| range.contains(sequence) && stored.binary_search(sequence).is_ok())
    });
    writer.append(events)
}

/// The stored sequences inside `range`.
pub(super) fn between<'s>(stored: &'s [u64], range: &Range<u64>) -> &'s [u64] {
    let start = stored.partition_point(|sequence| *sequence < range.start);
    let end = stored.partition_point(|sequence| *sequence < range.end);
    &stored[start..end]
}

pub(super) fn compare(
    range: &Range<u64>,
    stored: &BTreeMap<SiteDay, u64>,
    gathered: &BTreeMap<SiteDay, u64>,
) -> Result<(), ArchiveError> {
    let count = |counts: &BTreeMap<SiteDay, u64>, site_day| counts.get(&site_day).copied().unwrap_or(0);
    for &site_day in stored.keys().chain(gathered.keys()) {
        let (stored, gathered) = (count(stored, site_day), count(gathered, site_day));
        if stored != gathered {
            return Err(ArchiveError::Disagree { range: range.clone(), site_day, stored, gathered });
        }
    }
    Ok(())
}
