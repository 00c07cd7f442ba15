//! Why a question got no answer, as a status and JSON. The only place where this stage chooses status codes.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::control;
use crate::route::{ErrorBody, ErrorDetails};

/// A refusal or a failure. Its body is `{"error":{"code","message","field"?}}`; the code is stable, the message
/// says what to change.
#[derive(Debug)]
pub enum ReportError {
    /// 400: the request is not one.
    BadRequest {
        /// Stable, such as `weak_password`.
        code: &'static str,
        /// What to change.
        message: String,
        /// Where, such as `steps[1]`.
        field: Option<String>,
    },
    /// 401 `sign_in_required`: no key, no login, or one that does not work.
    NotSignedIn,
    /// 401 `wrong_email_or_password`: which of the two is not said.
    WrongEmailOrPassword,
    /// 403: known, and not allowed to do this.
    Forbidden {
        /// Stable, such as `cross_site`.
        code: &'static str,
        /// What would be allowed.
        message: &'static str,
    },
    /// 404 `unknown_site`: there is none of this key, or the asker's key is for another.
    UnknownSite,
    /// 404 `not_found`: there is no such thing on this site.
    NotFound,
    /// 408 `too_slow`: the body did not arrive in time.
    TooSlow,
    /// 413 `body_too_large`.
    TooLarge,
    /// 429 `too_many_requests`, with `Retry-After`.
    TooMany {
        /// How long to wait; at least 1.
        retry_after_seconds: u64,
    },
    /// 503 `busy`, with `Retry-After`.
    Busy {
        /// How long to wait; at least 1.
        retry_after_seconds: u64,
    },
    /// 503 `store_closed`, with `Retry-After`: the store is being opened again.
    StoreClosed {
        /// How long to wait; at least 1.
        retry_after_seconds: u64,
    },
    /// 503 `disk_full`, with `Retry-After`: what was asked for has to be written, and there is no space; made by
    /// [`disk_full`](Self::disk_full).
    DiskFull,
    /// 503 `too_long`: the question was given up at its time limit.
    TooLong,
    /// 500 `internal`: our fault; made by [`internal`](Self::internal).
    Internal,
}

/// Who finds the disk full may try again after so long.
const DISK_FULL_RETRY_SECONDS: u64 = 30;

/// A [`BadRequest`](ReportError::BadRequest) of the code that every bad question has.
pub(crate) fn bad(message: &str, field: &str) -> ReportError {
    ReportError::bad_request("bad_request", message.to_owned(), field)
}

impl ReportError {
    /// A [`BadRequest`](Self::BadRequest); an empty `field` means the request as a whole.
    pub(crate) fn bad_request(code: &'static str, message: String, field: &str) -> Self {
        Self::BadRequest { code, message, field: (!field.is_empty()).then(|| field.to_owned()) }
    }

    /// The same refusal of a part of the request that stands at `path`.
    pub(super) fn below(self, path: &str) -> Self {
        match self {
            Self::BadRequest { code, message, field: Some(field) } => {
                Self::BadRequest { code, message, field: Some(format!("{path}.{field}")) }
            }
            other => other,
        }
    }

    /// What to change, and where, in one line.
    pub(super) fn said(self) -> String {
        let details = self.details();
        match details.field {
            Some(field) => format!("{} (`{field}`)", details.message),
            None => details.message,
        }
    }

    /// An [`Internal`](Self::Internal): logs the cause, which the body does not tell.
    pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(?error, "request failed");
        Self::Internal
    }

    /// A [`DiskFull`](Self::DiskFull): logs what could not be written.
    pub(super) fn disk_full(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(?error, "the disk is full; a request failed");
        Self::DiskFull
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::NotSignedIn | Self::WrongEmailOrPassword => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::UnknownSite | Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy { .. } | Self::StoreClosed { .. } | Self::DiskFull | Self::TooLong => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn header(&self) -> Option<(header::HeaderName, HeaderValue)> {
        match self {
            Self::NotSignedIn => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::TooMany { retry_after_seconds }
            | Self::Busy { retry_after_seconds }
            | Self::StoreClosed { retry_after_seconds } => {
                Some((header::RETRY_AFTER, HeaderValue::from(*retry_after_seconds)))
            }
            Self::DiskFull => Some((header::RETRY_AFTER, HeaderValue::from(DISK_FULL_RETRY_SECONDS))),
            _ => None,
        }
    }

    fn details(self) -> ErrorDetails {
        let (code, message) = match self {
            Self::BadRequest { code, message, field } => return ErrorDetails { code, message, field },
            Self::Forbidden { code, message } => (code, message),
            Self::NotSignedIn => ("sign_in_required", "sign in, or send a read key as `Authorization: Bearer …`"),
            Self::WrongEmailOrPassword => ("wrong_email_or_password", "e-mail or password is wrong"),
            Self::UnknownSite => ("unknown_site", "there is no such site, or the key is for another site"),
            Self::NotFound => ("not_found", "there is no such thing here"),
            Self::TooSlow => ("too_slow", "the body did not arrive in time; send it again"),
            Self::TooLarge => ("body_too_large", "the request's body is too large"),
            Self::TooMany { .. } => ("too_many_requests", "too many tries; wait as long as `Retry-After` says"),
            Self::Busy { .. } => ("busy", "too much is going on; ask again when `Retry-After` says"),
            Self::StoreClosed { .. } => {
                ("store_closed", "the store is being opened again; events are collected meanwhile, ask in a moment")
            }
            Self::DiskFull => (
                "disk_full",
                "the server's disk is full; free some space there, then ask again. Questions that need none are answered",
            ),
            Self::TooLong => ("too_long", "the question took too long; ask for fewer days"),
            Self::Internal => ("internal", "something failed here; the server's log says what"),
        };
        ErrorDetails { code, message: message.to_owned(), field: None }
    }
}

impl IntoResponse for ReportError {
    fn into_response(self) -> Response {
        let (status, header) = (self.status(), self.header());
        let details = self.details();
        // The code alone: messages may name what was sent.
        tracing::debug!(status = status.as_u16(), code = details.code, "a request was refused");
        let mut response = (status, Json(ErrorBody { error: details })).into_response();
        response.headers_mut().extend(header);
        response
    }
}

impl From<control::Error> for ReportError {
    fn from(error: control::Error) -> Self {
        match error {
            control::Error::NotAllowed { code, field, remedy, .. } => Self::bad_request(code, remedy, field),
            error if error.is_disk_full() => Self::disk_full(&error),
            error => Self::internal(&error),
        }
    }
}
