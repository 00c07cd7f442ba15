//! The snippet: one file, embedded, served beside the endpoint it sends to.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::route::{Access, Content, Endpoint, Route, Shown};

/// Built from `js-snippet/src`; `./check` builds it again and compares.
const SNIPPET: &[u8] = include_bytes!("../../js-snippet/dist/s.js");

/// Serves `GET /s.js`.
pub fn snippet_route() -> Route {
    let digest = Sha256::digest(SNIPPET);
    let tag: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    Endpoint::get("/s.js", Access::Anyone, "The snippet, for the pages of shops")
        .shown(Shown::Everywhere)
        .answers(200, Content::Media("text/javascript"))
        .answers(304, Content::Empty)
        .serve(async move |headers: HeaderMap| serve(&headers, tag.clone()), ())
}

/// For an hour from the browser's cache, then asked for again and answered with 304.
fn serve(headers: &HeaderMap, tag: String) -> Response {
    let shared = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, shared, [(ETAG, tag)]).into_response();
    }
    (shared, [(ETAG, tag)], SNIPPET).into_response()
}
