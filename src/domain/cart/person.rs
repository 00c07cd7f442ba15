//! One person's carts while their events go by.

use std::collections::HashSet;

use super::act::{Act, Step};
use super::content::{Amounts, Content};
use super::row::CartRow;
use super::state::{Cart, Entry, Order, State, Timeouts, What};
use super::unbought::Unbought;
use super::visits::{Place, Visits};

/// One person: where they are, and their carts so far.
#[derive(Debug)]
pub(super) struct Person {
    number: u64,
    timeouts: Timeouts,
    last_at_ms: Option<i64>,
    visits: Visits,
    carts: Vec<Held>,
    unbought: Unbought,
    /// Places of the carts that are abandoned, and whose owner has not been seen at a touchpoint since.
    awaited: Vec<usize>,
    orders: HashSet<String>,
}

/// A cart that may still change.
#[derive(Debug)]
struct Held {
    cart: Cart,
    /// As [`Unbought`] knows it.
    touched: u64,
}

impl Held {
    fn is_bought(&self) -> bool {
        self.cart.order.is_some()
    }

    /// Whether it can be lost: it is not bought, and worth something.
    fn is_at_stake(&self) -> bool {
        !self.is_bought() && !self.cart.content.is_empty() && !self.cart.content.amounts().is_empty()
    }

    fn note(&mut self, at_ms: i64, what: What, touchpoint: u32) {
        let content = &self.cart.content;
        let (quantity, amounts) = (content.quantity(), content.amounts().clone());
        self.cart.history.push(Entry { at_ms, what, touchpoint, quantity, amounts });
    }
}

