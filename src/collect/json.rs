//! JSON texts: whether they are valid, how deep they nest, and where their values lie.
//!
//! A body is judged once; what it consists of is then found by brackets, quotes and commas alone. serde_json is the
//! judge of everything unusual; what bodies mostly look like is recognised in one quick pass.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::refusal::Refusal;

/// The deepest an event may nest, counted from its own object.
pub(super) const EVENT_DEPTH_MAX: usize = 16;
/// The deepest a body may nest. What lies between this and [`EVENT_DEPTH_MAX`] is one event's fault alone.
pub(super) const BODY_DEPTH_MAX: usize = 256;

/// The depth of `json`, if it is clearly one valid object no deeper than [`BODY_DEPTH_MAX`].
///
/// `None` says nothing: the text may be wrong, or have line breaks or exponents, which are left to [`depth`] and
/// [`check_object`].
pub(super) fn depth_if_plain(json: &str) -> Option<usize> {
    let bytes = json.as_bytes();
    if !json.starts_with('{') || bytes.iter().fold(false, |found, byte| found | (*byte < b' ')) {
        return None;
    }
    // The brackets that are to come.
    let mut open = Vec::with_capacity(EVENT_DEPTH_MAX);
    let (mut at, mut deepest) = (0, 0);
    loop {
        at = spaces_end(bytes, at);
        let opens = *bytes.get(at)?;
        at = match opens {
            b'{' | b'[' => spaces_end(bytes, at + 1),
            _ => plain_value_end(bytes, at)?,
        };
        if let b'{' | b'[' = opens {
            // In ASCII a closing bracket is the second after the opening one.
            open.push(opens + 2);
            deepest = deepest.max(open.len());
            if BODY_DEPTH_MAX < deepest {
                return None;
            }
            match *bytes.get(at)? {
                byte if byte == opens + 2 => {}
                b'"' if opens == b'{' => {
                    at = plain_name_end(bytes, at)?;
                    continue;
                }
                _ if opens == b'[' => continue,
                _ => return None,
            }
        }
        // Behind a value, or at the bracket that ends an empty one.
        loop {
            at = spaces_end(bytes, at);
            let Some(&closing) = open.last() else { return (at == bytes.len()).then_some(deepest) };
            match *bytes.get(at)? {
                byte if byte == closing => {
                    open.pop();
                    at += 1;
                }
                b',' if closing == b'}' => {
                    at = plain_name_end(bytes, spaces_end(bytes, at + 1))?;
                    break;
                }
                b',' => {
                    at += 1;
                    break;
                }
                _ => return None,
            }
        }
    }
}

fn spaces_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Behind the field's name at `start`, and its colon.
fn plain_name_end(bytes: &[u8], start: usize) -> Option<usize> {
    let end = (bytes.get(start) == Some(&b'"')).then(|| plain_string_end(bytes, start))??;
    let colon = spaces_end(bytes, end);
    (bytes.get(colon) == Some(&b':')).then_some(colon + 1)
}

/// Behind the text, number or word at `start`.
fn plain_value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let word = |word: &[u8]| bytes[start..].starts_with(word).then_some(start + word.len());
    match bytes[start] {
        b'"' => plain_string_end(bytes, start),
        b'-' | b'0'..=b'9' => plain_number_end(bytes, start),
        b't' => word(b"true"),
        b'f' => word(b"false"),
        b'n' => word(b"null"),
        _ => None,
    }
}

/// Behind the string at `start`, which holds no control characters.
fn plain_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(at..)? {
            [b'"', ..] => return Some(at + 1),
            [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => at += 2,
            [_, b'u', digits @ ..] if digits.get(..4)?.iter().all(u8::is_ascii_hexdigit) => at += 6,
            _ => return None,
        }
    }
}

/// Behind the number at `start`, which has no exponent.
fn plain_number_end(bytes: &[u8], start: usize) -> Option<usize> {
    let digits = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let first = start + usize::from(bytes[start] == b'-');
    let whole = digits(first);
    let end = first + whole;
    match bytes.get(end) {
        _ if whole == 0 || 1 < whole && bytes[first] == b'0' => None,
        Some(b'.') => match digits(end + 1) {
            0 => None,
            decimals => Some(end + 1 + decimals),
        },
        _ => Some(end),
    }
}

