//! The slow, obvious retention: who each event is of, by going through all the others; each person's visits and orders;
//! and cohorts by civil dates. Orders are the slow, obvious ones. It shares no code with the ledger or its SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::order_reference::{Said, accounts};

/// An event as it was sent; their order is that of arrival.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) visitor: u64,
    pub(crate) customer: Option<u64>,
    pub(crate) at_ms: i64,
    /// `page_view`, `purchase`, `refund` or `order_cancelled`.
    pub(crate) name: &'static str,
    pub(crate) order: Option<u64>,
    pub(crate) value: Option<(i64, &'static str)>,
}

/// That a visitor is not a customer, or no customer at all.
pub(crate) type Unlinked = (u64, Option<u64>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Person {
    Visitor(u64),
    Customer(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Visitor,
    Customer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    AllTime,
    FromLink,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Visit,
    Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Day,
    Week,
    Month,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) unit: Unit,
    pub(crate) identity: Identity,
    pub(crate) cohort: Kind,
    pub(crate) returning: Kind,
    pub(crate) by: By,
    pub(crate) cells: usize,
    pub(crate) churned_after_days: i64,
    pub(crate) period: Range<i64>,
    pub(crate) as_of_ms: i64,
    pub(crate) zone: TimeZone,
    pub(crate) session_gap_ms: i64,
}

/// Something a person did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Did {
    pub(crate) at_ms: i64,
    pub(crate) kind: Kind,
    pub(crate) value: Option<(i64, &'static str)>,
}

pub(crate) type Sums = BTreeMap<String, i128>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cohort {
    pub(crate) complete: bool,
    pub(crate) size: u64,
    pub(crate) returned: u64,
    pub(crate) orders: u64,
    pub(crate) value: Sums,
    /// How many came back, and whether no more can.
    pub(crate) cells: Vec<(u64, bool)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Loyalty {
    pub(crate) people: u64,
    pub(crate) new: u64,
    pub(crate) returning: u64,
    pub(crate) buyers: u64,
    pub(crate) repeat_buyers: u64,
    pub(crate) buyers_to_date: u64,
    pub(crate) orders_to_date: u64,
    pub(crate) value_to_date: Sums,
    /// By the number of orders; from ten on all are one.
    pub(crate) bought_times: BTreeMap<u64, u64>,
    pub(crate) churned: u64,
}

/// Whose each event is, as far as anybody knows at `as_of_ms`; `None` for those that are no customer's.
pub(crate) fn owners(told: &[Told], unlinked: &[Unlinked], rules: &Rules) -> Vec<Option<Person>> {
    let named = |event: &Told| {
        let undone =
            |customer| unlinked.contains(&(event.visitor, Some(customer))) || unlinked.contains(&(event.visitor, None));
        event.customer.filter(|customer| event.at_ms <= rules.as_of_ms && !undone(*customer))
    };
    let owner = |event: &Told| {
        let known = |other: &&(usize, &Told)| {
            let (_, other) = other;
            let soon_enough = rules.identity == Identity::AllTime || other.at_ms <= event.at_ms;
            other.visitor == event.visitor && soon_enough && named(other).is_some()
        };
        let said: Vec<(usize, &Told)> = told.iter().enumerate().collect();
        let last = said.iter().filter(known).max_by_key(|(arrival, other)| (other.at_ms, *arrival));
        last.and_then(|(_, other)| named(other)).map(Person::Customer)
    };
    match rules.unit {
        Unit::Visitor => told.iter().map(|event| Some(Person::Visitor(event.visitor))).collect(),
        Unit::Customer => told.iter().map(owner).collect(),
    }
}

/// What each person did, in time order, and how many visitors with a visit in the period are nobody's.
pub(crate) fn deeds(told: &[Told], unlinked: &[Unlinked], rules: &Rules) -> (BTreeMap<Person, Vec<Did>>, u64) {
    let owners = owners(told, unlinked, rules);
    let mut known: Vec<usize> = (0..told.len()).filter(|&event| told[event].at_ms <= rules.as_of_ms).collect();
    known.sort_by_key(|&event| (told[event].at_ms, event));
    let mut deeds: BTreeMap<Person, Vec<Did>> = BTreeMap::new();
    let mut strangers = BTreeSet::new();
    let visitors: BTreeSet<u64> = told.iter().map(|event| event.visitor).collect();
    for visitor in visitors {
        let (mut last_ms, mut there) = (i64::MIN / 2, Vec::new());
        for &event in known.iter().filter(|&&event| told[event].visitor == visitor) {
            if rules.session_gap_ms < told[event].at_ms - last_ms {
                there.clear();
            }
            last_ms = told[event].at_ms;
            if there.contains(&owners[event]) {
                continue;
            }
            there.push(owners[event]);
            match owners[event] {
                Some(person) => {
                    deeds.entry(person).or_default().push(Did { at_ms: last_ms, kind: Kind::Visit, value: None });
                }
                None if rules.period.contains(&last_ms) => drop(strangers.insert(visitor)),
                None => {}
            }
        }
    }
    for (person, did) in orders(told, &owners, rules) {
        deeds.entry(person).or_default().push(did);
    }
    // Visits first, where a purchase begins one.
    deeds.values_mut().for_each(|deeds| deeds.sort_by_key(|did| (did.at_ms, did.kind == Kind::Order)));
    (deeds, strangers.len() as u64)
}

/// Orders, each with its owner: of those who reported it, the first that is anybody; of browsers, the first.
fn orders(told: &[Told], owners: &[Option<Person>], rules: &Rules) -> Vec<(Person, Did)> {
    let said = |(place, event): (usize, &Told)| Said {
        name: event.name,
        number: event.order.map(|order| order.to_string()),
        at_ms: event.at_ms,
        place: place as u64,
        server: true,
        visitor: event.visitor,
        customer: None,
        cart: None,
        value: event.value,
        items: Vec::new(),
    };
    let said: Vec<Said> = told.iter().enumerate().map(said).filter(|said| said.name != "page_view").collect();
    let bought = accounts(&said, rules.as_of_ms).into_iter().filter_map(|account| account.order);
    let owned = bought.filter_map(|order| {
        let same = |said: &&Said| match &order.number {
            Some(_) => said.number == order.number,
            None => said.place == order.booked,
        };
        let known = |said: &&Said| said.name == "purchase" && said.at_ms <= rules.as_of_ms;
        let mut reports: Vec<&Said> = said.iter().filter(same).filter(known).collect();
        reports.sort_by_key(|said| (said.at_ms, said.place));
        let owner = reports.iter().find_map(|said| owners[usize::try_from(said.place).unwrap()])?;
        let given_back = order.refunded + order.cancelled;
        let value = order.worth.as_ref().map(|(minor, code)| (minor - given_back, static_code(code)));
        Some((owner, Did { at_ms: order.at_ms, kind: Kind::Order, value }))
    });
    owned.collect()
}

fn static_code(code: &str) -> &'static str {
    ["EUR", "PLN"].into_iter().find(|known| *known == code).unwrap()
}

/// Cohorts in order, and loyalty.
pub(crate) fn recount(deeds: &BTreeMap<Person, Vec<Did>>, rules: &Rules) -> (Vec<Cohort>, Loyalty) {
    let mut cohorts = empty_cohorts(rules);
    let mut loyalty = Loyalty::default();
    for deeds in deeds.values() {
        add_loyalty(&mut loyalty, deeds, rules);
        let first = deeds.iter().position(|did| did.kind == rules.cohort);
        let Some(first) = first.filter(|&first| rules.period.contains(&deeds[first].at_ms)) else { continue };
        let came_back = |&(place, did): &(usize, &Did)| {
            did.kind == rules.returning
                && match (rules.cohort, rules.returning) {
                    (Kind::Order, Kind::Visit) => deeds[first].at_ms < did.at_ms,
                    _ => first <= place,
                }
        };
        let own = unit_of(rules, deeds[first].at_ms);
        let cohort = &mut cohorts[distance(rules, unit_of(rules, rules.period.start), own)];
        cohort.size += 1;
        let returns: Vec<(usize, &Did)> = deeds.iter().enumerate().filter(came_back).collect();
        cohort.returned += u64::from(returns.iter().any(|(place, _)| *place != first));
        let units: BTreeSet<usize> =
            returns.iter().map(|(_, did)| distance(rules, own, unit_of(rules, did.at_ms))).collect();
        for unit in units {
            if let Some((count, _)) = cohort.cells.get_mut(unit) {
                *count += 1;
            }
        }
        let orders = || deeds.iter().filter(|did| did.kind == Kind::Order);
        cohort.orders += orders().count() as u64;
        orders().filter_map(|did| did.value).for_each(|value| add(&mut cohort.value, value));
    }
    (cohorts, loyalty)
}

fn add_loyalty(loyalty: &mut Loyalty, deeds: &[Did], rules: &Rules) {
    let of = |kind: Kind| deeds.iter().filter(move |did| did.kind == kind).copied().collect::<Vec<Did>>();
    let (visits, orders) = (of(Kind::Visit), of(Kind::Order));
    let inside = |deeds: &[Did]| deeds.iter().any(|did| rules.period.contains(&did.at_ms));
    loyalty.people += u64::from(inside(&visits));
    loyalty.new += u64::from(inside(visits.get(..1).unwrap_or_default()));
    loyalty.returning += u64::from(inside(visits.get(1..).unwrap_or_default()));
    loyalty.buyers += u64::from(inside(&orders));
    loyalty.repeat_buyers += u64::from(inside(orders.get(1..).unwrap_or_default()));
    let Some(last) = orders.last() else { return };
    loyalty.buyers_to_date += 1;
    loyalty.orders_to_date += orders.len() as u64;
    *loyalty.bought_times.entry((orders.len() as u64).min(10)).or_default() += 1;
    orders.iter().filter_map(|did| did.value).for_each(|value| add(&mut loyalty.value_to_date, value));
    loyalty.churned += u64::from(rules.churned_after_days * 86_400_000 <= rules.as_of_ms - last.at_ms);
}

fn add(sums: &mut Sums, (minor, currency): (i64, &str)) {
    *sums.entry(currency.to_owned()).or_default() += i128::from(minor);
}

fn empty_cohorts(rules: &Rules) -> Vec<Cohort> {
    let mut cohorts = Vec::new();
    let mut own = unit_of(rules, rules.period.start);
    while begins(rules, own) < rules.period.end {
        let mut cells = Vec::new();
        let mut unit = own;
        while cells.len() < rules.cells && begins(rules, unit).max(rules.period.start) <= rules.as_of_ms {
            let cut_off = begins(rules, unit) < rules.period.start;
            cells.push((0, begins(rules, next(rules, unit)) <= rules.as_of_ms && !cut_off));
            unit = next(rules, unit);
        }
        let end = begins(rules, next(rules, own));
        let whole = rules.period.start <= begins(rules, own) && end <= rules.period.end;
        cohorts.push(Cohort { complete: whole && end <= rules.as_of_ms, cells, ..Cohort::default() });
        own = next(rules, own);
    }
    cohorts
}

/// The first day of the day, week or month that a moment lies in.
fn unit_of(rules: &Rules, at_ms: i64) -> Date {
    let date = jiff::Timestamp::from_millisecond(at_ms).unwrap().to_zoned(rules.zone.clone()).date();
    match rules.by {
        By::Day => date,
        By::Week => (0..7)
            .map(|back| days_after(date, -back))
            .find(|day| day.weekday() == jiff::civil::Weekday::Monday)
            .unwrap(),
        By::Month => Date::new(date.year(), date.month(), 1).unwrap(),
    }
}

fn days_after(date: Date, days: i64) -> Date {
    date.checked_add(jiff::Span::new().days(days)).unwrap()
}

fn next(rules: &Rules, unit: Date) -> Date {
    match rules.by {
        By::Day => days_after(unit, 1),
        By::Week => days_after(unit, 7),
        By::Month => {
            let (year, month) = if unit.month() == 12 { (unit.year() + 1, 1) } else { (unit.year(), unit.month() + 1) };
            Date::new(year, month, 1).unwrap()
        }
    }
}

fn begins(rules: &Rules, unit: Date) -> i64 {
    unit.to_zoned(rules.zone.clone()).unwrap().start_of_day().unwrap().timestamp().as_millisecond()
}

/// How many units lie between.
fn distance(rules: &Rules, from: Date, to: Date) -> usize {
    let mut unit = from;
    (0..)
        .find(|_| {
            let there = unit == to;
            unit = next(rules, unit);
            there
        })
        .unwrap()
}
