//! Erasing people: asking for it, and the receipt that says what was removed from where.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::now;
use crate::control::{self, Control, ErasureId};
use crate::load::{EraseError, Erasing, Receipt, Whom};
use crate::report::body::{JsonBody, PathParts};
use crate::report::door::{Door, SiteScope};
use crate::report::error::{ReportError, bad};
use crate::route::{Access, Content, Endpoint, May, Route};

const BODY_BYTES_MAX: usize = 4 << 10;
const TRY_AGAIN_SECONDS: u64 = 60;

/// What the routes need.
#[derive(Clone)]
struct Erasures {
    control: Control,
    erasing: Erasing,
}

/// The routes below `/v1/sites/{site}`. What is erased is gone for good, so all of them are for owners and admin keys.
pub(super) fn routes(door: &Door, erasing: &Erasing) -> Vec<Route> {
    let administer = Access::Site(May::Administer);
    let erasures = Erasures { control: door.control().clone(), erasing: erasing.clone() };
    let routes = [
        Endpoint::delete("/v1/sites/{site}/visitors/{id}", administer, "Erases a visitor, everywhere")
            .answers(202, Content::json::<Erasure>())
            .refuses(&[400, 503])
            .serve(erase_visitor, erasures.clone()),
        Endpoint::post("/v1/sites/{site}/erasures", administer, "Erases a visitor or a customer, everywhere")
            .takes(Content::json::<ErasureForm>(), BODY_BYTES_MAX)
            .answers(202, Content::json::<Erasure>())
            .refuses(&[400, 503])
            .serve(erase, erasures.clone()),
        Endpoint::get("/v1/sites/{site}/erasures", administer, "Who was erased, newest first, with the receipts")
            .answers(200, Content::json::<ErasureList>())
            .serve(list, erasures.clone()),
        Endpoint::get("/v1/sites/{site}/erasures/{id}", administer, "One erasure, with its receipt")
            .path_part::<u32>("id")
            .answers(200, Content::json::<Erasure>())
            .serve(see, erasures),
    ];
    routes.into_iter().map(|route| door.guard(route)).collect()
}

/// Who is to be erased: one of the two.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ErasureForm {
    /// The id that the shop sent, or the number that exports show.
    visitor: Option<String>,
    /// The shop's own id of the person, or the e-mail address: all visitors that ever named it.
    customer: Option<String>,
}

/// An erasure, and what it removed.
#[derive(Serialize, JsonSchema)]
struct Erasure {
    id: u32,
    /// `hidden`: no answer has it any more, files still do. `done`: no file has it either.
    status: &'static str,
    asked_at: String,
    asked_by: String,
    /// Null until it is done.
    finished_at: Option<String>,
    /// How many visitors are meant. A number that was given may stand for two.
    visitors: usize,
    removed: Removed,
}

/// Events and files that were found; gone, once it is done.
#[derive(Serialize, JsonSchema)]
struct Removed {
    store_events: u64,
    store_failed_events: u64,
    archive_events: u64,
    archive_failed_events: u64,
    archive_files: u64,
    journal_events: u64,
    /// Copies of damaged files, which may have held some: all are removed.
    damaged_copies: u64,
    /// Damaged files that stay, of which nobody can say what they hold.
    unreadable_files: u64,
}

/// The erasures of a site.
#[derive(Serialize, JsonSchema)]
struct ErasureList {
    erasures: Vec<Erasure>,
}

impl Erasure {
    fn new(erasure: &control::Erasure) -> Self {
        let receipt: Receipt = serde_json::from_str(&erasure.receipt).unwrap_or_default();
        Self {
            id: erasure.id.0,
            status: if erasure.finished_at.is_some() { "done" } else { "hidden" },
            asked_at: erasure.asked_at.to_string(),
            asked_by: erasure.asked.asked_by.clone(),
            finished_at: erasure.finished_at.map(|at| at.to_string()),
            visitors: erasure.asked.visitors.len(),
            removed: Removed {
                store_events: receipt.store_events,
                store_failed_events: receipt.store_failed_events,
                archive_events: receipt.archive_events,
                archive_failed_events: receipt.archive_failed_events,
                archive_files: receipt.archive_files,
                journal_events: receipt.journal_events,
                damaged_copies: receipt.damaged_copies,
                unreadable_files: receipt.unreadable_files,
            },
        }
    }
}

