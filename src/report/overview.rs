//! The routes that answer how the shop does: the overview, its orders, and who is here now.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};

use super::body::{QueryForm, RawBody, read_question};
use super::door::SiteScope;
use super::error::ReportError;
use super::named::Named;
use super::order_request::OrdersRequest;
use super::overview_request::{LiveRequest, OverviewRequest};
use super::questions::{Asking, QUESTION_BYTES_MAX, ReportForm, TEXT, as_text, as_texts, refuse};
use super::shares;
use crate::analyze::{live, orders, overview};
use crate::route::{Access, Content, Endpoint, May, Report, Route};

/// The routes, below `/v1/sites/{site}`; not guarded yet.
pub(super) fn routes(asking: &Asking) -> Vec<Route> {
    let (read, overview) = (Access::Site(May::Read), Access::Report(Report::Overview));
    vec![
        Endpoint::post("/v1/sites/{site}/reports/overview", overview, "How the shop does, beside the period before")
            .query::<ReportForm>()
            .takes(Content::json::<OverviewRequest>(), QUESTION_BYTES_MAX)
            .answers(200, Content::json::<Named<overview::Answer>>())
            .answers(200, TEXT)
            .refuses(&[400, 413, 503])
            .serve(overview_report, asking.clone()),
        Endpoint::post("/v1/sites/{site}/reports/orders", read, "Which orders there are, and what they come to")
            .query::<ReportForm>()
            .takes(Content::json::<OrdersRequest>(), QUESTION_BYTES_MAX)
            .answers(200, Content::json::<orders::Answer>())
            .answers(200, TEXT)
            .refuses(&[400, 413, 503])
            .serve(orders_report, asking.clone()),
        Endpoint::post("/v1/sites/{site}/reports/live", read, "Who is here now, where, and what happened last")
            .query::<ReportForm>()
            .takes(Content::json::<LiveRequest>(), QUESTION_BYTES_MAX)
            .answers(200, Content::json::<Named<live::Answer>>())
            .answers(200, TEXT)
            .refuses(&[400, 413, 503])
            .serve(live_report, asking.clone()),
    ]
}

/// `POST /v1/sites/{site}/reports/overview`. With `?show=sql` the query of the visits as text.
async fn overview_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let question = shares::question(scope.shared.as_ref(), &body)?;
    let question = read_question::<OverviewRequest>(question)?.parse(&scope.site, &asking)?;
    let (show_sql, naming) = (form.shows_sql() && scope.shared.is_none(), asking.naming.clone());
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            return Ok(as_text(&overview::query(snapshot, &question)?.with_values_written_out()));
        }
        Ok(naming.answer(overview::answer(snapshot, &question)?))
    });
    answer.await.map_err(refuse)
}

/// `POST /v1/sites/{site}/reports/orders`. With `?show=sql` the queries as text.
async fn orders_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let (asked, list) = read_question::<OrdersRequest>(&body)?.parse(&scope.site, &asking)?;
    let show_sql = form.shows_sql();
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            let queries = orders::queries(snapshot, &asked)?;
            return Ok(as_texts(queries.iter().map(|query| query.with_values_written_out())));
        }
        Ok(Json(orders::answer(snapshot, &asked, &list)?).into_response())
    });
    answer.await.map_err(refuse)
}

/// `POST /v1/sites/{site}/reports/live`. With `?show=sql` the query of the events as text.
async fn live_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let (asked, limit) = read_question::<LiveRequest>(&body)?.parse(&scope.site, &asking)?;
    let (show_sql, naming) = (form.shows_sql(), asking.naming.clone());
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            return Ok(as_text(&live::query(snapshot, &asked)?.with_values_written_out()));
        }
        Ok(naming.answer(live::answer(snapshot, &asked, limit)?))
    });
    answer.await.map_err(refuse)
}
