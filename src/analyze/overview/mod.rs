//! How the shop does: visits, orders, money left in carts and money recovered, beside the period before.
//!
//! Visits are counted in one pass over the period's events, visitor by visitor ([`visits`]); orders are those of
//! [`orders`](super::orders), carts those of [`abandonment`](super::abandonment): a number here is the number there.

mod figures;
mod query;
mod tops;
mod visits;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

pub use self::figures::{Change, FiguresAnswer};
use self::figures::{Counted, changes};
pub use self::tops::Row;
use self::visits::{Setting, Visits};
use super::cart_query::{CartScope, Whose, each_cart};
use super::condition::code_or_never;
use super::data_through;
use super::orders::PlacedOrders;
use super::segment::{SegmentMethod, segment_method};
use crate::domain::calendar::{Bucket, CalendarUnit, index_of};
use crate::domain::time::{Period, Timestamp};
use crate::store::{self, Query, Snapshot};

/// The most buckets of a trend.
pub const BUCKETS_MAX: usize = 1_000;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The shop, the period, and which events.
    pub asked: CartScope,
    /// The other period.
    pub compare: Option<Period>,
    /// What the trend counts in.
    pub unit: CalendarUnit,
    /// So many values of each list, then `(other)`.
    pub limit: usize,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OverviewAnswer")]
pub struct Answer {
    /// The whole period.
    pub total: FiguresAnswer,
    /// The other period, where one was asked for.
    pub compare: Option<Compared>,
    /// The period bit by bit.
    pub trend: Trend,
    /// Where most visitors were, by `channel`, `page`, `touchpoint`, `device` and `country`. An order is in the rows of
    /// all that its session was at, so rows may overlap.
    pub top: BTreeMap<&'static str, Vec<Row>>,
    /// The moment that carts and orders are of.
    pub as_of: String,
    /// How the numbers were reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// Another period, and how much has changed since.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OverviewCompared")]
pub struct Compared {
    /// When it begins.
    pub from: String,
    /// When it is over.
    pub to: String,
    /// Its figures, as of the same moment.
    pub total: FiguresAnswer,
    /// By what share each figure is larger now: 0.1 is a tenth more; null where there was nothing before.
    pub change: Change,
}

/// The period in hours, days, weeks or months of the time zone.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OverviewTrend")]
pub struct Trend {
    /// `hour`, `day`, `week` or `month`.
    pub unit: &'static str,
    /// They follow each other without a gap.
    pub buckets: Vec<TrendBucket>,
}

/// One bucket.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OverviewBucket")]
pub struct TrendBucket {
    /// When it begins, in the question's time zone.
    pub from: String,
    /// When it is over.
    pub to: String,
    /// Whether it lies whole in the period and was over by `as_of`.
    pub complete: bool,
    /// Its figures. Visitors, those who bought among them, are counted once in each bucket; all else adds up to the
    /// total.
    #[serde(flatten)]
    pub figures: FiguresAnswer,
}

/// How the numbers were reached: printed beside them.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule, by its name")]
#[schemars(rename = "OverviewMethod")]
pub struct Method {
    pub report: &'static str,
    pub visitors: &'static str,
    pub sessions: &'static str,
    pub orders: &'static str,
    pub conversion_rate: &'static str,
    pub carts: &'static str,
    pub compare: &'static str,
    pub top: &'static str,
    pub filter_scope: &'static str,
    /// Of which visitors; null where of all.
    pub segment: Option<SegmentMethod>,
    pub session_gap_seconds: i64,
    pub cart_abandoned_after_seconds: i64,
    pub from: String,
    pub to: String,
    pub time_zone: String,
}

/// Counts the period, and the other one where there is one.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, question: &Question) -> Result<Answer, store::Error> {
    let asked = &question.asked;
    let buckets = buckets_of(question, asked.scope.period);
    let orders = PlacedOrders::read(snapshot, asked, |_| ())?;
    let (total, by_bucket, visits) = count(snapshot, asked, (&buckets, &orders))?;
    let total = total.answer(asked.currency);
    let compare = question.compare.map(|period| compared(snapshot, asked, period, &total)).transpose()?;
    let as_of = asked.as_of(snapshot);
    let shown = |moment: Timestamp| moment.show_in(&asked.scope.time_zone);
    let bucket = |(bucket, counted): (&Bucket, &Counted)| TrendBucket {
        from: shown(bucket.from),
        to: shown(bucket.to),
        complete: bucket.whole && bucket.to <= as_of,
        figures: counted.answer(asked.currency),
    };
    let trend = buckets.iter().zip(&by_bucket).map(bucket).collect();
    Ok(Answer {
        total,
        compare,
        trend: Trend { unit: question.unit.as_str(), buckets: trend },
        top: tops::lists(snapshot, asked, &visits, question.limit)?,
        as_of: shown(as_of),
        method: method(question),
        data_through: data_through(snapshot),
    })
}

