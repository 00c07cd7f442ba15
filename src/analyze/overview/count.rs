//! Counting: visits, orders and carts of the question's period, and of the one before.
//!
//! Orders and carts of both are read in one pass, where that reads nobody's events for nothing: where the segment is the
//! same in both, and the one period follows upon the other.

use super::super::cart_query::{CartScope, Whose, each_cart};
use super::super::condition::code_or_never;
use super::super::orders::PlacedOrders;
use super::figures::Counted;
use super::query::read_visits;
use super::visits::{Setting, Visits};
use crate::domain::calendar::{Bucket, index_of};
use crate::domain::cart::Cart;
use crate::domain::order::Kind;
use crate::domain::time::Period;
use crate::store::{self, Snapshot};

/// A period, and into what it is divided.
pub(super) struct Span {
    pub(super) asked: CartScope,
    pub(super) buckets: Vec<Bucket>,
}

/// What was counted of a span, and what else was made of its visits.
pub(super) struct CountedSpan<T> {
    pub(super) total: Counted,
    pub(super) by_bucket: Vec<Counted>,
    pub(super) beside: T,
}

impl Span {
    pub(super) fn new(asked: CartScope, buckets: Vec<Bucket>) -> Self {
        Self { asked, buckets }
    }

    /// Another period in one piece, as of the same moment.
    pub(super) fn before(snapshot: &Snapshot, asked: &CartScope, period: Period) -> Self {
        let mut before = CartScope { as_of: Some(asked.as_of(snapshot)), ..asked.clone() };
        before.scope.period = period;
        Self::new(before, vec![Bucket { from: period.from(), to: period.to(), whole: true }])
    }

    fn period(&self) -> Period {
        self.asked.scope.period
    }

    fn contains(&self, at_ms: i64) -> bool {
        self.period().range_ms().contains(&at_ms)
    }
}

/// Counts each span; `beside` makes something more of its visits.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn count<T>(
    snapshot: &Snapshot,
    spans: &[Span],
    beside: impl Fn(usize, &Visits<'_>) -> Result<T, store::Error>,
) -> Result<Vec<CountedSpan<T>>, store::Error> {
    let orders = read_orders(snapshot, spans)?;
    let counted = spans.iter().zip(&orders).enumerate().map(|(place, (span, orders))| {
        let visits = visits_of(snapshot, span, orders)?;
        let mut counted = CountedSpan {
            total: Counted { traffic: visits.total, ..Counted::default() },
            by_bucket: visits.by_bucket.iter().map(|&traffic| Counted { traffic, ..Counted::default() }).collect(),
            beside: beside(place, &visits)?,
        };
        for placed in &orders.placed {
            counted.at(span, placed.order.at_ms, |counted| counted.orders.add(&placed.order));
        }
        Ok(counted)
    });
    let mut counted = counted.collect::<Result<Vec<_>, _>>()?;
    add_carts(snapshot, spans, &mut counted)?;
    Ok(counted)
}

impl<T> CountedSpan<T> {
    /// Adds something to the total and to the bucket of a moment of the span.
    fn at(&mut self, span: &Span, at_ms: i64, add: impl Fn(&mut Counted)) {
        add(&mut self.total);
        let bucket = index_of(&span.buckets, at_ms).expect("it lies in the period");
        add(&mut self.by_bucket[bucket]);
    }
}

fn read_orders(snapshot: &Snapshot, spans: &[Span]) -> Result<Vec<PlacedOrders>, store::Error> {
    let asked = &spans[0].asked;
    if asked.segment.changes_with_period() {
        return spans.iter().map(|span| PlacedOrders::read(snapshot, &span.asked, |_| ())).collect();
    }
    let periods: Vec<Period> = spans.iter().map(Span::period).collect();
    PlacedOrders::of_periods(snapshot, asked, &periods, |_| ())
}

fn visits_of<'a>(snapshot: &Snapshot, span: &'a Span, orders: &'a PlacedOrders) -> Result<Visits<'a>, store::Error> {
    read_visits(snapshot, &span.asked, |rows_from| {
        Visits::new(Setting {
            period: span.period(),
            buckets: &span.buckets,
            session_gap_ms: span.asked.scope.session_gap_ms,
            rows_from,
            page_view: code_or_never(snapshot, "page_view"),
            purchase: code_or_never(snapshot, Kind::Purchase.as_str()),
            unknown_device: code_or_never(snapshot, "unknown"),
            orders: &orders.placed,
        })
    })
}

fn add_carts<T>(snapshot: &Snapshot, spans: &[Span], counted: &mut [CountedSpan<T>]) -> Result<(), store::Error> {
    let mut add = |cart: &Cart, only: Option<usize>| {
        for (place, (span, counted)) in spans.iter().zip(counted.iter_mut()).enumerate() {
            if only.is_none_or(|only| only == place) && span.contains(cart.opened_at_ms) {
                counted.at(span, cart.opened_at_ms, |counted| counted.carts.add(cart));
            }
        }
    };
    if let Some(both) = in_one(spans) {
        return each_cart(snapshot, &both, Whose::OpenedInPeriod, |cart| add(&cart, None));
    }
    for (place, span) in spans.iter().enumerate() {
        each_cart(snapshot, &span.asked, Whose::OpenedInPeriod, |cart| add(&cart, Some(place)))?;
    }
    Ok(())
}

/// The spans as one, where they touch and are asked alike.
fn in_one(spans: &[Span]) -> Option<CartScope> {
    let [now, before] = spans else { return None };
    let (first, last) = if before.period().from() <= now.period().from() { (before, now) } else { (now, before) };
    if now.asked.segment.changes_with_period() || first.period().to() < last.period().from() {
        return None;
    }
    let mut both = before.asked.clone();
    both.scope.period = Period::new(first.period().from(), first.period().to().max(last.period().to()))?;
    Some(both)
}
