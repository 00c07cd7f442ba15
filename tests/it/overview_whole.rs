//! The whole path of the overview: random events over the day on which the clock goes back, sent in any order through the
//! real door, asked about through the API, and counted a second time in plain Rust.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::order_reference::{Account, Bought, Said, accounts};
use crate::shop::{Shop, agent_of};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 2024-10-25, UTC; the clock goes back on the 27th at 01:00.
const BEGIN_MS: i64 = 1_729_814_400_000;
const CLOCK_BACK_MS: i64 = BEGIN_MS + 2 * DAY + HOUR;
const VISITORS: u64 = 120;
const EVENTS: usize = 2_400;
const QUESTIONS: usize = 20;
const NAMES: [&str; 10] = [
    "page_view",
    "page_view",
    "page_view",
    "view_item",
    "add_to_cart",
    "scroll",
    "purchase",
    "purchase",
    "refund",
    "order_cancelled",
];
const PAGES: [&str; 5] = ["", "/", "/cap", "/boot", "/thanks"];
const DEVICES: [&str; 4] = ["", "mobile", "desktop", "tablet"];
/// What sessions come by, as `utm_…` says it and as reports do.
const CHANNELS: [(&str, &str); 3] = [
    ("", "Direct"),
    ("utm_source=google&utm_medium=cpc", "Paid Search"),
    ("utm_source=mail&utm_medium=email", "Email"),
];

/// An event as the test remembers it, in the order in which they were sent.
#[derive(Clone)]
pub(crate) struct Told {
    said: Said,
    page: usize,
    device: usize,
    channel: usize,
}

#[test]
fn every_figure_equals_a_recount_in_plain_rust() {
    let mut rng = Rng::with_seed(27);
    let told = random_events(&mut rng);
    let mut shop =
        Shop::open_set(&[("store.flush_rows", "700"), ("store.merge_runs", "2")]).in_time_zone("Europe/Warsaw");
    for events in told.chunks(500) {
        shop.send(&events.iter().map(wire).collect::<Vec<_>>());
    }
    shop.wait_until_loaded();
    let mut counted = 0;
    for _ in 0..QUESTIONS {
        // From one hour of Warsaw to another, across the hour that comes twice.
        let from_ms = BEGIN_MS + rng.i64(0..60) * HOUR;
        let to_ms = from_ms + rng.i64(1..70) * HOUR;
        let as_of_ms = to_ms + [30 * DAY, 0, -HOUR][rng.usize(..3)];
        let device = (0 == rng.u8(0..3)).then(|| rng.usize(1..4));
        let unit = ["hour", "day"][rng.usize(..2)];
        let recount = Recount { told: &told, from_ms, to_ms, as_of_ms, device };
        let mut asked = json!({
            "from": moment(from_ms), "to": moment(to_ms), "as_of": moment(as_of_ms), "limit": 100,
            "trend": unit,
        });
        if let Some(device) = device {
            asked["where"] = json!([{ "field": "device", "op": "eq", "value": DEVICES[device] }]);
        }
        let answer = shop.report("overview", asked.clone());
        recount.compare(&answer);
        compare_carts(&shop, &asked, &answer);
        compare_periods(&shop, &asked, &mut rng);
        counted += answer["total"]["orders"].as_u64().unwrap();
    }
    assert!(300 <= counted, "{counted} orders compare little");
}

/// Another period beside the first is what it is when it is asked for alone, whether the two touch, and whether the
/// segment is another one there.
#[track_caller]
fn compare_periods(shop: &Shop, asked: &Value, rng: &mut Rng) {
    let mut both = asked.clone();
    let from_ms = BEGIN_MS + rng.i64(-20..60) * HOUR;
    let other = json!({ "from": moment(from_ms), "to": moment(from_ms + rng.i64(1..40) * HOUR) });
    both["compare"] = [json!("previous"), other][rng.usize(..2)].clone();
    let bought = |within: &str| json!([{ "did": { "event": "add_to_cart" }, "within": within }]);
    both["segment"] = [json!([]), bought("ever"), bought("period")][rng.usize(..3)].clone();
    let answer = shop.report("overview", both.clone());
    let (mut now, mut before) = (both.clone(), both);
    now.as_object_mut().unwrap().remove("compare");
    before.as_object_mut().unwrap().remove("compare");
    assert_eq!(answer["total"], shop.report("overview", now)["total"], "{answer}");
    (before["from"], before["to"]) = (answer["compare"]["from"].clone(), answer["compare"]["to"].clone());
    before["trend"] = json!("day");
    assert_eq!(answer["compare"]["total"], shop.report("overview", before)["total"], "{answer}");
}

