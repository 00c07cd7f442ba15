//! The slow, obvious drop-off: for every touchpoint, looks at all of a visitor's events again and decides by the rules
//! of SEMANTICS ("Drop-off per touchpoint"). It shares no code with the fold.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::cart_reference::{Seen, carried, is_passive};

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) period: Range<i64>,
    pub(crate) gap: i64,
    /// Of visitors; none where sessions are counted.
    pub(crate) lookback: Option<i64>,
    pub(crate) high_water: i64,
}

/// What is known of the units at one touchpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) reached: u64,
    pub(crate) went_on: u64,
    pub(crate) exits: u64,
    pub(crate) exits_with_cart: u64,
    pub(crate) ended_converted: u64,
    pub(crate) in_progress: u64,
    pub(crate) converted: u64,
    pub(crate) value: BTreeMap<String, i128>,
    pub(crate) next: BTreeMap<u32, u64>,
}

/// All rows: by touchpoint; of all units; and by touchpoint, device and channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) total: Row,
    pub(crate) touchpoints: BTreeMap<u32, Row>,
    pub(crate) devices: BTreeMap<(u32, u32), Row>,
    pub(crate) channels: BTreeMap<(u32, u32), Row>,
}

/// Places of the events of each session of a visitor whose `events` ascend in time.
pub(crate) fn sessions(events: &[Seen], gap: i64) -> Vec<Range<usize>> {
    let begins = |place: &usize| *place == 0 || gap < events[*place].at_ms - events[*place - 1].at_ms;
    let starts: Vec<usize> = (0..events.len()).filter(begins).collect();
    let ends = starts[1..].iter().copied().chain([events.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// Whether this event is a purchase that the visitor did not report before.
pub(crate) fn is_first_report(events: &[Seen], place: usize) -> bool {
    let order = |event: &Seen| event.name == "purchase";
    let repeated = |id: &str| events[..place].iter().any(|event| order(event) && event.order == Some(id));
    order(&events[place]) && !events[place].order.is_some_and(repeated)
}

/// Adds what came of one visitor. `fits` is about one event; `is_order` about the place of one, and is true on each of the
/// visitor's orders once.
pub(crate) fn add_visitor(
    rows: &mut Rows,
    events: &[Seen],
    asked: &Asked,
    (fits, is_order): (impl Fn(&Seen) -> bool, impl Fn(usize) -> bool),
) {
    let touches = |place: &usize| !is_passive(events[*place].name);
    let in_period = |place: &usize| touches(place) && asked.period.contains(&events[*place].at_ms);
    let here: Vec<Range<usize>> = sessions(events, asked.gap)
        .into_iter()
        .filter(|session| session.clone().any(|place| in_period(&place)))
        .collect();
    match asked.lookback {
        None => {
            for session in here {
                let unit: Vec<usize> = session.clone().collect();
                add_unit(rows, events, asked, (&unit, session), (&in_period, &fits, &is_order));
            }
        }
        Some(lookback) => {
            let Some(last) = here.last().cloned() else { return };
            let end = last.clone().rfind(touches).map(|place| events[place].at_ms).unwrap();
            let unit: Vec<usize> = (0..last.end).filter(|&place| end - lookback <= events[place].at_ms).collect();
            add_unit(rows, events, asked, (&unit, last), (&touches, &fits, &is_order));
        }
    }
}

/// A condition.
type Which<'a, T> = &'a dyn Fn(&T) -> bool;

/// Adds one unit: the places of its events, and of those its last session.
fn add_unit(
    rows: &mut Rows,
    events: &[Seen],
    asked: &Asked,
    (unit, session): (&[usize], Range<usize>),
    (counts, fits, is_order): (Which<'_, usize>, Which<'_, Seen>, &dyn Fn(usize) -> bool),
) {
    if !unit.iter().any(|&place| fits(&events[place])) {
        return;
    }
    let touchpoint = |place: usize| events[place].codes[0];
    let touches: Vec<usize> = unit.iter().copied().filter(|&place| !is_passive(events[place].name)).collect();
    let counted: BTreeSet<u32> = touches.iter().filter(|place| counts(place)).map(|&place| touchpoint(place)).collect();
    let orders: Vec<usize> = unit.iter().copied().filter(|&place| is_order(place)).collect();
    let last = touchpoint(*touches.last().unwrap());
    let open = asked.high_water - events[session.end - 1].at_ms <= asked.gap;
    let cart = carried(&events[..session.end]);
    let add = |row: &mut Row, at: Option<u32>| {
        row.reached += 1;
        let from_first = |&&order: &&usize| {
            at.is_none_or(|at| touches.iter().any(|&place| place <= order && touchpoint(place) == at))
        };
        row.converted += u64::from(orders.iter().filter(from_first).count() != 0);
        let ended_here = at.map_or(counted.contains(&last), |at| at == last);
        if !ended_here {
            row.went_on += 1;
            let left = touches.iter().rposition(|&place| Some(touchpoint(place)) == at);
            if let Some(next) = left.map(|left| touchpoint(touches[left + 1])) {
                *row.next.entry(next).or_default() += 1;
            }
        } else if !orders.is_empty() {
            row.ended_converted += 1;
        } else if open {
            row.in_progress += 1;
        } else {
            row.exits += 1;
            row.exits_with_cart += u64::from(!cart.is_empty());
            cart.iter().for_each(|(currency, minor)| *row.value.entry(currency.clone()).or_default() += minor);
        }
    };
    let own = &events[session.clone()];
    let device = own.iter().map(|event| event.codes[3]).find(|&device| device != 0).unwrap_or(0);
    let channel = own[0].codes[1];
    for &at in &counted {
        add(rows.touchpoints.entry(at).or_default(), Some(at));
        add(rows.devices.entry((at, device)).or_default(), Some(at));
        add(rows.channels.entry((at, channel)).or_default(), Some(at));
    }
    add(&mut rows.total, None);
}
