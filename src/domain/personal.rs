//! What could name or admit a person: e-mail addresses and secrets, escaped or not.

use std::borrow::Cow;

/// What stands where something about a person stood.
pub const REDACTED: &str = "[redacted]";

/// `part` of an address, or [`REDACTED`] when it looks like an e-mail address or a secret, escaped or not.
pub fn redact_part(part: &str) -> Cow<'_, str> {
    if !part.contains('%') {
        return if looks_personal(part) { REDACTED.into() } else { part.into() };
    }
    // As it stands, since that is what is kept; and links are often escaped twice on their way through a newsletter.
    let mut plain = part.to_owned();
    for _ in 0..4 {
        if looks_personal(&plain) {
            return REDACTED.into();
        }
        plain = percent_decoded(&plain);
    }
    part.into()
}

/// Whether `text` looks like an e-mail address or a secret.
pub fn looks_personal(text: &str) -> bool {
    looks_like_email(text) || looks_like_token(text)
}

/// Whether `text` holds something like `a@b.c`.
pub fn looks_like_email(text: &str) -> bool {
    let ends_name = |c: char| !c.is_whitespace() && !"/,;:<>()\"".contains(c);
    text.match_indices('@').any(|(at, _)| {
        let after = &text[at + 1..];
        let domain =
            after.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).map_or(after, |end| &after[..end]);
        text[..at].chars().next_back().is_some_and(ends_name)
            && domain.trim_end_matches('.').find('.').is_some_and(|dot| 0 < dot)
    })
}

/// Whether `text` looks like a key, a session or a login link: long and without words.
///
/// Names of articles (`nike-air-max-270-react-2020`) do not: their runs of letters and digits are short.
fn looks_like_token(text: &str) -> bool {
    const RUN_MIXED_MIN: usize = 20;
    const RUN_LOWER_MIN: usize = 24;
    const CHANGES_MIN: usize = 6;
    const HEX_MIN: usize = 32;
    if text.len() < RUN_MIXED_MIN {
        return false;
    }
    let mut hex = text.bytes().filter(|&byte| byte != b'-');
    if text.starts_with("eyJ") || (HEX_MIN <= hex.clone().count() && hex.all(|byte| byte.is_ascii_hexdigit())) {
        return true;
    }
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        let has = |wanted: fn(&u8) -> bool| run.as_bytes().iter().any(wanted);
        let changes = run.as_bytes().windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit());
        let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
        (RUN_MIXED_MIN <= run.len() && mixed) || (RUN_LOWER_MIN <= run.len() && CHANGES_MIN <= changes.count())
    })
}

/// Query text with its escapes undone; bytes that are not UTF-8 become `U+FFFD`.
pub(super) fn percent_decoded(text: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let escaped = match (byte, after) {
            (b'%', [high, low, after @ ..]) => {
                digit(*high).zip(digit(*low)).map(|(high, low)| (high << 4 | low, after))
            }
            _ => None,
        };
        match escaped {
            Some((escaped, after)) => {
                bytes.push(escaped);
                rest = after;
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
