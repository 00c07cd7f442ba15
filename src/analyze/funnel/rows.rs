//! The rows of a funnel's query through the matcher: one outcome a unit.
//!
//! # Why the rows are sorted here
//!
//! Each run of the store gives its rows by visitor and time, so what comes is a few ascending runs behind each other,
//! which Rust's stable sort finds and merges; DuckDB's own sort takes several times as long, as it knows of none.

use super::Question;
use super::query::{funnel_query, sorted_funnel_query, step_part, time_read};
use crate::domain::funnel::{EventRow, Matcher, Order, Outcome, RefinedMatcher, StepRow};
use crate::store::{self, Columns, KeptRows, Snapshot};

/// Of a site with more events than this, the rows would take too much memory here: DuckDB's sort can use the disk.
const EVENTS_SORTED_MAX: u64 = 4_000_000;

/// What a row takes in memory, about, in bytes.
const ROW_BYTES: u64 = 64;

/// The bit of step 1.
const STEP_1: u32 = 1;

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
        each_row(snapshot, question, refinements, |row| {
            units.take(&row, |step, key| {
                matcher.push(row.event(step), &mut |outcome| each(key, outcome));
            });
        })?;
        matcher.finish(&mut |outcome| each(&units.key, outcome));
    } else {
        let mut matcher = Matcher::new(question.funnel.plan());
        each_row(snapshot, question, nothing_more, |row| {
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
    more: fn(&Columns) -> Vec<M>,
    mut take: impl FnMut(Row<M>),
) -> Result<(), store::Error> {
    let events = snapshot.stored_rows(question.scope.site)?;
    if EVENTS_SORTED_MAX < events {
        let query = sorted_funnel_query(snapshot, question)?;
        return snapshot.stream(&query, |columns| read(&columns, more, &mut take));
    }
    if let Some(part) = step_part(snapshot, question).filter(|_| snapshot.may_keep(events.saturating_mul(ROW_BYTES))) {
        let kept = snapshot.kept_rows(&part)?;
        each_kept_row(&kept, question, more, take);
        return Ok(());
    }
    let mut rows = Vec::new();
    snapshot.stream(&funnel_query(snapshot, question)?, |columns| read(&columns, more, &mut |row| rows.push(row)))?;
    rows.sort_by_key(Row::place);
    rows.into_iter().for_each(take);
    Ok(())
}

/// Does the same with what is kept of all times.
fn each_kept_row<M: More>(
    kept: &KeptRows,
    question: &Question,
    more: fn(&Columns) -> Vec<M>,
    mut take: impl FnMut(Row<M>),
) {
    let (time, period) = (time_read(question), question.scope.period.range_ms());
    let strict = question.funnel.order() == Order::Strict;
    let readers: Vec<RowReader<'_, M>> =
        kept.pieces().map(|columns| RowReader::new(columns, more(columns), columns.unsigned("visitor"))).collect();
    let mut rows = Vec::new();
    kept.ascending(|piece, range| {
        for mut row in range.map(|row| readers[piece].row(row)).filter(|row| time.contains(&row.at_ms)) {
            if !period.contains(&row.at_ms) {
                row.steps &= !STEP_1;
            }
            if row.steps == 0 && !row.more.is_wanted(strict) {
                continue;
            }
            if strict { rows.push(row) } else { take(row) }
        }
    });
    // Ties come as they were sent, which is not as they are kept.
    rows.sort_by_key(Row::place);
    rows.into_iter().for_each(take);
}

/// One row of the query; of a refined funnel, with `more`.
#[derive(Clone, Copy)]
struct Row<M> {
    key: UnitKey,
    at_ms: i64,
    sequence: u64,
    amount_minor: i64,
    tie: u32,
    steps: u32,
    breakdown: u32,
    currency: u32,
    more: M,
}

impl<M> Row<M> {
    /// Where it stands among all rows.
    fn place(&self) -> (u64, u64, i64, u32, u64) {
        (self.key.unit, self.key.part, self.at_ms, self.tie, self.sequence)
    }
}

/// What a row has besides.
trait More: Copy {
    /// Whether the row matters although it fills no step.
    fn is_wanted(self, strict: bool) -> bool;
}

impl More for () {
    fn is_wanted(self, _strict: bool) -> bool {
        false
    }
}

impl More for Refinement {
    fn is_wanted(self, strict: bool) -> bool {
        self.ends != 0 || (strict && !self.passive)
    }
}

/// What the refined matcher needs besides.
#[derive(Clone, Copy)]
struct Refinement {
    held: u64,
    ends: u32,
    passive: bool,
}

impl Row<Refinement> {
    fn event(&self, step: StepRow) -> EventRow {
        let Refinement { held, ends, passive } = self.more;
        EventRow { step, event: self.sequence, held, ends, passive }
    }
}

fn nothing_more(columns: &Columns) -> Vec<()> {
    vec![(); columns.rows()]
}

fn refinements(columns: &Columns) -> Vec<Refinement> {
    let (held, ends, passive) = (columns.unsigned("held"), columns.codes("ends"), columns.codes("passive"));
    let refinement = |row: usize| Refinement { held: held[row], ends: ends[row], passive: passive[row] != 0 };
    (0..columns.rows()).map(refinement).collect()
}

fn read<M: More>(columns: &Columns, more: fn(&Columns) -> Vec<M>, take: &mut impl FnMut(Row<M>)) {
    let (units, parts, ends) = (columns.unsigned("unit"), columns.unsigned("part"), columns.numbers("unit_ends_ms"));
    let reader = RowReader::new(columns, more(columns), units);
    for row in 0..columns.rows() {
        take(Row { key: UnitKey { unit: units[row], part: parts[row], ends_ms: ends[row] }, ..reader.row(row) });
    }
}

/// Reads rows from columns.
struct RowReader<'a, M> {
    units: &'a [u64],
    times: &'a [i64],
    sequences: &'a [u64],
    ties: &'a [u32],
    steps: &'a [u32],
    breakdowns: &'a [u32],
    amounts: &'a [i64],
    currencies: &'a [u32],
    more: Vec<M>,
}

impl<'a, M: More> RowReader<'a, M> {
    fn new(columns: &'a Columns, more: Vec<M>, units: &'a [u64]) -> Self {
        Self {
            units,
            times: columns.numbers("at_ms"),
            sequences: columns.unsigned("sequence"),
            ties: columns.codes("tie"),
            steps: columns.codes("steps"),
            breakdowns: columns.codes("breakdown"),
            amounts: columns.numbers("amount_minor"),
            currencies: columns.codes("currency"),
            more,
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
            more: self.more[row],
        }
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
