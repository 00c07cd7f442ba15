//! Which orders there are, what they come to, and how they agree with the shop's own order book.
//!
//! Each order counts once, however often it was reported, on the day on which it was placed, less what was given back
//! until the moment of the answer; the rules are those of [`order`](crate::domain::order). Whose first order it is, is
//! known from all orders of the site, not from the period's alone.

mod book;
mod export;
mod figures;
mod placed;
mod query;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Serialize;

use self::book::{Book, BookAnswer};
pub use self::export::write_file;
pub use self::figures::FiguresAnswer;
pub(super) use self::placed::{Placed, PlacedOrders};
pub(super) use self::query::{Whose, each_settled};
use super::cart_figures::money;
use super::cart_query::CartScope;
use super::carts::{ItemAnswer, item};
use super::data_through;
use super::segment::{SegmentMethod, segment_method};
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Figures, ORDER_BOOK_ENTRY, Status};
use crate::domain::time::Timestamp;
use crate::store::{self, Query, Snapshot};

/// The longest comparison with an order book: so many days.
pub const DAYS_MAX: usize = 3_660;

/// Which orders are listed, and how.
#[derive(Clone, Debug)]
pub struct List {
    /// Orders of one of these; all of them when empty.
    pub statuses: Vec<Status>,
    /// First orders of their buyers alone, or the others alone.
    pub buyer: Option<Buyer>,
    /// What comes first.
    pub sort: Sort,
    /// So many.
    pub limit: NonZeroUsize,
    /// After so many.
    pub offset: usize,
}

/// Who bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buyer {
    /// Somebody who never had.
    New,
    /// Somebody who had.
    Returning,
}

impl Buyer {
    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "new" => Some(Self::New),
            "returning" => Some(Self::Returning),
            _ => None,
        }
    }
}

/// What comes first in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The one placed last.
    OrderedAt,
    /// The most valuable.
    Value,
}

impl Sort {
    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ordered_at" => Some(Self::OrderedAt),
            "value" => Some(Self::Value),
            _ => None,
        }
    }
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrdersAnswer")]
pub struct Answer {
    /// A page of them.
    pub orders: Vec<OrderAnswer>,
    /// How many there are on all pages.
    pub orders_total: u64,
    /// The next page's `offset`; null on the last.
    pub next_offset: Option<usize>,
    /// All orders of the period that fit the conditions, whichever are listed.
    pub total: FiguresAnswer,
    /// The same by who bought: `new` are first orders of their buyers, `returning` the others.
    pub by_buyer: ByBuyer<FiguresAnswer>,
    /// Customers with an order, and visitors with one while no customer is known: `new` ordered for the first time in
    /// the period, `returning` had ordered before it.
    pub buyers: ByBuyer<u64>,
    /// Reports of purchases beyond the first of each order: pages that were loaded again, and the second of two senders.
    pub repeated_reports: u64,
    /// Refunds of the period that are taken off no order.
    pub unmatched_refunds: UnmatchedAnswer,
    /// How the orders agree with the shop's own order book; null where none was imported for these days.
    pub order_book: Option<BookAnswer>,
    /// The moment that orders are of: what was given back later is not known yet.
    pub as_of: String,
    /// How the numbers were reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// New and returning buyers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the answer's doc says all")]
pub struct ByBuyer<T> {
    pub new: T,
    pub returning: T,
}

/// Refunds without an order, in another currency than their order's, or of an unknown amount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct UnmatchedAnswer {
    /// How many.
    pub refunds: u64,
    /// Their sums in minor units by currency, where they named any.
    pub value_minor: BTreeMap<String, i64>,
}

