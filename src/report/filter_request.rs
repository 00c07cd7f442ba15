//! Conditions and what they act on, as they come over the wire.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::error::{ReportError, bad};
use crate::control::Site;
use crate::domain::filter::Filter;
use crate::domain::funnel::Target;
use crate::domain::name::{BadName, EventName, Label};
use crate::domain::touchpoint::Stage;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Filter", description = "One condition.")]
pub(super) struct FilterRequest {
    /// Such as `channel`, or `properties.coupon`.
    field: String,
    /// `eq`, `ne`, `in`, `not_in`, `contains`, `starts_with`, `gt`, `gte`, `lt`, `lte` or `exists`.
    op: String,
    /// A text, a number, true, false, or a list of these.
    value: Value,
}

/// At most so many conditions in one place.
const FILTERS_MAX: usize = 20;

/// Takes the conditions that stand at `path` of the question.
pub(super) fn parse_filters(requests: Vec<FilterRequest>, path: &str, site: &Site) -> Result<Vec<Filter>, ReportError> {
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

/// The four ways to name events; a question takes exactly one.
pub(super) struct TargetRequest {
    pub(super) event: Option<String>,
    pub(super) touchpoint: Option<String>,
    pub(super) stage: Option<String>,
    pub(super) page: Option<String>,
}

impl TargetRequest {
    /// The events, and the name they were asked by. `what` is what names them, such as `step 1`, and stands at `path`.
    pub(super) fn parse(self, what: &str, path: &str) -> Result<(Target, String), ReportError> {
        let named = |kind: &str, error: BadName| bad(&format!("{what}: its {kind} {error}"), &format!("{path}.{kind}"));
        let label_of = |text: &str, kind| Label::parse(text).map_err(|error| named(kind, error));
        match (self.event, self.touchpoint, self.stage, self.page) {
            (Some(name), None, None, None) => {
                let event = EventName::parse(&name).map_err(|error| named("event", error))?;
                Ok((Target::Event(event), name))
            }
            (None, Some(key), None, None) => Ok((Target::Touchpoint(label_of(&key, "touchpoint")?), key)),
            (None, None, Some(name), None) => {
                let words = "awareness, consideration, purchase, post_purchase or loyalty";
                let stage = Stage::parse(&name)
                    .ok_or_else(|| bad(&format!("{what}: a stage is {words}"), &format!("{path}.stage")))?;
                Ok((Target::Stage(stage), name))
            }
            (None, None, None, Some(pattern)) => Ok((Target::Page(label_of(&pattern, "page")?), pattern)),
            (None, None, None, None) => {
                Err(bad(&format!("{what} names neither event, touchpoint, stage nor page"), path))
            }
            _ => Err(bad(&format!("{what} names more than one of event, touchpoint, stage and page"), path)),
        }
    }
}
