//! What the events of one order number come to. The rules are those of the [module](super).

use super::super::cart::Line;
use super::super::money::Money;
use super::book::BookEntry;
use super::report::{Kind, Report};

/// What the events of one order number come to; of an event without a number, what it alone does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settled {
    /// The order, where any purchase was reported.
    pub order: Option<Order>,
    /// Its line in the shop's order book.
    pub entry: Option<BookEntry>,
    /// Refunds that are taken off no order.
    pub unmatched: Vec<Unmatched>,
}

/// One order, however often it was reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The order's number, where the shop sends one.
    pub transaction_id: Option<String>,
    /// When it was first reported to have been placed.
    pub at_ms: i64,
    /// The event on whose page it was placed: unique, so it also names orders without a number.
    pub booked: u64,
    /// The touchpoint of that event, as a code.
    pub touchpoint: u32,
    /// The browser of that event.
    pub visitor: u64,
    /// Whose: the customer once known, else the visitor.
    pub person: u64,
    /// The shop's id of the person.
    pub customer: Option<String>,
    /// The shop's id of the cart.
    pub cart_id: Option<String>,
    /// What it was worth when it was placed.
    pub value: Option<Money>,
    /// What was given back, in minor units of the value's currency; never more than the value.
    pub refunded_minor: i64,
    /// What cancelling it gave back besides.
    pub cancelled_minor: i64,
    /// What it is.
    pub status: Status,
    /// What was bought.
    pub lines: Vec<Line>,
    /// How many purchases pages reported.
    pub page_reports: u64,
    /// How many servers reported.
    pub server_reports: u64,
    /// Whether the event that it is booked on fits the question's conditions.
    pub fits: bool,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Nothing was given back.
    Placed,
    /// A part was.
    PartlyRefunded,
    /// All of it was.
    Refunded,
    /// It did not come about.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Placed, Self::PartlyRefunded, Self::Refunded, Self::Cancelled];

    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::PartlyRefunded => "partly_refunded",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl Order {
    /// What is left of its worth; `None` where nobody told it.
    pub fn net(&self) -> Option<Money> {
        let value = self.value?;
        Some(Money::from_minor(self.net_minor(), value.currency()).expect("no more than the order's value"))
    }

    /// What is left of its worth, in minor units.
    pub fn net_minor(&self) -> i64 {
        self.value.map_or(0, Money::minor) - self.refunded_minor - self.cancelled_minor
    }
}

/// A refund that is taken off no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmatched {
    /// When.
    pub at_ms: i64,
    /// How much, where that is known.
    pub amount: Option<Money>,
}

/// What one refund gives back.
enum Given {
    All,
    Amount(Money),
    Unknown,
}

/// What these events come to, which are of one number, or are one event without; they ascend in time.
pub(super) fn settle(transaction_id: Option<String>, reports: &[Report]) -> Settled {
    let of_kind = |kind: Kind| reports.iter().filter(move |report| report.kind == kind);
    let entry = of_kind(Kind::BookEntry).max_by_key(|report| report.sequence);
    let entry = entry.map(|report| BookEntry::new(transaction_id.as_deref(), report));
    let purchases: Vec<&Report> = of_kind(Kind::Purchase).collect();
    let refunds: Vec<&Report> = of_kind(Kind::Refund).collect();
    let by_server = refunds.iter().any(|refund| refund.trusted);
    let refunds: Vec<&Report> = refunds.into_iter().filter(|refund| refund.trusted || !by_server).collect();
    if purchases.is_empty() {
        let lost = |refund: &&Report| Unmatched { at_ms: refund.at_ms, amount: amount_of(refund, &[]).known() };
        return Settled { order: None, entry, unmatched: refunds.iter().map(lost).collect() };
    }
    let mut order = placed(transaction_id, &purchases);
    let unmatched = give_back(&mut order, &refunds);
    if of_kind(Kind::Cancellation).next().is_some() {
        order.cancelled_minor = order.net_minor();
        order.status = Status::Cancelled;
    }
    Settled { order: Some(order), entry, unmatched }
}

/// The order that these purchases report.
fn placed(transaction_id: Option<String>, purchases: &[&Report]) -> Order {
    let first = purchases[0];
    let booked = purchases.iter().find(|report| !report.trusted).unwrap_or(&first);
    // Who may say what it is worth: servers, then pages, each in order of time.
    let mut speakers = purchases.to_vec();
    speakers.sort_by_key(|report| !report.trusted);
    let value = speakers.iter().find_map(|report| report.value);
    let owner = speakers.iter().find(|report| report.customer.is_some());
    let lines = speakers.iter().map(|report| &report.lines).find(|lines| !lines.is_empty());
    let servers = purchases.iter().filter(|report| report.trusted).count() as u64;
    Order {
        transaction_id,
        at_ms: first.at_ms,
        booked: booked.sequence,
        touchpoint: booked.touchpoint,
        visitor: booked.visitor,
        person: owner.unwrap_or(booked).person,
        customer: owner.and_then(|report| report.customer.clone()),
        cart_id: speakers.iter().find_map(|report| report.cart_id.clone()),
        value: value.or_else(|| speakers.iter().find_map(|report| report.items_worth())),
        refunded_minor: 0,
        cancelled_minor: 0,
        status: Status::Placed,
        lines: lines.cloned().unwrap_or_default(),
        page_reports: purchases.len() as u64 - servers,
        server_reports: servers,
        fits: booked.fits,
    }
}

/// Takes refunds off the order; gives those that cannot be.
fn give_back(order: &mut Order, refunds: &[&Report]) -> Vec<Unmatched> {
    let worth = order.value.map_or(0, |value| i128::from(value.minor()));
    let (mut given, mut all, mut unmatched) = (0_i128, false, Vec::new());
    for refund in refunds {
        match amount_of(refund, &order.lines) {
            Given::All => all = true,
            Given::Amount(amount) if order.value.is_some_and(|value| value.currency() == amount.currency()) => {
                given += i128::from(amount.minor());
            }
            other => unmatched.push(Unmatched { at_ms: refund.at_ms, amount: other.known() }),
        }
    }
    let given = if all { worth } else { given.min(worth) };
    order.refunded_minor = i64::try_from(given).expect("no more than the order's value");
    order.status = match given {
        _ if all => Status::Refunded,
        0 => Status::Placed,
        given if given == worth => Status::Refunded,
        _ => Status::PartlyRefunded,
    };
    unmatched
}

impl Given {
    fn known(self) -> Option<Money> {
        match self {
            Self::Amount(amount) => Some(amount),
            Self::All | Self::Unknown => None,
        }
    }
}

/// What a refund of an order with these lines gives back.
fn amount_of(refund: &Report, ordered: &[Line]) -> Given {
    if let Some(value) = refund.value {
        return Given::Amount(value);
    }
    if refund.lines.is_empty() {
        return Given::All;
    }
    let priced = |line: &Line| {
        let known = ordered.iter().find(|own| own.product == line.product).and_then(|own| own.price);
        Line { price: line.price.or(known), ..line.clone() }
    };
    let priced = Report { lines: refund.lines.iter().map(priced).collect(), ..refund.clone() };
    priced.items_worth().map_or(Given::Unknown, Given::Amount)
}
