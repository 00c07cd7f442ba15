//! The whole path at once: random events, sent in any order through the real door, asked about through the API, and
//! counted a second time in plain Rust with the exhaustive search.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::reference::{Attempt, End, Happened, Order, Rules, attempt_that_counts};
use crate::shop::{Shop, agent_of};

const SEED: u64 = 20_241_120;
const VISITORS: usize = 200;
const EVENTS: usize = 2_000;
/// So many of them are sent twice.
const REPEATED: usize = 200;
const QUESTIONS: usize = 240;
const DAY_MS: i64 = 86_400_000;
const SESSION_GAP_MS: i64 = 30 * 60_000;
/// The last two are never steps, and keep sessions open. Order `strict` looks past the very last.
const NAMES: [&str; 6] = ["view_item", "add_to_cart", "begin_checkout", "purchase", "search", "scroll"];
const STEP_NAMES: usize = 4;
const PASSIVE: usize = 5;
const CARTS: [&str; 2] = ["c1", "c2"];
const DEVICES: [&str; 3] = ["mobile", "desktop", "tablet"];

/// An event as the test remembers it. In the order in which they were first sent.
#[derive(Clone, Copy, Debug)]
struct Told {
    visitor: usize,
    at_ms: i64,
    name: usize,
    device: usize,
    cart: Option<usize>,
    /// What the sender counts; the order of simultaneous events where it matters.
    sequence: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Visitor,
    Session,
}

#[derive(Clone, Debug)]
struct Asked {
    order: Order,
    names: Vec<usize>,
    optional: Vec<bool>,
    /// The name of an excluded event, and the steps between which it is excluded.
    excluded: Option<(usize, usize, usize)>,
    one_cart: bool,
    window_seconds: i64,
    unit: Unit,
    entered_ms: Range<i64>,
    by_device: bool,
}

/// Of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    reached: u64,
    drop_off: u64,
    in_progress: u64,
    excluded: u64,
}

/// Of those who entered in one hour, by the hour's beginning: how many, and how many of them converted.
type ByHour = BTreeMap<String, (u64, u64)>;

/// A funnel's counts, and those of each row of its breakdown.
#[derive(Debug, PartialEq, Eq)]
struct Counted {
    steps: Vec<Counts>,
    by_hour: ByHour,
    by_device: BTreeMap<String, (Vec<Counts>, ByHour)>,
}

#[test]
fn every_count_equals_a_recount_in_plain_rust() {
    let mut rng = Rng::with_seed(SEED);
    let events = random_events(&mut rng);
    let mut shop = Shop::open();
    send_in_batches(&mut shop, &events, &mut rng);
    compare(&shop, &events, &questions(&events, &mut rng));
    assert_eq!(shop.metric("styk_load_loaded_total"), EVENTS as u64);
    assert_eq!(shop.metric("styk_load_duplicate_total"), REPEATED as u64);
}

#[test]
fn the_counts_stay_the_same_in_files_in_merged_files_and_after_a_restart() {
    let mut rng = Rng::with_seed(SEED + 1);
    let events = random_events(&mut rng);
    let mut shop = Shop::open_set(&[("store.flush_rows", "300"), ("store.merge_runs", "2")]);
    send_in_batches(&mut shop, &events, &mut rng);
    let questions = questions(&events, &mut rng);
    compare(&shop, &events, &questions);
    let through = answer(&shop, &questions[0])["data_through"].clone();
    shop.restart();
    assert_eq!(answer(&shop, &questions[0])["data_through"], through);
    compare(&shop, &events, &questions);
    shop.tell("new 10:00 scroll");
    compare(&shop, &events, &questions);
}

/// The last three days of [`VISITORS`]: some click fast enough to tie, some pause around the session gap.
fn random_events(rng: &mut Rng) -> Vec<Told> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let habits: Vec<(i64, i64)> = (0..VISITORS)
        .map(|_| {
            let pause_ms = [1, 1_000, 60_000, SESSION_GAP_MS / 2, SESSION_GAP_MS][rng.usize(..5)];
            (now_ms - rng.i64(DAY_MS / 3..3 * DAY_MS), pause_ms)
        })
        .collect();
    let event = |_| {
        let visitor = rng.usize(..VISITORS);
        let (first_ms, pause_ms) = habits[visitor];
        let at_ms = first_ms + rng.i64(0..12) * pause_ms + rng.i64(0..2);
        let cart = rng.usize(..=CARTS.len()).checked_sub(1);
        let sequence = rng.u32(1..4);
        Told { visitor, at_ms, name: rng.usize(..NAMES.len()), device: rng.usize(..DEVICES.len()), cart, sequence }
    };
    (0..EVENTS).map(event).collect()
}