/// The SQL and values of the visits; those of orders and carts are shown by their own reports.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub fn query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    query::visits_query(snapshot, &question.asked, query::rows_from(&question.asked))
}

/// The buckets of the period; all of it as one outside the years that calendars know.
fn buckets_of(question: &Question, period: Period) -> Vec<Bucket> {
    let whole = || vec![Bucket { from: period.from(), to: period.to(), whole: false }];
    question.unit.buckets(period, &question.asked.scope.time_zone, BUCKETS_MAX).unwrap_or_else(whole)
}

/// Visits, orders and carts of the scope's period, in all and by bucket.
fn count<'a>(
    snapshot: &Snapshot,
    asked: &CartScope,
    (buckets, orders): (&'a [Bucket], &'a PlacedOrders),
) -> Result<(Counted, Vec<Counted>, Visits<'a>), store::Error> {
    let visits = query::read_visits(snapshot, asked, |rows_from| {
        Visits::new(Setting {
            period: asked.scope.period,
            buckets,
            session_gap_ms: asked.scope.session_gap_ms,
            rows_from,
            page_view: code_or_never(snapshot, "page_view"),
            unknown_device: code_or_never(snapshot, "unknown"),
            orders: &orders.placed,
        })
    })?;
    let mut total = Counted { traffic: visits.total, ..Counted::default() };
    let by_traffic = visits.by_bucket.iter();
    let mut by_bucket: Vec<Counted> = by_traffic.map(|&traffic| Counted { traffic, ..Counted::default() }).collect();
    for placed in &orders.placed {
        total.orders.add(&placed.order);
        let bucket = index_of(buckets, placed.order.at_ms).expect("an order is placed in the period");
        by_bucket[bucket].orders.add(&placed.order);
    }
    each_cart(snapshot, asked, Whose::OpenedInPeriod, |cart| {
        total.carts.add(&cart);
        let bucket = index_of(buckets, cart.opened_at_ms).expect("a cart is opened in the period");
        by_bucket[bucket].carts.add(&cart);
    })?;
    Ok((total, by_bucket, visits))
}

/// The other period, as of the same moment.
fn compared(
    snapshot: &Snapshot,
    asked: &CartScope,
    period: Period,
    now: &FiguresAnswer,
) -> Result<Compared, store::Error> {
    let mut before = asked.clone();
    before.as_of = Some(asked.as_of(snapshot));
    before.scope.period = period;
    let whole = [Bucket { from: period.from(), to: period.to(), whole: true }];
    let orders = PlacedOrders::read(snapshot, &before, |_| ())?;
    let (total, ..) = count(snapshot, &before, (&whole, &orders))?;
    let total = total.answer(asked.currency);
    let zone = &asked.scope.time_zone;
    let change = changes(now, &total);
    Ok(Compared { from: period.from().show_in(zone), to: period.to().show_in(zone), total, change })
}

/// How the numbers were reached.
fn method(question: &Question) -> Method {
    let CartScope { scope, timeouts, .. } = &question.asked;
    Method {
        report: "overview",
        visitors: "browsers with any event in the period; those who asked not to be known are another one each day",
        sessions: "begun in the period: one visitor's events with no longer pause than session_gap; page views are page_view events",
        orders: "as in the orders report: each once, by transaction_id, less what was given back until as_of, on the day it was placed; the average order value is gross / orders",
        conversion_rate: "visitors who placed an order / visitors",
        carts: "as in the abandonment report, of carts opened in the period: left is in carts abandoned or expired, recovered is what carts were bought for that had been abandoned; younger carts may still change",
        compare: "both periods as of the same moment, so the earlier one has had more time for refunds and recoveries; change is (now - before) / before",
        top: "visitors with an event there, orders of sessions that were there; the channel is the session's. Rows overlap where a session was at several",
        filter_scope: "events that fit: visitors with one, sessions with one, page views that fit; the page report of an order, the event that opened a cart",
        segment: segment_method(&question.asked.segment),
        session_gap_seconds: scope.session_gap_ms / 1_000,
        cart_abandoned_after_seconds: timeouts.abandoned_after_ms() / 1_000,
        from: scope.period.from().show_in(&scope.time_zone),
        to: scope.period.to().show_in(&scope.time_zone),
        time_zone: scope.time_zone.iana_name().unwrap_or("UTC").to_owned(),
    }
}
