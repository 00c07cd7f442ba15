//! Requests that two servers in a row could read differently, and those with too many headers: refused before anything
//! is made of them.

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};

/// The most header lines of a request. Not told to hyper, which would then prepare room for them slowly.
const HEADERS_MAX: usize = 64;

const DOUBTFUL: &str = r#"{"error":{"code":"bad_framing","message":"send one `Host`, and `Content-Length` or `Transfer-Encoding: chunked`"}}"#;
const TOO_MANY: &str = r#"{"error":{"code":"too_many_headers","message":"send at most 64 headers"}}"#;

/// The answer to a request whose end or receiver is doubtful, or that has too many headers; `None` to any other.
///
/// Hyper lets these pass, as it may. But a proxy that took the other reading would see two requests where we see one,
/// and somebody could hide a request from it. The connection is closed behind the answer.
pub(super) fn refuse<B>(request: &Request<B>) -> Option<Response<Body>> {
    let (status, body) = if HEADERS_MAX < request.headers().len() {
        (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, TOO_MANY)
    } else if !is_plain(request) {
        (StatusCode::BAD_REQUEST, DOUBTFUL)
    } else {
        return None;
    };
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Some(answer)
}

/// Whether the connection must end with the answer. Hyper takes chunks for what they are, and forgets the length that
/// stood beside them: what a proxy in front of us believed to be the next request is never read.
pub(super) fn ends_the_connection(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING)
}

fn is_plain<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let framed = match headers.get(TRANSFER_ENCODING) {
        None => true,
        Some(encoding) => {
            encoding.as_bytes().eq_ignore_ascii_case(b"chunked")
                && headers.get_all(TRANSFER_ENCODING).iter().count() == 1
        }
    };
    let hosts = headers.get_all(HOST).iter().take(2).count();
    framed && (hosts == 1 || hosts == 0 && request.version() < Version::HTTP_11) && request.method() != Method::CONNECT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&str, &str)], expected: bool) {
        let mut request = Request::post("/s");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        assert_eq!(refuse(&request.body(()).unwrap()).is_none(), expected, "{headers:?}");
    }

    #[test]
    fn one_host_and_one_way_to_say_where_a_body_ends() {
        let host = ("host", "shop.example");
        check(&[host], true);
        check(&[host, ("content-length", "5")], true);
        check(&[host, ("transfer-encoding", "Chunked")], true);
        check(&[host, ("transfer-encoding", "gzip, chunked")], false);
        check(&[host, ("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], false);
        check(&[], false);
        check(&[host, host], false);
    }
}
