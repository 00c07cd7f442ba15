//! `GET /openapi.json`: the table of routes, described.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;

use crate::route::{Access, Content, Endpoint, Route, openapi};

/// The route that describes `routes` and itself.
pub(super) fn route(routes: &[Route]) -> Route {
    let own = Endpoint::get("/openapi.json", Access::Anyone, "This description")
        .answers(200, Content::Media("application/json"));
    let document = openapi::document(routes.iter().map(Route::endpoint).chain([&own]));
    let document = Bytes::from(document.to_string());
    let json = HeaderValue::from_static("application/json");
    own.serve(async move || ([(CONTENT_TYPE, json.clone())], document.clone()), ())
}
