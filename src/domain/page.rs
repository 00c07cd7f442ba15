//! Addresses of pages, without anything that could name or admit a person.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::personal::redact_part;

/// The address of a page: `https://shop.example/hats?q=cap`.
///
/// Invariant: `http` or `https`; lower-case host; neither user part nor fragment; only the query keys of
/// [`PageUrl::keeps`]; parts that look like an e-mail address or a secret are `[redacted]`; at most
/// [`PageUrl::BYTES_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageUrl(String);

/// Why text is not the address of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Not an absolute `http` or `https` address with a host.
    #[error("is not an http or https address")]
    NotHttp,
    /// Longer than [`PageUrl::RAW_BYTES_MAX`].
    #[error("is longer than {} bytes", PageUrl::RAW_BYTES_MAX)]
    TooLong,
}

impl PageUrl {
    /// Longer addresses lose their query, then the end of their path.
    pub const BYTES_MAX: usize = 2_048;
    /// Longer names no host has.
    pub const HOST_BYTES_MAX: usize = 253;
    /// Longer addresses are not looked at.
    pub const RAW_BYTES_MAX: usize = 16_384;

    /// Scrubs `text`, an absolute address.
    ///
    /// # Errors
    /// [`BadUrl`], for other schemes, relative addresses and endless ones.
    pub fn parse(text: &str) -> Result<Self, BadUrl> {
        if Self::RAW_BYTES_MAX < text.len() {
            return Err(BadUrl::TooLong);
        }
        if let Some(plain) = PlainUrl::read(text) {
            return Ok(Self::scrubbed(&plain));
        }
        let url = Url::parse(text).map_err(|_| BadUrl::NotHttp)?;
        match (url.scheme(), host_of(&url)) {
            (scheme @ ("http" | "https"), Some(host)) if host.len() <= Self::HOST_BYTES_MAX => {
                Ok(Self::scrubbed(&PlainUrl {
                    scheme,
                    host,
                    port: url.port(),
                    path: url.path(),
                    query: url.query().unwrap_or_default(),
                }))
            }
            _ => Err(BadUrl::NotHttp),
        }
    }

    fn scrubbed(url: &PlainUrl<'_>) -> Self {
        let mut scrubbed =
            String::with_capacity(url.scheme.len() + url.host.len() + url.path.len() + url.query.len() + 16);
        scrubbed.push_str(url.scheme);
        scrubbed.push_str("://");
        scrubbed.push_str(url.host);
        if let Some(port) = url.port {
            scrubbed.push(':');
            scrubbed.push_str(&port.to_string());
        }
        for part in url.path.split('/').skip(1) {
            scrubbed.push('/');
            scrubbed.push_str(&redact_part(part));
        }
        if Self::BYTES_MAX < scrubbed.len() {
            // Half a part may be what a whole one is not: a secret, or an escape that has lost its end.
            scrubbed.truncate(scrubbed.floor_char_boundary(Self::BYTES_MAX));
            scrubbed.truncate(scrubbed.rfind('/').map_or(0, |slash| slash + 1));
        }
        push_query(&mut scrubbed, url.query);
        Self(scrubbed)
    }

    /// Whether the query key may be kept: campaign tags, searches, and what shows another page of a shop.
    pub fn keeps(key: &str) -> bool {
        matches!(
            key,
            "utm_source"
                | "utm_medium"
                | "utm_campaign"
                | "utm_term"
                | "utm_content"
                | "utm_id"
                | "q"
                | "s"
                | "query"
                | "search"
                | "page"
                | "category"
                | "variant"
                | "ref"
        )
    }

    /// The address that was scrubbed and stored before, taken as it is: scrubbing twice may not give the same.
    pub fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, without port.
    pub fn host(&self) -> &str {
        let (authority, _) = self.split();
        match authority.rfind(':') {
            // The colons of an IPv6 address stand in brackets.
            Some(colon) if !authority.ends_with(']') => &authority[..colon],
            _ => authority,
        }
    }

    /// The path, at least `/`.
    pub fn path(&self) -> &str {
        let (_, rest) = self.split();
        rest.split_once('?').map_or(rest, |(path, _)| path)
    }

