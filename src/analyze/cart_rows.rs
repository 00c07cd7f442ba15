//! The rows of carts: what people with a cart did, person by person in time order.

use std::collections::{HashMap, HashSet};

use super::cart_query::{CartScope, Whose, active_query, activity_query, acts_query, people_query};
use super::cart_words::{NOTHING, Words};
use crate::domain::cart::{Act, CartRow};
use crate::domain::time::Timestamp;
use crate::store::{self, Code, Columns, Snapshot};

/// Gives `each` all events of everybody whose carts are asked for, person by person in time order.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn each_row(
    snapshot: &Snapshot,
    asked: &CartScope,
    whose: Whose<'_>,
    mut each: impl FnMut(&CartRow<'_>),
) -> Result<(), store::Error> {
    let people = People::read(snapshot, asked)?;
    let mut batches = Vec::new();
    snapshot.stream(&acts_query(snapshot, asked)?, |columns| batches.push(columns))?;
    let acts = Acts::new(batches, &people);
    let shoppers = shoppers(snapshot, asked, whose, (&acts, &people))?;
    let mut events = Vec::new();
    let mut finder = Finder { acts: &acts, people: &people, shoppers: &shoppers, last: None };
    snapshot.stream(&activity_query(snapshot, asked), |columns| finder.find(&columns, &mut events))?;
    // They come in ascending runs, as the store has them, which this sort finds and merges.
    events.sort_by_key(|event| (event.person, event.at_ms, event.sequence));
    let mut words = Words::new(snapshot, asked.site_currency);
    for event in &events {
        event.give(&mut words, (&acts, &people), &mut each);
    }
    Ok(())
}

/// Those whose carts are asked for.
fn shoppers(
    snapshot: &Snapshot,
    asked: &CartScope,
    whose: Whose<'_>,
    (acts, people): (&Acts, &People),
) -> Result<HashSet<u64>, store::Error> {
    Ok(match whose {
        Whose::OpenedInPeriod => {
            let openers = Act::OPENERS.map(|name| snapshot.code(name));
            let period = asked.scope.period.range_ms();
            acts.people(|act| openers.contains(&Some(act.name)) && period.contains(&act.at_ms))
        }
        Whose::ActiveSince(since) => {
            let mut active = acts.people(|act| since <= Timestamp::from_ms(act.at_ms));
            snapshot.stream(&active_query(snapshot, asked, since), |columns| {
                active.extend(columns.unsigned("visitor").iter().map(|visitor| people.person(*visitor)));
            })?;
            active
        }
        Whose::OwnerOf(cart) => acts.people(|act| act.sequence == cart),
        Whose::Visitors(visitors) => {
            let mut owners = acts.people(|act| visitors.contains(&act.visitor));
            owners.extend(visitors.iter().map(|visitor| people.person(*visitor)));
            owners
        }
    })
}

/// An event that may change a cart, or names one.
struct CartEvent {
    person: u64,
    visitor: u64,
    at_ms: i64,
    sequence: u64,
    name: Code,
    /// Where the rest of it is: so many columns down, and there in this row.
    place: (u32, u32),
}

/// All events that may change a cart, by their sequence.
struct Acts {
    batches: Vec<Columns>,
    acts: HashMap<u64, CartEvent>,
    /// Whether any of them has the name of this code.
    names: Vec<bool>,
}

impl Acts {
    fn new(batches: Vec<Columns>, people: &People) -> Self {
        let mut acts = HashMap::new();
        let mut names = Vec::new();
        let mut owners: HashMap<&str, (i64, u64, u64)> = HashMap::new();
        for (batch, columns) in (0..).zip(&batches) {
            let (visitors, times) = (columns.unsigned("visitor"), columns.numbers("at_ms"));
            let (sequences, codes) = (columns.unsigned("sequence"), columns.codes("name"));
            for row in 0..columns.rows() {
                let (visitor, at_ms, sequence, name) = (visitors[row], times[row], sequences[row], codes[row]);
                let person = people.person(visitor);
                let place = (batch, u32::try_from(row).expect("some thousand rows at a time"));
                acts.insert(sequence, CartEvent { person, visitor, at_ms, sequence, name, place });
                names.resize(names.len().max(name as usize + 1), false);
                names[name as usize] = true;
                if let Some(cart_id) = columns.text("cart_id", row) {
                    let named = (at_ms, sequence, person);
                    owners.entry(cart_id).and_modify(|first| *first = named.min(*first)).or_insert(named);
                }
            }
        }
        // Who names a cart acts for the person of the first event that names it.
        for act in acts.values_mut() {
            let (batch, row) = act.place;
            let cart_id = batches[batch as usize].text("cart_id", row as usize);
            if let Some((_, _, owner)) = cart_id.and_then(|cart_id| owners.get(cart_id)) {
                act.person = *owner;
            }
        }
        drop(owners);
        Self { batches, acts, names }
    }

