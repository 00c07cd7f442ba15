//! The routes that answer questions: reports, fields, exports.

use std::num::NonZeroU32;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Json, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{PathParts, QueryForm, RawBody};
use super::cart_request::Asked;
use super::door::{Door, SiteScope};
use super::error::{ReportError, bad};
use super::funnel_request::FunnelRequest;
use super::named::{Named, Naming};
use super::people_request::PeopleRequest;
use super::shares;
use crate::analyze::abandonment::CartScope;
use crate::analyze::ask::{AskError, Freshness, Questions};
use crate::analyze::dropoff::SessionScope;
use crate::analyze::fields::Listing;
use crate::analyze::raw::FileFormat;
use crate::analyze::{Scope, cart_export, fields, funnel, orders, raw, sessions};
use crate::domain::cart::Timeouts;
use crate::domain::filter::Field;
use crate::domain::name::Label;
use crate::domain::segment::Segment;
use crate::domain::time::{DAY_MS, Period, Timestamp};
use crate::route::{Access, Content, Endpoint, May, Report, Route};

/// The largest question.
pub(super) const QUESTION_BYTES_MAX: usize = 64 << 10;
/// So many values of one field are listed.
const FIELD_VALUES_MAX: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
/// So many where all fields are.
const VALUES_OF_EACH_MAX: NonZeroU32 = NonZeroU32::new(50).expect("not zero");
/// Fields are listed over so many days.
const FIELD_DAYS: i64 = 90;
/// In every answer that is not about everything: `rebuilding`.
const STORE: HeaderName = HeaderName::from_static("styk-store");
/// A file is sent in pieces of this size.
const PIECE_BYTES: usize = 64 << 10;

/// What the routes need.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) door: Door,
    pub(super) questions: Questions,
    pub(super) session_gap_ms: i64,
    pub(super) cart_timeouts: Timeouts,
    pub(super) naming: Naming,
    pub(super) now: fn() -> Timestamp,
}

/// The routes, below `/v1/sites/{site}`.
pub(super) fn routes(asking: &Asking) -> Vec<Route> {
    let read = Access::Site(May::Read);
    let mut routes = vec![
        Endpoint::post(
            "/v1/sites/{site}/reports/funnel",
            Access::Report(Report::Funnel),
            "How many got how far, step by step",
        )
        .query::<ReportForm>()
        .takes(Content::json::<FunnelRequest>(), QUESTION_BYTES_MAX)
        .answers(200, Content::json::<Named<funnel::Answer>>())
        .answers(200, TEXT)
        .refuses(&[400, 413, 503])
        .serve(funnel_report, asking.clone()),
        Endpoint::post("/v1/sites/{site}/reports/funnel/visitors", read, "Who stands behind a bar of a funnel")
            .takes(Content::json::<PeopleRequest>(), QUESTION_BYTES_MAX)
            .answers(200, Content::json::<Named<funnel::People>>())
            .refuses(&[400, 413, 503])
            .serve(funnel_visitors, asking.clone()),
        Endpoint::get("/v1/sites/{site}/fields", read, "What can be filtered and broken down by, with top values")
            .query::<FieldsForm>()
            .answers(200, Content::json::<Named<fields::Answer>>())
            .refuses(&[400, 503])
            .serve(field_list, asking.clone()),
        Endpoint::get("/v1/sites/{site}/export/{what}", read, "Every stored event, session, cart or order, as a file")
            .path_part::<Exported>("what")
            .query::<ExportForm>()
            .answers(200, Content::Media("application/vnd.apache.parquet"))
            .answers(200, Content::Media("text/csv"))
            .answers(200, Content::Media("application/x-ndjson"))
            .refuses(&[400, 503])
            .serve(export, asking.clone()),
    ];
    routes.extend(super::carts::routes(asking));
    routes.extend(super::overview::routes(asking));
    routes.extend(super::dropoff::routes(asking));
    routes.extend(super::visitor_links::routes(asking));
    routes.extend([super::retention::route(asking), super::visitor::route(asking)]);
    let say_freshness = || axum::middleware::map_response_with_state(asking.clone(), say_freshness);
    let said = routes.into_iter().map(|route| route.behind(|serving| serving.layer(say_freshness())));
    let progress = Endpoint::get("/v1/progress", Access::SignedIn, "What answers are about at present")
        .answers(200, Content::json::<Freshness>())
        .serve(progress, asking.clone());
    said.chain([progress]).map(|route| asking.door.guard(route)).collect()
}

