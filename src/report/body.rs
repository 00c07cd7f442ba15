//! The parts of a request, refused in our words when they are not what was asked for, or come too late.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::Frame;
use serde::de::DeserializeOwned;
use tokio::time::Sleep;

use super::error::{ReportError, bad};

/// No route of this stage takes more; many take less.
const BODY_BYTES_MAX: u64 = 1 << 20;

/// The body as bytes.
pub(super) struct RawBody(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = ReportError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ReportError> {
        Bytes::from_request(request, state).await.map(Self).map_err(unread)
    }
}

/// The body as JSON, whatever its `Content-Type` says.
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ReportError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ReportError> {
        let RawBody(body) = RawBody::from_request(request, state).await?;
        // Only the place is told: the parser's words quote what they found, and that may be a password.
        let value = serde_json::from_slice(&body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let message = format!("body is not the JSON expected here: line {line}, column {column}");
            ReportError::bad_request("bad_json", message, "")
        })?;
        Ok(Self(value))
    }
}

/// The part of the address behind `?`, refused in our words when it does not read.
pub struct QueryForm<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryForm<T> {
    type Rejection = ReportError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ReportError> {
        // The parser's words would quote the address.
        let form = Query::try_from_uri(&parts.uri).map_err(|_| bad("write each part of the query once", "query"))?;
        Ok(Self(form.0))
    }
}

/// The parts of the path that vary; a path with others leads nowhere.
pub struct PathParts<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParts<T> {
    type Rejection = ReportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ReportError> {
        let Path(found) = Path::from_request_parts(parts, state).await.map_err(|_| ReportError::NotFound)?;
        Ok(Self(found))
    }
}

/// A report's question out of its body.
pub(super) fn read_question<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReportError> {
    serde_json::from_slice(body).map_err(|error| not_read(&error))
}

/// The refusal of a question that does not read.
pub(super) fn not_read(error: &serde_json::Error) -> ReportError {
    // What was expected, and where; not what was found, which is the asker's own.
    let error = error.to_string();
    let said = match error.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => error,
    };
    bad(&format!("the question does not read: {said}"), "")
}

fn unread(rejection: BytesRejection) -> ReportError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ReportError::TooLarge;
    }
    ReportError::bad_request("bad_body", "body broke off before its end; send it again".to_owned(), "")
}

/// Gives up a request whose body is not here when `deadline` has passed. Who asks is settled before the body is read,
/// so it is the body that ends, in an error; only here is it known which.
pub(super) async fn arrive_in_time(
    State(deadline): State<Duration>,
    request: Request,
    next: Next,
) -> Result<Response, ReportError> {
    if BODY_BYTES_MAX < request.body().size_hint().lower() {
        return Err(ReportError::TooLarge);
    }
    if request.body().is_end_stream() {
        return Ok(next.run(request).await);
    }
    let late = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| Body::new(Awaited { body, deadline, timer: None, late: Arc::clone(&late) }));
    let response = next.run(request).await;
    if late.load(Ordering::Relaxed) { Err(ReportError::TooSlow) } else { Ok(response) }
}

/// A body that ends in an error when its time is over.
struct Awaited {
    body: Body,
    deadline: Duration,
    /// Made when there is something to wait for first.
    timer: Option<Pin<Box<Sleep>>>,
    late: Arc<AtomicBool>,
}

impl HttpBody for Awaited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        let deadline = self.deadline;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(deadline)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.late.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