/// `DELETE /v1/sites/{site}/visitors/{id}`.
async fn erase_visitor(
    State(erasures): State<Erasures>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, String)>,
) -> Result<(StatusCode, Json<Erasure>), ReportError> {
    erasures.ask(scope, move |control, scope| visitor(control, scope, &id)).await
}

/// `POST /v1/sites/{site}/erasures`: an id in the body is in no log of a proxy.
async fn erase(
    State(erasures): State<Erasures>,
    Extension(scope): Extension<SiteScope>,
    JsonBody(form): JsonBody<ErasureForm>,
) -> Result<(StatusCode, Json<Erasure>), ReportError> {
    let whom = move |control: &Control, scope: &SiteScope| match (&form.visitor, &form.customer) {
        (Some(id), None) => visitor(control, scope, id),
        (None, Some(id)) => control
            .customer_named(scope.site.id, id)
            .map(|(label, visitor)| Whom::Customer(label, visitor))
            .ok_or_else(|| bad("an id has 1 to 200 characters, none of them a control character", "customer")),
        _ => Err(bad("name one of `visitor` and `customer`", "")),
    };
    erasures.ask(scope, whom).await
}

fn visitor(control: &Control, scope: &SiteScope, id: &str) -> Result<Whom, ReportError> {
    let visitors = control.visitors_named(scope.site.id, id);
    visitors
        .map(Whom::Visitor)
        .ok_or_else(|| bad("an id has 1 to 200 characters, none of them a control character", "visitor"))
}

impl Erasures {
    /// Answers once it is in force.
    async fn ask(
        self,
        scope: SiteScope,
        whom: impl FnOnce(&Control, &SiteScope) -> Result<Whom, ReportError> + Send + 'static,
    ) -> Result<(StatusCode, Json<Erasure>), ReportError> {
        let asked = tokio::task::spawn_blocking(move || {
            let whom = whom(&self.control, &scope)?;
            self.erasing.ask(scope.site.id, &whom, scope.asked_by, now()).map_err(refuse)
        });
        let erasure = asked.await.expect("asking for an erasure does not panic")?;
        Ok((StatusCode::ACCEPTED, Json(Erasure::new(&erasure))))
    }
}

fn refuse(error: EraseError) -> ReportError {
    match error {
        EraseError::TooMany => ReportError::Busy { retry_after_seconds: TRY_AGAIN_SECONDS },
        EraseError::Control(control::Error::Invalid(message)) => ReportError::bad_request("bad_request", message, ""),
        EraseError::Control(_) | EraseError::Store(_) => ReportError::internal(&error),
    }
}

/// `GET /v1/sites/{site}/erasures`.
async fn list(
    State(erasures): State<Erasures>,
    Extension(scope): Extension<SiteScope>,
) -> Result<Json<ErasureList>, ReportError> {
    let listed = tokio::task::spawn_blocking(move || erasures.control.list_erasures(scope.site.id));
    let listed = listed.await.expect("reading receipts does not panic")?;
    Ok(Json(ErasureList { erasures: listed.iter().map(Erasure::new).collect() }))
}

/// `GET /v1/sites/{site}/erasures/{id}`.
async fn see(
    State(erasures): State<Erasures>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, u32)>,
) -> Result<Json<Erasure>, ReportError> {
    let seen = tokio::task::spawn_blocking(move || erasures.control.erasure(scope.site.id, ErasureId(id)));
    let seen = seen.await.expect("reading a receipt does not panic")?;
    Ok(Json(Erasure::new(&seen.ok_or(ReportError::NotFound)?)))
}
