//! Short names with rules: event names, site keys, and the labels that shops make up.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a name was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing is there.
    #[error("is empty")]
    Empty,
    /// Longer than allowed.
    #[error("has {chars} characters; at most {chars_max} are allowed")]
    TooLong {
        /// How many characters it has.
        chars: usize,
        /// How many it may have.
        chars_max: usize,
    },
    /// A character outside the allowed set.
    #[error("has a character that is not allowed")]
    Character,
}

/// What a visitor did, such as `add_to_cart`.
///
/// Invariant: 1 to 64 characters, each a letter, a digit, `_`, `-`, `.`, `:` or any character outside
/// ASCII that is not a control character. Names follow GA4, but a shop's own words are welcome.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventName(String);

impl EventName {
    /// The longest name, in characters.
    pub const CHARS_MAX: usize = 64;

    /// Takes a name as a sender wrote it; spaces become `_`.
    ///
    /// # Errors
    /// [`BadName`], when it is empty, too long or has a forbidden character.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        let text = text.trim();
        check_length(text, Self::CHARS_MAX)?;
        let name = text.replace(' ', "_");
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c) || (!c.is_ascii() && !c.is_control());
        if name.chars().all(allowed) { Ok(Self(name)) } else { Err(BadName::Character) }
    }

    /// The name that was parsed and stored before, taken as it is.
    pub fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The public key of a site: what the script tag says in `data-styk-site`.
///
/// Invariant: 1 to 64 characters of `a-z`, `0-9`, `-`, `_`, `.`; starts with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteKey(String);

impl SiteKey {
    /// The longest key, in characters.
    pub const CHARS_MAX: usize = 64;

    /// # Errors
    /// [`BadName`], when it is empty, too long or has a forbidden character.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        check_length(text, Self::CHARS_MAX)?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if starts_well && text.chars().all(allowed) { Ok(Self(text.to_owned())) } else { Err(BadName::Character) }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SiteKey {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        Self::parse(&text)
    }
}

impl From<SiteKey> for String {
    fn from(key: SiteKey) -> Self {
        key.0
    }
}

/// Text that a shop or a page made up: a cart id, an order id, a campaign, a customer.
///
/// Invariant: 1 to 200 characters, none of them a control character, no white space at the ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label(String);

impl Label {
    /// The longest label, in characters.
    pub const CHARS_MAX: usize = 200;

    /// # Errors
    /// [`BadName`], when it is empty, too long or has a control character.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        let text = text.trim();
        check_length(text, Self::CHARS_MAX)?;
        // Asking bytes is faster, and most texts are ASCII.
        let control = if text.is_ascii() {
            text.bytes().any(|byte| byte.is_ascii_control())
        } else {
            text.chars().any(char::is_control)
        };
        if control { Err(BadName::Character) } else { Ok(Self(text.to_owned())) }
    }

    /// Takes text that only describes, such as an article's name: it is cut to [`Label::CHARS_MAX`], and its line
    /// breaks and tabs become spaces.
    ///
    /// # Errors
    /// [`BadName`], when it is empty or has another control character.
    pub fn describe(text: &str) -> Result<Self, BadName> {
        let text = text.trim();
        let end = text.char_indices().nth(Self::CHARS_MAX).map_or(text.len(), |(end, _)| end);
        let text = &text[..end];
        if text.contains(['\t', '\n', '\r']) {
            Self::parse(&text.replace(['\t', '\n', '\r'], " "))
        } else {
            Self::parse(text)
        }
    }

    /// The label that was parsed and stored before, taken as it is.
    pub fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_length(text: &str, chars_max: usize) -> Result<(), BadName> {
    // A character has at most four bytes, so most texts need no counting.
    if text.is_empty() {
        return Err(BadName::Empty);
    }
    if text.len() <= chars_max {
        return Ok(());
    }
    let chars = text.chars().count();
    if chars <= chars_max { Ok(()) } else { Err(BadName::TooLong { chars, chars_max }) }
}

macro_rules! show_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}
show_as_text!(EventName, SiteKey, Label);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_names_follow_ga4_and_forgive_spaces() {
        assert_eq!(EventName::parse("add_to_cart").unwrap().as_str(), "add_to_cart");
        assert_eq!(EventName::parse(" Order Completed ").unwrap().as_str(), "Order_Completed");
        assert_eq!(EventName::parse("zamówienie").unwrap().as_str(), "zamówienie");
        assert_eq!(EventName::parse(""), Err(BadName::Empty));
        assert_eq!(EventName::parse("a\u{0}b"), Err(BadName::Character));
        assert_eq!(EventName::parse("<script>"), Err(BadName::Character));
        assert_eq!(EventName::parse(&"x".repeat(65)), Err(BadName::TooLong { chars: 65, chars_max: 64 }));
    }

    #[test]
    fn site_keys_are_lower_case_and_plain() {
        assert!(SiteKey::parse("shop-1.pl").is_ok());
        for bad in ["", "Shop", "-shop", "a b", "ä", "a/b"] {
            assert!(SiteKey::parse(bad).is_err(), "{bad}");
        }
    }
}
