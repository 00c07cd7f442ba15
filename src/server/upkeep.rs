//! What the commands of this computer ask of the running server: build the store again, try failed events again, and
//! look over the store, which no other program can read meanwhile.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::load::{NotDone, Requests};
use crate::report::body::QueryForm;
use crate::report::door::Door;
use crate::report::error::ReportError;
use crate::route::{Access, Content, Endpoint, Route};
use crate::store::Store;
use crate::store::archive::StoreCheck;

/// The routes below `/v1/upkeep`, for holders of this run's secret alone.
pub(super) fn routes(door: &Door, requests: &Requests, store: &Store) -> Vec<Route> {
    let routes = [
        Endpoint::get("/v1/upkeep/check", Access::Command, "Counts what the store holds, and lists its sequences")
            .query::<Bound>()
            .answers(200, Content::Media("application/json"))
            .refuses(&[503])
            .serve(look_over, store.clone()),
        Endpoint::post("/v1/upkeep/rebuild", Access::Command, "Begins a new store, filled from what was accepted")
            .answers(202, Content::Empty)
            .refuses(&[500])
            .serve(rebuild, requests.clone()),
        Endpoint::post("/v1/upkeep/replay", Access::Command, "Tries every failed event once more")
            .answers(200, Content::json::<Replayed>())
            .refuses(&[500, 503])
            .serve(replay, requests.clone()),
    ];
    routes.into_iter().map(|route| door.guard(route)).collect()
}

#[derive(Deserialize, JsonSchema)]
struct Bound {
    /// Sequences below it are listed.
    below: u64,
}

/// What trying again came to.
#[derive(Serialize, JsonSchema)]
struct Replayed {
    loaded: u64,
    failing: u64,
}

/// Counts everything in the store's file and lists the sequences below the bound.
async fn look_over(
    State(store): State<Store>,
    QueryForm(bound): QueryForm<Bound>,
) -> Result<Json<StoreCheck>, ReportError> {
    let checked = tokio::task::spawn_blocking(move || store.snapshot()?.check(bound.below)).await;
    checked.expect("looking over does not panic").map(Json).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the store could not be looked over");
        ReportError::StoreClosed { retry_after_seconds: 2 }
    })
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
    match error {
        NotDone::DiskFull => ReportError::DiskFull,
        NotDone::Refused => ReportError::Internal,
    }
}
