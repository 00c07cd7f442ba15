//! Rows of one unit at one time. They count in whichever order takes the attempt furthest, and each
//! fills one step: which steps they fill together is a bipartite matching of steps and rows.

use super::outcome::Filled;
use super::paths::{Paths, Way};
use super::plan::{Plan, STEPS_MAX, bit};
use super::row::StepRow;

/// Rows of one time, without those that no answer can need.
///
/// Of the rows that may fill a step, the first `steps` in the stream are enough: a matching fills at most `steps`
/// steps, so if it gave this step a later row, one of the first would be left over, and rule 6 prefers
/// that one. So a group holds at most `steps * steps` rows, however many there were.
#[derive(Debug)]
pub(super) struct Group {
    rows: Vec<StepRow>,
    steps: usize,
    /// How many rows were seen that may fill step k, at k-1.
    seen: [u8; STEPS_MAX],
    /// The step that each row fills; 0 for none.
    fills: Vec<u8>,
}

impl Group {
    pub(super) fn new(steps: usize) -> Self {
        Self { rows: Vec::new(), steps, seen: [0; STEPS_MAX], fills: Vec::new() }
    }

    /// Adds a row, which has the time of the others.
    pub(super) fn add(&mut self, row: StepRow) {
        if self.rows.is_empty() {
            self.seen = [0; STEPS_MAX];
        }
        if self.count(&row) {
            self.rows.push(row);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
    }

    /// Adds `row`, which has the time of `first`, the first row of the group.
    pub(super) fn join(&mut self, first: &StepRow, row: StepRow) {
        if self.rows.is_empty() {
            self.seen = [0; STEPS_MAX];
            self.count(first);
            self.rows.push(*first);
        }
        self.add(row);
    }

    /// Counts `row` for each step it may fill. Says whether any of these steps still needed a row.
    fn count(&mut self, row: &StepRow) -> bool {
        let mut needed = false;
        for step in steps_of(row.steps) {
            let seen = &mut self.seen[step - 1];
            if usize::from(*seen) < self.steps {
                *seen += 1;
                needed = true;
            }
        }
        needed
    }

    /// Lengthens the paths by as many of the rows as serve each of them best. At the steps `ended` the paths that are
    /// there end with this time: they can still be lengthened now, and give way to every path that gets there now.
    pub(super) fn lengthen(&mut self, paths: &mut Paths, plan: &Plan, ended: u32) {
        let fillable = self.fillable();
        // From high to low, so that each step is reached from paths that ended before this time.
        for step in (1..=plan.steps()).rev().filter(|&step| fillable & bit(step) != 0) {
            let mut best = paths.standing(step).filter(|_| ended & bit(step) == 0);
            let mut added = 0;
            for from in paths.reached_between(0, step) {
                let Some(start_ms) = paths.start_within(plan.window_ms(), from) else {
                    continue;
                };
                if best.is_some_and(|best| start_ms < best.start_ms) {
                    continue;
                }
                let Some(set) = self.fill_between(from, step, plan.optional()) else {
                    continue;
                };
                let optional = paths.optional(from) | set & plan.optional();
                let way = Way { from, start_ms, optional };
                if best.is_none_or(|best| paths.prefers(&way, &best)) {
                    (best, added) = (Some(way), set);
                }
            }
            if let Some(way) = best.filter(|way| way.from < step) {
                paths.lengthen(way, step, self.assign(added));
            } else if ended & bit(step) != 0 {
                paths.lose(step);
            }
        }
        steps_of(ended & !fillable).for_each(|step| paths.lose(step));
    }

    /// The steps that at least one of the rows may fill.
    pub(super) fn fillable(&self) -> u32 {
        self.rows.iter().fold(0, |set, row| set | row.steps)
    }

    /// The steps after `from`, up to `step`, that distinct rows can fill: `step`, all required ones, and as many of
    /// the `optional` ones as possible. None if they cannot fill what is required.
    ///
    /// Optional steps are tried in their order, and a step once filled stays filled (by another row perhaps): sets
    /// of steps that can be filled together are a matroid, so this greedy choice is the largest set, and
    /// among the largest the one with the earlier steps.
    pub(super) fn fill_between(&mut self, from: usize, step: usize, optional: u32) -> Option<u32> {
        let between = (bit(step) - 1) & !(bit(from + 1) - 1);
        let required = between & !optional | bit(step);
        if self.rows.len() < required.count_ones() as usize {
            return None;
        }
        if let [lone] = &self.rows[..] {
            return (lone.steps & required != 0).then_some(required);
        }
        self.start_matching();
        if !steps_of(required).all(|step| self.find_row(step, 0)) {
            return None;
        }
        let filled = steps_of(between & optional).filter(|&step| self.find_row(step, 0));
        Some(filled.fold(required, |set, step| set | bit(step)))
    }

    /// The rows for `set`, which can be filled: for each step, in their order, the earliest row of the stream
    /// that leaves rows for the steps behind it.
    fn assign(&mut self, set: u32) -> impl Iterator<Item = Filled> {
        self.start_matching();
        for step in steps_of(set) {
            let found = self.find_row(step, 0);
            debug_assert!(found, "step {step} of {set:b} has no row");
        }
        let mut settled = 0;
        for step in steps_of(set) {
            settled |= bit(step);
            self.take_earliest_row(step, settled);
        }
        steps_of(set).map(|step| Filled::by(&self.rows[self.row_of(step)], step))
    }

    /// Moves `step` to the earliest row it can have while the `settled` steps keep theirs and no step loses its.
    fn take_earliest_row(&mut self, step: usize, settled: u32) {
        let present = self.row_of(step);
        for row in 0..present {
            let owner = usize::from(self.fills[row]);
            let fixed = owner != 0 && settled & bit(owner) != 0;
            if fixed || self.rows[row].steps & bit(step) == 0 {
                continue;
            }
            self.fills[present] = 0;
            self.fills[row] = step as u8;
            if owner == 0 || self.find_row(owner, settled) {
                return;
            }
            self.fills[row] = owner as u8;
            self.fills[present] = step as u8;
        }
    }

    fn start_matching(&mut self) {
        self.fills.clear();
        self.fills.resize(self.rows.len(), 0);
    }

    /// The row that fills `step`.
    fn row_of(&self, step: usize) -> usize {
        let found = self.fills.iter().position(|&filled| usize::from(filled) == step);
        found.expect("a step of a matching has a row")
    }

    /// Finds a row for `step`, moving other steps where needed, but none of `fixed`.
    /// Changes nothing if it fails.
    fn find_row(&mut self, step: usize, mut fixed: u32) -> bool {
        self.find_row_unless(step, &mut fixed)
    }

    /// The search behind [`Self::find_row`] (Kuhn's); `tried` gathers the steps that were asked to move.
    fn find_row_unless(&mut self, step: usize, tried: &mut u32) -> bool {
        let fits = |row: &StepRow| row.steps & bit(step) != 0;
        let free = self.rows.iter().zip(&self.fills).position(|(row, &owner)| owner == 0 && fits(row));
        if let Some(row) = free {
            self.fills[row] = step as u8;
            return true;
        }
        for row in 0..self.rows.len() {
            let owner = usize::from(self.fills[row]);
            if self.rows[row].steps & bit(step) == 0 || owner == 0 || *tried & bit(owner) != 0 {
                continue;
            }
            *tried |= bit(owner);
            if self.find_row_unless(owner, tried) {
                self.fills[row] = step as u8;
                return true;
            }
        }
        false
    }
}

/// The steps of a set, ascending.
pub(super) fn steps_of(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let step = set.trailing_zeros() as usize + 1;
            set &= set - 1;
            step
        })
    })
}