/// One order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub struct OrderAnswer {
    /// Names it, also where the shop sends no number.
    pub order: String,
    /// The order's number.
    pub transaction_id: Option<String>,
    /// `placed`, `partly_refunded`, `refunded` or `cancelled`.
    pub status: &'static str,
    /// When it was first reported.
    pub ordered_at: String,
    /// The browser that bought, as exports show it.
    pub visitor: String,
    /// The shop's id of the buyer.
    pub customer: Option<String>,
    /// The shop's id of the cart.
    pub cart_id: Option<String>,
    /// Whether its buyer never ordered before.
    pub first_order: bool,
    /// The currency of its amounts; null where nobody told its worth.
    pub currency: Option<String>,
    /// What it was worth when it was placed, in minor units.
    pub value_minor: Option<i64>,
    /// What refunds gave back of it.
    pub refunded_minor: i64,
    /// What cancelling it gave back.
    pub cancelled_minor: i64,
    /// What is left.
    pub net_minor: i64,
    /// How often pages reported it.
    pub page_reports: u64,
    /// How often servers did.
    pub server_reports: u64,
    /// What was bought.
    pub items: Vec<ItemAnswer>,
}

/// How the numbers of orders were reached: printed beside them.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule, by its name")]
#[schemars(rename = "OrderMethod")]
pub struct Method {
    pub report: &'static str,
    pub unit: &'static str,
    pub value: &'static str,
    pub given_back: &'static str,
    pub day: &'static str,
    pub average_order_value: &'static str,
    pub buyers: &'static str,
    pub order_book: &'static str,
    pub filter_scope: &'static str,
    /// Of which visitors; null where of all.
    pub segment: Option<SegmentMethod>,
    pub ties: &'static str,
    pub from: String,
    pub to: String,
    pub time_zone: String,
}

/// Lists orders of the scope's period and adds all of them up.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, asked: &CartScope, list: &List) -> Result<Answer, store::Error> {
    let has_book = snapshot.code(ORDER_BOOK_ENTRY).is_some();
    let mut book = has_book.then(|| Book::new(asked, DAYS_MAX + 2));
    let orders = PlacedOrders::read(snapshot, asked, |settled| book.iter_mut().for_each(|book| book.add(settled)))?;
    let mut total = Figures::default();
    let mut by_buyer = ByBuyer::<Figures>::default();
    for placed in &orders.placed {
        total.add(&placed.order);
        by_buyer.of(placed.buyer).add(&placed.order);
    }
    let (page, orders_total) = list.page(&orders.placed, asked.sorting_currency());
    let wanted = list.offset.saturating_add(list.limit.get());
    let figures = |figures: &Figures| FiguresAnswer::new(figures, asked.currency);
    let repeated = |placed: &Placed| placed.order.page_reports + placed.order.server_reports - 1;
    Ok(Answer {
        orders: with_items(snapshot, asked, &page)?,
        orders_total,
        next_offset: u64::try_from(wanted).is_ok_and(|wanted| wanted < orders_total).then_some(wanted),
        total: figures(&total),
        by_buyer: ByBuyer { new: figures(&by_buyer.new), returning: figures(&by_buyer.returning) },
        buyers: orders.buyers(),
        repeated_reports: orders.placed.iter().map(repeated).sum(),
        unmatched_refunds: UnmatchedAnswer {
            refunds: orders.unmatched,
            value_minor: money(&orders.unmatched_sums, asked.currency),
        },
        order_book: book.and_then(Book::into_answer),
        as_of: asked.as_of(snapshot).show_in(&asked.scope.time_zone),
        method: method(asked),
        data_through: data_through(snapshot),
    })
}

/// The SQL and values behind [`answer`]: what is read, one query after the other.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub fn queries(snapshot: &Snapshot, asked: &CartScope) -> Result<Vec<Query>, store::Error> {
    query::queries(snapshot, asked)
}

impl<T> ByBuyer<T> {
    fn of(&mut self, buyer: Buyer) -> &mut T {
        match buyer {
            Buyer::New => &mut self.new,
            Buyer::Returning => &mut self.returning,
        }
    }
}

