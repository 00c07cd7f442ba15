//! Who comes back, cohort by cohort; and how loyal people are.
//!
//! SEMANTICS ("Loyalty"): [`query`](mod@query) reads each person's visits in time order, and its orders, which are those of
//! [`orders`](super::orders); the ledger of [`retention`](crate::domain::retention) puts people into cohorts and adds them
//! up, [`wording`] says it. Cohorts are those of the period; they are followed as far as `as_of`, beyond the period too.

mod query;
mod wording;

use self::query::{each_visit, read_orders, unlinked_query, visits_query};
pub use self::wording::{Answer, CellAnswer, CellTotal, CohortAnswer, LoyaltyAnswer, Method, RateAnswer};
use super::cart_query::CartScope;
use crate::domain::calendar::{Bucket, CalendarUnit};
use crate::domain::retention::{Act, Ledger, Plan, Who};
use crate::domain::time::{DAY_MS, Period, Timestamp};
use crate::store::{self, Query, Snapshot};

/// Most cohorts of one question.
pub const COHORTS_MAX: usize = 400;

/// Who is counted as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Each browser.
    Visitor,
    /// Each customer, on all devices; visitors of none are left out.
    Customer,
}

impl Unit {
    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Customer => "customer",
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The shop, when the firsts lie, as of which moment; conditions are on the visit or order that puts somebody into a
    /// cohort, and on its visitor.
    pub asked: CartScope,
    /// Who is counted as one.
    pub unit: Unit,
    /// By the first what people are put together.
    pub cohort: Act,
    /// What coming back is.
    pub returning: Act,
    /// Days, weeks or months.
    pub by: CalendarUnit,
    /// Each cohort has at most so many cells, that of its own unit included.
    pub cells_max: usize,
    /// Whoever has not bought for so many days has churned.
    pub churned_after_days: u16,
}

impl Question {
    /// Whether anybody may be left out.
    fn has_conditions(&self) -> bool {
        !self.asked.filters.is_empty() || !self.asked.segment.is_everybody()
    }

    /// The calendar units of the period and those that its cohorts are followed into; `None` when the period has too
    /// many, or lies outside the years that calendars know.
    pub fn buckets(&self, as_of: Timestamp) -> Option<Vec<Bucket>> {
        let period = self.asked.scope.period;
        // No unit is longer: a month of 31 days with an hour more.
        let longest_ms = match self.by {
            CalendarUnit::Hour | CalendarUnit::Day => 2 * DAY_MS,
            CalendarUnit::Week => 8 * DAY_MS,
            CalendarUnit::Month => 32 * DAY_MS,
        };
        let cells = i64::try_from(self.cells_max).unwrap_or(i64::MAX);
        let followed_to = period.to().plus_ms(longest_ms.saturating_mul(cells)).min(as_of.plus_ms(1));
        let end = period.to().max(followed_to);
        // One unit more, so that the last one is not cut off.
        let reach = Period::new(period.from(), end.plus_ms(longest_ms))?;
        let mut buckets = self.by.buckets(reach, &self.asked.scope.time_zone, 3 * (COHORTS_MAX + self.cells_max))?;
        buckets.truncate(buckets.partition_point(|bucket| bucket.from < end));
        let cohorts = buckets.partition_point(|bucket| bucket.from < period.to());
        (cohorts <= COHORTS_MAX).then_some(buckets)
    }

    fn plan(&self, as_of: Timestamp) -> Plan {
        Plan {
            cohort: self.cohort,
            returning: self.returning,
            who: if self.has_conditions() { Who::Fitting } else { Who::All },
            period: self.asked.scope.period,
            // Who asks looks at this before.
            buckets: self.buckets(as_of).unwrap_or_default(),
            cells_max: self.cells_max,
            as_of_ms: as_of.as_ms(),
            churned_after_ms: i64::from(self.churned_after_days) * DAY_MS,
        }
    }
}

/// Follows the cohorts of the scope's period.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, question: &Question) -> Result<Answer, store::Error> {
    let as_of = question.asked.as_of(snapshot);
    let plan = question.plan(as_of);
    let buckets = plan.buckets.clone();
    let mut ledger = Ledger::new(plan);
    let mut orders = read_orders(snapshot, question)?.into_iter().peekable();
    each_visit(snapshot, question, |visit| {
        // The visit that an order begins comes first.
        while let Some(order) = orders.next_if(|order| (order.person, order.at_ms) < (visit.person, visit.at_ms)) {
            ledger.push(&order);
        }
        ledger.push(visit);
    })?;
    orders.for_each(|order| ledger.push(&order));
    let unlinked_visitors = match question.unit {
        Unit::Visitor => None,
        Unit::Customer => Some(count_unlinked(snapshot, question)?),
    };
    Ok(wording::answer(snapshot, question, &ledger.finish(), &wording::Reached { as_of, buckets, unlinked_visitors }))
}

/// The SQL and values of the visits; those of orders are shown by their own report.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub fn query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    visits_query(snapshot, question)
}

fn count_unlinked(snapshot: &Snapshot, question: &Question) -> Result<u64, store::Error> {
    let mut unlinked = 0;
    snapshot.stream(&unlinked_query(snapshot, question)?, |columns| {
        unlinked += columns.unsigned("visitors").iter().sum::<u64>();
    })?;
    Ok(unlinked)
}
