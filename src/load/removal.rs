//! Taking events out again, everywhere: the store, the archive, the journal, and copies of damage that nobody reads.
//!
//! Each place is counted first, the count is written down, and only then is it changed; each change can be cut short and
//! done again. The store's file is copied without what is to go, the archive's files and the journal's segments are
//! written anew. Meanwhile nothing is loaded, and the archive's thread does not work; collecting and answering go on.
//!
//! How long it takes is how long it takes to copy the store's file and to read the archive of the site and the journal.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::due;
use super::erase::{Receipt, follow_control};
use super::{Loader, Trust, chain};
use crate::control::{self, Erasure};
use crate::domain::id::SiteId;
use crate::domain::removal::Removals;
use crate::domain::time::Timestamp;
use crate::journal::{self, Change, Read, Reader, Record, Replacement};
use crate::store::archive::Archive;
use crate::store::{self, FailedChange, Writer};

/// So much of the journal is read at once.
const READ_BYTES_MAX: usize = 4 << 20;

/// Why something is not removed yet. It is tried again.
#[derive(Debug, thiserror::Error)]
pub(super) enum RemovalError {
    #[error("the archive is being written")]
    Busy,
    #[error("the erasures could not be read or written")]
    Control(#[from] control::Error),
    #[error("the journal could not be rewritten")]
    Journal(#[from] journal::Error),
    #[error("store or archive could not be rewritten")]
    Store(#[from] store::Error),
}

impl Loader {
    /// Removes what is due. What fails is tried again in a while.
    pub(super) fn remove(&mut self, accepted: u64) {
        let removed = self.try_remove(accepted);
        match &removed {
            Ok(()) => {}
            Err(RemovalError::Busy) => tracing::debug!("a removal waits for the archive"),
            Err(error) => {
                tracing::error!(error = chain(error), "what is to be erased stays hidden, and is tried again");
            }
        }
        self.due.tried(&removed, (self.now)());
        self.due.look(&self.control, &self.progress);
    }

    fn try_remove(&mut self, accepted: u64) -> Result<(), RemovalError> {
        let options = Arc::clone(&self.options);
        let mut turn = options.turn.try_take().ok_or(RemovalError::Busy)?;
        *turn += 1;
        let next_sequence = self.follower.as_ref().map_or(0, |follower| follower.writer.next_sequence());
        for erasure in due::ready(&self.control, next_sequence)? {
            self.erase(&erasure, accepted)?;
        }
        follow_control(&self.control, &self.store)?;
        let ages = self.due.too_old(&self.control, (self.now)());
        self.remove_old(&ages, accepted)?;
        self.due.swept(&ages);
        Ok(())
    }

    fn erase(&mut self, erasure: &Erasure, accepted: u64) -> Result<(), RemovalError> {
        let mut removals = Removals::none(self.control.customer_marks());
        erasure.add_to(&mut removals);
        if erasure.asked.customer.is_some() {
            // Now that all of it is loaded; some visitors may not have been known before.
            let site = erasure.asked.site;
            let visitors = self.store.snapshot()?.visitors_of(site, |named| removals.names_customer(site, named))?;
            self.control.add_erased_visitors(erasure.id, &visitors)?;
            let before = erasure.asked.before_sequence;
            visitors.iter().for_each(|visitor| removals.add_visitor(site, *visitor, before));
        }
        let mut receipt: Receipt = serde_json::from_str(&erasure.receipt).unwrap_or_default();
        let control = self.control.clone();
        let write = |receipt: &Receipt, finished_at: Option<Timestamp>| {
            let text = serde_json::to_string(receipt).expect("plain values always encode");
            control.set_erasure_receipt(erasure.id, &text, finished_at)
        };
        self.take_out(&removals, accepted, &mut receipt, &|receipt| write(receipt, None))?;
        write(&receipt, Some((self.now)()))?;
        tracing::info!(erasure = erasure.id.0, ?receipt, "somebody was erased");
        Ok(())
    }

    fn remove_old(&mut self, ages: &BTreeMap<SiteId, Timestamp>, accepted: u64) -> Result<(), RemovalError> {
        let mut removals = Removals::none(self.control.customer_marks());
        ages.iter().for_each(|(site, before)| removals.add_age(*site, *before));
        if removals.is_empty() {
            return Ok(());
        }
        let mut receipt = Receipt::default();
        self.take_out(&removals, accepted, &mut receipt, &|_| Ok(()))?;
        if receipt != Receipt::default() {
            tracing::info!(?receipt, "events that were too old were removed");
        }
        Ok(())
    }

    fn take_out(
        &mut self,
        removals: &Removals,
        accepted: u64,
        receipt: &mut Receipt,
        note: &dyn Fn(&Receipt) -> Result<(), control::Error>,
    ) -> Result<(), RemovalError> {
        self.take_out_of_store(removals, accepted, receipt, note)?;
        let options = Arc::clone(&self.options);
        let mut archive = Archive::open(&options.archive_directory)?;
        let found = archive.find(removals)?;
        receipt.archive_events = receipt.archive_events.max(found.events);
        receipt.archive_failed_events = receipt.archive_failed_events.max(found.failed);
        receipt.archive_files = receipt.archive_files.max(found.files);
        receipt.unreadable_files = found.unreadable;
        note(receipt)?;
        if 0 < found.files {
            archive.remove(removals)?;
        } else {
            archive.remove_superseded()?;
        }
        let directory = &options.journal_directory;
        let events = count_in_journal(directory, accepted, removals)?;
        receipt.journal_events = receipt.journal_events.max(events);
        note(receipt)?;
        if 0 < events || removals.names_people() {
            let below = options.sealer.seal()?;
            let change =
                Change { concerns: &|first| concerns(removals, first), replace: &|record| strip(removals, record) };
            receipt.unreadable_files += journal::rewrite(directory, below, &change)?.unreadable as u64;
        }
        if removals.names_people() || *receipt != Receipt::default() {
            receipt.damaged_copies +=
                (journal::remove_kept_damage(directory)? + self.store.remove_quarantined()?) as u64;
        }
        Ok(note(receipt)?)
    }

    fn take_out_of_store(
        &mut self,
        removals: &Removals,
        accepted: u64,
        receipt: &mut Receipt,
        note: &dyn Fn(&Receipt) -> Result<(), control::Error>,
    ) -> Result<(), RemovalError> {
        let now = (self.now)();
        let follower = self.follower.as_mut().ok_or(store::Error::Closed)?;
        follower.writer.flush(now)?;
        let events = self.store.snapshot()?.rows_to_remove(removals)?;
        let failed = failed_changes(&follower.writer, removals)?;
        receipt.store_events = receipt.store_events.max(events);
        let failed_events = failed.iter().map(|change| change.removed).sum();
        receipt.store_failed_events = receipt.store_failed_events.max(failed_events);
        note(receipt)?;
        if events == 0 && failed.is_empty() {
            return Ok(());
        }
        follower.writer.copy_without(removals, &failed)?;
        self.close();
        let taken = self.store.take_copy();
        self.reopen(accepted, Trust::Counts);
        Ok(taken?)
    }
}

/// The failed events of which something is to go.
fn failed_changes(writer: &Writer, removals: &Removals) -> Result<Vec<FailedChange>, store::Error> {
    let mut changes = Vec::new();
    let mut from_sequence = 0;
    loop {
        let kept = writer.failed_events(from_sequence)?;
        let Some(last) = kept.last() else { return Ok(changes) };
        from_sequence = last.sequence + 1;
        let change = kept.iter().filter_map(|kept| {
            let stripped = removals.strip(kept.sequence, kept.kind, &kept.payload)?;
            let left = (0 < stripped.left).then_some((stripped.payload, stripped.kind));
            let (sequence, site, removed) = (kept.sequence, kept.site, stripped.removed);
            Some(FailedChange { sequence, site, removed, left })
        });
        changes.extend(change);
    }
}

/// Events in the journal below `accepted` that are to go.
fn count_in_journal(directory: &Path, accepted: u64, removals: &Removals) -> Result<u64, journal::Error> {
    let starts = journal::segment_starts(directory)?;
    let ends = starts.iter().skip(1).copied().chain([accepted]);
    let mut events = 0;
    for (start, end) in starts.iter().zip(ends) {
        let mut reader = Reader::open(directory, *start)?;
        // The first record alone, to see whether the segment is concerned at all.
        let mut reads = reader.next_records(end, 1)?;
        if reads.iter().any(|read| matches!(read, Read::Record(first) if !concerns(removals, first))) {
            continue;
        }
        while !reads.is_empty() {
            let records = reads.iter().filter_map(|read| match read {
                Read::Record(record) => removals.strip(record.sequence, record.kind, &record.payload),
                Read::Gap(_) => None,
            });
            events += records.map(|stripped| stripped.removed).sum::<u64>();
            reads = reader.next_records(end, READ_BYTES_MAX)?;
        }
    }
    Ok(events)
}

/// Whether a segment that begins with this record may hold something that is to go: what comes first arrived first.
fn concerns(removals: &Removals, first: &Record) -> bool {
    removals.names_people() || removals.may_be_too_old(Timestamp::from_ms(first.received_at_ms))
}

fn strip(removals: &Removals, record: &Record) -> Option<Replacement> {
    let stripped = removals.strip(record.sequence, record.kind, &record.payload)?;
    Some(Replacement { kind: stripped.kind, payload: stripped.payload.into() })
}
