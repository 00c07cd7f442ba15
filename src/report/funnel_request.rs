//! What is asked of a funnel, as it comes over the wire, and the door to the typed question.

use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::body::read_question;
use super::error::{ReportError, bad};
use super::filter_request::{FilterRequest, TargetRequest, parse_filters};
use super::period::{DaysRequest, PeriodRequest, previous};
use super::questions::Asking;
use super::segment_request::{SegmentRequest, parse_segment};
use crate::analyze::Scope;
use crate::analyze::funnel::{Breakdown, BreakdownAt, BreakdownColumn, Question, TREND_BUCKETS_MAX};
use crate::control::Site;
use crate::domain::calendar::CalendarUnit;
use crate::domain::filter::Field;
use crate::domain::funnel::{
    BadExclusion, BadFunnel, BadHold, Exclusion, FilterScope, Funnel, Hold, Order, Presence, Step, Unit,
};
use crate::domain::name::Label;
use crate::domain::time::Period;

/// The body of `POST …/reports/funnel`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FunnelRequest {
    /// A date of the time zone, or a moment; included.
    from: Option<String>,
    /// A date of the time zone, or a moment; excluded.
    to: Option<String>,
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    #[schemars(length(min = 2, max = 20))]
    steps: Vec<StepRequest>,
    /// `sequential`, `strict` or `any`.
    order: Option<String>,
    /// From the first step to each later one; 7 days when left out.
    #[schemars(range(min = 1, max = 31_622_400))]
    window_seconds: Option<u64>,
    /// `visitor`, `customer` or `session`.
    unit: Option<String>,
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// What must be true of the visitors; acts where `where` does.
    #[serde(default)]
    segment: Vec<SegmentRequest>,
    /// `entry` or `every_step`.
    filter_scope: Option<String>,
    /// Events that end an attempt.
    #[serde(default)]
    #[schemars(length(max = 10))]
    exclude: Vec<ExclusionRequest>,
    /// Fields that all events of an attempt carry the same value of, such as `cart_id`.
    #[serde(default)]
    #[schemars(length(max = 3))]
    hold: Vec<String>,
    breakdown: Option<BreakdownRequest>,
    /// `hour`, `day`, `week` or `month`: also by that, in the time zone.
    trend: Option<String>,
    /// `previous`, the period of the same length before; or another period.
    #[schemars(with = "Option<CompareRequest>")]
    compare: Option<Value>,
    /// In place of `from` and `to`: the last so many days, today included.
    #[schemars(range(min = 1, max = 3_660))]
    last_days: Option<u16>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FunnelStep", description = "One step: an event, a touchpoint, a stage or a page.")]
struct StepRequest {
    event: Option<String>,
    touchpoint: Option<String>,
    stage: Option<String>,
    page: Option<String>,
    label: Option<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    r#where: Vec<FilterRequest>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Exclusion", description = "Events that end an attempt which is between two steps.")]
struct ExclusionRequest {
    event: Option<String>,
    touchpoint: Option<String>,
    stage: Option<String>,
    page: Option<String>,
    /// From when this step is filled; 1 when left out. Not in order `any`: there it holds during the whole attempt.
    #[schemars(range(min = 1, max = 20))]
    after_step: Option<usize>,
    /// Until this step is filled; the last one when left out.
    #[schemars(range(min = 1, max = 20))]
    before_step: Option<usize>,
    #[serde(default)]
    r#where: Vec<FilterRequest>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Breakdown", description = "One row a value of this field.")]
struct BreakdownRequest {
    field: String,
    /// `step`, `first_touch` or `last_touch`; `step` when left out.
    at: Option<String>,
    /// Whose event's value it is; 1 when left out.
    #[schemars(range(min = 1, max = 20))]
    step: Option<usize>,
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Compare", description = "What a period is compared with: `previous`, or another one.")]
pub(super) enum CompareRequest {
    Word(String),
    Period(ComparedPeriod),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ComparedPeriod {
    /// A date of the time zone, or a moment; included.
    from: String,
    /// A date of the time zone, or a moment; excluded.
    to: String,
}

/// At most so many rows in a breakdown.
const BREAKDOWN_LIMIT_MAX: usize = 100;
/// The rows of a breakdown have at most so many buckets of trends in all: some megabytes.
const BROKEN_DOWN_BUCKETS_MAX: usize = 10_000;
/// So many where none is asked for.
const BREAKDOWN_LIMIT_DEFAULT: usize = 10;

impl FunnelRequest {
    /// Takes the request's body.
    pub(super) fn read(body: &[u8]) -> Result<Self, ReportError> {
        read_question(body)
    }

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
        let trend = self.trend.take().map(|unit| parse_trend(&unit, &scope)).transpose()?;
        let compare = self.compare.take().map(|compare| parse_compare(compare, &scope, site)).transpose()?;
        let breakdown = self.breakdown.take();
        let segment = parse_segment(std::mem::take(&mut self.segment), site, asking.cart_timeouts)?;
        let funnel = self.parse_funnel(site)?;
        let breakdown = breakdown.map(|breakdown| breakdown.parse(&funnel)).transpose()?;
        check_size(breakdown.as_ref(), trend, &scope)?;
        Ok(Question { scope, funnel, segment, breakdown, trend, compare })
    }

