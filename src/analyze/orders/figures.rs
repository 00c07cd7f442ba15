//! What a set of orders looks like in an answer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::cart_figures::money;
use crate::domain::money::Currency;
use crate::domain::order::{CurrencySums, Figures};

/// A set of orders. Money is in minor units by currency; amounts of two currencies are never added.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "OrderFigures")]
pub struct FiguresAnswer {
    /// Orders that were placed, each once; those that were given back or cancelled later among them.
    pub orders: u64,
    /// Of them, orders whose worth nobody told.
    pub orders_without_value: u64,
    /// Orders of which something was given back, and which were not cancelled.
    pub orders_refunded: u64,
    /// Orders that were cancelled.
    pub orders_cancelled: u64,
    /// As they were placed.
    pub gross_minor: BTreeMap<String, i64>,
    /// Given back by refunds.
    pub refunded_minor: BTreeMap<String, i64>,
    /// Given back by cancelling.
    pub cancelled_minor: BTreeMap<String, i64>,
    /// What is left.
    pub net_minor: BTreeMap<String, i64>,
    /// What an order was worth on average when it was placed.
    pub average_order_value_minor: BTreeMap<String, i64>,
}

impl FiguresAnswer {
    /// The answer's form; of one currency only, where one is given.
    pub(in crate::analyze) fn new(figures: &Figures, currency: Option<Currency>) -> Self {
        let of = |amount: fn(&CurrencySums) -> i128| {
            money(&figures.sums.iter().map(|(&currency, sums)| (currency, amount(sums))).collect(), currency)
        };
        Self {
            orders: figures.orders,
            orders_without_value: figures.without_value,
            orders_refunded: figures.refunded,
            orders_cancelled: figures.cancelled,
            gross_minor: of(|sums| sums.gross),
            refunded_minor: of(|sums| sums.refunded),
            cancelled_minor: of(|sums| sums.cancelled),
            net_minor: of(CurrencySums::net),
            average_order_value_minor: of(|sums| sums.average().unwrap_or_default()),
        }
    }
}
