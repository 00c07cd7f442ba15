//! The present of the shop: visitors who keep coming, each page's events sent when they happen.

use std::iter::Peekable;
use std::time::Duration;

use super::chance::{Dice, Purpose};
use super::crowd::{Arrival, Crowd, Lure};
use super::history::Simulation;
use super::rhythm::{HOUR_MS, Rhythm};
use super::stories::Stories;
use super::visitors::Person;
use super::walk::Scene;
use super::wire::{WireBatch, WireEvent};

/// An endless row of (how long to wait since the batch before, batch).
///
/// Times continue from [`Simulation::now`]: whoever waits as told never sends an event from the future.
pub struct Live {
    events: Peekable<Crowd<LiveArrivals>>,
    site: String,
    clock_ms: i64,
}

impl Live {
    /// Events of one visitor this close together travel in one batch.
    const PAGE_MS: i64 = 1_500;

    /// The visitors who come after the past of `simulation`; a quarter of them was there before.
    pub fn new(simulation: &Simulation) -> Self {
        let rhythm = Rhythm::warsaw();
        let stories = Stories::before(simulation.now, &rhythm);
        let clock_ms = simulation.now.as_millisecond();
        let arrivals = LiveArrivals {
            seed: simulation.seed,
            dice: Dice::new(simulation.seed, Purpose::Arrivals, 1),
            rhythm: rhythm.clone(),
            at_ms: clock_ms,
            mean_an_hour: f64::from(simulation.visitors) / f64::from(simulation.days.max(1)) / 24.0,
            past_visitors: u64::from(simulation.visitors),
            number: u64::from(simulation.visitors),
        };
        let scene = Scene { origin: simulation.origin.clone(), stories };
        Self {
            events: Crowd::new(simulation.seed, scene, rhythm, arrivals).peekable(),
            site: simulation.site.clone(),
            clock_ms,
        }
    }
}

impl Iterator for Live {
    type Item = (Duration, WireBatch);

    fn next(&mut self) -> Option<(Duration, WireBatch)> {
        let mut events: Vec<WireEvent> = vec![self.events.next()?];
        let mut sent_at_ms = events[0].occurred_at_ms;
        let page_ends_ms = sent_at_ms + Self::PAGE_MS;
        let same_page = |next: &WireEvent| next.visitor == events[0].visitor && next.occurred_at_ms <= page_ends_ms;
        let mut followers = Vec::new();
        while let Some(next) = self.events.next_if(same_page) {
            sent_at_ms = next.occurred_at_ms;
            followers.push(next);
        }
        events.append(&mut followers);
        let delay_ms = u64::try_from(sent_at_ms - self.clock_ms).expect("the crowd's events ascend in time");
        self.clock_ms = sent_at_ms;
        Some((Duration::from_millis(delay_ms), WireBatch { site: self.site.clone(), events }))
    }
}

/// Endless arrivals by the rhythm of the week, from the end of the past on.
struct LiveArrivals {
    seed: u64,
    dice: Dice,
    rhythm: Rhythm,
    at_ms: i64,
    mean_an_hour: f64,
    past_visitors: u64,
    number: u64,
}

impl LiveArrivals {
    /// Even at night a demo should move: at least a visitor every 40 seconds.
    const AN_HOUR_MIN: f64 = 90.0;
    /// How many of those who come have been in the shop before.
    const KNOWN_RATE: f64 = 0.25;
}

impl Iterator for LiveArrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let an_hour = (self.mean_an_hour * self.rhythm.busyness(self.at_ms)).max(Self::AN_HOUR_MIN);
        let gap_ms = -(1.0 - self.dice.unit()).ln() / an_hour * HOUR_MS as f64;
        self.at_ms += gap_ms as i64;
        let number = self.number;
        self.number += 1;
        let known = self.dice.below(self.past_visitors.max(1));
        let comes_again = 0 < self.past_visitors
            && self.dice.happens(Self::KNOWN_RATE)
            && Person::new(self.seed, known).is_recognisable();
        let person = if comes_again { known } else { number };
        Some(Arrival { at_ms: self.at_ms, lure: Lure::Usual, number, person })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::history::History;
    use super::*;

    fn simulation(now: &str) -> Simulation {
        let now = now.parse().unwrap();
        Simulation {
            seed: 4,
            now,
            days: 30,
            visitors: 3_000,
            site: "shop".into(),
            origin: "https://shop.example".into(),
        }
    }

    #[test]
    fn nothing_is_sent_before_it_happens() {
        let simulation = simulation("2026-11-22T16:20:00Z");
        let mut clock_ms = simulation.now.as_millisecond();
        for (delay, batch) in Live::new(&simulation).take(2_000) {
            clock_ms += i64::try_from(delay.as_millis()).unwrap();
            assert!(batch.events.is_sorted_by_key(|event| event.occurred_at_ms));
            assert_eq!(batch.events.last().unwrap().occurred_at_ms, clock_ms);
            assert!(clock_ms - batch.events[0].occurred_at_ms <= Live::PAGE_MS);
            assert!(batch.events.iter().all(|event| event.visitor == batch.events[0].visitor));
        }
    }

    #[test]
    fn somebody_is_there_even_at_night() {
        let simulation = simulation("2026-11-23T02:00:00Z");
        let first_hour = Live::new(&simulation).scan(Duration::ZERO, |passed, (delay, batch)| {
            *passed += delay;
            (*passed < Duration::from_secs(3_600)).then_some(batch.events.len())
        });
        let events: usize = first_hour.sum();
        assert!(300 < events, "{events} events in an hour of the night");
    }

    #[test]
    fn some_were_there_before_and_no_event_is_repeated() {
        let simulation = simulation("2026-11-22T16:20:00Z");
        let past: Vec<WireEvent> = History::new(&simulation).flat_map(|batch| batch.events).collect();
        let live: Vec<WireEvent> = Live::new(&simulation).take(4_000).flat_map(|(_, batch)| batch.events).collect();
        let ids: HashSet<uuid::Uuid> = past.iter().chain(&live).map(|event| event.id).collect();
        assert_eq!(ids.len(), past.len() + live.len());
        let before: HashSet<&str> = past.iter().map(|event| event.visitor.as_str()).collect();
        let now: HashSet<&str> = live.iter().map(|event| event.visitor.as_str()).collect();
        let known = now.intersection(&before).count();
        assert!(now.len() / 10 < known && known < now.len() / 2, "{known} of {} were there before", now.len());
    }
}
