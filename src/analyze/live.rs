//! Who is here now: visitors of the last minutes, where they are, what is in their carts, and what happened last.
//!
//! By event time, up to the moment of the answer. A visitor is where their last event was that is not passive. Nobody is
//! named: visitors are the numbers that exports show, and no customer is told. The period of the scope is [`period`]'s.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use schemars::JsonSchema;
use serde::Serialize;

use super::cart_figures::money;
use super::cart_query::{CartScope, Whose, each_cart};
use super::condition::{push_filters, rows_for};
use super::segment::{SegmentMethod, push_member, push_rows_and_members, segment_method};
use super::{NONE, OTHER, data_through, shown};
use crate::domain::cart::{Act, Amounts, State, Sums};
use crate::domain::time::{MINUTE_MS, Period, Timestamp};
use crate::store::{self, Code, Columns, NO_CODE, Query, Snapshot, Value};

/// So many minutes are shown.
const MINUTES: usize = 30;
/// Whoever did something in the last so many is here.
const HERE_MINUTES: usize = 5;
/// So many of the last events are told.
const EVENTS_MAX: usize = 20;

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LiveAnswer")]
pub struct Answer {
    /// The moment.
    pub as_of: String,
    /// Visitors of the last 5 minutes.
    pub visitors_5_minutes: u64,
    /// Visitors of the last 30.
    pub visitors_30_minutes: u64,
    /// The last 30 minutes, the oldest first.
    pub minutes: Vec<Minute>,
    /// Where the visitors of the last 5 minutes are: pages, most visitors first.
    pub pages: Vec<PlaceRow>,
    /// The same by touchpoint.
    pub touchpoints: Vec<PlaceRow>,
    /// Carts whose owners were active a moment ago, with something in them.
    pub open_carts: OpenCarts,
    /// What happened last, the latest first.
    pub events: Vec<EventRow>,
    /// How the numbers were reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// One minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "LiveMinute")]
pub struct Minute {
    /// When it begins.
    pub from: String,
    /// Visitors with an event in it.
    pub visitors: u64,
    /// Events.
    pub events: u64,
}

/// The visitors at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "LivePlace")]
pub struct PlaceRow {
    /// The page or touchpoint; `(other)` is all past the limit.
    pub value: String,
    /// How many are there.
    pub visitors: u64,
}

/// Carts whose owners were active a moment ago.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenCarts {
    /// How many.
    pub carts: u64,
    /// What is in them, in minor units by currency.
    pub value_minor: BTreeMap<String, i64>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "LiveEvent")]
pub struct EventRow {
    /// When.
    pub at: String,
    /// What.
    pub event: String,
    /// Where.
    pub touchpoint: String,
    /// On which page.
    pub page: String,
    /// The browser, as exports show it.
    pub visitor: String,
    /// On what.
    pub device: String,
    /// From where.
    pub country: String,
    /// What it was worth, where it said so, in minor units.
    pub value_minor: Option<i64>,
    /// Of this currency.
    pub currency: Option<String>,
}

/// How the numbers were reached.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule, by its name")]
#[schemars(rename = "LiveMethod")]
pub struct Method {
    pub report: &'static str,
    pub visitors: &'static str,
    pub places: &'static str,
    pub open_carts: &'static str,
    pub filter_scope: &'static str,
    /// Of which visitors; null where of all.
    pub segment: Option<SegmentMethod>,
    pub minutes: usize,
    pub here_minutes: usize,
    pub cart_idle_seconds: i64,
    pub time_zone: String,
}

/// The last minutes before a moment, itself included: the period of a question of that moment.
pub fn period(as_of: Timestamp) -> Option<Period> {
    Period::new(as_of.plus_ms(1 - minutes_ms(MINUTES)), as_of.plus_ms(1))
}