/// `GET /v1/progress`: what answers are about at present, for people who are signed in.
async fn progress(State(asking): State<Asking>) -> Json<Freshness> {
    Json(asking.questions.freshness())
}

/// An answer from a store that is being built again says so.
async fn say_freshness(State(asking): State<Asking>, mut response: Response) -> Response {
    let store = asking.questions.freshness().store;
    if store != "whole" {
        response.headers_mut().insert(STORE, HeaderValue::from_static(store));
    }
    response
}

pub(super) const TEXT: Content = Content::Media("text/plain");

#[derive(Deserialize, JsonSchema)]
pub(super) struct ReportForm {
    /// `sql`: the query instead of the answer.
    show: Option<String>,
}

impl ReportForm {
    pub(super) fn shows_sql(&self) -> bool {
        self.show.as_deref() == Some("sql")
    }
}

/// The answer that is some queries' texts.
pub(super) fn as_texts(sql: impl Iterator<Item = String>) -> Response {
    as_text(&sql.collect::<Vec<_>>().join(";\n\n"))
}

/// The answer that is a query's text.
pub(super) fn as_text(sql: &str) -> Response {
    format!("{sql};\n").into_response()
}

/// `POST /v1/sites/{site}/reports/funnel`: how many got how far. With `?show=sql` the query as text.
async fn funnel_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let question = FunnelRequest::read(shares::question(scope.shared.as_ref(), &body)?)?;
    let question = question.parse(&scope.site, &asking)?;
    let (show_sql, naming) = (form.shows_sql() && scope.shared.is_none(), asking.naming.clone());
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            return Ok(as_text(&funnel::query(snapshot, &question)?.with_values_written_out()));
        }
        Ok(naming.answer(funnel::answer(snapshot, &question)?))
    });
    answer.await.map_err(refuse)
}

/// `POST /v1/sites/{site}/reports/funnel/visitors`: who stands behind a bar, page by page.
async fn funnel_visitors(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let asked = PeopleRequest::parse(&body, &scope.site, &asking)?;
    let naming = asking.naming.clone();
    let answer = asking.questions.ask(move |snapshot| Ok(naming.answer(funnel::people(snapshot, &asked)?)));
    answer.await.map_err(refuse)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FieldsForm {
    /// This field alone, with more of its values: 100 instead of 50.
    field: Option<String>,
    /// Values that contain this, whatever its case.
    search: Option<String>,
}

impl FieldsForm {
    fn parse(self, scope: Scope) -> Result<Listing, ReportError> {
        let parse = |name: &str| {
            let field = Field::parse(name).filter(|field| !matches!(field, Field::Property(_)));
            field.ok_or_else(|| bad(&format!("the field is not listed; listed are: {}", Field::names()), "field"))
        };
        let field = self.field.as_deref().map(parse).transpose()?;
        if self.search.as_ref().is_some_and(|search| Label::CHARS_MAX < search.chars().count()) {
            return Err(bad("a search has at most 200 characters", "search"));
        }
        let limit = if field.is_some() { FIELD_VALUES_MAX } else { VALUES_OF_EACH_MAX };
        Ok(Listing { scope, field, search: self.search.filter(|search| !search.is_empty()), limit })
    }
}

/// `GET /v1/sites/{site}/fields`: what can be filtered and broken down by, with the values that occur.
async fn field_list(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<FieldsForm>,
) -> Result<Response, ReportError> {
    let to = (asking.now)().plus_ms(DAY_MS);
    let period = Period::new(to.plus_ms(-FIELD_DAYS * DAY_MS), to).expect("90 days are a period");
    let scope = Scope {
        site: scope.site.id,
        period,
        time_zone: scope.site.time_zone.clone(),
        session_gap_ms: asking.session_gap_ms,
    };
    let (listing, naming) = (form.parse(scope)?, asking.naming.clone());
    let answer = asking.questions.ask(move |snapshot| Ok(naming.answer(fields::answer(snapshot, &listing)?)));
    answer.await.map_err(refuse)
}

/// What can be exported.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Exported {
    Events,
    Sessions,
    Carts,
    Orders,
}

