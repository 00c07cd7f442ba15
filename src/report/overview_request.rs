//! What is asked of the overview and of the present, as it comes over the wire, and the doors to the typed questions.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::cart_request::{Asked, limit_of};
use super::error::{ReportError, bad};
use super::filter_request::FilterRequest;
use super::funnel_request::{CompareRequest, parse_compare};
use super::questions::Asking;
use super::segment_request::SegmentRequest;
use crate::analyze::abandonment::CartScope;
use crate::analyze::live;
use crate::analyze::overview::{BUCKETS_MAX, Question};
use crate::control::Site;
use crate::domain::calendar::CalendarUnit;
use crate::domain::time::{DAY_MS, Period};

/// The body of `POST …/reports/overview`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OverviewRequest {
    /// A date of the time zone, or a moment; included.
    from: Option<String>,
    /// A date of the time zone, or a moment; excluded.
    to: Option<String>,
    /// In place of `from` and `to`: the last so many days, today included.
    #[schemars(range(min = 1, max = 3_660))]
    last_days: Option<u16>,
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    /// Which events count.
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// Of which visitors.
    #[serde(default)]
    segment: Vec<SegmentRequest>,
    /// Show this currency alone.
    currency: Option<String>,
    /// The moment that carts and orders are of; that of the newest data when left out.
    as_of: Option<String>,
    /// `previous`, the period of the same length before; or another period.
    #[schemars(with = "Option<CompareRequest>")]
    compare: Option<Value>,
    /// `hour`, `day`, `week` or `month`; what suits the period when left out.
    trend: Option<String>,
    /// So many values of each list, then `(other)`; 10 when left out.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
}

/// The body of `POST …/reports/live`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LiveRequest {
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    /// Which events count; which event must have opened a cart.
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// Of which visitors; `period` is the minutes that are shown.
    #[serde(default)]
    segment: Vec<SegmentRequest>,
    /// Show this currency alone.
    currency: Option<String>,
    /// The moment; now when left out.
    as_of: Option<String>,
    /// So many pages and touchpoints, then `(other)`; 10 when left out.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
}

/// At most so many rows of each list.
const ROWS_MAX: usize = 100;
const ROWS_DEFAULT: usize = 10;

impl OverviewRequest {
    /// Checks every part and names the first that does not fit.
    pub(super) fn parse(self, site: &Site, asking: &Asking) -> Result<Question, ReportError> {
        let limit = limit_of(self.limit, ROWS_DEFAULT, ROWS_MAX)?.get();
        let unit =
            |word: &str| CalendarUnit::parse(word).ok_or_else(|| bad("`trend` is hour, day, week or month", "trend"));
        let unit = self.trend.as_deref().map(unit).transpose()?;
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
        let asked = asked.parse(site, asking)?;
        let compare = self.compare.map(|compare| parse_compare(compare, &asked.scope, site)).transpose()?;
        let unit = unit.unwrap_or_else(|| fitting_unit(asked.scope.period));
        if unit.buckets(asked.scope.period, &asked.scope.time_zone, BUCKETS_MAX).is_none() {
            let most = format!("a trend has at most {BUCKETS_MAX} buckets; take a longer unit or a shorter period");
            return Err(bad(&most, "trend"));
        }
        Ok(Question { asked, compare, unit, limit })
    }
}

/// The unit in which a period is neither one bar nor a wood.
fn fitting_unit(period: Period) -> CalendarUnit {
    match (period.to().as_ms() - period.from().as_ms()) / DAY_MS {
        0..=2 => CalendarUnit::Hour,
        3..=92 => CalendarUnit::Day,
        93..=731 => CalendarUnit::Week,
        _ => CalendarUnit::Month,
    }
}

impl LiveRequest {
    /// Checks every part and names the first that does not fit; with the rows that lists have.
    pub(super) fn parse(self, site: &Site, asking: &Asking) -> Result<(CartScope, usize), ReportError> {
        let limit = limit_of(self.limit, ROWS_DEFAULT, ROWS_MAX)?.get();
        let asked = Asked {
            last_days: Some(1),
            time_zone: self.time_zone,
            filters: self.r#where,
            segment: self.segment,
            currency: self.currency,
            as_of: self.as_of,
            ..Asked::default()
        };
        let mut asked = asked.parse(site, asking)?;
        let as_of = asked.as_of.unwrap_or_else(asking.now);
        asked.scope.period = live::period(as_of).ok_or_else(|| bad("there is nothing before this moment", "as_of"))?;
        Ok((CartScope { as_of: Some(as_of), segment: asked.segment.seen_at(Some(as_of)), ..asked }, limit))
    }
}
