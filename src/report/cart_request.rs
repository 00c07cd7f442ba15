//! What is asked about carts, as it comes over the wire, and the doors to the typed questions.

use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::error::{ReportError, bad};
use super::filter_request::{FilterRequest, parse_filters};
use super::funnel_request::{CompareRequest, parse_compare};
use super::period::{DaysRequest, parse_moment};
use super::questions::Asking;
use super::segment_request::{SegmentRequest, parse_segment};
use crate::analyze::Scope;
use crate::analyze::abandonment::{Beside, CartScope, DAYS_MAX};
use crate::analyze::carts::{By, List, Sort};
use crate::control::Site;
use crate::domain::cart::{State, Step};
use crate::domain::money::Currency;
use crate::domain::time::DAY_MS;

/// The body of `POST …/reports/abandonment`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AbandonmentRequest {
    /// A date of the time zone, or a moment; included. Carts opened from then on are counted.
    from: Option<String>,
    /// A date of the time zone, or a moment; excluded.
    to: Option<String>,
    /// In place of `from` and `to`: the last so many days, today included.
    #[schemars(range(min = 1, max = 3_660))]
    last_days: Option<u16>,
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    /// What must be true of the event that opened the cart.
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// What must be true of the visitor who opened the cart.
    #[serde(default)]
    segment: Vec<SegmentRequest>,
    /// Show this currency alone, and sort by it.
    currency: Option<String>,
    /// The moment that states are of; that of the newest data when left out.
    as_of: Option<String>,
    /// So many rows of each breakdown, then `(other)`; 10 when left out.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
    /// `previous`, the period of the same length before; or another period. It is seen at the same age.
    #[schemars(with = "Option<CompareRequest>")]
    compare: Option<Value>,
}

/// The body of `POST …/reports/carts`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CartsRequest {
    /// One cart by its `cart`, with its history, whenever it was opened.
    cart: Option<String>,
    /// A date of the time zone, or a moment; included. Carts opened from then on are listed.
    from: Option<String>,
    /// A date of the time zone, or a moment; excluded.
    to: Option<String>,
    /// In place of `from` and `to`: the last so many days, today included.
    #[schemars(range(min = 1, max = 3_660))]
    last_days: Option<u16>,
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    /// What must be true of the event that opened the cart.
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// What must be true of the visitor who opened the cart.
    #[serde(default)]
    segment: Vec<SegmentRequest>,
    /// Show this currency alone, and sort by it.
    currency: Option<String>,
    /// The moment that states are of; that of the newest data when left out.
    as_of: Option<String>,
    /// `open`, `idle`, `abandoned`, `recovered`, `purchased`, `emptied`, `expired`; all when left out.
    #[serde(default)]
    states: Vec<String>,
    /// Carts that got at least so far: `cart`, `checkout`, `shipping` or `payment`.
    step: Option<String>,
    /// The carts behind one row of a breakdown of the abandonment report.
    row: Option<RowRequest>,
    /// What comes first: `value`, `opened_at` or `last_activity_at`; `value` when left out.
    sort: Option<String>,
    /// So many; 50 when left out.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
    /// After so many, as `next_offset` of the page before says.
    #[schemars(range(min = 0, max = 100_000))]
    offset: Option<usize>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CartRow", description = "One row of a breakdown.")]
struct RowRequest {
    /// `last_touchpoint`, `step`, `last_field`, `reason`, `channel`, `device`, `campaign`, `product` or `recovered_by`.
    by: String,
    /// As the breakdown shows it.
    value: String,
}

/// At most so many rows of a breakdown.
const ROWS_MAX: usize = 100;
const ROWS_DEFAULT: usize = 10;
/// At most so many carts on a page.
const CARTS_MAX: usize = 1_000;
const CARTS_DEFAULT: usize = 50;
/// Whoever wants to see more carts than these asks for a shorter period.
pub(super) const OFFSET_MAX: usize = 100_000;

/// The typed question of the list: many carts, or one.
#[derive(Debug)]
pub(super) enum CartsQuestion {
    List(CartScope, List),
    One(CartScope, u64),
}

impl AbandonmentRequest {
    /// Checks every part and names the first that does not fit; with what is asked for beside the total.
    pub(super) fn parse(self, site: &Site, asking: &Asking) -> Result<(CartScope, Beside), ReportError> {
        let limit = limit_of(self.limit, ROWS_DEFAULT, ROWS_MAX)?.get();
        let asked = Asked {
            from: self.from,
            to: self.to,
            last_days: self.last_days,
            time_zone: self.time_zone,
            filters: self.r#where,
            segment: self.segment,
            currency: self.currency,
            as_of: self.as_of,
        };
        let scope = asked.parse(site, asking)?;
        at_most_days(&scope, DAYS_MAX)?;
        let compare = self.compare.map(|compare| parse_compare(compare, &scope.scope, site)).transpose()?;
        Ok((scope, Beside { limit, compare }))
    }
}