impl Exported {
    fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Sessions => "sessions",
            Self::Carts => "carts",
            Self::Orders => "orders",
        }
    }
}

#[derive(Deserialize, JsonSchema)]
struct ExportForm {
    /// A date or a moment, included; everything when left out.
    from: Option<String>,
    /// A date or a moment, excluded.
    to: Option<String>,
    /// Where dates begin; the site's own when left out.
    time_zone: Option<String>,
    /// `parquet`, `csv` or `jsonl`.
    format: Option<String>,
}

/// `GET /v1/sites/{site}/export/{what}`: every stored event, session, cart or order, as Parquet, CSV or JSON lines.
async fn export(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, what)): PathParts<(String, Exported)>,
    QueryForm(form): QueryForm<ExportForm>,
) -> Result<Response, ReportError> {
    let format = form.format.as_deref().unwrap_or("parquet");
    let format = FileFormat::parse(format).ok_or_else(|| bad("the format is parquet, csv or jsonl", "format"))?;
    let name = format!("{}-{}.{}", scope.site.key, what.as_str(), format.as_str());
    let asked = Asked {
        from: form.from.or_else(|| Some("1970-01-01T00:00:00Z".to_owned())),
        to: form.to.or_else(|| Some("2999-12-31T00:00:00Z".to_owned())),
        time_zone: form.time_zone,
        ..Asked::default()
    };
    let asked = asked.parse(&scope.site, &asking)?;
    let file = asking.questions.ask(move |snapshot| match what {
        Exported::Events => raw::write_file(snapshot, &asked.scope, format),
        Exported::Sessions => {
            let CartScope { scope, timeouts, site_currency, .. } = asked;
            sessions::write_file(
                snapshot,
                &SessionScope { scope, timeouts, filters: Vec::new(), segment: Segment::everybody(), site_currency },
                format,
            )
        }
        Exported::Carts => cart_export::write_file(snapshot, &asked, format),
        Exported::Orders => orders::write_file(snapshot, &asked, format),
    });
    Ok(send(file.await.map_err(refuse)?, format, &name))
}

/// Sends a file piece by piece; it is deleted when it is sent or nobody waits for it any more.
fn send(file: raw::TableFile, format: FileFormat, name: &str) -> Response {
    let content_type = match format {
        FileFormat::Parquet => "application/vnd.apache.parquet",
        FileFormat::Csv => "text/csv; charset=utf-8",
        FileFormat::JsonLines => "application/x-ndjson",
    };
    let headers: [(HeaderName, HeaderValue); 3] = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CONTENT_LENGTH, HeaderValue::from(file.bytes())),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).expect("site keys are plain ASCII"),
        ),
    ];
    let (sender, receiver) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(2);
    tokio::task::spawn_blocking(move || send_pieces(&file, &sender));
    (headers, Body::new(super::pieces::Pieces::new(receiver))).into_response()
}

fn send_pieces(file: &raw::TableFile, sender: &tokio::sync::mpsc::Sender<std::io::Result<Bytes>>) {
    let mut reader = file.reader();
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let piece = match std::io::Read::read(&mut reader, &mut piece) {
            Ok(0) => return,
            Ok(length) => {
                piece.truncate(length);
                Ok(Bytes::from(piece))
            }
            Err(error) => Err(error),
        };
        let failed = piece.is_err();
        if sender.blocking_send(piece).is_err() || failed {
            return;
        }
    }
}

/// Why a question got no answer.
pub(super) fn refuse(error: AskError) -> ReportError {
    match error {
        AskError::Busy => ReportError::Busy { retry_after_seconds: 1 },
        AskError::Closed => ReportError::StoreClosed { retry_after_seconds: 2 },
        AskError::TooLong(_) => ReportError::TooLong,
        AskError::Store(error) if error.is_disk_full() => ReportError::disk_full(&error),
        AskError::Store(error) => ReportError::internal(&error),
    }
}
