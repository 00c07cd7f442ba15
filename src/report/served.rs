//! A file of the dashboard in the forms it is served in: scripts without their comments, everything also packed.

use std::io::Write;

use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::route::{accepts, knows};

/// A file, ready to be sent.
pub(super) struct Served {
    content_type: &'static str,
    /// As it is, then packed; each form has its own tag.
    forms: [Form; 2],
}

struct Form {
    encoding: Option<&'static str>,
    tag: String,
    bytes: Vec<u8>,
}

impl Served {
    /// The forms of the file at `path`.
    pub(super) fn new(path: &str, bytes: &[u8]) -> Self {
        let own_script = path.ends_with(".js") && !path.starts_with("vendor/");
        let plain = match std::str::from_utf8(bytes) {
            Ok(script) if own_script => without_comments(script).into_bytes(),
            _ => bytes.to_vec(),
        };
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        let packed = packer.write_all(&plain).and_then(|()| packer.finish()).expect("memory takes what is written");
        let form = |encoding, bytes: Vec<u8>| Form { encoding, tag: tag_of(&bytes), bytes };
        Self { content_type: content_type_of(path), forms: [form(None, plain), form(Some("gzip"), packed)] }
    }

    /// The form that the client takes, or that the one it has is still right.
    pub(super) fn answer(&self, headers: &HeaderMap) -> Response {
        let [plain, packed] = &self.forms;
        let Form { encoding, tag, bytes } = if accepts(headers, "gzip") { packed } else { plain };
        let shared = [
            // Asked again each time, answered by 304 when nothing changed: a new binary shows at once.
            (CACHE_CONTROL, "no-cache"),
            (CONTENT_TYPE, self.content_type),
            (VARY, "accept-encoding"),
            (ETAG, tag),
        ];
        if knows(headers, tag) {
            return (StatusCode::NOT_MODIFIED, shared).into_response();
        }
        match encoding {
            Some(name) => (shared, [(CONTENT_ENCODING, *name)], bytes.clone()).into_response(),
            None => (shared, bytes.clone()).into_response(),
        }
    }
}

fn content_type_of(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

fn tag_of(bytes: &[u8]) -> String {
    let hash: String = Sha256::digest(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}

/// Comments that have lines of their own, empty lines and indentation are for those who write: a fifth of what is sent.
///
/// Our texts over several lines are markup, in which they mean nothing either.
fn without_comments(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines().map(str::trim) {
        let opens = line.starts_with("/*");
        if !(inside || opens || line.is_empty() || line.starts_with("//")) {
            kept.push_str(line);
            kept.push('\n');
        }
        inside = (inside || opens) && !line.ends_with("*/");
    }
    kept
}

#[cfg(test)]
mod tests {
    use axum::http::header::ACCEPT_ENCODING;

    use super::*;

    #[test]
    fn comments_stay_at_home_and_code_does_not() {
        let script =
            "// What.\n\n/** Why. */\nexport const a = 1; // here\n/**\n * More:\n * b(2)\n */\n  b(\"/* no */\");\n";
        assert_eq!(without_comments(script), "export const a = 1; // here\nb(\"/* no */\");\n");
    }

    #[test]
    fn a_client_gets_the_form_it_takes() {
        let served = Served::new("a.js", "let a = 1;\n".repeat(100).as_bytes());
        let encoding = |accepted: &str| {
            let headers = [(ACCEPT_ENCODING, accepted.parse().unwrap())].into_iter().collect();
            served.answer(&headers).headers().get(CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(encoding("gzip, br").as_deref(), Some("gzip"));
        assert_eq!(encoding("identity"), None);
        assert!(served.forms[1].bytes.len() < served.forms[0].bytes.len() / 5);
    }
}
