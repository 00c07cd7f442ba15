//! The retention report: its question as it comes over the wire, and its route.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{QueryForm, RawBody, read_question};
use super::cart_request::Asked;
use super::door::SiteScope;
use super::error::{ReportError, bad};
use super::filter_request::FilterRequest;
use super::questions::{Asking, QUESTION_BYTES_MAX, ReportForm, TEXT, as_text, refuse};
use super::segment_request::SegmentRequest;
use super::shares;
use crate::analyze::retention::{self, COHORTS_MAX, Question, Unit};
use crate::control::Site;
use crate::domain::calendar::CalendarUnit;
use crate::domain::retention::Act;
use crate::route::{Access, Content, Endpoint, Report, Route};

/// So many cells where nothing is said: that of the cohort's own unit, and twelve.
const CELLS_DEFAULT: usize = 13;
const CELLS_MAX: usize = 60;
/// Whoever has not bought for a quarter has churned, where nothing is said.
const CHURNED_AFTER_DAYS: u16 = 90;
const CHURNED_AFTER_DAYS_MAX: u16 = 3_660;

/// The route, below `/v1/sites/{site}`; not guarded yet.
pub(super) fn route(asking: &Asking) -> Route {
    let about = "Who comes back, by the day, week or month of the first visit or order";
    Endpoint::post("/v1/sites/{site}/reports/retention", Access::Report(Report::Retention), about)
        .query::<ReportForm>()
        .takes(Content::json::<RetentionRequest>(), QUESTION_BYTES_MAX)
        .answers(200, Content::json::<retention::Answer>())
        .answers(200, TEXT)
        .refuses(&[400, 413, 503])
        .serve(retention_report, asking.clone())
}

/// The body of `POST …/reports/retention`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RetentionRequest {
    /// A date of the time zone, or a moment; included. Firsts from then on make cohorts.
    from: Option<String>,
    /// A date of the time zone, or a moment; excluded. Cohorts are followed beyond it.
    to: Option<String>,
    /// In place of `from` and `to`: the last so many days, today included.
    #[schemars(range(min = 1, max = 3_660))]
    last_days: Option<u16>,
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    /// `visitor` or `customer`; `visitor` when left out.
    unit: Option<String>,
    /// `first_visit` or `first_order`; `first_visit` when left out.
    cohort: Option<String>,
    /// `visit` or `order`; `visit` when left out.
    returning: Option<String>,
    /// `day`, `week` or `month`; `week` when left out.
    by: Option<String>,
    /// Each cohort's own day, week or month, and so many after it, less one; 13 when left out.
    #[schemars(range(min = 1, max = 60))]
    cells: Option<usize>,
    /// Whoever has not bought for so many days has churned; 90 when left out.
    #[schemars(range(min = 1, max = 3_660))]
    churned_after_days: Option<u16>,
    /// What must be true of the visit's first event, or of the order, that puts somebody into a cohort.
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// What must be true of the visitor of that visit or order.
    #[serde(default)]
    segment: Vec<SegmentRequest>,
    /// Show this currency alone.
    currency: Option<String>,
    /// Nothing after it is looked at; the newest data when left out.
    as_of: Option<String>,
}

impl RetentionRequest {
    /// Checks every part and names the first that does not fit.
    pub(super) fn parse(self, site: &Site, asking: &Asking) -> Result<Question, ReportError> {
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
        let as_of = asked.as_of.unwrap_or_else(asking.now);
        let question = Question {
            asked,
            unit: parse_unit(self.unit.as_deref())?,
            cohort: parse_act(self.cohort.as_deref(), ["first_visit", "first_order"], "cohort")?,
            returning: parse_act(self.returning.as_deref(), ["visit", "order"], "returning")?,
            by: parse_calendar(self.by.as_deref())?,
            cells_max: number_of(self.cells, (CELLS_DEFAULT, CELLS_MAX), "cells")?,
            churned_after_days: number_of(
                self.churned_after_days,
                (CHURNED_AFTER_DAYS, CHURNED_AFTER_DAYS_MAX),
                "churned_after_days",
            )?,
        };
        if question.buckets(as_of).is_none() {
            let message = format!("there are at most {COHORTS_MAX} cohorts; ask for a shorter period, or by month");
            return Err(bad(&message, "by"));
        }
        Ok(question)
    }
}

fn parse_unit(unit: Option<&str>) -> Result<Unit, ReportError> {
    match unit {
        None | Some("visitor") => Ok(Unit::Visitor),
        Some("customer") => Ok(Unit::Customer),
        Some(_) => Err(bad("a unit is visitor or customer", "unit")),
    }
}

fn parse_calendar(unit: Option<&str>) -> Result<CalendarUnit, ReportError> {
    let unit = unit.map_or(Some(CalendarUnit::Week), CalendarUnit::parse);
    unit.filter(|unit| *unit != CalendarUnit::Hour).ok_or_else(|| bad("cohorts are by day, week or month", "by"))
}

/// One of the two words, the first when left out.
fn parse_act(said: Option<&str>, [visit, order]: [&str; 2], field: &str) -> Result<Act, ReportError> {
    match said {
        None => Ok(Act::Visit),
        Some(said) if said == visit => Ok(Act::Visit),
        Some(said) if said == order => Ok(Act::Order),
        Some(_) => Err(bad(&format!("`{field}` is {visit} or {order}"), field)),
    }
}

fn number_of<N>(said: Option<N>, (default, max): (N, N), field: &str) -> Result<N, ReportError>
where
    N: Copy + PartialOrd + From<u8> + std::fmt::Display,
{
    let number = said.unwrap_or(default);
    if N::from(1) <= number && number <= max {
        Ok(number)
    } else {
        Err(bad(&format!("`{field}` is 1 to {max}"), field))
    }
}

/// `POST /v1/sites/{site}/reports/retention`. With `?show=sql` the query as text.
async fn retention_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let question = shares::question(scope.shared.as_ref(), &body)?;
    let question = read_question::<RetentionRequest>(question)?.parse(&scope.site, &asking)?;
    let show_sql = form.shows_sql() && scope.shared.is_none();
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            return Ok(as_text(&retention::query(snapshot, &question)?.with_values_written_out()));
        }
        Ok(Json(retention::answer(snapshot, &question)?).into_response())
    });
    answer.await.map_err(refuse)
}
