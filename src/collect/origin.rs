//! Whether a browser's request comes from a page of the site.

use axum::http::HeaderMap;
use axum::http::header::{ORIGIN, REFERER};

use crate::domain::event::Event;

/// Where a request says it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A page of the site.
    Own,
    /// A page of another.
    Foreign,
    /// It does not say. Whoever leaves the header out could as well have forged it, so the pages named in the
    /// events decide.
    Unsaid,
}

/// Reads `Origin`, else `Referer`.
pub(super) fn read_origin(headers: &HeaderMap, domains: &[String]) -> Origin {
    let said = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    // Sandboxed frames and some redirects say `null`.
    let address = said(ORIGIN).filter(|origin| *origin != "null").or_else(|| said(REFERER));
    match address {
        None | Some("") => Origin::Unsaid,
        Some(address) => match host_of(address) {
            Some(host) if covers(domains, host) => Origin::Own,
            _ => Origin::Foreign,
        },
    }
}

/// Whether every event names a page of the site.
pub(super) fn name_own_pages(events: &[Event], domains: &[String]) -> bool {
    events.iter().all(|event| event.page.as_ref().is_some_and(|page| covers(domains, page.host())))
}

/// Whether `host` is one of `domains` or below one.
fn covers(domains: &[String], host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    domains.iter().any(|domain| {
        let at = host.len().wrapping_sub(domain.len());
        host.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(domain))
            && (at == 0 || host.as_bytes()[at - 1] == b'.')
    })
}

/// The host in `scheme://host:port/…`, as browsers write it.
fn host_of(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.rfind(':') {
        Some(colon) if !host.ends_with(']') => Some(&host[..colon]),
        _ => Some(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(axum::http::HeaderName, &str)], expected: Origin) {
        let domains = ["shop.example".to_owned(), "localhost".to_owned(), "[::1]".to_owned()];
        let headers: HeaderMap = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        assert_eq!(read_origin(&headers, &domains), expected, "{headers:?}");
    }

    #[test]
    fn only_pages_of_the_site_may_send() {
        check(&[(ORIGIN, "https://shop.example")], Origin::Own);
        check(&[(ORIGIN, "http://WWW.Shop.example:8080")], Origin::Own);
        check(&[(ORIGIN, "http://localhost:3000")], Origin::Own);
        check(&[(ORIGIN, "http://[::1]:3000")], Origin::Own);
        check(&[(ORIGIN, "null"), (REFERER, "https://shop.example/cart?x=http://evil.example")], Origin::Own);
        for foreign in
            ["https://evilshop.example", "https://shop.example.evil.example", "https://example", "x", "https://"]
        {
            check(&[(ORIGIN, foreign)], Origin::Foreign);
        }
        check(&[(REFERER, "https://shop.example@evil.example/")], Origin::Foreign);
        check(&[(ORIGIN, "https://evil.example"), (REFERER, "https://shop.example/")], Origin::Foreign);
        check(&[], Origin::Unsaid);
        check(&[(ORIGIN, "null")], Origin::Unsaid);
    }
}
