//! A mark of what an event says, by which a repetition is told from another event under the same id.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;

use super::enrich::OTHER;
use crate::domain::event::Event;
use crate::domain::name::Label;
use crate::store::StoredContent;

/// Stands for content that is not known; never the mark of any.
pub(super) const UNKNOWN: u32 = 0;

/// What the visitor did, without what differs between two sendings of one event: the corrected time, and
/// the visitor, whose daily id changes at midnight.
#[derive(Hash)]
struct Content<'a> {
    name: &'a str,
    page: Option<&'a str>,
    properties: Option<&'a str>,
    value_minor: Option<i64>,
    cart_id: Option<&'a str>,
    transaction_id: Option<&'a str>,
}

impl Content<'_> {
    /// Never [`UNKNOWN`].
    fn mark<'i>(&self, items: impl Iterator<Item = (Option<&'i str>, Option<i64>, u32)>) -> u32 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        items.for_each(|item| item.hash(&mut hasher));
        (hasher.finish() as u32).max(UNKNOWN + 1)
    }
}

/// A mark of what the event says.
pub(super) fn content_of(event: &Event) -> u32 {
    let commerce = &event.commerce;
    let content = Content {
        name: event.name.as_str(),
        page: event.page.as_ref().map(|page| page.path()),
        properties: event.properties.as_deref(),
        value_minor: commerce.value.map(|money| money.minor()),
        cart_id: commerce.cart_id.as_ref().map(Label::as_str),
        transaction_id: commerce.transaction_id.as_ref().map(Label::as_str),
    };
    content.mark(commerce.items.iter().map(|item| {
        let id = item.item_id.as_ref().map(Label::as_str);
        (id, item.price_minor, item.quantity)
    }))
}

/// What is compared of a stored line item.
#[derive(Deserialize)]
struct StoredItem {
    item_id: Option<String>,
    price_minor: Option<i64>,
    quantity: u32,
}

/// The same mark of a stored event; `None` where the file does not have the text any more, because it came past
/// the limit of texts.
pub(super) fn content_of_stored(stored: &StoredContent) -> Option<u32> {
    let name = stored.name.as_deref()?;
    if name == OTHER || stored.page.as_deref() == Some(OTHER) {
        return None;
    }
    let items: Vec<StoredItem> = match &stored.items {
        Some(text) => serde_json::from_str(text).ok()?,
        None => Vec::new(),
    };
    let content = Content {
        name,
        page: stored.page.as_deref(),
        properties: stored.properties.as_deref(),
        value_minor: stored.value_minor,
        cart_id: stored.cart_id.as_deref(),
        transaction_id: stored.transaction_id.as_deref(),
    };
    Some(content.mark(items.iter().map(|item| (item.item_id.as_deref(), item.price_minor, item.quantity))))
}
