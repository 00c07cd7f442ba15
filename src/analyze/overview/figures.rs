//! What the overview says of a period or a bucket, and how it has changed.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::super::cart_figures::money;
use super::super::orders;
use super::visits::Traffic;
use crate::domain::money::Currency;
use crate::domain::{cart, order};

/// What was counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub(super) traffic: Traffic,
    pub(super) orders: order::Figures,
    pub(super) carts: cart::Figures,
}

/// The figures of a stretch of time. Money is in minor units by currency; amounts of two currencies are never added.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "OverviewFigures")]
pub struct FiguresAnswer {
    /// Browsers with an event.
    pub visitors: u64,
    /// Sessions that began.
    pub sessions: u64,
    /// `page_view` events.
    pub page_views: u64,
    /// Visitors who placed an order.
    pub converted_visitors: u64,
    /// Of the visitors; null without any.
    pub conversion_rate: Option<f64>,
    /// The orders.
    #[serde(flatten)]
    pub orders: orders::FiguresAnswer,
    /// Carts that were opened.
    pub carts_opened: u64,
    /// In carts that their owners left: abandoned or expired.
    pub value_left_minor: BTreeMap<String, i64>,
    /// What carts were bought for that had been abandoned.
    pub value_recovered_minor: BTreeMap<String, i64>,
}

impl Counted {
    /// The answer's form; of one currency only, where one is given.
    pub(super) fn answer(&self, currency: Option<Currency>) -> FiguresAnswer {
        let Self { traffic, orders, carts } = self;
        FiguresAnswer {
            visitors: traffic.visitors,
            sessions: traffic.sessions,
            page_views: traffic.page_views,
            converted_visitors: traffic.converted_visitors,
            conversion_rate: (traffic.visitors != 0)
                .then(|| traffic.converted_visitors as f64 / traffic.visitors as f64),
            orders: orders::FiguresAnswer::new(orders, currency),
            carts_opened: carts.opened,
            value_left_minor: money(&carts.lost, currency),
            value_recovered_minor: money(&carts.recovered, currency),
        }
    }
}

/// By what share figures are larger than they were; null where there was nothing.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "they are called like the figures")]
#[schemars(rename = "OverviewChange")]
pub struct Change {
    pub visitors: Option<f64>,
    pub sessions: Option<f64>,
    pub page_views: Option<f64>,
    pub orders: Option<f64>,
    pub conversion_rate: Option<f64>,
    pub gross_minor: BTreeMap<String, Option<f64>>,
    pub net_minor: BTreeMap<String, Option<f64>>,
    pub average_order_value_minor: BTreeMap<String, Option<f64>>,
    pub value_left_minor: BTreeMap<String, Option<f64>>,
    pub value_recovered_minor: BTreeMap<String, Option<f64>>,
}

/// How much larger each figure is now.
pub(super) fn changes(now: &FiguresAnswer, before: &FiguresAnswer) -> Change {
    let count = |now: u64, before: u64| change(now as f64, before as f64);
    let (orders, orders_before) = (&now.orders, &before.orders);
    Change {
        visitors: count(now.visitors, before.visitors),
        sessions: count(now.sessions, before.sessions),
        page_views: count(now.page_views, before.page_views),
        orders: count(orders.orders, orders_before.orders),
        conversion_rate: now.conversion_rate.zip(before.conversion_rate).and_then(|(now, before)| change(now, before)),
        gross_minor: money_change(&orders.gross_minor, &orders_before.gross_minor),
        net_minor: money_change(&orders.net_minor, &orders_before.net_minor),
        average_order_value_minor: money_change(
            &orders.average_order_value_minor,
            &orders_before.average_order_value_minor,
        ),
        value_left_minor: money_change(&now.value_left_minor, &before.value_left_minor),
        value_recovered_minor: money_change(&now.value_recovered_minor, &before.value_recovered_minor),
    }
}

fn change(now: f64, before: f64) -> Option<f64> {
    (before != 0.0).then(|| (now - before) / before)
}

/// Of each currency that either has.
fn money_change(now: &BTreeMap<String, i64>, before: &BTreeMap<String, i64>) -> BTreeMap<String, Option<f64>> {
    let currencies: BTreeSet<&String> = now.keys().chain(before.keys()).collect();
    let minor = |sums: &BTreeMap<String, i64>, currency: &String| sums.get(currency).copied().unwrap_or_default();
    let of = |currency: &String| change(minor(now, currency) as f64, minor(before, currency) as f64);
    currencies.into_iter().map(|currency| (currency.clone(), of(currency))).collect()
}
