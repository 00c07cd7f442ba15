//! A script in the forms it is served in: as it is, and packed once, when it was built.

use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};

use crate::route::{accepts, knows};

/// What `npm run build` in `js-snippet` made of a script. Packing it there and not here makes what is measured, and held
/// to its limit, the very bytes that are served.
pub(super) struct Built {
    pub(super) plain: &'static [u8],
    pub(super) gzip: &'static [u8],
    pub(super) brotli: &'static [u8],
}

/// The built forms of a file of `js-snippet/dist`.
macro_rules! built {
    ($path:literal) => {
        Built {
            plain: include_bytes!(concat!("../../js-snippet/dist/", $path)),
            gzip: include_bytes!(concat!("../../js-snippet/dist/", $path, ".gz")),
            brotli: include_bytes!(concat!("../../js-snippet/dist/", $path, ".br")),
        }
    };
}
pub(super) use built;

/// How long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// Browsers ask again after an hour, and are answered 304 while nothing changed.
    Short,
    /// What is named by its bytes never changes.
    ForEver,
}

impl Keep {
    fn as_header(self) -> &'static str {
        match self {
            Self::Short => "public, max-age=3600",
            Self::ForEver => "public, max-age=31536000, immutable",
        }
    }
}

/// A script and its forms.
pub(super) struct Packed {
    /// Names the bytes: the beginning of their SHA-256, in hexadecimal digits.
    pub(super) hash: String,
    /// What browsers compare the bytes with.
    pub(super) integrity: String,
    /// Smallest first; the last is for everybody.
    forms: [Form; 3],
}

struct Form {
    /// `None` is as it is.
    encoding: Option<&'static str>,
    /// Each form has its own: a cache may hold several.
    tag: String,
    bytes: &'static [u8],
}

impl Packed {
    pub(super) fn new(built: &Built) -> Self {
        let digest = Sha256::digest(built.plain);
        let hash: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let form = |encoding: Option<&'static str>, bytes| {
            let tag = format!("\"{hash}{}\"", encoding.map(|name| format!("-{name}")).unwrap_or_default());
            Form { encoding, tag, bytes }
        };
        let forms = [form(Some("br"), built.brotli), form(Some("gzip"), built.gzip), form(None, built.plain)];
        Self { integrity: format!("sha384-{}", STANDARD.encode(Sha384::digest(built.plain))), forms, hash }
    }

    /// The smallest form that the client takes, or that the one it has is still right.
    pub(super) fn answer(&self, headers: &HeaderMap, keep: Keep) -> Response {
        let Form { encoding, tag, bytes } = self.form(headers);
        let shared: [(HeaderName, &str); 4] = [
            (CONTENT_TYPE, "text/javascript; charset=utf-8"),
            (CACHE_CONTROL, keep.as_header()),
            (VARY, "accept-encoding"),
            (ETAG, tag),
        ];
        if knows(headers, tag) {
            return (StatusCode::NOT_MODIFIED, shared).into_response();
        }
        match encoding {
            Some(name) => (shared, [(CONTENT_ENCODING, *name)], *bytes).into_response(),
            None => (shared, *bytes).into_response(),
        }
    }

    fn form(&self, headers: &HeaderMap) -> &Form {
        let taken = |form: &&Form| form.encoding.is_none_or(|encoding| accepts(headers, encoding));
        self.forms.iter().find(taken).expect("the last form is for everybody")
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};

    use super::*;

    fn packed() -> Packed {
        Packed::new(&Built { plain: b"plain", gzip: b"gzip", brotli: b"br" })
    }

    #[track_caller]
    fn check(accepted: &[&str], expected: Option<&str>) {
        let headers = accepted.iter().map(|value| (ACCEPT_ENCODING, value.parse().unwrap())).collect();
        assert_eq!(packed().form(&headers).encoding, expected, "{accepted:?}");
    }

    #[test]
    fn each_client_gets_the_smallest_form_it_takes() {
        check(&["gzip, deflate, br, zstd"], Some("br"));
        check(&["GZIP;q=0.5"], Some("gzip"));
        check(&["br;q=0, gzip"], Some("gzip"));
        check(&["br; Q=0.000", "gzip;q=0.001"], Some("gzip"));
        check(&["*"], Some("br"));
        check(&["*;q=0.1, br;q=0"], Some("gzip"));
        check(&["br;q=0, *;q=0"], None);
        check(&["identity, br;q=many, gzip;level=9"], None);
        check(&["brotli, xgzip, "], None);
        check(&[], None);
    }

    #[test]
    fn a_form_is_known_again_by_its_own_tag() {
        let packed = packed();
        let [br, _, plain] = &packed.forms;
        let status = |accepted: &str, known: &str| {
            let headers = [(ACCEPT_ENCODING, accepted.parse().unwrap()), (IF_NONE_MATCH, known.parse().unwrap())];
            packed.answer(&headers.into_iter().collect(), Keep::Short).status().as_u16()
        };
        assert_eq!(status("br", &br.tag), 304);
        assert_eq!(status("br", &format!("\"other\", W/{}", br.tag)), 304);
        assert_eq!(status("br", "*"), 304);
        assert_eq!(status("br", &plain.tag), 200, "another form is another answer");
        assert_eq!(status("identity", &plain.tag), 304);
        assert_eq!(status("identity", plain.tag.trim_matches('"')), 200);
    }
}