/// Builds the query for the events of the last minutes that fit, in time order.
fn events_query(snapshot: &Snapshot, asked: &CartScope, as_of: Timestamp) -> Result<Query, store::Error> {
    let rows = rows_for(&asked.filters);
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?;
    query.push("\nselect visitor, epoch_ms(occurred_at) as at_ms, name, touchpoint, page, device, country,");
    query.push("\n    coalesce(value_minor, 0) as value_minor, currency\nfrom ").push(rows.name());
    query.push("\nwhere site = $site and make_timestamp_ms($from_ms) < occurred_at");
    query.push(" and occurred_at <= make_timestamp_ms($as_of_ms)");
    push_filters(&mut query, snapshot, &asked.filters);
    push_member(&mut query, &asked.segment);
    query.push("\norder by occurred_at, sequence");
    query.bind("from_ms", Value::Number(as_of.plus_ms(-minutes_ms(MINUTES)).as_ms()));
    query.bind("as_of_ms", Value::Number(as_of.as_ms()));
    Ok(query)
}

fn minutes_ms(minutes: usize) -> i64 {
    i64::try_from(minutes).unwrap_or(i64::MAX).saturating_mul(MINUTE_MS)
}

/// What is going on as of the scope's moment; each list of places has at most `limit` rows and `(other)`.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, asked: &CartScope, limit: usize) -> Result<Answer, store::Error> {
    let as_of = asked.as_of(snapshot);
    let mut crowd = Crowd::new(as_of);
    snapshot.stream(&events_query(snapshot, asked, as_of)?, |columns| crowd.add(&columns, snapshot))?;
    let zone = &asked.scope.time_zone;
    let here = crowd.here();
    let since = as_of.plus_ms(-asked.timeouts.idle_ms());
    Ok(Answer {
        as_of: as_of.show_in(zone),
        visitors_5_minutes: here.len() as u64,
        visitors_30_minutes: crowd.visitors.len() as u64,
        minutes: crowd.minutes(asked),
        pages: places(here.iter().map(|seen| seen.page), limit, snapshot),
        touchpoints: places(here.iter().map(|seen| seen.touchpoint), limit, snapshot),
        open_carts: open_carts(snapshot, asked, since)?,
        events: crowd.latest.iter().rev().map(|event| event.shown(snapshot, asked)).collect(),
        method: Method {
            report: "live",
            visitors: "browsers with an event in the last minutes, by event time",
            places: "where the visitor's last event was that is not passive, of visitors of the last here_minutes",
            open_carts: "carts with something in them whose owner was active within cart_idle, whenever they were opened",
            filter_scope: "events that fit: visitors with one, where they were by those; the event that opened a cart",
            segment: segment_method(&asked.segment),
            minutes: MINUTES,
            here_minutes: HERE_MINUTES,
            cart_idle_seconds: asked.timeouts.idle_ms() / 1_000,
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        },
        data_through: data_through(snapshot),
    })
}

/// The SQL and values of the events; those of carts are shown by their own report.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub fn query(snapshot: &Snapshot, asked: &CartScope) -> Result<Query, store::Error> {
    events_query(snapshot, asked, asked.as_of(snapshot))
}

fn open_carts(snapshot: &Snapshot, asked: &CartScope, since: Timestamp) -> Result<OpenCarts, store::Error> {
    let (mut carts, mut sums) = (0, Sums::new());
    each_cart(snapshot, asked, Whose::ActiveSince(since), |cart| {
        if cart.state == State::Open {
            carts += 1;
            let amounts: &Amounts = cart.content.amounts();
            amounts.iter().for_each(|(currency, minor)| *sums.entry(currency).or_default() += minor);
        }
    })?;
    Ok(OpenCarts { carts, value_minor: money(&sums, asked.currency) })
}

/// The visitors of the last minutes.
struct Crowd {
    as_of: Timestamp,
    minutes: Vec<(HashSet<u64>, u64)>,
    visitors: HashMap<u64, Seen>,
    latest: VecDeque<Event>,
    passive: HashMap<Code, bool>,
}

/// Where a visitor was last, and when they did anything.
#[derive(Clone, Copy, Default)]
struct Seen {
    at_ms: i64,
    page: Code,
    touchpoint: Code,
}

struct Event {
    at_ms: i64,
    visitor: u64,
    name: Code,
    touchpoint: Code,
    page: Code,
    device: Code,
    country: Code,
    value_minor: i64,
    currency: Code,
}

impl Crowd {
    fn new(as_of: Timestamp) -> Self {
        let (visitors, latest, passive) = (HashMap::new(), VecDeque::new(), HashMap::new());
        Self { as_of, minutes: vec![(HashSet::new(), 0); MINUTES], visitors, latest, passive }
    }

