//! The whole path of carts: random events, sent in any order through the real door, asked about through the API, and
//! counted a second time in plain Rust; and the command line, which says the same as the API.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::cart_reference::{Fate, Seen, Times, fates};
use crate::program;
use crate::shop::{Shop, agent_of};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;
const VISITORS: u64 = 150;
const EVENTS: usize = 1_600;
const QUESTIONS: usize = 40;
const TIMES: Times =
    Times { idle: 30 * MINUTE, abandoned_after: 60 * MINUTE, expires_after: 30 * DAY, session_gap: 30 * MINUTE };
/// 2024-11-20.
pub(crate) const BEGIN_MS: i64 = 1_732_060_800_000;
pub(crate) const TOUCHPOINTS: [&str; 5] = ["(none)", "hall", "shelf", "till", "mail"];
pub(crate) const DEVICES: [&str; 4] = ["(none)", "mobile", "desktop", "tablet"];
const NAMES: [&str; 12] = [
    "add_to_cart",
    "add_to_cart",
    "add_to_cart",
    "remove_from_cart",
    "view_cart",
    "begin_checkout",
    "add_payment_info",
    "purchase",
    "page_view",
    "scroll",
    "payment_failed",
    "error",
];

/// An event as the test remembers it, in the order in which they were sent.
pub(crate) struct Told {
    pub(crate) seen: Seen,
    customer: Option<u64>,
}

#[test]
fn every_cart_and_every_sum_equals_a_recount_in_plain_rust() {
    let mut rng = Rng::with_seed(20_241_121);
    let told = random_events(&mut rng);
    let mut shop = Shop::open_set(&[("store.flush_rows", "500"), ("store.merge_runs", "2")]);
    for events in told.chunks(400) {
        shop.send(&events.iter().map(wire).collect::<Vec<_>>());
    }
    shop.wait_until_loaded();
    let mut counted = 0;
    for _ in 0..QUESTIONS {
        let as_of_ms = BEGIN_MS + rng.i64(0..4 * DAY) + if rng.u8(0..4) == 0 { 31 * DAY } else { 0 };
        let from_ms = BEGIN_MS + rng.i64(0..2) * DAY;
        let to_ms = from_ms + rng.i64(1..4) * DAY;
        let expected = recount(&told, as_of_ms, from_ms..to_ms);
        let asked = json!({ "from": moment(from_ms), "to": moment(to_ms), "as_of": moment(as_of_ms) });
        compare_sums(&shop.report("abandonment", with(&asked, json!({ "limit": 100 }))), &expected);
        compare_other(&shop, &told, &asked, [as_of_ms, from_ms]);
        compare_list(&shop.report("carts", with(&asked, json!({ "limit": 1_000 }))), &expected);
        counted += expected.len();
    }
    assert!(1_000 <= counted, "{counted} carts compare little");
}

pub(crate) fn with(asked: &Value, more: Value) -> Value {
    let mut asked = asked.clone();
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    asked
}

