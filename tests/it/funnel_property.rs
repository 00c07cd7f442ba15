//! The funnel matcher and its tally against the exhaustive search, over random small histories.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use styk::domain::funnel::{Durations, Filled, Matcher, Outcome, Plan, StepRow, StepTally, Tally};

use crate::reference::{Attempt, Rules, attempt_that_counts};

/// Streams compared; each holds up to three histories.
const STREAMS: u32 = 12_000;

/// An outcome that outlives the matcher's callback.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    unit: u64,
    filled: Vec<Filled>,
    open_until_ms: i64,
}

#[test]
fn every_outcome_and_every_count_equals_the_exhaustive_search() {
    let config = ProptestConfig { cases: STREAMS, failure_persistence: None, ..ProptestConfig::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(&streams(), |(rules, histories, high_water_ms)| {
        let plan = Plan::new(rules.optional.clone(), rules.window_ms).expect("the strategy makes valid plans");
        let (answers, mut tally) = matched(&plan, &histories, high_water_ms);
        let expected: Vec<Answer> = histories.iter().filter_map(|history| searched(&rules, history)).collect();
        prop_assert_eq!(&answers, &expected);

        let steps = tally.steps();
        prop_assert_eq!(steps.len(), rules.optional.len());
        for (index, step) in steps.iter().enumerate() {
            prop_assert_eq!(step, &counted(&rules, &expected, index + 1, high_water_ms));
        }
        if !rules.optional.contains(&true) {
            for pair in steps.windows(2) {
                prop_assert_eq!(pair[0].drop_off, pair[0].reached - pair[1].reached - pair[0].in_progress);
            }
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// Funnels of 2 to 5 steps, up to three units with up to eight events each, and a high-water mark.
fn streams() -> impl Strategy<Value = (Rules, Vec<Vec<StepRow>>, i64)> {
    let rules = (prop::collection::vec(any::<bool>(), 0..=3), any::<bool>(), 1..10_i64);
    let rules = rules.prop_map(|(middle, strict, window_ms)| {
        let middle = middle.into_iter().map(|optional| optional && !strict);
        Rules { optional: [false].into_iter().chain(middle).chain([false]).collect(), window_ms }
    });
    // Mostly one step to an event, sometimes several; and times that tie often.
    let steps = prop_oneof![3 => (0..5_u32).prop_map(|step| 1 << step), 1 => 0..32_u32];
    let spread = prop_oneof![1..4_i64, 1..16_i64];
    let history = spread.prop_flat_map(move |spread| prop::collection::vec((0..spread, steps.clone()), 0..=8));
    let histories = prop::collection::vec(history, 1..=3);
    (rules, histories, 0..24_i64).prop_map(|(rules, histories, high_water_ms)| {
        let units = histories.into_iter().zip(0..);
        (rules, units.map(|(history, unit)| rows(unit, history)).collect(), high_water_ms)
    })
}

/// The rows of one unit, each recognisable by what it carries. Keeps the order of simultaneous ones.
fn rows(unit: u64, mut history: Vec<(i64, u32)>) -> Vec<StepRow> {
    history.sort_by_key(|(at_ms, _)| *at_ms);
    let rows = (0..).zip(history);
    rows.map(|(place, (at_ms, steps))| StepRow {
        unit,
        at_ms,
        steps,
        breakdown: place,
        amount_minor: 100 + i64::from(place),
        currency: place % 3,
    })
    .collect()
}

fn matched(plan: &Plan, histories: &[Vec<StepRow>], high_water_ms: i64) -> (Vec<Answer>, Tally) {
    let (mut answers, mut tally) = (Vec::new(), Tally::new(plan));
    let mut finished = |outcome: &Outcome| {
        tally.add(outcome, high_water_ms);
        answers.push(Answer {
            unit: outcome.unit,
            filled: outcome.filled.to_vec(),
            open_until_ms: outcome.open_until_ms,
        });
    };
    let mut matcher = Matcher::new(plan.clone());
    for row in histories.iter().flatten() {
        matcher.push(*row, &mut finished);
    }
    matcher.finish(&mut finished);
    (answers, tally)
}

fn searched(rules: &Rules, history: &[StepRow]) -> Option<Answer> {
    // Bits past the last step mean nothing.
    let known = (1 << rules.optional.len()) - 1;
    let rows: Vec<StepRow> = history.iter().map(|row| StepRow { steps: row.steps & known, ..*row }).collect();
    let Attempt { filled, open_until_ms } = attempt_that_counts(rules, &rows)?;
    let filled = filled.into_iter().map(|(step, place)| Filled {
        step: step as u8,
        at_ms: rows[place].at_ms,
        breakdown: rows[place].breakdown,
        amount_minor: rows[place].amount_minor,
        currency: rows[place].currency,
    });
    Some(Answer { unit: rows[0].unit, filled: filled.collect(), open_until_ms })
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
                from_previous.push(filled.at_ms - answer.filled[place - 1].at_ms);
                from_first.push(filled.at_ms - answer.filled[0].at_ms);
            }
        }
    }
    let fills = |answer: &&Answer| answer.filled.iter().any(|filled| usize::from(filled.step) == step);
    let left =
        |answer: &&Answer| step < rules.optional.len() && usize::from(answer.filled.last().unwrap().step) == step;
    let open = |answer: &&Answer| answer.open_until_ms >= high_water_ms;
    StepTally {
        reached: answers.iter().filter(fills).count() as u64,
        drop_off: answers.iter().filter(left).filter(|answer| !open(answer)).count() as u64,
        in_progress: answers.iter().filter(left).filter(open).count() as u64,
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