impl CartsRequest {
    /// Checks every part and names the first that does not fit.
    pub(super) fn parse(self, site: &Site, asking: &Asking) -> Result<CartsQuestion, ReportError> {
        if let Some(cart) = &self.cart {
            return self.parse_one(cart, site, asking);
        }
        let state = |(place, word): (usize, &String)| {
            let words = State::ALL.map(State::as_str).join(", ");
            State::parse(word).ok_or_else(|| bad(&format!("a state is one of {words}"), &format!("states[{place}]")))
        };
        let states = self.states.iter().enumerate().map(state).collect::<Result<_, _>>()?;
        let step = self.step.as_deref().map_or(Some(Step::Cart), Step::parse);
        let step = step.ok_or_else(|| bad("a step is cart, checkout, shipping or payment", "step"))?;
        let sort = self.sort.as_deref().map_or(Some(Sort::Value), Sort::parse);
        let sort = sort.ok_or_else(|| bad("carts are sorted by value, opened_at or last_activity_at", "sort"))?;
        let row = self.row.map(RowRequest::parse).transpose()?;
        let limit = limit_of(self.limit, CARTS_DEFAULT, CARTS_MAX)?;
        let offset = self.offset.unwrap_or(0);
        if OFFSET_MAX < offset {
            return Err(bad(&format!("the offset is 0 to {OFFSET_MAX}; ask for a shorter period"), "offset"));
        }
        let asked = Asked {
            from: self.from,
            to: self.to,
            last_days: self.last_days,
            time_zone: self.time_zone,
            filters: self.r#where,
            segment: self.segment,
            currency: self.currency,
            as_of: self.as_of,
        };
        Ok(CartsQuestion::List(asked.parse(site, asking)?, List { states, step, row, sort, limit, offset }))
    }

    /// A question about one cart says nothing of others.
    fn parse_one(&self, cart: &str, site: &Site, asking: &Asking) -> Result<CartsQuestion, ReportError> {
        let lists = [
            self.from.is_some(),
            self.to.is_some(),
            self.last_days.is_some(),
            !self.r#where.is_empty(),
            !self.segment.is_empty(),
            !self.states.is_empty(),
            self.step.is_some(),
            self.row.is_some(),
            self.sort.is_some(),
            self.limit.is_some(),
            self.offset.is_some(),
        ];
        if lists.contains(&true) {
            return Err(bad("beside `cart`, say only `time_zone`, `currency` and `as_of`", "cart"));
        }
        let id = cart.parse().map_err(|_| bad("a cart is asked for by the number that the list shows", "cart"))?;
        let ever = |text: &str| Some(text.to_owned());
        let asked = Asked {
            from: ever("1970-01-01T00:00:00Z"),
            to: ever("2999-12-31T00:00:00Z"),
            last_days: None,
            time_zone: self.time_zone.clone(),
            filters: Vec::new(),
            segment: Vec::new(),
            currency: self.currency.clone(),
            as_of: self.as_of.clone(),
        };
        Ok(CartsQuestion::One(asked.parse(site, asking)?, id))
    }
}

impl RowRequest {
    fn parse(self) -> Result<(By, String), ReportError> {
        let words = By::ALL.map(By::as_str).join(", ");
        let by = By::parse(&self.by).ok_or_else(|| bad(&format!("carts are told apart by {words}"), "row.by"))?;
        Ok((by, self.value))
    }
}

/// The currency of this code, if there is one.
pub(super) fn parse_currency(code: Option<&str>) -> Result<Option<Currency>, ReportError> {
    let parse =
        |code| Currency::parse(code).ok_or_else(|| bad("a currency is a code of ISO 4217 such as EUR", "currency"));
    code.map(parse).transpose()
}

/// A report with a row for each day has so many at most.
pub(super) fn at_most_days(asked: &CartScope, days_max: usize) -> Result<(), ReportError> {
    let period = asked.scope.period;
    let days_max_ms = i64::try_from(days_max).unwrap_or(i64::MAX).saturating_mul(DAY_MS);
    if days_max_ms < period.to().as_ms() - period.from().as_ms() {
        return Err(bad(&format!("the series has a day each; ask for at most {days_max} days"), "to"));
    }
    Ok(())
}

pub(super) fn limit_of(limit: Option<usize>, default: usize, max: usize) -> Result<NonZeroUsize, ReportError> {
    let limit = NonZeroUsize::new(limit.unwrap_or(default)).filter(|limit| limit.get() <= max);
    limit.ok_or_else(|| bad(&format!("the limit is 1 to {max}"), "limit"))
}

/// What reports about carts and orders are asked.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) last_days: Option<u16>,
    pub(super) time_zone: Option<String>,
    pub(super) filters: Vec<FilterRequest>,
    pub(super) segment: Vec<SegmentRequest>,
    pub(super) currency: Option<String>,
    pub(super) as_of: Option<String>,
}

impl Asked {
    /// Checks every part and names the first that does not fit.
    pub(super) fn parse(self, site: &Site, asking: &Asking) -> Result<CartScope, ReportError> {
        let days = DaysRequest {
            from: self.from.as_deref(),
            to: self.to.as_deref(),
            last_days: self.last_days,
            time_zone: self.time_zone.as_deref(),
        };
        let (period, time_zone) = days.parse(site, (asking.now)())?;
        let as_of = self.as_of.as_deref().map(|text| parse_moment(text, &time_zone, "as_of")).transpose()?;
        Ok(CartScope {
            scope: Scope { site: site.id, period, time_zone, session_gap_ms: asking.session_gap_ms },
            as_of,
            timeouts: asking.cart_timeouts,
            filters: parse_filters(self.filters, "where", site)?,
            segment: parse_segment(self.segment, site, asking.cart_timeouts)?.seen_at(as_of),
            site_currency: site.currency,
            currency: parse_currency(self.currency.as_deref())?,
        })
    }
}
