//! The funnel matchers and their tally against the exhaustive search, over random small histories.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use styk::domain::funnel::{
    self, Durations, EventRow, Filled, Matcher, Outcome, Plan, RefinedMatcher, StepRow, StepTally, Tally,
};

use crate::reference::{Attempt, End, Happened, Order, Rules, attempt_that_counts};

/// Streams compared; each holds up to three histories.
const STREAMS: u32 = 12_000;

/// Rules, the histories of a few units, and the high-water mark.
type Stream = (Rules, Vec<Vec<Happened>>, i64);

/// An outcome that outlives the matcher's callback.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    unit: u64,
    filled: Vec<Filled>,
    open_until_ms: i64,
    excluded: bool,
}

impl Answer {
    fn of(outcome: &Outcome) -> Self {
        let Outcome { unit, filled, open_until_ms, excluded } = *outcome;
        Self { unit, filled: filled.to_vec(), open_until_ms, excluded }
    }
}

#[test]
fn every_outcome_and_every_count_equals_the_exhaustive_search() {
    compare(plain_streams(), |plan, histories| {
        let (mut answers, mut matcher) = (Vec::new(), Matcher::new(plan.clone()));
        for (history, unit) in histories.iter().zip(0..) {
            for (happened, place) in history.iter().zip(0..) {
                matcher.push(step_row(unit, place, happened), &mut |outcome| answers.push(Answer::of(outcome)));
            }
        }
        matcher.finish(&mut |outcome| answers.push(Answer::of(outcome)));
        answers
    });
}

#[test]
fn every_order_exclusion_and_held_value_equals_the_exhaustive_search() {
    compare(refined_streams(), |plan, histories| {
        let (mut answers, mut matcher) = (Vec::new(), RefinedMatcher::new(plan.clone()));
        for (history, unit) in histories.iter().zip(0..) {
            for row in event_rows(unit, history) {
                matcher.push(row, &mut |outcome| answers.push(Answer::of(outcome)));
            }
        }
        matcher.finish(&mut |outcome| answers.push(Answer::of(outcome)));
        answers
    });
}

