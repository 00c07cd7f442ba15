//! The JSON objects that senders write, borrowed from the body. Fields are raw: `read.rs` says what they must be.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::described;
use super::refusal::Refusal;

/// A field's JSON text; `None` when it is absent or `null`.
pub(super) type Raw<'a> = Option<&'a RawValue>;

/// Declares a JSON object: its fields, and fields known to senders that Styk has no use for. Of a field that is
/// written twice the last counts, as browsers have it; unknown fields are counted and skipped.
macro_rules! wire_object {
    ($(#[$doc:meta])* $name:ident { $($field:ident),* } skips { $($skipped:literal),* }) => {
        $(#[$doc])*
        #[derive(Clone, Default)]
        pub(super) struct $name<'a> {
            $(pub(super) $field: Raw<'a>,)*
            /// How many fields nobody knows.
            pub(super) unknown_fields: u32,
        }

        impl JsonSchema for $name<'_> {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                described::object(&[$(stringify!($field)),*], generator)
            }
        }

        impl<'a> $name<'a> {
            fn read<A: MapAccess<'a>>(mut map: A) -> Result<Self, A::Error> {
                let mut object = Self::default();
                while let Some(Key(key)) = map.next_key()? {
                    match key.as_ref() {
                        $(stringify!($field) => object.$field = map.next_value()?,)*
                        $($skipped => drop(map.next_value::<IgnoredAny>()?),)*
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            object.unknown_fields += 1;
                        }
                    }
                }
                Ok(object)
            }
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;
                impl<'de> Visitor<'de> for Object {
                    type Value = $name<'de>;
                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        formatter.write_str("an object")
                    }
                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                        $name::read(map)
                    }
                }
                deserializer.deserialize_map(Object)
            }
        }
    };
}

wire_object! {
    /// A batch, an event, or an event that is its own batch: one set of fields, because every event may carry any
    /// of the batch's fields itself.
    WireObject {
        site, sent_at, visitor, customer, consent, context, currency, campaign, ip, user_agent, country,
        url, referrer, language,
        events,
        id, name, occurred_at, age_ms, sequence, touchpoint, channel, cart_id, transaction_id, value, items, properties
    } skips { "session", "title", "screen" }
}

wire_object! {
    /// `context`: the page that all events of a batch share.
    WireContext { url, referrer, language } skips { "title", "screen" }
}

wire_object! {
    /// `campaign`, for senders that know it better than the page's address.
    WireCampaign { source, medium, name, term, content } skips {}
}

wire_object! {
    /// One of `items`, in GA4's words.
    WireItem {
        item_id, item_name, item_category, item_brand, item_variant, price, currency, quantity
    } skips { "discount", "index", "coupon" }
}

/// A field's name; escapes in it make a copy.
pub(super) struct Key<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a field's name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// Reads one object, or a list, from `json`.
///
/// # Errors
/// [`Refusal::NotAnEvent`] for another kind of value, [`Refusal::BadUtf8`] for a lone surrogate in a field's name,
/// [`Refusal::BadJson`] for text that is no JSON.
pub(super) fn read_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(json).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Refusal::NotAnEvent,
        _ if error.to_string().contains("hex escape") => Refusal::BadUtf8,
        _ => Refusal::BadJson,
    })
}

/// The first `MAX` elements of a list.
pub(super) struct List<'a, const MAX: usize> {
    pub(super) first: Vec<&'a RawValue>,
    /// How many elements the list has.
    pub(super) length: usize,
}

impl<'de, const MAX: usize> Deserialize<'de> for List<'de, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<const MAX: usize>;
        impl<'de, const MAX: usize> Visitor<'de> for Elements<MAX> {
            type Value = List<'de, MAX>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
                let mut first = Vec::new();
                while first.len() < MAX {
                    match elements.next_element()? {
                        Some(element) => first.push(element),
                        None => return Ok(List { length: first.len(), first }),
                    }
                }
                let mut length = MAX;
                while elements.next_element::<IgnoredAny>()?.is_some() {
                    length += 1;
                }
                Ok(List { first, length })
            }
        }
        deserializer.deserialize_seq(Elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_two_fields_counts_and_unknown_ones_are_counted() {
        let json = r#"{"name":"a","na\u006de":"b","title":"t","site":null,"x":{"y":[1]},"z":"\u0001"}"#;
        let object: WireObject<'_> = read_json(json).unwrap();
        assert_eq!(object.name.unwrap().get(), r#""b""#);
        assert!(object.site.is_none());
        assert_eq!(object.unknown_fields, 2);
    }

    #[test]
    fn what_is_no_object_is_told_from_what_is_no_json() {
        let refusal = |json| read_json::<WireObject<'_>>(json).err();
        for json in ["null", "[]", "5", "\"x\""] {
            assert_eq!(refusal(json), Some(Refusal::NotAnEvent), "{json}");
        }
        for json in ["", "{", r#"{"name":"a"} x"#, r#"{"name":tru}"#, r#"{"a":1,}"#] {
            assert_eq!(refusal(json), Some(Refusal::BadJson), "{json}");
        }
        assert_eq!(refusal(r#"{"\ud800":1}"#), Some(Refusal::BadUtf8));
    }
}
