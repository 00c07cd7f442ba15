//! The rows of carts: what people with a cart did, person by person in time order.
//!
//! # Why
//! Most people are one visitor, whose events lie together in time order where they are kept: they are given as they lie.
//! Only those of people who are several visitors, or whose cart another one named, are gathered and sorted.

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

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
    let mixed = if activity.is_kept() { acts.mixed(&people) } else { Mixed::Everybody };
    let mut finder = Finder { acts: &acts, people: &people, shoppers: &shoppers, mixed, last: None, found: Vec::new() };
    activity.each_piece(|columns| finder.find(columns, as_of))?;
    let Finder { mixed, mut found, .. } = finder;
    // They come in ascending runs, as the store has them, which this sort finds and merges.
    found.sort_by_key(|event| (event.person, event.at_ms, event.sequence));
    let words = Words::new(snapshot, asked.site_currency);
    let mut giver =
        Giver { words, acts: &acts, people: &people, fitting: &fitting, found: found.into_iter().peekable() };
    if let Mixed::Some(mixed) = &mixed {
        let mut alone = Alone { acts: acts.list.iter().peekable(), shoppers: &shoppers, mixed, last: None };
        activity.ascending(|columns, range| {
            alone.find(columns, range, as_of, |event| {
                giver.give_until(event.person, &mut each);
                giver.give(&event, &mut each);
            });
        })?;
    }
    giver.give_until(u64::MAX, &mut each);
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
                if self.acts.get(columns, row).is_none_or(|act| !self.acts.names_cart(act)) {
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

impl CartEvent {
    /// Where it stands among all of them.
    fn key(&self) -> (u64, i64, u64) {
        (self.visitor, self.at_ms, self.sequence)
    }
}

/// All events that may change a cart, as events ascend where they are kept.
struct Acts<'a> {
    pieces: Vec<ActColumns<'a>>,
    list: Vec<CartEvent>,
    /// Whether any of them has the name of this code.
    names: Vec<bool>,
}

impl<'a> Acts<'a> {
    fn new(rows: &'a KeptRows, people: &KnownPeople, as_of: Timestamp) -> Self {
        let mut acts =
            Self { pieces: rows.pieces().map(ActColumns::new).collect(), list: Vec::new(), names: Vec::new() };
        rows.ascending(|piece, range| acts.add(rows, (piece, range), people, as_of));
        acts.find_owners();
        acts
    }

    fn add(&mut self, rows: &KeptRows, (piece, range): (usize, Range<usize>), people: &KnownPeople, as_of: Timestamp) {
        let columns = rows.piece(piece);
        let (visitors, times) = (columns.unsigned("visitor"), columns.numbers("at_ms"));
        let (sequences, codes) = (columns.unsigned("sequence"), columns.codes("name"));
        for row in range.filter(|&row| times[row] <= as_of.as_ms()) {
            let (visitor, at_ms, sequence, name) = (visitors[row], times[row], sequences[row], codes[row]);
            let number = |place: usize| u32::try_from(place).expect("a run has fewer rows than numbers");
            let person = people.person(visitor);
            let place = (number(piece), number(row));
            self.list.push(CartEvent { person, visitor, at_ms, sequence, name, place });
            self.names.resize(self.names.len().max(name as usize + 1), false);
            self.names[name as usize] = true;
        }
    }

    /// Who names a cart acts for the person of the first event that names it.
    fn find_owners(&mut self) {
        let Self { pieces, list, .. } = self;
        let cart_id = |act: &CartEvent| pieces[act.place.0 as usize].cart_ids.get(act.place.1 as usize);
        let mut owners: HashMap<&str, (i64, u64, u64)> = HashMap::new();
        for (cart_id, act) in list.iter().filter_map(|act| Some((cart_id(act)?, act))) {
            let named = (act.at_ms, act.sequence, act.person);
            owners.entry(cart_id).and_modify(|first| *first = named.min(*first)).or_insert(named);
        }
        for act in list.iter_mut() {
            if let Some((_, _, owner)) = cart_id(act).and_then(|cart_id| owners.get(cart_id)) {
                act.person = *owner;
            }
        }
    }

    /// Whether it names a cart.
    fn names_cart(&self, act: &CartEvent) -> bool {
        let (piece, row) = act.place;
        self.pieces[piece as usize].cart_ids.get(row as usize).is_some()
    }

    /// Those who did what is wanted.
    fn people(&self, wanted: impl Fn(&CartEvent) -> bool) -> HashSet<u64> {
        self.list.iter().filter(|act| wanted(act)).map(|act| act.person).collect()
    }

    /// The event that may change a cart in a row, if it is one.
    fn get(&self, columns: &ActivityColumns<'_>, row: usize) -> Option<&CartEvent> {
        // Most events have a name that is none of theirs.
        if !self.names.get(columns.names[row] as usize).is_some_and(|known| *known) {
            return None;
        }
        let key = (columns.visitors[row], columns.times[row], columns.sequences[row]);
        let place = self.list.binary_search_by_key(&key, CartEvent::key).ok()?;
        Some(&self.list[place])
    }

    /// Visitors who are not a person alone, and the people that they are.
    fn mixed(&self, people: &KnownPeople) -> Mixed {
        let mut mixed: HashSet<u64> = people.merged().collect();
        let moved = self.list.iter().filter(|act| act.person != act.visitor);
        mixed.extend(moved.flat_map(|act| [act.person, act.visitor]));
        Mixed::Some(mixed)
    }
}

