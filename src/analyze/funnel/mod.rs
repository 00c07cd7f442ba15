//! How many got how far, and where they left.
//!
//! Rules 1 to 17 of SEMANTICS ("Funnel"): [`query`](mod@query) reads the rows that may fill a step, and those that may end an
//! attempt, sorted by unit and time; [`rows`] takes them through the matcher once; [`tallies`] books each unit's attempt
//! that counts; [`wording`] says it with the contract's names, and [`method`] how it was reached.

mod afterwards;
mod breakdown;
mod method;
mod query;
mod rows;
mod tallies;
mod trend;
mod unbroken;
mod visitors;
mod wording;

pub use self::afterwards::Next;
pub use self::breakdown::{Breakdown, BreakdownAt, BreakdownColumn};
pub use self::method::Method;
use self::query::unlinked_query;
use self::tallies::{Sums, Tallies};
use self::trend::Trend;
pub use self::trend::TrendBucket;
pub use self::visitors::{Cursor, People, PeopleQuestion, Person, PersonStep, Sought, people};
use self::wording::Words;
pub use self::wording::{Answer, BreakdownRow, Comparison, Conversion, HistogramBin, Seconds, StepAnswer};
use super::{NONE, OTHER, Scope, data_through, shown};
use crate::domain::calendar::CalendarUnit;
use crate::domain::funnel::{Funnel, Tally, Unit};
use crate::domain::segment::Segment;
use crate::domain::statistics::{Share, p_value};
use crate::domain::time::Period;
use crate::store::{self, Query, Snapshot};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whom and when.
    pub scope: Scope,
    /// The steps and their rules.
    pub funnel: Funnel,
    /// Who may enter; with filters on every step, whose events count at all.
    pub segment: Segment,
    /// By what the answer is broken down.
    pub breakdown: Option<Breakdown>,
    /// The unit of its trend.
    pub trend: Option<CalendarUnit>,
    /// The period it is compared with.
    pub compare: Option<Period>,
}

/// A trend has at most so many buckets.
pub const TREND_BUCKETS_MAX: usize = 1_000;

/// Runs the funnel.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, question: &Question) -> Result<Answer, store::Error> {
    let Question { scope, funnel, breakdown, .. } = question;
    let trend = question.trend.and_then(|unit| Trend::new(unit, scope, &funnel.plan()));
    let tallies = Tallies::fill(snapshot, question, trend.as_ref())?;
    let unlinked_visitors = match funnel.unit() {
        Unit::Customer => Some(count_unlinked(snapshot, question)?),
        Unit::Visitor | Unit::Session => None,
    };
    let words = Words { snapshot, funnel, plan: funnel.plan() };
    // Who entered before had a whole window.
    let closed_until = snapshot.received_through().plus_ms(-funnel.plan().window_ms());
    let over_time = |sums: &Sums| match &trend {
        Some(trend) => trend.say(&sums.over_time, scope, closed_until),
        None => Vec::new(),
    };
    let (mut total, parts) = tallies.into_total_and_parts(breakdown.as_ref().map(|breakdown| breakdown.limit.get()));
    let breakdown_rows = parts
        .into_iter()
        .map(|(part, mut sums)| BreakdownRow {
            value: words.value_of(part, breakdown.as_ref()),
            steps: words.steps(&mut sums.tally),
            conversion: words.conversion(&mut sums.tally),
            trend: over_time(&sums),
        })
        .collect();
    let compare = match question.compare {
        Some(period) => Some(compare(snapshot, question, period, &shares(&mut total.tally))?),
        None => None,
    };
    Ok(Answer {
        steps: words.steps(&mut total.tally),
        conversion: words.conversion(&mut total.tally),
        breakdown: breakdown_rows,
        trend: over_time(&total),
        compare,
        unlinked_visitors,
        method: method::method(question, snapshot.identity()),
        data_through: data_through(snapshot),
    })
}

/// The same funnel over another period, beside the shares of `now`.
fn compare(
    snapshot: &Snapshot,
    question: &Question,
    period: Period,
    now: &[Share],
) -> Result<Comparison, store::Error> {
    let scope = Scope { period, ..question.scope.clone() };
    let before = Question { scope, breakdown: None, trend: None, compare: None, ..question.clone() };
    let (mut total, _) = Tallies::fill(snapshot, &before, None)?.into_total_and_parts(None);
    let shares = shares(&mut total.tally);
    let mut p_values: Vec<_> = now.iter().zip(&shares).map(|(now, before)| p_value(*now, *before)).collect();
    // All of those who entered did.
    p_values[0] = None;
    let words = Words { snapshot, funnel: &question.funnel, plan: question.funnel.plan() };
    Ok(Comparison {
        from: period.from().show_in(&question.scope.time_zone),
        to: period.to().show_in(&question.scope.time_zone),
        p_value: p_values.last().copied().flatten(),
        p_values,
        steps: words.steps(&mut total.tally),
        conversion: words.conversion(&mut total.tally),
    })
}

/// Of those who entered, who reached each step.
fn shares(tally: &mut Tally) -> Vec<Share> {
    let steps = tally.steps();
    steps.iter().map(|step| Share { part: step.reached, total: steps[0].reached }).collect()
}

/// The SQL and values that [`answer`] runs.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub fn query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    query::sorted_funnel_query(snapshot, question)
}

fn count_unlinked(snapshot: &Snapshot, question: &Question) -> Result<u64, store::Error> {
    let mut unlinked = 0;
    snapshot.stream(&unlinked_query(snapshot, question)?, |columns| {
        unlinked += columns.numbers("visitors").iter().map(|&visitors| visitors.unsigned_abs()).sum::<u64>();
    })?;
    Ok(unlinked)
}