pub(crate) fn moment(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

/// The carts of a day before, as old as the others are, are those of a recount as of then.
#[track_caller]
fn compare_other(shop: &Shop, told: &[Told], asked: &Value, [as_of_ms, from_ms]: [i64; 2]) {
    let (other_from_ms, other_to_ms) = (from_ms - DAY, from_ms + DAY / 2);
    let other = json!({ "from": moment(other_from_ms), "to": moment(other_to_ms) });
    let answer = shop.report("abandonment", with(asked, json!({ "compare": other })));
    let expected = recount(told, as_of_ms - DAY, other_from_ms..other_to_ms);
    let count = |name: &str| answer["compare"]["total"][name].as_u64().unwrap();
    assert_eq!(count("opened"), expected.len() as u64);
    assert_eq!(count("ever_abandoned"), expected.iter().filter(|cart| 0 < cart.abandonments).count() as u64);
    for (name, states) in [("value_purchased_minor", ["purchased"]), ("value_recovered_minor", ["recovered"])] {
        assert_eq!(answer["compare"]["total"][name], json!(sums(&expected, &states)), "{name}");
    }
}

/// Two days of visitors, some of whom are one customer, and some of whom share a cart.
pub(crate) fn random_events(rng: &mut Rng) -> Vec<Told> {
    let event = |_| {
        let visitor = rng.u64(0..VISITORS);
        let price = |rng: &mut Rng| (rng.i64(0..4) * 250, ["EUR", "EUR", "PLN"][rng.usize(..3)]);
        let item = |rng: &mut Rng| {
            let price = rng.bool().then(|| price(rng));
            (["cap", "boot", "sock"][rng.usize(..3)], rng.u64(1..3), price)
        };
        let pause = [0, 1, MINUTE, 20 * MINUTE, 30 * MINUTE, 60 * MINUTE, 61 * MINUTE, 7 * 60 * MINUTE][rng.usize(..8)];
        let seen = Seen {
            visitor,
            at_ms: BEGIN_MS + i64::try_from(visitor).unwrap() * MINUTE + rng.i64(0..6) * pause + rng.i64(0..2) * DAY,
            name: NAMES[rng.usize(..NAMES.len())],
            codes: [rng.u32(1..5), 0, 0, rng.u32(0..4)],
            cart_id: [None, None, Some("c1"), Some("c2"), Some("c3")][rng.usize(..5)]
                .filter(|_| visitor.is_multiple_of(3)),
            order: [None, Some("t1"), Some("t2")][rng.usize(..3)],
            items: (0..rng.usize(0..3)).map(|_| item(rng)).collect(),
            value: rng.bool().then(|| price(rng)),
            stage: None,
            field: None,
        };
        // Every fifth visitor belongs to one of a few customers, sometimes says so, and sometimes says another.
        let customer = (visitor.is_multiple_of(5) && rng.bool()).then(|| visitor % 4 + u64::from(rng.u8(0..9) == 0));
        Told { seen, customer }
    };
    (0..EVENTS).map(event).collect()
}

/// Ids are numbered anew for every six visitors, two of whom name carts: an id may be seen by both.
fn cart_name(seen: &Seen) -> Option<String> {
    seen.cart_id.map(|id| format!("{id}-{}", seen.visitor / 6))
}

pub(crate) fn wire(told: &Told) -> Value {
    let seen = &told.seen;
    let amount = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
    let item = |(product, pieces, price): &(&str, u64, Option<(i64, &str)>)| {
        let mut item = json!({ "item_id": product, "quantity": pieces });
        if let Some((minor, currency)) = price {
            item["price"] = json!(amount(*minor));
            item["currency"] = json!(currency);
        }
        item
    };
    let mut event = json!({
        "visitor": format!("v{}", seen.visitor), "name": seen.name, "occurred_at": moment(seen.at_ms),
        "touchpoint": TOUCHPOINTS[seen.codes[0] as usize], "items": seen.items.iter().map(item).collect::<Vec<_>>(),
    });
    let texts = [
        ("cart_id", cart_name(seen)),
        ("transaction_id", seen.order.map(|order| format!("{order}-{}", seen.visitor / 6))),
        ("customer", told.customer.map(|customer| format!("C{customer}"))),
        ("value", seen.value.map(|(minor, _)| amount(minor))),
        ("currency", seen.value.map(|(_, currency)| currency.to_owned())),
        ("user_agent", (seen.codes[3] != 0).then(|| agent_of(DEVICES[seen.codes[3] as usize]).to_owned())),
    ];
    for (field, text) in texts {
        if let Some(text) = text {
            event[field] = json!(text);
        }
    }
    event
}

/// The carts opened in the period, by the rules: who is who, whose cart it is, and what became of it.
fn recount(told: &[Told], as_of_ms: i64, period: std::ops::Range<i64>) -> Vec<Fate> {
    let mut known: Vec<&Told> = told.iter().filter(|told| told.seen.at_ms <= as_of_ms).collect();
    known.sort_by_key(|told| told.seen.at_ms);
    let mut customers = BTreeMap::new();
    // Whoever was said last stays.
    customers.extend(known.iter().filter_map(|told| Some((told.seen.visitor, told.customer?))));
    let own = |told: &Told| match customers.get(&told.seen.visitor) {
        Some(customer) => (0, *customer),
        None => (1, told.seen.visitor),
    };
    let mut owners = BTreeMap::new();
    for told in &known {
        if let Some(cart) = cart_name(&told.seen) {
            owners.entry(cart).or_insert_with(|| own(told));
        }
    }
    let owner = |told: &Told| cart_name(&told.seen).map_or_else(|| own(told), |cart| owners[&cart]);
    let people: BTreeSet<_> = known.iter().map(|told| owner(told)).collect();
    let carts = people.iter().flat_map(|person| {
        let events = known.iter().filter(|told| owner(told) == *person);
        let events: Vec<Seen> = events.map(|told| numbered(&told.seen)).collect();
        let fates = fates(&events, TIMES, as_of_ms);
        fates.into_iter().filter(|fate| period.contains(&events[fate.opened_by].at_ms)).collect::<Vec<_>>()
    });
    carts.collect()
}

/// The reference tells ids apart by their text: these are the texts that were sent.
fn numbered(seen: &Seen) -> Seen {
    let id = cart_name(seen).map(interned);
    let order = seen.order.map(|order| interned(format!("{order}-{}", seen.visitor / 6)));
    Seen { cart_id: id, order, ..seen.clone() }
}

/// One of the few hundred ids, as a text that lives as long as the test program.
fn interned(text: String) -> &'static str {
    static TEXTS: std::sync::OnceLock<BTreeSet<String>> = std::sync::OnceLock::new();
    let all = || {
        let kinds = ["c1", "c2", "c3", "t1", "t2"];
        kinds.iter().flat_map(|kind| (0..=VISITORS / 6).map(move |group| format!("{kind}-{group}"))).collect()
    };
    TEXTS.get_or_init(all).get(&text).expect("every id is one of these")
}

