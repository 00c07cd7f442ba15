//! The whole path of people: random families of visitors and customers, some browsers shared, some links undone, sent in
//! any order through the real door, asked about through the API, and counted a second time in plain Rust; and the command
//! line and SQL over the exported Parquet, which say the same.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use fastrand::Rng;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::program;
use crate::retention_reference::{
    By, Cohort, Did, Identity, Kind, Loyalty, Person, Rules, Told, Unit, Unlinked, deeds, recount,
};
use crate::shop::Shop;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The Sunday on which Warsaw's clock goes back, and two days before a week and a month end: 2024-10-27.
const BEGIN_MS: i64 = 1_729_980_000_000;
const FAMILIES: u64 = 5_000;
const QUESTIONS: usize = 24;
/// One family in so many has a link undone.
const UNLINKED_IN: u64 = 60;

/// Families that share nothing with each other; each one's events in the order of their arrival.
struct Town {
    told: Vec<Told>,
    unlinked: Vec<Unlinked>,
}

#[test]
fn cohorts_of_one_browser_for_all_time_equal_a_recount() {
    compare_town("all_time", 1);
    compare_town("all_time", 2);
}

#[test]
fn cohorts_of_one_browser_from_the_link_on_equal_a_recount() {
    compare_town("from_link", 3);
    compare_town("from_link", 4);
}

fn compare_town(identity: &'static str, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let town = random_town(&mut rng);
    let settings = [("analyze.identity", identity), ("store.flush_rows", "5000"), ("store.merge_runs", "3")];
    let mut shop = Shop::open_set(&settings).in_time_zone("Europe/Warsaw");
    shop.send(&town.told.iter().map(wire).collect::<Vec<_>>());
    shop.wait_until_loaded();
    undo_links(&shop, &town, &mut rng);
    let (mut sizes, mut returned) = (0, 0);
    for _ in 0..QUESTIONS {
        let rules = random_rules(&mut rng, identity);
        let (expected, strangers) = recount_town(&town, &rules);
        let answer = shop.report("retention", question(&rules));
        compare(&answer, &expected, strangers, &rules);
        sizes += expected.0.iter().map(|cohort| cohort.size).sum::<u64>();
        returned += expected.0.iter().map(|cohort| cohort.returned).sum::<u64>();
    }
    assert!(20_000 <= sizes && 5_000 <= returned, "{sizes} people, {returned} of whom came back, compare little");
    // Undone links are facts: they outlive the server and the store.
    let rules = random_rules(&mut rng, identity);
    let before = shop.report("retention", question(&rules));
    shop.restart();
    assert_eq!(shop.report("retention", question(&rules)), before);
}

/// Up to nine events of up to three browsers and two customers a family, around the ends of days, weeks and months.
fn random_town(rng: &mut Rng) -> Town {
    let mut told = Vec::new();
    for family in 0..FAMILIES {
        let begin_ms = BEGIN_MS + rng.i64(-3..30) * DAY;
        let (visitors, customers) = (rng.u64(1..=3), rng.u64(0..=2));
        for _ in 0..rng.usize(1..=9) {
            let pause = [0, 1, 29 * MINUTE, 30 * MINUTE, 31 * MINUTE, HOUR, DAY, 7 * DAY, 31 * DAY][rng.usize(..9)];
            let name = ["page_view", "page_view", "page_view", "purchase", "purchase", "given_back"][rng.usize(..6)];
            let name = if name == "given_back" { ["refund", "order_cancelled"][rng.usize(..2)] } else { name };
            let customer = (customers != 0 && rng.u8(0..2) == 0).then(|| family * 10 + rng.u64(0..customers.max(1)));
            let value = (["purchase", "refund"].contains(&name) && rng.bool())
                .then(|| (rng.i64(0..9) * 125, ["EUR", "EUR", "PLN"][rng.usize(..3)]));
            told.push(Told {
                visitor: family * 10 + rng.u64(0..visitors),
                customer,
                at_ms: begin_ms + rng.i64(0..3) * pause + rng.i64(0..3) * rng.i64(0..2) * MINUTE,
                name,
                order: (name != "page_view" && rng.bool()).then(|| family * 10 + rng.u64(0..3)),
                value,
            });
        }
    }
    rng.shuffle(&mut told);
    let named = |family: u64| told.iter().find(|event| event.visitor / 10 == family && event.customer.is_some());
    let families = (0..FAMILIES).filter(|family| family.is_multiple_of(UNLINKED_IN));
    let links = families.filter_map(named).map(|event| (event.visitor, event.customer));
    let unlinked = links.map(|(visitor, customer)| (visitor, customer.filter(|_| visitor % 3 != 0))).collect();
    Town { told, unlinked }
}