/// Sends the events in their order, some of them once more, later.
fn send_in_batches(shop: &mut Shop, events: &[Told], rng: &mut Rng) {
    let mut order: Vec<usize> = (0..events.len()).collect();
    for _ in 0..REPEATED {
        let place = rng.usize(1..=order.len());
        order.insert(place, order[rng.usize(..place)]);
    }
    let mut rest = order.as_slice();
    while !rest.is_empty() {
        let (batch, after) = rest.split_at(rng.usize(1..400).min(rest.len()));
        shop.send(&batch.iter().map(|&index| wire(index, events[index])).collect::<Vec<_>>());
        if rng.bool() {
            shop.wait_until_loaded();
        }
        rest = after;
    }
    shop.wait_until_loaded();
}

fn wire(id: usize, event: Told) -> Value {
    let mut wire = json!({
        "id": id.to_string(), "visitor": event.visitor.to_string(), "name": NAMES[event.name],
        "occurred_at": event.at_ms, "user_agent": agent_of(DEVICES[event.device]), "sequence": event.sequence,
    });
    if let Some(cart) = event.cart {
        wire["cart_id"] = json!(CARTS[cart]);
    }
    wire
}

fn questions(events: &[Told], rng: &mut Rng) -> Vec<Asked> {
    let first_ms = events.iter().map(|event| event.at_ms).min().unwrap();
    let mut question = || {
        let names: Vec<usize> = (0..rng.usize(2..=4)).map(|_| rng.usize(..STEP_NAMES)).collect();
        let last = names.len() - 1;
        let order = [Order::Sequential, Order::Sequential, Order::Strict, Order::Any][rng.usize(..4)];
        let optional = (0..=last).map(|step| 0 < step && step < last && rng.bool()).collect();
        let from_ms = first_ms + rng.i64(0..2 * DAY_MS);
        Asked {
            excluded: if rng.bool() { random_exclusion(order, &names, rng) } else { None },
            one_cart: rng.u8(..3) == 0,
            order,
            names,
            optional,
            window_seconds: [1, 60, 1_800, 3_600, 20_000, 86_400, 604_800][rng.usize(..7)],
            unit: if rng.bool() { Unit::Visitor } else { Unit::Session },
            entered_ms: from_ms..from_ms + rng.i64(DAY_MS / 4..3 * DAY_MS),
            by_device: rng.bool(),
        }
    };
    (0..QUESTIONS).map(|_| question()).collect()
}

/// An event that is no step of its range.
fn random_exclusion(order: Order, names: &[usize], rng: &mut Rng) -> Option<(usize, usize, usize)> {
    let after = if order == Order::Any { 1 } else { rng.usize(1..names.len()) };
    let before = if order == Order::Any { names.len() } else { rng.usize(after + 1..=names.len()) };
    let name = rng.usize(..NAMES.len());
    (!names[after - 1..before].contains(&name)).then_some((name, after, before))
}

/// Asks everything and counts everything again.
#[track_caller]
fn compare(shop: &Shop, events: &[Told], questions: &[Asked]) {
    let (mut converted, mut open, mut excluded) = (0, 0, 0);
    for asked in questions {
        let answer = answer(shop, asked);
        let through: jiff::Timestamp = answer["data_through"].as_str().unwrap().parse().unwrap();
        let expected = recount(events, asked, through.as_millisecond());
        assert_eq!(counted(&answer), expected, "{asked:?}");
        converted += expected.steps.last().unwrap().reached;
        open += expected.steps[0].in_progress;
        excluded += expected.steps[0].excluded;
    }
    // Questions that nobody converts in, or that nobody is still busy with, would compare little.
    let numbers = format!("{converted} converted, {open} in progress, {excluded} excluded");
    assert!(questions.len() as u64 <= converted && 0 < open && 0 < excluded, "{numbers}");
}

fn answer(shop: &Shop, asked: &Asked) -> Value {
    let moment = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap().to_string();
    let step = |(&name, &optional): (&usize, &bool)| json!({ "event": NAMES[name], "optional": optional });
    let mut question = json!({
        "from": moment(asked.entered_ms.start), "to": moment(asked.entered_ms.end), "trend": "hour",
        "steps": asked.names.iter().zip(&asked.optional).map(step).collect::<Vec<_>>(),
        "window_seconds": asked.window_seconds,
        "unit": if asked.unit == Unit::Visitor { "visitor" } else { "session" },
        "order": match asked.order { Order::Sequential => "sequential", Order::Strict => "strict", Order::Any => "any" },
    });
    if let Some((name, after, before)) = asked.excluded {
        question["exclude"] = match asked.order {
            Order::Any => json!([{ "event": NAMES[name] }]),
            _ => json!([{ "event": NAMES[name], "after_step": after, "before_step": before }]),
        };
    }
    if asked.one_cart {
        question["hold"] = json!(["cart_id"]);
    }
    if asked.by_device {
        question["breakdown"] = json!({ "field": "device" });
    }
    shop.funnel(question)
}

