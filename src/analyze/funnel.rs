//! How many got how far, and where they left.
//!
//! Rules 1 to 8, 11, 12 and 14 to 16 of SEMANTICS ("Funnel"), order `sequential`: the rows that may fill a step
//! come from the store sorted by unit and time, and [`Matcher`] goes through them once. A breakdown books a
//! unit under the value at step 1 of the attempt that counts.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Serialize;

use super::condition::rows_needed;
pub use super::funnel_query::BreakdownColumn;
use super::funnel_query::{funnel_query, unlinked_query};
use super::{NONE, OTHER, Scope, data_through, shown};
use crate::domain::channel::DIRECT;
use crate::domain::filter::{ArrivalField, Field};
use crate::domain::funnel::{
    Bin, Durations, Funnel, Matcher, Outcome, Plan, StepRow, StepTally, Tally, Unit, conversion_rate, drop_off_rate,
    step_rate,
};
use crate::domain::statistics::wilson;
use crate::store::{self, Code, Columns, NO_CODE, Query, Snapshot};

/// By what the answer is broken down.
#[derive(Clone, Debug)]
pub struct Breakdown {
    /// A field whose values are few enough.
    pub field: Field,
    /// Its column.
    pub column: BreakdownColumn,
    /// So many values, then `(other)`.
    pub limit: NonZeroUsize,
}

/// A funnel's answer. Shapes and names as in the API's contract.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FunnelAnswer")]
pub struct Answer {
    /// Step 1 first.
    pub steps: Vec<StepAnswer>,
    /// Step 1 to last.
    pub conversion: Conversion,
    /// One row a value, most entries first, `(other)` last; empty when none was asked for.
    pub breakdown: Vec<BreakdownRow>,
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
    /// Units whose attempt that counts filled it.
    pub reached: u64,
    /// Of those who entered; null when nobody did.
    pub conversion_rate: Option<f64>,
    /// Of those who reached the required step before; null at step 1.
    pub step_rate: Option<f64>,
    /// Units that went no further.
    pub drop_off: u64,
    /// Of those who reached it.
    pub drop_off_rate: Option<f64>,
    /// Units that may still go on.
    pub in_progress: u64,
    /// Units ended by an exclusion; there are none yet.
    pub excluded: u64,
    /// Sum of the values of the events that filled it, by currency, in minor units.
    pub value_minor: BTreeMap<String, i64>,
    /// Since the step filled before.
    pub seconds_from_previous: Option<Seconds>,
    /// Since step 1.
    pub seconds_from_first: Option<Seconds>,
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
}

/// How a funnel's numbers were reached: printed beside them.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule of SEMANTICS, by its name")]
#[schemars(rename = "FunnelMethod")]
pub struct Method {
    pub report: &'static str,
    pub unit: &'static str,
    pub order: &'static str,
    pub window_seconds: u32,
    pub window: &'static str,
    pub ties: &'static str,
    pub counted: &'static str,
    pub filter_scope: &'static str,
    pub in_progress: &'static str,
    pub breakdown: Option<&'static str>,
    pub from: String,
    pub to: String,
    pub time_zone: String,
    pub session_gap_seconds: Option<i64>,
}

/// Runs the funnel.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(
    snapshot: &Snapshot,
    scope: &Scope,
    funnel: &Funnel,
    breakdown: Option<&Breakdown>,
) -> Result<Answer, store::Error> {
    let tallies = Tallies::fill(snapshot, &query(snapshot, scope, funnel, breakdown), &funnel.plan())?;
    let unlinked_visitors = match funnel.unit() {
        Unit::Customer => Some(count_unlinked(snapshot, scope, funnel)?),
        Unit::Visitor | Unit::Session => None,
    };
    let words = Words { snapshot, funnel, plan: funnel.plan() };
    let (mut total, parts) = tallies.into_total_and_parts(breakdown.map(|breakdown| breakdown.limit.get()));
    let breakdown_rows = parts
        .into_iter()
        .map(|(part, mut tally)| BreakdownRow {
            value: words.value_of(part, breakdown),
            steps: words.steps(&mut tally),
            conversion: words.conversion(&mut tally),
        })
        .collect();
    Ok(Answer {
        steps: words.steps(&mut total),
        conversion: words.conversion(&mut total),
        breakdown: breakdown_rows,
        unlinked_visitors,
        method: method(scope, funnel, breakdown),
        data_through: data_through(snapshot),
    })
}