impl List {
    /// The orders of the page in their order, and how many are on all pages.
    fn page<'a>(&self, placed: &'a [Placed], currency: Currency) -> (Vec<&'a Placed>, u64) {
        let wanted = |placed: &&Placed| {
            (self.statuses.is_empty() || self.statuses.contains(&placed.order.status))
                && self.buyer.is_none_or(|buyer| placed.buyer == buyer)
        };
        let mut orders: Vec<&Placed> = placed.iter().filter(wanted).collect();
        let value = |placed: &Placed| placed.order.value.filter(|value| value.currency() == currency).map(Money::minor);
        orders.sort_by_key(|placed| {
            let value = if self.sort == Sort::Value { value(placed) } else { None };
            std::cmp::Reverse((value, placed.order.at_ms, placed.order.booked))
        });
        let total = orders.len() as u64;
        (orders.into_iter().skip(self.offset).take(self.limit.get()).collect(), total)
    }
}

/// The orders as answers. What was bought is read again for these alone: it is most of what is known of an order.
fn with_items(snapshot: &Snapshot, asked: &CartScope, page: &[&Placed]) -> Result<Vec<OrderAnswer>, store::Error> {
    let mut answers: Vec<OrderAnswer> = page.iter().map(|placed| shown(placed, asked)).collect();
    if answers.is_empty() {
        return Ok(answers);
    }
    let places: BTreeMap<u64, usize> = page.iter().enumerate().map(|(place, it)| (it.order.booked, place)).collect();
    each_settled(snapshot, asked, Whose::People, |settled| {
        let Some(order) = settled.order else { return };
        if let Some(&place) = places.get(&order.booked) {
            answers[place].items = order.lines.iter().map(item).collect();
        }
    })?;
    Ok(answers)
}

/// An order as answers and exports have it, without what was bought.
fn shown(placed: &Placed, asked: &CartScope) -> OrderAnswer {
    let order = &placed.order;
    OrderAnswer {
        order: order.booked.to_string(),
        transaction_id: order.transaction_id.clone(),
        status: order.status.as_str(),
        ordered_at: Timestamp::from_ms(order.at_ms).show_in(&asked.scope.time_zone),
        visitor: order.visitor.to_string(),
        customer: order.customer.clone(),
        cart_id: order.cart_id.clone(),
        first_order: placed.buyer == Buyer::New,
        currency: order.value.map(|value| value.currency().as_str().to_owned()),
        value_minor: order.value.map(Money::minor),
        refunded_minor: order.refunded_minor,
        cancelled_minor: order.cancelled_minor,
        net_minor: order.net_minor(),
        page_reports: order.page_reports,
        server_reports: order.server_reports,
        items: Vec::new(),
    }
}

/// How the numbers of orders were reached.
fn method(asked: &CartScope) -> Method {
    let scope = &asked.scope;
    Method {
        report: "orders",
        unit: "order: all purchase events of one transaction_id, from pages and servers; a purchase without one is an order of its own",
        value: "what the first server report of the order says, else the first page; without a value, its items where all prices are in one currency. Currencies are never added",
        given_back: "refund events of the transaction_id, whenever they arrive until as_of, of servers where a server reported any; with a value that much, with items alone their prices, with neither all of it; order_cancelled gives back the rest. Never more than the order's value. Others are unmatched_refunds, on their own day",
        day: "an order, with all that was given back of it, counts on the day of its first report",
        average_order_value: "gross / orders with a value in that currency, to the nearest minor unit",
        buyers: "the customer once known, else the visitor; new: no earlier order in all of the site's data",
        order_book: "lines imported with `styk import --order-book`, matched by transaction_id; on the day of the line, else of the order; days from the book's first line to its last; not touched by where",
        filter_scope: "the first page report of the order, else its first server report",
        segment: segment_method(&asked.segment),
        ties: "events of the same millisecond count in the order of their arrival",
        from: scope.period.from().show_in(&scope.time_zone),
        to: scope.period.to().show_in(&scope.time_zone),
        time_zone: scope.time_zone.iana_name().unwrap_or("UTC").to_owned(),
    }
}