/// What the API counted.
fn counted(answer: &Value) -> Counted {
    let steps = |part: &Value| -> Vec<Counts> {
        let count = |step: &Value, name: &str| step[name].as_u64().unwrap();
        let counts = |step| Counts {
            reached: count(step, "reached"),
            drop_off: count(step, "drop_off"),
            in_progress: count(step, "in_progress"),
            excluded: count(step, "excluded"),
        };
        part["steps"].as_array().unwrap().iter().map(counts).collect()
    };
    let rows = answer["breakdown"].as_array().unwrap().iter();
    let by_device = rows.map(|row| (row["value"].as_str().unwrap().to_owned(), (steps(row), by_hour(row)))).collect();
    Counted { steps: steps(answer), by_hour: by_hour(answer), by_device }
}

/// The trend of an answer, or of a row of it, without the hours in which nobody entered.
fn by_hour(part: &Value) -> ByHour {
    let bucket = |bucket: &Value| {
        let counts = (bucket["entered"].as_u64().unwrap(), bucket["converted"].as_u64().unwrap());
        (0 < counts.0).then(|| (hour_of(bucket["from"].as_str().unwrap().parse().unwrap()), counts))
    };
    part["trend"].as_array().unwrap().iter().filter_map(bucket).collect()
}

/// "2024-11-20 13" of any moment in that hour.
fn hour_of(moment: jiff::Timestamp) -> String {
    moment.strftime("%F %H").to_string()
}

/// What the rules say.
fn recount(events: &[Told], asked: &Asked, high_water_ms: i64) -> Counted {
    let window_ms = asked.window_seconds * 1_000;
    let rules = Rules { order: asked.order, optional: asked.optional.clone(), window_ms };
    let last = asked.names.len();
    let mut counted =
        Counted { steps: vec![Counts::default(); last], by_hour: ByHour::new(), by_device: BTreeMap::new() };
    for unit in units(events, asked) {
        let history: Vec<Happened> = unit.iter().map(|event| happened(event, asked)).collect();
        let Some(Attempt { filled, end }) = attempt_that_counts(&rules, &history) else { continue };
        let device = DEVICES[unit[filled[0].1].device].to_owned();
        let nobody = || (vec![Counts::default(); last], ByHour::new());
        let row = asked.by_device.then(|| counted.by_device.entry(device).or_insert_with(nobody));
        let deepest = filled.last().unwrap().0;
        let entered = hour_of(jiff::Timestamp::from_millisecond(unit[filled[0].1].at_ms).unwrap());
        // A session that is over cannot go on.
        let goes_on = asked.unit == Unit::Visitor || high_water_ms <= unit.last().unwrap().at_ms + SESSION_GAP_MS;
        let all = (&mut counted.steps, &mut counted.by_hour);
        for (steps, by_hour) in [Some(all), row.map(|(steps, by_hour)| (steps, by_hour))].into_iter().flatten() {
            let hour = by_hour.entry(entered.clone()).or_default();
            *hour = (hour.0 + 1, hour.1 + u64::from(deepest == last));
            filled.iter().for_each(|(step, _)| steps[step - 1].reached += 1);
            if deepest < last {
                let step = &mut steps[deepest - 1];
                match end {
                    End::Excluded => step.excluded += 1,
                    End::Closes(at_ms) if goes_on && high_water_ms <= at_ms => step.in_progress += 1,
                    End::Closes(_) | End::Interrupted => step.drop_off += 1,
                }
            }
        }
    }
    counted
}

/// The events of each unit in time order; simultaneous ones as they were sent, or, in order `strict`, counted.
fn units(events: &[Told], asked: &Asked) -> Vec<Vec<Told>> {
    let mut visitors: Vec<Vec<Told>> = vec![Vec::new(); VISITORS];
    events.iter().for_each(|event| visitors[event.visitor].push(*event));
    let counted = |event: &Told| if asked.order == Order::Strict { event.sequence } else { 0 };
    visitors.iter_mut().for_each(|events| events.sort_by_key(|event| (event.at_ms, counted(event))));
    match asked.unit {
        Unit::Visitor => visitors,
        Unit::Session => {
            let together = |before: &Told, after: &Told| after.at_ms - before.at_ms <= SESSION_GAP_MS;
            visitors.iter().flat_map(|events| events.chunk_by(together).map(<[Told]>::to_vec)).collect()
        }
    }
}

/// The event as the rules see it; step 1 is filled inside the period alone.
fn happened(event: &Told, asked: &Asked) -> Happened {
    let entered = asked.entered_ms.contains(&event.at_ms);
    let fills = |step: &usize| event.name == asked.names[step - 1] && (1 < *step || entered);
    let ends = match asked.excluded {
        Some((name, after, before)) if name == event.name => (after..before).collect(),
        _ => Vec::new(),
    };
    Happened {
        at_ms: event.at_ms,
        fills: (1..=asked.names.len()).filter(fills).collect(),
        ends,
        // Without a hold all events carry the same.
        held: if asked.one_cart { event.cart.map(|cart| cart as u64).into_iter().collect() } else { vec![0] },
        passive: event.name == PASSIVE,
    }
}
