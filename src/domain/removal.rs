//! Which events are to be gone from everywhere: those of people who were erased, and those that are too old.

use std::collections::{BTreeMap, HashMap};

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::encoding;
use super::event::{Batch, Event};
use super::id::{SiteId, VisitorId};
use super::name::Label;
use super::time::Timestamp;

/// A keyed hash of the shop's own id of a person: the id can be known again by it, and not read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CustomerMark(pub [u8; 32]);

/// Makes [`CustomerMark`]s.
#[derive(Clone)]
pub struct CustomerMarks(Hmac<Sha256>);

impl CustomerMarks {
    /// Marks of this installation alone.
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut hmac = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
        hmac.update(b"erased customer");
        Self(hmac)
    }

    /// The mark of a site's customer.
    pub fn mark(&self, site: SiteId, customer: &str) -> CustomerMark {
        let mut hmac = self.0.clone();
        hmac.update(&site.0.to_le_bytes());
        hmac.update(customer.as_bytes());
        CustomerMark(hmac.finalize().into_bytes().into())
    }
}

/// Which events are to be gone. An erasure takes what was accepted before it was asked for, and nothing later: who
/// comes back is a visitor like others.
#[derive(Clone)]
pub struct Removals {
    marks: CustomerMarks,
    /// Each with the first sequence that stays.
    visitors: HashMap<(SiteId, VisitorId), u64>,
    customers: HashMap<(SiteId, CustomerMark), u64>,
    /// What arrived earlier is too old.
    arrived_before: BTreeMap<SiteId, Timestamp>,
}

impl Removals {
    /// Nothing is to be gone.
    pub fn none(marks: CustomerMarks) -> Self {
        Self { marks, visitors: HashMap::new(), customers: HashMap::new(), arrived_before: BTreeMap::new() }
    }

    /// Also takes the events of a visitor below a sequence.
    pub fn add_visitor(&mut self, site: SiteId, visitor: VisitorId, before: u64) {
        let known = self.visitors.entry((site, visitor)).or_default();
        *known = before.max(*known);
    }

    /// Also takes the events that name a customer, below a sequence.
    pub fn add_customer(&mut self, site: SiteId, customer: CustomerMark, before: u64) {
        let known = self.customers.entry((site, customer)).or_default();
        *known = before.max(*known);
    }

    /// Also takes what arrived on a site before a moment.
    pub fn add_age(&mut self, site: SiteId, arrived_before: Timestamp) {
        self.arrived_before.insert(site, arrived_before);
    }

    /// Whether nothing is to be gone.
    pub fn is_empty(&self) -> bool {
        self.visitors.is_empty() && self.customers.is_empty() && self.arrived_before.is_empty()
    }

    /// The visitors of each site that go below a sequence, in order.
    pub fn visitors(&self) -> BTreeMap<(SiteId, u64), Vec<VisitorId>> {
        let mut visitors: BTreeMap<_, Vec<VisitorId>> = BTreeMap::new();
        for (&(site, visitor), &before) in &self.visitors {
            visitors.entry((site, before)).or_default().push(visitor);
        }
        visitors.values_mut().for_each(|visitors| visitors.sort_unstable());
        visitors
    }

    /// Where a site has an age limit: what arrived earlier is too old.
    pub fn ages(&self) -> &BTreeMap<SiteId, Timestamp> {
        &self.arrived_before
    }

    /// Whether an age limit takes something that arrived then, on whichever site.
    pub fn may_be_too_old(&self, received_at: Timestamp) -> bool {
        self.arrived_before.values().any(|before| received_at < *before)
    }

    /// Whether any of a site's events may be to be gone, of which the first arrived at `oldest`.
    pub fn concern(&self, site: SiteId, oldest: Timestamp) -> bool {
        self.arrived_before.get(&site).is_some_and(|before| oldest < *before)
            || self.visitors.keys().any(|(named, _)| *named == site)
            || self.customers.keys().any(|(named, _)| *named == site)
    }

    /// Whether somebody is to be gone, not only what is too old.
    pub fn names_people(&self) -> bool {
        !self.visitors.is_empty() || !self.customers.is_empty()
    }

    /// Whether a customer's name is among those to be gone.
    pub fn names_customer(&self, site: SiteId, customer: &str) -> bool {
        !self.customers.is_empty() && self.customers.contains_key(&(site, self.marks.mark(site, customer)))
    }

    /// Whether an event is to be gone.
    pub fn hold(&self, batch: &Batch, event: &Event, sequence: u64) -> bool {
        let site = batch.site;
        let below = |before: Option<&u64>| before.is_some_and(|before| sequence < *before);
        self.arrived_before.get(&site).is_some_and(|before| batch.received_at < *before)
            || below(self.visitors.get(&(site, event.actor.visitor)))
            || !self.customers.is_empty() && below(self.customer_before(site, event.actor.customer.as_ref()))
    }

