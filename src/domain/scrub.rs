//! Texts without what could name or admit a person.
//!
//! What is looked for: e-mail addresses and secrets (keys, sessions, login links), plain, escaped, or inside the address
//! of a page. Texts that describe lose the word it stands in; ids are replaced by a hash, so that they still tell
//! carts and customers apart.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::page::PageUrl;
use super::personal::{REDACTED, looks_like_email, redact_part};

/// No secret that looks like one is without so many letters, digits and hyphens in a row.
const RUN_MIN: usize = 20;
/// How an id that is a hash begins; it is left alone.
const HASHED: &str = "sha256:";

/// `text` with every word redacted that looks like an e-mail address or a secret; addresses of pages are scrubbed as
/// all are.
pub fn scrub_words(text: &str) -> Cow<'_, str> {
    if !is_suspicious(text) {
        return text.into();
    }
    let mut scrubbed = String::new();
    let mut kept = 0;
    let mut start = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if let Cow::Owned(instead) = scrub_word(word) {
            scrubbed.push_str(&text[kept..start]);
            scrubbed.push_str(&instead);
            kept = start + word.len();
        }
        start += piece.len();
    }
    if kept == 0 {
        return text.into();
    }
    scrubbed.push_str(&text[kept..]);
    scrubbed.into()
}

/// One look at each byte, since nearly all texts are harmless and every event has several.
fn is_suspicious(text: &str) -> bool {
    let (mut run, bytes) = (0, text.as_bytes());
    bytes.iter().enumerate().any(|(at, byte)| {
        run = if byte.is_ascii_alphanumeric() || *byte == b'-' { run + 1 } else { 0 };
        RUN_MIN <= run
            || match byte {
                b'@' | b'%' => true,
                b':' => bytes[at..].starts_with(b"://"),
                b'J' => bytes[..at].ends_with(b"ey"),
                _ => false,
            }
    })
}

/// Borrowed only when nothing is changed.
fn scrub_word(word: &str) -> Cow<'_, str> {
    let Some(at) = page_in(word) else {
        return if is_personal(word) { REDACTED.to_owned().into() } else { word.into() };
    };
    let (before, address) = word.split_at(at);
    let page = PageUrl::parse(address);
    let page = page.as_ref().map_or(REDACTED, PageUrl::as_str);
    if page == address && !is_personal(before) {
        return word.into();
    }
    format!("{}{page}", redact_part(before)).into()
}

/// Where the address of a page begins.
fn page_in(word: &str) -> Option<usize> {
    let scheme = word.find("://")?;
    ["https", "http"].into_iter().find_map(|name| {
        let start = scheme.checked_sub(name.len())?;
        word.get(start..scheme)?.eq_ignore_ascii_case(name).then_some(start)
    })
}

/// An id that is an e-mail address, or could be a secret, becomes its hash.
pub fn hide_secret_id(id: &str) -> Cow<'_, str> {
    if id.starts_with(HASHED) || !is_personal(id) { id.into() } else { hashed(id).into() }
}

/// An id that is an e-mail address becomes its hash. For ids that everybody may know, such as an order's number.
pub fn hide_email_id(id: &str) -> Cow<'_, str> {
    // The escaped are looked at as a whole, and so is what can only be a signed token.
    let email = looks_like_email(id) || id.starts_with("eyJ") || (id.contains('%') && is_personal(id));
    if email { hashed(id).into() } else { id.into() }
}

fn is_personal(text: &str) -> bool {
    redact_part(text) != text
}

/// The same for every way to write the capitals of an address.
fn hashed(id: &str) -> String {
    let hash = Sha256::digest(id.to_lowercase());
    hash.iter().fold(HASHED.to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(scrub_words(text), expected, "{text}");
    }

    #[test]
    fn words_about_people_are_left_out() {
        check("a cap", "a cap");
        check("żółta czapka, rozmiar 58, 100% bawełna", "żółta czapka, rozmiar 58, 100% bawełna");
        check("write to Ann@B.example, please", "write to [redacted] please");
        check("ann%40b.example\tann%2540b.example", "[redacted]\t[redacted]");
        check("key Zx81kPqLm3TtR9vWy2Ab", "key [redacted]");
        check("HTTPS://shop.example/?token=x&q=cap", "https://shop.example/?q=cap");
        check("next=https://ann:pw@shop.example/a#t back", "next=https://shop.example/a back");
        check("see https://shop.example/hats now", "see https://shop.example/hats now");
        check("[redacted] https://", "[redacted] [redacted]");
        check("ratio 16:9 at 10:30", "ratio 16:9 at 10:30");
    }

    #[test]
    fn ids_stay_apart_without_saying_whose_they_are() {
        let mail = hide_secret_id("Ann@B.example").into_owned();
        assert_eq!(mail, hide_secret_id("ann@b.example"));
        assert!(mail.starts_with("sha256:") && mail.len() == 71, "{mail}");
        assert_eq!(hide_secret_id(&mail), mail);
        assert_eq!(hide_secret_id("4711"), "4711");
        assert_ne!(hide_secret_id("Zx81kPqLm3TtR9vWy2Ab"), "Zx81kPqLm3TtR9vWy2Ab");
        assert_eq!(hide_email_id("67e55044-10b1-426f-9247-bb680e5fe0c8"), "67e55044-10b1-426f-9247-bb680e5fe0c8");
        assert!(hide_email_id("ann%40b.example").starts_with("sha256:"));
        assert!(hide_email_id("eyJhbGciOiJIUzI1NiJ9.e30.x").starts_with("sha256:"));
    }
}