fn moment(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

pub(crate) fn random_events(rng: &mut Rng) -> Vec<Told> {
    let event = |place: usize| {
        let visitor = rng.u64(0..VISITORS);
        let pause = [0, 1, MINUTE, 29 * MINUTE, 30 * MINUTE, 31 * MINUTE, 5 * HOUR][rng.usize(..7)];
        let name = NAMES[rng.usize(..NAMES.len())];
        let about_orders = ["purchase", "refund", "order_cancelled"].contains(&name);
        let value = (rng.i64(0..5) * 250, ["EUR", "EUR", "PLN"][rng.usize(..3)]);
        let said = Said {
            name,
            number: (about_orders && 0 < rng.u8(0..6)).then(|| format!("T{}-{}", visitor / 4, rng.u8(0..8))),
            at_ms: BEGIN_MS
                + i64::try_from(visitor).unwrap() * 17 * MINUTE
                + rng.i64(0..6) * pause
                + rng.i64(0..4) * DAY,
            place: place as u64,
            server: true,
            visitor,
            customer: (visitor.is_multiple_of(5) && rng.bool()).then(|| ["ann", "bob"][rng.usize(..2)]),
            cart: None,
            value: (about_orders && rng.bool()).then_some(value),
            items: if name == "add_to_cart" { vec![("cap", 1, Some((990, "EUR")))] } else { Vec::new() },
        };
        Told { said, page: rng.usize(..5), device: rng.usize(..4), channel: rng.usize(..3) }
    };
    (0..EVENTS).map(event).collect()
}

pub(crate) fn wire(told: &Told) -> Value {
    let said = &told.said;
    let amount = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
    let item = |(product, pieces, price): &(&str, u64, Option<(i64, &str)>)| json!({ "item_id": product, "quantity": pieces, "price": price.map(|price| amount(price.0)) });
    let mut event = json!({
        "visitor": format!("v{}", said.visitor), "name": said.name, "occurred_at": moment(said.at_ms),
        "items": said.items.iter().map(item).collect::<Vec<_>>(),
    });
    let campaign = CHANNELS[told.channel].0;
    let page = (told.page != 0).then(|| format!("https://shop.example{}?{campaign}", PAGES[told.page]));
    let texts = [
        ("url", page),
        ("transaction_id", said.number.clone()),
        ("customer", said.customer.map(str::to_owned)),
        ("value", said.value.map(|(minor, _)| amount(minor))),
        ("currency", said.value.map(|(_, currency)| currency.to_owned())),
        ("user_agent", (told.device != 0).then(|| agent_of(DEVICES[told.device]).to_owned())),
    ];
    for (field, text) in texts {
        if let Some(text) = text {
            event[field] = json!(text);
        }
    }
    event
}

/// The same question, answered by looking at every event.
struct Recount<'a> {
    told: &'a [Told],
    from_ms: i64,
    to_ms: i64,
    as_of_ms: i64,
    device: Option<usize>,
}

/// One visitor's events without a pause over half an hour.
struct Session<'a> {
    visitor: u64,
    events: Vec<&'a Told>,
}

/// What is compared of a period or a bucket.
type Figures = (usize, usize, usize, usize, usize, BTreeMap<String, i64>, BTreeMap<String, i64>);

