//! The route that answers where visitors left.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::body::{QueryForm, RawBody, read_question};
use super::door::SiteScope;
use super::dropoff_request::DropoffRequest;
use super::error::ReportError;
use super::named::Named;
use super::questions::{Asking, QUESTION_BYTES_MAX, ReportForm, TEXT, as_text, refuse};
use super::shares;
use crate::analyze::dropoff;
use crate::route::{Access, Content, Endpoint, Report, Route};

/// The routes, below `/v1/sites/{site}`; not guarded yet.
pub(super) fn routes(asking: &Asking) -> Vec<Route> {
    vec![
        Endpoint::post(
            "/v1/sites/{site}/reports/dropoff",
            Access::Report(Report::Dropoff),
            "Where visitors left, and where the others went on to",
        )
        .query::<ReportForm>()
        .takes(Content::json::<DropoffRequest>(), QUESTION_BYTES_MAX)
        .answers(200, Content::json::<Named<dropoff::Answer>>())
        .answers(200, TEXT)
        .refuses(&[400, 413, 503])
        .serve(dropoff_report, asking.clone()),
    ]
}

/// `POST /v1/sites/{site}/reports/dropoff`. With `?show=sql` the query as text.
async fn dropoff_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let question = shares::question(scope.shared.as_ref(), &body)?;
    let question = read_question::<DropoffRequest>(question)?.parse(&scope.site, &asking)?;
    let (show_sql, naming) = (form.shows_sql() && scope.shared.is_none(), asking.naming.clone());
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            return Ok(as_text(&dropoff::query(snapshot, &question)?.with_values_written_out()));
        }
        Ok(naming.answer(dropoff::answer(snapshot, &question)?))
    });
    answer.await.map_err(refuse)
}
