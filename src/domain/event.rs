//! What a visitor did, once accepted: every field parsed, scrubbed and bounded.

use serde::{Deserialize, Serialize};

use super::id::{EventId, SiteId, VisitorId};
use super::money::{Currency, Money};
use super::name::{EventName, Label};
use super::page::PageUrl;
use super::time::Timestamp;

/// The accepted events of one request, as they travel through the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The site all events belong to.
    pub site: SiteId,
    /// When the server took the request.
    pub received_at: Timestamp,
    /// Who vouches for the events.
    pub sender: Sender,
    /// In the order they were sent.
    pub events: Vec<Event>,
}

/// Who sent a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sender {
    /// A page in a visitor's browser: anybody can forge it.
    Browser,
    /// A server that holds a collect key.
    Server,
}

/// One thing a visitor did; immutable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Made by the sender; makes a retry harmless.
    pub id: EventId,
    /// What was done.
    pub name: EventName,
    /// When it was done.
    pub time: EventTime,
    /// Who did it.
    pub actor: Actor,
    /// The page it was done on.
    pub page: Option<PageUrl>,
    /// How the visitor came to that page.
    pub arrival: Arrival,
    /// The touchpoint, where the sender names it itself.
    pub touchpoint: Option<Label>,
    /// What was bought, carried or looked at.
    pub commerce: Commerce,
    /// The sender's own properties: the text of one JSON object, `None` when there are none.
    pub properties: Option<String>,
}

impl Event {
    /// What is left of an event that was taken out again: its place in the record, so that all others keep theirs.
    pub fn blank() -> Self {
        Self {
            id: EventId::from_u128(0),
            // A name that nobody can send.
            name: EventName::from_stored(""),
            time: EventTime { occurred_at: Timestamp::from_ms(0), clock: Clock::Replaced, sender_sequence: 0 },
            actor: Actor {
                visitor: VisitorId(0),
                customer: None,
                consent: Consent::Denied,
                user_agent: None,
                language: None,
                country: None,
            },
            page: None,
            arrival: Arrival::default(),
            touchpoint: None,
            commerce: Commerce::default(),
            properties: None,
        }
    }

    /// Whether it was taken out again.
    pub fn is_blank(&self) -> bool {
        self.name.as_str().is_empty()
    }
}

/// When an event happened, and how far that can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTime {
    /// Event time, corrected for a wrong clock.
    pub occurred_at: Timestamp,
    /// Whether the sender's time was kept.
    pub clock: Clock,
    /// The sender's own count of events on the page; 0 when it sent none.
    pub sender_sequence: u32,
}

/// Whether the sender's time was believable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clock {
    /// `occurred_at` is what the sender said.
    Kept,
    /// The sender's time was not believable; `occurred_at` is the time of arrival.
    Replaced,
}

/// Who did something, as far as we may know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    /// The browser.
    pub visitor: VisitorId,
    /// The shop's own id of the person, or `sha256:<hex>`.
    pub customer: Option<Label>,
    /// What the visitor agreed to.
    pub consent: Consent,
    /// The browser's `User-Agent`, at most [`Actor::USER_AGENT_BYTES_MAX`] bytes.
    pub user_agent: Option<String>,
    /// Lower-case BCP 47 tag such as `pl-pl`.
    pub language: Option<Label>,
    /// ISO 3166 alpha-2, upper case.
    pub country: Option<CountryCode>,
}

impl Actor {
    /// Longer user agents are cut.
    pub const USER_AGENT_BYTES_MAX: usize = 512;
}

/// A country: two upper-case letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Takes two letters of either case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters are UTF-8")
    }
}

/// What the visitor agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Consent {
    /// Nothing is stored on the device; the visitor is known for a day.
    Cookieless,
    /// Asked, not answered yet.
    Pending,
    /// A first-party id may be used.
    Granted,
    /// Refused.
    Denied,
}

impl Consent {
    /// The word used on the wire and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cookieless => "cookieless",
            Self::Pending => "pending",
            Self::Granted => "granted",
            Self::Denied => "denied",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Cookieless, Self::Pending, Self::Granted, Self::Denied]
            .into_iter()
            .find(|consent| consent.as_str() == text)
    }
}

/// How a visitor came to a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// Host of the referring page, lower case; the site's own hosts are kept, `load` tells them apart.
    pub referrer_host: Option<Label>,
    /// `utm_source` and its kin, from the page's URL or as sent.
    pub campaign: Campaign,
    /// The channel, where the sender names it itself.
    pub channel: Option<Label>,
}

/// Campaign parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// `utm_source`.
    pub source: Option<Label>,
    /// `utm_medium`.
    pub medium: Option<Label>,
    /// `utm_campaign`.
    pub campaign: Option<Label>,
    /// `utm_term`.
    pub term: Option<Label>,
    /// `utm_content`.
    pub content: Option<Label>,
    /// Which ad network's click id the URL carried; the id itself is not kept.
    pub click: Option<ClickId>,
}

/// Ad networks that mark their clicks in the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClickId {
    /// `gclid`, `gbraid`, `wbraid`.
    Google,
    /// `msclkid`.
    Microsoft,
    /// `fbclid`.
    Meta,
    /// `ttclid`.
    TikTok,
}

impl ClickId {
    /// The word that the archive keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Meta => "meta",
            Self::TikTok => "tiktok",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Google, Self::Microsoft, Self::Meta, Self::TikTok].into_iter().find(|click| click.as_str() == text)
    }
}

/// Money, carts and items of an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Commerce {
    /// The event's value.
    pub value: Option<Money>,
    /// The cart, where the shop names it.
    pub cart_id: Option<Label>,
    /// The order.
    pub transaction_id: Option<Label>,
    /// At most [`Commerce::ITEMS_MAX`].
    pub items: Vec<Item>,
}

impl Commerce {
    /// The most line items an event may carry.
    pub const ITEMS_MAX: usize = 200;
}

/// One line of a cart or order. GA4's names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The shop's article number.
    pub item_id: Option<Label>,
    /// What it is called. At least one of id and name is there.
    pub item_name: Option<Label>,
    /// The most general category.
    pub item_category: Option<Label>,
    /// Who makes it.
    pub item_brand: Option<Label>,
    /// Size, colour.
    pub item_variant: Option<Label>,
    /// Minor units of [`Item::currency`] for one piece.
    pub price_minor: Option<i64>,
    /// The event's currency.
    pub currency: Option<Currency>,
    /// 1 to 1,000,000.
    pub quantity: u32,
}
