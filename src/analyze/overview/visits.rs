//! The pass over visits: visitors, sessions and page views, and at which places they were.
//!
//! A session belongs to the moment it began; a visitor is counted once in the period, and once in each bucket. Only
//! events that fit the question's conditions count; sessions are made of all.

use foldhash::{HashMap, HashMapExt as _};

use super::super::activity::ActivityColumns;
use super::super::orders::Placed;
use super::visitors_at::VisitorsAt;
use crate::domain::calendar::{Bucket, index_of};
use crate::domain::order::{Figures, Order};
use crate::domain::time::{Period, Timestamp};
use crate::store::{Code, NO_CODE};

/// What an event may be at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Page,
    Touchpoint,
    Device,
    Country,
}

impl Place {
    pub(super) const ALL: [Self; 4] = [Self::Page, Self::Touchpoint, Self::Device, Self::Country];

    /// The column of events, and the word on the wire.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Touchpoint => "touchpoint",
            Self::Device => "device",
            Self::Country => "country",
        }
    }

    /// The same of some rows.
    pub(super) fn of<'a>(self, columns: &ActivityColumns<'a>) -> &'a [Code] {
        match self {
            Self::Page => columns.pages,
            Self::Touchpoint => columns.touchpoints,
            Self::Device => columns.devices,
            Self::Country => columns.countries,
        }
    }
}

/// By so many things visits are told apart: the places, and the channel.
pub(super) const WAYS: usize = Place::ALL.len() + 1;
/// The channel's position among them.
pub(super) const CHANNEL: usize = Place::ALL.len();

/// The value of what has none. Without a channel, a session is Direct; only orders that have no session have none.
pub(super) fn none_of(way: usize) -> Code {
    if way == CHANNEL { Code::MAX } else { NO_CODE }
}

/// One event. A visitor's rows lie together and ascend in time.
pub(super) struct VisitRow {
    pub(super) visitor: u64,
    pub(super) at_ms: i64,
    pub(super) sequence: u64,
    pub(super) name: Code,
    /// How this event's page was come to.
    pub(super) channel: Code,
    /// In the order of [`Place::ALL`].
    pub(super) places: [Code; Place::ALL.len()],
    /// Whether it fits the question's conditions.
    pub(super) fits: bool,
}

/// How much was visited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    pub(super) visitors: u64,
    pub(super) sessions: u64,
    pub(super) page_views: u64,
    /// Visitors who placed an order in the period.
    pub(super) converted_visitors: u64,
}

/// Visitors and orders with one value.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) visitors: u64,
    pub(super) orders: Figures,
}

/// What the pass is told.
pub(super) struct Setting<'a> {
    pub(super) period: Period,
    pub(super) buckets: &'a [Bucket],
    pub(super) session_gap_ms: i64,
    /// Nothing was read from before.
    pub(super) rows_from: Timestamp,
    /// The code of `page_view`.
    pub(super) page_view: Code,
    /// The code of `purchase`: orders are booked on such events alone.
    pub(super) purchase: Code,
    /// What stands for a device that nobody knows.
    pub(super) unknown_device: Code,
    pub(super) orders: &'a [Placed],
}

/// Counts visits, one visitor at a time.
pub(super) struct Visits<'a> {
    setting: Setting<'a>,
    /// Places of the orders by the event that they are booked on.
    booked: HashMap<u64, usize>,
    pub(super) total: Traffic,
    pub(super) by_bucket: Vec<Traffic>,
    /// By place and channel, then by value; visitors are in it at the end.
    pub(super) tallies: [HashMap<Code, Tally>; WAYS],
    /// The values that each order's session had, for orders whose session was met.
    pub(super) order_values: HashMap<usize, [Vec<Code>; WAYS]>,
    /// How many visitors came by exactly these channels.
    pub(super) channels: HashMap<Vec<Code>, u64>,
    at: [VisitorsAt; Place::ALL.len()],
    visitor: Visitor,
    /// The bucket of the last event.
    last_bucket: usize,
    too_late: bool,
}

/// The visitor whose rows go by. What it holds is used again for the next one.
#[derive(Default)]
struct Visitor {
    /// None before the first row, and after the last.
    number: Option<u64>,
    /// Which of those who were read, from 1.
    place: u32,
    last_at_ms: i64,
    session: Session,
    /// Of the sessions that count.
    channels: Vec<Code>,
    /// The bucket of the last event that counted.
    last_bucket: Option<usize>,
    /// The bucket of the last order.
    last_order_bucket: Option<usize>,
}

