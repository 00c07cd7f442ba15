//! The whole path of drop-off: random events, sent in any order through the real door, asked about through the API, and
//! counted a second time in plain Rust; and the command line and the exported sessions, which say the same.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::cart_reference::Seen;
use crate::cart_whole::{BEGIN_MS, DAY, DEVICES, MINUTE, TOUCHPOINTS, Told, moment, random_events, wire, with};
use crate::dropoff_reference::{Asked, Row, Rows, add_visitor};
use crate::program;
use crate::roundtrip::read_with_python;
use crate::shop::Shop;

const QUESTIONS: usize = 40;

#[test]
fn every_touchpoint_equals_a_recount_in_plain_rust() {
    let mut rng = Rng::with_seed(20_241_126);
    let told = random_events(&mut rng);
    let mut shop = Shop::open_set(&[("store.flush_rows", "500"), ("store.merge_runs", "2")]);
    for events in told.chunks(400) {
        shop.send(&events.iter().map(wire).collect::<Vec<_>>());
    }
    shop.wait_until_loaded();
    let mut counted = 0;
    for _ in 0..QUESTIONS {
        let from_ms = BEGIN_MS + rng.i64(0..48) * 60 * MINUTE;
        let to_ms = from_ms + rng.i64(1..96) * 60 * MINUTE;
        let days = [None, None, Some(1), Some(30)][rng.usize(..4)];
        let device = rng.usize(0..4);
        let fits = |event: &Seen| device == 0 || event.codes[3] as usize == device;
        let lookback = days.map(|days| days * DAY);
        let asked = Asked { period: from_ms..to_ms, gap: 30 * MINUTE, lookback, high_water: i64::MAX / 2 };
        let expected = recount(&told, &asked, fits);
        counted += expected.total.reached;
        let mut question = json!({ "from": moment(from_ms), "to": moment(to_ms), "next_limit": 100 });
        if let Some(days) = days {
            question = with(&question, json!({ "unit": "visitor", "lookback_days": days }));
        }
        if device != 0 {
            question["where"] = json!([{ "field": "device", "op": "eq", "value": DEVICES[device] }]);
        }
        let units = if days.is_some() { "visitors" } else { "sessions" };
        let answer = shop.report("dropoff", question.clone());
        assert_eq!(Row { next: BTreeMap::new(), ..row(&answer["total"], units) }, expected.total, "{question}");
        let found: BTreeMap<String, Row> = answer["touchpoints"].as_array().unwrap().iter().map(named(units)).collect();
        let names = expected.touchpoints.iter();
        let names = names.map(|(&code, row)| (TOUCHPOINTS[code as usize].to_owned(), row.clone()));
        assert_eq!(found, names.collect::<BTreeMap<_, _>>(), "{question}");
        check_parts(&shop, &question, &expected, units);
    }
    assert!(1_000 <= counted, "{counted} units compare little");
}

