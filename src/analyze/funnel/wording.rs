//! A funnel's answer, and how tallies become one.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::method::Method;
use super::tallies::Part;
use super::trend::TrendBucket;
use super::{Breakdown, NONE, OTHER, shown};
use crate::domain::channel::DIRECT;
use crate::domain::filter::{ArrivalField, Field};
use crate::domain::funnel::{
    Bin, Durations, Funnel, Plan, Step, StepTally, Tally, Target, conversion_rate, drop_off_rate, step_rate,
};
use crate::domain::statistics::wilson;
use crate::store::{Code, NO_CODE, Snapshot};

/// The row of those who did not reach the step whose value is asked for.
const NOT_REACHED: &str = "(not reached)";

/// A funnel's answer. Shapes and names as in the API's contract.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FunnelAnswer")]
pub struct Answer {
    /// Step 1 first.
    pub steps: Vec<StepAnswer>,
    /// Step 1 to last.
    pub conversion: Conversion,
    /// One row a value, most entries first, then `(other)` and `(not reached)`; empty when none was asked for.
    pub breakdown: Vec<BreakdownRow>,
    /// By calendar unit, in order; empty when none was asked for.
    pub trend: Vec<TrendBucket>,
    /// The period it is compared with; null when none was asked for.
    pub compare: Option<Comparison>,
    /// Visitors who entered but are linked to no customer: left out. Only for unit `customer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlinked_visitors: Option<u64>,
    /// How the numbers were reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// One step's numbers.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FunnelStepAnswer")]
pub struct StepAnswer {
    /// From 1.
    pub step: usize,
    /// How the step is called.
    pub label: String,
    /// The key of the touchpoint, where the step is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touchpoint: Option<String>,
    /// Units whose attempt that counts filled it.
    pub reached: u64,
    /// Of those who entered; null when nobody did.
    pub conversion_rate: Option<f64>,
    /// Lower end of that rate's 95 % Wilson interval.
    pub conversion_low: Option<f64>,
    /// Upper end of it.
    pub conversion_high: Option<f64>,
    /// Of those who reached the required step before; null at step 1.
    pub step_rate: Option<f64>,
    /// Units that went no further.
    pub drop_off: u64,
    /// Of those who reached it.
    pub drop_off_rate: Option<f64>,
    /// Units that may still go on.
    pub in_progress: u64,
    /// Units whose every attempt that got this far was ended by an excluded event.
    pub excluded: u64,
    /// Sum of the values of the events that filled it, by currency, in minor units.
    pub value_minor: BTreeMap<String, i64>,
    /// Since the step filled before.
    pub seconds_from_previous: Option<Seconds>,
    /// Since step 1.
    pub seconds_from_first: Option<Seconds>,
}

/// The same funnel over another period.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FunnelComparison")]
pub struct Comparison {
    /// Included.
    pub from: String,
    /// Excluded.
    pub to: String,
    /// Step 1 first.
    pub steps: Vec<StepAnswer>,
    /// Step 1 to last.
    pub conversion: Conversion,
    /// How likely the two conversion rates differ so by chance; null below 30 entries in one of the periods.
    pub p_value: Option<f64>,
    /// The same of each step's conversion rate, step 1 first, which has none.
    pub p_values: Vec<Option<f64>>,
}

/// Durations, in seconds.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Seconds {
    /// Half took no longer.
    pub median: f64,
    /// Three quarters took no longer.
    pub p75: f64,
    /// Nine tenths took no longer.
    pub p90: f64,
    /// Arithmetic mean.
    pub mean: f64,
}

/// From step 1 to the last.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Conversion {
    /// Null when nobody entered.
    pub rate: Option<f64>,
    /// Lower end of the rate's 95 % Wilson interval.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
    /// Null when nobody converted.
    pub seconds: Option<Seconds>,
    /// Up to the last bin that holds anything.
    pub histogram: Vec<HistogramBin>,
}

/// One bar of the time to convert; `from` and `to` in seconds.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the struct's doc says all")]
pub struct HistogramBin {
    pub from: i64,
    pub to: i64,
    pub count: u64,
}

/// The funnel of those with one value.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "as in `Answer`")]
pub struct BreakdownRow {
    pub value: String,
    pub steps: Vec<StepAnswer>,
    pub conversion: Conversion,
    /// By the same calendar units as the answer's own; empty when no trend was asked for.
    pub trend: Vec<TrendBucket>,
}

/// Turns tallies into answers.
pub(super) struct Words<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) funnel: &'a Funnel,
    pub(super) plan: Plan,
}

impl Words<'_> {
    pub(super) fn steps(&self, tally: &mut Tally) -> Vec<StepAnswer> {
        let tallies = tally.steps();
        let step_of = |(step, asked): (usize, &Step)| {
            let tally = &tallies[step - 1];
            let interval = wilson(tally.reached, tallies[0].reached);
            StepAnswer {
                step,
                label: asked.label.clone(),
                touchpoint: match &asked.target {
                    Target::Touchpoint(key) => Some(key.as_str().to_owned()),
                    _ => None,
                },
                reached: tally.reached,
                conversion_rate: conversion_rate(&tallies, step),
                conversion_low: interval.map(|(low, _)| low),
                conversion_high: interval.map(|(_, high)| high),
                step_rate: step_rate(&self.plan, &tallies, step),
                drop_off: tally.drop_off,
                drop_off_rate: drop_off_rate(tally),
                in_progress: tally.in_progress,
                excluded: tally.excluded,
                value_minor: self.values(tally),
                seconds_from_previous: tally.from_previous.map(seconds),
                seconds_from_first: tally.from_first.map(seconds),
            }
        };
        (1..).zip(self.funnel.steps()).map(step_of).collect()
    }

    fn values(&self, tally: &StepTally) -> BTreeMap<String, i64> {
        let value = |(&currency, &minor): (&Code, &i128)| {
            // Past nine quintillion minor units the sum stays at the end of the scale.
            let minor = i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX });
            (shown(self.snapshot, currency), minor)
        };
        tally.amounts.iter().map(value).collect()
    }

    pub(super) fn conversion(&self, tally: &mut Tally) -> Conversion {
        let tallies = tally.steps();
        let last = tallies.len();
        let interval = wilson(tallies[last - 1].reached, tallies[0].reached);
        let bin = |bin: Bin| HistogramBin { from: bin.from_ms / 1_000, to: bin.to_ms / 1_000, count: bin.count };
        Conversion {
            rate: conversion_rate(&tallies, last),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
            seconds: tallies[last - 1].from_first.map(seconds),
            histogram: tally.conversion_histogram().into_iter().map(bin).collect(),
        }
    }

    pub(super) fn value_of(&self, part: Part, breakdown: Option<&Breakdown>) -> String {
        let channel = Some(&Field::Arrival(ArrivalField::Channel));
        match part {
            Part::Other => OTHER.to_owned(),
            Part::NotReached => NOT_REACHED.to_owned(),
            Part::Value(NO_CODE) if breakdown.map(|breakdown| &breakdown.field) == channel => DIRECT.to_owned(),
            Part::Value(NO_CODE) => NONE.to_owned(),
            Part::Value(code) => shown(self.snapshot, code),
        }
    }
}

fn seconds(durations: Durations) -> Seconds {
    // To the millisecond, as times are kept.
    let seconds = |ms: f64| ms.round() / 1_000.0;
    Seconds {
        median: seconds(durations.median_ms),
        p75: seconds(durations.p75_ms),
        p90: seconds(durations.p90_ms),
        mean: seconds(durations.mean_ms),
    }
}
