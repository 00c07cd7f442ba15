//! Sessions: one visitor's events with no gap over the session gap, and what they say together.
//!
//! **Promise.** [`Sessions`] takes rows sorted by visitor, time and arrival, and gives each session once, in one pass,
//! holding one visitor. A session is by event time, so a late event lands in the right one when the question is asked.
//! Its orders are those of [`order`](super::order): they are given beforehand.
//!
//! **Never.** No SQL, no clock: the rows come sorted from `analyze`, the period is an argument.

use std::collections::HashMap;
use std::ops::Range;

use super::cart::{Act, Amounts, Carried, CartRow, Timeouts};
use super::money::Money;

/// A stay at one touchpoint: neighbours that repeat are one. Events that are passive are at none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Where, as a code.
    pub touchpoint: u32,
    /// When its last event was.
    pub until_ms: i64,
    /// Whether one of its events lies in the period.
    pub counted: bool,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The sequence of its first event.
    pub id: u64,
    /// Whose.
    pub visitor: u64,
    /// Which of the visitor's, from 1.
    pub number: u64,
    /// Its first event.
    pub started_at_ms: i64,
    /// Its last event.
    pub ended_at_ms: i64,
    /// How many.
    pub events: u64,
    /// What its first event came by, as a code; so is the next.
    pub channel: u32,
    /// The campaign of it.
    pub campaign: u32,
    /// The first device that it named.
    pub device: u32,
    /// Where it was, in order.
    pub touches: Vec<Touch>,
    /// Orders that are booked on its events: another report of one is none.
    pub orders: u64,
    /// The last of them.
    pub last_order: Option<OrderAt>,
    /// What is left of its orders.
    pub order_amounts: Amounts,
    /// What the visitor carried at its end.
    pub cart: Amounts,
    /// Its last event that fits the question's conditions.
    pub fitted_at_ms: Option<i64>,
}

/// Where and when an order was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderAt {
    /// The place in [`Session::touches`].
    pub touch: usize,
    /// When.
    pub at_ms: i64,
}

/// Orders by the event that each is booked on, with what is left of their worth.
pub type Booked = HashMap<u64, Option<Money>>;

/// Turns rows into sessions. Of a row, `person` is not looked at: a session is a visitor's.
#[derive(Debug)]
pub struct Sessions {
    gap_ms: i64,
    timeouts: Timeouts,
    period: Range<i64>,
    booked: Booked,
    visiting: Option<Visiting>,
}

/// The visitor whose rows go by.
#[derive(Debug)]
struct Visiting {
    carried: Carried,
    session: Session,
}

impl Sessions {
    /// Sessions that a pause of more than `gap_ms` ends.
    pub fn new(gap_ms: i64, timeouts: Timeouts, period: Range<i64>, booked: Booked) -> Self {
        Self { gap_ms, timeouts, period, booked, visiting: None }
    }

    /// Takes the next row; `each` gets the session that it is the first event after.
    pub fn push(&mut self, row: &CartRow<'_>, each: &mut impl FnMut(Session)) {
        if self.visiting.as_ref().is_some_and(|visiting| visiting.session.visitor != row.visitor) {
            self.finish(each);
        }
        let (gap_ms, timeouts) = (self.gap_ms, self.timeouts);
        let visiting = self.visiting.get_or_insert_with(|| Visiting {
            carried: Carried::new(row.visitor, timeouts, gap_ms),
            session: Session::begin(row, 1),
        });
        if gap_ms < row.at_ms - visiting.session.ended_at_ms {
            let next = Session::begin(row, visiting.session.number + 1);
            let ended = std::mem::replace(&mut visiting.session, next);
            each(Session { cart: visiting.carried.amounts(), ..ended });
        }
        visiting.take(row, &self.period);
        if row.act == Act::Purchase
            && let Some(value) = self.booked.get(&row.sequence)
        {
            visiting.session.order(row.at_ms, *value);
        }
    }

    /// Gives the last session. The fold may be used again.
    pub fn finish(&mut self, each: &mut impl FnMut(Session)) {
        if let Some(visiting) = self.visiting.take() {
            each(Session { cart: visiting.carried.amounts(), ..visiting.session });
        }
    }
}

impl Visiting {
    fn take(&mut self, row: &CartRow<'_>, period: &Range<i64>) {
        self.carried.take(row);
        let session = &mut self.session;
        session.ended_at_ms = row.at_ms;
        session.events += 1;
        if session.device == 0 {
            session.device = row.device;
        }
        if row.fits {
            session.fitted_at_ms = Some(row.at_ms);
        }
        if row.act != Act::Passive {
            session.touch(row, period.contains(&row.at_ms));
        }
    }
}

impl Session {
    /// A session without an event as yet.
    fn begin(row: &CartRow<'_>, number: u64) -> Self {
        Self {
            id: row.sequence,
            visitor: row.visitor,
            number,
            started_at_ms: row.at_ms,
            ended_at_ms: row.at_ms,
            events: 0,
            channel: row.channel,
            campaign: row.campaign,
            device: 0,
            touches: Vec::new(),
            orders: 0,
            last_order: None,
            order_amounts: Amounts::default(),
            cart: Amounts::default(),
            fitted_at_ms: None,
        }
    }

    fn touch(&mut self, row: &CartRow<'_>, counted: bool) {
        match self.touches.last_mut().filter(|touch| touch.touchpoint == row.touchpoint) {
            Some(touch) => {
                touch.until_ms = row.at_ms;
                touch.counted |= counted;
            }
            None => self.touches.push(Touch { touchpoint: row.touchpoint, until_ms: row.at_ms, counted }),
        }
    }

    /// A purchase is at a touchpoint, which is the last of [`touches`](Self::touches).
    fn order(&mut self, at_ms: i64, value: Option<Money>) {
        self.orders += 1;
        self.last_order = Some(OrderAt { touch: self.touches.len() - 1, at_ms });
        if let Some(value) = value {
            self.order_amounts.add(value.currency(), value.minor().into());
        }
    }
}
