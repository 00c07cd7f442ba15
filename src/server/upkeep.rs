//! What the commands of this computer ask of the running server: build the store again, try failed events again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use schemars::JsonSchema;
use serde::Serialize;

use crate::load::{NotDone, Requests};
use crate::report::door::Door;
use crate::report::error::ReportError;
use crate::route::{Access, Content, Endpoint, Route};

/// `POST /v1/upkeep/rebuild` and `/v1/upkeep/replay`.
pub(super) fn routes(door: &Door, requests: &Requests) -> Vec<Route> {
    let routes = [
        Endpoint::post("/v1/upkeep/rebuild", Access::Command, "Begins a new store, filled from what was accepted")
            .answers(202, Content::Empty)
            .refuses(&[500])
            .serve(rebuild, requests.clone()),
        Endpoint::post("/v1/upkeep/replay", Access::Command, "Tries every failed event once more")
            .answers(200, Content::json::<Replayed>())
            .refuses(&[500])
            .serve(replay, requests.clone()),
    ];
    routes.into_iter().map(|route| door.guard(route)).collect()
}

/// What trying again came to.
#[derive(Serialize, JsonSchema)]
struct Replayed {
    loaded: u64,
    failing: u64,
}

/// Gives the store's file up and begins a new one; answers once it is begun.
async fn rebuild(State(requests): State<Requests>) -> Result<StatusCode, ReportError> {
    requests.rebuild().await.map_err(not_done)?;
    Ok(StatusCode::ACCEPTED)
}

/// Tries every failed event once; answers with how many loaded and how many fail still.
async fn replay(State(requests): State<Requests>) -> Result<Json<Replayed>, ReportError> {
    let replayed = requests.replay().await.map_err(not_done)?;
    Ok(Json(Replayed { loaded: replayed.loaded, failing: replayed.failing }))
}

fn not_done(error: NotDone) -> ReportError {
    tracing::error!(%error, "upkeep was not done");
    ReportError::Internal
}