#[track_caller]
fn compare_sums(answer: &Value, carts: &[Fate]) {
    let total = &answer["total"];
    let count = |name: &str| usize::try_from(total[name].as_u64().unwrap()).unwrap();
    assert_eq!(count("opened"), carts.len());
    for state in ["open", "idle", "abandoned", "recovered", "purchased", "emptied", "expired"] {
        assert_eq!(count(state), carts.iter().filter(|cart| cart.state == state).count(), "{state}");
    }
    let ever = |cart: &&Fate| 0 < cart.abandonments;
    let checkouts = || carts.iter().filter(|cart| 0 < cart.step);
    assert_eq!(count("ever_abandoned"), carts.iter().filter(ever).count());
    assert_eq!(
        (count("checkouts"), count("checkouts_abandoned")),
        (checkouts().count(), checkouts().filter(ever).count())
    );
    for (name, states) in [
        ("value_lost_minor", &["abandoned", "expired"][..]),
        ("value_recoverable_minor", &["abandoned"]),
        ("value_recovered_minor", &["recovered"]),
        ("value_purchased_minor", &["purchased"]),
    ] {
        assert_eq!(total[name], json!(sums(carts, states)), "{name}");
    }
    type Shown = fn(&Fate) -> String;
    let by: [(&str, Shown); 4] = [
        ("last_touchpoint", |cart| TOUCHPOINTS[cart.place.0[0] as usize].to_owned()),
        ("device", |cart| DEVICES[cart.place.0[3] as usize].to_owned()),
        ("reason", |cart| cart.place.2.clone().unwrap_or("(none)".to_owned())),
        ("step", |cart| ["cart", "checkout", "shipping", "payment"][cart.step].to_owned()),
    ];
    for (name, value) in by {
        let mut expected: BTreeMap<String, usize> = BTreeMap::new();
        carts.iter().for_each(|cart| *expected.entry(value(cart)).or_default() += 1);
        let rows = answer["breakdown"][name].as_array().unwrap().iter();
        let found: BTreeMap<String, usize> = rows
            .map(|row| (row["value"].as_str().unwrap().to_owned(), row["opened"].as_u64().unwrap() as usize))
            .collect();
        assert_eq!(found, expected, "{name}");
    }
    let days = answer["days"].as_array().unwrap().iter();
    assert_eq!(days.map(|day| day["opened"].as_u64().unwrap()).sum::<u64>(), carts.len() as u64);
}