#[derive(Default)]
struct Session {
    began_ms: i64,
    channel: Code,
    /// Where its events that count were, as [`Place::ALL`] has it; neighbours that repeat are one.
    places: Vec<[Code; Place::ALL.len()]>,
    orders: Vec<usize>,
    /// Whether any event counted.
    counted: bool,
    /// Whether it may have begun before the first row that was read.
    begun_before: bool,
}

/// So many places of a session are made a set again.
const PLACES_MAX: usize = 1_024;

/// The set of these codes, ascending; where there is nothing, "none" alone.
fn set_or_none(codes: impl Iterator<Item = Code>) -> Vec<Code> {
    let mut codes: Vec<Code> = codes.filter(|code| *code != NO_CODE).collect();
    settle(&mut codes);
    if codes.is_empty() {
        codes.push(NO_CODE);
    }
    codes
}

fn settle<T: Ord>(values: &mut Vec<T>) {
    values.sort_unstable();
    values.dedup();
}

impl Visitor {
    fn begin(&mut self, number: u64) {
        (self.number, self.last_bucket, self.last_order_bucket) = (Some(number), None, None);
        self.place += 1;
        self.channels.clear();
    }
}

impl Session {
    fn begin(&mut self, row: &VisitRow, begun_before: bool) {
        (self.began_ms, self.channel, self.begun_before) = (row.at_ms, row.channel, begun_before);
        self.counted = false;
        self.places.clear();
        self.orders.clear();
    }

    /// Whether it was not at all of these places already with the event before.
    fn moves(&mut self, places: [Code; Place::ALL.len()]) -> bool {
        if self.places.last() == Some(&places) {
            return false;
        }
        if PLACES_MAX <= self.places.len() && self.places.len().is_power_of_two() {
            settle(&mut self.places);
        }
        self.places.push(places);
        true
    }

    /// The values that it had, by place and channel.
    fn values(&self) -> [Vec<Code>; WAYS] {
        std::array::from_fn(|way| match way {
            CHANNEL => vec![self.channel],
            _ => set_or_none(self.places.iter().map(|places| places[way])),
        })
    }
}

impl<'a> Visits<'a> {
    /// Nothing yet.
    pub(super) fn new(setting: Setting<'a>) -> Self {
        let booked = setting.orders.iter().enumerate().map(|(place, placed)| (placed.order.booked, place)).collect();
        Self {
            by_bucket: vec![Traffic::default(); setting.buckets.len()],
            setting,
            booked,
            total: Traffic::default(),
            tallies: Default::default(),
            order_values: HashMap::new(),
            channels: HashMap::new(),
            at: Default::default(),
            visitor: Visitor::default(),
            last_bucket: 0,
            too_late: false,
        }
    }

    /// Takes the next row.
    pub(super) fn push(&mut self, row: &VisitRow) {
        let gap_ms = self.setting.session_gap_ms;
        if self.visitor.number != Some(row.visitor) {
            self.finish_visitor();
            self.visitor.begin(row.visitor);
            self.visitor.session.begin(row, row.at_ms - self.setting.rows_from.as_ms() <= gap_ms);
        } else if self.visitor.last_at_ms < row.at_ms - gap_ms {
            self.finish_session();
            self.visitor.session.begin(row, false);
        }
        self.visitor.last_at_ms = row.at_ms;
        let period = self.setting.period;
        if row.fits && period.from().as_ms() <= row.at_ms && row.at_ms < period.to().as_ms() {
            self.count(row);
        }
    }

    /// Counts the last visitor.
    pub(super) fn finish(&mut self) {
        self.finish_visitor();
        self.add_orders_elsewhere();
        let Self { tallies, at, channels, .. } = self;
        for (tallies, at) in tallies.iter_mut().zip(at) {
            at.counts().for_each(|(code, visitors)| tallies.entry(code).or_default().visitors = visitors);
        }
        for (channels, visitors) in channels {
            channels.iter().for_each(|code| tallies[CHANNEL].entry(*code).or_default().visitors += *visitors);
        }
    }

