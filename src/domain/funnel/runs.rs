//! Orders `sequential` and `strict` with what may end an attempt: one pass over the rows of one held value.
//!
//! The best path to each step is kept as in the plain [`matcher`](super::matcher), and the same argument holds: a break
//! ends all paths to a step alike, so what can lengthen one of them can still lengthen the best. It does not say
//! whether *every* attempt was ended. For that each start keeps the set of steps at which its attempt still
//! stands, as an automaton keeps its states; the attempt lasts if it stands there when its window closes.

use super::breaks::{Break, Breaks, End};
use super::matcher::{Plan, STEPS_MAX, bit};
use super::paths::Paths;
use super::refined::{Found, Placed};
use super::ties::{Group, steps_of};

/// What is known of the attempts so far.
#[derive(Debug)]
pub(super) struct Runs {
    plan: Plan,
    paths: Paths,
    /// The rows of the present place.
    group: Group,
    /// Attempts whose windows are open and that stand somewhere, by their starts, ascending.
    starts: Vec<Start>,
    /// At k: how attempts ended that stood at step k.
    ends: [Option<End>; STEPS_MAX + 1],
}

/// All attempts that opened at one place.
#[derive(Clone, Copy, Debug)]
struct Start {
    at_ms: i64,
    /// The set of the last filled steps of those that nothing ended.
    stands: u32,
}

/// At k: the break that ends an attempt at step k.
type BreakAt = [Option<Break>; STEPS_MAX + 1];

impl Runs {
    pub(super) fn new(plan: Plan) -> Self {
        let (paths, group) = (Paths::new(plan.steps()), Group::new(plan.steps()));
        Self { plan, paths, group, starts: Vec::new(), ends: [None; STEPS_MAX + 1] }
    }

    /// The attempt that counts among these rows, which ascend; None if there is none.
    pub(super) fn search(&mut self, rows: &[Placed], breaks: &Breaks) -> Option<Found> {
        self.paths.clear();
        self.starts.clear();
        self.ends = [None; STEPS_MAX + 1];
        let mut before = i64::MIN;
        for group in rows.chunk_by(|left, right| left.place == right.place) {
            let place = group[0].place;
            let (passed, present) = self.breaks_until(breaks, before, place);
            self.pass(&passed, group[0].row.at_ms);
            self.group.clear();
            group.iter().for_each(|placed| self.group.add(placed.row));
            self.settle(&present, group[0].row.at_ms);
            before = place;
        }
        let (passed, _) = self.breaks_until(breaks, before, i64::MAX);
        self.pass(&passed, i64::MAX);
        let depth = self.paths.deepest();
        let end = self.ends[depth]?;
        Some(Found { filled: self.paths.first_to_deepest().to_vec(), end })
    }

    /// The first breaks after `before`: those that lie before `place`, and those in it.
    fn breaks_until(&self, breaks: &Breaks, before: i64, place: i64) -> (BreakAt, BreakAt) {
        let (mut passed, mut present) = ([None; STEPS_MAX + 1], [None; STEPS_MAX + 1]);
        if !breaks.is_empty() {
            for step in 1..=self.plan.steps() {
                let found = breaks.first_after(before, step);
                passed[step] = found.filter(|it| it.place < place);
                present[step] = found.filter(|it| it.place == place);
            }
        }
        (passed, present)
    }

    /// Ends what the breaks end, and lets go of the attempts whose windows closed before `now_ms`.
    fn pass(&mut self, passed: &BreakAt, now_ms: i64) {
        steps_of(set_of(passed)).for_each(|step| self.paths.lose(step));
        let (ends, window_ms) = (&mut self.ends, self.plan.window_ms());
        self.starts.retain_mut(|start| {
            start.end_at(passed, ends, window_ms);
            let closes_ms = start.at_ms.saturating_add(window_ms);
            if closes_ms < now_ms {
                steps_of(start.stands).for_each(|step| note(&mut ends[step], End::Closes(closes_ms)));
                start.stands = 0;
            }
            start.stands != 0
        });
    }

    /// Takes the group's rows, at `now_ms`.
    fn settle(&mut self, present: &BreakAt, now_ms: i64) {
        let ended = set_of(present);
        let standing = self.starts.iter().fold(0, |set, start| set | start.stands);
        let opened = self.reach_from(0);
        let mut reach = [0; STEPS_MAX + 1];
        steps_of(standing).for_each(|step| reach[step] = self.reach_from(step));
        for start in &mut self.starts {
            let reached = steps_of(start.stands).fold(0, |set, step| set | reach[step]);
            start.end_at(present, &mut self.ends, self.plan.window_ms());
            start.stands |= reached;
        }
        if opened != 0 {
            self.starts.push(Start { at_ms: now_ms, stands: opened });
        }
        self.paths.open_at(now_ms);
        self.group.lengthen(&mut self.paths, &self.plan, ended);
    }

    /// The steps to which the group's rows can take an attempt at step `from`; 0 opens one.
    fn reach_from(&mut self, from: usize) -> u32 {
        let ahead = steps_of(self.group.fillable() & !(bit(from + 1) - 1));
        let optional = self.plan.optional();
        let reached = ahead.filter(|&step| self.group.fill_between(from, step, optional).is_some());
        reached.fold(0, |set, step| set | bit(step))
    }
}

impl Start {
    /// Ends the attempts that stand where a break is, unless their window had closed before it.
    fn end_at(&mut self, breaks: &BreakAt, ends: &mut [Option<End>; STEPS_MAX + 1], window_ms: i64) {
        let closes_ms = self.at_ms.saturating_add(window_ms);
        for step in steps_of(self.stands) {
            let Some(found) = breaks[step] else { continue };
            note(&mut ends[step], if closes_ms < found.at_ms { End::Closes(closes_ms) } else { found.end });
            self.stands &= !bit(step);
        }
    }
}

fn note(known: &mut Option<End>, end: End) {
    *known = (*known).max(Some(end));
}

fn set_of(breaks: &BreakAt) -> u32 {
    (1..breaks.len()).filter(|&step| breaks[step].is_some()).fold(0, |set, step| set | bit(step))
}