/// Whether `json` is one object, and valid throughout.
///
/// # Errors
/// [`Refusal::NotAnEvent`] for another kind of value, [`Refusal::BadJson`] for text that is no JSON.
pub(super) fn check_object(json: &str) -> Result<(), Refusal> {
    let checked = if json.starts_with('{') {
        serde_json::from_str::<IgnoredAny>(json).map(|_| ())
    } else {
        serde_json::from_str::<BTreeMap<String, IgnoredAny>>(json).map(|_| ())
    };
    checked.map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Refusal::NotAnEvent,
        _ => Refusal::BadJson,
    })
}

/// Names and values of an object, as JSON texts; `None` for another kind of value. `json` must be valid.
pub(super) fn fields(json: &str) -> Option<impl Iterator<Item = (&str, &str)>> {
    let mut values = json.starts_with('{').then_some(Values { json, at: 1 })?;
    Some(std::iter::from_fn(move || values.next().zip(values.next())))
}

/// The elements of a list, as JSON texts; `None` for another kind of value. `json` must be valid.
pub(super) fn elements(json: &str) -> Option<impl Iterator<Item = &str>> {
    json.starts_with('[').then_some(Values { json, at: 1 })
}

/// The name of a field without quotes and escapes. `json` must be a valid string.
///
/// # Errors
/// [`Refusal::BadUtf8`] for a lone surrogate.
pub(super) fn unquoted(json: &str) -> Result<Cow<'_, str>, Refusal> {
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if !inner.as_bytes().contains(&b'\\') => Ok(Cow::Borrowed(inner)),
        _ => serde_json::from_str(json).map(Cow::Owned).map_err(|_| Refusal::BadUtf8),
    }
}

/// What lies directly in a list or an object.
struct Values<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.json.as_bytes();
        while matches!(bytes.get(self.at)?, b',' | b':' | b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        let start = self.at;
        self.at = match bytes[start] {
            b'}' | b']' => return None,
            b'"' => string_end(bytes, start),
            b'{' | b'[' => nested_end(bytes, start),
            _ => plain_end(bytes, start),
        };
        self.json.get(start..self.at)
    }
}

/// Behind the quote that ends the string at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        match bytes[at] {
            b'"' => return at + 1,
            _ => at += 2,
        }
    }
    bytes.len()
}

/// Behind the bracket that ends the list or object at `start`.
fn nested_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Behind the number or word at `start`.
fn plain_end(bytes: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    bytes[start..].iter().position(ends).map_or(bytes.len(), |length| start + length)
}

