//! What is asked of a funnel, as it comes over the wire, and the door to the typed question.

use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::error::{ReportError, bad};
use super::period::{PeriodRequest, last_days};
use crate::analyze::Scope;
use crate::analyze::funnel::{Breakdown, BreakdownColumn};
use crate::control::Site;
use crate::domain::filter::{Field, Filter};
use crate::domain::funnel::{FilterScope, Funnel, Presence, Step, Target, Unit};
use crate::domain::name::{EventName, Label};
use crate::domain::time::Timestamp;
use crate::domain::touchpoint::Stage;

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
    /// `sequential`.
    order: Option<String>,
    /// From the first step to each later one; 7 days when left out.
    #[schemars(range(min = 1, max = 31_622_400))]
    window_seconds: Option<u64>,
    /// `visitor`, `customer` or `session`.
    unit: Option<String>,
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// `entry` or `every_step`.
    filter_scope: Option<String>,
    breakdown: Option<BreakdownRequest>,
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
#[schemars(rename = "Filter", description = "One condition.")]
struct FilterRequest {
    /// Such as `channel`, or `properties.coupon`.
    field: String,
    /// `eq`, `ne`, `in`, `not_in`, `contains`, `starts_with`, `gt`, `gte`, `lt`, `lte` or `exists`.
    op: String,
    /// A text, a number, true, false, or a list of these.
    value: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Breakdown", description = "One row a value of this field.")]
struct BreakdownRequest {
    field: String,
    /// `step`.
    at: Option<String>,
    /// 1.
    step: Option<usize>,
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
}

/// The typed question.
pub(super) struct FunnelQuestion {
    pub(super) scope: Scope,
    pub(super) funnel: Funnel,
    pub(super) breakdown: Option<Breakdown>,
}

/// At most so many rows in a breakdown.
const BREAKDOWN_LIMIT_MAX: usize = 100;
/// So many where none is asked for.
const BREAKDOWN_LIMIT_DEFAULT: usize = 10;
/// At most so many conditions on the funnel or on one step.
const FILTERS_MAX: usize = 20;

impl FunnelRequest {
    /// Takes the request's body.
    pub(super) fn read(body: &[u8]) -> Result<Self, ReportError> {
        serde_json::from_slice(body).map_err(|error| {
            // What was expected, and where; not what was found, which is the asker's own.
            let error = error.to_string();
            let said = match error.rsplit_once(", expected ") {
                Some((_, expected)) => format!("expected {expected}"),
                None => error,
            };
            bad(&format!("the question does not read: {said}"), "")
        })
    }

