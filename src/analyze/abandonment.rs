//! How many carts were left behind, where, why, and what was in them.
//!
//! SEMANTICS ("Cart and checkout abandonment"): the carts that were opened in the period, as of a moment. The ledger of
//! [`cart`](crate::domain::cart) says what each is; nothing is stored, so changed time-outs and late events change
//! history. A cart is booked where its owner was when it was last abandoned; one that never was, where it ended or is.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

pub use super::cart_comparison::Comparison;
use super::cart_comparison::compare;
pub use super::cart_figures::FiguresAnswer;
use super::cart_figures::{Breakdown, By};
pub use super::cart_query::{CartScope, queries};
use super::cart_query::{Whose, each_cart};
use super::data_through;
pub use super::segment::SegmentMethod;
use super::segment::segment_method;
use crate::domain::calendar::{Bucket, CalendarUnit, index_of};
use crate::domain::cart::{Cart, Figures};
use crate::domain::time::{Period, Timestamp};
use crate::store::{self, Snapshot};

/// The longest series: so many days.
pub const DAYS_MAX: usize = 3_660;

/// The answer. Shapes and names as in the API's contract.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AbandonmentAnswer")]
pub struct Answer {
    /// All carts.
    pub total: FiguresAnswer,
    /// The same by each thing that carts can be told apart by: `last_touchpoint`, `step`, `last_field`, `reason`,
    /// `channel`, `device`, `campaign`, `product`, `recovered_by`. Most at stake first, `(other)` last.
    pub breakdown: BTreeMap<&'static str, Vec<Row>>,
    /// The same by the day on which the carts were opened.
    pub days: Vec<Day>,
    /// The period it is compared with; null when none was asked for.
    pub compare: Option<Comparison>,
    /// The moment that states are of.
    pub as_of: String,
    /// How the numbers were reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// The carts with one value.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AbandonmentRow")]
pub struct Row {
    /// The value; `(none)` where there is none.
    pub value: String,
    /// What a product is called, where the shop says so; null for all else.
    pub name: Option<String>,
    /// Its carts.
    #[serde(flatten)]
    pub figures: FiguresAnswer,
}

/// The carts opened on one day.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AbandonmentDay")]
pub struct Day {
    /// When it begins, in the question's time zone.
    pub from: String,
    /// When it is over.
    pub to: String,
    /// Whether a cart of its last moment could have been abandoned by `as_of`; else more may come.
    pub complete: bool,
    /// Its carts.
    #[serde(flatten)]
    pub figures: FiguresAnswer,
}

/// How the numbers of carts were reached: printed beside them.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule of SEMANTICS, by its name")]
#[schemars(rename = "CartMethod")]
pub struct Method {
    pub report: &'static str,
    pub unit: &'static str,
    pub opens: &'static str,
    pub activity: &'static str,
    pub abandoned: &'static str,
    pub recovered: &'static str,
    pub value: &'static str,
    pub booked: &'static str,
    pub filter_scope: &'static str,
    /// Null where everybody is asked about.
    pub segment: Option<SegmentMethod>,
    pub ties: &'static str,
    pub cart_idle_seconds: i64,
    pub cart_abandoned_after_seconds: i64,
    pub cart_expires_after_seconds: i64,
    pub session_gap_seconds: i64,
    pub from: String,
    pub to: String,
    pub time_zone: String,
}

/// What an answer has beside the total.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// Each breakdown has at most so many rows, and `(other)`.
    pub limit: usize,
    /// The period it is compared with.
    pub compare: Option<Period>,
}

