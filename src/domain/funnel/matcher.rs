//! The plain funnel matcher, order `sequential`: one pass over the step rows of each unit, in the order of time.
//!
//! A **path** is an assignment of distinct rows of one unit to steps: it fills step 1 and each required
//! step before its last one, its times never fall, and all of them lie within the window of the first
//! (inclusive). Of all paths of a unit exactly one counts, by this order:
//!
//! 1. the deepest last filled step;
//! 2. the one that reached that depth first (earliest time of its last filled step);
//! 3. the latest start (time of step 1);
//! 4. the most optional steps filled; if equal, the earlier ones (lexicographic);
//! 5. the earliest times, step by step (lexicographic);
//! 6. between simultaneous rows, the row that stands earlier in the stream, decided at the earliest step first.
//!
//! **Why one path per step is enough.** The matcher keeps, for each step, the best path that ends there
//! by rules 3 to 6. All rows still to come lie after every kept path, so whatever can lengthen one path
//! to that step can lengthen the best one: its window closes last (rule 3), and rules 4 to 6 compare
//! a beginning before they compare what follows it. The rows of one time are the exception, because
//! they may follow each other in any order; they are taken as one group. A path that ends in a group
//! splits in one way into a path that ended before the group (or none) and steps filled by distinct
//! rows of the group, and by the same argument only the best such beginning per step matters. Rule 2 takes one
//! path more: the first one to the deepest step is saved before a later one replaces it there.

use super::outcome::{Filled, Outcome};
use super::paths::{Paths, Way};
use super::plan::{Plan, bit, highest};
use super::row::{NO_CURRENCY, StepRow};
use super::ties::Group;

/// Turns a stream of step rows into one [`Outcome`] per unit that opened an attempt.
///
/// Memory does not grow with the rows of a unit, nor with the rows of one time.
#[derive(Debug)]
pub struct Matcher {
    plan: Plan,
    /// The latest row, not yet matched: the next one may have its time.
    latest: StepRow,
    /// All rows of the latest time, if there are several.
    group: Group,
    paths: Paths,
}

/// The set of steps at which an attempt ends now: without exclusions it ends nowhere.
const NOTHING_ENDS: u32 = 0;

/// Stands before the first row: it fills nothing, so that its unit has no outcome.
const NO_ROW: StepRow =
    StepRow { unit: 0, at_ms: i64::MIN, steps: 0, breakdown: 0, amount_minor: 0, currency: NO_CURRENCY };

impl Matcher {
    /// A matcher that has seen no row yet.
    pub fn new(plan: Plan) -> Self {
        Self { latest: NO_ROW, group: Group::new(plan.steps()), paths: Paths::new(plan.steps()), plan }
    }

    /// Takes the next row. A row of another unit first gives the outcome of the unit before it to `finished`.
    pub fn push(&mut self, mut row: StepRow, finished: &mut impl FnMut(&Outcome)) {
        row.steps &= self.plan.all();
        if row.unit != self.latest.unit {
            self.finish(finished);
        } else if row.at_ms == self.latest.at_ms {
            self.group.join(&self.latest, row);
            return;
        } else {
            self.settle();
        }
        self.latest = row;
    }

    /// Gives the outcome of the last unit to `finished`, and forgets it.
    pub fn finish(&mut self, finished: &mut impl FnMut(&Outcome)) {
        self.settle();
        let deepest = self.paths.deepest();
        if deepest != 0 {
            finished(&Outcome {
                unit: self.latest.unit,
                filled: self.paths.first_to_deepest(),
                open_until_ms: self.paths.start_ms(deepest).saturating_add(self.plan.window_ms()),
                excluded: false,
            });
            self.paths.clear();
        }
        self.latest = NO_ROW;
    }

    /// Lengthens the paths by the rows of the latest time, which is over.
    fn settle(&mut self) {
        self.paths.open_at(self.latest.at_ms);
        if self.group.is_empty() {
            self.fill_one();
        } else {
            self.group.lengthen(&mut self.paths, &self.plan, NOTHING_ENDS);
            self.group.clear();
        }
    }

    /// Lengthens the paths by the latest row, if it shares its time with no other. What [`Group::lengthen`] does,
    /// without the search: a lone row fills one step, so only optional steps may lie before it unfilled.
    fn fill_one(&mut self) {
        if self.plan.optional() == 0 {
            self.fill_one_required();
            return;
        }
        let mut steps = self.latest.steps;
        // From high to low, so that a path that just took the row is not lengthened by it again.
        while steps != 0 {
            let step = highest(steps);
            steps ^= bit(step);
            let mut best = self.paths.standing(step);
            for from in self.paths.reached_between(self.plan.base_of(step), step) {
                let Some(start_ms) = self.paths.start_within(self.plan.window_ms(), from) else {
                    continue;
                };
                let optional = self.paths.optional(from) | bit(step) & self.plan.optional();
                let way = Way { from, start_ms, optional };
                if best.is_none_or(|best| self.paths.prefers(&way, &best)) {
                    best = Some(way);
                }
            }
            if let Some(way) = best.filter(|way| way.from < step) {
                let filled = Filled::by(&self.latest, step);
                self.paths.lengthen(way, step, [filled]);
            }
        }
    }

    /// [`Self::fill_one`] for funnels without optional steps, which are the most and want speed. There a path has one
    /// step to come from, and of two with the same start the first to come is the better one (rule 5).
    fn fill_one_required(&mut self) {
        // From high to low here, too.
        let mut steps = self.latest.steps & self.paths.next_steps();
        while steps != 0 {
            let step = highest(steps);
            steps ^= bit(step);
            let Some(start_ms) = self.paths.start_within(self.plan.window_ms(), step - 1) else {
                continue;
            };
            if self.paths.standing(step).is_none_or(|standing| standing.start_ms < start_ms) {
                let way = Way { from: step - 1, start_ms, optional: 0 };
                self.paths.lengthen(way, step, [Filled::by(&self.latest, step)]);
            }
        }
    }
}
