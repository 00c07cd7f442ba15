//! One event that says something about an order.

use super::super::cart::Line;
use super::super::money::Money;

/// A line of the shop's own order book, as `styk import --order-book` brings it. Nothing that a visitor did: no report
/// but that of orders sees it.
pub const ORDER_BOOK_ENTRY: &str = "order_book_entry";

/// What an event says about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `purchase`: it was placed.
    Purchase,
    /// `refund`: money of it was given back.
    Refund,
    /// `order_cancelled`: nothing of it came about.
    Cancellation,
    /// The shop's order book has it; believed only of a server.
    BookEntry,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Purchase, Self::Refund, Self::Cancellation, Self::BookEntry];

    /// The event's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Refund => "refund",
            Self::Cancellation => "order_cancelled",
            Self::BookEntry => ORDER_BOOK_ENTRY,
        }
    }

    /// What an event of this name says; `None` when it is about no order.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One event about an order. Rows of one order number lie together and ascend in time.
#[derive(Clone, Copy, Debug)]
pub struct OrderRow<'a> {
    /// What it says.
    pub kind: Kind,
    /// The order's number.
    pub transaction_id: Option<&'a str>,
    /// When, in milliseconds.
    pub at_ms: i64,
    /// Unique; rows of one time come in its order, which is that of their arrival.
    pub sequence: u64,
    /// Whether a server sent it.
    pub trusted: bool,
    /// Where it happened, as a code.
    pub touchpoint: u32,
    /// The browser.
    pub visitor: u64,
    /// Whose: the customer once known, else the visitor.
    pub person: u64,
    /// The shop's id of the person.
    pub customer: Option<&'a str>,
    /// The shop's id of the cart.
    pub cart_id: Option<&'a str>,
    /// The event's value.
    pub value: Option<Money>,
    /// The event's items.
    pub lines: &'a [Line],
    /// Whether it fits the question's conditions.
    pub fits: bool,
}

/// A row that is kept until its order is settled.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) kind: Kind,
    pub(super) at_ms: i64,
    pub(super) sequence: u64,
    pub(super) trusted: bool,
    pub(super) touchpoint: u32,
    pub(super) visitor: u64,
    pub(super) person: u64,
    pub(super) customer: Option<String>,
    pub(super) cart_id: Option<String>,
    pub(super) value: Option<Money>,
    pub(super) lines: Vec<Line>,
    pub(super) fits: bool,
}

impl Report {
    pub(super) fn new(row: &OrderRow<'_>) -> Self {
        Self {
            kind: row.kind,
            at_ms: row.at_ms,
            sequence: row.sequence,
            trusted: row.trusted,
            touchpoint: row.touchpoint,
            visitor: row.visitor,
            person: row.person,
            customer: row.customer.map(str::to_owned),
            cart_id: row.cart_id.map(str::to_owned),
            value: row.value,
            lines: row.lines.to_vec(),
            fits: row.fits,
        }
    }

    /// What its items come to, where all their prices are in one currency.
    pub(super) fn items_worth(&self) -> Option<Money> {
        let mut amounts = self.lines.iter().map(super::super::cart::Line::amount);
        let (currency, first) = amounts.next()??;
        let mut minor = first;
        for amount in amounts {
            let (other, more) = amount?;
            if other != currency {
                return None;
            }
            minor += more;
        }
        Money::from_minor(i64::try_from(minor).ok()?, currency)
    }
}
