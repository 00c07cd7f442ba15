//! The rows of a funnel's query through the matcher: one outcome a unit.
//!
//! # Why the rows are sorted here
//!
//! Each run of the store gives its rows by visitor and time, so what comes is a few ascending runs behind each other,
//! which Rust's stable sort finds and merges; DuckDB's own sort takes several times as long, as it knows of none.

use super::Question;
use super::query::{funnel_query, sorted_funnel_query, step_part, time_read};
use super::unbroken::Unbroken;
use crate::domain::funnel::{EventRow, Matcher, Order, Outcome, RefinedMatcher, StepRow};
use crate::store::{self, Columns, KeptRows, Snapshot};

/// Of a site with more events than this, the rows would take too much memory here: DuckDB's sort can use the disk.
const EVENTS_SORTED_MAX: u64 = 4_000_000;

/// What a row takes in memory, about, in bytes.
const ROW_BYTES: u64 = 64;

/// The bit of step 1.
pub(super) const STEP_1: u32 = 1;

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
    let mut units = Units { number: 0, key: UnitKey { unit: 0, part: 0, ends_ms: i64::MAX } };
    // What a row finishes is the unit before it: the key is that unit's until the row is taken.
    if question.funnel.is_refined() {
        let mut matcher = RefinedMatcher::new(question.funnel.plan());
        each_row(snapshot, question, |row: Row<Refinement>| {
            units.take(&row, |step, key| {
                matcher.push(row.event(step), &mut |outcome| each(key, outcome));
            });
        })?;
        matcher.finish(&mut |outcome| each(&units.key, outcome));
    } else {
        let mut matcher = Matcher::new(question.funnel.plan());
        each_row(snapshot, question, |row: Row<()>| {
            units.take(&row, |step, key| matcher.push(step, &mut |outcome| each(key, outcome)));
        })?;
        matcher.finish(&mut |outcome| each(&units.key, outcome));
    }
    Ok(())
}

/// Gives all rows to `take`, unit by unit, each in the order of time.
fn each_row<M: More>(
    snapshot: &Snapshot,
    question: &Question,
    mut take: impl FnMut(Row<M>),
) -> Result<(), store::Error> {
    let events = snapshot.stored_rows(question.scope.site)?;
    if EVENTS_SORTED_MAX < events {
        let query = sorted_funnel_query(snapshot, question)?;
        return snapshot.stream(&query, |columns| read(&columns, &mut take));
    }
    if let Some(part) = step_part(snapshot, question).filter(|_| snapshot.may_keep(events.saturating_mul(ROW_BYTES))) {
        let kept = snapshot.kept_rows(&part)?;
        each_kept_row(&kept, question, take);
        return Ok(());
    }
    let mut rows = Vec::new();
    snapshot.stream(&funnel_query(snapshot, question)?, |columns| read(&columns, &mut |row| rows.push(row)))?;
    rows.sort_by_key(Row::place);
    rows.into_iter().for_each(take);
    Ok(())
}

/// Does the same with what is kept of all times.
fn each_kept_row<M: More>(kept: &KeptRows, question: &Question, mut take: impl FnMut(Row<M>)) {
    let (time, period) = (time_read(question), question.scope.period.range_ms());
    let strict = question.funnel.order() == Order::Strict;
    let readers: Vec<RowReader<'_, M>> =
        kept.pieces().map(|columns| RowReader::new(columns, columns.unsigned("visitor"))).collect();
    let mut unbroken = Unbroken::new();
    kept.ascending(|piece, range| {
        let reader = &readers[piece];
        for row in range.clone().filter(|&row| time.contains(&reader.times[row])) {
            let steps = reader.steps[row] & if period.contains(&reader.times[row]) { u32::MAX } else { !STEP_1 };
            // Ties come as they were sent, which is not as they are kept.
            let alone = || {
                let inside = range.start < row && row + 1 < range.end;
                inside && !reader.ties_with(row, row - 1) && !reader.ties_with(row, row + 1)
            };
            if strict && !unbroken.may_matter(reader.moment(row), steps, alone, &mut take) {
                continue;
            }
            if steps == 0 && !M::at(&reader.more, row).is_wanted(strict) {
                continue;
            }
            let row = Row { steps, ..reader.row(row) };
            if strict { unbroken.push(row) } else { take(row) }
        }
    });
    unbroken.settle(&mut take);
}

/// One row of the query; of a refined funnel, with `more`.
#[derive(Clone, Copy)]
pub(super) struct Row<M> {
    pub(super) key: UnitKey,
    pub(super) at_ms: i64,
    sequence: u64,
    amount_minor: i64,
    tie: u32,
    pub(super) steps: u32,
    breakdown: u32,
    currency: u32,
    pub(super) more: M,
}

