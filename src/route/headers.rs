//! The headers that keep every answer where it belongs.

use std::sync::LazyLock;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_SECURITY_POLICY,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// The dashboard: scripts from this server only, no markup made of text, nothing from anywhere else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// What is no page shows nothing and runs nothing, whatever a browser takes it for.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Where a route's answers may be shown and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As data, to programs and to our own pages.
    Api,
    /// As one of our own pages, in no frame.
    Page,
    /// As a part of our own pages.
    Asset,
    /// To every page of the web: none of it is anything but what the page itself sent, and no cookie is looked at.
    Everywhere,
}

impl Shown {
    /// Adds the headers; what the answer says itself about being kept stands.
    pub fn seal(self, mut response: Response) -> Response {
        let own = std::mem::replace(response.headers_mut(), self.headers().clone());
        let (headers, mut name) = (response.headers_mut(), None);
        for (next, value) in own {
            // The second value of a name comes without it.
            name = next.or(name);
            let Some(name) = &name else { continue };
            if *name == CACHE_CONTROL {
                headers.insert(CACHE_CONTROL, value);
            } else if !self.headers().contains_key(name) {
                headers.append(name, value);
            }
        }
        response
    }

    /// Made once: putting them together anew cost a twentieth of a request's time.
    fn headers(self) -> &'static HeaderMap {
        static HEADERS: LazyLock<[HeaderMap; 4]> =
            LazyLock::new(|| [Shown::Api, Shown::Page, Shown::Asset, Shown::Everywhere].map(Shown::made_headers));
        &HEADERS[self as usize]
    }

    fn made_headers(self) -> HeaderMap {
        let mut headers = vec![
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // Addresses hold questions, and set-up and share links hold secrets.
            (REFERRER_POLICY, "no-referrer"),
            (X_ROBOTS_TAG, "noindex, nofollow"),
            (CACHE_CONTROL, "no-store"),
        ];
        let (policy, readers) = match self {
            Self::Page => (PAGE_POLICY, "same-origin"),
            Self::Api | Self::Asset => (DATA_POLICY, "same-origin"),
            Self::Everywhere => (DATA_POLICY, "cross-origin"),
        };
        headers.extend([(CONTENT_SECURITY_POLICY, policy), (CROSS_ORIGIN_RESOURCE_POLICY, readers)]);
        match self {
            Self::Page => headers.push((CROSS_ORIGIN_OPENER_POLICY, "same-origin")),
            Self::Everywhere => {
                headers.extend([(ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after")])
            }
            Self::Api | Self::Asset => {}
        }
        headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
    }
}
