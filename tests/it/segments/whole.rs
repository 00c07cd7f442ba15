//! Random histories, sent through the real door; who is in a random segment is counted a second time in plain Rust, with
//! the slow, obvious cart.

use std::ops::Range;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::cart_reference::{Seen, Times, fates};
use crate::shop::Shop;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const SESSION_GAP: i64 = 30 * MINUTE;
const TIMES: Times =
    Times { idle: 30 * MINUTE, abandoned_after: 60 * MINUTE, expires_after: 30 * DAY, session_gap: SESSION_GAP };
/// 2024-11-20.
const BEGIN: i64 = 1_732_060_800_000;
const VISITORS: u64 = 80;
const EVENTS: i64 = 1_200;
const QUESTIONS: usize = 150;
const NAMES: [&str; 6] = ["view_item", "add_to_cart", "add_to_cart", "remove_from_cart", "purchase", "search"];
const FATES: [&str; 8] =
    ["ever_abandoned", "open", "idle", "abandoned", "recovered", "purchased", "emptied", "expired"];

/// An event, and whether a newsletter's link led to it.
struct Told {
    seen: Seen,
    by_mail: bool,
}

/// Which two reports are compared.
#[derive(Clone, Copy, Debug)]
enum About {
    FunnelAndCarts,
    SessionsAndPeople,
}

