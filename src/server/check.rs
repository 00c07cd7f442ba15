//! What `styk check` asks of a running server: to look over the store, which no other program can read meanwhile.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use crate::control::Control;
use crate::store::Store;

/// What the route needs.
#[derive(Clone)]
pub(super) struct Check {
    pub(super) control: Control,
    pub(super) store: Store,
}

#[derive(Deserialize)]
struct Bound {
    below: u64,
}

/// `GET /v1/upkeep/check?below=N`, for holders of this run's secret alone.
pub(super) fn router(check: Check) -> Router {
    Router::new().route("/v1/upkeep/check", get(look_over)).with_state(check)
}

/// Counts everything in the store's file and lists the sequences below the bound.
async fn look_over(State(check): State<Check>, Query(bound): Query<Bound>, headers: HeaderMap) -> Response {
    let sent = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    if !sent.is_some_and(|secret| secret.ct_eq(check.control.admin_secret().as_bytes()).into()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let checked = tokio::task::spawn_blocking(move || check.store.snapshot()?.check(bound.below)).await;
    match checked.expect("looking over does not panic") {
        Ok(checked) => Json(checked).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the store could not be looked over");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
