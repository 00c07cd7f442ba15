//! What one reading of the ground came to, event by event.

use std::collections::BTreeMap;

use super::ledger::Ledger;
use super::progress::Progress;
use crate::domain::encoding;
use crate::domain::event::{Batch, Event};
use crate::domain::id::SiteId;
use crate::domain::time::Timestamp;
use crate::journal;
use crate::store::{FailedEvent, TotalsBySite};

/// Why an event failed.
pub(super) const SAME_ID: &str = "same_id_other_content";
/// See [`SAME_ID`].
pub(super) const REFUSED: &str = "refused_by_store";

/// Never an encoding's number.
const NO_ENCODING: u8 = 0;

/// What one batch came to. The first five leave out what was counted before the store was opened again.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) loaded: u64,
    pub(super) duplicate: u64,
    pub(super) conflict: u64,
    pub(super) failed: u64,
    pub(super) missing: u64,
    /// What the store is told of it.
    pub(super) said: TotalsBySite,
    /// Accepted events in records from before the start.
    pub(super) before_start: BTreeMap<SiteId, u64>,
}

impl Outcome {
    pub(super) fn say_accepted(&mut self, site: SiteId, sequence: u64, events: u64, start: u64) {
        self.said.entry(site).or_default().accepted += events;
        if sequence < start {
            *self.before_start.entry(site).or_default() += events;
        }
    }
}

/// What comes beside records that decode.
#[derive(Default)]
pub(super) struct Unread {
    pub(super) failed: Vec<FailedEvent>,
    pub(super) absent: Vec<Absent>,
    pub(super) taken_out: Vec<TakenOut>,
}

/// Accepted events that are in nothing that was read.
pub(super) struct Absent {
    /// The lowest that they can have.
    pub(super) sequence: u64,
    /// So many are gone.
    pub(super) missing: u64,
    /// So many were there already when they came: the archive does not keep those.
    pub(super) duplicate: u64,
}

/// Accepted events of a site that the archive held and was told to let go.
pub(super) struct TakenOut {
    /// The lowest that they can have.
    pub(super) sequence: u64,
    pub(super) site: SiteId,
    pub(super) events: u64,
}

impl Unread {
    /// What lies below `sequence`.
    pub(super) fn split_before(&mut self, sequence: u64) -> Self {
        let failed = self.failed.extract_if(.., |failed| failed.sequence < sequence).collect();
        let absent = self.absent.extract_if(.., |absent| absent.sequence < sequence).collect();
        let taken_out = self.taken_out.extract_if(.., |taken_out| taken_out.sequence < sequence).collect();
        Self { failed, absent, taken_out }
    }

    /// Says that its events were accepted, in `outcome`.
    pub(super) fn say(&self, start: u64, progress: &Progress, outcome: &mut Outcome) {
        for failed in &self.failed {
            let events = u64::from(failed.events);
            outcome.say_accepted(failed.site, failed.sequence, events, start);
            outcome.failed += if progress.is_new(failed.sequence) { events } else { 0 };
        }
        for TakenOut { sequence, site, events } in &self.taken_out {
            outcome.say_accepted(*site, *sequence, *events, start);
            outcome.said.entry(*site).or_default().removed += events;
        }
        for Absent { sequence, missing, duplicate } in &self.absent {
            outcome.say_accepted(Ledger::UNKNOWN, *sequence, missing + duplicate, start);
            let said = outcome.said.entry(Ledger::UNKNOWN).or_default();
            said.missing += missing;
            said.duplicate += duplicate;
            if progress.is_new(*sequence) {
                outcome.missing += missing;
                outcome.duplicate += duplicate;
            }
        }
    }
}

pub(super) fn undecodable(record: &journal::Record) -> FailedEvent {
    FailedEvent {
        site: Ledger::UNKNOWN,
        sequence: record.sequence,
        event_id: None,
        reason: "not_decodable".into(),
        payload: record.payload.to_vec(),
        received_at: Timestamp::from_ms(record.received_at_ms),
        events: record.count.get(),
        // One that decodes, but holds other events than it says, is not to be decoded when it is tried again.
        kind: if encoding::decode(record.kind, &record.payload).is_ok() { NO_ENCODING } else { record.kind },
    }
}

/// An event that failed by itself, kept so that nothing that was acknowledged is gone.
pub(super) fn failed_alone(batch: &Batch, event: &Event, sequence: u64, reason: &'static str) -> FailedEvent {
    let alone = Batch { events: vec![event.clone()], ..batch.clone() };
    FailedEvent {
        site: batch.site,
        sequence,
        event_id: Some(event.id),
        reason: reason.into(),
        payload: encoding::encode(&alone),
        received_at: batch.received_at,
        events: 1,
        kind: encoding::VERSION,
    }
}