#[derive(Clone, Debug)]
enum Sought {
    Name(&'static str),
    DearerThan(&'static str, i64),
    CameByMail,
    Cart(&'static str),
}

#[derive(Clone, Debug)]
struct Condition {
    sought: Sought,
    found: bool,
    ever: bool,
}

#[test]
fn every_segment_has_the_visitors_that_a_recount_in_plain_rust_finds() {
    let mut rng = Rng::with_seed(20_241_126);
    let told = random_events(&mut rng);
    let mut shop = Shop::open_set(&[("store.flush_rows", "400"), ("store.merge_runs", "2")]);
    for events in told.chunks(300) {
        shop.send(&events.iter().map(wire).collect::<Vec<_>>());
    }
    shop.wait_until_loaded();
    let (mut some, mut none) = (0, 0);
    for number in 0..QUESTIONS {
        let from_ms = BEGIN + rng.i64(0..3 * DAY);
        let period = from_ms..from_ms + rng.i64(DAY / 4..3 * DAY);
        let segment: Vec<Condition> = (0..rng.usize(1..=3)).map(|_| random_condition(&mut rng)).collect();
        let as_of_ms = BEGIN + rng.i64(0..6 * DAY);
        let about = if number % 2 == 0 { About::FunnelAndCarts } else { About::SessionsAndPeople };
        let found = ask(&shop, &segment, &period, (as_of_ms, about));
        let expected = recount(&told, &segment, &period, (as_of_ms, about));
        assert_eq!(found, expected, "{segment:?} in {period:?} as of {as_of_ms}");
        some += usize::from(expected.iter().all(|&count| 0 < count));
        none += usize::from(expected == [0; 2]);
    }
    // Segments of nobody would compare little.
    assert!(QUESTIONS / 4 <= some && none <= QUESTIONS / 2, "{some} segments of somebody, {none} of nobody");
}

fn random_events(rng: &mut Rng) -> Vec<Told> {
    let event = |number| {
        let visitor = rng.u64(0..VISITORS);
        let pause = [MINUTE, 20 * MINUTE, 31 * MINUTE, 61 * MINUTE, 7 * 60 * MINUTE][rng.usize(..5)];
        // No two at once: the order of arrival is another test's.
        let at_ms = BEGIN + rng.i64(0..3) * DAY + rng.i64(0..6) * pause + number;
        let name = NAMES[rng.usize(..NAMES.len())];
        let items = if name.ends_with("cart") { vec![("cap", 1, Some((500, "EUR")))] } else { Vec::new() };
        let value = (name == "purchase").then(|| (rng.i64(1..6) * 1_000, "EUR"));
        let seen = Seen {
            visitor,
            at_ms,
            name,
            codes: [1, 0, 0, 0],
            cart_id: None,
            order: None,
            items,
            value,
            stage: None,
            field: None,
        };
        Told { seen, by_mail: rng.u8(..4) == 0 }
    };
    (0..EVENTS).map(event).collect()
}

fn random_condition(rng: &mut Rng) -> Condition {
    let sought = match rng.u8(..4) {
        0 => Sought::Name(NAMES[rng.usize(..NAMES.len())]),
        1 => Sought::DearerThan("purchase", rng.i64(0..5)),
        2 => Sought::CameByMail,
        _ => Sought::Cart(FATES[rng.usize(..FATES.len())]),
    };
    Condition { sought, found: rng.u8(..3) != 0, ever: rng.bool() }
}

fn moment(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

fn wire(told: &Told) -> Value {
    let seen = &told.seen;
    let amount = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
    let item = |(product, pieces, price): &(&str, u64, Option<(i64, &str)>)| {
        let (minor, currency) = price.unwrap();
        json!({ "item_id": product, "quantity": pieces, "price": amount(minor), "currency": currency })
    };
    let mut event = json!({
        "visitor": format!("v{}", seen.visitor), "name": seen.name, "occurred_at": moment(seen.at_ms),
        "items": seen.items.iter().map(item).collect::<Vec<_>>(),
    });
    if let Some((minor, currency)) = seen.value {
        event["value"] = json!(amount(minor));
        event["currency"] = json!(currency);
    }
    if told.by_mail {
        event["url"] = json!("https://shop.example/?utm_source=news&utm_medium=email");
    }
    event
}

fn spelled(condition: &Condition) -> Value {
    let key = |yes: &'static str, no: &'static str| if condition.found { yes } else { no };
    let deed = key("did", "did_not");
    let within = if condition.ever { "ever" } else { "period" };
    match &condition.sought {
        Sought::Name(name) => json!({ deed: { "event": name }, "within": within }),
        Sought::DearerThan(name, whole) => {
            let dearer = json!({ "field": "value", "op": "gt", "value": format!("{whole}0.00") });
            json!({ deed: { "event": name, "where": [dearer] }, "within": within })
        }
        Sought::CameByMail => {
            let by_mail = json!({ "field": "channel", "op": "eq", "value": "Email" });
            json!({ deed: { "where": [by_mail] }, "within": within })
        }
        Sought::Cart(fate) => json!({ key("cart", "no_cart"): fate, "within": within }),
    }
}

/// How many of the segment looked at something in the period, or how many sessions of it touched something, by all that
/// is known now; and how many carts of it were opened in the period, or how many of it came, by what was known at a moment.
fn ask(shop: &Shop, segment: &[Condition], period: &Range<i64>, (as_of_ms, about): (i64, About)) -> [usize; 2] {
    let segment: Vec<Value> = segment.iter().map(spelled).collect();
    let asked = json!({ "from": moment(period.start), "to": moment(period.end), "segment": segment });
    let (mut funnel, mut as_of) = (asked.clone(), asked.clone());
    funnel["steps"] = json!(["view_item", "search"]);
    as_of["as_of"] = json!(moment(as_of_ms));
    let count = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    match about {
        About::FunnelAndCarts => [
            count(&shop.funnel(funnel)["steps"][0]["reached"]),
            count(&shop.report("abandonment", as_of)["total"]["opened"]),
        ],
        About::SessionsAndPeople => [
            count(&shop.report("dropoff", asked)["total"]["sessions"]),
            count(&shop.report("retention", as_of)["loyalty"]["people"]),
        ],
    }
}

fn recount(told: &[Told], segment: &[Condition], period: &Range<i64>, (as_of_ms, about): (i64, About)) -> [usize; 2] {
    let now_ms = BEGIN + 400 * DAY;
    let [mut entered, mut touching, mut opened, mut people] = [0; 4];
    for visitor in 0..VISITORS {
        let mut history: Vec<&Told> = told.iter().filter(|told| told.seen.visitor == visitor).collect();
        history.sort_by_key(|told| told.seen.at_ms);
        let looked = |told: &&Told| told.seen.name == "view_item" && period.contains(&told.seen.at_ms);
        let member = |moment_ms| segment.iter().all(|condition| holds(&history, condition, period, moment_ms));
        let sessions = sessions(&history);
        if member(now_ms) {
            entered += usize::from(history.iter().any(looked));
            let touches = |session: &&Vec<i64>| session.iter().any(|at_ms| period.contains(at_ms));
            touching += sessions.iter().filter(touches).count();
        }
        if member(as_of_ms) {
            opened += carts(&history, period, as_of_ms).len();
            let mut begun = sessions.iter().map(|session| session[0]);
            people += usize::from(begun.any(|at_ms| period.contains(&at_ms) && at_ms <= as_of_ms));
        }
    }
    match about {
        About::FunnelAndCarts => [entered, opened],
        About::SessionsAndPeople => [touching, people],
    }
}

/// The times of each session's events.
fn sessions(history: &[&Told]) -> Vec<Vec<i64>> {
    let mut sessions: Vec<Vec<i64>> = Vec::new();
    for at_ms in history.iter().map(|told| told.seen.at_ms) {
        match sessions.last_mut().filter(|session| at_ms - session.last().unwrap() <= SESSION_GAP) {
            Some(session) => session.push(at_ms),
            None => sessions.push(vec![at_ms]),
        }
    }
    sessions
}

/// The state of each cart opened in the period, and whether it was ever abandoned.
fn carts(history: &[&Told], period: &Range<i64>, as_of_ms: i64) -> Vec<(&'static str, bool)> {
    let events: Vec<Seen> = history.iter().map(|told| told.seen.clone()).collect();
    let fates = fates(&events, TIMES, as_of_ms).into_iter();
    let opened = fates.filter(|fate| period.contains(&events[fate.opened_by].at_ms));
    opened.map(|fate| (fate.state, 0 < fate.abandonments)).collect()
}

fn holds(history: &[&Told], condition: &Condition, period: &Range<i64>, as_of_ms: i64) -> bool {
    let within = if condition.ever { 0..i64::MAX } else { period.clone() };
    let looked_at = |place: &usize| {
        let at_ms = history[*place].seen.at_ms;
        within.contains(&at_ms) && at_ms <= as_of_ms
    };
    let mut places = (0..history.len()).filter(looked_at);
    let found = match condition.sought {
        Sought::Name(name) => places.any(|place| history[place].seen.name == name),
        Sought::DearerThan(name, whole) => places.any(|place| {
            let seen = &history[place].seen;
            seen.name == name && seen.value.is_some_and(|(minor, _)| whole * 1_000 < minor)
        }),
        Sought::CameByMail => places.any(|place| session_by_mail(history, place)),
        Sought::Cart(wanted) => {
            let carts = carts(history, &within, as_of_ms);
            carts.iter().any(|(state, ever)| if wanted == "ever_abandoned" { *ever } else { *state == wanted })
        }
    };
    found == condition.found
}

/// Whether the session of an event began with a newsletter's link.
fn session_by_mail(history: &[&Told], place: usize) -> bool {
    let goes_on = |first: &usize| {
        let pause_ms = history[*first].seen.at_ms - history[*first - 1].seen.at_ms;
        pause_ms <= SESSION_GAP
    };
    let mut first = place;
    while 0 < first && goes_on(&first) {
        first -= 1;
    }
    history[first].by_mail
}