    /// The query without its `?`, empty when there is none.
    pub fn query(&self) -> &str {
        self.0.split_once('?').map_or("", |(_, query)| query)
    }

    /// Authority, and everything from the path on.
    fn split(&self) -> (&str, &str) {
        let start = self.0.find("://").map_or(0, |colon| colon + 3);
        let rest = &self.0[start..];
        rest.split_at(rest.find('/').unwrap_or(rest.len()))
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What an address consists of, in the form that all ways of writing it come down to.
struct PlainUrl<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<u16>,
    path: &'a str,
    query: &'a str,
}

impl<'a> PlainUrl<'a> {
    /// Takes an address that is written in its plainest form, as nearly all are; `None` where a parser must tell.
    ///
    /// Parsing every address took a tenth of an event's time. Here only those are read of which the parser would
    /// change nothing: a test compares the two.
    fn read(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = authority.split_at(authority.find('/')?);
        // A host that ends in a number is an address in disguise, and `xn--` is to be checked.
        let labels_plain = host.split('.').all(|label| {
            label.starts_with(|c: char| c.is_ascii_lowercase())
                && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                && !label.starts_with("xn--")
        });
        // Without a search for each byte, which is slow.
        let in_path =
            |byte: u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~');
        let in_query = |byte: u8| in_path(byte) || matches!(byte, b'=' | b'&' | b'+' | b'%');
        let plain = matches!(scheme, "http" | "https")
            && labels_plain
            && host.len() <= PageUrl::HOST_BYTES_MAX
            && path.bytes().all(in_path)
            && !path.contains("/.")
            && query.bytes().all(in_query);
        plain.then_some(Self { scheme, host, port: None, path, query })
    }
}

/// The host of a referring page, lower case, or nothing where none can be read: browsers, apps and proxies
/// send all kinds of referrers, and a strange one is no reason to refuse an event.
pub fn referrer_host(text: &str) -> Option<String> {
    if text.is_empty() || PageUrl::RAW_BYTES_MAX < text.len() {
        return None;
    }
    if let Some(plain) = PlainUrl::read(text) {
        return Some(plain.host.to_owned());
    }
    host_of(&Url::parse(text).ok()?).map(str::to_ascii_lowercase)
}

/// The host, without the dot of the root. A host with nothing between two dots is none: browsers know no such host, and
/// it may read as another one when it is read again.
fn host_of(url: &Url) -> Option<&str> {
    let host = url.host_str()?;
    let host = host.strip_suffix('.').unwrap_or(host);
    host.split('.').all(|label| !label.is_empty()).then_some(host)
}

/// Appends the kept pairs of `query`, as far as they fit.
fn push_query(address: &mut String, query: &str) {
    let mut mark = '?';
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !PageUrl::keeps(key) {
            continue;
        }
        let value = redact_part(value);
        if PageUrl::BYTES_MAX < address.len() + key.len() + value.len() + 2 {
            return;
        }
        address.push(mark);
        address.push_str(key);
        address.push('=');
        address.push_str(&value);
        mark = '&';
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_address_is_what_the_parser_makes_of_it(
            scheme in "https?|HTTP|ftp",
            labels in prop::collection::vec("[a-z0-9-]{0,5}|xn--a|[0-9]{1,3}|0x1f|é", 1..5),
            port in "(:80)?",
            path in "(/([a-z0-9_~.-]{0,4}|\\.{1,2}|%2e|[@ |]|é))*",
            query in "(\\?[a-z=&+%/'\"]{0,8})?",
            fragment in "(#x)?",
        ) {
            let text = format!("{scheme}://{}{port}{path}{query}{fragment}", labels.join("."));
            if let Some(plain) = PlainUrl::read(&text) {
                let url = Url::parse(&text).unwrap();
                prop_assert_eq!((plain.scheme, Some(plain.host)), (url.scheme(), url.host_str()));
                prop_assert_eq!((plain.path, plain.query), (url.path(), url.query().unwrap_or_default()));
                prop_assert_eq!(plain.port, url.port());
            }
        }
    }

