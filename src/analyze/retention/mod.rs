//! Who comes back, cohort by cohort; and how loyal people are.
//!
//! SEMANTICS ("Loyalty"): [`query`](mod@query) reads each person's visits and orders in time order, the ledger of
//! [`retention`](crate::domain::retention) puts people into cohorts and adds them up, [`wording`] says it. Cohorts are those of
//! the period; they are followed as far as `as_of`, beyond the period too.

mod query;
mod wording;

use std::collections::HashMap;

use self::query::{acts_query, unlinked_query};
pub use self::wording::{Answer, CellAnswer, CellTotal, CohortAnswer, LoyaltyAnswer, Method, RateAnswer};
use super::Scope;
use crate::domain::calendar::{Bucket, CalendarUnit};
use crate::domain::filter::Filter;
use crate::domain::money::{Currency, Money};
use crate::domain::retention::{Act, ActRow, Ledger, Plan, Who};
use crate::domain::time::{DAY_MS, Period, Timestamp};
use crate::store::{self, Code, Columns, Query, Snapshot};

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
    /// The shop, and when the firsts lie.
    pub scope: Scope,
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
    /// What must be true of the visit or order that puts somebody into a cohort.
    pub filters: Vec<Filter>,
    /// The moment; that of the newest data when left out.
    pub as_of: Option<Timestamp>,
    /// The one currency that is shown; all of them when left out.
    pub currency: Option<Currency>,
}

impl Question {
    /// The moment, on this snapshot.
    fn as_of(&self, snapshot: &Snapshot) -> Timestamp {
        self.as_of.unwrap_or_else(|| snapshot.received_through())
    }

    /// The calendar units of the period and those that its cohorts are followed into; `None` when the period has too
    /// many, or lies outside the years that calendars know.
    pub fn buckets(&self, as_of: Timestamp) -> Option<Vec<Bucket>> {
        let period = self.scope.period;
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
        let mut buckets = self.by.buckets(reach, &self.scope.time_zone, 3 * (COHORTS_MAX + self.cells_max))?;
        buckets.truncate(buckets.partition_point(|bucket| bucket.from < end));
        let cohorts = buckets.partition_point(|bucket| bucket.from < period.to());
        (cohorts <= COHORTS_MAX).then_some(buckets)
    }

    fn plan(&self, as_of: Timestamp) -> Plan {
        Plan {
            cohort: self.cohort,
            returning: self.returning,
            who: if self.filters.is_empty() { Who::All } else { Who::Fitting },
            period: self.scope.period,
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
    let as_of = question.as_of(snapshot);
    let plan = question.plan(as_of);
    let buckets = plan.buckets.clone();
    let mut ledger = Ledger::new(plan);
    let mut currencies = Currencies { snapshot, known: HashMap::new() };
    snapshot.stream(&acts_query(snapshot, question), |columns| {
        each_row(&columns, &mut currencies, |row| ledger.push(row));
    })?;
    let unlinked_visitors = match question.unit {
        Unit::Visitor => None,
        Unit::Customer => Some(count_unlinked(snapshot, question)?),
    };
    Ok(wording::answer(snapshot, question, &ledger.finish(), &wording::Reached { as_of, buckets, unlinked_visitors }))
}

/// The SQL and values that [`answer`] runs.
pub fn query(snapshot: &Snapshot, question: &Question) -> Query {
    acts_query(snapshot, question)
}

fn each_row(columns: &Columns, currencies: &mut Currencies<'_>, mut each: impl FnMut(&ActRow)) {
    let (people, times, orders) = (columns.unsigned("person"), columns.numbers("at_ms"), columns.codes("orders"));
    let (amounts, codes, fits) = (columns.numbers("value_minor"), columns.codes("currency"), columns.codes("fits"));
    for row in 0..columns.rows() {
        let currency = currencies.of(codes[row]);
        each(&ActRow {
            person: people[row],
            at_ms: times[row],
            act: if orders[row] == 0 { Act::Visit } else { Act::Order },
            value: currency.and_then(|currency| Money::from_minor(amounts[row], currency)),
            fits: fits[row] != 0,
        });
    }
}

fn count_unlinked(snapshot: &Snapshot, question: &Question) -> Result<u64, store::Error> {
    let mut unlinked = 0;
    snapshot.stream(&unlinked_query(snapshot, question), |columns| {
        unlinked += columns.unsigned("visitors").iter().sum::<u64>();
    })?;
    Ok(unlinked)
}

/// What codes of currencies mean.
struct Currencies<'a> {
    snapshot: &'a Snapshot,
    known: HashMap<Code, Option<Currency>>,
}

impl Currencies<'_> {
    fn of(&mut self, code: Code) -> Option<Currency> {
        let snapshot = self.snapshot;
        let read = || snapshot.text(code).and_then(|text| Currency::parse(&text));
        *self.known.entry(code).or_insert_with(read)
    }
}
