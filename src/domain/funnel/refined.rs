//! The funnel matcher with every refinement: orders `strict` and `any`, exclusions, and values held constant.
//!
//! An attempt carries one held value, so a unit's rows are taken apart by it and searched value by value; of all
//! attempts found, one counts, by the rules of [`matcher`](super::matcher). What ends attempts, an excluded event or a
//! foreign one in order `strict`, ends them whatever value it carries, and so is known before the search.
//!
//! The plain matcher never looks back and costs less; this one keeps the rows of one unit.

use std::cmp::Reverse;

use super::any;
use super::breaks::{Breaks, End};
use super::found::{Found, Placed};
use super::order::Order;
use super::outcome::{Filled, Outcome};
use super::plan::{Plan, bit};
use super::row::{EventRow, NOT_HELD, StepRow};
use super::runs::Runs;

/// Turns a stream of events into one [`Outcome`] per unit that opened an attempt.
#[derive(Debug)]
pub struct RefinedMatcher {
    plan: Plan,
    /// The rows of the unit that comes now.
    rows: Vec<EventRow>,
    /// The first row of each row's event.
    firsts: Vec<u32>,
    /// Where each row stands: rows in one place may follow each other in any order.
    places: Vec<i64>,
    breaks: Breaks,
    runs: Runs,
    /// The rows that may fill steps, by held value.
    by_value: Vec<(u64, usize)>,
    /// Those with the present held value.
    placed: Vec<Placed>,
}

impl RefinedMatcher {
    /// A matcher that has seen no event yet.
    pub fn new(plan: Plan) -> Self {
        Self {
            rows: Vec::new(),
            firsts: Vec::new(),
            places: Vec::new(),
            breaks: Breaks::new(plan.order()),
            runs: Runs::new(plan.clone()),
            by_value: Vec::new(),
            placed: Vec::new(),
            plan,
        }
    }

    /// Takes the next row. A row of another unit first gives the outcome of the unit before it to `finished`.
    pub fn push(&mut self, mut row: EventRow, finished: &mut impl FnMut(&Outcome)) {
        if self.rows.last().is_some_and(|last| last.step.unit != row.step.unit) {
            self.finish(finished);
        }
        row.step.steps &= if row.held == NOT_HELD { 0 } else { self.plan.all() };
        self.rows.push(row);
    }

    /// Gives the outcome of the last unit to `finished`, and forgets it.
    pub fn finish(&mut self, finished: &mut impl FnMut(&Outcome)) {
        if let Some(Found { mut filled, end }) = self.search() {
            for filled in &mut filled {
                filled.breakdown = self.rows[filled.breakdown as usize].step.breakdown;
            }
            finished(&Outcome {
                unit: self.rows[0].step.unit,
                filled: &filled,
                open_until_ms: if let End::Closes(at_ms) = end { at_ms } else { i64::MIN },
                excluded: end == End::Excluded,
            });
        }
        self.rows.clear();
    }

    fn search(&mut self) -> Option<Found> {
        if self.rows.iter().all(|row| row.step.steps & bit(1) == 0) {
            return None;
        }
        self.find_places();
        self.breaks.read(&self.rows, &self.places);
        self.by_value.clear();
        let filling = self.rows.iter().zip(0..).filter(|(row, _)| row.step.steps != 0);
        self.by_value.extend(filling.map(|(row, index)| (row.held, index)));
        self.by_value.sort_unstable();
        let placed = &mut self.placed;
        let mut counting = None;
        for one_value in self.by_value.chunk_by(|left, right| left.0 == right.0) {
            placed.clear();
            placed.extend(one_value.iter().map(|&(_, index)| Placed {
                place: self.places[index],
                row: StepRow { breakdown: self.firsts[index], ..self.rows[index].step },
            }));
            let found = match self.plan.order() {
                Order::Sequential | Order::Strict => self.runs.search(placed, &self.breaks),
                Order::Any => any::search(placed, &self.breaks, &self.plan),
            };
            counting = better(counting, found, self.plan.order());
        }
        counting
    }

    /// In order `strict` each event has a place of its own; else those of one time share it.
    fn find_places(&mut self) {
        self.firsts.clear();
        self.places.clear();
        for (index, row) in self.rows.iter().enumerate() {
            let first = match self.firsts.last() {
                Some(&first) if self.rows[index - 1].event == row.event => first,
                _ => index as u32,
            };
            self.firsts.push(first);
            self.places.push(if self.plan.order() == Order::Strict { i64::from(first) } else { row.step.at_ms });
        }
    }
}

/// The one of two that counts, with how all attempts at its depth ended.
fn better(left: Option<Found>, right: Option<Found>, order: Order) -> Option<Found> {
    let (Some(left), Some(right)) = (&left, &right) else { return left.or(right) };
    let best = if right.rank(order) < left.rank(order) { right } else { left };
    let end = if left.depth() == right.depth() { left.end.max(right.end) } else { best.end };
    Some(Found { filled: best.filled.clone(), end })
}

impl Found {
    fn depth(&self) -> u8 {
        self.filled.last().map_or(0, |filled| filled.step)
    }

    /// What decides which attempt counts, the least one first.
    fn rank(&self, order: Order) -> impl Ord + use<> {
        let of_each = |of: fn(&Filled) -> i64| self.filled.iter().map(of).collect::<Vec<i64>>();
        let (steps, times) = (of_each(|filled| i64::from(filled.step)), of_each(|filled| filled.at_ms));
        let rows = of_each(|filled| i64::from(filled.breakdown));
        let (started_ms, reached_ms) = (times.iter().min().copied(), times.iter().max().copied());
        // Of two events at one time, order `strict` knows which came first.
        let reached_row = rows.last().copied().filter(|_| order == Order::Strict);
        (Reverse(self.depth()), reached_ms, reached_row, Reverse(started_ms), Reverse(steps.len()), steps, times, rows)
    }
}
