//! The outcomes of a funnel, added up: all together, and by the values of a breakdown.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::rows::{UnitKey, each_outcome};
use super::trend::{OverTime, Trend};
use super::{BreakdownAt, Question};
use crate::domain::funnel::{Filled, Outcome, Plan, Tally};
use crate::store::{self, Code, Snapshot};

/// The outcomes, added up by breakdown value.
pub(super) struct Tallies<'a> {
    plan: Plan,
    high_water_ms: i64,
    at: BreakdownAt,
    trend: Option<&'a Trend>,
    by_value: HashMap<Code, Sums>,
    /// Units that did not reach the step whose value is asked for.
    not_reached: Option<Sums>,
}

/// Outcomes added up: all of them, and by when they began where a trend is asked for.
pub(super) struct Sums {
    pub(super) tally: Tally,
    pub(super) over_time: OverTime,
}

impl Sums {
    fn new(plan: &Plan) -> Self {
        Self { tally: Tally::new(plan), over_time: OverTime::default() }
    }

    fn add(&mut self, other: &Self) {
        self.tally.add_tally(&other.tally);
        self.over_time.add(&other.over_time);
    }
}

/// Which row of a breakdown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Those with this value.
    Value(Code),
    /// Those with a value past the limit.
    Other,
    /// Those who did not reach the step whose value is asked for.
    NotReached,
}

impl<'a> Tallies<'a> {
    /// Adds up all outcomes, by the units of `trend` too if there is one.
    pub(super) fn fill(
        snapshot: &Snapshot,
        question: &Question,
        trend: Option<&'a Trend>,
    ) -> Result<Self, store::Error> {
        let mut tallies = Self {
            plan: question.funnel.plan(),
            high_water_ms: snapshot.received_through().as_ms(),
            at: question.breakdown.as_ref().map_or(BreakdownAt::Step(1), |breakdown| breakdown.at),
            trend,
            by_value: HashMap::new(),
            not_reached: None,
        };
        each_outcome(snapshot, question, |unit, outcome| tallies.add(unit, outcome))?;
        Ok(tallies)
    }

    fn add(&mut self, unit: &UnitKey, outcome: &Outcome<'_>) {
        let outcome = Outcome { open_until_ms: outcome.open_until_ms.min(unit.ends_ms), ..*outcome };
        let plan = &self.plan;
        let sums = match value_of(self.at, &outcome) {
            Some(value) => self.by_value.entry(value).or_insert_with(|| Sums::new(plan)),
            None => self.not_reached.get_or_insert_with(|| Sums::new(plan)),
        };
        sums.tally.add(&outcome, self.high_water_ms);
        if let Some(trend) = self.trend {
            trend.book(&outcome, &mut sums.over_time);
        }
    }

    /// All units together; and, with a limit, the values with most entries, the rest as one, and those without.
    pub(super) fn into_total_and_parts(self, limit: Option<usize>) -> (Sums, Vec<(Part, Sums)>) {
        let mut total = Sums::new(&self.plan);
        self.by_value.values().chain(&self.not_reached).for_each(|sums| total.add(sums));
        let Some(limit) = limit else { return (total, Vec::new()) };
        let mut values: Vec<_> = self.by_value.into_iter().collect();
        // Most entries first; equal ones by code, so that the same question has one answer.
        values.sort_by_key(|(code, sums)| (Reverse(sums.tally.entered()), *code));
        let rest = values.split_off(limit.min(values.len()));
        let mut parts: Vec<_> = values.into_iter().map(|(code, sums)| (Part::Value(code), sums)).collect();
        if !rest.is_empty() {
            let mut other = Sums::new(&self.plan);
            rest.iter().for_each(|(_, sums)| other.add(sums));
            parts.push((Part::Other, other));
        }
        parts.extend(self.not_reached.map(|sums| (Part::NotReached, sums)));
        (total, parts)
    }
}

/// The value of the breakdown that the unit is booked under; none if it did not reach the step.
pub(super) fn value_of(at: BreakdownAt, outcome: &Outcome<'_>) -> Option<Code> {
    let filled: Option<&Filled> = match at {
        // All rows of a unit carry its first touch.
        BreakdownAt::FirstTouch | BreakdownAt::Step(1) => outcome.filled.first(),
        BreakdownAt::Step(step) => outcome.filled.iter().find(|filled| usize::from(filled.step) == step),
        BreakdownAt::LastTouch => outcome.filled.iter().max_by_key(|filled| filled.at_ms),
    };
    filled.map(|filled| filled.breakdown)
}
