//! One person's visits and orders, as they come.

use super::super::calendar::index_of;
use super::super::money::Currency;
use super::{Act, ActRow, Plan};

/// What is known of the person whose rows are being taken.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) number: u64,
    /// The first act of the cohort's kind: when, and whether it fits.
    pub(super) first: Option<(i64, bool)>,
    first_visit_ms: Option<i64>,
    pub(super) visited_in_period: bool,
    pub(super) new_in_period: bool,
    pub(super) returned_in_period: bool,
    pub(super) bought_in_period: bool,
    pub(super) bought_again_in_period: bool,
    /// Orders until the known moment, and what they came to.
    pub(super) orders: u64,
    pub(super) value: Vec<(Currency, i128)>,
    pub(super) last_order_ms: Option<i64>,
    /// Acts that come back, the first one included where it is of their kind.
    pub(super) returns: u64,
    /// The buckets that hold some of them, ascending.
    pub(super) returned_in: Vec<usize>,
}

impl Person {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            first: None,
            first_visit_ms: None,
            visited_in_period: false,
            new_in_period: false,
            returned_in_period: false,
            bought_in_period: false,
            bought_again_in_period: false,
            orders: 0,
            value: Vec::new(),
            last_order_ms: None,
            returns: 0,
            returned_in: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, row: &ActRow, plan: &Plan) {
        let in_period = plan.period.range_ms().contains(&row.at_ms);
        match row.act {
            Act::Visit => self.visit(row, in_period),
            Act::Order => self.order(row, in_period),
        }
        if row.act == plan.cohort && self.first.is_none() {
            self.first = Some((row.at_ms, row.fits));
        }
        if row.act == plan.returning && self.first.is_some_and(|(first_ms, _)| plan.returns(first_ms, row.at_ms)) {
            self.come_back(row.at_ms, plan);
        }
    }

    fn visit(&mut self, row: &ActRow, in_period: bool) {
        let first = self.first_visit_ms.is_none();
        self.first_visit_ms = self.first_visit_ms.or(Some(row.at_ms));
        self.visited_in_period |= in_period;
        self.new_in_period |= in_period && first;
        self.returned_in_period |= in_period && !first;
    }

    fn order(&mut self, row: &ActRow, in_period: bool) {
        self.bought_in_period |= in_period;
        self.bought_again_in_period |= in_period && self.orders != 0;
        self.orders += 1;
        self.last_order_ms = Some(row.at_ms);
        let Some(money) = row.value else { return };
        match self.value.iter_mut().find(|(currency, _)| *currency == money.currency()) {
            Some((_, minor)) => *minor += i128::from(money.minor()),
            None => self.value.push((money.currency(), money.minor().into())),
        }
    }

    fn come_back(&mut self, at_ms: i64, plan: &Plan) {
        self.returns += 1;
        let before = plan.buckets.first().is_none_or(|first| at_ms < first.from.as_ms());
        let bucket = if before { None } else { index_of(&plan.buckets, at_ms) };
        if let Some(bucket) = bucket.filter(|bucket| self.returned_in.last() != Some(bucket)) {
            self.returned_in.push(bucket);
        }
    }
}
