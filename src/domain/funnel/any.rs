//! Order `any`: steps 1 to k filled by distinct events in whatever order, inside one window that opens at the earliest.
//!
//! Every time at which a row may fill a step is an **anchor**: attempts begin there or later, and end when the
//! anchor's window closes or at the first excluded event after it. Each anchor tells how deep that goes and how soon; the
//! latest of the best anchors is where the attempt that counts begins, for one that began later would have an anchor of
//! its own. Of the rows after an anchor that may fill a step, the first `steps` are enough, as in
//! [`ties`](super::ties): so the work grows with the rows, not with the pairs of them.

use std::cmp::Reverse;

use super::breaks::{Breaks, End};
use super::found::{Found, Placed};
use super::outcome::Filled;
use super::plan::{Plan, STEPS_MAX, bit};
use super::ties::steps_of;

/// For each step, at k-1, rows that may fill it, ascending.
type Options = Vec<Vec<usize>>;

/// The attempt that counts among these rows, which ascend in time; None if there is none.
pub(super) fn search(rows: &[Placed], breaks: &Breaks, plan: &Plan) -> Option<Found> {
    let by_step = (1..=plan.steps()).map(|step| {
        let fills = |&row: &usize| rows[row].row.steps & bit(step) != 0;
        (0..rows.len()).filter(fills).collect()
    });
    let search = Search { rows, breaks, plan, by_step: by_step.collect() };
    let mut best = None;
    for anchor_ms in search.anchors() {
        best = best.max(search.reach_from(anchor_ms, best));
    }
    let Reach { depth, reached_ms: Reverse(reached_ms), anchor_ms } = best?;
    let filled = search.attempt(anchor_ms, reached_ms, depth);
    Some(Found { filled, end: search.end(depth) })
}

struct Search<'a> {
    rows: &'a [Placed],
    breaks: &'a Breaks,
    plan: &'a Plan,
    by_step: Options,
}

/// How deep the attempts of an anchor go, and how soon. The greater one counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Reach {
    depth: usize,
    reached_ms: Reverse<i64>,
    anchor_ms: i64,
}

