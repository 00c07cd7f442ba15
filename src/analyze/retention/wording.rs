//! Retention in the contract's words.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::cart_figures::money;
use super::super::data_through;
use super::super::segment::{SegmentMethod, segment_method};
use super::{Question, Unit};
use crate::domain::calendar::Bucket;
use crate::domain::retention::{Act, Cohort, Loyalty, ORDERS_TOLD_MAX, Retention};
use crate::domain::statistics::wilson;
use crate::domain::time::Timestamp;
use crate::store::Snapshot;

/// The answer. Shapes and names as in the API's contract.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RetentionAnswer")]
pub struct Answer {
    /// One for each day, week or month of the period.
    pub cohorts: Vec<CohortAnswer>,
    /// The cohorts together: at each distance, those that were whole and whose cell is complete.
    pub total: Vec<CellTotal>,
    /// How loyal people are, whatever their cohort.
    pub loyalty: LoyaltyAnswer,
    /// Where customers are counted: visitors with a visit in the period who are linked to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlinked_visitors: Option<u64>,
    /// Nothing after it is known of.
    pub as_of: String,
    /// How the numbers were reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// Those whose first visit, or first order, lies in one day, week or month.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RetentionCohort")]
pub struct CohortAnswer {
    /// When it begins, in the question's time zone.
    pub from: String,
    /// When it is over.
    pub to: String,
    /// Whether all of it lies in the period and is over; else it may grow.
    pub complete: bool,
    /// How many they are.
    pub size: u64,
    /// Those who came back at all.
    pub returned: RateAnswer,
    /// Their orders to date.
    pub orders: u64,
    /// What those came to, less what was given back: minor units by currency.
    pub value_minor: BTreeMap<String, i64>,
    /// The same for each of them.
    pub value_each_minor: BTreeMap<String, i64>,
    /// Those who came back in the cohort's own unit, in the next one, and so on, as far as they have begun.
    pub cells: Vec<CellAnswer>,
}

/// So many of so many.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Rate")]
pub struct RateAnswer {
    /// How many.
    pub count: u64,
    /// Of those there are; null when there is none.
    pub rate: Option<f64>,
    /// The 95 % interval.
    pub low: Option<f64>,
    /// Its other end.
    pub high: Option<f64>,
}

/// Who came back in one day, week or month.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RetentionCell")]
pub struct CellAnswer {
    /// So many days, weeks or months after the cohort's own.
    pub after: usize,
    /// When it begins.
    pub from: String,
    /// When it is over.
    pub to: String,
    /// Whether it is over; else more may come back.
    pub complete: bool,
    /// Those who came back, of the cohort.
    #[serde(flatten)]
    pub returned: RateAnswer,
}

/// Who came back at one distance.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RetentionTotal")]
pub struct CellTotal {
    /// So many days, weeks or months after the cohort's own.
    pub after: usize,
    /// How many cohorts are in it.
    pub cohorts: u64,
    /// How many people those are.
    pub size: u64,
    /// Those who came back.
    #[serde(flatten)]
    pub returned: RateAnswer,
}

/// How loyal people are.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LoyaltyAnswer {
    /// Those with a visit in the period.
    pub people: u64,
    /// Those whose first visit is in it.
    pub new: u64,
    /// Those of `people` with a visit in the period that is not their first.
    pub returning: RateAnswer,
    /// Those with an order in the period.
    pub buyers: u64,
    /// Those of `buyers` with an order in the period that is not their first.
    pub repeat_buyers: RateAnswer,
    /// Those who ever bought, to date.
    pub buyers_to_date: u64,
    /// Their orders.
    pub orders_to_date: u64,
    /// What those came to, less what was given back: minor units by currency.
    pub value_to_date_minor: BTreeMap<String, i64>,
    /// The same for each of `buyers_to_date`.
    pub value_each_minor: BTreeMap<String, i64>,
    /// How many of them bought once, twice, and so on, as often as anybody did.
    pub bought_times: Vec<TimesAnswer>,
    /// Those of `buyers_to_date` who have not bought for `churned_after_days`.
    pub churned: RateAnswer,
}

