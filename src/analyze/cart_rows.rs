//! The rows of carts: what people with a cart did, person by person in time order.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt as _, HashSet};

use super::activity::{Activity, ActivityColumns};
use super::cart_query::{CartScope, Fitting, Whose};
use super::cart_words::{ActColumns, NOTHING, Words};
use super::known_people::KnownPeople;
use super::parts::{self, OrderBook};
use crate::domain::cart::{Act, CartRow};
use crate::domain::time::Timestamp;
use crate::store::{self, Code, KeptRows, Snapshot};

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
    let (site, as_of) = (asked.scope.site, asked.as_of(snapshot));
    let people = KnownPeople::read(snapshot, site, as_of, OrderBook::LeftOut)?;
    let fitting = Fitting::read(snapshot, asked, (&Act::OPENERS, OrderBook::LeftOut))?;
    let rows = snapshot.kept_rows(&parts::cart_acts(snapshot, site))?;
    let acts = Acts::new(&rows, &people, as_of);
    let activity = Activity::read(snapshot, site)?;
    let shoppers = shoppers(snapshot, asked, whose, &Sources { acts: &acts, people: &people, activity: &activity })?;
    let mut finder = Finder { acts: &acts, people: &people, shoppers: &shoppers, last: None, found: Vec::new() };
    activity.each_piece(|columns| finder.find(columns, as_of))?;
    let mut events = finder.found;
    // They come in ascending runs, as the store has them, which this sort finds and merges.
    events.sort_by_key(|event| (event.person, event.at_ms, event.sequence));
    let mut words = Words::new(snapshot, asked.site_currency);
    for event in &events {
        event.give(&mut words, (&acts, &people, &fitting), &mut each);
    }
    Ok(())
}

/// What shoppers are found in.
struct Sources<'a> {
    acts: &'a Acts<'a>,
    people: &'a KnownPeople,
    activity: &'a Activity<'a>,
}

/// Those whose carts are asked for.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
fn shoppers(
    snapshot: &Snapshot,
    asked: &CartScope,
    whose: Whose<'_>,
    sources: &Sources<'_>,
) -> Result<HashSet<u64>, store::Error> {
    let Sources { acts, people, .. } = sources;
    Ok(match whose {
        Whose::OpenedInPeriod => {
            let openers = Act::OPENERS.map(|name| snapshot.code(name));
            let period = asked.scope.period.range_ms();
            acts.people(|act| openers.contains(&Some(act.name)) && period.contains(&act.at_ms))
        }
        Whose::ActiveSince(since) => sources.active(since.as_ms()..asked.as_of(snapshot).as_ms() + 1)?,
        Whose::OwnerOf(cart) => acts.people(|act| act.sequence == cart),
        Whose::Visitors(visitors) => {
            let mut owners = acts.people(|act| visitors.contains(&act.visitor));
            owners.extend(visitors.iter().map(|visitor| people.person(*visitor)));
            owners
        }
    })
}

impl Sources<'_> {
    /// Those who did anything in a time. Who acts on a cart that has a name acts for its owner.
    fn active(&self, time: Range<i64>) -> Result<HashSet<u64>, store::Error> {
        let mut active = self.acts.people(|act| time.contains(&act.at_ms));
        self.activity.each_piece(|columns| {
            for row in columns.within(time.clone()) {
                let act = self.acts.get(columns.names[row], columns.sequences[row]);
                if act.is_none_or(|act| !self.acts.names_cart(act)) {
                    active.insert(self.people.person(columns.visitors[row]));
                }
            }
        })?;
        Ok(active)
    }
}

/// An event that may change a cart, or names one.
struct CartEvent {
    person: u64,
    visitor: u64,
    at_ms: i64,
    sequence: u64,
    name: Code,
    /// Where the rest of it is: in which piece, and there in which row.
    place: (u32, u32),
}