impl Recount<'_> {
    fn sessions(&self) -> Vec<Session<'_>> {
        let known = self.told.iter().filter(|told| told.said.at_ms <= self.as_of_ms);
        let mut by_visitor: BTreeMap<u64, Vec<&Told>> = BTreeMap::new();
        known.for_each(|told| by_visitor.entry(told.said.visitor).or_default().push(told));
        let mut sessions: Vec<Session<'_>> = Vec::new();
        for (visitor, mut events) in by_visitor {
            events.sort_by_key(|told| (told.said.at_ms, told.said.place));
            for event in events {
                match sessions.last_mut() {
                    Some(last)
                        if last.visitor == visitor
                            && event.said.at_ms - last.events.last().unwrap().said.at_ms <= 30 * MINUTE =>
                    {
                        last.events.push(event);
                    }
                    _ => sessions.push(Session { visitor, events: vec![event] }),
                }
            }
        }
        sessions
    }

    fn fits(&self, told: &Told) -> bool {
        self.device.is_none_or(|device| told.device == device)
    }

    /// Orders placed from and to these moments, whose page report fits.
    fn orders(&self, from_ms: i64, to_ms: i64) -> Vec<Bought> {
        let about = ["purchase", "refund", "order_cancelled"];
        let said: Vec<Said> =
            self.told.iter().map(|told| told.said.clone()).filter(|said| about.contains(&said.name)).collect();
        let orders = accounts(&said, self.as_of_ms).into_iter().filter_map(|Account { order, .. }| order);
        orders
            .filter(|order| (from_ms..to_ms).contains(&order.at_ms))
            .filter(|order| self.fits(&self.told[usize::try_from(order.booked).unwrap()]))
            .collect()
    }

    fn figures(&self, from_ms: i64, to_ms: i64) -> Figures {
        let sessions = self.sessions();
        let counted = |told: &&&Told| (from_ms..to_ms).contains(&told.said.at_ms) && self.fits(told);
        let events: Vec<&Told> =
            sessions.iter().flat_map(|session| session.events.iter().filter(counted)).copied().collect();
        let visitors: BTreeSet<u64> = events.iter().map(|told| told.said.visitor).collect();
        let in_question = |told: &&&Told| (self.from_ms..self.to_ms).contains(&told.said.at_ms) && self.fits(told);
        let begun = |session: &&Session<'_>| {
            (from_ms..to_ms).contains(&session.events[0].said.at_ms)
                && session.events.iter().any(|told| in_question(&told))
        };
        let orders = self.orders(from_ms, to_ms);
        let all_orders: BTreeSet<u64> =
            self.orders(self.from_ms, self.to_ms).iter().map(|order| order.booked).collect();
        let converted: BTreeSet<u64> =
            events.iter().filter(|told| all_orders.contains(&told.said.place)).map(|told| told.said.visitor).collect();
        let views = events.iter().filter(|told| told.said.name == "page_view").count();
        let (gross, net) =
            (money(&orders, |_, worth| worth), money(&orders, |it, worth| worth - it.refunded - it.cancelled));
        (visitors.len(), sessions.iter().filter(begun).count(), views, orders.len(), converted.len(), gross, net)
    }

    #[track_caller]
    fn compare(&self, answer: &Value) {
        assert_eq!(figures_in(&answer["total"]), self.figures(self.from_ms, self.to_ms), "the whole");
        let mut next = self.from_ms;
        for bucket in answer["trend"]["buckets"].as_array().unwrap() {
            let (from_ms, to_ms) = (ms(&bucket["from"]), ms(&bucket["to"]));
            assert_eq!(from_ms, next, "buckets follow each other");
            assert!(from_ms == self.from_ms || begins_a_bucket(from_ms, answer["trend"]["unit"] == "day"));
            assert_eq!(figures_in(bucket), self.figures(from_ms, to_ms), "from {}", bucket["from"]);
            let whole = (from_ms != self.from_ms || begins_a_bucket(from_ms, answer["trend"]["unit"] == "day"))
                && begins_a_bucket(to_ms, answer["trend"]["unit"] == "day");
            assert_eq!(bucket["complete"], whole && to_ms <= self.as_of_ms);
            next = to_ms;
        }
        assert_eq!(next, self.to_ms);
        type ValueOf = fn(&Session<'_>, &Told) -> String;
        let by: [(&str, ValueOf); 3] = [
            ("page", |_, told| PAGES[told.page].to_owned()),
            ("device", |_, told| DEVICES[told.device].to_owned()),
            ("channel", |session, _| {
                let first = session.events[0];
                CHANNELS[if first.page == 0 { 0 } else { first.channel }].1.to_owned()
            }),
        ];
        for (name, value) in by {
            assert_eq!(rows_in(&answer["top"][name]), self.rows(value), "{name}");
        }
    }

    /// Visitors and orders by value.
    fn rows(&self, value: fn(&Session<'_>, &Told) -> String) -> BTreeMap<String, (usize, usize)> {
        let orders: BTreeSet<u64> = self.orders(self.from_ms, self.to_ms).iter().map(|order| order.booked).collect();
        let mut visitors: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        let mut rows: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        let mut met = 0;
        for session in self.sessions() {
            let counts = |told: &&Told| (self.from_ms..self.to_ms).contains(&told.said.at_ms) && self.fits(told);
            let events: Vec<&Told> = session.events.iter().copied().filter(counts).collect();
            let values: BTreeSet<String> = events.iter().map(|told| value(&session, told)).collect();
            let mut values: BTreeSet<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
            if !events.is_empty() {
                visitors.entry(session.visitor).or_default().extend(values.clone());
            }
            let bought = events.iter().filter(|told| orders.contains(&told.said.place)).count();
            met += bought;
            if values.is_empty() {
                values.insert("(none)".to_owned());
            }
            if 0 < bought {
                values.into_iter().for_each(|value| rows.entry(value).or_default().1 += bought);
            }
        }
        for values in visitors.into_values() {
            let nothing = BTreeSet::from(["(none)".to_owned()]);
            let values = if values.is_empty() { nothing } else { values };
            values.into_iter().for_each(|value| rows.entry(value).or_default().0 += 1);
        }
        if met < orders.len() {
            rows.entry("(none)".to_owned()).or_default().1 += orders.len() - met;
        }
        rows
    }
}

/// Whether an hour, or a day, of Warsaw begins then.
fn begins_a_bucket(at_ms: i64, day: bool) -> bool {
    let local_ms = at_ms + if at_ms < CLOCK_BACK_MS { 2 * HOUR } else { HOUR };
    local_ms % if day { DAY } else { HOUR } == 0
}

fn ms(moment: &Value) -> i64 {
    moment.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

fn money(orders: &[Bought], of: fn(&Bought, i64) -> i64) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for order in orders {
        if let Some((worth, currency)) = &order.worth {
            *sums.entry(currency.clone()).or_insert(0) += of(order, *worth);
        }
    }
    sums
}

fn figures_in(answer: &Value) -> Figures {
    let count = |name: &str| usize::try_from(answer[name].as_u64().unwrap()).unwrap();
    let sums = |name: &str| serde_json::from_value(answer[name].clone()).unwrap();
    let converted = (count("visitors") != 0).then(|| count("converted_visitors") as f64 / count("visitors") as f64);
    match (answer["conversion_rate"].as_f64(), converted) {
        // What JSON writes is read back but for its last binary digit.
        (Some(rate), Some(converted)) => assert!((rate - converted).abs() < 1e-12, "{rate} {converted}"),
        (rate, converted) => assert_eq!(rate, converted),
    }
    (
        count("visitors"),
        count("sessions"),
        count("page_views"),
        count("orders"),
        count("converted_visitors"),
        sums("gross_minor"),
        sums("net_minor"),
    )
}

fn rows_in(list: &Value) -> BTreeMap<String, (usize, usize)> {
    let row = |row: &Value| {
        let count = |name: &str| usize::try_from(row[name].as_u64().unwrap()).unwrap();
        let rate = row["order_rate"].as_f64().map(|rate| (rate * count("visitors") as f64).round() as usize);
        assert_eq!(rate, (count("visitors") != 0).then(|| count("orders")), "{row}");
        (row["value"].as_str().unwrap().to_owned(), (count("visitors"), count("orders")))
    };
    list.as_array().unwrap().iter().map(row).collect()
}

/// What is said of carts is what the abandonment report says of them.
#[track_caller]
fn compare_carts(shop: &Shop, asked: &Value, answer: &Value) {
    let mut carts = asked.clone();
    carts.as_object_mut().unwrap().remove("trend");
    let carts = &shop.report("abandonment", carts)["total"];
    let total = &answer["total"];
    assert_eq!((&total["carts_opened"], &total["value_left_minor"]), (&carts["opened"], &carts["value_lost_minor"]));
    assert_eq!(total["value_recovered_minor"], carts["value_recovered_minor"]);
}
