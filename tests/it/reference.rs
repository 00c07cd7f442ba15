//! The slow, obvious funnel: tries every assignment of events to steps, drops those that break a rule, and sorts
//! the rest by the rules. It shares no code with the matchers.

use std::cmp::Reverse;

/// A funnel as the reference sees it.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) order: Order,
    /// `optional[k - 1]`: step k may be skipped.
    pub(crate) optional: Vec<bool>,
    /// The longest time from an attempt's first event to any later one, in milliseconds.
    pub(crate) window_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Sequential,
    Strict,
    Any,
}

/// One event of a unit's history.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    pub(crate) at_ms: i64,
    /// The steps it may fill.
    pub(crate) fills: Vec<usize>,
    /// It ends an attempt whose last filled step is one of these; in order `any`, every attempt if there is one.
    pub(crate) ends: Vec<usize>,
    /// The values it carries of what is held constant.
    pub(crate) held: Vec<u64>,
    /// Order `strict` looks past it.
    pub(crate) passive: bool,
}

/// The attempt that counts of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Step, and the event that filled it as its place in the history; ascending steps.
    pub(crate) filled: Vec<(usize, usize)>,
    /// How the attempts at the deepest step ended.
    pub(crate) end: End,
}

/// How an attempt ended, or all of one unit's at its deepest step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing ended it, or the latest of several, before its window closed, then.
    Closes(i64),
    /// Another event came between; or one attempt was ended so, another by an exclusion.
    Interrupted,
    /// An excluded event ended it, or all of them.
    Excluded,
}

/// The attempt that counts of the unit with this `history`, which ascends in time; None if it never opens one.
pub(crate) fn attempt_that_counts(rules: &Rules, history: &[Happened]) -> Option<Attempt> {
    let mut candidates = Vec::new();
    for skipped in skippable_sets(&rules.optional) {
        for last in 1..=rules.optional.len() {
            let steps: Vec<usize> = (1..=last).filter(|step| !skipped.contains(step)).collect();
            if steps.contains(&last) {
                assign(history, &steps, &mut Vec::new(), &mut candidates);
            }
        }
    }
    candidates.retain(|filled| keeps_every_rule(rules, history, filled));
    let depth = candidates.iter().map(|filled| filled.last().unwrap().0).max()?;
    candidates.retain(|filled| filled.last().unwrap().0 == depth);
    let ends: Vec<End> = candidates.iter().map(|filled| end_of(rules, history, filled)).collect();
    let filled = candidates.into_iter().min_by_key(|filled| {
        let steps: Vec<usize> = filled.iter().map(|filled| filled.0).collect();
        let events: Vec<usize> = filled.iter().map(|filled| filled.1).collect();
        let times: Vec<i64> = times_of(history, filled).collect();
        let (started_ms, reached_ms) = span(history, filled);
        // Order `strict` knows which of two events at one time came first.
        let reached_place = if rules.order == Order::Strict { events[events.len() - 1] } else { 0 };
        // Required steps are the same in all, so more steps, or earlier ones, are optional steps.
        (reached_ms, reached_place, Reverse(started_ms), Reverse(steps.len()), steps, times, events)
    })?;
    Some(Attempt { filled, end: end_of_all(&ends) })
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

/// Adds to `candidates` every way to go on from `filled` until all of `steps` are filled by distinct events.
fn assign(
    history: &[Happened],
    steps: &[usize],
    filled: &mut Vec<(usize, usize)>,
    candidates: &mut Vec<Vec<(usize, usize)>>,
) {
    let Some(&step) = steps.get(filled.len()) else {
        candidates.push(filled.clone());
        return;
    };
    for (event, happened) in history.iter().enumerate() {
        let unused = filled.iter().all(|&(_, used)| used != event);
        if happened.fills.contains(&step) && unused {
            filled.push((step, event));
            assign(history, steps, filled, candidates);
            filled.pop();
        }
    }
}

fn keeps_every_rule(rules: &Rules, history: &[Happened], filled: &[(usize, usize)]) -> bool {
    let (started_ms, reached_ms) = span(history, filled);
    let held_alike = history[filled[0].1]
        .held
        .iter()
        .any(|value| filled.iter().all(|&(_, event)| history[event].held.contains(value)));
    held_alike
        && reached_ms - started_ms <= rules.window_ms
        && match rules.order {
            Order::Sequential => filled.windows(2).all(|pair| follows(history, pair[0], pair[1])),
            Order::Strict => filled.windows(2).all(|pair| follows_at_once(history, pair[0], pair[1])),
            Order::Any => !history.iter().any(|e| !e.ends.is_empty() && started_ms < e.at_ms && e.at_ms < reached_ms),
        }
}

/// Whether the second step comes after the first, or with it, and nothing excluded is between.
fn follows(history: &[Happened], (step, event): (usize, usize), (_, next): (usize, usize)) -> bool {
    let (from_ms, to_ms) = (history[event].at_ms, history[next].at_ms);
    let between = |e: &&Happened| from_ms < e.at_ms && e.at_ms < to_ms;
    from_ms <= to_ms && !history.iter().filter(between).any(|e| e.ends.contains(&step))
}

/// Whether nothing is between the first step and the second in the history but what is passive and not excluded.
fn follows_at_once(history: &[Happened], (step, event): (usize, usize), (_, next): (usize, usize)) -> bool {
    event < next && history[event + 1..next].iter().all(|e| e.passive && !e.ends.contains(&step))
}

/// What ended the attempt `filled` after its last step, while its window was open.
fn end_of(rules: &Rules, history: &[Happened], filled: &[(usize, usize)]) -> End {
    let &(step, event) = filled.last().unwrap();
    let (started_ms, reached_ms) = span(history, filled);
    let closes_ms = started_ms + rules.window_ms;
    let after = |e: &&Happened| reached_ms < e.at_ms && e.at_ms <= closes_ms;
    let excluded = match rules.order {
        Order::Sequential => history.iter().filter(after).any(|e| e.ends.contains(&step)),
        Order::Any => history.iter().filter(after).any(|e| !e.ends.is_empty()),
        Order::Strict => {
            let mut rest = history[event + 1..].iter().filter(|e| e.at_ms <= closes_ms);
            match rest.find(|e| !e.passive || e.ends.contains(&step)) {
                Some(e) if !e.ends.contains(&step) => return End::Interrupted,
                found => found.is_some(),
            }
        }
    };
    if excluded { End::Excluded } else { End::Closes(closes_ms) }
}

fn end_of_all(ends: &[End]) -> End {
    let closing = ends.iter().filter_map(|end| if let End::Closes(at_ms) = end { Some(*at_ms) } else { None });
    match closing.max() {
        Some(latest_ms) => End::Closes(latest_ms),
        None if ends.iter().all(|end| *end == End::Excluded) => End::Excluded,
        None => End::Interrupted,
    }
}

fn times_of(history: &[Happened], filled: &[(usize, usize)]) -> impl Iterator<Item = i64> {
    filled.iter().map(|&(_, event)| history[event].at_ms)
}

/// When the first and the last of the events happened.
fn span(history: &[Happened], filled: &[(usize, usize)]) -> (i64, i64) {
    (times_of(history, filled).min().unwrap(), times_of(history, filled).max().unwrap())
}