    /// Checks every part and names the first that does not fit.
    pub(super) fn parse(self, site: &Site, session_gap_ms: i64, now: Timestamp) -> Result<FunnelQuestion, ReportError> {
        let zone = self.time_zone.as_deref();
        let (period, time_zone) = match (&self.from, &self.to, self.last_days) {
            (Some(from), Some(to), None) => PeriodRequest { from, to, time_zone: zone }.parse(site)?,
            (None, None, Some(days)) => last_days(days, zone, site, now)?,
            _ => return Err(bad("say `from` and `to`, or `last_days`", "from")),
        };
        if self.order.as_deref().is_some_and(|order| order != "sequential") {
            return Err(bad("this version answers order `sequential` only", "order"));
        }
        let steps = self.steps.into_iter().enumerate();
        let steps = steps.map(|(index, step)| step.parse(index, site)).collect::<Result<Vec<_>, _>>()?;
        let window_seconds = match self.window_seconds {
            None => Funnel::WINDOW_SECONDS_DEFAULT,
            Some(seconds) => u32::try_from(seconds).unwrap_or(u32::MAX),
        };
        let unit =
            parse_word(self.unit.as_deref(), Unit::Visitor, Unit::parse, "unit", "visitor, customer or session")?;
        let scope_words = "entry or every_step";
        let filter_scope = parse_word(
            self.filter_scope.as_deref(),
            FilterScope::Entry,
            FilterScope::parse,
            "filter_scope",
            scope_words,
        )?;
        let filters = parse_filters(self.r#where, "where", site)?;
        let funnel = Funnel::new(steps, window_seconds, unit)
            .map_err(|error| bad(&error.to_string(), bad_funnel_field(error)))?
            .filtered(filters, filter_scope);
        let breakdown = self.breakdown.map(BreakdownRequest::parse).transpose()?;
        Ok(FunnelQuestion { scope: Scope { site: site.id, period, time_zone, session_gap_ms }, funnel, breakdown })
    }
}

fn bad_funnel_field(error: crate::domain::funnel::BadFunnel) -> &'static str {
    match error {
        crate::domain::funnel::BadFunnel::Window => "window_seconds",
        _ => "steps",
    }
}

fn parse_word<T>(
    word: Option<&str>,
    default: T,
    parse: fn(&str) -> Option<T>,
    field: &str,
    words: &str,
) -> Result<T, ReportError> {
    match word {
        None => Ok(default),
        Some(word) => parse(word).ok_or_else(|| bad(&format!("`{field}` is {words}"), field)),
    }
}

impl StepRequest {
    fn parse(self, index: usize, site: &Site) -> Result<Step, ReportError> {
        let path = format!("steps[{index}]");
        let number = index + 1;
        let named = |what: &str, error: crate::domain::name::BadName| {
            bad(&format!("step {number}: its {what} {error}"), &format!("{path}.{what}"))
        };
        let label_of = |text: &str, what| Label::parse(text).map_err(|error| named(what, error));
        let (target, name) = match (self.event, self.touchpoint, self.stage, self.page) {
            (Some(name), None, None, None) => {
                let event = EventName::parse(&name).map_err(|error| named("event", error))?;
                (Target::Event(event), name)
            }
            (None, Some(key), None, None) => (Target::Touchpoint(label_of(&key, "touchpoint")?), key),
            (None, None, Some(name), None) => {
                let words = "awareness, consideration, purchase, post_purchase or loyalty";
                let stage = Stage::parse(&name)
                    .ok_or_else(|| bad(&format!("step {number}: a stage is {words}"), &format!("{path}.stage")))?;
                (Target::Stage(stage), name)
            }
            (None, None, None, Some(pattern)) => (Target::Page(label_of(&pattern, "page")?), pattern),
            (None, None, None, None) => {
                return Err(bad(&format!("step {number} names neither event, touchpoint, stage nor page"), &path));
            }
            _ => {
                return Err(bad(
                    &format!("step {number} names more than one of event, touchpoint, stage and page"),
                    &path,
                ));
            }
        };
        let label = match self.label {
            Some(label) => label_of(&label, "label")?.as_str().to_owned(),
            None => name,
        };
        let presence = if self.optional { Presence::Optional } else { Presence::Required };
        let filters = parse_filters(self.r#where, &format!("{path}.where"), site)?;
        Ok(Step { target, filters, label, presence })
    }
}

fn parse_filters(requests: Vec<FilterRequest>, path: &str, site: &Site) -> Result<Vec<Filter>, ReportError> {
    if FILTERS_MAX < requests.len() {
        return Err(bad(&format!("at most {FILTERS_MAX} conditions"), path));
    }
    let parse = |(index, request): (usize, FilterRequest)| {
        let path = format!("{path}[{index}]");
        let values = texts_of(&request.value).ok_or_else(|| {
            bad("a value is a text, a number, true, false, or a list of these", &format!("{path}.value"))
        })?;
        Filter::parse(&request.field, &request.op, &values, site.currency)
            .map_err(|error| bad(&error.to_string(), &path))
    };
    requests.into_iter().enumerate().map(parse).collect()
}

/// A JSON value as the texts to compare with.
fn texts_of(value: &Value) -> Option<Vec<String>> {
    let text_of = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match value {
        Value::Array(values) => values.iter().map(text_of).collect(),
        one => text_of(one).map(|text| vec![text]),
    }
}

impl BreakdownRequest {
    fn parse(self) -> Result<Breakdown, ReportError> {
        if self.at.as_deref().is_some_and(|at| at != "step") || self.step.is_some_and(|step| step != 1) {
            return Err(bad("this version breaks down by the value at step 1 only", "breakdown.at"));
        }
        let field = Field::parse(&self.field)
            .ok_or_else(|| bad(&format!("the field is not known; known are: {}", Field::names()), "breakdown.field"))?;
        let column = BreakdownColumn::of(&field)
            .ok_or_else(|| bad("this field has too many values to break down by", "breakdown.field"))?;
        let limit = self.limit.unwrap_or(BREAKDOWN_LIMIT_DEFAULT);
        let limit = NonZeroUsize::new(limit)
            .filter(|limit| limit.get() <= BREAKDOWN_LIMIT_MAX)
            .ok_or_else(|| bad(&format!("the limit is 1 to {BREAKDOWN_LIMIT_MAX}"), "breakdown.limit"))?;
        Ok(Breakdown { field, column, limit })
    }
}