impl Search<'_> {
    fn at_ms(&self, row: usize) -> i64 {
        self.rows[row].row.at_ms
    }

    /// The times of the rows.
    fn anchors(&self) -> impl DoubleEndedIterator<Item = i64> {
        self.rows.chunk_by(|left, right| left.row.at_ms == right.row.at_ms).map(|group| group[0].row.at_ms)
    }

    /// What attempts that begin at the anchor or later, and end with it, reach; None if less than `best`.
    fn reach_from(&self, anchor_ms: i64, best: Option<Reach>) -> Option<Reach> {
        let closes_ms = anchor_ms.saturating_add(self.plan.window_ms());
        let ends_ms = self.breaks.first_after_any(anchor_ms).map_or(closes_ms, |found| found.at_ms.min(closes_ms));
        let least = best.map_or(1, |best| best.depth);
        (least..=self.plan.steps()).rev().find_map(|depth| {
            let reached_ms = self.filled_at(anchor_ms, ends_ms, self.plan.needed(depth))?;
            Some(Reach { depth, reached_ms: Reverse(reached_ms), anchor_ms })
        })
    }

    /// When distinct rows from one time to another first fill all steps of the set; None if they cannot.
    fn filled_at(&self, from_ms: i64, to_ms: i64, set: u32) -> Option<i64> {
        let (firsts, count) = self.firsts(from_ms, to_ms, set)?;
        if are_distinct(&firsts[..count]) {
            return firsts[..count].iter().map(|&row| self.at_ms(row)).max();
        }
        let options = self.options(from_ms, to_ms);
        if !can_fill(&options, set) {
            return None;
        }
        let mut times: Vec<i64> = options.iter().flatten().map(|&row| self.at_ms(row)).collect();
        times.sort_unstable();
        times.dedup();
        let too_soon = |&end_ms: &i64| !can_fill(&self.options(from_ms, end_ms), set);
        Some(times[times.partition_point(too_soon)])
    }

    /// For each step of the set the first row from one time to another that may fill it, and how many they are; None if a
    /// step has none.
    fn firsts(&self, from_ms: i64, to_ms: i64, set: u32) -> Option<([usize; STEPS_MAX], usize)> {
        let (mut firsts, mut count) = ([0; STEPS_MAX], 0);
        for step in steps_of(set) {
            let rows = &self.by_step[step - 1];
            let first = rows.partition_point(|&row| self.at_ms(row) < from_ms);
            firsts[count] = *rows.get(first).filter(|&&row| self.at_ms(row) <= to_ms)?;
            count += 1;
        }
        Some((firsts, count))
    }

    /// The rows from one time to another, both included, that may fill each step: as many as any attempt can need.
    fn options(&self, from_ms: i64, to_ms: i64) -> Options {
        let of_step = |rows: &Vec<usize>| {
            let first = rows.partition_point(|&row| self.at_ms(row) < from_ms);
            let rows = rows[first..].iter().copied().take(self.plan.steps());
            rows.take_while(|&row| self.at_ms(row) <= to_ms).collect()
        };
        self.by_step.iter().map(of_step).collect()
    }

    /// The attempt at `depth` between these times that the rules prefer: the most optional steps, the earlier ones, the
    /// earliest times, the earliest rows.
    fn attempt(&self, from_ms: i64, to_ms: i64, depth: usize) -> Vec<Filled> {
        let mut set = self.plan.needed(depth);
        let mut options = self.options(from_ms, to_ms);
        for step in steps_of(self.plan.optional() & (bit(depth) - 1)) {
            if can_fill(&options, set | bit(step)) {
                set |= bit(step);
            }
        }
        let filled = |(step, row): (usize, usize)| Filled::by(&self.rows[row].row, step);
        if let Some((firsts, count)) = self.firsts(from_ms, to_ms, set)
            && are_distinct(&firsts[..count])
        {
            return steps_of(set).zip(firsts).map(filled).collect();
        }
        let at_ms = |row: &usize| self.at_ms(*row);
        steps_of(set).for_each(|step| narrow(&mut options, set, step, at_ms));
        steps_of(set).for_each(|step| narrow(&mut options, set, step, |row| *row));
        steps_of(set).map(|step| filled((step, options[step - 1][0]))).collect()
    }

    /// How the attempts at `depth` ended: the latest that nothing ended says until when the unit could go on.
    fn end(&self, depth: usize) -> End {
        let lasting = self.anchors().rev().find(|&anchor_ms| self.lasts(anchor_ms, depth));
        lasting.map_or(End::Excluded, |start_ms| End::Closes(start_ms.saturating_add(self.plan.window_ms())))
    }

    /// Whether an attempt at `depth` whose first event is at `start_ms` lasts until its window closes.
    ///
    /// Where steps can be filled at all, a row that may fill one of them, or an optional one before the last, can be
    /// made part of it: it takes the place of another. So only the first and the last row need a look.
    fn lasts(&self, start_ms: i64, depth: usize) -> bool {
        let closes_ms = start_ms.saturating_add(self.plan.window_ms());
        let needed = self.plan.needed(depth);
        let known = bit(depth + 1) - 1;
        let firsts = self.steps_at(start_ms, known);
        let end = |after_ms| self.breaks.first_after_any(after_ms).filter(|found| found.at_ms <= closes_ms);
        match end(start_ms) {
            None => !firsts.is_empty() && self.filled_at(start_ms, closes_ms, needed).is_some(),
            // Nothing of it may come later than the excluded event, so to outlast it, its last step has to be then.
            Some(found) => {
                let lasts = self.steps_at(found.at_ms, known);
                end(found.at_ms).is_none()
                    && firsts.iter().any(|first| lasts.iter().any(|last| 1 < (first | last).count_ones()))
                    && self.filled_at(start_ms, found.at_ms, needed).is_some()
            }
        }
    }

    /// What each row of one time may fill of the steps `known`, if anything.
    fn steps_at(&self, at_ms: i64, known: u32) -> Vec<u32> {
        let first = self.rows.partition_point(|placed| placed.row.at_ms < at_ms);
        let rows = self.rows[first..].iter().take_while(|placed| placed.row.at_ms == at_ms);
        rows.map(|placed| placed.row.steps & known).filter(|&steps| steps != 0).collect()
    }
}

fn are_distinct(rows: &[usize]) -> bool {
    rows.iter().enumerate().all(|(index, row)| !rows[..index].contains(row))
}

/// Keeps those of the step's options that come first by `key` and leave rows for all other steps of the set.
fn narrow<K: Ord>(options: &mut Options, set: u32, step: usize, key: impl Fn(&usize) -> K) {
    let all = std::mem::take(&mut options[step - 1]);
    for alike in all.chunk_by(|left, right| key(left) == key(right)) {
        options[step - 1] = alike.to_vec();
        if can_fill(options, set) {
            return;
        }
    }
    unreachable!("the set could be filled before");
}

/// Whether distinct rows can fill all steps of the set.
fn can_fill(options: &Options, set: u32) -> bool {
    let mut owners = Vec::new();
    steps_of(set).all(|step| !options[step - 1].is_empty())
        && steps_of(set).all(|step| find_row(options, step, &mut owners, &mut 0))
}

/// Finds a row for `step`, moving other steps where needed (Kuhn's). `owners` says which step has which row, `tried`
/// gathers the steps that were asked to move.
fn find_row(options: &Options, step: usize, owners: &mut Vec<(usize, usize)>, tried: &mut u32) -> bool {
    *tried |= bit(step);
    for &row in &options[step - 1] {
        let owner = owners.iter().position(|&(_, owned)| owned == row);
        let free = match owner {
            None => true,
            Some(owner) => {
                let owner = owners[owner].0;
                *tried & bit(owner) == 0 && find_row(options, owner, owners, tried)
            }
        };
        if free {
            owners.retain(|&(owner, _)| owner != step);
            owners.push((step, row));
            return true;
        }
    }
    false
}