    /// Whether a session that counts may have begun before the first row that was read.
    pub(super) fn begins_too_late(&self) -> bool {
        self.too_late
    }

    /// One of the orders.
    pub(super) fn order(&self, place: usize) -> &Order {
        &self.setting.orders[place].order
    }

    /// The code that stands for nothing at a place, beside 0.
    pub(super) fn unknown_of(&self, place: Place) -> Code {
        if place == Place::Device { self.setting.unknown_device } else { NO_CODE }
    }

    fn count(&mut self, row: &VisitRow) {
        let bucket = self.bucket_of(row.at_ms);
        let order = if row.name == self.setting.purchase { self.booked.get(&row.sequence).copied() } else { None };
        let [page, touchpoint, device, country] = row.places;
        let device = if device == self.setting.unknown_device { NO_CODE } else { device };
        let page_view = row.name == self.setting.page_view;
        let visitor = &mut self.visitor;
        let places = [page, touchpoint, device, country];
        if visitor.session.moves(places) {
            self.at.iter_mut().zip(places).for_each(|(at, code)| at.add(visitor.place, code));
        }
        visitor.session.orders.extend(order);
        let began = (!visitor.session.counted).then_some(visitor.session.began_ms);
        visitor.session.counted = true;
        let new_in_bucket = visitor.last_bucket.replace(bucket) != Some(bucket);
        let converted_in_bucket = order.is_some() && visitor.last_order_bucket.replace(bucket) != Some(bucket);
        let traffic = &mut self.by_bucket[bucket];
        traffic.visitors += u64::from(new_in_bucket);
        traffic.converted_visitors += u64::from(converted_in_bucket);
        traffic.page_views += u64::from(page_view);
        self.total.page_views += u64::from(page_view);
        let in_period = |began: &i64| self.setting.period.from().as_ms() <= *began;
        if let Some(began) = began.filter(in_period) {
            let bucket = self.bucket_of(began);
            self.by_bucket[bucket].sessions += 1;
            self.total.sessions += 1;
        }
    }

    /// The bucket of a moment of the period. Neighbours are mostly of the same one.
    fn bucket_of(&mut self, at_ms: i64) -> usize {
        let buckets = self.setting.buckets;
        let last = &buckets[self.last_bucket];
        if at_ms < last.from.as_ms() || last.to.as_ms() <= at_ms {
            self.last_bucket = index_of(buckets, at_ms).expect("the buckets are those of the period");
        }
        self.last_bucket
    }

    fn finish_session(&mut self) {
        let Visitor { session, channels, .. } = &mut self.visitor;
        if !session.counted {
            return;
        }
        self.too_late |= session.begun_before;
        channels.push(session.channel);
        if session.orders.is_empty() {
            return;
        }
        let values = session.values();
        for &place in &session.orders {
            let order = &self.setting.orders[place].order;
            for (tallies, values) in self.tallies.iter_mut().zip(&values) {
                values.iter().for_each(|code| tallies.entry(*code).or_default().orders.add(order));
            }
            self.order_values.insert(place, values.clone());
        }
    }

    fn finish_visitor(&mut self) {
        if self.visitor.number.is_none() {
            return;
        }
        self.finish_session();
        let visitor = &mut self.visitor;
        visitor.number = None;
        if visitor.last_bucket.is_none() {
            return;
        }
        self.total.visitors += 1;
        self.total.converted_visitors += u64::from(visitor.last_order_bucket.is_some());
        self.at.iter_mut().for_each(|at| at.leave(visitor.place));
        settle(&mut visitor.channels);
        match self.channels.get_mut(&visitor.channels) {
            Some(visitors) => *visitors += 1,
            None => drop(self.channels.insert(visitor.channels.clone(), 1)),
        }
    }

    /// An order whose page was not met in the period, such as one whose server was faster than the period's end, was
    /// placed nowhere that is known.
    fn add_orders_elsewhere(&mut self) {
        for (place, placed) in self.setting.orders.iter().enumerate() {
            if !self.order_values.contains_key(&place) {
                for (way, tallies) in self.tallies.iter_mut().enumerate() {
                    tallies.entry(none_of(way)).or_default().orders.add(&placed.order);
                }
                self.order_values.insert(place, std::array::from_fn(|way| vec![none_of(way)]));
            }
        }
    }
}
