//! One person: all that it did, on all its browsers, with carts, orders, and first and last touch.
//!
//! A person is a customer with all that is its own by the links of [`people`](super::people), or a visitor that is no
//! customer's. A touch is how a session began: the session's channel and campaign, and the touchpoint of its first event; a
//! call or a visit to the shop that a server sends is a session of its own, unless others are near. Only the shop's own
//! ids and our numbers are shown: who that is, the shop alone knows.

mod orders;
mod query;
mod sessions;
mod wording;

use std::num::NonZeroUsize;

pub use self::wording::{Answer, BrowserAnswer, EventAnswer, Method, OrderAnswer, SessionAnswer, TouchAnswer};
use super::abandonment::CartScope;
use super::carts;
use crate::domain::id::VisitorId;
use crate::domain::name::Label;
use crate::store::{self, Query, Snapshot};

/// Who is asked about.
#[derive(Clone, Debug)]
pub enum Whom {
    /// The customer of these visitors, which one id stands for; while they are of none, they alone.
    Visitors(Vec<VisitorId>),
    /// This customer.
    Customer(Label),
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who.
    pub whom: Whom,
    /// The shop, its carts' rules, and as of when; the period is all time.
    pub carts: CartScope,
    /// So many events.
    pub limit: NonZeroUsize,
    /// Those before this one, as the page before said.
    pub before: Option<Cursor>,
}

/// Where a page ends: an event's moment, and its place in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When, in milliseconds.
    pub at_ms: i64,
    /// Unique.
    pub sequence: u64,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.at_ms, self.sequence)
    }
}

impl Cursor {
    /// Takes what a page said.
    pub fn parse(text: &str) -> Option<Self> {
        let (at_ms, sequence) = text.split_once('.')?;
        Some(Self { at_ms: at_ms.parse().ok()?, sequence: sequence.parse().ok()? })
    }
}

/// So many carts, and orders, are listed: the newest.
const LISTED_MAX: usize = 100;

/// Tells of one person; `None` when nothing is known of it.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, question: &Question) -> Result<Option<Answer>, store::Error> {
    let words = wording::Words { snapshot, question };
    let sessions = sessions::read(snapshot, question)?;
    if sessions.events == 0 {
        return Ok(None);
    }
    let visitors = sessions.visitors();
    let (orders, timeline) = (orders::read(snapshot, question, &sessions)?, words.timeline()?);
    let (carts, carts_total) =
        carts::of_visitors(snapshot, &question.carts, &visitors, |cart| match &sessions.customer {
            Some(customer) => cart.customer.as_ref() == Some(customer),
            None => cart.customer.is_none() && visitors.contains(&cart.visitor),
        })?;
    Ok(Some(words.answer(&sessions, &orders, timeline, (carts, carts_total))))
}

/// The SQL and values behind the timeline.
pub fn query(snapshot: &Snapshot, question: &Question) -> Query {
    query::timeline_query(snapshot, question)
}
