//! Who comes back: cohorts by the first visit or the first order, and loyalty.
//!
//! SEMANTICS ("Loyalty"). A person is in the cohort of the calendar unit in which its first visit, or its first order, lies;
//! in a cell of the cohort are those who came back in the unit so many units later. [`Ledger`] takes each person's visits
//! and orders in time order, one person after the other, and adds them up.

mod ledger;
mod person;

pub use ledger::{Cohort, Ledger, Loyalty, ORDERS_TOLD_MAX, Retention};

use super::calendar::Bucket;
use super::money::Money;
use super::time::Period;

/// What a person does again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// A session, when it began.
    Visit,
    /// An order, once however often it was reported.
    Order,
}

/// A visit or an order of a person. A person's rows lie together and ascend in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActRow {
    /// Whose.
    pub person: u64,
    /// When.
    pub at_ms: i64,
    /// Which of the two.
    pub act: Act,
    /// What is left of the order's worth.
    pub value: Option<Money>,
    /// Whether it fits the question's conditions.
    pub fits: bool,
}

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    All,
    /// Those whose first visit, or first order, fits the conditions.
    Fitting,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// By the first what people are put together.
    pub cohort: Act,
    /// What coming back is.
    pub returning: Act,
    /// Who is counted.
    pub who: Who,
    /// When the firsts lie.
    pub period: Period,
    /// Calendar units from that of the period's start on, without a gap, as far as something may lie in them; those that
    /// hold the period's are cohorts.
    pub buckets: Vec<Bucket>,
    /// Each cohort has at most so many cells, the one of its own unit included.
    pub cells_max: usize,
    /// The last moment that is known of.
    pub as_of_ms: i64,
    /// Whoever has not bought for so long has churned.
    pub churned_after_ms: i64,
}

impl Plan {
    /// How many cohorts there are.
    pub fn cohorts(&self) -> usize {
        self.buckets.partition_point(|bucket| bucket.from < self.period.to())
    }

    /// Whether a moment comes back to a `first` one of the cohort's act: that one itself does where the acts are the same.
    fn returns(&self, first_ms: i64, at_ms: i64) -> bool {
        // The visit that an order begins is not a second coming.
        first_ms < at_ms || (first_ms == at_ms && (self.cohort, self.returning) != (Act::Order, Act::Visit))
    }
}