    fn add(&mut self, columns: &Columns, snapshot: &Snapshot) {
        let (visitors, times) = (columns.unsigned("visitor"), columns.numbers("at_ms"));
        let (names, touchpoints, pages) = (columns.codes("name"), columns.codes("touchpoint"), columns.codes("page"));
        let (devices, countries) = (columns.codes("device"), columns.codes("country"));
        let (amounts, currencies) = (columns.numbers("value_minor"), columns.codes("currency"));
        for row in 0..columns.rows() {
            self.take(
                Event {
                    at_ms: times[row],
                    visitor: visitors[row],
                    name: names[row],
                    touchpoint: touchpoints[row],
                    page: pages[row],
                    device: devices[row],
                    country: countries[row],
                    value_minor: amounts[row],
                    currency: currencies[row],
                },
                snapshot,
            );
        }
    }

    fn take(&mut self, event: Event, snapshot: &Snapshot) {
        let ago = usize::try_from((self.as_of.as_ms() - event.at_ms) / MINUTE_MS).expect("not after the moment");
        let (visitors, events) = &mut self.minutes[MINUTES - 1 - ago];
        visitors.insert(event.visitor);
        *events += 1;
        let passive = self
            .passive
            .entry(event.name)
            .or_insert_with(|| snapshot.text(event.name).is_some_and(|name| Act::of(&name) == Act::Passive));
        let seen = self.visitors.entry(event.visitor).or_default();
        seen.at_ms = event.at_ms;
        if !*passive {
            (seen.page, seen.touchpoint) = (event.page, event.touchpoint);
        }
        if self.latest.len() == EVENTS_MAX {
            self.latest.pop_front();
        }
        self.latest.push_back(event);
    }

    /// The visitors of the last few minutes.
    fn here(&self) -> Vec<Seen> {
        let since_ms = self.as_of.as_ms() - minutes_ms(HERE_MINUTES);
        self.visitors.values().filter(|seen| since_ms < seen.at_ms).copied().collect()
    }

    fn minutes(&self, asked: &CartScope) -> Vec<Minute> {
        let minute = |(place, (visitors, events)): (usize, &(HashSet<u64>, u64))| Minute {
            // A minute's first moment is the one after the end of the one before.
            from: self.as_of.plus_ms(1 - minutes_ms(MINUTES - place)).show_in(&asked.scope.time_zone),
            visitors: visitors.len() as u64,
            events: *events,
        };
        self.minutes.iter().enumerate().map(minute).collect()
    }
}

/// How many are at each place: at most `limit`, most visitors first, and the rest as one.
fn places(codes: impl Iterator<Item = Code>, limit: usize, snapshot: &Snapshot) -> Vec<PlaceRow> {
    let mut counts: HashMap<Code, u64> = HashMap::new();
    codes.for_each(|code| *counts.entry(code).or_default() += 1);
    let mut rows: Vec<PlaceRow> =
        counts.into_iter().map(|(code, visitors)| PlaceRow { value: shown(snapshot, code), visitors }).collect();
    rows.sort_by(|one, other| other.visitors.cmp(&one.visitors).then_with(|| one.value.cmp(&other.value)));
    let rest = rows.split_off(limit.min(rows.len()));
    if !rest.is_empty() {
        let visitors = rest.iter().map(|row| row.visitors).sum();
        rows.push(PlaceRow { value: OTHER.to_owned(), visitors });
    }
    rows
}

impl Event {
    fn shown(&self, snapshot: &Snapshot, asked: &CartScope) -> EventRow {
        let currency = (self.currency != NO_CODE).then(|| shown(snapshot, self.currency));
        let device = shown(snapshot, self.device);
        EventRow {
            at: Timestamp::from_ms(self.at_ms).show_in(&asked.scope.time_zone),
            event: shown(snapshot, self.name),
            touchpoint: shown(snapshot, self.touchpoint),
            page: shown(snapshot, self.page),
            visitor: self.visitor.to_string(),
            // An agent that says nothing is no device.
            device: if device == "unknown" { NONE.to_owned() } else { device },
            country: shown(snapshot, self.country),
            value_minor: currency.is_some().then_some(self.value_minor),
            currency,
        }
    }
}
