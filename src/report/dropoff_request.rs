//! What is asked of drop-off, as it comes over the wire, and the door to the typed question.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::cart_request::{limit_of, parse_currency};
use super::error::{ReportError, bad};
use super::filter_request::{FilterRequest, parse_filters};
use super::funnel_request::{CompareRequest, parse_compare};
use super::period::DaysRequest;
use super::questions::Asking;
use super::segment_request::{SegmentRequest, parse_segment};
use crate::analyze::Scope;
use crate::analyze::dropoff::{Question, SessionScope};
use crate::control::Site;
use crate::domain::dropoff::{By, Unit};
use crate::domain::name::Label;
use crate::domain::time::DAY_MS;

/// The body of `POST …/reports/dropoff`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DropoffRequest {
    /// A date of the time zone, or a moment; included. Whoever touched something from then on is counted.
    from: Option<String>,
    /// A date of the time zone, or a moment; excluded.
    to: Option<String>,
    /// In place of `from` and `to`: the last so many days, today included.
    #[schemars(range(min = 1, max = 3_660))]
    last_days: Option<u16>,
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    /// `session` or `visitor`; `session` when left out.
    unit: Option<String>,
    /// How far a visitor's touches are looked back at; 30 days when left out. Only for the unit `visitor`.
    #[schemars(range(min = 1, max = 366))]
    lookback_days: Option<u16>,
    /// What must be true of one of the session's events, or of the visitor's in the lookback.
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// Of which visitors.
    #[serde(default)]
    segment: Vec<SegmentRequest>,
    /// Show this touchpoint alone.
    touchpoint: Option<String>,
    /// `device`, `channel`: also by that; needs `touchpoint`.
    #[serde(default)]
    #[schemars(length(max = 2))]
    by: Vec<String>,
    /// `previous`, the period of the same length before; or another period.
    #[schemars(with = "Option<CompareRequest>")]
    compare: Option<Value>,
    /// Show this currency alone, and sort by it.
    currency: Option<String>,
    /// So many touchpoints; 50 when left out.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
    /// So many continuations, and values of a breakdown, then `(other)`; 10 when left out.
    #[schemars(range(min = 1, max = 100))]
    next_limit: Option<usize>,
}

const LOOKBACK_DAYS_DEFAULT: u16 = 30;
const LOOKBACK_DAYS_MAX: u16 = 366;
/// At most so many touchpoints.
const LIMIT_MAX: usize = 1_000;
const LIMIT_DEFAULT: usize = 50;
/// At most so many continuations of each.
const NEXT_LIMIT_MAX: usize = 100;
const NEXT_LIMIT_DEFAULT: usize = 10;

impl DropoffRequest {
    /// Checks every part and names the first that does not fit.
    pub(super) fn parse(mut self, site: &Site, asking: &Asking) -> Result<Question, ReportError> {
        let days = DaysRequest {
            from: self.from.as_deref(),
            to: self.to.as_deref(),
            last_days: self.last_days,
            time_zone: self.time_zone.as_deref(),
        };
        let (period, time_zone) = days.parse(site, (asking.now)())?;
        let scope = Scope { site: site.id, period, time_zone, session_gap_ms: asking.session_gap_ms };
        let compare = self.compare.take().map(|compare| parse_compare(compare, &scope, site)).transpose()?;
        let unit = self.parse_unit()?;
        let touchpoint = self.parse_touchpoint()?;
        let by = self.parse_by()?;
        let currency = parse_currency(self.currency.as_deref())?;
        let limit = limit_of(self.limit, LIMIT_DEFAULT, LIMIT_MAX)?;
        let next_limit = limit_of(self.next_limit, NEXT_LIMIT_DEFAULT, NEXT_LIMIT_MAX);
        let next_limit = next_limit.map_err(|_| bad(&format!("the limit is 1 to {NEXT_LIMIT_MAX}"), "next_limit"))?;
        let filters = parse_filters(self.r#where, "where", site)?;
        let timeouts = asking.cart_timeouts;
        let segment = parse_segment(self.segment, site, timeouts)?;
        let asked = SessionScope { scope, timeouts, filters, segment, site_currency: site.currency };
        Ok(Question { asked, unit, touchpoint, by, compare, currency, limit, next_limit })
    }

    fn parse_unit(&self) -> Result<Unit, ReportError> {
        match (self.unit.as_deref(), self.lookback_days) {
            (None | Some("session"), None) => Ok(Unit::Session),
            (None | Some("session"), Some(_)) => {
                Err(bad("only visitors are looked back at; leave it out, or say `unit`: `visitor`", "lookback_days"))
            }
            (Some("visitor"), days) => {
                let days = days.unwrap_or(LOOKBACK_DAYS_DEFAULT);
                if !(1..=LOOKBACK_DAYS_MAX).contains(&days) {
                    return Err(bad(&format!("the lookback is 1 to {LOOKBACK_DAYS_MAX} days"), "lookback_days"));
                }
                Ok(Unit::Visitor { lookback_ms: i64::from(days) * DAY_MS })
            }
            (Some(_), _) => Err(bad("`unit` is session or visitor", "unit")),
        }
    }

    fn parse_touchpoint(&self) -> Result<Option<String>, ReportError> {
        let parse = |text: &String| match Label::parse(text) {
            Ok(label) => Ok(label.as_str().to_owned()),
            Err(error) => Err(bad(&format!("the touchpoint {error}"), "touchpoint")),
        };
        self.touchpoint.as_ref().map(parse).transpose()
    }

    fn parse_by(&self) -> Result<Vec<By>, ReportError> {
        if !self.by.is_empty() && self.touchpoint.is_none() {
            return Err(bad("one touchpoint is broken down at a time; name it in `touchpoint`", "by"));
        }
        let mut by = Vec::new();
        for (index, word) in self.by.iter().enumerate() {
            let path = format!("by[{index}]");
            let parsed =
                By::parse(word).ok_or_else(|| bad("a touchpoint is broken down by device or channel", &path))?;
            if by.contains(&parsed) {
                return Err(bad("it stands there twice", &path));
            }
            by.push(parsed);
        }
        Ok(by)
    }
}
