//! The pass: one person's visits and orders after the other's, and out come cohorts and loyalty.

use super::super::calendar::index_of;
use super::super::cart::Sums;
use super::person::Person;
use super::{ActRow, Plan, Who};

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// One for each bucket of the period.
    pub cohorts: Vec<Cohort>,
    /// Of all who are counted.
    pub loyalty: Loyalty,
}

/// Those whose first visit, or first order, lies in one bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    /// How many they are.
    pub size: u64,
    /// Those who came back at all, beyond the first.
    pub returned: u64,
    /// Their orders to date.
    pub orders: u64,
    /// What those came to.
    pub value: Sums,
    /// Those who came back in the bucket so many later, as far as it has begun; the first is the cohort's own.
    pub cells: Vec<u64>,
}

/// Those with so many orders and those with more are told as one.
pub const ORDERS_TOLD_MAX: usize = 10;

/// How loyal people are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loyalty {
    /// Those with a visit in the period.
    pub people: u64,
    /// Those whose first visit is in the period.
    pub new: u64,
    /// Those with a visit in the period that is not their first.
    pub returning: u64,
    /// Those with an order in the period.
    pub buyers: u64,
    /// Those with an order in the period that is not their first.
    pub repeat_buyers: u64,
    /// Those who ever bought, to date.
    pub buyers_to_date: u64,
    /// Their orders.
    pub orders_to_date: u64,
    /// What those came to.
    pub value_to_date: Sums,
    /// How many bought once, twice, and so on as often as anybody did; the [`ORDERS_TOLD_MAX`]th are those who bought that
    /// often or more.
    pub bought_times: Vec<u64>,
    /// Those of them who have not bought for long.
    pub churned: u64,
}

/// Adds people up. Holds one person at a time.
#[derive(Debug)]
pub struct Ledger {
    plan: Plan,
    person: Option<Person>,
    retention: Retention,
}

impl Ledger {
    /// Nobody yet.
    pub fn new(plan: Plan) -> Self {
        let begun = plan.buckets.partition_point(|bucket| bucket.from.as_ms() <= plan.as_of_ms);
        let cohort = |index: usize| {
            let cells = begun.saturating_sub(index).min(plan.cells_max);
            Cohort { cells: vec![0; cells], ..Cohort::default() }
        };
        let cohorts = (0..plan.cohorts()).map(cohort).collect();
        Self { retention: Retention { cohorts, loyalty: Loyalty::default() }, person: None, plan }
    }

    /// Takes the next row.
    pub fn push(&mut self, row: &ActRow) {
        if self.person.as_ref().is_none_or(|person| person.number != row.person) {
            self.add_person();
            self.person = Some(Person::new(row.person));
        }
        if let Some(person) = &mut self.person {
            person.take(row, &self.plan);
        }
    }

    /// What it comes to.
    pub fn finish(mut self) -> Retention {
        self.add_person();
        self.retention
    }

    fn add_person(&mut self) {
        let Some(person) = self.person.take() else { return };
        if self.plan.who == Who::Fitting && !person.first.is_some_and(|(_, fits)| fits) {
            return;
        }
        self.retention.loyalty.add(&person, &self.plan);
        let period = self.plan.period.range_ms();
        let Some((first_ms, _)) = person.first.filter(|(first_ms, _)| period.contains(first_ms)) else { return };
        let index = index_of(&self.plan.buckets, first_ms).expect("the buckets hold the period");
        self.retention.cohorts[index].add(&person, index, self.plan.cohort == self.plan.returning);
    }
}

impl Cohort {
    fn add(&mut self, person: &Person, index: usize, first_returns: bool) {
        self.size += 1;
        self.returned += u64::from(u64::from(first_returns) < person.returns);
        self.orders += person.orders;
        add_sums(&mut self.value, person);
        for bucket in person.returned_in.iter().filter(|bucket| index <= **bucket) {
            if let Some(cell) = self.cells.get_mut(bucket - index) {
                *cell += 1;
            }
        }
    }
}

impl Loyalty {
    fn add(&mut self, person: &Person, plan: &Plan) {
        self.people += u64::from(person.visited_in_period);
        self.new += u64::from(person.new_in_period);
        self.returning += u64::from(person.returned_in_period);
        self.buyers += u64::from(person.bought_in_period);
        self.repeat_buyers += u64::from(person.bought_again_in_period);
        let Some(last_order_ms) = person.last_order_ms else { return };
        self.buyers_to_date += 1;
        self.orders_to_date += person.orders;
        add_sums(&mut self.value_to_date, person);
        let times = usize::try_from(person.orders).unwrap_or(ORDERS_TOLD_MAX).clamp(1, ORDERS_TOLD_MAX);
        if self.bought_times.len() < times {
            self.bought_times.resize(times, 0);
        }
        self.bought_times[times - 1] += 1;
        self.churned += u64::from(plan.churned_after_ms <= plan.as_of_ms - last_order_ms);
    }
}

fn add_sums(sums: &mut Sums, person: &Person) {
    person.value.iter().for_each(|(currency, minor)| *sums.entry(*currency).or_default() += minor);
}