    fn parse_funnel(self, site: &Site) -> Result<Funnel, ReportError> {
        let steps = self.steps.into_iter().enumerate();
        let steps = steps.map(|(index, step)| step.parse(index, site)).collect::<Result<Vec<_>, _>>()?;
        let window_seconds = match self.window_seconds {
            None => Funnel::WINDOW_SECONDS_DEFAULT,
            Some(seconds) => u32::try_from(seconds).unwrap_or(u32::MAX),
        };
        let word = Word { field: "unit", words: "visitor, customer or session" };
        let unit = word.parse(self.unit, Unit::Visitor, Unit::parse)?;
        let word = Word { field: "filter_scope", words: "entry or every_step" };
        let filter_scope = word.parse(self.filter_scope, FilterScope::Entry, FilterScope::parse)?;
        let word = Word { field: "order", words: "sequential, strict or any" };
        let order = word.parse(self.order, Order::Sequential, Order::parse)?;
        let filters = parse_filters(self.r#where, "where", site)?;
        let mut funnel = Funnel::new(steps, window_seconds, unit)
            .map_err(|error| bad(&error.to_string(), bad_funnel_field(error)))?
            .filtered(filters, filter_scope)
            .in_order(order);
        for (index, exclusion) in self.exclude.into_iter().enumerate() {
            let refused = |error: BadExclusion| bad(&error.to_string(), &format!("exclude[{index}]"));
            funnel = funnel.excluding(exclusion.parse(index, site)?).map_err(refused)?;
        }
        Ok(funnel.holding(parse_hold(&self.hold)?))
    }
}

fn parse_trend(unit: &str, scope: &Scope) -> Result<CalendarUnit, ReportError> {
    let unit = CalendarUnit::parse(unit).ok_or_else(|| bad("`trend` is hour, day, week or month", "trend"))?;
    if unit.buckets(scope.period, &scope.time_zone, TREND_BUCKETS_MAX).is_none() {
        let most = format!("a trend has at most {TREND_BUCKETS_MAX} buckets; take a longer unit or a shorter period");
        return Err(bad(&most, "trend"));
    }
    Ok(unit)
}

/// Each row of a breakdown has a trend of its own, and an answer has an end.
fn check_size(breakdown: Option<&Breakdown>, trend: Option<CalendarUnit>, scope: &Scope) -> Result<(), ReportError> {
    let (Some(breakdown), Some(unit)) = (breakdown, trend) else { return Ok(()) };
    let buckets = unit.buckets(scope.period, &scope.time_zone, TREND_BUCKETS_MAX).map_or(0, |buckets| buckets.len());
    if BROKEN_DOWN_BUCKETS_MAX < buckets * breakdown.limit.get() {
        let most = format!(
            "the trends of a breakdown have at most {BROKEN_DOWN_BUCKETS_MAX} buckets in all; take fewer values, a longer unit or a shorter period"
        );
        return Err(bad(&most, "breakdown.limit"));
    }
    Ok(())
}

/// The period that another is compared with.
pub(super) fn parse_compare(compare: Value, scope: &Scope, site: &Site) -> Result<Period, ReportError> {
    let words = r#"`compare` is "previous" or {"from": …, "to": …}"#;
    match serde_json::from_value(compare).map_err(|_| bad(words, "compare"))? {
        CompareRequest::Word(word) if word == "previous" => {
            previous(scope.period, &scope.time_zone).ok_or_else(|| bad("the period before is too far away", "compare"))
        }
        CompareRequest::Word(_) => Err(bad(words, "compare")),
        CompareRequest::Period(ComparedPeriod { from, to }) => {
            let zone = scope.time_zone.iana_name();
            let parsed = PeriodRequest { from: &from, to: &to, time_zone: zone }.parse(site);
            parsed.map(|(period, _)| period).map_err(|error| error.below("compare"))
        }
    }
}

fn parse_hold(names: &[String]) -> Result<Hold, ReportError> {
    let and = |hold: Hold, (index, name): (usize, &String)| {
        hold.and(name).map_err(|error: BadHold| bad(&error.to_string(), &format!("hold[{index}]")))
    };
    names.iter().enumerate().try_fold(Hold::default(), and)
}

fn bad_funnel_field(error: BadFunnel) -> &'static str {
    match error {
        BadFunnel::Window => "window_seconds",
        BadFunnel::Steps(_) | BadFunnel::OptionalEnd => "steps",
    }
}

/// A field that takes one of a few words.
struct Word {
    field: &'static str,
    words: &'static str,
}

impl Word {
    fn parse<T>(self, word: Option<String>, default: T, parse: fn(&str) -> Option<T>) -> Result<T, ReportError> {
        let Self { field, words } = self;
        match word {
            None => Ok(default),
            Some(word) => parse(&word).ok_or_else(|| bad(&format!("`{field}` is {words}"), field)),
        }
    }
}

impl StepRequest {
    fn parse(self, index: usize, site: &Site) -> Result<Step, ReportError> {
        let (path, what) = (format!("steps[{index}]"), format!("step {}", index + 1));
        let Self { event, touchpoint, stage, page, label, optional, r#where } = self;
        let (target, name) = TargetRequest { event, touchpoint, stage, page }.parse(&what, &path)?;
        let label = match label {
            None => name,
            Some(label) => {
                let named = |error| bad(&format!("{what}: its label {error}"), &format!("{path}.label"));
                Label::parse(&label).map_err(named)?.as_str().to_owned()
            }
        };
        let presence = if optional { Presence::Optional } else { Presence::Required };
        let filters = parse_filters(r#where, &format!("{path}.where"), site)?;
        Ok(Step { target, filters, label, presence })
    }
}

impl ExclusionRequest {
    fn parse(self, index: usize, site: &Site) -> Result<Exclusion, ReportError> {
        let (path, what) = (format!("exclude[{index}]"), format!("exclusion {}", index + 1));
        let Self { event, touchpoint, stage, page, after_step, before_step, r#where } = self;
        let (target, _) = TargetRequest { event, touchpoint, stage, page }.parse(&what, &path)?;
        let filters = parse_filters(r#where, &format!("{path}.where"), site)?;
        Ok(Exclusion { target, filters, after_step, before_step })
    }
}

impl BreakdownRequest {
    fn parse(self, funnel: &Funnel) -> Result<Breakdown, ReportError> {
        let field = Field::parse(&self.field)
            .ok_or_else(|| bad(&format!("the field is not known; known are: {}", Field::names()), "breakdown.field"))?;
        let column = BreakdownColumn::of(&field)
            .ok_or_else(|| bad("this field has too many values to break down by", "breakdown.field"))?;
        let at = match (self.at.as_deref(), self.step) {
            (None | Some("step"), step) => BreakdownAt::Step(step.unwrap_or(1)),
            (Some("first_touch"), None) => BreakdownAt::FirstTouch,
            (Some("last_touch"), None) => BreakdownAt::LastTouch,
            (Some("first_touch" | "last_touch"), Some(_)) => {
                return Err(bad("a touch is no step; leave out `step`, or say `at`: `step`", "breakdown.step"));
            }
            _ => return Err(bad("`at` is step, first_touch or last_touch", "breakdown.at")),
        };
        let steps = funnel.steps().len();
        if matches!(at, BreakdownAt::Step(step) if !(1..=steps).contains(&step)) {
            return Err(bad(&format!("the funnel's steps are 1 to {steps}"), "breakdown.step"));
        }
        if !matches!((at, &field), (BreakdownAt::Step(_), _) | (_, Field::Arrival(_))) {
            let words = "channel, source, medium, campaign, term, content or referrer_host";
            return Err(bad(&format!("a touch is told apart by {words}"), "breakdown.field"));
        }
        let limit = self.limit.unwrap_or(BREAKDOWN_LIMIT_DEFAULT);
        let limit = NonZeroUsize::new(limit)
            .filter(|limit| limit.get() <= BREAKDOWN_LIMIT_MAX)
            .ok_or_else(|| bad(&format!("the limit is 1 to {BREAKDOWN_LIMIT_MAX}"), "breakdown.limit"))?;
        Ok(Breakdown { field, column, at, limit })
    }
}
