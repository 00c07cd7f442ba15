//! What lies between a record and the store: read, and made into rows.

use super::outcome::Outcome;
use crate::domain::event::{Batch, Event};
use crate::domain::id::{EventId, SiteId};
use crate::store::{FailedEvent, Row};

/// A record, decoded.
pub(super) struct Decoded {
    pub(super) sequence: u64,
    pub(super) batch: Batch,
}

/// What the events of some records become.
#[derive(Default)]
pub(super) struct Made<'a> {
    pub(super) rows: Vec<Row<'a>>,
    pub(super) failed: Vec<FailedEvent>,
    /// Ids that were stored by an earlier opening, whose content is not in memory.
    pub(super) again: Vec<Again<'a>>,
    /// Marked as seen; taken back if the store refuses the batch.
    pub(super) marked: Vec<(SiteId, EventId)>,
    pub(super) outcome: Outcome,
}

/// An event whose id was stored by an earlier opening.
pub(super) struct Again<'a> {
    pub(super) batch: &'a Batch,
    pub(super) event: &'a Event,
    pub(super) sequence: u64,
}
