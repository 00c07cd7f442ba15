//! Drop-off against the slow, obvious drop-off, over random small histories in random periods.

use fastrand::Rng;
use styk::domain::cart::Timeouts;
use styk::domain::dropoff::{By, Figures, Journeys, Tally, Unit};
use styk::domain::session::{Booked, Sessions};

use crate::cart_property::{PAUSES, history, row_of};
use crate::cart_reference::Seen;
use crate::dropoff_reference::{Asked, Row, Rows, add_visitor, is_first_report};

/// Streams compared; each holds up to three visitors.
const STREAMS: u64 = 20_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

#[test]
fn every_touchpoint_equals_what_the_rules_say_of_it() {
    let mut rng = Rng::with_seed(8);
    let (mut visitors, mut total) = (0, Row::default());
    for _ in 0..STREAMS {
        let histories: Vec<Vec<Seen>> = (0..rng.usize(1..=3)).map(|_| visitor(&mut rng)).collect();
        visitors += histories.len();
        let asked = question(&histories, &mut rng);
        let fitting = rng.u32(0..3);
        let fits = |event: &Seen| fitting == 0 || event.codes[2] == fitting;
        let mut expected = Rows::default();
        for events in &histories {
            let is_order = |place: usize| is_first_report(events, place);
            add_visitor(&mut expected, events, &asked, (fits, is_order));
        }
        compare(&histories, &asked, fits, &expected);
        for (sum, more) in [
            (&mut total.exits, expected.total.exits),
            (&mut total.exits_with_cart, expected.total.exits_with_cart),
            (&mut total.went_on, expected.touchpoints.values().map(|row| row.went_on).sum()),
            (&mut total.ended_converted, expected.total.ended_converted),
            (&mut total.in_progress, expected.total.in_progress),
        ] {
            *sum += more;
        }
    }
    assert!(20_000 <= visitors, "{visitors} histories");
    // An outcome that hardly occurs would hardly be compared.
    let outcomes = [total.exits, total.exits_with_cart, total.went_on, total.ended_converted, total.in_progress];
    assert!(outcomes.iter().all(|&units| 200 <= units), "{outcomes:?}");
}

/// One visitor's events; each stream has them visitor by visitor.
fn visitor(rng: &mut Rng) -> Vec<Seen> {
    let touchpoints = rng.u32(1..=4);
    let mut events = history(rng);
    for event in &mut events {
        event.codes[0] = rng.u32(1..=touchpoints);
    }
    events
}

/// A period, a lookback and a moment that something may depend on.
fn question(histories: &[Vec<Seen>], rng: &mut Rng) -> Asked {
    let times: Vec<i64> = histories.iter().flatten().map(|event| event.at_ms).collect();
    let moment = |rng: &mut Rng| {
        let pause = if rng.bool() { 0 } else { PAUSES[rng.usize(..PAUSES.len())] };
        times[rng.usize(..times.len())] + pause - rng.i64(0..2)
    };
    let (one, other) = (moment(rng), moment(rng));
    let whole = rng.u8(0..3) == 0;
    let period = if whole { 0..i64::MAX } else { one.min(other)..one.max(other) + 1 };
    let gap = [30 * MINUTE, 30 * MINUTE, 2 * MINUTE][rng.usize(..3)];
    let lookback = [None, Some(MINUTE), Some(DAY), Some(30 * DAY)][rng.usize(..4)];
    Asked { period, gap, lookback, high_water: moment(rng) + 30 * MINUTE }
}

fn compare(histories: &[Vec<Seen>], asked: &Asked, fits: impl Fn(&Seen) -> bool, expected: &Rows) {
    let timeouts = Timeouts::new(30 * MINUTE, 60 * MINUTE, 30 * DAY).unwrap();
    let unit = asked.lookback.map_or(Unit::Session, |lookback_ms| Unit::Visitor { lookback_ms });
    for broken_down in 1..=2 {
        let by = Some((broken_down, By::ALL.to_vec()));
        let mut tally = Tally::new(asked.high_water, asked.gap, by);
        let mut journeys = Journeys::new(unit);
        let mut sessions = Sessions::new(asked.gap, timeouts, asked.period.clone(), booked(histories));
        let mut add = |journey: &_| tally.add(journey);
        let mut each = |session| journeys.push(session, &mut add);
        for (person, events) in histories.iter().enumerate() {
            for (place, event) in events.iter().enumerate() {
                let event = Seen { visitor: person as u64, ..event.clone() };
                row_of(&event, (person, place), fits(&event), |row| sessions.push(row, &mut each));
            }
        }
        sessions.finish(&mut each);
        journeys.finish(&mut add);
        let total = Row { next: Default::default(), ..told(&tally.total) };
        assert_eq!(total, expected.total, "{asked:?}: {histories:#?}");
        let found = tally.touchpoints.iter().map(|(code, figures)| (*code, told(figures))).collect();
        assert_eq!(expected.touchpoints, found, "{asked:?}: {histories:#?}");
        let parts = |wanted: By| {
            let own = tally.parts.iter().filter(move |((by, _), _)| *by == wanted);
            own.map(|((_, value), figures)| ((broken_down, *value), told(figures))).collect()
        };
        let of = |rows: &std::collections::BTreeMap<(u32, u32), Row>| {
            rows.clone().into_iter().filter(|((at, _), _)| *at == broken_down).collect::<Vec<_>>()
        };
        let sorted = |mut parts: Vec<((u32, u32), Row)>| {
            parts.sort_by_key(|(key, _)| *key);
            parts
        };
        assert_eq!(sorted(parts(By::Device)), of(&expected.devices), "{asked:?}: {histories:#?}");
        assert_eq!(sorted(parts(By::Channel)), of(&expected.channels), "{asked:?}: {histories:#?}");
    }
}

/// The orders of visitors who share no order numbers, by the event that each is booked on.
fn booked(histories: &[Vec<Seen>]) -> Booked {
    let of = |(person, events): (usize, &Vec<Seen>)| {
        let orders: Vec<usize> = (0..events.len()).filter(|&place| is_first_report(events, place)).collect();
        orders.into_iter().map(move |place| ((person * 100 + place) as u64, None))
    };
    histories.iter().enumerate().flat_map(of).collect()
}

/// The figures in the reference's words.
fn told(figures: &Figures) -> Row {
    let outcomes = figures.went_on + figures.exits + figures.ended_converted + figures.in_progress;
    assert_eq!(figures.reached, outcomes, "each unit has one outcome: {figures:?}");
    Row {
        reached: figures.reached,
        went_on: figures.went_on,
        exits: figures.exits,
        exits_with_cart: figures.exits_with_cart,
        ended_converted: figures.ended_converted,
        in_progress: figures.in_progress,
        converted: figures.converted,
        value: figures.value_at_exit.iter().map(|(currency, minor)| (currency.to_string(), *minor)).collect(),
        next: figures.next.iter().map(|(&next, &units)| (next, units)).collect(),
    }
}