/// All events that may change a cart, by their sequence.
struct Acts<'a> {
    pieces: Vec<ActColumns<'a>>,
    acts: HashMap<u64, CartEvent>,
    /// Whether any of them has the name of this code.
    names: Vec<bool>,
}

impl<'a> Acts<'a> {
    fn new(rows: &'a KeptRows, people: &KnownPeople, as_of: Timestamp) -> Self {
        let pieces: Vec<ActColumns<'_>> = rows.pieces().map(ActColumns::new).collect();
        let mut acts = HashMap::new();
        let mut names = Vec::new();
        let mut owners: HashMap<&str, (i64, u64, u64)> = HashMap::new();
        for ((piece, columns), act_columns) in (0..).zip(rows.pieces()).zip(&pieces) {
            let (visitors, times) = (columns.unsigned("visitor"), columns.numbers("at_ms"));
            let (sequences, codes) = (columns.unsigned("sequence"), columns.codes("name"));
            for row in (0..columns.rows()).filter(|&row| times[row] <= as_of.as_ms()) {
                let (visitor, at_ms, sequence, name) = (visitors[row], times[row], sequences[row], codes[row]);
                let person = people.person(visitor);
                let place = (piece, u32::try_from(row).expect("a run has fewer rows than numbers"));
                acts.insert(sequence, CartEvent { person, visitor, at_ms, sequence, name, place });
                names.resize(names.len().max(name as usize + 1), false);
                names[name as usize] = true;
                if let Some(cart_id) = act_columns.cart_ids.get(row) {
                    let named = (at_ms, sequence, person);
                    owners.entry(cart_id).and_modify(|first| *first = named.min(*first)).or_insert(named);
                }
            }
        }
        // Who names a cart acts for the person of the first event that names it.
        for act in acts.values_mut() {
            let (piece, row) = act.place;
            let cart_id = pieces[piece as usize].cart_ids.get(row as usize);
            if let Some((_, _, owner)) = cart_id.and_then(|cart_id| owners.get(cart_id)) {
                act.person = *owner;
            }
        }
        Self { pieces, acts, names }
    }

    /// Whether it names a cart.
    fn names_cart(&self, act: &CartEvent) -> bool {
        let (piece, row) = act.place;
        self.pieces[piece as usize].cart_ids.get(row as usize).is_some()
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
    fn give(
        &self,
        words: &mut Words<'_>,
        (acts, people, fitting): (&Acts<'_>, &KnownPeople, &Fitting),
        each: &mut impl FnMut(&CartRow<'_>),
    ) {
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
            (_, Some((piece, row))) => {
                let (customer, fits) = (people.customer(self.visitor), fitting.contains(self.sequence));
                let columns = &acts.pieces[piece as usize];
                words.give_act(CartRow { customer, fits, ..seen }, (columns, row as usize), each);
            }
        }
    }
}

/// Finds the events of shoppers among all of a site.
struct Finder<'a> {
    acts: &'a Acts<'a>,
    people: &'a KnownPeople,
    shoppers: &'a HashSet<u64>,
    /// The visitor looked up last, and the person if they shop: a visitor's events lie together.
    last: Option<(u64, Option<u64>)>,
    found: Vec<Event>,
}

impl Finder<'_> {
    fn find(&mut self, columns: &ActivityColumns<'_>, as_of: Timestamp) {
        for row in columns.within(i64::MIN..as_of.as_ms() + 1) {
            let (visitor, name, sequence) = (columns.visitors[row], columns.names[row], columns.sequences[row]);
            let act = self.acts.get(name, sequence);
            let person = match act {
                Some(act) => self.shoppers.get(&act.person).copied(),
                None => self.shopper(visitor),
            };
            let Some(person) = person else { continue };
            self.found.push(Event {
                person,
                visitor,
                at_ms: columns.times[row],
                sequence,
                name,
                touchpoint: columns.touchpoints[row],
                channel: columns.channels[row],
                campaign: columns.campaigns[row],
                device: columns.devices[row],
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
