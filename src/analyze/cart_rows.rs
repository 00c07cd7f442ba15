//! The rows of carts: what people with a cart did, person by person in time order.
//!
//! # Why
//! Most people are one visitor, whose events lie together in time order where they are kept: they are given as they lie.
//! Only those of people who are several visitors, or whose cart another one named, are gathered and sorted.

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use foldhash::{HashSet, HashSetExt as _};

use super::activity::{Activity, ActivityColumns};
use super::cart_acts::{Acts, CartEvent, Mixed};
use super::cart_query::{CartScope, Fitting, Whose};
use super::cart_words::{NOTHING, Words};
use super::known_people::KnownPeople;
use super::parts::{self, OrderBook};
use crate::domain::cart::{Act, CartRow};
use crate::domain::id::SiteId;
use crate::domain::money::Currency;
use crate::domain::time::Timestamp;
use crate::store::{self, Code, Snapshot};

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

/// Gives `each` all that visitors did who did anything in a time, visitor by visitor as they lie in `activity`, which is
/// kept. Each visitor is a person.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn each_row_of_visitors(
    snapshot: &Snapshot,
    activity: &Activity<'_>,
    (site, site_currency): (SiteId, Currency),
    time: Range<i64>,
    mut each: impl FnMut(&CartRow<'_>),
) -> Result<(), store::Error> {
    let (people, ever) = (KnownPeople::nobody(), Timestamp::from_ms(i64::MAX));
    let rows = snapshot.kept_rows(&parts::cart_acts(snapshot, site))?;
    let acts = Acts::new(&rows, &people, ever);
    let (mut here, mut last) = (HashSet::new(), None);
    activity.each_piece(|columns| {
        for row in columns.within(time.clone()) {
            if last.replace(columns.visitors[row]) != Some(columns.visitors[row]) {
                here.insert(columns.visitors[row]);
            }
        }
    })?;
    let (fitting, words) = (Fitting::All, Words::new(snapshot, site_currency));
    let found = Vec::new().into_iter().peekable();
    let mut giver = Giver { words, acts: &acts, people: &people, fitting: &fitting, found };
    let mixed = HashSet::new();
    let mut alone = Alone { acts: acts.list.iter().peekable(), shoppers: &here, mixed: &mixed, last: None };
    activity.ascending(|columns, range| {
        alone.find(columns, range, ever, |event| giver.give(&event, &mut each));
    })
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
        let mut row = range.start;
        while row < range.end {
            let visitor = columns.visitors[row];
            let end = columns.end_of_visitor(row, range.end);
            if self.is_one(visitor) {
                for row in (row..end).filter(|&row| columns.times[row] <= as_of.as_ms()) {
                    let act = self.acts.next_if(|act| act.sequence == columns.sequences[row]);
                    each(Event::new(visitor, (columns, row), act));
                }
            }
            row = end;
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
