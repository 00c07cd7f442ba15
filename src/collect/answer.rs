//! What senders hear: a receipt, or why nothing was kept. The only place of this stage that knows status codes.

use std::time::Duration;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::refusal::Refusal;
use super::tally::Shed;
use crate::journal;

/// The answer to every request: `{"accepted":48,"refused":[{"index":3,"code":"…","message":"…"}]}`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Receipt {
    /// So many events are on disk.
    accepted: usize,
    refused: Vec<Refused>,
    /// Why nothing was kept, when that was no single event's fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Reason>,
}

/// An event that was turned away.
#[derive(Debug, Serialize, JsonSchema)]
struct Refused {
    /// Which one, from 0.
    index: usize,
    #[serde(flatten)]
    reason: Reason,
}

/// Why.
#[derive(Debug, Serialize, JsonSchema)]
struct Reason {
    /// A stable name, such as `money_out_of_range`.
    code: &'static str,
    /// What to change.
    message: &'static str,
}

impl Receipt {
    pub(super) fn new(accepted: usize, refused: &[(usize, Refusal)]) -> Self {
        let refused = refused.iter().map(|&(index, refusal)| Refused { index, reason: refusal.into() }).collect();
        Self { accepted, refused, error: None }
    }
}

impl From<Refusal> for Reason {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code(), message: refusal.message() }
    }
}

impl IntoResponse for Receipt {
    fn into_response(self) -> Response {
        match self {
            // What nearly every answer is.
            Self { accepted: 1, refused, error: None } if refused.is_empty() => {
                let json = HeaderValue::from_static("application/json");
                (StatusCode::ACCEPTED, [(CONTENT_TYPE, json)], r#"{"accepted":1,"refused":[]}"#).into_response()
            }
            Self { accepted: 0, .. } => (StatusCode::BAD_REQUEST, Json(self)).into_response(),
            _ => (StatusCode::ACCEPTED, Json(self)).into_response(),
        }
    }
}

/// Why nothing of a request was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    /// The body is no batch.
    Body(Refusal),
    /// The request was turned away as a whole.
    Shed {
        why: Shed,
        /// When to try again, where that helps.
        retry_after: Option<Duration>,
    },
}

impl Rejection {
    /// The same may work in a while.
    pub(super) fn later(why: Shed, retry_after: Duration) -> Self {
        Self::Shed { why, retry_after: Some(retry_after) }
    }
}

impl From<Shed> for Rejection {
    /// Turned away for good, or until somebody has changed something; but memory that is all taken comes back.
    fn from(why: Shed) -> Self {
        let retry_after = (why == Shed::Busy).then_some(Duration::from_secs(1));
        Self::Shed { why, retry_after }
    }
}

/// The journal did not take the events.
impl From<&journal::Error> for Rejection {
    fn from(error: &journal::Error) -> Self {
        let (why, seconds) = match error {
            journal::Error::Busy => (Shed::Busy, 1),
            journal::Error::Full { .. } => (Shed::DiskFull, 30),
            journal::Error::TooLong { .. } => return Shed::TooLarge.into(),
            journal::Error::Poisoned(_) | journal::Error::Io { .. } | journal::Error::UnknownVersion { .. } => {
                (Shed::Stopped, 5)
            }
        };
        Self::later(why, Duration::from_secs(seconds))
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self::Body(refusal)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let (status, reason, retry_after) = match self {
            Self::Body(refusal) => (StatusCode::BAD_REQUEST, refusal.into(), None),
            Self::Shed { why, retry_after, .. } => {
                let (status, reason) = shed_reason(why);
                (status, reason, retry_after)
            }
        };
        let receipt = Receipt { accepted: 0, refused: Vec::new(), error: Some(reason) };
        let mut response = (status, Json(receipt)).into_response();
        if let Some(wait) = retry_after {
            // Whole seconds, rounded up: who comes back a moment early would only be sent away again.
            let seconds = wait.as_secs().saturating_add(1).min(3_600);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn shed_reason(shed: Shed) -> (StatusCode, Reason) {
    let (status, code, message) = match shed {
        Shed::Unauthorized => (401, "unauthorized", "no such key; send `Authorization: Bearer <collect key>`"),
        Shed::WrongScope => (403, "wrong_scope", "this key may not collect; make one with scope collect"),
        Shed::ForeignOrigin => (403, "origin_not_allowed", "add this page's host to the site's domains, or send a key"),
        Shed::Excluded => (403, "excluded_address", "the site's settings leave out visits from this address"),
        Shed::UnknownSite => (404, "unknown_site", "no such site; check `site` in the body or in the script tag"),
        Shed::Deadline => (408, "too_slow", "the body did not arrive in time; send it again"),
        Shed::CutOff => (400, "cut_off", "the body broke off; send it again"),
        Shed::TooLarge => (413, "too_large", "send at most 1 MiB, 4 MiB decoded; split the batch"),
        Shed::TooManyEvents => (413, "too_many_events", "send at most 1,000 events; split the batch"),
        Shed::Encoding => (415, "bad_encoding", "use `Content-Encoding: gzip` once or, with a key, zstd; or none"),
        Shed::Undecodable => (400, "bad_encoding", "the body is not what `Content-Encoding` says"),
        Shed::ClientTooFast => (429, "too_many_requests", "this address sends too much; wait for `Retry-After`"),
        Shed::SiteTooFast => (429, "too_many_requests", "this site receives too much; wait for `Retry-After`"),
        Shed::WholeTooFast => (503, "busy", "try again after `Retry-After`"),
        Shed::Busy => (503, "busy", "try again after `Retry-After`"),
        Shed::DiskFull => (503, "disk_full", "the server's disk is full; try again after `Retry-After`"),
        Shed::Stopped => (503, "stopped", "try again after `Retry-After`"),
    };
    let status = StatusCode::from_u16(status).expect("the codes above are status codes");
    (status, Reason { code, message })
}
