//! Adds up the attempts that count: how many units reached each step, where they left, how long they took.

use std::collections::BTreeMap;

use super::durations::histogram;
use super::outcome::Outcome;
use super::plan::Plan;
use super::row::NO_CURRENCY;

use super::durations::{Bin, Durations};

/// What is known about one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepTally {
    /// Units whose counting attempt filled this step.
    pub reached: u64,
    /// Units whose deepest step this is and whose window had closed: they went no further. 0 at the last step.
    ///
    /// Without optional steps this is `reached - reached of the next step - in_progress - excluded`. With them it is not: a
    /// unit may have skipped the next step and gone on, or have skipped this one and left further on.
    pub drop_off: u64,
    /// Units whose deepest step this is and that could still go on. 0 at the last step.
    pub in_progress: u64,
    /// Units whose deepest step this is and that excluded events kept from going on. 0 at the last step.
    pub excluded: u64,
    /// The sum of the amounts of the events that filled this step, in minor units, by currency code.
    /// Events without an amount are in none of them.
    pub amounts: BTreeMap<u32, i128>,
    /// Time since the step that the attempt filled before this one. None if nobody got here, and at step 1.
    pub from_previous: Option<Durations>,
    /// Time since step 1. None if nobody got here, and at step 1.
    pub from_first: Option<Durations>,
}

/// Share of the units that entered the funnel that reached `step` (counted from 1); None if nobody entered.
pub fn conversion_rate(steps: &[StepTally], step: usize) -> Option<f64> {
    rate(steps[step - 1].reached, steps[0].reached)
}

/// Share of the units that reached the nearest earlier required step that reached `step` (counted from 1).
///
/// None if nobody reached that one, and at step 1. Every attempt fills the required steps before its last one, so this
/// is never above 1.
pub fn step_rate(plan: &Plan, steps: &[StepTally], step: usize) -> Option<f64> {
    let base = plan.base_of(step).checked_sub(1)?;
    rate(steps[step - 1].reached, steps[base].reached)
}

/// Share of those who reached a step that went no further; None if nobody reached it.
pub fn drop_off_rate(step: &StepTally) -> Option<f64> {
    rate(step.drop_off, step.reached)
}

fn rate(part: u64, base: u64) -> Option<f64> {
    (base != 0).then(|| part as f64 / base as f64)
}

/// How a unit that entered the funnel stands at its deepest step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the last one.
    Converted,
    /// Excluded events kept it from going on.
    Excluded,
    /// It can still go on.
    InProgress,
    /// It went no further.
    DroppedOff,
}

impl Outcome<'_> {
    /// The last filled step.
    pub fn deepest(&self) -> usize {
        self.filled.last().map_or(0, |filled| usize::from(filled.step))
    }

    /// How the unit stands in a funnel of so many steps, where events are known up to `high_water_ms`.
    pub fn standing(&self, steps: usize, high_water_ms: i64) -> Standing {
        if self.deepest() == steps {
            Standing::Converted
        } else if self.excluded {
            Standing::Excluded
        } else if high_water_ms <= self.open_until_ms {
            Standing::InProgress
        } else {
            Standing::DroppedOff
        }
    }
}

/// Adds up outcomes. Keeps two durations of 8 bytes for each step that a unit reached after the first.
#[derive(Debug)]
pub struct Tally {
    window_ms: i64,
    steps: Vec<Sums>,
}

/// What is added up about one step.
#[derive(Clone, Debug, Default)]
struct Sums {
    reached: u64,
    drop_off: u64,
    in_progress: u64,
    excluded: u64,
    amounts: BTreeMap<u32, i128>,
    from_previous_ms: Vec<i64>,
    from_first_ms: Vec<i64>,
}

impl Tally {
    /// A tally of nobody.
    pub fn new(plan: &Plan) -> Self {
        Self { window_ms: plan.window_ms(), steps: vec![Sums::default(); plan.steps()] }
    }

    /// Adds the attempt that counts of one unit. `high_water_ms` is the time up to which events are known: a unit
    /// whose window includes it may still go on.
    pub fn add(&mut self, outcome: &Outcome, high_water_ms: i64) {
        // In order `any` a step is reached when it and those before it are filled, and the first may come late.
        let started_ms = outcome.filled.iter().map(|filled| filled.at_ms).min();
        let mut last: Option<i64> = None;
        for filled in outcome.filled {
            let sums = &mut self.steps[usize::from(filled.step) - 1];
            sums.reached += 1;
            if filled.currency != NO_CURRENCY {
                *sums.amounts.entry(filled.currency).or_default() += i128::from(filled.amount_minor);
            }
            let reached_ms = last.map_or(filled.at_ms, |last_ms| last_ms.max(filled.at_ms));
            if let (Some(previous_ms), Some(started_ms)) = (last.replace(reached_ms), started_ms) {
                sums.from_previous_ms.push(reached_ms.saturating_sub(previous_ms));
                sums.from_first_ms.push(reached_ms.saturating_sub(started_ms));
            }
        }
        let steps = self.steps.len();
        let Some(sums) = outcome.deepest().checked_sub(1).and_then(|deepest| self.steps.get_mut(deepest)) else {
            return;
        };
        match outcome.standing(steps, high_water_ms) {
            Standing::Converted => {}
            Standing::Excluded => sums.excluded += 1,
            Standing::InProgress => sums.in_progress += 1,
            Standing::DroppedOff => sums.drop_off += 1,
        }
    }

    /// Adds what another tally of the same funnel has added up.
    pub fn add_tally(&mut self, other: &Self) {
        for (sums, others) in self.steps.iter_mut().zip(&other.steps) {
            sums.reached += others.reached;
            sums.drop_off += others.drop_off;
            sums.in_progress += others.in_progress;
            sums.excluded += others.excluded;
            for (&currency, &minor) in &others.amounts {
                *sums.amounts.entry(currency).or_default() += minor;
            }
            sums.from_previous_ms.extend_from_slice(&others.from_previous_ms);
            sums.from_first_ms.extend_from_slice(&others.from_first_ms);
        }
    }

    /// Units that entered: they filled step 1.
    pub fn entered(&self) -> u64 {
        self.steps.first().map_or(0, |first| first.reached)
    }

    /// The steps, step 1 first. Reorders the durations, but may be asked again, and added to afterwards.
    pub fn steps(&mut self) -> Vec<StepTally> {
        let describe = |sums: &mut Sums| StepTally {
            reached: sums.reached,
            drop_off: sums.drop_off,
            in_progress: sums.in_progress,
            excluded: sums.excluded,
            amounts: sums.amounts.clone(),
            from_previous: Durations::describe(&mut sums.from_previous_ms),
            from_first: Durations::describe(&mut sums.from_first_ms),
        };
        self.steps.iter_mut().map(describe).collect()
    }

    /// How long the units that converted took from step 1 to the last, in bins up to the last that holds anything.
    /// Their percentiles are the last step's [`StepTally::from_first`].
    pub fn conversion_histogram(&self) -> Vec<Bin> {
        let converted = self.steps.last().map_or(&[][..], |last| &last.from_first_ms);
        histogram(converted, self.window_ms)
    }
}
