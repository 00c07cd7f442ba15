//! Adds orders up: how many, and the money in them, each currency for itself.

use std::collections::BTreeMap;

use super::super::money::Currency;
use super::settle::{Order, Status};

/// What is known about a set of orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Orders, those included that were given back or cancelled.
    pub orders: u64,
    /// Of them, orders whose worth nobody told.
    pub without_value: u64,
    /// Orders of which something was given back, and which were not cancelled.
    pub refunded: u64,
    /// Orders that were cancelled.
    pub cancelled: u64,
    /// The money, by currency.
    pub sums: BTreeMap<Currency, CurrencySums>,
}

/// The money in the orders of one currency, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CurrencySums {
    /// Orders in this currency.
    pub orders: u64,
    /// As they were placed.
    pub gross: i128,
    /// Given back by refunds.
    pub refunded: i128,
    /// Given back by cancelling.
    pub cancelled: i128,
}

impl CurrencySums {
    /// What is left.
    pub fn net(&self) -> i128 {
        self.gross - self.refunded - self.cancelled
    }

    /// What an order was worth on average when it was placed, to the nearest minor unit; halves go up. `None` without
    /// orders.
    pub fn average(&self) -> Option<i128> {
        let orders = i128::from(self.orders);
        (orders != 0).then(|| (2 * self.gross + orders).div_euclid(2 * orders))
    }
}

impl Figures {
    /// Adds an order.
    pub fn add(&mut self, order: &Order) {
        self.orders += 1;
        self.refunded += u64::from(matches!(order.status, Status::PartlyRefunded | Status::Refunded));
        self.cancelled += u64::from(order.status == Status::Cancelled);
        let Some(value) = order.value else {
            self.without_value += 1;
            return;
        };
        let sums = self.sums.entry(value.currency()).or_default();
        sums.orders += 1;
        sums.gross += i128::from(value.minor());
        sums.refunded += i128::from(order.refunded_minor);
        sums.cancelled += i128::from(order.cancelled_minor);
    }
}