/// Whose events do not lie together in time order.
enum Mixed {
    Everybody,
    /// The events of these visitors, which may be several people's or one's with others.
    Some(HashSet<u64>),
}

impl Mixed {
    fn contains(&self, visitor: u64) -> bool {
        match self {
            Self::Everybody => true,
            Self::Some(visitors) => visitors.contains(&visitor),
        }
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
    fn new(person: u64, (columns, row): (&ActivityColumns<'_>, usize), act: Option<&CartEvent>) -> Self {
        Self {
            person,
            visitor: columns.visitors[row],
            at_ms: columns.times[row],
            sequence: columns.sequences[row],
            name: columns.names[row],
            touchpoint: columns.touchpoints[row],
            channel: columns.channels[row],
            campaign: columns.campaigns[row],
            device: columns.devices[row],
            place: act.map(|act| act.place),
        }
    }
}

/// Gives events with all that they say.
struct Giver<'a> {
    words: Words<'a>,
    acts: &'a Acts<'a>,
    people: &'a KnownPeople,
    fitting: &'a Fitting,
    /// Those that had to be sorted, and were not given yet.
    found: Peekable<IntoIter<Event>>,
}

impl Giver<'_> {
    /// Gives what had to be sorted, up to this person.
    fn give_until(&mut self, person: u64, each: &mut impl FnMut(&CartRow<'_>)) {
        while let Some(event) = self.found.next_if(|event| event.person <= person) {
            self.give(&event, each);
        }
    }

    fn give(&mut self, event: &Event, each: &mut impl FnMut(&CartRow<'_>)) {
        let seen = CartRow {
            person: event.person,
            visitor: event.visitor,
            at_ms: event.at_ms,
            sequence: event.sequence,
            act: self.words.act(event.name),
            touchpoint: event.touchpoint,
            channel: event.channel,
            campaign: event.campaign,
            device: self.words.device(event.device),
            ..NOTHING
        };
        match (seen.act, event.place) {
            // Nothing is read of what is activity and nothing else.
            (Act::Passive | Act::Other, _) | (_, None) => each(&seen),
            (_, Some((piece, row))) => {
                let (customer, fits) = (self.people.customer(event.visitor), self.fitting.contains(event.sequence));
                let columns = &self.acts.pieces[piece as usize];
                self.words.give_act(CartRow { customer, fits, ..seen }, (columns, row as usize), each);
            }
        }
    }
}

/// Finds the events of shoppers who are not a visitor alone.
struct Finder<'a> {
    acts: &'a Acts<'a>,
    people: &'a KnownPeople,
    shoppers: &'a HashSet<u64>,
    mixed: Mixed,
    /// The visitor looked up last: a visitor's events lie together.
    last: Option<Looked>,
    found: Vec<Event>,
}

/// What was found out of a visitor.
#[derive(Clone, Copy)]
struct Looked {
    visitor: u64,
    /// Whether all events are looked at one by one.
    mixed: bool,
    /// The person, if they shop.
    shopper: Option<u64>,
}

impl Finder<'_> {
    fn find(&mut self, columns: &ActivityColumns<'_>, as_of: Timestamp) {
        for row in columns.within(i64::MIN..as_of.as_ms() + 1) {
            let looked = self.look(columns.visitors[row]);
            if !looked.mixed {
                continue;
            }
            let act = self.acts.get(columns, row);
            let person = match act {
                Some(act) => self.shoppers.get(&act.person).copied(),
                None => looked.shopper,
            };
            self.found.extend(person.map(|person| Event::new(person, (columns, row), act)));
        }
    }

    fn look(&mut self, visitor: u64) -> Looked {
        if let Some(last) = self.last.filter(|last| last.visitor == visitor) {
            return last;
        }
        let shopper = || self.shoppers.get(&self.people.person(visitor)).copied();
        let mixed = self.mixed.contains(visitor);
        let looked = Looked { visitor, mixed, shopper: if mixed { shopper() } else { None } };
        *self.last.insert(looked)
    }
}

/// Finds the events of shoppers who are one visitor and nobody else, while all events ascend.
struct Alone<'a> {
    /// Those that were not passed yet.
    acts: Peekable<std::slice::Iter<'a, CartEvent>>,
    shoppers: &'a HashSet<u64>,
    mixed: &'a HashSet<u64>,
    /// The visitor looked up last, and whether they are one.
    last: Option<(u64, bool)>,
}

impl Alone<'_> {
    fn find(
        &mut self,
        columns: &ActivityColumns<'_>,
        range: Range<usize>,
        as_of: Timestamp,
        mut each: impl FnMut(Event),
    ) {
        for row in range {
            let visitor = columns.visitors[row];
            if !self.is_one(visitor) || as_of.as_ms() < columns.times[row] {
                continue;
            }
            let act = self.acts.next_if(|act| act.sequence == columns.sequences[row]);
            each(Event::new(visitor, (columns, row), act));
        }
    }

    fn is_one(&mut self, visitor: u64) -> bool {
        match self.last {
            Some((last, one)) if last == visitor => one,
            _ => {
                let one = self.shoppers.contains(&visitor) && !self.mixed.contains(&visitor);
                self.last = Some((visitor, one));
                if one {
                    while self.acts.next_if(|act| act.visitor < visitor).is_some() {}
                }
                one
            }
        }
    }
}
