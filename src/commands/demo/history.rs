//! The past of the shop: every event of the last weeks, in batches ready to be sent.

use std::iter::Peekable;

use jiff::Timestamp;

use super::chance::{Dice, Purpose};
use super::crowd::{Arrival, Crowd, Lure};
use super::rhythm::{DAY_MS, HOUR_MS, Rhythm};
use super::stories::Stories;
use super::walk::Scene;
use super::wire::{WireBatch, WireEvent};

/// What to simulate. The same options give the same shop, byte for byte.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// Chooses the people and what they do.
    pub seed: u64,
    /// The end of the past and the start of the live visitors.
    pub now: Timestamp,
    /// How long the past is; at least 20 days hold both stories whole.
    pub days: u32,
    /// How many visitors the past has, the newsletter's readers included.
    pub visitors: u32,
    /// Key of the site that the batches name.
    pub site: String,
    /// Scheme and host of the shop's pages, without a slash at the end, such as `https://shop.example`.
    pub origin: String,
}

/// The batches of the past, ascending in time up to [`Simulation::now`].
pub struct History {
    events: Peekable<Crowd<std::vec::IntoIter<Arrival>>>,
    site: String,
    now_ms: i64,
    stories: Stories,
}

impl History {
    /// The most events in a batch.
    pub const EVENTS_MAX: usize = 500;
    /// The most items in a batch: keeps its JSON below 900 KiB.
    pub const ITEMS_MAX: usize = 1_500;

    /// The past that `simulation` asks for.
    pub fn new(simulation: &Simulation) -> Self {
        let rhythm = Rhythm::warsaw();
        let stories = Stories::before(simulation.now, &rhythm);
        let arrivals = past_arrivals(simulation, &stories, &rhythm);
        let scene = Scene { origin: simulation.origin.clone(), stories: stories.clone() };
        Self {
            events: Crowd::new(simulation.seed, scene, rhythm, arrivals.into_iter()).peekable(),
            site: simulation.site.clone(),
            now_ms: simulation.now.as_millisecond(),
            stories,
        }
    }

    /// What an analyst should find in it.
    pub fn stories(&self) -> &Stories {
        &self.stories
    }
}

impl Iterator for History {
    type Item = WireBatch;

    fn next(&mut self) -> Option<WireBatch> {
        let mut events: Vec<WireEvent> = Vec::with_capacity(Self::EVENTS_MAX);
        let mut items = 0;
        while events.len() < Self::EVENTS_MAX {
            let fits =
                |event: &WireEvent| event.occurred_at_ms <= self.now_ms && items + event.items.len() <= Self::ITEMS_MAX;
            let Some(event) = self.events.next_if(fits) else { break };
            items += event.items.len();
            events.push(event);
        }
        (!events.is_empty()).then(|| WireBatch { site: self.site.clone(), events })
    }
}

/// Everybody who came, in the order of time: the usual visitors by the rhythm of the week, and the newsletter's.
fn past_arrivals(simulation: &Simulation, stories: &Stories, rhythm: &Rhythm) -> Vec<Arrival> {
    let mut dice = Dice::new(simulation.seed, Purpose::Arrivals, 0);
    let now_ms = simulation.now.as_millisecond();
    let start_ms = now_ms - i64::from(simulation.days) * DAY_MS;
    let monthly_visitors = f64::from(simulation.visitors) * 30.0 / f64::from(simulation.days);
    let readers = stories.newsletter_arrivals(monthly_visitors, &mut dice);
    let mut arrivals: Vec<(i64, Lure)> = readers
        .into_iter()
        .zip((0..).map(Lure::Newsletter))
        .filter(|(at_ms, _)| (start_ms..now_ms).contains(at_ms))
        .collect();
    let usual = (simulation.visitors as usize).saturating_sub(arrivals.len());
    let moments = usual_arrivals(start_ms, now_ms, rhythm, &mut dice);
    arrivals.extend(moments.take(usual).map(|at_ms| (at_ms, Lure::Usual)));
    arrivals.sort_unstable();
    let numbered = arrivals.into_iter().zip(0..);
    numbered.map(|((at_ms, lure), number)| Arrival { at_ms, lure, number, person: number }).collect()
}

/// Moments between two others, hours as busy as the rhythm says; endless, in no order.
fn usual_arrivals<'a>(
    start_ms: i64,
    end_ms: i64,
    rhythm: &Rhythm,
    dice: &'a mut Dice,
) -> impl Iterator<Item = i64> + use<'a> {
    let mut total = 0.0;
    let mut hours = Vec::new();
    let mut hour_ms = start_ms;
    while hour_ms < end_ms {
        let length_ms = HOUR_MS.min(end_ms - hour_ms);
        total += rhythm.busyness(hour_ms) * length_ms as f64;
        hours.push((total, hour_ms, length_ms));
        hour_ms += HOUR_MS;
    }
    std::iter::repeat_with(move || {
        let drawn = dice.unit() * total;
        let (_, from_ms, length_ms) = hours[hours.partition_point(|(up_to, ..)| *up_to <= drawn).min(hours.len() - 1)];
        from_ms + dice.below(length_ms as u64) as i64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simulation(days: u32, visitors: u32) -> Simulation {
        let now = "2026-11-22T16:20:00Z".parse().unwrap();
        Simulation { seed: 11, now, days, visitors, site: "shop".into(), origin: "https://shop.example".into() }
    }

    fn arrivals(simulation: &Simulation) -> Vec<Arrival> {
        let rhythm = Rhythm::warsaw();
        past_arrivals(simulation, &Stories::before(simulation.now, &rhythm), &rhythm)
    }

    #[test]
    fn as_many_arrive_as_asked_for() {
        let all = arrivals(&simulation(60, 10_000));
        assert_eq!(all.len(), 10_000);
        assert!(all.is_sorted_by_key(|arrival| arrival.at_ms));
        assert_eq!(all.iter().filter(|arrival| matches!(arrival.lure, Lure::Newsletter(_))).count(), 210);
    }

    #[test]
    fn a_past_shorter_than_the_stories_has_only_usual_visitors() {
        let all = arrivals(&simulation(2, 300));
        assert_eq!(all.len(), 300);
        assert!(all.iter().all(|arrival| arrival.lure == Lure::Usual));
    }

    #[test]
    fn batches_are_full_but_the_last() {
        let batches: Vec<_> = History::new(&simulation(10, 600)).collect();
        let (last, full) = batches.split_last().unwrap();
        let items = |batch: &WireBatch| batch.events.iter().map(|event| event.items.len()).sum::<usize>();
        for batch in full {
            let nearly_full_of_items = History::ITEMS_MAX - 100 < items(batch);
            assert!(batch.events.len() == History::EVENTS_MAX || nearly_full_of_items);
        }
        assert!(!last.events.is_empty() && last.events.len() <= History::EVENTS_MAX);
    }
}