/// Adds all carts of the scope up.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, asked: &CartScope, beside: Beside) -> Result<Answer, store::Error> {
    let as_of = asked.as_of(snapshot);
    let mut days = Days::new(asked.scope.period, &asked.scope.time_zone, as_of);
    let mut total = Figures::default();
    let mut breakdowns: Vec<Breakdown> = By::ALL.into_iter().map(Breakdown::new).collect();
    each_cart(snapshot, asked, Whose::OpenedInPeriod, |cart| {
        total.add(&cart);
        days.add(&cart);
        breakdowns.iter_mut().for_each(|breakdown| breakdown.add(&cart));
    })?;
    let figures = |figures: &Figures| FiguresAnswer::new(figures, asked.currency);
    let rows = |mut breakdown: Breakdown| {
        let (by, mut names) = (breakdown.by().as_str(), breakdown.take_names());
        let rows = breakdown.into_rows(beside.limit, asked.sorting_currency(), snapshot);
        let row = |(value, row)| Row { name: names.remove(&value), value, figures: figures(&row) };
        (by, rows.into_iter().map(row).collect())
    };
    let compare = beside.compare.map(|period| compare(snapshot, asked, period, &total)).transpose()?;
    Ok(Answer {
        total: figures(&total),
        breakdown: breakdowns.into_iter().map(rows).collect(),
        days: days.into_answer(asked, as_of),
        compare,
        as_of: as_of.show_in(&asked.scope.time_zone),
        method: method("abandonment", asked),
        data_through: data_through(snapshot),
    })
}

/// The days of a period, as far as they have begun.
struct Days {
    buckets: Vec<Bucket>,
    figures: Vec<Figures>,
}

impl Days {
    fn new(period: Period, zone: &TimeZone, as_of: Timestamp) -> Self {
        // A period that neither begins nor ends with a day touches more days than it is long.
        let days = CalendarUnit::Day.buckets(period, zone, DAYS_MAX + 2);
        // Outside of the years that calendars know, all of it is one.
        let whole = || vec![Bucket { from: period.from(), to: period.to(), whole: false }];
        let mut buckets = days.unwrap_or_else(whole);
        let begun = buckets.partition_point(|day| day.from <= as_of);
        buckets.truncate(begun.max(1));
        let figures = vec![Figures::default(); buckets.len()];
        Self { buckets, figures }
    }

    fn add(&mut self, cart: &Cart) {
        let figures = index_of(&self.buckets, cart.opened_at_ms).and_then(|day| self.figures.get_mut(day));
        figures.expect("a cart is opened in the period, and by the moment").add(cart);
    }

    fn into_answer(self, asked: &CartScope, as_of: Timestamp) -> Vec<Day> {
        let zone = &asked.scope.time_zone;
        let day = |(bucket, figures): (&Bucket, &Figures)| Day {
            from: bucket.from.show_in(zone),
            to: bucket.to.show_in(zone),
            complete: bucket.to.plus_ms(asked.timeouts.abandoned_after_ms()) <= as_of,
            figures: FiguresAnswer::new(figures, asked.currency),
        };
        self.buckets.iter().zip(&self.figures).map(day).collect()
    }
}

/// How the numbers of a report about carts were reached.
pub(super) fn method(report: &'static str, asked: &CartScope) -> Method {
    let (scope, timeouts) = (&asked.scope, asked.timeouts);
    Method {
        report,
        unit: "cart: by cart_id, else one at a time for each customer, or visitor while no customer is known",
        opens: "the first add_to_cart, or view_cart or begin_checkout with items; after a purchase another cart",
        activity: "any event of the cart's customer or visitor",
        abandoned: "no activity for cart_abandoned_after, worth more than 0; ever abandoned of those opened, whatever they are now",
        recovered: "bought after having been abandoned, by the first touchpoint after the last abandonment",
        value: "as the shop last said of the whole cart, plus what was added since, less what was removed; recovered: the order's value. Lost is abandoned or expired, recoverable is abandoned alone",
        booked: "where the owner was at the last abandonment; carts never abandoned: where they ended or are. A cart counts on the day it was opened",
        filter_scope: "the event that opened the cart",
        segment: segment_method(&asked.segment),
        ties: "events of the same millisecond count in the order of their arrival",
        cart_idle_seconds: timeouts.idle_ms() / 1_000,
        cart_abandoned_after_seconds: timeouts.abandoned_after_ms() / 1_000,
        cart_expires_after_seconds: timeouts.expires_after_ms() / 1_000,
        session_gap_seconds: scope.session_gap_ms / 1_000,
        from: scope.period.from().show_in(&scope.time_zone),
        to: scope.period.to().show_in(&scope.time_zone),
        time_zone: scope.time_zone.iana_name().unwrap_or("UTC").to_owned(),
    }
}
