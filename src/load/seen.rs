//! Which events were loaded in the last days: what makes a retry harmless.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;

use super::enrich::OTHER;
use crate::domain::event::{Batch, Event};
use crate::domain::id::{EventId, SiteId};
use crate::domain::name::Label;
use crate::domain::time::{DAY_MS, Timestamp};
use crate::store::StoredContent;

/// An event id is remembered for so many days after its arrival; a repetition later than that is stored again.
pub(super) const DAYS: i64 = 7;

/// Remembered for so much longer, so that a clock that jumps ahead for a while makes nothing forgotten.
const JUMP_DAYS: i64 = 1;

/// Arrivals from here on are remembered at `now`: whole days, as [`Seen::sweep`] forgets them, so that a restart on the
/// way decides no differently than loading everything again in one go.
pub(super) fn oldest(now: Timestamp) -> Timestamp {
    let today = now.as_ms().div_euclid(DAY_MS);
    Timestamp::from_ms((today - DAYS - JUMP_DAYS) * DAY_MS)
}

/// What is known of an event id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Never seen; it is now.
    New,
    /// Seen with the same content.
    Same,
    /// Seen with other content.
    Differs,
    /// Seen before the store was opened; the file knows the content.
    Unknown,
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
                Mark::UNKNOWN => Sight::Unknown,
                content if content == mark.content => Sight::Same,
                _ => Sight::Differs,
            },
        }
    }

    /// Remembers what the file says of an event.
    pub(super) fn learn(&mut self, site: SiteId, id: EventId, content: u32) {
        if let Some(mark) = self.events.get_mut(&key(site, id)) {
            mark.content = content;
        }
    }

    /// Whether the event is known with other content. What cannot be known does not contradict.
    pub(super) fn contradicts(&self, site: SiteId, id: EventId, content: u32) -> bool {
        let known = self.events.get(&key(site, id)).map_or(Mark::UNKNOWN, |mark| mark.content);
        known != Mark::UNKNOWN && known != content
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
            self.events.retain(|_, mark| today - DAYS - JUMP_DAYS <= i64::from(mark.day));
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
#[derive(Hash)]
struct Content<'a> {
    name: &'a str,
    page: Option<&'a str>,
    properties: Option<&'a str>,
    value_minor: Option<i64>,
    cart_id: Option<&'a str>,
    transaction_id: Option<&'a str>,
}

impl Content<'_> {
    /// Never [`Mark::UNKNOWN`].
    fn mark<'i>(&self, items: impl Iterator<Item = (Option<&'i str>, Option<i64>, u32)>) -> u32 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        items.for_each(|item| item.hash(&mut hasher));
        (hasher.finish() as u32).max(Mark::UNKNOWN + 1)
    }
}

/// A mark of what the event says.
pub(super) fn content_of(event: &Event) -> u32 {
    let commerce = &event.commerce;
    let content = Content {
        name: event.name.as_str(),
        page: event.page.as_ref().map(|page| page.path()),
        properties: event.properties.as_deref(),
        value_minor: commerce.value.map(|money| money.minor()),
        cart_id: commerce.cart_id.as_ref().map(Label::as_str),
        transaction_id: commerce.transaction_id.as_ref().map(Label::as_str),
    };
    content.mark(commerce.items.iter().map(|item| {
        let id = item.item_id.as_ref().map(Label::as_str);
        (id, item.price_minor, item.quantity)
    }))
}

/// What is compared of a stored line item.
#[derive(Deserialize)]
struct StoredItem {
    item_id: Option<String>,
    price_minor: Option<i64>,
    quantity: u32,
}

/// The same mark of a stored event; `None` where the file does not have the text any more, because it came past
/// the limit of texts.
pub(super) fn content_of_stored(stored: &StoredContent) -> Option<u32> {
    let name = stored.name.as_deref()?;
    if name == OTHER || stored.page.as_deref() == Some(OTHER) {
        return None;
    }
    let items: Vec<StoredItem> = match &stored.items {
        Some(text) => serde_json::from_str(text).ok()?,
        None => Vec::new(),
    };
    let content = Content {
        name,
        page: stored.page.as_deref(),
        properties: stored.properties.as_deref(),
        value_minor: stored.value_minor,
        cart_id: stored.cart_id.as_deref(),
        transaction_id: stored.transaction_id.as_deref(),
    };
    Some(content.mark(items.iter().map(|item| (item.item_id.as_deref(), item.price_minor, item.quantity))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_remembers_the_days_that_going_on_would() {
        let day = |day: i64, ms: i64| Timestamp::from_ms(day * DAY_MS + ms);
        let (now, id) = (day(20_020, DAY_MS / 2), EventId::from_u128(1));
        for (arrival, remembered) in [(day(20_012, 0), true), (day(20_011, DAY_MS - 1), false)] {
            assert_eq!(oldest(now) <= arrival, remembered, "after a restart");
            let mut seen = Seen::default();
            seen.restore(SiteId(1), id, arrival);
            seen.sweep(now);
            assert_eq!(!seen.events.is_empty(), remembered, "without one");
        }
    }
}