/// The money in the carts of these states, by currency; of bought ones what was paid, where that is known.
fn sums(carts: &[Fate], states: &[&str]) -> BTreeMap<String, i128> {
    let mut sums = BTreeMap::new();
    for cart in carts.iter().filter(|cart| states.contains(&cart.state)) {
        let paid = cart.paid.iter().map(|(minor, currency)| (currency.clone(), i128::from(*minor)));
        let amounts: Vec<_> = match &cart.paid {
            Some(_) => paid.filter(|(_, minor)| *minor != 0).collect(),
            None => cart.amounts.clone().into_iter().collect(),
        };
        amounts.into_iter().for_each(|(currency, minor)| *sums.entry(currency).or_insert(0) += minor);
    }
    sums
}

#[track_caller]
fn compare_list(answer: &Value, carts: &[Fate]) {
    type Line = (String, Option<String>, u64, BTreeMap<String, i128>, usize, Option<String>);
    let listed = |cart: &Value| -> Line {
        let text = |name: &str| cart[name].as_str().map(str::to_owned);
        let value = cart["value_minor"].as_object().unwrap().iter();
        let value = value.map(|(currency, minor)| (currency.clone(), i128::from(minor.as_i64().unwrap()))).collect();
        let abandonments = cart["abandonments"].as_u64().unwrap() as usize;
        let quantity = cart["quantity"].as_u64().unwrap();
        (text("state").unwrap(), text("cart_id"), quantity, value, abandonments, text("recovered_by"))
    };
    let mut found: Vec<Line> = answer["carts"].as_array().unwrap().iter().map(listed).collect();
    let expected = |cart: &Fate| -> Line {
        let recovered = (cart.state == "recovered").then(|| TOUCHPOINTS[cart.returned_by as usize].to_owned());
        let quantity = cart.lines.values().sum();
        (cart.state.to_owned(), cart.cart_id.clone(), quantity, cart.amounts.clone(), cart.abandonments, recovered)
    };
    let mut expected: Vec<Line> = carts.iter().map(expected).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn the_command_line_says_the_same_as_the_api() {
    let shop = program::Shop::new();
    let program = shop.start(&[]);
    let mut rng = Rng::with_seed(7);
    let events: Vec<Value> = random_events(&mut rng).iter().take(300).map(wire).collect();
    let answer = shop.send(&program, &json!({ "site": program::Shop::SITE, "events": events }));
    assert_eq!(answer.status, 202, "{}", answer.text());
    program.wait_until_loaded();
    let period = ["--site", "shop", "--from", "2024-11-20", "--to", "2024-11-25", "--as-of", "2024-11-24T12:00:00Z"];
    let question = json!({ "from": "2024-11-20", "to": "2024-11-25", "as_of": "2024-11-24T12:00:00Z" });
    for (report, more) in [("abandonment", json!({})), ("carts", json!({ "states": [] }))] {
        let typed = |last: &'static str| [&["report", report], &period[..], &[last]].concat();
        let path = format!("/v1/sites/shop/reports/{report}");
        let asked = program.post(&path, &shop.read_key, &with(&question, more)).unwrap().json();
        let said: Value = serde_json::from_str(&program::run(shop.data.path(), &typed("--json"))).unwrap();
        assert_eq!(said, asked);
        assert!(program::run(shop.data.path(), &typed("--sql")).starts_with("with events as "));
        let table = program::run(shop.data.path(), &typed("--table"));
        assert!(table.contains("carts opened 2024-11-20T00:00:00+00:00"), "{table}");
    }
    let compared = [&["report", "abandonment"], &period[..], &["--compare", "previous"]].concat();
    let table = program::run(shop.data.path(), &compared);
    assert!(table.contains("Before (2024-11-15 to 2024-11-20): 0 carts, cart abandonment rate –"), "{table}");
    let list =
        program::run(shop.data.path(), &[&["report", "carts"], &period[..], &["--json", "--limit", "1"]].concat());
    let list: Value = serde_json::from_str(&list).unwrap();
    let cart = list["carts"][0]["cart"].as_str().unwrap();
    let one = ["report", "carts", "--site", "shop", "--as-of", "2024-11-24T12:00:00Z", "--cart", cart];
    assert!(program::run(shop.data.path(), &one).contains(" opened "));
}
