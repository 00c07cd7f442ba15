//! The slow, obvious funnel: tries every assignment of events to steps and sorts them by the rules.
//! It shares no code with the matcher; only rows go in.

use std::cmp::Reverse;

use styk::domain::funnel::StepRow;

/// A funnel as the reference sees it.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// `optional[k - 1]`: step k may be skipped.
    pub(crate) optional: Vec<bool>,
    /// The longest time from step 1 to any later step, in milliseconds.
    pub(crate) window_ms: i64,
}

/// The attempt that counts of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Step, and the event that filled it as its place in the history; ascending steps.
    pub(crate) filled: Vec<(usize, usize)>,
    /// The latest start among attempts at the deepest step, plus the window.
    pub(crate) open_until_ms: i64,
}

/// The attempt that counts of the unit with this `history`, which ascends in time; None if it never opens one.
pub(crate) fn attempt_that_counts(rules: &Rules, history: &[StepRow]) -> Option<Attempt> {
    let mut candidates = Vec::new();
    for skipped in skippable_sets(&rules.optional) {
        for last in 1..=rules.optional.len() {
            let steps: Vec<usize> = (1..=last).filter(|step| !skipped.contains(step)).collect();
            if steps.contains(&last) {
                assign(rules, history, &steps, &mut Vec::new(), &mut candidates);
            }
        }
    }
    let time = |(_, event): (usize, usize)| history[event].at_ms;
    let depth = candidates.iter().map(|filled| filled.last().unwrap().0).max()?;
    candidates.retain(|filled| filled.last().unwrap().0 == depth);
    let latest_start_ms = candidates.iter().map(|filled| time(filled[0])).max()?;
    let filled = candidates.into_iter().min_by_key(|filled| {
        let reached_at_ms = time(*filled.last().unwrap());
        let steps: Vec<usize> = filled.iter().map(|filled| filled.0).collect();
        let times: Vec<i64> = filled.iter().map(|filled| time(*filled)).collect();
        let events: Vec<usize> = filled.iter().map(|filled| filled.1).collect();
        // Required steps are the same in all, so more steps, or earlier ones, are optional steps.
        (reached_at_ms, Reverse(times[0]), Reverse(steps.len()), steps, times, events)
    })?;
    Some(Attempt { filled, open_until_ms: latest_start_ms + rules.window_ms })
}

/// Every set of optional steps.
fn skippable_sets(optional: &[bool]) -> Vec<Vec<usize>> {
    let mut sets = vec![Vec::new()];
    for step in (1..=optional.len()).filter(|step| optional[step - 1]) {
        let with_step = sets.iter().map(|set| [set.as_slice(), &[step]].concat());
        sets.extend(with_step.collect::<Vec<_>>());
    }
    sets
}

/// Adds to `candidates` every way to go on from `filled` until all of `steps` are filled.
fn assign(
    rules: &Rules,
    history: &[StepRow],
    steps: &[usize],
    filled: &mut Vec<(usize, usize)>,
    candidates: &mut Vec<Vec<(usize, usize)>>,
) {
    let Some(&step) = steps.get(filled.len()) else {
        candidates.push(filled.clone());
        return;
    };
    for (event, row) in history.iter().enumerate() {
        let matches_step = row.steps & (1 << (step - 1)) != 0;
        let unused = filled.iter().all(|&(_, used)| used != event);
        let in_order = filled.last().is_none_or(|&(_, last)| history[last].at_ms <= row.at_ms);
        let in_window = filled.first().is_none_or(|&(_, first)| row.at_ms - history[first].at_ms <= rules.window_ms);
        if matches_step && unused && in_order && in_window {
            filled.push((step, event));
            assign(rules, history, steps, filled, candidates);
            filled.pop();
        }
    }
}