/// The SQL and values that [`answer`] runs.
pub fn query(snapshot: &Snapshot, scope: &Scope, funnel: &Funnel, breakdown: Option<&Breakdown>) -> Query {
    funnel_query(snapshot, scope, funnel, breakdown.map(|breakdown| (&breakdown.field, breakdown.column)))
}

fn count_unlinked(snapshot: &Snapshot, scope: &Scope, funnel: &Funnel) -> Result<u64, store::Error> {
    let mut unlinked = 0;
    snapshot.stream(&unlinked_query(snapshot, scope, funnel), |columns| {
        unlinked += columns.numbers("visitors").iter().map(|&visitors| visitors.unsigned_abs()).sum::<u64>();
    })?;
    Ok(unlinked)
}

/// The outcomes, added up by breakdown value.
struct Tallies {
    plan: Plan,
    high_water_ms: i64,
    /// When the unit whose rows come now is over.
    unit_ends_ms: i64,
    by_value: HashMap<Code, Tally>,
}

/// Which row of a breakdown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Value(Code),
    Other,
}

impl Tallies {
    fn fill(snapshot: &Snapshot, query: &Query, plan: &Plan) -> Result<Self, store::Error> {
        let high_water_ms = snapshot.received_through().as_ms();
        let unit_ends_ms = i64::MAX;
        let mut tallies = Self { plan: plan.clone(), high_water_ms, unit_ends_ms, by_value: HashMap::new() };
        let mut matcher = Matcher::new(plan.clone());
        let mut units = Units::default();
        snapshot.stream(query, |columns| {
            units.each_row(&columns, |row, unit_ends_ms| {
                // What a row finishes is the unit before it.
                matcher.push(row, &mut |outcome| tallies.add(outcome));
                tallies.unit_ends_ms = unit_ends_ms;
            });
        })?;
        matcher.finish(&mut |outcome| tallies.add(outcome));
        Ok(tallies)
    }

    fn add(&mut self, outcome: &Outcome<'_>) {
        let value = outcome.filled[0].breakdown;
        let plan = &self.plan;
        // Who is over cannot go on, however long the window.
        let open_until_ms = outcome.open_until_ms.min(self.unit_ends_ms);
        let outcome = Outcome { open_until_ms, ..*outcome };
        self.by_value.entry(value).or_insert_with(|| Tally::new(plan)).add(&outcome, self.high_water_ms);
    }

    /// All units together; and, with a limit, the values with most entries and the rest as one.
    fn into_total_and_parts(self, limit: Option<usize>) -> (Tally, Vec<(Part, Tally)>) {
        let mut total = Tally::new(&self.plan);
        for tally in self.by_value.values() {
            total.add_tally(tally);
        }
        let Some(limit) = limit else { return (total, Vec::new()) };
        let mut values: Vec<_> = self.by_value.into_iter().collect();
        // Most entries first; equal ones by code, so that the same question has one answer.
        values.sort_by_key(|(code, tally)| (std::cmp::Reverse(tally.entered()), *code));
        let rest = values.split_off(limit.min(values.len()));
        let mut parts: Vec<_> = values.into_iter().map(|(code, tally)| (Part::Value(code), tally)).collect();
        if !rest.is_empty() {
            let mut other = Tally::new(&self.plan);
            rest.iter().for_each(|(_, tally)| other.add_tally(tally));
            parts.push((Part::Other, other));
        }
        (total, parts)
    }
}

/// Numbers the units in the order they come: a unit's rows share `unit` and `part` and lie together.
#[derive(Default)]
struct Units {
    last: Option<(u64, u64)>,
    number: u64,
}

