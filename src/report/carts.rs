//! The routes that answer questions about carts.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::body::{QueryForm, RawBody, read_question};
use super::cart_request::{AbandonmentRequest, CartsQuestion, CartsRequest};
use super::door::SiteScope;
use super::error::ReportError;
use super::named::Named;
use super::questions::{Asking, QUESTION_BYTES_MAX, ReportForm, TEXT, as_texts, refuse};
use super::shares;
use crate::analyze::{abandonment, carts};
use crate::route::{Access, Content, Endpoint, Report, Route};

/// The routes, below `/v1/sites/{site}`; not guarded yet.
pub(super) fn routes(asking: &Asking) -> Vec<Route> {
    let (abandonment, carts) = (Access::Report(Report::Abandonment), Access::Report(Report::Carts));
    vec![
        Endpoint::post(
            "/v1/sites/{site}/reports/abandonment",
            abandonment,
            "How many carts were left behind, where and why",
        )
        .query::<ReportForm>()
        .takes(Content::json::<AbandonmentRequest>(), QUESTION_BYTES_MAX)
        .answers(200, Content::json::<Named<abandonment::Answer>>())
        .answers(200, TEXT)
        .refuses(&[400, 413, 503])
        .serve(abandonment_report, asking.clone()),
        Endpoint::post("/v1/sites/{site}/reports/carts", carts, "Which carts there are, and the history of one")
            .query::<ReportForm>()
            .takes(Content::json::<CartsRequest>(), QUESTION_BYTES_MAX)
            .answers(200, Content::json::<Named<carts::Answer>>())
            .answers(200, TEXT)
            .refuses(&[400, 404, 413, 503])
            .serve(carts_report, asking.clone()),
    ]
}

/// `POST /v1/sites/{site}/reports/abandonment`. With `?show=sql` the queries as text.
async fn abandonment_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let question = shares::question(scope.shared.as_ref(), &body)?;
    let (asked, beside) = read_question::<AbandonmentRequest>(question)?.parse(&scope.site, &asking)?;
    let (show_sql, naming) = (form.shows_sql() && scope.shared.is_none(), asking.naming.clone());
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            let queries = abandonment::queries(snapshot, &asked)?;
            return Ok(as_texts(queries.iter().map(|query| query.with_values_written_out())));
        }
        Ok(naming.answer(abandonment::answer(snapshot, &asked, beside)?))
    });
    answer.await.map_err(refuse)
}

/// `POST /v1/sites/{site}/reports/carts`. With `?show=sql` the queries as text.
async fn carts_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let question = shares::question(scope.shared.as_ref(), &body)?;
    let question = read_question::<CartsRequest>(question)?.parse(&scope.site, &asking)?;
    let (show_sql, shared) = (form.shows_sql() && scope.shared.is_none(), scope.shared.is_some());
    let naming = asking.naming.clone();
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            let (CartsQuestion::List(asked, _) | CartsQuestion::One(asked, _)) = &question;
            let queries = carts::queries(snapshot, asked)?;
            return Ok(as_texts(queries.iter().map(|query| query.with_values_written_out())));
        }
        Ok(match &question {
            CartsQuestion::List(asked, list) => {
                let answer = carts::answer(snapshot, asked, list)?;
                naming.answer(if shared { answer.without_names() } else { answer })
            }
            CartsQuestion::One(asked, cart) => match carts::one(snapshot, asked, *cart)? {
                Some(answer) => naming.answer(answer),
                None => ReportError::NotFound.into_response(),
            },
        })
    });
    answer.await.map_err(refuse)
}
