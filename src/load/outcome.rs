//! What one reading of the journal came to, event by event.

use std::collections::BTreeMap;
use std::ops::Range;

use super::ledger::Ledger;
use crate::domain::encoding;
use crate::domain::event::{Batch, Event};
use crate::domain::id::{EventId, SiteId};
use crate::domain::time::Timestamp;
use crate::journal;
use crate::store::{FailedEvent, TotalsBySite};

/// What one reading of the journal came to.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) loaded: u64,
    pub(super) duplicate: u64,
    pub(super) conflict: u64,
    pub(super) failed: u64,
    /// Marked as seen; taken back if the store refuses the batch.
    pub(super) marked: Vec<(SiteId, EventId)>,
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

/// What came with records that decode, and does not.
#[derive(Default)]
pub(super) struct Unread {
    pub(super) failed: Vec<FailedEvent>,
    /// Sequences of events that are gone.
    pub(super) gaps: Vec<Range<u64>>,
}

impl Unread {
    /// What lies below `sequence`.
    pub(super) fn split_before(&mut self, sequence: u64) -> Self {
        let failed = self.failed.extract_if(.., |failed| failed.sequence < sequence).collect();
        let gaps = self.gaps.extract_if(.., |gap| gap.start < sequence).collect();
        Self { failed, gaps }
    }

    /// Says that its events were accepted, in `outcome`.
    pub(super) fn say(&self, start: u64, outcome: &mut Outcome) {
        for failed in &self.failed {
            outcome.say_accepted(Ledger::UNKNOWN, failed.sequence, u64::from(failed.events), start);
        }
        for gap in &self.gaps {
            let events = gap.end - gap.start;
            outcome.say_accepted(Ledger::UNKNOWN, gap.start, events, start);
            outcome.said.entry(Ledger::UNKNOWN).or_default().missing += events;
        }
        outcome.failed = self.failed.len() as u64;
    }
}

pub(super) fn undecodable(record: &journal::Record, received_at: Timestamp) -> FailedEvent {
    FailedEvent {
        site: SiteId(0),
        sequence: record.sequence,
        event_id: None,
        reason: "not_decodable".into(),
        payload: record.payload.to_vec(),
        received_at,
        events: record.count.get(),
    }
}

/// The second event of an id, kept so that nothing that was acknowledged is gone.
pub(super) fn conflicting(batch: &Batch, event: &Event, sequence: u64) -> FailedEvent {
    let alone = Batch { events: vec![event.clone()], ..batch.clone() };
    FailedEvent {
        site: batch.site,
        sequence,
        event_id: Some(event.id),
        reason: "same_id_other_content".into(),
        payload: encoding::encode(&alone),
        received_at: batch.received_at,
        events: 1,
    }
}
