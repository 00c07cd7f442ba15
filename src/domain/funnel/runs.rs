//! Orders `sequential` and `strict` with what may end an attempt: one pass over the rows of one held value.
//!
//! The best path to each step is kept as in the plain [`matcher`](super::matcher), and the same argument holds: a break
//! ends all paths to a step alike, so what can lengthen one of them can still lengthen the best. It does not say
//! whether *every* attempt was ended. For that each start keeps the set of steps at which its attempt still
//! stands, as an automaton keeps its states; the attempt lasts if it stands there when its window closes.

use super::breaks::{Break, Breaks, End};
use super::found::{Found, Placed};
use super::paths::Paths;
use super::plan::{Plan, STEPS_MAX, bit};
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
    /// The breaks since the place before: those before the present place, and those in it.
    passed: BreaksAt,
    present: BreaksAt,
}

/// All attempts that opened at one place.
#[derive(Clone, Copy, Debug)]
struct Start {
    at_ms: i64,
    /// The set of the last filled steps of those that nothing ended.
    stands: u32,
}

/// The breaks that end attempts now.
#[derive(Debug, Default)]
struct BreaksAt {
    /// The steps at which one does.
    steps: u32,
    /// At k: the one at step k, if k is one of the steps.
    at: [Option<Break>; STEPS_MAX + 1],
}

impl Runs {
    pub(super) fn new(plan: Plan) -> Self {
        let (paths, group) = (Paths::new(plan.steps()), Group::new(plan.steps()));
        let (passed, present) = (BreaksAt::default(), BreaksAt::default());
        Self { plan, paths, group, starts: Vec::new(), ends: [None; STEPS_MAX + 1], passed, present }
    }

    /// The attempt that counts among these rows, which ascend; None if there is none.
    pub(super) fn search(&mut self, rows: &[Placed], breaks: &Breaks) -> Option<Found> {
        self.paths.clear();
        self.starts.clear();
        self.ends = [None; STEPS_MAX + 1];
        let mut before = i64::MIN;
        for group in rows.chunk_by(|left, right| left.place == right.place) {
            let place = group[0].place;
            self.find_breaks(breaks, before, place);
            self.pass(group[0].row.at_ms);
            self.group.clear();
            group.iter().for_each(|placed| self.group.add(placed.row));
            self.settle(group[0].row.at_ms);
            before = place;
        }
        self.find_breaks(breaks, before, i64::MAX);
        self.pass(i64::MAX);
        let depth = self.paths.deepest();
        let end = self.ends[depth]?;
        Some(Found { filled: self.paths.first_to_deepest().to_vec(), end })
    }

    /// Finds the first breaks after `before`, up to `place`, of the steps where there is anything to end.
    fn find_breaks(&mut self, breaks: &Breaks, before: i64, place: i64) {
        (self.passed.steps, self.present.steps) = (0, 0);
        if breaks.is_empty() {
            return;
        }
        let standing = self.starts.iter().fold(self.paths.reached(), |set, start| set | start.stands);
        for step in steps_of(standing) {
            match breaks.first_after(before, step) {
                Some(found) if found.place < place => self.passed.note(step, found),
                Some(found) if found.place == place => self.present.note(step, found),
                _ => {}
            }
        }
    }

    /// Ends what was passed, and lets go of the attempts whose windows closed before `now_ms`.
    fn pass(&mut self, now_ms: i64) {
        steps_of(self.passed.steps).for_each(|step| self.paths.lose(step));
        let (ends, window_ms) = (&mut self.ends, self.plan.window_ms());
        self.starts.retain_mut(|start| {
            start.end_at(&self.passed, ends, window_ms);
            let closes_ms = start.at_ms.saturating_add(window_ms);
            if closes_ms < now_ms {
                steps_of(start.stands).for_each(|step| note(&mut ends[step], End::Closes(closes_ms)));
                start.stands = 0;
            }
            start.stands != 0
        });
    }

    /// Takes the group's rows, at `now_ms`.
    fn settle(&mut self, now_ms: i64) {
        let standing = self.starts.iter().fold(0, |set, start| set | start.stands);
        let opened = self.reach_from(0);
        let mut reach = [0; STEPS_MAX + 1];
        steps_of(standing).for_each(|step| reach[step] = self.reach_from(step));
        for start in &mut self.starts {
            let reached = steps_of(start.stands).fold(0, |set, step| set | reach[step]);
            start.end_at(&self.present, &mut self.ends, self.plan.window_ms());
            start.stands |= reached;
        }
        if opened != 0 {
            self.starts.push(Start { at_ms: now_ms, stands: opened });
        }
        self.paths.open_at(now_ms);
        self.group.lengthen(&mut self.paths, &self.plan, self.present.steps);
    }

    /// The steps to which the group's rows can take an attempt at step `from`; 0 opens one.
    fn reach_from(&mut self, from: usize) -> u32 {
        let ahead = steps_of(self.group.fillable() & !(bit(from + 1) - 1));
        let optional = self.plan.optional();
        let reached = ahead.filter(|&step| self.group.fill_between(from, step, optional).is_some());
        reached.fold(0, |set, step| set | bit(step))
    }
}

impl BreaksAt {
    fn note(&mut self, step: usize, found: Break) {
        self.steps |= bit(step);
        self.at[step] = Some(found);
    }
}

impl Start {
    /// Ends the attempts that stand where a break is, unless their window had closed before it.
    fn end_at(&mut self, breaks: &BreaksAt, ends: &mut [Option<End>; STEPS_MAX + 1], window_ms: i64) {
        let closes_ms = self.at_ms.saturating_add(window_ms);
        for step in steps_of(self.stands & breaks.steps) {
            let Some(found) = breaks.at[step] else { continue };
            note(&mut ends[step], if closes_ms < found.at_ms { End::Closes(closes_ms) } else { found.end });
            self.stands &= !bit(step);
        }
    }
}

fn note(known: &mut Option<End>, end: End) {
    *known = (*known).max(Some(end));
}
