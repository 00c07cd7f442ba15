//! The rows of a funnel's query through the matcher: one outcome a unit.

use super::Question;
use super::query::funnel_query;
use crate::domain::funnel::{EventRow, Matcher, Outcome, RefinedMatcher, StepRow};
use crate::store::{self, Columns, Snapshot};

/// Which unit a row belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnitKey {
    /// The visitor, or the customer's number.
    pub(super) unit: u64,
    /// Of a visitor, the session; else 0.
    pub(super) part: u64,
    /// When the unit itself is over: it cannot go on after.
    pub(super) ends_ms: i64,
}

/// Gives the outcome of each unit that entered the funnel to `each`.
pub(super) fn each_outcome(
    snapshot: &Snapshot,
    question: &Question,
    mut each: impl FnMut(&UnitKey, &Outcome),
) -> Result<(), store::Error> {
    let query = funnel_query(snapshot, question)?;
    let mut units = Units { number: 0, key: UnitKey { unit: 0, part: 0, ends_ms: i64::MAX } };
    // What a row finishes is the unit before it: the key is that unit's until the row is taken.
    if question.funnel.is_refined() {
        let mut matcher = RefinedMatcher::new(question.funnel.plan());
        snapshot.stream(&query, |columns| {
            let refined = RefinedColumns::of(&columns);
            units.each_row(&columns, |row, step, key| {
                matcher.push(refined.row(row, step), &mut |outcome| each(key, outcome));
            });
        })?;
        matcher.finish(&mut |outcome| each(&units.key, outcome));
    } else {
        let mut matcher = Matcher::new(question.funnel.plan());
        snapshot.stream(&query, |columns| {
            units.each_row(&columns, |_, step, key| matcher.push(step, &mut |outcome| each(key, outcome)));
        })?;
        matcher.finish(&mut |outcome| each(&units.key, outcome));
    }
    Ok(())
}

/// Numbers the units in the order they come: a unit's rows share `unit` and `part` and lie together.
struct Units {
    number: u64,
    key: UnitKey,
}

impl Units {
    /// Gives each row, by its place among the columns, with the key of the unit before it.
    fn each_row(&mut self, columns: &Columns, mut each: impl FnMut(usize, StepRow, &UnitKey)) {
        let (units, parts, times) = (columns.unsigned("unit"), columns.unsigned("part"), columns.numbers("at_ms"));
        let ends = columns.numbers("unit_ends_ms");
        let (steps, breakdowns) = (columns.codes("steps"), columns.codes("breakdown"));
        let (amounts, currencies) = (columns.numbers("amount_minor"), columns.codes("currency"));
        for row in 0..columns.rows() {
            let key = UnitKey { unit: units[row], part: parts[row], ends_ms: ends[row] };
            if self.number == 0 || (self.key.unit, self.key.part) != (key.unit, key.part) {
                self.number += 1;
            }
            let step = StepRow {
                unit: self.number,
                at_ms: times[row],
                steps: steps[row],
                breakdown: breakdowns[row],
                amount_minor: amounts[row],
                currency: currencies[row],
            };
            each(row, step, &self.key);
            self.key = key;
        }
    }
}

/// What the refined matcher needs besides.
struct RefinedColumns<'a> {
    events: &'a [u64],
    held: &'a [u64],
    ends: &'a [u32],
    passive: &'a [u32],
}

impl<'a> RefinedColumns<'a> {
    fn of(columns: &'a Columns) -> Self {
        Self {
            events: columns.unsigned("sequence"),
            held: columns.unsigned("held"),
            ends: columns.codes("ends"),
            passive: columns.codes("passive"),
        }
    }

    fn row(&self, row: usize, step: StepRow) -> EventRow {
        EventRow {
            step,
            event: self.events[row],
            held: self.held[row],
            ends: self.ends[row],
            passive: self.passive[row] != 0,
        }
    }
}
