//! What the refined searches look through and find, of one held value.

use super::breaks::End;
use super::outcome::Filled;
use super::row::StepRow;

/// A row that may fill steps. Where rows have their breakdown, it has the first row of its event, which holds that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) place: i64,
    pub(super) row: StepRow,
}

/// The attempt that counts of those that carry one held value.
#[derive(Debug)]
pub(super) struct Found {
    /// Ascending steps; in the place of breakdowns the first rows of their events.
    pub(super) filled: Vec<Filled>,
    /// How the attempts at its depth ended.
    pub(super) end: End,
}