/// The depth of the deepest list or object of `json`, which need not be valid JSON.
///
/// # Errors
/// [`Refusal::TooDeep`] beyond `depth_max`; [`Refusal::ControlChar`] for a raw control character inside a string,
/// which JSON forbids.
pub(super) fn depth(json: &[u8], depth_max: usize) -> Result<usize, Refusal> {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(byte) = json.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
                if depth_max < depth {
                    return Err(Refusal::TooDeep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = string_end(json, at - 1);
                if json[at..end].iter().any(|byte| *byte < b' ') {
                    return Err(Refusal::ControlChar);
                }
                at = end;
            }
            _ => {}
        }
    }
    Ok(deepest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn brackets_count_outside_of_strings_only() {
        assert_eq!(depth(b"5", 1), Ok(0));
        assert_eq!(depth(br#"{"a":[1,{"b":2}],"c":[]}"#, 3), Ok(3));
        assert_eq!(depth(br#"{"a":"[[[[\"[[["}"#, 1), Ok(1));
        assert_eq!(depth(br#"{"a":"\\"}"#, 1), Ok(1));
        assert_eq!(depth("[".repeat(10_000).as_bytes(), 256), Err(Refusal::TooDeep));
        assert_eq!(depth(b"]]]]{", 1), Ok(1));
        assert_eq!(depth(b"\"\\", 1), Ok(0));
        assert_eq!(depth(b"\"a\x01\"", 1), Err(Refusal::ControlChar));
        assert_eq!(depth(b"{\n\t\"a\": 1}", 1), Ok(1));
    }

    #[test]
    fn what_is_no_object_is_told_from_what_is_no_json() {
        for json in ["null", "[]", "5", "\"x\"", "[1,2"] {
            assert_eq!(check_object(json), Err(Refusal::NotAnEvent), "{json}");
        }
        for json in ["", "{", r#"{"name":"a"} x"#, r#"{"name":tru}"#, r#"{"a":1,}"#, r#"{"a":"\x"}"#, "nonsense"] {
            assert_eq!(check_object(json), Err(Refusal::BadJson), "{json}");
        }
        assert_eq!(check_object(r#"{"a":[1e999,"\ud800"]} "#), Ok(()));
    }

    /// Any JSON text, with white space wherever it may stand.
    fn json_text() -> impl Strategy<Value = String> {
        let space = "[ \n\r\t]{0,2}";
        let string = r#""([^\x00-\x1f"\\]|\\["\\/bfnrt]|\\u00[0-9a-f]{2}){0,8}""#;
        let leaf =
            prop_oneof![Just("null".to_owned()), Just("true".to_owned()), "-?[1-9][0-9]{0,4}(\\.[0-9]{1,3})?", string];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            let spaced = (space, inner, space).prop_map(|(before, json, after)| format!("{before}{json}{after}"));
            let field =
                (space, string, space, spaced.clone()).prop_map(|(a, name, b, json)| format!("{a}{name}{b}:{json}"));
            prop_oneof![
                prop::collection::vec(spaced, 0..4).prop_map(|list| format!("[{}]", list.join(","))),
                prop::collection::vec(field, 0..4).prop_map(|fields| format!("{{{}}}", fields.join(","))),
            ]
        })
    }

    /// Puts the value together again from what `fields` and `elements` find.
    fn rebuilt(json: &str) -> Value {
        if let Some(fields) = fields(json) {
            Value::Object(fields.map(|(name, json)| (unquoted(name).unwrap().into_owned(), rebuilt(json))).collect())
        } else if let Some(elements) = elements(json) {
            Value::Array(elements.map(rebuilt).collect())
        } else {
            serde_json::from_str(json).unwrap()
        }
    }

    /// Texts that are nearly JSON.
    fn nearly_json() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just(","),
            Just(":"),
            Just(" "),
            Just("\n"),
            Just("\"a\""),
            Just("\"a\":"),
            Just("1"),
            Just("0"),
            Just("-"),
            Just("."),
            Just("5.0"),
            Just("1e5"),
            Just("true"),
            Just("nul"),
            Just("null"),
            Just("\""),
            Just("\\"),
            Just("\\u"),
            Just("00e9"),
            Just("\\n"),
            Just("é"),
            Just("\u{1}"),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn what_bodies_look_like_is_plain() {
        assert_eq!(depth_if_plain(r#"{"a":[1,-2.50,{"b":"x\"\u00e9 [{","c":[ ] ,"d":{}}], "e" : true }"#), Some(4));
        for json in
            ["[]", "{", r#"{"a":1} x"#, r#"{"a":01}"#, r#"{"a":1.}"#, r#"{"a"}"#, r#"{"a":1,}"#, r#"{"a":"\x"}"#]
        {
            assert_eq!(depth_if_plain(json), None, "{json}");
        }
        assert_eq!(depth_if_plain(&format!(r#"{{"a":{}{}}}"#, "[".repeat(256), "]".repeat(256))), None);
    }

    proptest! {
        #[test]
        fn values_lie_where_serde_json_finds_them(json in json_text()) {
            prop_assert_eq!(rebuilt(&json), serde_json::from_str::<Value>(&json).unwrap());
            prop_assert_eq!(depth_if_plain(&json).is_some(), json.starts_with('{') && !json.contains(['\n', '\r', '\t']));
        }

        #[test]
        fn what_is_plain_is_valid_and_as_deep(tail in nearly_json(), json in json_text()) {
            for json in [format!("{{\"a\":{tail}"), format!("{{\"a\":{json}}}{tail}"), json] {
                if let Some(plain) = depth_if_plain(&json) {
                    prop_assert_eq!(depth(json.as_bytes(), BODY_DEPTH_MAX), Ok(plain), "{}", json);
                    prop_assert_eq!(check_object(&json), Ok(()), "{}", json);
                }
            }
        }

        #[test]
        fn no_text_makes_it_panic(json in r#"[\[{]([\[\]{}:,"\\a1 ż]|\\u){0,40}"#) {
            depth(json.as_bytes(), BODY_DEPTH_MAX).ok();
            depth_if_plain(&json);
            fields(&json).into_iter().flatten().for_each(drop);
            elements(&json).into_iter().flatten().for_each(drop);
        }
    }
}
