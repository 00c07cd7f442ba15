//! A cart and the state it is in.

use super::act::Step;
use super::content::{Amounts, Content};
use super::visits::Place;

/// After how long without activity a cart is what. Invariant: each is at least as long as the one before, and above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    idle_ms: i64,
    abandoned_after_ms: i64,
    expires_after_ms: i64,
}

/// The time-outs contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cart is idle, then abandoned, then expired: none may come before the one in front of it, nor at once")]
pub struct BadTimeouts;

impl Timeouts {
    /// Time-outs in milliseconds.
    ///
    /// # Errors
    /// [`BadTimeouts`], when one is shorter than the one before it, or not above 0.
    pub fn new(idle_ms: i64, abandoned_after_ms: i64, expires_after_ms: i64) -> Result<Self, BadTimeouts> {
        let ascending = 0 < idle_ms && idle_ms <= abandoned_after_ms && abandoned_after_ms <= expires_after_ms;
        if ascending { Ok(Self { idle_ms, abandoned_after_ms, expires_after_ms }) } else { Err(BadTimeouts) }
    }

    /// Younger activity keeps a cart open.
    pub fn idle_ms(self) -> i64 {
        self.idle_ms
    }

    /// Without activity for so long it is abandoned.
    pub fn abandoned_after_ms(self) -> i64 {
        self.abandoned_after_ms
    }

    /// Without activity for so long it is given up.
    pub fn expires_after_ms(self) -> i64 {
        self.expires_after_ms
    }
}

/// What a cart is as of a moment: exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Its owner was active a moment ago.
    Open,
    /// Its owner pauses; or it is worth nothing, and cannot be lost.
    Idle,
    /// Its owner has gone.
    Abandoned,
    /// Bought after having been abandoned.
    Recovered,
    /// Bought, never abandoned.
    Purchased,
    /// Its owner took everything out.
    Emptied,
    /// Abandoned for so long that nobody expects its owner back.
    Expired,
}

impl State {
    /// All of them, in the order of SEMANTICS.
    pub const ALL: [Self; 7] =
        [Self::Open, Self::Idle, Self::Abandoned, Self::Recovered, Self::Purchased, Self::Emptied, Self::Expired];

    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Idle => "idle",
            Self::Abandoned => "abandoned",
            Self::Recovered => "recovered",
            Self::Purchased => "purchased",
            Self::Emptied => "emptied",
            Self::Expired => "expired",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One cart as of a moment, with all that happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cart {
    /// The sequence of the event that opened it: stable, and different for each cart of the store.
    pub id: u64,
    /// The browser that opened it.
    pub visitor: u64,
    /// The shop's id of its owner, where that is known.
    pub customer: Option<String>,
    /// The shop's id of the cart, where it sends one.
    pub cart_id: Option<String>,
    /// When it was opened.
    pub opened_at_ms: i64,
    /// Whether the event that opened it fits the question's conditions.
    pub fits: bool,
    /// What is in it; of a bought cart, what was in it.
    pub content: Content,
    /// The furthest step that it got to.
    pub step: Step,
    /// What it is.
    pub state: State,
    /// The last thing that its owner did, up to the purchase.
    pub last_activity_at_ms: i64,
    /// How often it was abandoned.
    pub abandonments: u32,
    /// When, the last time.
    pub abandoned_at_ms: Option<i64>,
    /// The touchpoint that brought its owner back after that; 0 while none did.
    pub returned_by: u32,
    /// Where its owner was when it was last abandoned; of a cart that never was, at the end.
    pub place: Place,
    /// What it was bought with.
    pub order: Option<Order>,
    /// What happened to it, in order of time.
    pub history: Vec<Entry>,
}

impl Cart {
    /// Whether it was ever abandoned.
    pub fn ever_abandoned(&self) -> bool {
        0 < self.abandonments
    }

    /// The order's value where it has one, else the cart's.
    pub fn order_amounts(&self) -> Amounts {
        match self.order.as_ref().and_then(|order| order.value) {
            Some(value) => Amounts::of(value),
            None => self.content.amounts().clone(),
        }
    }
}

/// The purchase of a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// When.
    pub at_ms: i64,
    /// The order's number, where the shop sends one.
    pub transaction_id: Option<String>,
    /// What was paid, where that was said.
    pub value: Option<super::super::money::Money>,
}

/// One thing that happened to a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at_ms: i64,
    /// What.
    pub what: What,
    /// Where; of an abandonment, where its owner was last.
    pub touchpoint: u32,
    /// Pieces in the cart from then on.
    pub quantity: u64,
    /// What it was worth from then on.
    pub amounts: Amounts,
}

/// What may happen to a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say all")]
pub enum What {
    Opened,
    Added,
    Removed,
    Emptied,
    /// The shop said what is in it.
    Shown,
    /// It got further than ever before.
    Reached(Step),
    Abandoned,
    Expired,
    /// Its owner came back.
    Returned,
    Purchased,
}

impl What {
    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Emptied => "emptied",
            Self::Shown => "shown",
            Self::Reached(Step::Cart) => "reached_cart",
            Self::Reached(Step::Checkout) => "reached_checkout",
            Self::Reached(Step::Shipping) => "reached_shipping",
            Self::Reached(Step::Payment) => "reached_payment",
            Self::Abandoned => "abandoned",
            Self::Expired => "expired",
            Self::Returned => "returned",
            Self::Purchased => "purchased",
        }
    }
}
