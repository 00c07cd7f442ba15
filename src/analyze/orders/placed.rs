//! The orders of a period, each with whether its buyer had ordered before.

use std::collections::{BTreeMap, HashMap};

use super::super::cart_query::CartScope;
use super::query::{Whose, each_settled};
use super::{Buyer, ByBuyer};
use crate::domain::money::Currency;
use crate::domain::order::{Order, Settled, Unmatched};
use crate::domain::time::Period;
use crate::store::{self, Snapshot};

/// An order of the period, without what was bought.
#[derive(Clone, Debug)]
pub(in crate::analyze) struct Placed {
    /// The order; its lines are left out.
    pub(in crate::analyze) order: Order,
    /// Whether somebody bought who never had.
    pub(in crate::analyze) buyer: Buyer,
}

/// The orders of a period that fit the question's conditions.
#[derive(Debug, Default)]
pub(in crate::analyze) struct PlacedOrders {
    /// By order number; those without one last.
    pub(in crate::analyze) placed: Vec<Placed>,
    /// Refunds of the period that are taken off no order.
    pub(in crate::analyze) unmatched: u64,
    /// What they came to.
    pub(in crate::analyze) unmatched_sums: BTreeMap<Currency, i128>,
}

impl PlacedOrders {
    /// Reads all that was ever said of orders; `each` sees it too.
    ///
    /// # Errors
    /// [`store::Error`], when the store refuses or the question is cancelled.
    pub(in crate::analyze) fn read(
        snapshot: &Snapshot,
        asked: &CartScope,
        each: impl FnMut(&Settled),
    ) -> Result<Self, store::Error> {
        let found = Self::of_periods(snapshot, asked, &[asked.scope.period], each)?;
        Ok(found.into_iter().next().expect("one period was asked for"))
    }

    /// The same of several periods in one pass; the scope's own is only that of its segment.
    ///
    /// # Errors
    /// [`store::Error`], when the store refuses or the question is cancelled.
    pub(in crate::analyze) fn of_periods(
        snapshot: &Snapshot,
        asked: &CartScope,
        periods: &[Period],
        mut each: impl FnMut(&Settled),
    ) -> Result<Vec<Self>, store::Error> {
        let mut found: Vec<Self> = periods.iter().map(|_| Self::default()).collect();
        // When each buyer first ordered, and what.
        let mut firsts: HashMap<u64, (i64, u64)> = HashMap::new();
        each_settled(snapshot, asked, Whose::People, |settled| {
            each(&settled);
            for (period, found) in periods.iter().zip(&mut found) {
                let in_period = |refund: &&Unmatched| period.range_ms().contains(&refund.at_ms);
                settled.unmatched.iter().filter(in_period).for_each(|refund| found.miss(refund));
            }
            let Some(order) = settled.order else { return };
            let key = (order.at_ms, order.booked);
            firsts.entry(order.person).and_modify(|first| *first = key.min(*first)).or_insert(key);
            let order = Order { lines: Vec::new(), ..order };
            for (period, found) in periods.iter().zip(&mut found) {
                if order.fits && period.range_ms().contains(&order.at_ms) {
                    found.placed.push(Placed { order: order.clone(), buyer: Buyer::Returning });
                }
            }
        })?;
        for placed in found.iter_mut().flat_map(|found| &mut found.placed) {
            let order = &placed.order;
            if firsts.get(&order.person) == Some(&(order.at_ms, order.booked)) {
                placed.buyer = Buyer::New;
            }
        }
        Ok(found)
    }

    fn miss(&mut self, refund: &Unmatched) {
        self.unmatched += 1;
        if let Some(amount) = refund.amount {
            *self.unmatched_sums.entry(amount.currency()).or_default() += i128::from(amount.minor());
        }
    }

    /// How many people bought, by whether any of these orders is their first.
    pub(in crate::analyze) fn buyers(&self) -> ByBuyer<u64> {
        let mut people: HashMap<u64, Buyer> = HashMap::new();
        for placed in &self.placed {
            let buyer = people.entry(placed.order.person).or_insert(placed.buyer);
            if placed.buyer == Buyer::New {
                *buyer = Buyer::New;
            }
        }
        let new = people.values().filter(|buyer| **buyer == Buyer::New).count() as u64;
        ByBuyer { new, returning: people.len() as u64 - new }
    }
}
