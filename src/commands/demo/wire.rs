//! What the demo sends: batches in the form that `POST /v1/events` takes from a server with a collect key.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use uuid::Uuid;

/// One body for `POST /v1/events`; at most [`History::EVENTS_MAX`](super::history::History::EVENTS_MAX) events.
#[derive(Clone, Debug, Serialize)]
pub struct WireBatch {
    /// Key of the site.
    pub site: String,
    /// Ascending in time.
    pub events: Vec<WireEvent>,
}

/// One event; fields that are absent are not written.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WireEvent {
    /// The same for the same seed.
    #[serde(serialize_with = "write_uuid")]
    pub id: Uuid,
    /// GA4's name, or the shop's own.
    pub name: &'static str,
    /// Milliseconds since 1970; written as RFC 3339 text.
    #[serde(rename = "occurred_at", serialize_with = "write_moment")]
    pub occurred_at_ms: i64,
    /// First-party id of the browser.
    pub visitor: Text,
    /// The shop's own id, once the visitor has logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Text>,
    /// `granted`, `denied`, `pending` or `cookieless`.
    pub consent: &'static str,
    /// The page; absent for what happens outside the web shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
    /// What the browser says it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Text>,
    /// Title of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Such as `pl-PL`.
    pub language: &'static str,
    /// ISO 3166 alpha-2.
    pub country: &'static str,
    /// The browser's own words; absent for what happens outside the web shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<&'static str>,
    /// From the ranges set aside for documentation; absent for what happens outside the web shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<Text>,
    /// The cart, from the first article to the order, over all sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<Text>,
    /// The order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<Text>,
    /// Minor units; written as decimal text such as `"19.90"`.
    #[serde(rename = "value", skip_serializing_if = "Option::is_none", serialize_with = "write_optional_money")]
    pub value_minor: Option<i64>,
    /// ISO 4217; there whenever a value or an item is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<&'static str>,
    /// Lines of the cart, the order or the list shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<WireItem>,
    /// The shop's own.
    #[serde(skip_serializing_if = "Properties::is_empty")]
    pub properties: Properties,
}

/// One line of a cart, an order or a list.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct WireItem {
    /// Article number.
    pub item_id: &'static str,
    /// What it is called.
    pub item_name: &'static str,
    /// Who makes it.
    pub item_brand: &'static str,
    /// Where it hangs in the shop.
    pub item_category: &'static str,
    /// Minor units for one piece; written as decimal text.
    #[serde(rename = "price", serialize_with = "write_money")]
    pub price_minor: i64,
    /// Pieces.
    pub quantity: u32,
}

/// Text that many events share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Name and value pairs, written as one JSON object.
#[derive(Clone, Debug, Default)]
pub struct Properties(Vec<(&'static str, Property)>);

/// The value of one property.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Property {
    /// A word or a sentence.
    Text(Cow<'static, str>),
    /// A count or a score.
    Number(i64),
}

impl From<&'static str> for Property {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Property {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Property {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl Properties {
    /// Adds a property; the shop never gives the same name twice.
    pub(super) fn add(&mut self, name: &'static str, value: impl Into<Property>) -> &mut Self {
        self.0.push((name, value.into()));
        self
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Minor units of a currency with two decimals as text: 1990 becomes `19.90`.
pub(super) fn money_text(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

fn write_uuid<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
}

fn write_money<S: Serializer>(minor: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{}.{:02}", minor / 100, minor % 100))
}

fn write_optional_money<S: Serializer>(minor: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    match minor {
        Some(minor) => write_money(minor, serializer),
        None => serializer.serialize_none(),
    }
}

fn write_moment<S: Serializer>(ms: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    let moment = jiff::Timestamp::from_millisecond(*ms).map_err(serde::ser::Error::custom)?;
    serializer.collect_str(&format_args!("{moment:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_as_the_collect_endpoint_reads_it() {
        let mut event = WireEvent { name: "survey_nps", value_minor: Some(1905), ..Default::default() };
        event.properties.add("score", 9).add("comment", "fine");
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["id"], "00000000-0000-0000-0000-000000000000");
        assert_eq!(json["occurred_at"], "1970-01-01T00:00:00.000Z");
        assert_eq!(json["value"], "19.05");
        assert_eq!(json["properties"], serde_json::json!({"score": 9, "comment": "fine"}));
        assert_eq!(json.get("items"), None);
        assert_eq!(json.get("cart_id"), None);
    }
}