/// One touchpoint alone, by device.
#[track_caller]
fn check_parts(shop: &Shop, question: &Value, expected: &Rows, units: &str) {
    let Some(&at) = expected.touchpoints.keys().next() else { return };
    let asked = with(question, json!({ "touchpoint": TOUCHPOINTS[at as usize], "by": ["device", "channel"] }));
    let answer = shop.report("dropoff", asked);
    let rows = answer["touchpoints"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(row(&rows[0], units), expected.touchpoints[&at]);
    let part = |part: &Value| (part["value"].as_str().unwrap().to_owned(), row(part, units));
    let found: BTreeMap<String, Row> = rows[0]["by"]["device"].as_array().unwrap().iter().map(part).collect();
    let own = expected.devices.iter().filter(|((own, _), _)| *own == at);
    let own = own.map(|((_, device), row)| (DEVICES[*device as usize].to_owned(), row.clone()));
    assert_eq!(found, own.collect::<BTreeMap<_, _>>());
    assert_eq!(rows[0]["by"]["channel"][0]["value"], "Direct");
}

fn recount(told: &[Told], asked: &Asked, fits: impl Fn(&Seen) -> bool) -> Rows {
    let mut by_visitor: BTreeMap<u64, Vec<(usize, Seen)>> = BTreeMap::new();
    for (arrival, told) in told.iter().enumerate() {
        by_visitor.entry(told.seen.visitor).or_default().push((arrival, told.seen.clone()));
    }
    let firsts = first_reports(told);
    let mut rows = Rows::default();
    for events in by_visitor.values_mut() {
        events.sort_by_key(|(arrival, event)| (event.at_ms, *arrival));
        let (arrivals, events): (Vec<usize>, Vec<Seen>) = events.iter().cloned().unzip();
        add_visitor(&mut rows, &events, asked, (&fits, |place: usize| firsts.contains(&arrivals[place])));
    }
    rows
}

/// Which arrivals are the first report of an order, whoever reported it: visitors of one house share numbers.
fn first_reports(told: &[Told]) -> BTreeSet<usize> {
    let mut firsts: BTreeMap<String, (i64, usize)> = BTreeMap::new();
    for (arrival, Told { seen, .. }) in told.iter().enumerate().filter(|(_, told)| told.seen.name == "purchase") {
        let alone = format!("{arrival} alone");
        let number = seen.order.map_or(alone, |order| format!("{order} of {}", seen.visitor / 6));
        let first = firsts.entry(number).or_insert((seen.at_ms, arrival));
        *first = (seen.at_ms, arrival).min(*first);
    }
    firsts.into_values().map(|(_, arrival)| arrival).collect()
}

fn named(units: &str) -> impl Fn(&Value) -> (String, Row) {
    move |answer| (answer["touchpoint"].as_str().unwrap().to_owned(), row(answer, units))
}

/// Figures of an answer in the reference's words.
fn row(answer: &Value, units: &str) -> Row {
    let count = |name: &str| answer[name].as_u64().unwrap_or_else(|| panic!("no {name} in {answer}"));
    let code = |next: &Value| {
        let place = TOUCHPOINTS.iter().position(|name| next["touchpoint"] == *name).unwrap();
        (place as u32, next[units].as_u64().unwrap())
    };
    let value = answer["value_at_exit_minor"].as_object().unwrap().iter();
    let row = Row {
        reached: count(units),
        went_on: count("went_on"),
        exits: count("exits"),
        exits_with_cart: count("exits_with_cart"),
        ended_converted: count("ended_converted"),
        in_progress: count("in_progress"),
        converted: count("converted"),
        value: value.map(|(currency, minor)| (currency.clone(), i128::from(minor.as_i64().unwrap()))).collect(),
        next: answer["continuations"].as_array().into_iter().flatten().map(code).collect(),
    };
    for (field, part) in [("drop_off_rate", row.exits), ("conversion_rate", row.converted)] {
        let rate = (row.reached != 0).then(|| part as f64 / row.reached as f64);
        let off = answer[field].as_f64().zip(rate).map_or(0.0, |(found, rate)| (found - rate).abs());
        assert!(answer[field].is_null() == rate.is_none() && off < 1e-12, "{field} of {answer}");
    }
    row
}

#[test]
fn the_command_line_and_the_exported_sessions_say_the_same_as_the_api() {
    let shop = program::Shop::new();
    let program = shop.start(&[]);
    let events: Vec<Value> = random_events(&mut Rng::with_seed(9)).iter().take(900).map(wire).collect();
    let answer = shop.send(&program, &json!({ "site": program::Shop::SITE, "events": events }));
    assert_eq!(answer.status, 202, "{}", answer.text());
    program.wait_until_loaded();
    let question = json!({ "from": "2024-11-01", "to": "2024-12-31", "next_limit": 10, "limit": 50 });
    let asked = program.post("/v1/sites/shop/reports/dropoff", &shop.read_key, &question).unwrap().json();

    let period = ["report", "dropoff", "--site", "shop", "--from", "2024-11-01", "--to", "2024-12-31"];
    let typed = |last: &[&'static str]| program::run(shop.data.path(), &[&period[..], last].concat());
    assert_eq!(serde_json::from_str::<Value>(&typed(&["--json"])).unwrap(), asked);
    assert!(typed(&["--sql"]).starts_with("with events as "));
    let table = typed(&["--touchpoint", "till", "--by", "device", "--compare", "previous"]);
    assert!(table.contains("mobile") && table.contains("2024-11-01T00:00:00+00:00"), "{table}");

    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    program::run(shop.data.path(), &["export", "--site", "shop", "--what", "sessions", "--out", folder]);
    let parquet = std::fs::read(out.path().join("shop-sessions.parquet")).unwrap();
    let recount = read_with_python("read_sessions.py", &parquet);
    let rows = asked["touchpoints"].as_array().unwrap();
    assert_eq!(recount["touchpoints"].as_object().unwrap().len(), rows.len());
    for row in rows {
        let name = row["touchpoint"].as_str().unwrap();
        let found = &recount["touchpoints"][name];
        for field in ["sessions", "exits", "exits_with_cart", "went_on", "ended_converted", "value_at_exit_minor"] {
            assert_eq!(found[field], row[field], "{field} of {name}");
        }
        let next = row["continuations"].as_array().unwrap().iter();
        let next: serde_json::Map<String, Value> =
            next.map(|next| (next["touchpoint"].as_str().unwrap().to_owned(), next["sessions"].clone())).collect();
        assert_eq!(found["continuations"], Value::Object(next), "where they went from {name}");
    }
    for field in ["sessions", "converted"] {
        assert_eq!(recount["total"][field], asked["total"][field], "{field}");
    }
}

#[test]
fn exported_sessions_are_those_that_began_in_the_period_in_each_format() {
    let shop = program::Shop::new();
    let program = shop.start(&[]);
    let event = |visitor: &str, at: &str, name: &str| {
        json!({
            "visitor": visitor, "occurred_at": format!("2024-11-20T{at}:00Z"), "name": name, "touchpoint": "=cmd",
            "url": "https://shop.example/hats?utm_source=news&utm_medium=email", "customer": "C1",
            "items": [{ "item_id": "CAP", "price": "19.90", "quantity": 1 }],
        })
    };
    let events =
        [event("ann", "09:59", "view_item"), event("ann", "10:10", "add_to_cart"), event("bob", "10:00", "purchase")];
    assert_eq!(shop.send(&program, &json!({ "site": "shop", "events": events })).status, 202);
    program.wait_until_loaded();
    let export = |format: &str| {
        let path = format!("/v1/sites/shop/export/sessions?format={format}&from=2024-11-20T10:00:00Z&to=2024-11-21");
        let answer = program.get(&path, &shop.read_key);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    };
    let lines = export("jsonl").text().to_owned();
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 1, "ann's began before: {lines}");
    let expected = json!({
        "session_number": 1, "customer": "C1", "events": 1, "touchpoints": 1, "first_touchpoint": "=cmd",
        "last_touchpoint": "=cmd", "journey": "[\"=cmd\"]", "channel": "Email", "source": "news", "orders": 1,
        "converted": true, "in_progress": false, "cart_value_minor": "{}", "landing_page": "/hats",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&rows[0][field], value, "{field}");
    }
    let csv = export("csv").text().to_owned();
    assert!(csv.starts_with("session_id,visitor,session_number,customer,"), "{csv}");
    assert!(csv.contains(",'=cmd,"), "no cell is a formula: {csv}");
    assert!(export("parquet").bytes.starts_with(b"PAR1"));
    let path = "/v1/sites/shop/export/carts_of_gold";
    assert_eq!(program.get(path, &shop.read_key).status, 404);
}
