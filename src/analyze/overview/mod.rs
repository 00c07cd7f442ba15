//! How the shop does: visits, orders, money left in carts and money recovered, beside the period before.
//!
//! Visits are counted in one pass over the period's events, visitor by visitor ([`visits`]); orders are those of
//! [`orders`](super::orders), carts those of [`abandonment`](super::abandonment): a number here is the number there.

mod count;
mod figures;
mod query;
mod tops;
mod visitors_at;
mod visits;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use self::count::{Span, count};
pub use self::figures::{Change, FiguresAnswer};
use self::figures::{Counted, changes};
pub use self::tops::Row;
use super::cart_query::CartScope;
use super::data_through;
use super::segment::{SegmentMethod, segment_method};
use crate::domain::calendar::{Bucket, CalendarUnit};
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
    let mut spans = vec![Span::new(asked.clone(), buckets_of(question, asked.scope.period))];
    spans.extend(question.compare.map(|period| Span::before(snapshot, asked, period)));
    let counted = count(snapshot, &spans, |span, visits| match span {
        0 => tops::lists(snapshot, asked, visits, question.limit),
        _ => Ok(BTreeMap::new()),
    })?;
    let figures = |counted: &Counted| counted.answer(asked.currency);
    let shown = |moment: Timestamp| moment.show_in(&asked.scope.time_zone);
    let as_of = asked.as_of(snapshot);
    let total = figures(&counted[0].total);
    let compare = question.compare.zip(counted.get(1)).map(|(period, before)| {
        let before = figures(&before.total);
        let change = changes(&total, &before);
        Compared { from: shown(period.from()), to: shown(period.to()), total: before, change }
    });
    let bucket = |(bucket, counted): (&Bucket, &Counted)| TrendBucket {
        from: shown(bucket.from),
        to: shown(bucket.to),
        complete: bucket.whole && bucket.to <= as_of,
        figures: figures(counted),
    };
    let trend = spans[0].buckets.iter().zip(&counted[0].by_bucket).map(bucket).collect();
    Ok(Answer {
        total,
        compare,
        trend: Trend { unit: question.unit.as_str(), buckets: trend },
        top: counted.into_iter().next().map(|counted| counted.beside).unwrap_or_default(),
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