/// Compares what `matched` makes of random streams with the exhaustive search, and its tally with a recount.
fn compare(streams: impl Strategy<Value = Stream>, matched: impl Fn(&Plan, &[Vec<Happened>]) -> Vec<Answer>) {
    let config = ProptestConfig { cases: STREAMS, failure_persistence: None, ..ProptestConfig::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&streams, |(rules, histories, high_water_ms)| {
        let plan = plan_of(&rules);
        let answers = matched(&plan, &histories);
        let expected: Vec<Answer> =
            histories.iter().zip(0..).filter_map(|(history, unit)| searched(&rules, unit, history)).collect();
        prop_assert_eq!(&answers, &expected);

        let mut tally = Tally::new(&plan);
        for Answer { unit, filled, open_until_ms, excluded } in &answers {
            let outcome = Outcome { unit: *unit, filled, open_until_ms: *open_until_ms, excluded: *excluded };
            tally.add(&outcome, high_water_ms);
        }
        let steps = tally.steps();
        prop_assert_eq!(steps.len(), rules.optional.len());
        for (index, step) in steps.iter().enumerate() {
            prop_assert_eq!(step, &counted(&rules, &expected, index + 1, high_water_ms));
        }
        if !rules.optional.contains(&true) {
            for pair in steps.windows(2) {
                let gone_on = pair[0].in_progress + pair[0].excluded + pair[1].reached;
                prop_assert_eq!(pair[0].drop_off, pair[0].reached - gone_on);
            }
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// Funnels of 2 to 5 steps, up to three units with up to eight events each, and a high-water mark.
fn plain_streams() -> impl Strategy<Value = Stream> {
    let event = |spread| (0..spread, fills()).prop_map(|(at_ms, fills)| happened(at_ms, fills));
    let history = spread().prop_flat_map(move |spread| prop::collection::vec(event(spread), 0..=8));
    streams(Just(Order::Sequential), history)
}

/// The same with each order, excluded and passive events, and values that are held constant; seven events at most.
fn refined_streams() -> impl Strategy<Value = Stream> {
    let order = prop_oneof![Just(Order::Sequential), Just(Order::Strict), Just(Order::Any)];
    // Of each refinement half of the histories have nothing.
    let kinds = (spread(), any::<bool>(), any::<bool>(), any::<bool>());
    let history = kinds.prop_flat_map(|(spread, excluding, holding, passing)| {
        let ends = if excluding { prop_oneof![2 => Just(0), 1 => 1..32_u32].boxed() } else { Just(0).boxed() };
        let held = prop_oneof![Just(vec![]), Just(vec![1]), Just(vec![2]), Just(vec![1]), Just(vec![1, 2])];
        let held = if holding { held.boxed() } else { Just(vec![7]).boxed() };
        let passive = if passing { any::<bool>().boxed() } else { Just(false).boxed() };
        let event = (0..spread, fills(), ends, held, passive).prop_map(|(at_ms, fills, ends, held, passive)| {
            Happened { ends: steps_of(ends), held, passive, ..happened(at_ms, fills) }
        });
        prop::collection::vec(event, 0..=7)
    });
    streams(order, history)
}

fn streams(
    order: impl Strategy<Value = Order>,
    history: impl Strategy<Value = Vec<Happened>>,
) -> impl Strategy<Value = Stream> {
    let rules = (order, prop::collection::vec(any::<bool>(), 0..=3), any::<bool>(), 1..10_i64);
    let rules = rules.prop_map(|(order, middle, all_required, window_ms)| {
        let middle = middle.into_iter().map(|optional| optional && !all_required);
        Rules { order, optional: [false].into_iter().chain(middle).chain([false]).collect(), window_ms }
    });
    let histories = prop::collection::vec(history, 1..=3);
    (rules, histories, 0..24_i64).prop_map(|(rules, mut histories, high_water_ms)| {
        // Keeps the order of simultaneous events.
        histories.iter_mut().for_each(|history| history.sort_by_key(|happened| happened.at_ms));
        (rules, histories, high_water_ms)
    })
}

/// Times that tie often, or less.
fn spread() -> impl Strategy<Value = i64> {
    prop_oneof![1..4_i64, 1..16_i64]
}

/// Mostly one step to an event, sometimes several.
fn fills() -> impl Strategy<Value = u32> + Clone {
    prop_oneof![3 => (0..5_u32).prop_map(|step| 1 << step), 1 => 0..32_u32]
}

fn happened(at_ms: i64, fills: u32) -> Happened {
    Happened { at_ms, fills: steps_of(fills), ends: Vec::new(), held: vec![7], passive: false }
}

fn steps_of(set: u32) -> Vec<usize> {
    (1..=5).filter(|step| set >> (step - 1) & 1 == 1).collect()
}

fn set_of(steps: &[usize]) -> u32 {
    steps.iter().fold(0, |set, step| set | 1 << (step - 1))
}

fn plan_of(rules: &Rules) -> Plan {
    let order = match rules.order {
        Order::Sequential => funnel::Order::Sequential,
        Order::Strict => funnel::Order::Strict,
        Order::Any => funnel::Order::Any,
    };
    let plan = Plan::new(rules.optional.clone(), rules.window_ms).expect("the strategy makes valid plans");
    plan.in_order(order)
}

/// A row that is recognisable by what it carries.
fn step_row(unit: u64, place: u32, happened: &Happened) -> StepRow {
    StepRow {
        unit,
        at_ms: happened.at_ms,
        steps: set_of(&happened.fills),
        breakdown: place,
        amount_minor: 100 + i64::from(place),
        currency: place % 3,
    }
}

/// One row for each held value of an event, or one without.
fn event_rows(unit: u64, history: &[Happened]) -> Vec<EventRow> {
    let rows = (0..).zip(history).flat_map(|(place, happened)| {
        let held = if happened.held.is_empty() { vec![0] } else { happened.held.clone() };
        held.into_iter().map(move |held| EventRow {
            step: step_row(unit, place, happened),
            event: u64::from(place),
            ends: set_of(&happened.ends),
            held,
            passive: happened.passive,
        })
    });
    rows.collect()
}

fn searched(rules: &Rules, unit: u64, history: &[Happened]) -> Option<Answer> {
    let Attempt { filled, end } = attempt_that_counts(rules, history)?;
    let filled = filled.into_iter().map(|(step, place)| {
        let StepRow { at_ms, breakdown, amount_minor, currency, .. } = step_row(unit, place as u32, &history[place]);
        Filled { step: step as u8, at_ms, breakdown, amount_minor, currency }
    });
    let (open_until_ms, excluded) = match end {
        End::Closes(at_ms) => (at_ms, false),
        End::Interrupted => (i64::MIN, false),
        End::Excluded => (i64::MIN, true),
    };
    Some(Answer { unit, filled: filled.collect(), open_until_ms, excluded })
}

/// What the tally should say of `step`, counted from the answers one question at a time.
fn counted(rules: &Rules, answers: &[Answer], step: usize, high_water_ms: i64) -> StepTally {
    let mut amounts = BTreeMap::new();
    let (mut from_previous, mut from_first) = (Vec::new(), Vec::new());
    for answer in answers {
        for (place, filled) in answer.filled.iter().enumerate() {
            if usize::from(filled.step) != step {
                continue;
            }
            if filled.currency != 0 {
                *amounts.entry(filled.currency).or_insert(0) += i128::from(filled.amount_minor);
            }
            if place != 0 {
                // In order `any` a step is reached when it and those before it are filled.
                let reached_ms = |filled: &[Filled]| filled.iter().map(|filled| filled.at_ms).max().unwrap();
                let started_ms = answer.filled.iter().map(|filled| filled.at_ms).min().unwrap();
                let (before, with) = (reached_ms(&answer.filled[..place]), reached_ms(&answer.filled[..=place]));
                from_previous.push(with - before);
                from_first.push(with - started_ms);
            }
        }
    }
    let fills = |answer: &&Answer| answer.filled.iter().any(|filled| usize::from(filled.step) == step);
    let left =
        |answer: &&Answer| step < rules.optional.len() && usize::from(answer.filled.last().unwrap().step) == step;
    let open = |answer: &&Answer| answer.open_until_ms >= high_water_ms;
    let gone = |answer: &&Answer| !answer.excluded && answer.open_until_ms < high_water_ms;
    StepTally {
        reached: answers.iter().filter(fills).count() as u64,
        drop_off: answers.iter().filter(left).filter(gone).count() as u64,
        in_progress: answers.iter().filter(left).filter(open).count() as u64,
        excluded: answers.iter().filter(left).filter(|answer| answer.excluded).count() as u64,
        amounts,
        from_previous: described(from_previous),
        from_first: described(from_first),
    }
}

/// Percentiles of at most three durations, which the eye can check.
fn described(mut durations: Vec<i64>) -> Option<Durations> {
    durations.sort_unstable();
    let sorted: Vec<f64> = durations.into_iter().map(|ms| ms as f64).collect();
    let between = |low: f64, high: f64, share: f64| low + (high - low) * share;
    let (median_ms, p75_ms, p90_ms) = match sorted[..] {
        [] => return None,
        [only] => (only, only, only),
        [low, high] => (between(low, high, 0.5), between(low, high, 0.75), between(low, high, 0.9)),
        [_, middle, high] => (middle, between(middle, high, 0.5), between(middle, high, 0.8)),
        _ => panic!("more units than the strategy makes"),
    };
    Some(Durations { median_ms, p75_ms, p90_ms, mean_ms: sorted.iter().sum::<f64>() / sorted.len() as f64 })
}
