//! The snippet: one file, embedded, served beside the endpoint it sends to, under a name that stays and under one that
//! names its very bytes.

use std::io::Write;
use std::sync::LazyLock;

use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256, Sha384};

use crate::route::{Access, Content, Endpoint, Route, Shown};

/// Built from `js-snippet/src`; `./check` builds it again and compares.
const SNIPPET: &[u8] = include_bytes!("../../js-snippet/dist/s.js");
/// Browsers ask again after an hour, and are answered 304 while nothing changed.
const SHORT: &str = "public, max-age=3600";
/// What is named by its bytes never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The snippet in the forms it is served in, each made once.
static FILE: LazyLock<File> = LazyLock::new(File::pack);

struct File {
    /// Its path by its bytes.
    pinned_path: String,
    /// What browsers compare the bytes with.
    integrity: String,
    /// Best first; the last is for everybody.
    forms: [Form; 3],
}

struct Form {
    /// `None` is as it is.
    encoding: Option<&'static str>,
    tag: String,
    bytes: Vec<u8>,
}

impl File {
    fn pack() -> Self {
        let digest = Sha256::digest(SNIPPET);
        let hash: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let form = |encoding: Option<&'static str>, bytes| {
            let tag = format!("\"{hash}{}\"", encoding.map(|name| format!("-{name}")).unwrap_or_default());
            Form { encoding, tag, bytes }
        };
        Self {
            pinned_path: format!("/s.{hash}.js"),
            integrity: format!("sha384-{}", STANDARD.encode(Sha384::digest(SNIPPET))),
            forms: [form(Some("br"), brotli()), form(Some("gzip"), gzip()), form(None, SNIPPET.to_vec())],
        }
    }

    /// The best form that a client takes.
    fn form(&self, headers: &HeaderMap) -> &Form {
        let accepted: Vec<_> = headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
            .filter_map(|item| {
                let (name, weight) = item.split_once(';').unwrap_or((item, ""));
                let refused = matches!(weight.trim().trim_start_matches("q=").parse(), Ok(0.0_f32));
                (!refused).then(|| name.trim().to_ascii_lowercase())
            })
            .collect();
        let taken = |form: &&Form| form.encoding.is_none_or(|name| accepted.iter().any(|accepted| accepted == name));
        self.forms.iter().find(taken).unwrap_or(&self.forms[2])
    }
}

fn brotli() -> Vec<u8> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &SNIPPET[..], &mut packed, &parameters).expect("memory takes any bytes");
    packed
}

fn gzip() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(SNIPPET).and_then(|()| encoder.finish()).expect("memory takes any bytes")
}

/// Serves `GET /s.js`, and the same under the name of its bytes.
pub fn snippet_routes() -> [Route; 2] {
    let serving = |path, summary, kept: &'static str| {
        Endpoint::get(path, Access::Anyone, summary)
            .shown(Shown::Everywhere)
            .answers(200, Content::Media("text/javascript"))
            .answers(304, Content::Empty)
            .serve(async move |headers: HeaderMap| serve(&headers, kept), ())
    };
    [
        serving("/s.js", "The snippet, for the pages of shops", SHORT),
        serving(FILE.pinned_path.as_str(), "The snippet of this version, for pages that pin it", FOR_EVER),
    ]
}

fn serve(headers: &HeaderMap, kept: &'static str) -> Response {
    let Form { encoding, tag, bytes } = FILE.form(headers);
    let shared: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, kept),
        (VARY, "accept-encoding"),
        (ETAG, tag),
    ];
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, shared).into_response();
    }
    match encoding {
        Some(name) => (shared, [(CONTENT_ENCODING, *name)], bytes.as_slice()).into_response(),
        None => (shared, bytes.as_slice()).into_response(),
    }
}

/// The line that a shop pastes into its pages, with the address the world knows: it follows every new version.
pub fn script_tag(origin: &str, site: &str) -> String {
    format!(r#"<script async src="{origin}/s.js" data-styk-site="{site}"></script>"#)
}

/// The same for this version's bytes only, which browsers verify.
pub fn pinned_script_tag(origin: &str, site: &str) -> String {
    let File { pinned_path, integrity, .. } = &*FILE;
    format!(
        r#"<script async src="{origin}{pinned_path}" integrity="{integrity}" crossorigin="anonymous" data-styk-site="{site}"></script>"#
    )
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn form_for(accept: &str) -> Option<&'static str> {
        FILE.form(&HeaderMap::from_iter([(ACCEPT_ENCODING, accept.parse().unwrap())])).encoding
    }

    #[test]
    fn each_client_gets_the_smallest_form_it_takes() {
        assert_eq!(form_for("gzip, deflate, br, zstd"), Some("br"));
        assert_eq!(form_for("GZIP;q=0.5"), Some("gzip"));
        assert_eq!(form_for("br;q=0, gzip"), Some("gzip"));
        assert_eq!(form_for("br; q=0.0"), None);
        assert_eq!(form_for("identity"), None);
        assert_eq!(FILE.form(&HeaderMap::new()).encoding, None);
        let [br, gzip, plain] = &FILE.forms;
        assert!(br.bytes.len() < gzip.bytes.len() && gzip.bytes.len() < plain.bytes.len());
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&gzip.bytes[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, SNIPPET);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &br.bytes[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, SNIPPET);
    }

    #[test]
    fn an_answer_is_known_again_by_its_tag() {
        let tag = &FILE.forms[2].tag;
        let known = HeaderMap::from_iter([(IF_NONE_MATCH, tag.parse().unwrap())]);
        assert_eq!(serve(&known, SHORT).status(), StatusCode::NOT_MODIFIED);
        let fresh = serve(&HeaderMap::new(), FOR_EVER);
        assert_eq!((fresh.status(), &fresh.headers()[ETAG]), (StatusCode::OK, &tag.parse().unwrap()));
        assert_eq!(fresh.headers()[CACHE_CONTROL], FOR_EVER);
        let packed =
            HeaderMap::from_iter([(ACCEPT_ENCODING, "br".parse().unwrap()), (IF_NONE_MATCH, tag.parse().unwrap())]);
        assert_eq!(serve(&packed, SHORT).headers()[CONTENT_ENCODING], "br", "another form is another answer");
    }

    #[test]
    fn a_pinned_tag_names_the_bytes() {
        let tag = pinned_script_tag("https://stats.example", "shop");
        let expected = STANDARD.encode(Sha384::digest(SNIPPET));
        assert!(
            tag.contains(&format!(r#"integrity="sha384-{expected}" crossorigin="anonymous" data-styk-site="shop""#)),
            "{tag}"
        );
        assert!(tag.starts_with(&format!(r#"<script async src="https://stats.example{}""#, FILE.pinned_path)), "{tag}");
    }
}
