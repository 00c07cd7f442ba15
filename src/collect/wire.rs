//! The JSON objects that senders write, borrowed from the body. Fields are raw: `read.rs` says what they must be.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::described;
use super::json::Json;
use super::refusal::Refusal;

/// A field's value; `None` when it is absent or `null`.
pub(super) type Raw<'a> = Option<Json<'a>>;

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
            /// Reads one object.
            ///
            /// # Errors
            /// [`Refusal::NotAnEvent`] for another kind of value, [`Refusal::BadUtf8`] for a lone surrogate in a
            /// field's name.
            pub(super) fn read(json: Json<'a>) -> Result<Self, Refusal> {
                let mut object = Self::default();
                for (name, value) in json.fields().ok_or(Refusal::NotAnEvent)? {
                    let value = (value.text() != "null").then_some(value);
                    match name.unquoted()?.unwrap_or_default().as_ref() {
                        $(stringify!($field) => object.$field = value,)*
                        $($skipped => {})*
                        _ => object.unknown_fields += 1,
                    }
                }
                Ok(object)
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
        id, name, occurred_at, age_ms, sequence, touchpoint, channel, cart_id, transaction_id, value, items, properties,
        params
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
    /// One of `items`, in GA4's words, or the older ones without `item_`.
    WireItem {
        item_id, item_name, item_category, item_brand, item_variant, price, currency, quantity,
        id, name, category, brand, variant
    } skips { "discount", "index", "coupon" }
}

/// The first `MAX` elements of a list.
pub(super) struct List<'a, const MAX: usize> {
    pub(super) first: Vec<Json<'a>>,
    /// How many elements the list has.
    pub(super) length: usize,
}

impl<'a, const MAX: usize> List<'a, MAX> {
    /// Reads a list.
    ///
    /// # Errors
    /// [`Refusal::NotAnEvent`] for another kind of value.
    pub(super) fn read(json: Json<'a>) -> Result<Self, Refusal> {
        let mut elements = json.elements().ok_or(Refusal::NotAnEvent)?;
        let first: Vec<_> = elements.by_ref().take(MAX).collect();
        let length = first.len() + elements.count();
        Ok(Self { first, length })
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::{json, value};
    use super::*;

    #[test]
    fn the_last_of_two_fields_counts_and_unknown_ones_are_counted() {
        let object = r#"{"name":"a","na\u006de":"b","title":"t","site":null,"x":{"y":[1]},"z":"\u0001"}"#;
        let object = WireObject::read(json(object)).unwrap();
        assert_eq!(object.name.map(Json::text), Some(r#""b""#));
        assert!(object.site.is_none());
        assert_eq!(object.unknown_fields, 2);
        assert_eq!(WireObject::read(json(r#"{"\ud800":1}"#)).err(), Some(Refusal::BadUtf8));
    }

    #[test]
    fn a_list_is_counted_to_its_end() {
        let list = List::<2>::read(value("[1, [2,3] ,4]")).unwrap();
        let first: Vec<_> = list.first.into_iter().map(Json::text).collect();
        assert_eq!((first, list.length), (vec!["1", "[2,3]"], 3));
    }
}
