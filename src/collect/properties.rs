//! The sender's own properties, as one canonical JSON object: sorted, without nulls, scrubbed and bounded.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::json::Json;
use super::read;
use super::refusal::Refusal;
use crate::domain::scrub::scrub_words;

const PROPERTIES_MAX: usize = 64;
const NAME_CHARS_MAX: usize = 64;
const VALUE_CHARS_MAX: usize = 1_024;
/// How deep lists and objects may lie inside a property.
const DEPTH_MAX: usize = 4;
const BYTES_MAX: usize = 8 * 1_024;

/// The text to store for `raw`, but for the fields `without`; `None` when nothing is left to say.
///
/// # Errors
/// One of the refusals about properties, numbers and texts.
pub(super) fn parse_properties(raw: Json<'_>, without: &[&str]) -> Result<Option<String>, Refusal> {
    let mut fields = BTreeMap::new();
    for (name, value) in raw.fields().ok_or(Refusal::BadProperties)? {
        let name = read::text(name)?;
        if without.contains(&name.as_ref()) {
            continue;
        }
        if fields.len() == PROPERTIES_MAX {
            return Err(Refusal::TooManyProperties);
        }
        // Of a field that is written twice the last counts.
        fields.insert(name, value);
    }
    let (mut object, mut hidden) = (String::new(), Vec::new());
    for (name, value) in &fields {
        check_name(name)?;
        if value.text() == "null" {
            continue;
        }
        let name = scrub_words(name);
        if matches!(name, Cow::Owned(_)) {
            // Two names may come to the same; an object has each name once.
            if hidden.contains(&name) {
                continue;
            }
            hidden.push(name.clone());
        }
        object.push(if object.is_empty() { '{' } else { ',' });
        push_text(&mut object, &name);
        object.push(':');
        push_value(&mut object, *value)?;
        if BYTES_MAX <= object.len() {
            return Err(Refusal::PropertiesTooLong);
        }
    }
    if object.is_empty() {
        return Ok(None);
    }
    object.push('}');
    Ok(Some(object))
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if name.chars().any(char::is_control) {
        return Err(Refusal::ControlChar);
    }
    let chars = name.chars().take(NAME_CHARS_MAX + 1).count();
    if (1..=NAME_CHARS_MAX).contains(&chars) { Ok(()) } else { Err(Refusal::BadProperties) }
}

fn push_value(object: &mut String, value: Json<'_>) -> Result<(), Refusal> {
    let json = value.text();
    match json.as_bytes()[0] {
        b'"' => push_text(object, &scrub(&read::text(value)?)?),
        b't' | b'f' => object.push_str(json),
        b'{' | b'[' => {
            value.check_depth(DEPTH_MAX)?;
            let mut value = serde_json::from_str(json).map_err(|error| {
                if error.to_string().contains("number") { Refusal::BadNumber } else { Refusal::BadUtf8 }
            })?;
            scrub_nested(&mut value)?;
            object.push_str(&value.to_string());
        }
        _ => object.push_str(number(json)?),
    }
    Ok(())
}

/// Numbers stay as they were written, so that none is rounded.
fn number(json: &str) -> Result<&str, Refusal> {
    const CHARS_MAX: usize = 40;
    let finite = json.len() <= CHARS_MAX && json.parse().is_ok_and(f64::is_finite);
    if finite { Ok(json) } else { Err(Refusal::BadNumber) }
}

fn push_text(object: &mut String, text: &str) {
    object.push_str(&serde_json::to_string(text).expect("text always becomes JSON"));
}

