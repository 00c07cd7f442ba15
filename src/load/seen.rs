//! Which events were loaded in the last days: what makes a retry harmless.

use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher;

use foldhash::{HashMap, HashMapExt as _};

use super::content::{self, content_of};
use crate::domain::event::{Batch, Event};
use crate::domain::id::{EventId, SiteId};
use crate::domain::time::{DAY_MS, Timestamp};

/// An event id is remembered for so many days after its arrival; a repetition later than that is stored again.
pub(super) const DAYS: i64 = 7;

/// Remembered for so much longer, so that a clock that jumps ahead for a while makes nothing forgotten.
const JUMP_DAYS: i64 = 1;

/// A table that grows is copied: one of so many at a time, so that neither the copy nor the wait for it is large.
const SHARDS: usize = 64;

/// When there are too many, one in so many is forgotten at once.
const FORGOTTEN_AT_ONCE: usize = 4;

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

/// The ids of the last days, and a mark of each event's content: 16 bytes an event, and the free places of the tables.
pub(super) struct Seen {
    shards: Vec<HashMap<Key, Mark>>,
    hasher: RandomState,
    /// Of more than so many, the earliest arrivals are forgotten.
    events_max: usize,
    swept_on: i64,
}

/// What stands for a site and the id of an event of it: 64 bits that nobody outside can predict. Among ten million that
/// are remembered, a new event has another's key once in two million million times, and would be taken for a repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key(u64);

#[derive(Clone, Copy)]
struct Mark {
    /// Second of arrival, counted from 1970.
    arrived: u32,
    /// Of what the event says; [`content::UNKNOWN`] for events loaded by an earlier process.
    content: u32,
}

impl Seen {
    /// Remembers nothing yet, and never more than `events_max` for long.
    pub(super) fn new(events_max: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| HashMap::new()).collect(),
            hasher: RandomState::new(),
            events_max,
            swept_on: 0,
        }
    }

    /// Remembers an event that is stored.
    pub(super) fn restore(&mut self, site: SiteId, id: EventId, received_at: Timestamp) {
        let mark = Mark { arrived: second_of(received_at), content: content::UNKNOWN };
        let key = self.key(site, id);
        self.shard(key).insert(key, mark);
    }

    /// Looks the event up, and remembers it if it is new.
    pub(super) fn mark(&mut self, batch: &Batch, event: &Event) -> Sight {
        let mark = Mark { arrived: second_of(batch.received_at), content: content_of(event) };
        let key = self.key(batch.site, event.id);
        match self.shard(key).entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(mark);
                Sight::New
            }
            Entry::Occupied(known) => match known.get().content {
                content::UNKNOWN => Sight::Unknown,
                content if content == mark.content => Sight::Same,
                _ => Sight::Differs,
            },
        }
    }

    /// Remembers what the file says of an event.
    pub(super) fn learn(&mut self, site: SiteId, id: EventId, content: u32) {
        let key = self.key(site, id);
        if let Some(mark) = self.shard(key).get_mut(&key) {
            mark.content = content;
        }
    }

    /// Whether the event is known with other content. What cannot be known does not contradict.
    pub(super) fn contradicts(&mut self, site: SiteId, id: EventId, content: u32) -> bool {
        let key = self.key(site, id);
        let known = self.shard(key).get(&key).map_or(content::UNKNOWN, |mark| mark.content);
        known != content::UNKNOWN && known != content
    }

    /// Takes marks back whose events were not stored after all.
    pub(super) fn forget(&mut self, marked: &[(SiteId, EventId)]) {
        for &(site, id) in marked {
            let key = self.key(site, id);
            self.shard(key).remove(&key);
        }
    }

    /// Forgets what is too old, once a day of arrivals, and the earliest of what is too much. By arrival and not by the
    /// clock, so that loading the same journal again decides the same.
    pub(super) fn sweep(&mut self, received_at: Timestamp) {
        let today = received_at.as_ms().div_euclid(DAY_MS);
        if self.swept_on < today {
            self.swept_on = today;
            let oldest = second_of(oldest(received_at));
            self.forget_before(oldest);
        }
        if self.events_max < self.len() {
            self.make_room();
        }
    }

    /// How many events are remembered.
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(HashMap::len).sum()
    }

    /// Forgets the earliest arrivals, whole seconds of them.
    fn make_room(&mut self) {
        let mut arrivals: BTreeMap<u32, usize> = BTreeMap::new();
        for mark in self.shards.iter().flat_map(HashMap::values) {
            *arrivals.entry(mark.arrived).or_default() += 1;
        }
        let mut surplus = self.len() - self.events_max + self.events_max / FORGOTTEN_AT_ONCE;
        let last = arrivals.iter().find_map(|(&second, &events)| {
            surplus = surplus.saturating_sub(events);
            (surplus == 0).then_some(second)
        });
        let last = last.expect("the surplus is a part of all");
        self.forget_before(last + 1);
        tracing::warn!(
            remembered = self.len(),
            forgotten_through_second = last,
            "too many events to remember: a repetition of an event that arrived before would count again; \
             raise load.remembered_events_max if there is memory for it",
        );
    }

    fn forget_before(&mut self, second: u32) {
        for shard in &mut self.shards {
            shard.retain(|_, mark| second <= mark.arrived);
        }
    }

    fn key(&self, site: SiteId, id: EventId) -> Key {
        Key(self.hasher.hash_one((site, id.as_u128())))
    }

    fn shard(&mut self, key: Key) -> &mut HashMap<Key, Mark> {
        &mut self.shards[key.0 as usize % SHARDS]
    }
}

fn second_of(moment: Timestamp) -> u32 {
    u32::try_from(moment.as_ms().div_euclid(1_000)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64, ms: i64) -> Timestamp {
        Timestamp::from_ms(day * DAY_MS + ms)
    }

    #[test]
    fn a_restart_remembers_the_days_that_going_on_would() {
        let (now, id) = (at(20_020, DAY_MS / 2), EventId::from_u128(1));
        for (arrival, remembered) in [(at(20_012, 0), true), (at(20_011, DAY_MS - 1), false)] {
            assert_eq!(oldest(now) <= arrival, remembered, "after a restart");
            let mut seen = Seen::new(10);
            seen.restore(SiteId(1), id, arrival);
            seen.sweep(now);
            assert_eq!(seen.len() == 1, remembered, "without one");
        }
    }

    #[test]
    fn of_too_many_events_the_earliest_are_forgotten_and_no_more_than_needed() {
        let mut seen = Seen::new(1_000);
        let known = |seen: &mut Seen, id: u128| {
            let key = seen.key(SiteId(1), EventId::from_u128(id));
            seen.shard(key).contains_key(&key)
        };
        // Ten a second.
        for id in 0..1_001 {
            seen.sweep(at(20_020, id / 10 * 1_000));
            seen.restore(SiteId(1), EventId::from_u128(id as u128), at(20_020, id / 10 * 1_000));
        }
        assert_eq!(seen.len(), 1_001);
        seen.sweep(at(20_020, DAY_MS / 2));
        assert_eq!(seen.len(), 741, "a quarter of what is allowed, and what was too much, in whole seconds");
        assert!((0..260).all(|id| !known(&mut seen, id)));
        assert!((260..1_001).all(|id| known(&mut seen, id)));
        seen.sweep(at(20_020, DAY_MS / 2));
        assert_eq!(seen.len(), 741, "once is enough");
    }
}
