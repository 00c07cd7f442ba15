//! The rows of carts: what people with a cart did, person by person in time order.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::cart_query::{CartScope, Whose, activity_query, acts_query, people_query};
use crate::domain::cart::{Act, CartRow, Line, Step};
use crate::domain::money::{Currency, Money};
use crate::store::{self, Code, Columns, NO_CODE, Snapshot};

/// Gives `each` all events of everybody whose carts are asked for, person by person in time order.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn each_row(
    snapshot: &Snapshot,
    asked: &CartScope,
    whose: Whose,
    mut each: impl FnMut(&CartRow<'_>),
) -> Result<(), store::Error> {
    let people = People::read(snapshot, asked)?;
    let mut batches = Vec::new();
    snapshot.stream(&acts_query(snapshot, asked), |columns| batches.push(columns))?;
    let acts = Acts::new(batches, &people);
    let mut words = Words::new(snapshot, asked.site_currency);
    let period = asked.scope.period.from().as_ms()..asked.scope.period.to().as_ms();
    let shoppers = acts.people(|act| match whose {
        Whose::OpenedInPeriod => words.opens(act.name) && period.contains(&act.at_ms),
        Whose::OwnerOf(cart) => act.sequence == cart,
    });
    let mut events = Vec::new();
    let mut finder = Finder { acts: &acts, people: &people, shoppers: &shoppers, last: None };
    snapshot.stream(&activity_query(snapshot, asked), |columns| finder.find(&columns, &mut events))?;
    // They come in ascending runs, as the store has them, which this sort finds and merges.
    events.sort_by_key(|event| (event.person, event.at_ms, event.sequence));
    for event in &events {
        words.give(event, &acts, &people, &mut each);
    }
    Ok(())
}

/// An event that may change a cart, or names one.
struct CartEvent {
    person: u64,
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
                let (person, at_ms, sequence, name) =
                    (people.person(visitors[row]), times[row], sequences[row], codes[row]);
                let place = (batch, u32::try_from(row).expect("some thousand rows at a time"));
                acts.insert(sequence, CartEvent { person, at_ms, sequence, name, place });
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

/// Reads rows: what codes and texts mean.
struct Words<'a> {
    snapshot: &'a Snapshot,
    site_currency: Currency,
    unknown_device: Option<Code>,
    openers: [Option<Code>; 3],
    acts: HashMap<Code, Act>,
    currencies: HashMap<Code, Option<Currency>>,
}

impl<'a> Words<'a> {
    fn new(snapshot: &'a Snapshot, site_currency: Currency) -> Self {
        // An agent that says nothing is no device.
        let unknown_device = snapshot.code("unknown");
        let openers = Act::OPENERS.map(|name| snapshot.code(name));
        Self { snapshot, site_currency, unknown_device, openers, acts: HashMap::new(), currencies: HashMap::new() }
    }

    /// Whether events of this name may open a cart.
    fn opens(&self, name: Code) -> bool {
        self.openers.contains(&Some(name))
    }

    fn give(&mut self, event: &Event, acts: &Acts, people: &People, each: &mut impl FnMut(&CartRow<'_>)) {
        let act = self.act(event.name);
        let row = CartRow {
            person: event.person,
            visitor: event.visitor,
            at_ms: event.at_ms,
            sequence: event.sequence,
            act,
            touchpoint: event.touchpoint,
            channel: event.channel,
            campaign: event.campaign,
            device: if Some(event.device) == self.unknown_device { NO_CODE } else { event.device },
            customer: None,
            cart_id: None,
            transaction_id: None,
            lines: &[],
            value: None,
            stage: None,
            field: None,
            fits: true,
        };
        match (act, event.place) {
            // Nothing is read of what is activity and nothing else.
            (Act::Passive | Act::Other, _) | (_, None) => each(&row),
            (_, Some((batch, place))) => {
                let row = CartRow { customer: people.customer(event.visitor), ..row };
                self.give_act(row, &acts.batches[batch as usize], place as usize, each);
            }
        }
    }

    /// Gives a row with what its event does to a cart.
    fn give_act(&mut self, row: CartRow<'_>, columns: &Columns, place: usize, each: &mut impl FnMut(&CartRow<'_>)) {
        let text = |name: &str| columns.text(name, place);
        let currency = self.currency(columns.codes("currency")[place]);
        let lines = text("items").map(|items| lines_of(items, currency.unwrap_or(self.site_currency)));
        let minor = columns.numbers("value_minor")[place];
        each(&CartRow {
            cart_id: text("cart_id"),
            transaction_id: text("transaction_id"),
            lines: lines.as_deref().unwrap_or_default(),
            // A row has a currency if and only if it has a value.
            value: currency.and_then(|currency| Money::from_minor(minor, currency)),
            stage: text("place_stage").and_then(Step::parse),
            field: text("place_field").filter(|field| !field.is_empty()),
            fits: columns.codes("fits")[place] != 0,
            ..row
        });
    }

    fn act(&mut self, name: Code) -> Act {
        let snapshot = self.snapshot;
        *self.acts.entry(name).or_insert_with(|| snapshot.text(name).map_or(Act::Other, |name| Act::of(&name)))
    }

    fn currency(&mut self, code: Code) -> Option<Currency> {
        let snapshot = self.snapshot;
        let read = || snapshot.text(code).and_then(|text| Currency::parse(&text));
        *self.currencies.entry(code).or_insert_with(read)
    }
}

/// One of an event's items, as `load` stores it.
#[derive(Deserialize)]
struct StoredItem {
    item_id: Option<String>,
    item_name: Option<String>,
    price_minor: Option<i64>,
    /// Only where it is not that of the event's value.
    currency: Option<String>,
    quantity: u32,
}

/// The lines of stored items; prices that name no currency are in `currency`.
fn lines_of(items: &str, currency: Currency) -> Vec<Line> {
    let items: Vec<StoredItem> = serde_json::from_str(items).unwrap_or_default();
    let line = |item: StoredItem| {
        let currency = item.currency.and_then(|code| Currency::parse(&code)).unwrap_or(currency);
        Line {
            product: item.item_id.or_else(|| item.item_name.clone()).unwrap_or_default(),
            name: item.item_name,
            quantity: u64::from(item.quantity),
            price: item.price_minor.and_then(|minor| Money::from_minor(minor, currency)),
        }
    };
    items.into_iter().map(line).collect()
}