/// Those who bought so many times, to date.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RetentionTimes")]
pub struct TimesAnswer {
    /// So many orders.
    pub orders: usize,
    /// Whether those with more are among them: so it is with the tenth.
    pub or_more: bool,
    /// How many they are, of `buyers_to_date`.
    #[serde(flatten)]
    pub buyers: RateAnswer,
}

/// How the numbers of retention were reached: printed beside them.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule of SEMANTICS, by its name")]
#[schemars(rename = "RetentionMethod")]
pub struct Method {
    pub report: &'static str,
    pub unit: &'static str,
    /// Null where visitors are counted.
    pub identity: Option<&'static str>,
    /// What it means.
    pub identity_rule: Option<&'static str>,
    pub cohort: &'static str,
    pub returning: &'static str,
    pub by: &'static str,
    pub visit: &'static str,
    pub order: &'static str,
    pub cells: &'static str,
    pub value: &'static str,
    pub interval: &'static str,
    pub filter_scope: &'static str,
    /// Of which visitors; null where of all.
    pub segment: Option<SegmentMethod>,
    pub churned_after_days: u16,
    pub from: String,
    pub to: String,
    pub time_zone: String,
    pub session_gap_seconds: i64,
}

/// What else is known when the people are added up.
pub(super) struct Reached {
    pub(super) as_of: Timestamp,
    pub(super) buckets: Vec<Bucket>,
    pub(super) unlinked_visitors: Option<u64>,
}

pub(super) fn answer(snapshot: &Snapshot, question: &Question, found: &Retention, reached: &Reached) -> Answer {
    let words = Words { question, reached };
    Answer {
        cohorts: found.cohorts.iter().enumerate().map(|(index, cohort)| words.cohort(index, cohort)).collect(),
        total: words.total(&found.cohorts),
        loyalty: words.loyalty(&found.loyalty),
        unlinked_visitors: reached.unlinked_visitors,
        as_of: words.moment(reached.as_of),
        method: method(snapshot, question),
        data_through: data_through(snapshot),
    }
}

struct Words<'a> {
    question: &'a Question,
    reached: &'a Reached,
}

impl Words<'_> {
    fn moment(&self, at: Timestamp) -> String {
        at.show_in(&self.question.asked.scope.time_zone)
    }

    fn is_over(&self, bucket: usize) -> bool {
        let bucket = &self.reached.buckets[bucket];
        bucket.whole && bucket.to <= self.reached.as_of
    }

    fn is_whole(&self, cohort: usize) -> bool {
        self.is_over(cohort) && self.reached.buckets[cohort].to <= self.question.asked.scope.period.to()
    }

    fn cohort(&self, index: usize, cohort: &Cohort) -> CohortAnswer {
        let (bucket, size) = (&self.reached.buckets[index], cohort.size);
        let cell = |(after, &count): (usize, &u64)| {
            let bucket = &self.reached.buckets[index + after];
            CellAnswer {
                after,
                from: self.moment(bucket.from),
                to: self.moment(bucket.to),
                complete: self.is_over(index + after),
                returned: rate(count, size),
            }
        };
        CohortAnswer {
            from: self.moment(bucket.from),
            to: self.moment(bucket.to.min(self.question.asked.scope.period.to())),
            complete: self.is_whole(index),
            size,
            returned: rate(cohort.returned, size),
            orders: cohort.orders,
            value_minor: money(&cohort.value, self.question.asked.currency),
            value_each_minor: each(money(&cohort.value, self.question.asked.currency), size),
            cells: cohort.cells.iter().enumerate().map(cell).collect(),
        }
    }

    fn total(&self, cohorts: &[Cohort]) -> Vec<CellTotal> {
        let at = |after: usize| {
            let complete = |(index, cohort): &(usize, &Cohort)| {
                after < cohort.cells.len() && self.is_whole(*index) && self.is_over(index + after)
            };
            let counted = || cohorts.iter().enumerate().filter(complete);
            let size = counted().map(|(_, cohort)| cohort.size).sum();
            let returned = counted().map(|(_, cohort)| cohort.cells[after]).sum();
            CellTotal { after, cohorts: counted().count() as u64, size, returned: rate(returned, size) }
        };
        let longest = cohorts.iter().map(|cohort| cohort.cells.len()).max().unwrap_or(0);
        (0..longest).map(at).take_while(|total| total.cohorts != 0).collect()
    }

    fn loyalty(&self, loyalty: &Loyalty) -> LoyaltyAnswer {
        let value = money(&loyalty.value_to_date, self.question.asked.currency);
        let times = |(orders, &buyers): (usize, &u64)| TimesAnswer {
            orders,
            or_more: orders == ORDERS_TOLD_MAX,
            buyers: rate(buyers, loyalty.buyers_to_date),
        };
        LoyaltyAnswer {
            people: loyalty.people,
            new: loyalty.new,
            returning: rate(loyalty.returning, loyalty.people),
            buyers: loyalty.buyers,
            repeat_buyers: rate(loyalty.repeat_buyers, loyalty.buyers),
            buyers_to_date: loyalty.buyers_to_date,
            orders_to_date: loyalty.orders_to_date,
            value_each_minor: each(value.clone(), loyalty.buyers_to_date),
            value_to_date_minor: value,
            bought_times: (1..).zip(&loyalty.bought_times).map(times).collect(),
            churned: rate(loyalty.churned, loyalty.buyers_to_date),
        }
    }
}

