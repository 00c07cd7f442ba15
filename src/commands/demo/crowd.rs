//! Everybody who is in the shop or will be back, as one stream of events in the order of time.

use std::collections::BTreeMap;
use std::iter::Peekable;

use super::behaviour;
use super::chance::{Dice, Purpose};
use super::plan::Plan;
use super::rhythm::Rhythm;
use super::visitors::{Channel, Person};
use super::walk::{Cart, Scene, Shopper};
use super::wire::WireEvent;

/// Somebody comes through the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrival {
    /// Milliseconds since 1970.
    pub(super) at_ms: i64,
    /// What brought them.
    pub(super) lure: Lure,
    /// Unique among all arrivals of a seed.
    pub(super) number: u64,
    /// Who it is; the same as `number` for somebody new.
    pub(super) person: u64,
}

/// What makes somebody arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lure {
    /// The usual mix of channels.
    Usual,
    /// The story's newsletter; its readers are counted from 0.
    Newsletter(u64),
}

/// The events of all arrivals, ascending in time. Holds only those in the shop and those who will be back.
pub(super) struct Crowd<A: Iterator<Item = Arrival>> {
    seed: u64,
    scene: Scene,
    rhythm: Rhythm,
    arrivals: Peekable<A>,
    /// Who comes back when; the second number tells those of the same millisecond apart.
    returns: BTreeMap<(i64, u64), Shopper>,
    /// What was written but lies ahead of the stream.
    events: BTreeMap<(i64, u64), Box<WireEvent>>,
    /// Makes keys unique.
    written: u64,
}

impl<A: Iterator<Item = Arrival>> Crowd<A> {
    /// The crowd of `arrivals`, which ascend in time.
    pub(super) fn new(seed: u64, scene: Scene, rhythm: Rhythm, arrivals: A) -> Self {
        let arrivals = arrivals.peekable();
        Self { seed, scene, rhythm, arrivals, returns: BTreeMap::new(), events: BTreeMap::new(), written: 0 }
    }

    fn begin_session(&mut self, mut shopper: Shopper, at_ms: i64) {
        let session = behaviour::visit(&self.scene, &self.rhythm, &mut shopper, at_ms);
        for event in session.events {
            self.written += 1;
            self.events.insert((event.occurred_at_ms, self.written), Box::new(event));
        }
        if let Some(back_at_ms) = session.back_at_ms {
            self.returns.insert((back_at_ms, shopper.number), shopper);
        }
    }
}

impl<A: Iterator<Item = Arrival>> Iterator for Crowd<A> {
    type Item = WireEvent;

    fn next(&mut self) -> Option<WireEvent> {
        loop {
            let event_at_ms = self.events.first_key_value().map_or(i64::MAX, |(key, _)| key.0);
            let return_at_ms = self.returns.first_key_value().map_or(i64::MAX, |(key, _)| key.0);
            let arrival_at_ms = self.arrivals.peek().map_or(i64::MAX, |arrival| arrival.at_ms);
            if event_at_ms < return_at_ms.min(arrival_at_ms) {
                return self.events.pop_first().map(|(_, event)| *event);
            }
            if return_at_ms < arrival_at_ms {
                let ((at_ms, _), shopper) = self.returns.pop_first()?;
                self.begin_session(shopper, at_ms);
            } else {
                let arrival = self.arrivals.next()?;
                self.begin_session(Shopper::new(self.seed, arrival), arrival.at_ms);
            }
        }
    }
}

impl Shopper {
    fn new(seed: u64, arrival: Arrival) -> Self {
        let person = Person::new(seed, arrival.person);
        let mut dice = Dice::new(seed, Purpose::Deeds, arrival.number);
        let (channel, plan) = match arrival.lure {
            Lure::Usual => {
                let channel = Channel::first(&mut dice);
                (channel, Plan::new(&mut dice, person.device, channel))
            }
            Lure::Newsletter(reader) => (Channel::Newsletter, Plan::of_newsletter_reader(&mut dice, reader)),
        };
        let plan = if person.is_recognisable() { plan.spread(&mut dice) } else { plan };
        Self {
            person,
            channel,
            plan,
            dice,
            number: arrival.number,
            sessions: 0,
            customer: None,
            cart: Cart::default(),
            orders: 0,
        }
    }
}