impl<M> Row<M> {
    /// Where it stands among all rows.
    pub(super) fn place(&self) -> (u64, u64, i64, u32, u64) {
        (self.key.unit, self.key.part, self.at_ms, self.tie, self.sequence)
    }
}

/// What a row has besides.
pub(super) trait More: Copy {
    /// Where it is read from.
    type Columns<'a>;

    fn columns(columns: &Columns) -> Self::Columns<'_>;

    fn at(columns: &Self::Columns<'_>, row: usize) -> Self;

    /// Whether the row matters although it fills no step.
    fn is_wanted(self, strict: bool) -> bool;

    /// Whether order `strict` looks past it.
    fn is_passive(self) -> bool;
}

impl More for () {
    type Columns<'a> = ();

    fn columns(_columns: &Columns) {}

    fn at(_columns: &(), _row: usize) {}

    fn is_wanted(self, _strict: bool) -> bool {
        false
    }

    fn is_passive(self) -> bool {
        false
    }
}

/// What the refined matcher needs besides.
#[derive(Clone, Copy)]
struct Refinement {
    held: u64,
    ends: u32,
    passive: bool,
}

impl More for Refinement {
    type Columns<'a> = (&'a [u64], &'a [u32], &'a [u32]);

    fn columns(columns: &Columns) -> Self::Columns<'_> {
        (columns.unsigned("held"), columns.codes("ends"), columns.codes("passive"))
    }

    fn at((held, ends, passive): &Self::Columns<'_>, row: usize) -> Self {
        Self { held: held[row], ends: ends[row], passive: passive[row] != 0 }
    }

    fn is_wanted(self, strict: bool) -> bool {
        self.ends != 0 || (strict && !self.passive)
    }

    fn is_passive(self) -> bool {
        self.passive
    }
}

impl Row<Refinement> {
    fn event(&self, step: StepRow) -> EventRow {
        let Refinement { held, ends, passive } = self.more;
        EventRow { step, event: self.sequence, held, ends, passive }
    }
}

fn read<M: More>(columns: &Columns, take: &mut impl FnMut(Row<M>)) {
    let (units, parts, ends) = (columns.unsigned("unit"), columns.unsigned("part"), columns.numbers("unit_ends_ms"));
    let reader = RowReader::new(columns, units);
    for row in 0..columns.rows() {
        take(Row { key: UnitKey { unit: units[row], part: parts[row], ends_ms: ends[row] }, ..reader.row(row) });
    }
}

/// Reads rows from columns.
struct RowReader<'a, M: More> {
    units: &'a [u64],
    times: &'a [i64],
    sequences: &'a [u64],
    ties: &'a [u32],
    steps: &'a [u32],
    breakdowns: &'a [u32],
    amounts: &'a [i64],
    currencies: &'a [u32],
    more: M::Columns<'a>,
}

impl<'a, M: More> RowReader<'a, M> {
    fn new(columns: &'a Columns, units: &'a [u64]) -> Self {
        Self {
            units,
            times: columns.numbers("at_ms"),
            sequences: columns.unsigned("sequence"),
            ties: columns.codes("tie"),
            steps: columns.codes("steps"),
            breakdowns: columns.codes("breakdown"),
            amounts: columns.numbers("amount_minor"),
            currencies: columns.codes("currency"),
            more: M::columns(columns),
        }
    }

    /// A row of a unit that is whole and never over.
    fn row(&self, row: usize) -> Row<M> {
        Row {
            key: UnitKey { unit: self.units[row], part: 0, ends_ms: i64::MAX },
            at_ms: self.times[row],
            sequence: self.sequences[row],
            amount_minor: self.amounts[row],
            tie: self.ties[row],
            steps: self.steps[row],
            breakdown: self.breakdowns[row],
            currency: self.currencies[row],
            more: M::at(&self.more, row),
        }
    }

    fn moment(&self, row: usize) -> (u64, i64) {
        (self.units[row], self.times[row])
    }

    fn ties_with(&self, row: usize, other: usize) -> bool {
        self.moment(row) == self.moment(other)
    }
}

/// Numbers the units in the order they come: a unit's rows share `unit` and `part` and lie together.
struct Units {
    number: u64,
    key: UnitKey,
}

impl Units {
    /// Gives `each` a row's step, and the key of the unit before it.
    fn take<M>(&mut self, row: &Row<M>, each: impl FnOnce(StepRow, &UnitKey)) {
        if self.number == 0 || (self.key.unit, self.key.part) != (row.key.unit, row.key.part) {
            self.number += 1;
        }
        let step = StepRow {
            unit: self.number,
            at_ms: row.at_ms,
            steps: row.steps,
            breakdown: row.breakdown,
            amount_minor: row.amount_minor,
            currency: row.currency,
        };
        each(step, &self.key);
        self.key = row.key;
    }
}