    fn customer_before(&self, site: SiteId, customer: Option<&Label>) -> Option<&u64> {
        let mark = self.marks.mark(site, customer?.as_str());
        self.customers.get(&(site, mark))
    }

    /// The record without what is to be gone; `None` when nothing of it is, or nobody can read it.
    pub fn strip(&self, sequence: u64, kind: u8, payload: &[u8]) -> Option<Stripped> {
        let mut batch = encoding::decode(kind, payload).ok()?;
        let mut removed = 0;
        for index in 0..batch.events.len() {
            let event = &batch.events[index];
            if !event.is_blank() && self.hold(&batch, event, sequence + index as u64) {
                batch.events[index] = Event::blank();
                removed += 1;
            }
        }
        let left = batch.events.iter().filter(|event| !event.is_blank()).count() as u64;
        (0 < removed).then(|| {
            let payload = encoding::encode(&batch);
            Stripped { site: batch.site, payload, kind: encoding::WITH_BLANKS, removed, left }
        })
    }
}

/// A record some of whose events were replaced by blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stripped {
    /// Whose it is.
    pub site: SiteId,
    /// Its new content.
    pub payload: Vec<u8>,
    /// How that is encoded.
    pub kind: u8,
    /// Events that are gone.
    pub removed: u64,
    /// Events that are left.
    pub left: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Sender;

    const SHOP: SiteId = SiteId(1);

    fn event(visitor: u64, customer: Option<&str>) -> Event {
        let mut event = Event::blank();
        event.name = crate::domain::name::EventName::parse("page_view").unwrap();
        event.actor.visitor = VisitorId(visitor);
        event.actor.customer = customer.map(|text| Label::parse(text).unwrap());
        event
    }

    fn batch(events: Vec<Event>) -> Batch {
        Batch { site: SHOP, received_at: Timestamp::from_ms(1_000), sender: Sender::Server, events }
    }

    #[test]
    fn only_what_was_accepted_before_is_taken() {
        let marks = CustomerMarks::new(&[7; 32]);
        let mut removals = Removals::none(marks.clone());
        removals.add_visitor(SHOP, VisitorId(1), 10);
        removals.add_customer(SHOP, marks.mark(SHOP, "ann"), 20);
        let batch = batch(vec![event(1, None), event(2, Some("ann")), event(2, Some("bob"))]);
        let held =
            |sequence| batch.events.iter().map(|event| removals.hold(&batch, event, sequence)).collect::<Vec<_>>();
        assert_eq!(held(9), [true, true, false]);
        assert_eq!(held(10), [false, true, false], "who comes back is a visitor like others");
        assert_eq!(held(20), [false, false, false]);
        let other = Batch { site: SiteId(2), ..batch.clone() };
        assert!(!removals.hold(&other, &other.events[0], 0) && !removals.hold(&other, &other.events[1], 0));
        removals.add_age(SHOP, Timestamp::from_ms(1_000));
        assert_eq!(held_at(&removals, 999), [true; 3]);
        assert_eq!(held_at(&removals, 1_000), [false; 3]);
    }

    fn held_at(removals: &Removals, received_ms: i64) -> [bool; 3] {
        let mut batch = batch(vec![event(1, None), event(2, Some("ann")), event(2, Some("bob"))]);
        batch.received_at = Timestamp::from_ms(received_ms);
        [0, 1, 2].map(|index| removals.hold(&batch, &batch.events[index], 100))
    }

    #[test]
    fn a_record_keeps_its_length_and_what_is_not_to_go() {
        let mut removals = Removals::none(CustomerMarks::new(&[7; 32]));
        removals.add_visitor(SHOP, VisitorId(1), 52);
        let whole = batch(vec![event(1, None), event(2, Some("bob")), event(1, None)]);
        let payload = encoding::encode(&whole);
        let stripped = removals.strip(50, encoding::VERSION, &payload).unwrap();
        assert_eq!((stripped.site, stripped.removed, stripped.left), (SHOP, 1, 2));
        let read = encoding::decode(stripped.kind, &stripped.payload).unwrap();
        assert!(read.events[0].is_blank());
        assert_eq!(read.events[1..], whole.events[1..]);
        assert_eq!(removals.strip(50, stripped.kind, &stripped.payload), None, "a second time changes nothing");
        assert_eq!(removals.strip(52, encoding::VERSION, &payload), None);
        assert_eq!(removals.strip(50, encoding::VERSION, b"no batch"), None);
    }
}
