//! The dashboard's files, embedded in the binary.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::body::PathParts;
use super::error::ReportError;
use crate::route::{Access, Content, Endpoint, Route, Shown};

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("dashboard/", $path)))),*]
    };
}

/// Every file of `dashboard/`, by its path there; `tests/it/dashboard.rs` fails when one is missing here.
const FILES: &[(&str, &[u8])] = embedded![
    "api.js",
    "app.js",
    "charts/charts.css",
    "charts/funnel.js",
    "charts/legend.js",
    "charts/patterns.js",
    "charts/shape.js",
    "controls.css",
    "findings.js",
    "format.js",
    "html.js",
    "index.html",
    "installation.js",
    "later.js",
    "navigation.js",
    "parts/accounts.js",
    "parts/arrivals.js",
    "parts/ask.js",
    "parts/breakdown-table.js",
    "parts/code.js",
    "parts/fields.js",
    "parts/figure.js",
    "parts/figures.js",
    "parts/header.js",
    "parts/hindrances.js",
    "parts/install.js",
    "parts/method.js",
    "parts/name.js",
    "parts/notice.js",
    "parts/paste.js",
    "parts/question.js",
    "parts/reasons.js",
    "parts/share-link.js",
    "parts/skeleton.js",
    "parts/status-skeleton.js",
    "parts/step-editor.js",
    "parts/step-table.js",
    "parts/steps.js",
    "parts/store-state.js",
    "parts/theme.js",
    "parts/title.js",
    "period.js",
    "screens/funnel.js",
    "screens/install.js",
    "screens/login.js",
    "screens/privacy.js",
    "screens/setup.js",
    "screens/share.js",
    "screens/sites.js",
    "screens/status.js",
    "sentence.js",
    "state.js",
    "strings/en-install.js",
    "strings/en.js",
    "strings/index.js",
    "style.css",
    "tables.css",
    "theme-first.js",
    "tokens.css",
    "vendor/hooks.js",
    "vendor/htm.LICENSE",
    "vendor/htm.js",
    "vendor/preact.LICENSE",
    "vendor/preact.js",
];

/// The dashboard's pages, which are one page, and its files.
pub(super) fn routes() -> Vec<Route> {
    let page_at = |path: &'static str| {
        Endpoint::get(path, Access::Anyone, "A page of the dashboard")
            .shown(Shown::Page)
            .answers(200, Content::Media("text/html"))
            .answers(304, Content::Empty)
            .serve(page, ())
    };
    let files = Endpoint::get("/assets/{*path}", Access::Anyone, "A file of the dashboard")
        .shown(Shown::Asset)
        .answers(200, Content::Media("text/javascript"))
        .answers(200, Content::Media("text/css"))
        .answers(200, Content::Media("text/html"))
        .answers(200, Content::Media("text/plain"))
        .answers(304, Content::Empty)
        .refuses(&[404])
        .serve(asset, ());
    let pages = ["/", "/login", "/setup", "/share", "/sites/{*rest}"].map(page_at);
    pages.into_iter().chain([files]).collect()
}

async fn page(headers: HeaderMap) -> Response {
    file("index.html", &headers).expect("the page is embedded")
}

async fn asset(PathParts(path): PathParts<String>, headers: HeaderMap) -> Result<Response, ReportError> {
    file(&path, &headers).ok_or(ReportError::NotFound)
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let (_, bytes) = FILES.iter().find(|(name, _)| *name == path)?;
    let content_type = match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    let tag = format!("\"{}\"", hex(&Sha256::digest(bytes)[..8]));
    let shared = [
        // Asked again each time, answered by 304 when nothing changed: a new binary shows at once.
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_TYPE, content_type),
    ];
    let unchanged = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    Some(if unchanged {
        (StatusCode::NOT_MODIFIED, shared, [(ETAG, tag)]).into_response()
    } else {
        (shared, [(ETAG, tag)], *bytes).into_response()
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
