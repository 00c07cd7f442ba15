//! Values on a [`Tape`]: what kind they are, and what they hold.

use std::borrow::Cow;

use super::refusal::Refusal;
use super::tape::{Span, Tape, depth};

/// A value on a tape, or the name of a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json<'a> {
    tape: &'a Tape<'a>,
    at: u32,
}

impl<'a> Json<'a> {
    /// The whole text.
    pub(super) fn root(tape: &'a Tape<'a>) -> Self {
        Self { tape, at: 0 }
    }

    fn span(self) -> &'a Span {
        &self.tape.spans[self.at as usize]
    }

    /// As it was written.
    pub(super) fn text(self) -> &'a str {
        let span = self.span();
        &self.tape.text[span.start as usize..span.end as usize]
    }

    /// The text of a string, without quotes and escapes; `None` for another kind of value.
    ///
    /// # Errors
    /// [`Refusal::BadUtf8`] for a lone surrogate.
    pub(super) fn unquoted(self) -> Result<Option<Cow<'a, str>>, Refusal> {
        let Some(inner) = self.text().strip_prefix('"') else { return Ok(None) };
        if self.span().escaped {
            return serde_json::from_str(self.text()).map(|text| Some(Cow::Owned(text))).map_err(|_| Refusal::BadUtf8);
        }
        Ok(inner.strip_suffix('"').map(Cow::Borrowed))
    }

    /// Names and values of an object; `None` for another kind of value.
    pub(super) fn fields(self) -> Option<impl Iterator<Item = (Json<'a>, Json<'a>)>> {
        let mut values = self.text().starts_with('{').then(|| self.values())?;
        Some(std::iter::from_fn(move || values.next().zip(values.next())))
    }

    /// The elements of a list; `None` for another kind of value.
    pub(super) fn elements(self) -> Option<impl Iterator<Item = Json<'a>>> {
        self.text().starts_with('[').then(|| self.values())
    }

    /// What lies directly in a list or an object.
    fn values(self) -> impl Iterator<Item = Json<'a>> {
        let (end, mut at) = (self.span().next, self.at + 1);
        std::iter::from_fn(move || {
            let value = (at < end).then_some(Json { tape: self.tape, at })?;
            at = value.span().next;
            Some(value)
        })
    }

    /// # Errors
    /// [`Refusal::TooDeep`], when it nests deeper than `depth_max`.
    pub(super) fn check_depth(self, depth_max: usize) -> Result<(), Refusal> {
        // Nothing in it is deeper than the whole.
        if self.tape.depth <= depth_max { Ok(()) } else { depth(self.text().as_bytes(), depth_max).map(|_| ()) }
    }
}

/// A value that lives as long as the tests do.
#[cfg(test)]
pub(super) fn json(text: &str) -> Json<'static> {
    let tape = Tape::read(Box::leak(Box::<str>::from(text))).expect("a test's JSON is valid");
    Json::root(Box::leak(Box::new(tape)))
}

/// A value that is no object, likewise.
#[cfg(test)]
pub(super) fn value(text: &str) -> Json<'static> {
    let (_, value) = json(&format!("{{\"\":{text}}}")).fields().and_then(|mut fields| fields.next()).expect("a field");
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;
    use serde_json::Value;

    use super::super::tape::BODY_DEPTH_MAX;
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
        let fault = |json: &str| Tape::read(json).map(|_| ());
        for json in ["null", "[]", "5", "\"x\"", "[1,2"] {
            assert_eq!(fault(json), Err(Refusal::NotAnEvent), "{json}");
        }
        for json in ["", "{", r#"{"name":"a"} x"#, r#"{"name":tru}"#, r#"{"a":1,}"#, r#"{"a":"\x"}"#, "nonsense"] {
            assert_eq!(fault(json), Err(Refusal::BadJson), "{json}");
        }
        for json in [r#"{"a":01}"#, r#"{"a":1.}"#, r#"{"a":.5}"#, r#"{"a":1e}"#, r#"{"a"}"#, r#"{"a":]}"#, r#"{"a":[}"#]
        {
            assert_eq!(fault(json), Err(Refusal::BadJson), "{json}");
        }
        assert_eq!(fault("{\"a\":\"\u{1}\"}"), Err(Refusal::ControlChar));
        assert_eq!(fault(r#"{"a":[1e999,-0.5E+3,"\ud800"]} "#), Ok(()));
        let nested = |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert_eq!(fault(&nested(BODY_DEPTH_MAX)), Ok(()));
        assert_eq!(fault(&nested(BODY_DEPTH_MAX + 1)), Err(Refusal::TooDeep));
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

    /// Puts the value together again from what the tape says.
    fn rebuilt(json: Json<'_>) -> Value {
        if let Some(fields) = json.fields() {
            let name = |name: Json<'_>| name.unquoted().unwrap().unwrap().into_owned();
            Value::Object(fields.map(|(field, value)| (name(field), rebuilt(value))).collect())
        } else if let Some(elements) = json.elements() {
            Value::Array(elements.map(rebuilt).collect())
        } else {
            serde_json::from_str(json.text()).unwrap()
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
    fn a_nested_value_has_a_depth_of_its_own() {
        let outer = json(r#"{"a":[[[1]]],"b":{"c":[]}}"#);
        let (_, inner) = outer.fields().unwrap().nth(1).unwrap();
        assert_eq!((outer.tape.depth, inner.text()), (4, r#"{"c":[]}"#));
        assert_eq!((outer.check_depth(4), outer.check_depth(3)), (Ok(()), Err(Refusal::TooDeep)));
        assert_eq!((inner.check_depth(2), inner.check_depth(1)), (Ok(()), Err(Refusal::TooDeep)));
    }

    proptest! {
        #[test]
        fn values_lie_where_serde_json_finds_them(json in json_text()) {
            let json = format!("{{\"a\":{json}}}");
            let tape = Tape::read(&json).unwrap();
            prop_assert_eq!(rebuilt(Json::root(&tape)), serde_json::from_str::<Value>(&json).unwrap());
            prop_assert_eq!(Ok(tape.depth), depth(json.as_bytes(), BODY_DEPTH_MAX));
        }

        #[test]
        fn what_serde_json_takes_is_taken_and_nothing_else(tail in nearly_json(), json in json_text()) {
            for json in [format!("{{\"a\":{tail}"), format!("{{{tail}}}"), format!("{{\"a\":{json}}}{tail}"), json] {
                let valid = json.starts_with('{') && serde_json::from_str::<IgnoredAny>(&json).is_ok();
                prop_assert_eq!(Tape::read(&json).is_ok(), valid, "{}", json);
            }
        }

        #[test]
        fn no_text_makes_it_panic(json in r#"[\[{]([\[\]{}:,"\\a1 ż]|\\u){0,40}"#) {
            depth(json.as_bytes(), BODY_DEPTH_MAX).ok();
            Tape::read(&json).ok();
        }
    }
}
