//! A request's JSON body, refused in our words when it is none.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::error::ReportError;

/// The body as JSON, whatever its `Content-Type` says.
pub(super) struct JsonBody<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ReportError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ReportError> {
        let body = Bytes::from_request(request, state).await.map_err(unread)?;
        // Only the place is told: the parser's words quote what they found, and that may be a password.
        // Only the place is told: the parser's words quote what they found, and that may be a password.
        let value = serde_json::from_slice(&body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let message = format!("body is not the JSON expected here: line {line}, column {column}");
            ReportError::bad_request("bad_json", message, "")
        })?;
        Ok(Self(value))
    }
}

fn unread(rejection: BytesRejection) -> ReportError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ReportError::TooLarge;
    }
    ReportError::bad_request("bad_body", "body broke off before its end; send it again".to_owned(), "")
}