impl Person {
    pub(super) fn new(number: u64, timeouts: Timeouts) -> Self {
        Self {
            number,
            timeouts,
            last_at_ms: None,
            visits: Visits::default(),
            carts: Vec::new(),
            unbought: Unbought::default(),
            awaited: Vec::new(),
            orders: HashSet::new(),
        }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// What the cart is worth that was touched last of those not bought.
    pub(super) fn carried(&self) -> Option<&Amounts> {
        let place = self.unbought.latest_first().next()?;
        Some(self.carts[place].cart.content.amounts())
    }

    /// Takes the person's next event.
    pub(super) fn take(&mut self, row: &CartRow<'_>, session_gap_ms: i64) {
        // In the moment of the event itself its owner is active again.
        self.lapse(row.at_ms - 1);
        self.visits.note(row, session_gap_ms);
        if row.act != Act::Passive {
            self.welcome_back(row);
        }
        match row.act {
            Act::Add => self.add(row),
            Act::Remove => self.remove(row),
            Act::Show(step) => self.show(row, step),
            Act::Stage => self.reach_stage(row),
            Act::Purchase => self.buy(row),
            Act::Trouble(_) | Act::Passive | Act::Other => {}
        }
        self.last_at_ms = Some(row.at_ms);
    }

    /// Nothing happened from the last event to this moment: carts that this makes abandoned are.
    fn lapse(&mut self, through_ms: i64) {
        let Some(last_at_ms) = self.last_at_ms else { return };
        let abandoned_at_ms = last_at_ms.saturating_add(self.timeouts.abandoned_after_ms());
        let expired_at_ms = last_at_ms.saturating_add(self.timeouts.expires_after_ms());
        if through_ms < abandoned_at_ms {
            return;
        }
        let at = self.visits.place();
        self.awaited.clear();
        for place in self.unbought.latest_first() {
            let held = &mut self.carts[place];
            if !held.is_at_stake() {
                continue;
            }
            held.cart.abandonments += 1;
            held.cart.abandoned_at_ms = Some(abandoned_at_ms);
            held.cart.returned_by = 0;
            held.cart.place = at.clone();
            self.awaited.push(place);
            held.note(abandoned_at_ms, What::Abandoned, at.touchpoint);
            if expired_at_ms <= through_ms {
                held.note(expired_at_ms, What::Expired, at.touchpoint);
            }
        }
    }

    fn welcome_back(&mut self, row: &CartRow<'_>) {
        for place in self.awaited.drain(..) {
            let held = &mut self.carts[place];
            held.cart.returned_by = row.touchpoint;
            held.note(row.at_ms, What::Returned, row.touchpoint);
        }
    }

    fn add(&mut self, row: &CartRow<'_>) {
        let (place, what) = match self.find(row) {
            Some(place) => (place, What::Added),
            None => (self.open(row), What::Opened),
        };
        let held = self.touch(place);
        held.cart.content.add(row.lines, row.value);
        held.note(row.at_ms, what, row.touchpoint);
    }

    fn remove(&mut self, row: &CartRow<'_>) {
        let Some(place) = self.find(row) else { return };
        let held = self.touch(place);
        let was_empty = held.cart.content.is_empty();
        held.cart.content.remove(row.lines, row.value);
        let emptied = !was_empty && held.cart.content.is_empty();
        held.note(row.at_ms, if emptied { What::Emptied } else { What::Removed }, row.touchpoint);
    }

    fn show(&mut self, row: &CartRow<'_>, step: Step) {
        let found = self.find(row);
        let opens = step <= Step::Checkout && !row.lines.is_empty();
        let Some(place) = found.or_else(|| opens.then(|| self.open(row))) else { return };
        let held = self.touch(place);
        held.cart.content.show(row.lines, row.value);
        if found.is_none() {
            held.note(row.at_ms, What::Opened, row.touchpoint);
        }
        if held.cart.step < step {
            held.cart.step = step;
            held.note(row.at_ms, What::Reached(step), row.touchpoint);
        } else if found.is_some() {
            held.note(row.at_ms, What::Shown, row.touchpoint);
        }
    }

    fn reach_stage(&mut self, row: &CartRow<'_>) {
        let (Some(place), Some(step)) = (self.find(row), row.stage) else { return };
        let held = self.touch(place);
        if held.cart.step < step {
            held.cart.step = step;
            held.note(row.at_ms, What::Reached(step), row.touchpoint);
        }
    }

    /// One order buys one cart, however often it is reported.
    fn buy(&mut self, row: &CartRow<'_>) {
        if row.transaction_id.is_some_and(|id| !self.orders.insert(id.to_owned())) {
            return;
        }
        let full = |place: &usize| !self.carts[*place].cart.content.is_empty();
        let found = match row.cart_id {
            Some(cart_id) => self.unbought.named(cart_id).or_else(|| self.unbought.unnamed().filter(full)),
            None => self.unbought.latest_first().find(full),
        };
        let Some(place) = found else { return };
        self.name(place, row.cart_id);
        let at = self.visits.place();
        let held = &mut self.carts[place];
        self.unbought.buy(place, held.touched, held.cart.cart_id.as_deref());
        held.cart.last_activity_at_ms = row.at_ms;
        let transaction_id = row.transaction_id.map(str::to_owned);
        held.cart.order = Some(Order { at_ms: row.at_ms, transaction_id, value: row.value });
        if held.cart.abandonments == 0 {
            held.cart.place = at;
        }
        held.note(row.at_ms, What::Purchased, row.touchpoint);
    }

    /// The cart that an event is about, of those not bought: that of its id, else the one without, which takes the id;
    /// of no id, the one touched last.
    fn find(&mut self, row: &CartRow<'_>) -> Option<usize> {
        let place = match row.cart_id {
            Some(cart_id) => self.unbought.named(cart_id).or(self.unbought.unnamed())?,
            None => self.unbought.latest_first().next()?,
        };
        self.name(place, row.cart_id);
        Some(place)
    }

    fn name(&mut self, place: usize, cart_id: Option<&str>) {
        let own = &mut self.carts[place].cart.cart_id;
        if let (None, Some(cart_id)) = (&own, cart_id) {
            *own = Some(cart_id.to_owned());
            self.unbought.name(place, cart_id);
        }
    }

    fn touch(&mut self, place: usize) -> &mut Held {
        let held = &mut self.carts[place];
        held.touched = self.unbought.touch(place, held.touched);
        held
    }

    /// Opens a cart, empty as yet.
    fn open(&mut self, row: &CartRow<'_>) -> usize {
        let cart = Cart {
            id: row.sequence,
            visitor: row.visitor,
            customer: row.customer.map(str::to_owned),
            cart_id: row.cart_id.map(str::to_owned),
            opened_at_ms: row.at_ms,
            fits: row.fits,
            content: Content::default(),
            step: Step::Cart,
            state: State::Open,
            last_activity_at_ms: row.at_ms,
            abandonments: 0,
            abandoned_at_ms: None,
            returned_by: 0,
            place: Place::default(),
            order: None,
            history: Vec::new(),
        };
        self.carts.push(Held { cart, touched: 0 });
        let place = self.carts.len() - 1;
        self.unbought.open(place, row.cart_id);
        place
    }

    /// The carts as of a moment that is not before the last event, in the order in which they were opened.
    pub(super) fn close(mut self, as_of_ms: i64) -> Vec<Cart> {
        self.lapse(as_of_ms);
        let last_at_ms = self.last_at_ms.unwrap_or(as_of_ms);
        let (place, age_ms) = (self.visits.place(), as_of_ms.saturating_sub(last_at_ms));
        let close = |held: Held| {
            let state = self.timeouts.state(&held, age_ms);
            let mut cart = Cart { state, ..held.cart };
            if cart.order.is_none() {
                cart.last_activity_at_ms = last_at_ms;
                if cart.abandonments == 0 {
                    cart.place = place.clone();
                }
            }
            cart
        };
        self.carts.into_iter().map(close).collect()
    }
}

impl Timeouts {
    /// What a cart is whose owner has done nothing for so long.
    fn state(self, held: &Held, age_ms: i64) -> State {
        if held.is_bought() {
            return if held.cart.ever_abandoned() { State::Recovered } else { State::Purchased };
        }
        if held.cart.content.is_empty() {
            State::Emptied
        } else if age_ms < self.idle_ms() {
            State::Open
        } else if age_ms < self.abandoned_after_ms() || !held.is_at_stake() {
            State::Idle
        } else if age_ms < self.expires_after_ms() {
            State::Abandoned
        } else {
            State::Expired
        }
    }
}