fn scrub_nested(value: &mut Value) -> Result<(), Refusal> {
    match value {
        Value::String(text) => {
            if let Cow::Owned(scrubbed) = scrub(text)? {
                *text = scrubbed;
            }
        }
        Value::Array(values) => values.iter_mut().try_for_each(scrub_nested)?,
        Value::Object(values) => {
            values.keys().try_for_each(|name| check_name(name))?;
            values.values_mut().try_for_each(scrub_nested)?;
            if values.keys().any(|name| matches!(scrub_words(name), Cow::Owned(_))) {
                *values = std::mem::take(values)
                    .into_iter()
                    .map(|(name, value)| (scrub_words(&name).into_owned(), value))
                    .collect();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// `text` without what looks personal.
fn scrub(text: &str) -> Result<Cow<'_, str>, Refusal> {
    if VALUE_CHARS_MAX < text.len() && text.chars().nth(VALUE_CHARS_MAX).is_some() {
        return Err(Refusal::ValueTooLong);
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(Refusal::ControlChar);
    }
    Ok(scrub_words(text))
}

#[cfg(test)]
mod tests {
    use super::super::json::value;
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: Result<Option<&str>, Refusal>) {
        assert_eq!(
            parse_properties(value(json), &["cart_id"]).as_ref().map(Option::as_deref),
            expected.as_ref().copied(),
            "{json:.100}"
        );
    }

    #[test]
    fn properties_become_one_canonical_object() {
        check(r#"{ "b" : 1.50, "a":"x\u007a", "c":null, "d":true }"#, Ok(Some(r#"{"a":"xz","b":1.50,"d":true}"#)));
        check(r#"{"a":1,"a":2}"#, Ok(Some(r#"{"a":2}"#)));
        check(r#"{"a":{"z":[1, 2],"y":null}}"#, Ok(Some(r#"{"a":{"y":null,"z":[1,2]}}"#)));
        check(r#"{"\u202e😀":"<script>\t"}"#, Ok(Some("{\"\u{202e}😀\":\"<script>\\t\"}")));
        check(r#"{"cart_id":"c","a":1}"#, Ok(Some(r#"{"a":1}"#)));
        check("{}", Ok(None));
        check(r#"{"a":null}"#, Ok(None));
    }

    #[test]
    fn people_are_left_out() {
        check(r#"{"a":"write to ann@b.example, please"}"#, Ok(Some(r#"{"a":"write to [redacted] please"}"#)));
        check(r#"{"a":["ann@b.example"]}"#, Ok(Some(r#"{"a":["[redacted]"]}"#)));
        check(r#"{"a":"https://s.example/?token=x"}"#, Ok(Some(r#"{"a":"https://s.example/"}"#)));
        check(r#"{"ann@b.example":1,"a":{"eve@b.example":2}}"#, Ok(Some(r#"{"a":{"[redacted]":2},"[redacted]":1}"#)));
        check(r#"{"a":"ann%40b.example Zx81kPqLm3TtR9vWy2Ab"}"#, Ok(Some(r#"{"a":"[redacted] [redacted]"}"#)));
    }

    #[test]
    fn everything_has_a_limit() {
        let long = |chars: usize| format!(r#"{{"a":"{}"}}"#, "ż".repeat(chars));
        check(&long(1_024), Ok(Some(&long(1_024))));
        check(&long(1_025), Err(Refusal::ValueTooLong));
        let many = |count: usize| {
            let fields: Vec<_> = (0..count).map(|number| format!(r#""k{number:05}":1"#)).collect();
            format!("{{{}}}", fields.join(","))
        };
        check(&many(64), Ok(Some(&many(64))));
        check(&many(65), Err(Refusal::TooManyProperties));
        check(&many(10_000), Err(Refusal::TooManyProperties));
        let wide: Vec<_> = (0..9).map(|number| format!(r#""{number}":"{}""#, "x".repeat(1_000))).collect();
        check(&format!("{{{}}}", wide.join(",")), Err(Refusal::PropertiesTooLong));
        check(&format!(r#"{{"{}":1}}"#, "k".repeat(65)), Err(Refusal::BadProperties));
        check(r#"{"":1}"#, Err(Refusal::BadProperties));
        check(r#"{"a":[[[[1]]]]}"#, Ok(Some(r#"{"a":[[[[1]]]]}"#)));
        check(r#"{"a":[[[[[1]]]]]}"#, Err(Refusal::TooDeep));
    }

    #[test]
    fn what_is_no_property_is_refused() {
        check("[]", Err(Refusal::BadProperties));
        check(r#"{"a":1e999}"#, Err(Refusal::BadNumber));
        check(r#"{"a":[1e999]}"#, Err(Refusal::BadNumber));
        check(r#"{"a":"\u0000"}"#, Err(Refusal::ControlChar));
        check(r#"{"a\u0000":1}"#, Err(Refusal::ControlChar));
        check(r#"{"a":"\ud800"}"#, Err(Refusal::BadUtf8));
        check(r#"{"a":["\ud800"]}"#, Err(Refusal::BadUtf8));
        check(r#"{"\ud800":1}"#, Err(Refusal::BadUtf8));
    }
}
