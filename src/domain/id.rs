//! Numbers that name things: events, visitors, sites.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The sender's own id of an event; sending it twice changes nothing.
///
/// Any UUID is taken as it is. Any other text becomes the UUID (version 5) of that text, so that shops
/// may use their own ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventId(u128);

impl EventId {
    /// Longest text that may serve as an id, in bytes.
    pub const BYTES_MAX: usize = 200;

    /// Takes the sender's text; `None` when it is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || Self::BYTES_MAX < text.len() || text.chars().any(char::is_control) {
            return None;
        }
        let uuid = Uuid::try_parse(text).unwrap_or_else(|_| Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()));
        Some(Self(uuid.as_u128()))
    }

    /// A fresh random id, for events that came without one.
    pub fn random() -> Self {
        Self(Uuid::new_v4().as_u128())
    }

    /// The id as a number.
    pub fn as_u128(self) -> u128 {
        self.0
    }

    /// The id with this number, as the store kept it.
    pub fn from_u128(number: u128) -> Self {
        Self(number)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_u128(self.0).fmt(formatter)
    }
}

/// A browser we recognise: a keyed hash, so that nothing about a person can be read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VisitorId(pub u64);

/// A site's number: small, stable, never reused. The public name of a site is its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SiteId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_id_is_a_uuid_or_becomes_one() {
        let id = EventId::parse("67e55044-10b1-426f-9247-bb680e5fe0c8").unwrap();
        assert_eq!(id.to_string(), "67e55044-10b1-426f-9247-bb680e5fe0c8");
        assert_eq!(EventId::parse("order-17"), EventId::parse("order-17"));
        assert_ne!(EventId::parse("order-17"), EventId::parse("order-18"));
        assert_eq!(EventId::parse(""), None);
        assert_eq!(EventId::parse("a\u{0}"), None);
        assert_eq!(EventId::parse(&"x".repeat(201)), None);
    }
}