fn wire(told: &Told) -> Value {
    let mut event = json!({
        "visitor": format!("v{}", told.visitor), "name": told.name,
        "occurred_at": jiff::Timestamp::from_millisecond(told.at_ms).unwrap().to_string(),
    });
    let texts = [
        ("customer", told.customer.map(|customer| format!("C{customer}"))),
        ("transaction_id", told.order.map(|order| format!("T{order}"))),
        ("value", told.value.map(|(minor, _)| format!("{}.{:02}", minor / 100, minor % 100))),
        ("currency", told.value.map(|(_, currency)| currency.to_owned())),
    ];
    for (field, text) in texts {
        if let Some(text) = text {
            event[field] = json!(text);
        }
    }
    event
}

/// Undoes the links; some others are undone and taken back again.
fn undo_links(shop: &Shop, town: &Town, rng: &mut Rng) {
    let path = |(visitor, customer): Unlinked| {
        let customer = customer.map_or_else(String::new, |customer| format!("/C{customer}"));
        format!("/v1/sites/shop/visitors/v{visitor}/links{customer}")
    };
    for unlinked in &town.unlinked {
        let reply = shop.send_to("DELETE", &path(*unlinked), "");
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let elsewhere = |event: &&Told| !(event.visitor / 10).is_multiple_of(UNLINKED_IN);
    let others: Vec<&Told> = town.told.iter().filter(elsewhere).filter(|event| event.customer.is_some()).collect();
    for _ in 0..5 {
        let other = others[rng.usize(..others.len())];
        let undone = shop.send_to("DELETE", &path((other.visitor, other.customer)), "");
        let back = shop.send_to("POST", &path((other.visitor, None)), "{}");
        assert_eq!((undone.status, back.status), (200, 200), "{} {}", undone.text, back.text);
    }
}

fn random_rules(rng: &mut Rng, identity: &str) -> Rules {
    let kind = |rng: &mut Rng| if rng.bool() { Kind::Visit } else { Kind::Order };
    let from_ms = BEGIN_MS + rng.i64(-4..10) * DAY + rng.i64(0..2) * rng.i64(-3..3) * HOUR;
    let to_ms = from_ms + rng.i64(1..40) * DAY;
    Rules {
        unit: if rng.u8(0..4) == 0 { Unit::Visitor } else { Unit::Customer },
        identity: if identity == "from_link" { Identity::FromLink } else { Identity::AllTime },
        cohort: kind(rng),
        returning: kind(rng),
        by: [By::Day, By::Week, By::Month][rng.usize(..3)],
        cells: rng.usize(1..=9),
        churned_after_days: rng.i64(1..40),
        period: from_ms..to_ms,
        as_of_ms: from_ms + rng.i64(1..80) * DAY + rng.i64(0..DAY),
        zone: TimeZone::get("Europe/Warsaw").unwrap(),
        session_gap_ms: 30 * MINUTE,
    }
}

fn question(rules: &Rules) -> Value {
    let moment = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap().to_string();
    let act = |kind: Kind, words: [&'static str; 2]| words[usize::from(kind == Kind::Order)];
    json!({
        "from": moment(rules.period.start), "to": moment(rules.period.end), "as_of": moment(rules.as_of_ms),
        "unit": if rules.unit == Unit::Visitor { "visitor" } else { "customer" },
        "cohort": act(rules.cohort, ["first_visit", "first_order"]),
        "returning": act(rules.returning, ["visit", "order"]),
        "by": match rules.by { By::Day => "day", By::Week => "week", By::Month => "month" },
        "cells": rules.cells, "churned_after_days": rules.churned_after_days,
    })
}

/// Family by family, since each event is compared with all the others of it.
fn recount_town(town: &Town, rules: &Rules) -> ((Vec<Cohort>, Loyalty), u64) {
    let mut families: BTreeMap<u64, Vec<Told>> = BTreeMap::new();
    town.told.iter().for_each(|event| families.entry(event.visitor / 10).or_default().push(event.clone()));
    let (mut all, mut strangers): (BTreeMap<Person, Vec<Did>>, u64) = (BTreeMap::new(), 0);
    for (family, told) in &families {
        let own = town.unlinked.iter().filter(|(visitor, _)| visitor / 10 == *family);
        let (deeds, unknown) = deeds(told, &own.copied().collect::<Vec<_>>(), rules);
        all.extend(deeds);
        strangers += unknown;
    }
    (recount(&all, rules), strangers)
}

#[track_caller]
fn compare(answer: &Value, (cohorts, loyalty): &(Vec<Cohort>, Loyalty), strangers: u64, rules: &Rules) {
    let count = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{value} in {answer}"));
    let sums = |value: &Value| -> BTreeMap<String, i128> {
        let sums = value.as_object().unwrap().iter();
        sums.map(|(currency, minor)| (currency.clone(), i128::from(minor.as_i64().unwrap()))).collect()
    };
    let cohort = |cohort: &Value| Cohort {
        complete: cohort["complete"].as_bool().unwrap(),
        size: count(&cohort["size"]),
        returned: count(&cohort["returned"]["count"]),
        orders: count(&cohort["orders"]),
        value: sums(&cohort["value_minor"]),
        cells: cells(cohort).map(|cell| (count(&cell["count"]), cell["complete"].as_bool().unwrap())).collect(),
    };
    let found: Vec<Cohort> = answer["cohorts"].as_array().unwrap().iter().map(cohort).collect();
    assert_eq!(&found, cohorts, "{rules:#?}");
    let told = &answer["loyalty"];
    let found = Loyalty {
        people: count(&told["people"]),
        new: count(&told["new"]),
        returning: count(&told["returning"]["count"]),
        buyers: count(&told["buyers"]),
        repeat_buyers: count(&told["repeat_buyers"]["count"]),
        buyers_to_date: count(&told["buyers_to_date"]),
        orders_to_date: count(&told["orders_to_date"]),
        value_to_date: sums(&told["value_to_date_minor"]),
        bought_times: bought_times(told),
        churned: count(&told["churned"]["count"]),
    };
    assert_eq!(&found, loyalty, "{rules:#?}");
    match rules.unit {
        Unit::Visitor => assert!(answer.get("unlinked_visitors").is_none()),
        Unit::Customer => assert_eq!(answer["unlinked_visitors"], json!(strangers), "{rules:#?}"),
    }
    for cohort in answer["cohorts"].as_array().unwrap() {
        let size = count(&cohort["size"]);
        for cell in cells(cohort) {
            let rate = (size != 0).then(|| count(&cell["count"]) as f64 / size as f64);
            // JSON is read to the last but one digit.
            let near = |found: f64| rate.is_some_and(|rate| (found - rate).abs() < 1e-12);
            assert!(cell["rate"].as_f64().map_or(rate.is_none(), near), "{cell}");
            let inside = rate.is_none_or(|rate| {
                cell["low"].as_f64() <= Some(rate + 1e-12) && Some(rate - 1e-12) <= cell["high"].as_f64()
            });
            assert!(inside, "{cell}");
        }
    }
    check_total(answer);
}

fn bought_times(loyalty: &Value) -> BTreeMap<u64, u64> {
    let times = loyalty["bought_times"].as_array().unwrap().iter();
    let each = |told: &Value| (told["orders"].as_u64().unwrap(), told["count"].as_u64().unwrap());
    times.map(each).filter(|(_, buyers)| *buyers != 0).collect()
}

fn cells(cohort: &Value) -> impl Iterator<Item = &Value> {
    cohort["cells"].as_array().unwrap().iter()
}

/// The cohorts together are the complete cells of whole cohorts.
#[track_caller]
fn check_total(answer: &Value) {
    for total in answer["total"].as_array().unwrap() {
        let after = usize::try_from(total["after"].as_u64().unwrap()).unwrap();
        let whole = answer["cohorts"].as_array().unwrap().iter().filter(|cohort| cohort["complete"] == true);
        let cells: Vec<(u64, u64)> = whole
            .filter_map(|cohort| Some((cohort["size"].as_u64()?, cohort["cells"].get(after)?)))
            .filter(|(_, cell)| cell["complete"] == true)
            .map(|(size, cell)| (size, cell["count"].as_u64().unwrap()))
            .collect();
        let (size, count) = cells.iter().fold((0, 0), |(size, count), cell| (size + cell.0, count + cell.1));
        let found = ["cohorts", "size", "count"].map(|name| total[name].as_u64().unwrap());
        assert_eq!(found, [cells.len() as u64, size, count]);
    }
}

#[test]
fn the_command_line_and_sql_over_the_exported_parquet_say_the_same_as_the_api() {
    let shop = program::Shop::new();
    let program = shop.start(&[]);
    let mut rng = Rng::with_seed(5);
    let town = random_town(&mut rng);
    let events: Vec<Value> = town.told.iter().take(900).map(wire).collect();
    let answer = shop.send(&program, &json!({ "site": program::Shop::SITE, "events": events }));
    assert_eq!(answer.status, 202, "{}", answer.text());
    program.wait_until_loaded();
    let visitor = format!("v{}", town.told.iter().take(900).find(|told| told.customer.is_some()).unwrap().visitor);
    let unlink = ["identity", "unlink", "--site", "shop", "--visitor", &visitor];
    assert!(program::run(shop.data.path(), &unlink).contains("nobody known"));

    let period = ["--site", "shop", "--from", "2024-10-21", "--to", "2024-11-25", "--as-of", "2024-12-20T12:00:00Z"];
    for (unit, cohort, returning) in [
        ("customer", "first_visit", "visit"),
        ("visitor", "first_order", "order"),
        ("customer", "first_visit", "order"),
    ] {
        let more = ["--unit", unit, "--cohort", cohort, "--returning", returning, "--cells", "5"];
        let typed = |last: &'static str| [&["report", "retention"], &period[..], &more, &[last]].concat();
        let question = json!({
            "from": "2024-10-21", "to": "2024-11-25", "as_of": "2024-12-20T12:00:00Z", "unit": unit, "cohort": cohort,
            "returning": returning, "by": "week", "cells": 5, "churned_after_days": 90,
        });
        let asked = program.post("/v1/sites/shop/reports/retention", &shop.read_key, &question).unwrap().json();
        let said: Value = serde_json::from_str(&program::run(shop.data.path(), &typed("--json"))).unwrap();
        assert_eq!(said, asked);
        assert!(program::run(shop.data.path(), &typed("--sql")).starts_with("with "));
        let table = program::run(shop.data.path(), &typed("--table"));
        assert!(table.contains("firsts from 2024-10-21T00:00:00+00:00"), "{table}");
        let cohorts = asked["cohorts"].as_array().unwrap().iter();
        let counts =
            cohorts.map(|cohort| cells(cohort).map(|cell| cell["count"].as_u64().unwrap()).collect::<Vec<_>>());
        let counts: Vec<Vec<u64>> = counts.collect();
        assert_eq!(counts_by_sql(&shop.export(&program, "parquet"), [unit, cohort, returning]), counts);
    }
}

/// The cells, counted by another program's SQL in the exported file.
fn counts_by_sql(parquet: &[u8], words: [&str; 3]) -> Vec<Vec<u64>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let python =
        std::env::var_os("STYK_TEST_PYTHON").map_or_else(|| root.join("target/python/bin/python"), PathBuf::from);
    let file = tempfile::NamedTempFile::with_suffix(".parquet").unwrap();
    std::fs::write(file.path(), parquet).unwrap();
    let output = Command::new(python)
        .arg(root.join("tests/it/read_retention.py"))
        .arg(file.path())
        .args(words)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