impl Units {
    fn each_row(&mut self, columns: &Columns, mut each: impl FnMut(StepRow, i64)) {
        let (units, parts, times) = (columns.unsigned("unit"), columns.unsigned("part"), columns.numbers("at_ms"));
        let ends = columns.numbers("unit_ends_ms");
        let (steps, breakdowns) = (columns.codes("steps"), columns.codes("breakdown"));
        let (amounts, currencies) = (columns.numbers("amount_minor"), columns.codes("currency"));
        for row in 0..columns.rows() {
            let key = Some((units[row], parts[row]));
            if self.last != key {
                self.last = key;
                self.number += 1;
            }
            let step_row = StepRow {
                unit: self.number,
                at_ms: times[row],
                steps: steps[row],
                breakdown: breakdowns[row],
                amount_minor: amounts[row],
                currency: currencies[row],
            };
            each(step_row, ends[row]);
        }
    }
}

/// Turns tallies into answers.
struct Words<'a> {
    snapshot: &'a Snapshot,
    funnel: &'a Funnel,
    plan: Plan,
}

impl Words<'_> {
    fn steps(&self, tally: &mut Tally) -> Vec<StepAnswer> {
        let tallies = tally.steps();
        let step_of = |(step, label): (usize, String)| {
            let tally = &tallies[step - 1];
            StepAnswer {
                step,
                label,
                reached: tally.reached,
                conversion_rate: conversion_rate(&tallies, step),
                step_rate: step_rate(&self.plan, &tallies, step),
                drop_off: tally.drop_off,
                drop_off_rate: drop_off_rate(tally),
                in_progress: tally.in_progress,
                excluded: 0,
                value_minor: self.values(tally),
                seconds_from_previous: tally.from_previous.map(seconds),
                seconds_from_first: tally.from_first.map(seconds),
            }
        };
        let labels = self.funnel.steps().iter().map(|step| step.label.clone());
        (1..).zip(labels).map(step_of).collect()
    }

    fn values(&self, tally: &StepTally) -> BTreeMap<String, i64> {
        let value = |(&currency, &minor): (&Code, &i128)| {
            // Past nine quintillion minor units the sum stays at the end of the scale.
            let minor = i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX });
            (shown(self.snapshot, currency), minor)
        };
        tally.amounts.iter().map(value).collect()
    }

    fn conversion(&self, tally: &mut Tally) -> Conversion {
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

    fn value_of(&self, part: Part, breakdown: Option<&Breakdown>) -> String {
        let channel = Some(&Field::Arrival(ArrivalField::Channel));
        match part {
            Part::Other => OTHER.to_owned(),
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

fn method(scope: &Scope, funnel: &Funnel, breakdown: Option<&Breakdown>) -> Method {
    let fields =
        funnel.steps().iter().flat_map(|step| &step.filters).chain(funnel.filters()).map(|filter| filter.field());
    let sessions = funnel.unit() == Unit::Session
        || fields
            .chain(breakdown.map(|breakdown| &breakdown.field))
            .any(|field| rows_needed(field) == super::relation::Rows::WithSessions);
    Method {
        report: "funnel",
        unit: funnel.unit().as_str(),
        order: "sequential",
        window_seconds: funnel.window_seconds(),
        window: "from the attempt's first step to each later one, inclusive",
        ties: "events of the same millisecond count in whichever order takes the attempt furthest; one event fills one step",
        counted: "each unit once a step, by its deepest attempt; among equals the one that got there first, then the latest start",
        filter_scope: funnel.filter_scope().as_str(),
        in_progress: match funnel.unit() {
            Unit::Session => "not converted, and window and session are still open at data_through",
            Unit::Visitor | Unit::Customer => "not converted, and the window is still open at data_through",
        },
        breakdown: breakdown.map(|_| "the value at step 1 of the attempt that counts"),
        from: scope.period.from().show_in(&scope.time_zone),
        to: scope.period.to().show_in(&scope.time_zone),
        time_zone: scope.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        session_gap_seconds: sessions.then_some(scope.session_gap_ms / 1_000),
    }
}