    /// Those who did what is wanted.
    fn people(&self, wanted: impl Fn(&CartEvent) -> bool) -> HashSet<u64> {
        self.acts.values().filter(|act| wanted(act)).map(|act| act.person).collect()
    }

    fn get(&self, name: Code, sequence: u64) -> Option<&CartEvent> {
        // Most events have a name that is none of theirs.
        let known = self.names.get(name as usize).is_some_and(|known| *known);
        if known { self.acts.get(&sequence) } else { None }
    }
}

/// One event of a shopper. Whatever it does, it is activity.
struct Event {
    person: u64,
    visitor: u64,
    at_ms: i64,
    sequence: u64,
    name: Code,
    touchpoint: Code,
    channel: Code,
    campaign: Code,
    device: Code,
    /// Where the rest of it is, if it may change a cart.
    place: Option<(u32, u32)>,
}

impl Event {
    fn give(&self, words: &mut Words<'_>, (acts, people): (&Acts, &People), each: &mut impl FnMut(&CartRow<'_>)) {
        let seen = CartRow {
            person: self.person,
            visitor: self.visitor,
            at_ms: self.at_ms,
            sequence: self.sequence,
            act: words.act(self.name),
            touchpoint: self.touchpoint,
            channel: self.channel,
            campaign: self.campaign,
            device: words.device(self.device),
            ..NOTHING
        };
        match (seen.act, self.place) {
            // Nothing is read of what is activity and nothing else.
            (Act::Passive | Act::Other, _) | (_, None) => each(&seen),
            (_, Some((batch, row))) => {
                let seen = CartRow { customer: people.customer(self.visitor), ..seen };
                let columns = &acts.batches[batch as usize];
                words.give_act(
                    CartRow { fits: columns.codes("fits")[row as usize] != 0, ..seen },
                    (columns, row as usize),
                    each,
                );
            }
        }
    }
}

/// Finds the events of shoppers among all of a site.
struct Finder<'a> {
    acts: &'a Acts,
    people: &'a People,
    shoppers: &'a HashSet<u64>,
    /// The visitor looked up last, and the person if they shop: a visitor's events lie together.
    last: Option<(u64, Option<u64>)>,
}

impl Finder<'_> {
    fn find(&mut self, columns: &Columns, found: &mut Vec<Event>) {
        let (visitors, sequences) = (columns.unsigned("visitor"), columns.unsigned("sequence"));
        let (times, names) = (columns.numbers("at_ms"), columns.codes("name"));
        let (touchpoints, channels) = (columns.codes("touchpoint"), columns.codes("channel"));
        let (campaigns, devices) = (columns.codes("campaign"), columns.codes("device"));
        for row in 0..columns.rows() {
            let act = self.acts.get(names[row], sequences[row]);
            let person = match act {
                Some(act) => self.shoppers.get(&act.person).copied(),
                None => self.shopper(visitors[row]),
            };
            let Some(person) = person else { continue };
            found.push(Event {
                person,
                visitor: visitors[row],
                at_ms: times[row],
                sequence: sequences[row],
                name: names[row],
                touchpoint: touchpoints[row],
                channel: channels[row],
                campaign: campaigns[row],
                device: devices[row],
                place: act.map(|act| act.place),
            });
        }
    }

    /// The person that a visitor is, if they shop.
    fn shopper(&mut self, visitor: u64) -> Option<u64> {
        match self.last {
            Some((last, person)) if last == visitor => person,
            _ => {
                let person = self.shoppers.get(&self.people.person(visitor)).copied();
                self.last = Some((visitor, person));
                person
            }
        }
    }
}

/// Visitors of whom a customer is known: the person they are, and the customer.
struct People(HashMap<u64, (u64, Box<str>)>);

impl People {
    fn read(snapshot: &Snapshot, asked: &CartScope) -> Result<Self, store::Error> {
        let mut known = HashMap::new();
        snapshot.stream(&people_query(snapshot, asked), |columns| {
            let (visitors, people) = (columns.unsigned("own_visitor"), columns.unsigned("own_person"));
            for row in 0..columns.rows() {
                let customer = columns.text("own_customer", row).expect("somebody who is known has a name");
                known.insert(visitors[row], (people[row], customer.into()));
            }
        })?;
        Ok(Self(known))
    }

    fn person(&self, visitor: u64) -> u64 {
        self.0.get(&visitor).map_or(visitor, |(person, _)| *person)
    }

    fn customer(&self, visitor: u64) -> Option<&str> {
        self.0.get(&visitor).map(|(_, customer)| &**customer)
    }
}
