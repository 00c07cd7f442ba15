//! Of the rows of order `strict`, those that can matter, as their sender counted them.
//!
//! A row matters that opens an attempt, or that follows a step: it is the next one, or ends the attempt. Whatever comes
//! after the end, up to the next event that may open one, changes nothing. Most events are such.

use super::rows::{More, Row, STEP_1};

/// Takes rows as they are kept; those of one time come in the order of their arrival.
pub(super) struct Unbroken<M> {
    unit: u64,
    /// The rows of the present time, as far as they may matter.
    moment: Vec<Row<M>>,
    /// Whether an attempt may go on with the next row.
    open: bool,
}

impl<M: More> Unbroken<M> {
    pub(super) fn new() -> Self {
        Self { unit: 0, moment: Vec::new(), open: false }
    }

    /// Whether a row may matter that has these steps. What is `alone` shares its time with no other row.
    pub(super) fn may_matter(
        &mut self,
        (unit, at_ms): (u64, i64),
        steps: u32,
        alone: impl Fn() -> bool,
        take: &mut impl FnMut(Row<M>),
    ) -> bool {
        if self.moment.first().is_some_and(|row| (row.key.unit, row.at_ms) != (unit, at_ms)) {
            self.settle(take);
        }
        if self.unit != unit {
            (self.unit, self.open) = (unit, false);
        }
        self.open || steps & STEP_1 != 0 || !self.moment.is_empty() || !alone()
    }

    /// Takes the row that was just asked about.
    pub(super) fn push(&mut self, row: Row<M>) {
        self.moment.push(row);
    }

    /// Gives those of the present time.
    pub(super) fn settle(&mut self, take: &mut impl FnMut(Row<M>)) {
        self.moment.sort_by_key(Row::place);
        for row in self.moment.drain(..) {
            let opens = row.steps & STEP_1 != 0;
            if !opens && !self.open {
                continue;
            }
            self.open = opens || if row.more.is_passive() { self.open } else { row.steps != 0 };
            take(row);
        }
    }
}
