//! What every HTTP route says of itself: its address, who may use it, what it takes and what it answers.
//!
//! **Promise.** No route is served that has not said who may use it. The router, the description at `/openapi.json`,
//! the headers of every answer and the test of who gets in are all made of these same words.
//!
//! **Shape.** An [`Endpoint`] is the words; a [`Route`] is an endpoint and the code behind it. Each stage that speaks
//! HTTP gives a list of routes; `server` joins them to one table, which [`router`] serves and [`openapi::document`]
//! describes. `headers` keeps answers where they belong, `preferences` reads
//! which form of one a client takes.
//!
//! **Never.** It knows no stage, and does not find out who asks: `report::door` does, before the code is reached.
//!
//! **To add a route**, add one entry to the list of its stage, then accept the new row in `tests/it/access`.

mod endpoint;
mod headers;
pub mod openapi;
mod preferences;

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Serialize;

pub use endpoint::{Access, Content, Endpoint, May, MetricsFor, Report};
pub use headers::Shown;
pub use preferences::{accepts, knows};

/// An endpoint and the code that serves it.
pub struct Route {
    endpoint: Endpoint,
    serving: MethodRouter,
}

impl Route {
    pub(self) fn new<H, T, S>(endpoint: Endpoint, handler: H, state: S) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        let filter = MethodFilter::try_from(endpoint.method.clone()).expect("endpoints have the usual methods");
        let limit = axum::extract::DefaultBodyLimit::max(endpoint.body_bytes_max());
        Self { serving: on(filter, handler).layer(limit).with_state(state), endpoint }
    }

    /// What it says of itself.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The same route with its code behind something else.
    pub fn behind(self, wrap: impl FnOnce(MethodRouter) -> MethodRouter) -> Self {
        Self { serving: wrap(self.serving), ..self }
    }
}

/// Serves the table. What is not in it is answered 404; another method than those in it, 405.
pub fn router(routes: Vec<Route>) -> Router {
    let mut paths: BTreeMap<Cow<'static, str>, (Shown, MethodRouter)> = BTreeMap::new();
    for Route { endpoint, serving } in routes {
        let (_, merged) = paths.entry(endpoint.path).or_insert_with(|| (endpoint.shown, MethodRouter::new()));
        *merged = std::mem::take(merged).merge(serving);
    }
    let mut router = Router::new().fallback(async || Shown::Api.seal(not_found()));
    for (path, (shown, serving)) in paths {
        let seal = map_response(move |response: Response| std::future::ready(shown.seal(response)));
        router = router.route(&path, serving.fallback(method_not_allowed).layer(seal));
    }
    router
}

/// The body of every refusal but collect's, which is a receipt.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub struct ErrorBody {
    /// What was wrong.
    pub error: ErrorDetails,
}

/// What was wrong, and what to change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorDetails {
    /// A stable name, such as `unknown_site`.
    pub code: &'static str,
    /// What to change, for people.
    pub message: String,
    /// Where in the request, such as `steps[1]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl ErrorBody {
    /// A refusal of the request as a whole.
    pub fn new(code: &'static str, message: &str) -> Self {
        Self { error: ErrorDetails { code, message: message.to_owned(), field: None } }
    }
}

fn not_found() -> Response {
    let body = ErrorBody::new("not_found", "there is no such thing here; `/openapi.json` lists what there is");
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

async fn method_not_allowed() -> Response {
    let body = ErrorBody::new("method_not_allowed", "this address takes the methods in `Allow` only");
    (StatusCode::METHOD_NOT_ALLOWED, Json(body)).into_response()
}
