//! Which events were loaded in the last days: what makes a retry harmless.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::domain::event::{Batch, Event};
use crate::domain::id::{EventId, SiteId};
use crate::domain::time::{DAY_MS, Timestamp};

/// An event id is remembered for so many days after its arrival; a repetition later than that is stored again.
pub(super) const DAYS: i64 = 7;

/// Arrivals from here on are remembered at `now`.
pub(super) fn oldest(now: Timestamp) -> Timestamp {
    now.plus_ms(-DAYS * DAY_MS)
}

/// What is known of an event id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Never seen; it is now.
    New,
    /// Seen with the same content, or with content that is not known any more.
    Same,
    /// Seen with other content.
    Differs,
}

/// The ids of the last days, and a mark of each event's content. 32 bytes an event.
#[derive(Default)]
pub(super) struct Seen {
    events: HashMap<(SiteId, u64, u64), Mark>,
    swept_on: i64,
}

#[derive(Clone, Copy)]
struct Mark {
    /// Day of arrival, counted from 1970.
    day: u32,
    /// Hash of the content; [`Mark::UNKNOWN`] for events loaded by an earlier process.
    content: u32,
}

impl Mark {
    const UNKNOWN: u32 = 0;
}

impl Seen {
    /// Remembers an event that is stored.
    pub(super) fn restore(&mut self, site: SiteId, id: EventId, received_at: Timestamp) {
        self.events.insert(key(site, id), Mark { day: day_of(received_at), content: Mark::UNKNOWN });
    }

    /// Looks the event up, and remembers it if it is new.
    pub(super) fn mark(&mut self, batch: &Batch, event: &Event) -> Sight {
        self.sweep(batch.received_at);
        let mark = Mark { day: day_of(batch.received_at), content: content_of(event) };
        match self.events.entry(key(batch.site, event.id)) {
            Entry::Vacant(vacant) => {
                vacant.insert(mark);
                Sight::New
            }
            Entry::Occupied(known) => match known.get().content {
                Mark::UNKNOWN => Sight::Same,
                content if content == mark.content => Sight::Same,
                _ => Sight::Differs,
            },
        }
    }

    /// Takes marks back whose events were not stored after all.
    pub(super) fn forget(&mut self, marked: &[(SiteId, EventId)]) {
        for &(site, id) in marked {
            self.events.remove(&key(site, id));
        }
    }

    /// Once a day of arrivals, drops what is too old. By arrival and not by the clock, so that loading the
    /// same journal again decides the same.
    fn sweep(&mut self, received_at: Timestamp) {
        let today = i64::from(day_of(received_at));
        if self.swept_on < today {
            self.swept_on = today;
            self.events.retain(|_, mark| today - DAYS <= i64::from(mark.day));
        }
    }
}

fn key(site: SiteId, id: EventId) -> (SiteId, u64, u64) {
    let number = id.as_u128();
    (site, (number >> 64) as u64, number as u64)
}

fn day_of(moment: Timestamp) -> u32 {
    u32::try_from(moment.as_ms().div_euclid(DAY_MS)).unwrap_or(0)
}

/// What the visitor did, without what differs between two sendings of one event: the corrected time, and
/// the visitor, whose daily id changes at midnight.
fn content_of(event: &Event) -> u32 {
    let mut hasher = DefaultHasher::new();
    event.name.hash(&mut hasher);
    event.page.as_ref().map(|page| page.path()).hash(&mut hasher);
    event.properties.hash(&mut hasher);
    let commerce = &event.commerce;
    commerce.value.map(|money| money.minor()).hash(&mut hasher);
    commerce.cart_id.hash(&mut hasher);
    commerce.transaction_id.hash(&mut hasher);
    for item in &commerce.items {
        (&item.item_id, item.price_minor, item.quantity).hash(&mut hasher);
    }
    (hasher.finish() as u32).max(Mark::UNKNOWN + 1)
}