fn rate(count: u64, total: u64) -> RateAnswer {
    let interval = wilson(count, total);
    RateAnswer {
        count,
        rate: (total != 0).then(|| count as f64 / total as f64),
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
    }
}

/// Shared among so many, to the nearest minor unit; halves go up.
fn each(mut sums: BTreeMap<String, i64>, people: u64) -> BTreeMap<String, i64> {
    let people = i128::from(people.max(1));
    let share = |minor: i64| (2 * i128::from(minor) + people).div_euclid(2 * people);
    sums.values_mut().for_each(|minor| *minor = i64::try_from(share(*minor)).unwrap_or(*minor));
    sums
}

fn method(snapshot: &Snapshot, question: &Question) -> Method {
    let scope = &question.asked.scope;
    let identity = (question.unit == Unit::Customer).then(|| snapshot.identity());
    Method {
        report: "retention",
        unit: question.unit.as_str(),
        identity: identity.map(|identity| identity.as_str()),
        identity_rule: identity.map(|identity| identity.rule()),
        cohort: match question.cohort {
            Act::Visit => "people by the time of their first visit ever",
            Act::Order => "people by the time of their first order ever",
        },
        returning: match (question.cohort, question.returning) {
            (_, Act::Order) => "with an order",
            (Act::Visit, Act::Visit) => "with a visit",
            (Act::Order, Act::Visit) => "with a visit that began after the first order",
        },
        by: question.by.as_str(),
        visit: "a session of any event, at the time it began; of several people in one session, from each one's first event on",
        order: "as in the orders report: each once, by transaction_id, when it was first reported; those given back or cancelled later among them",
        cells: "of the cohort, those who came back in that calendar unit; in the cohort's own unit the first visit or order counts where it is of the kind; complete when the unit is over at as_of",
        value: "what orders came to, less what was given back until as_of; each: shared among all of the cohort, or among buyers to date",
        interval: "95 %, by Wilson",
        filter_scope: "the visit or order that puts a person into a cohort; whoever's does not fit is not counted anywhere",
        segment: segment_method(&question.asked.segment),
        churned_after_days: question.churned_after_days,
        from: scope.period.from().show_in(&scope.time_zone),
        to: scope.period.to().show_in(&scope.time_zone),
        time_zone: scope.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        session_gap_seconds: scope.session_gap_ms / 1_000,
    }
}
