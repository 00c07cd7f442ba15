//! The snippet: one file, embedded, served beside the endpoint it sends to.

use axum::Router;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

/// Built from `js-snippet/src`; `./check` builds it again and compares.
const SNIPPET: &[u8] = include_bytes!("../../js-snippet/dist/s.js");

/// Serves `GET /s.js`.
pub fn snippet_router() -> Router {
    let digest = Sha256::digest(SNIPPET);
    let tag: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    Router::new().route("/s.js", get(async move |headers: HeaderMap| serve(&headers, tag.clone())))
}

/// For an hour from the browser's cache, then asked for again and answered with 304.
fn serve(headers: &HeaderMap, tag: String) -> Response {
    let shared = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Any shop's page may load it, also as a module or with an integrity hash.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, shared, [(ETAG, tag)]).into_response();
    }
    (shared, [(ETAG, tag)], SNIPPET).into_response()
}
