//! How many got how far, and where they left.
//!
//! Rules 1 to 17 of SEMANTICS ("Funnel"): [`query`] reads the rows that may fill a step, and those that may end an
//! attempt, sorted by unit and time; [`rows`] takes them through the matcher once; [`tallies`] books each unit's attempt
//! that counts; [`wording`] says it with the contract's names, and [`method`] how it was reached.

mod breakdown;
mod method;
mod query;
mod rows;
mod tallies;
mod wording;

pub use self::breakdown::{Breakdown, BreakdownAt, BreakdownColumn};
pub use self::method::Method;
use self::query::unlinked_query;
use self::tallies::Tallies;
use self::wording::Words;
pub use self::wording::{Answer, BreakdownRow, Conversion, HistogramBin, Seconds, StepAnswer};
use super::{NONE, OTHER, Scope, data_through, shown};
use crate::domain::funnel::{Funnel, Unit};
use crate::store::{self, Query, Snapshot};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whom and when.
    pub scope: Scope,
    /// The steps and their rules.
    pub funnel: Funnel,
    /// By what the answer is broken down.
    pub breakdown: Option<Breakdown>,
}

/// Runs the funnel.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, question: &Question) -> Result<Answer, store::Error> {
    let Question { scope, funnel, breakdown } = question;
    let tallies = Tallies::fill(snapshot, question)?;
    let unlinked_visitors = match funnel.unit() {
        Unit::Customer => Some(count_unlinked(snapshot, scope, funnel)?),
        Unit::Visitor | Unit::Session => None,
    };
    let words = Words { snapshot, funnel, plan: funnel.plan() };
    let (mut total, parts) = tallies.into_total_and_parts(breakdown.as_ref().map(|breakdown| breakdown.limit.get()));
    let breakdown_rows = parts
        .into_iter()
        .map(|(part, mut tally)| BreakdownRow {
            value: words.value_of(part, breakdown.as_ref()),
            steps: words.steps(&mut tally),
            conversion: words.conversion(&mut tally),
        })
        .collect();
    Ok(Answer {
        steps: words.steps(&mut total),
        conversion: words.conversion(&mut total),
        breakdown: breakdown_rows,
        unlinked_visitors,
        method: method::method(question),
        data_through: data_through(snapshot),
    })
}

/// The SQL and values that [`answer`] runs.
pub fn query(snapshot: &Snapshot, question: &Question) -> Query {
    query::funnel_query(snapshot, question)
}

fn count_unlinked(snapshot: &Snapshot, scope: &Scope, funnel: &Funnel) -> Result<u64, store::Error> {
    let mut unlinked = 0;
    snapshot.stream(&unlinked_query(snapshot, scope, funnel), |columns| {
        unlinked += columns.numbers("visitors").iter().map(|&visitors| visitors.unsigned_abs()).sum::<u64>();
    })?;
    Ok(unlinked)
}
