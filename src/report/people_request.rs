//! Who stands behind a bar of a funnel: the question as it comes over the wire.

use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::body::{not_read, read_question};
use super::error::{ReportError, bad};
use super::funnel_request::FunnelRequest;
use super::questions::Asking;
use crate::analyze::funnel::{Cursor, PeopleQuestion, Sought};
use crate::control::Site;
use crate::domain::funnel::Standing;

/// The body of `POST …/reports/funnel/visitors`: a funnel's question, and which of its bars.
///
/// The two are read one after the other, since each refuses fields it does not know.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the description of the body; it is read in two parts")]
pub(super) struct PeopleRequest {
    #[serde(flatten)]
    bar: Bar,
    #[serde(flatten)]
    funnel: FunnelRequest,
}

/// Which bar, and how much of it at once.
#[derive(Debug, Deserialize, JsonSchema)]
struct Bar {
    #[schemars(range(min = 1, max = 20))]
    step: usize,
    /// `reached`, `dropped`, `excluded` or `in_progress`.
    outcome: String,
    /// Where the funnel has a breakdown, the row.
    value: Option<String>,
    /// 100 when left out.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<String>,
}

const FIELDS: [&str; 5] = ["step", "outcome", "value", "limit", "after"];
/// At most so many people at once.
const LIMIT_MAX: usize = 1_000;
/// So many where nothing is said.
const LIMIT_DEFAULT: usize = 100;

impl PeopleRequest {
    /// Takes the request's body and checks every part of it.
    pub(super) fn parse(body: &[u8], site: &Site, asking: &Asking) -> Result<PeopleQuestion, ReportError> {
        let mut rest: Map<String, Value> = read_question(body)?;
        let own = FIELDS.iter().filter_map(|field| rest.remove_entry(*field)).collect();
        let bar: Bar = serde_json::from_value(Value::Object(own)).map_err(|error| not_read(&error))?;
        let funnel: FunnelRequest = serde_json::from_value(Value::Object(rest)).map_err(|error| not_read(&error))?;
        let question = funnel.parse(site, asking)?;
        let steps = question.funnel.steps().len();
        if !(1..=steps).contains(&bar.step) {
            return Err(bad(&format!("the funnel's steps are 1 to {steps}"), "step"));
        }
        let sought = match bar.outcome.as_str() {
            "reached" => Sought::Reached,
            "dropped" => Sought::Left(Standing::DroppedOff),
            "excluded" => Sought::Left(Standing::Excluded),
            "in_progress" => Sought::Left(Standing::InProgress),
            _ => return Err(bad("`outcome` is reached, dropped, excluded or in_progress", "outcome")),
        };
        if bar.value.is_some() && question.breakdown.is_none() {
            return Err(bad("a value is a row of a breakdown; say which breakdown", "value"));
        }
        let limit = NonZeroUsize::new(bar.limit.unwrap_or(LIMIT_DEFAULT))
            .filter(|limit| limit.get() <= LIMIT_MAX)
            .ok_or_else(|| bad(&format!("the limit is 1 to {LIMIT_MAX}"), "limit"))?;
        let cursor = |text: String| {
            Cursor::parse(&text, question.funnel.unit())
                .ok_or_else(|| bad("`after` is the `next` of the page before", "after"))
        };
        let after = bar.after.map(cursor).transpose()?;
        Ok(PeopleQuestion { question, step: bar.step, sought, value: bar.value, limit, after })
    }
}
