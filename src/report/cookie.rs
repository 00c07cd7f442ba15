//! The login cookie, and the proof that a request which carries it comes from our own pages.

use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method};

use super::error::ReportError;
use crate::control::LOGIN_DAYS;

const DAY_SECONDS: i64 = 86_400;

/// How login cookies are written and read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cookies {
    /// Over https. Browsers take the name `__Host-…` over https only, for this host alone, and from no subdomain.
    Secure,
    /// Over plain http, as on a shop's own computer, where that name would be refused.
    Plain,
}

impl Cookies {
    /// The `Set-Cookie` value that signs a browser in with `token`.
    pub(super) fn set(self, token: &str) -> HeaderValue {
        self.write(token, LOGIN_DAYS * DAY_SECONDS)
    }

    /// The `Set-Cookie` value that makes a browser forget its login.
    pub(super) fn clear(self) -> HeaderValue {
        self.write("", 0)
    }

    /// The token in the request's login cookie.
    pub(super) fn token(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        cookies.find(|&(found, _)| found == self.name()).map(|(_, token)| token).filter(|token| !token.is_empty())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-styk",
            Self::Plain => "styk_login",
        }
    }

    fn write(self, token: &str, seconds: i64) -> HeaderValue {
        let secure = match self {
            Self::Secure => "; Secure",
            Self::Plain => "",
        };
        let name = self.name();
        let cookie = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).expect("tokens are letters, digits, `-` and `_`")
    }
}

/// Refuses a request that changes something by the power of a cookie, unless the browser says that a page of
/// ours sent it.
pub(super) fn demand_own_page(method: &Method, headers: &HeaderMap) -> Result<(), ReportError> {
    match sender(headers) {
        _ if method.is_safe() => Ok(()),
        Sender::OwnPage => Ok(()),
        Sender::OtherPage | Sender::Unsaid => Err(cross_site()),
    }
}

/// Refuses a request that a page of another site sent. Programs, which say nothing, pass: they carry no cookie
/// that somebody else's page could misuse.
pub(super) fn refuse_other_pages(headers: &HeaderMap) -> Result<(), ReportError> {
    match sender(headers) {
        Sender::OwnPage | Sender::Unsaid => Ok(()),
        Sender::OtherPage => Err(cross_site()),
    }
}

enum Sender {
    OwnPage,
    OtherPage,
    Unsaid,
}

/// `Sec-Fetch-Site` decides where there is one: it survives proxies that rewrite `Host`.
fn sender(headers: &HeaderMap) -> Sender {
    if let Some(site) = headers.get("sec-fetch-site") {
        return if site == "same-origin" { Sender::OwnPage } else { Sender::OtherPage };
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return Sender::Unsaid;
    };
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    match (authority, host) {
        (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host) => Sender::OwnPage,
        _ => Sender::OtherPage,
    }
}

fn cross_site() -> ReportError {
    ReportError::Forbidden { code: "cross_site", message: "this may only be asked by a page of this server" }
}
