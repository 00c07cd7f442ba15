//! Raw fields into plain values and labels: what may be text, what may be a number, and how long.

use std::borrow::Cow;

use super::json::Json;
use super::refusal::Refusal;
use super::wire::Raw;
use crate::domain::name::{BadName, Label};
use crate::domain::scrub::{hide_email_id, hide_secret_id, scrub_words};

/// The text of a JSON string.
///
/// # Errors
/// [`Refusal::BadText`] for another kind of value, [`Refusal::BadUtf8`] for a lone surrogate.
pub(super) fn text(raw: Json<'_>) -> Result<Cow<'_, str>, Refusal> {
    raw.unquoted()?.ok_or(Refusal::BadText)
}

/// The text of a JSON string, or the digits of a JSON number as they stand: shops write ids and amounts as either.
///
/// # Errors
/// As [`text`].
pub(super) fn text_or_number(raw: Json<'_>) -> Result<Cow<'_, str>, Refusal> {
    match raw.text().as_bytes() {
        [b'-' | b'0'..=b'9', ..] => Ok(Cow::Borrowed(raw.text())),
        _ => text(raw),
    }
}

/// An id or a key, as it stands: kept whole or refused. Empty is absent. For what does not reach the disk as it is.
///
/// # Errors
/// [`Refusal::ValueTooLong`], [`Refusal::ControlChar`], and those of [`text`].
pub(super) fn label(raw: Raw<'_>) -> Result<Option<Label>, Refusal> {
    let Some(raw) = raw else { return Ok(None) };
    present(Label::parse(&text_or_number(raw)?))
}

/// The name of something of the shop's, such as a touchpoint: kept whole but for what looks personal.
///
/// # Errors
/// As [`label`].
pub(super) fn name(raw: Raw<'_>) -> Result<Option<Label>, Refusal> {
    changed(label(raw)?, scrub_words)
}

/// An id that admits or names a person, such as a cart's or a customer's: what looks like a secret or an e-mail address
/// becomes a hash.
///
/// # Errors
/// As [`label`].
pub(super) fn private_id(raw: Raw<'_>) -> Result<Option<Label>, Refusal> {
    changed(label(raw)?, hide_secret_id)
}

/// An id that is no secret, such as an order's number: only an e-mail address becomes a hash.
///
/// # Errors
/// As [`label`].
pub(super) fn public_id(raw: Raw<'_>) -> Result<Option<Label>, Refusal> {
    changed(label(raw)?, hide_email_id)
}

fn changed(label: Option<Label>, change: impl Fn(&str) -> Cow<'_, str>) -> Result<Option<Label>, Refusal> {
    let Some(label) = label else { return Ok(None) };
    match change(label.as_str()) {
        Cow::Borrowed(_) => Ok(Some(label)),
        Cow::Owned(text) => present(Label::describe(&text)),
    }
}

/// Text that describes, such as an article's name: cut when too long, without what looks personal. Empty is absent.
///
/// # Errors
/// [`Refusal::ControlChar`], and those of [`text`].
pub(super) fn description(raw: Raw<'_>) -> Result<Option<Label>, Refusal> {
    let Some(raw) = raw else { return Ok(None) };
    // Scrubbed before it is cut: half an address is one no longer.
    present(Label::describe(&scrub_words(&text_or_number(raw)?)))
}

fn present(label: Result<Label, BadName>) -> Result<Option<Label>, Refusal> {
    match label {
        Ok(label) => Ok(Some(label)),
        Err(BadName::Empty) => Ok(None),
        Err(BadName::TooLong { .. }) => Err(Refusal::ValueTooLong),
        Err(BadName::Character) => Err(Refusal::ControlChar),
    }
}

/// A whole number, written as `2`, `2.0` or `"2"`.
///
/// # Errors
/// `otherwise`, when it is none.
pub(super) fn whole_number(raw: Json<'_>, otherwise: Refusal) -> Result<i64, Refusal> {
    let text = text_or_number(raw).map_err(|_| otherwise)?;
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => &text,
    };
    whole.parse().map_err(|_| otherwise)
}

#[cfg(test)]
mod tests {
    use super::super::json::value;
    use super::*;

    #[test]
    fn texts_are_unescaped_and_checked() {
        let (text, text_or_number) = (|json| text(value(json)), |json| text_or_number(value(json)));
        assert_eq!(text(r#""a""#).unwrap(), "a");
        assert_eq!(text(r#""\u017c\n""#).unwrap(), "ż\n");
        assert_eq!(text(r#""\ud83d\ude00""#).unwrap(), "😀");
        assert_eq!(text(r#""\ud800""#), Err(Refusal::BadUtf8));
        assert_eq!(text("5"), Err(Refusal::BadText));
        assert_eq!(text_or_number("1e999").unwrap(), "1e999");
        assert_eq!(text_or_number("true"), Err(Refusal::BadText));
    }

    #[test]
    fn labels_are_whole_and_descriptions_are_cut() {
        let (long, short) = (format!("\"{}\"", "ż".repeat(201)), r#"" a\tb ""#);
        let (nothing, control) = (r#""  ""#, r#""a\u0000""#);
        let label = |json: &str| label(Some(value(json)));
        let description = |json: &str| description(Some(value(json)));
        assert_eq!(label(&long), Err(Refusal::ValueTooLong));
        assert_eq!(description(&long).unwrap().unwrap().as_str(), "ż".repeat(200));
        assert_eq!(label(short), Err(Refusal::ControlChar));
        assert_eq!(description(short).unwrap().unwrap().as_str(), "a b");
        assert_eq!(label(nothing), Ok(None));
        assert_eq!(description(control), Err(Refusal::ControlChar));
        assert_eq!(label("4711").unwrap().unwrap().as_str(), "4711");
    }

    #[test]
    fn whole_numbers_are_whole() {
        let number = |json| whole_number(value(json), Refusal::BadQuantity).ok();
        assert_eq!((number("2"), number("2.00"), number("\"-2\"")), (Some(2), Some(2), Some(-2)));
        for bad in ["2.5", "\"\"", "1e9", "true", "9223372036854775808", "\"2.\""] {
            assert_eq!(whole_number(value(bad), Refusal::BadQuantity), Err(Refusal::BadQuantity), "{bad}");
        }
    }
}