    #[test]
    fn usual_addresses_are_plain() {
        for text in ["https://shop.example/product/17?utm_source=news&q=red+cap", "http://www.shop-2.example/"] {
            assert!(PlainUrl::read(text).is_some(), "{text}");
        }
        for text in ["https://shop.example", "https://1.2/", "https://a@b/", "https://a/../b", "https://a/#b", "/a"] {
            assert!(PlainUrl::read(text).is_none(), "{text}");
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(PageUrl::parse(text).unwrap().as_str(), expected, "{text}");
    }

    #[test]
    fn an_address_keeps_what_shows_the_page_and_nothing_that_names_the_visitor() {
        check("HTTPS://Shop.Example:443/Hats", "https://shop.example/Hats");
        check("http://shop.example:8080", "http://shop.example:8080/");
        check("https://me:secret@shop.example/a#b", "https://shop.example/a");
        check(
            "https://shop.example/?email=a@b.c&token=s3cret&utm_source=news&q=cap&gclid=x#frag",
            "https://shop.example/?utm_source=news&q=cap",
        );
        check("https://shop.example/u/ann@b.example/x", "https://shop.example/u/[redacted]/x");
        check("https://shop.example/u/ann%40b.example", "https://shop.example/u/[redacted]");
        check("https://shop.example/?q=ann%2540b.example", "https://shop.example/?q=[redacted]");
        check("https://shop.example/?q=%3E@b.example", "https://shop.example/?q=[redacted]");
        check("https://shop.example/r/67e55044-10b1-426f-9247-bb680e5fe0c8", "https://shop.example/r/[redacted]");
        check("https://shop.example/l/Zx81kPqLm3TtR9vWy2Ab", "https://shop.example/l/[redacted]");
        check(
            "https://shop.example/nike-air-max-270-react-2020-Blue",
            "https://shop.example/nike-air-max-270-react-2020-Blue",
        );
        check("https://shop.example/@styk/caps", "https://shop.example/@styk/caps");
        check("https://żółw.example./x", "https://xn--w-uga1v8h.example/x");
    }

    #[test]
    fn only_web_addresses_are_pages() {
        for bad in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "/cart",
            "https://",
            "https://./a",
            "https://a.4../b",
            "ftp://a/b",
        ] {
            assert_eq!(PageUrl::parse(bad), Err(BadUrl::NotHttp), "{bad}");
        }
        assert_eq!(PageUrl::parse(&format!("https://a/{}", "x".repeat(20_000))), Err(BadUrl::TooLong));
    }

    #[test]
    fn a_long_address_is_cut() {
        let long = PageUrl::parse(&format!("https://shop.example/{}?q=1", "ab/".repeat(2_000))).unwrap();
        let (begin, length) = ("https://shop.example/", long.as_str().len());
        assert_eq!(long.as_str(), format!("{begin}{}", "ab/".repeat((PageUrl::BYTES_MAX - begin.len()) / 3)));
        assert!(PageUrl::BYTES_MAX - 3 < length, "{length}");
        assert_eq!(long.query(), "");
        let query = PageUrl::parse(&format!("https://shop.example/?q=1&s={}", "x ".repeat(2_000))).unwrap();
        assert_eq!(query.as_str(), "https://shop.example/?q=1");
    }

    #[test]
    fn an_address_can_be_taken_apart() {
        let page = PageUrl::parse("https://shop.example:444/a/b?q=x:y/z").unwrap();
        assert_eq!((page.host(), page.path(), page.query()), ("shop.example", "/a/b", "q=x:y/z"));
        let page = PageUrl::parse("http://[::1]/").unwrap();
        assert_eq!((page.host(), page.path(), page.query()), ("[::1]", "/", ""));
    }

    #[test]
    fn of_a_referrer_only_the_host_is_read() {
        assert_eq!(referrer_host("https://WWW.Google.com/search?q=me"), Some("www.google.com".to_owned()));
        assert_eq!(referrer_host("android-app://com.google.android.gm/"), Some("com.google.android.gm".to_owned()));
        for nothing in ["", "about:blank", "javascript:1", "x"] {
            assert_eq!(referrer_host(nothing), None, "{nothing}");
        }
    }
}
