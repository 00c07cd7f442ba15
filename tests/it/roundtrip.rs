//! From `202` to every way out, through the real program: funnel, fields, Parquet, CSV and JSON lines say the same.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};

use crate::program::{Program, Shop, wait_for};

/// What spreadsheets take for a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Sends what must be accepted in full.
fn send(shop: &Shop, program: &Program, events: &[Value]) {
    let answer = shop.send(program, &json!({ "site": Shop::SITE, "events": events }));
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(answer.json(), json!({ "accepted": events.len(), "refused": [] }));
}

/// 40 visitors look, 25 of them carry, 10 of them buy.
fn shopping() -> Vec<Value> {
    let visits = (0..40).flat_map(|visitor| {
        let steps = [("view_item", 40), ("add_to_cart", 25), ("purchase", 10)];
        steps.into_iter().enumerate().filter(move |(_, (_, reached))| visitor < *reached).map(
            move |(minute, (name, _))| {
                json!({
                    "id": format!("{name}-{visitor}"),
                    "visitor": format!("v{visitor}"),
                    "name": name,
                    "occurred_at": format!("2026-11-20T10:{minute:02}:00Z"),
                    "url": "https://shop.example/hats?utm_source=news&utm_medium=email",
                    "value": (name == "purchase").then_some("19.90"),
                    "currency": "EUR",
                    "properties": { "note": "line one\nline \"two\", ż" },
                })
            },
        )
    });
    visits.collect()
}

fn counted(names: impl IntoIterator<Item = String>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn csv_rows(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(csv).deserialize().map(Result::unwrap).collect()
}

/// What one of our scripts finds in a Parquet file, with DuckDB and pyarrow from PyPI.
pub(crate) fn read_with_python(script: &str, parquet: &[u8]) -> Value {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let python = match std::env::var_os("STYK_TEST_PYTHON") {
        Some(python) => PathBuf::from(python),
        None => root.join("target/python/bin/python"),
    };
    let found = python.exists();
    assert!(found, "there is no Python at {}; `./check` installs it, or sets STYK_TEST_PYTHON", python.display());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.parquet");
    std::fs::write(&path, parquet).unwrap();
    let output = Command::new(python).arg(root.join("tests/it").join(script)).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_accepted_event_becomes_visible() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    assert_eq!(shop.visitors_with(&program, "page_view"), 0);
    send(&shop, &program, &[json!({ "name": "page_view", "visitor": "v1", "url": "https://shop.example/" })]);
    wait_for("the event to be seen", || shop.visitors_with(&program, "page_view") == 1);
}

#[test]
fn every_way_out_gives_the_same_counts() {
    let shop = Shop::new();
    // Some rows in the file, some in memory.
    let program = shop.start(&[("STYK_STORE_FLUSH_ROWS", "50")]);
    let events = shopping();
    send(&shop, &program, &events[..60]);
    program.wait_until_loaded();
    send(&shop, &program, &events[60..]);
    program.wait_until_loaded();
    let expected =
        BTreeMap::from([("view_item", 40), ("add_to_cart", 25), ("purchase", 10)].map(|(n, c)| (n.to_owned(), c)));
    let reached: BTreeMap<_, _> =
        expected.keys().map(|name| (name.clone(), shop.visitors_with(&program, name))).collect();
    assert_eq!(reached, expected);

    let fields = program.get(&format!("/v1/sites/{}/fields", Shop::SITE), &shop.read_key).json();
    let fields = fields["fields"].as_array().unwrap();
    let listed = fields.iter().find(|field| field["field"] == "event").unwrap()["values"].as_array().unwrap();
    let listed: BTreeMap<_, _> = listed
        .iter()
        .map(|value| (value["value"].as_str().unwrap().to_owned(), value["events"].as_u64().unwrap()))
        .collect();
    assert_eq!(listed, expected);

    let rows = shop.export_rows(&program);
    assert_eq!(counted(rows.iter().map(|row| row["event"].as_str().unwrap().to_owned())), expected);
    assert_eq!(rows[0]["properties"], events[0]["properties"].to_string());
    let cells = csv_rows(&shop.export(&program, "csv"));
    assert_eq!(counted(cells.iter().map(|row| row["event"].clone())), expected);
    assert_eq!(cells[0]["properties"], events[0]["properties"].to_string());

    let columns: Vec<_> = rows[0].as_object().unwrap().keys().cloned().collect();
    let found = read_with_python("read_parquet.py", &shop.export(&program, "parquet"));
    for reader in ["duckdb", "pyarrow"] {
        let found = &found[reader];
        assert_eq!(found["events"], json!(expected), "{reader}");
        assert_eq!((&found["value_minor"], &found["ids"]), (&json!(19_900), &json!(75)), "{reader}");
        let mut named: Vec<String> = serde_json::from_value(found["columns"].clone()).unwrap();
        named.sort();
        assert_eq!(named, columns, "{reader}");
    }
}

#[test]
fn a_csv_cell_is_never_a_formula() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    let event = json!({
        "name": "-refund",
        "visitor": "v1",
        "customer": "=cmd|' /C calc'!A0",
        "cart_id": "+1",
        "transaction_id": "-T1",
        "touchpoint": "@counter",
        "channel": "=1+1",
        "language": "-x",
        "campaign": { "source": "@SUM(A1)", "medium": "+m", "name": "=n", "term": "-t", "content": "=c" },
        "url": "https://shop.example/=1",
        "value": "19.90",
        "properties": { "=k": "=v" },
        "items": [{ "item_id": "=1", "quantity": 1 }],
    });
    let unseen = json!({
        "name": "x",
        "visitor": "v2",
        "customer": "  =1",
        "cart_id": "\u{200b}+1",
        "transaction_id": "\u{a0}@x",
        "campaign": { "source": "\u{202e}-1", "name": "＝1" },
        "url": "https://-1.shop.example/",
        "user_agent": "=1+1/1.0 (=1)",
    });
    send(&shop, &program, &[event.clone(), unseen]);
    program.wait_until_loaded();
    let csv = csv_rows(&shop.export(&program, "csv"));
    let row = csv.iter().find(|row| row["event"] == "'-refund").unwrap();
    // No number of an export is negative either.
    for (column, cell) in row {
        assert!(!cell.starts_with(FORMULA_STARTS), "{column}: {cell}");
    }
    assert_eq!(row["customer"], "'=cmd|' /C calc'!A0");
    // Spreadsheets skip what cannot be seen.
    for (column, cell) in csv.iter().flatten() {
        let seen = cell.trim_start_matches(|c: char| c.is_whitespace() || "\u{200b}\u{202e}".contains(c));
        assert!(!seen.starts_with(FORMULA_STARTS) && !seen.starts_with('＝'), "{column}: {cell:?}");
    }
    assert_eq!((row["event"].as_str(), row["value_minor"].as_str()), ("'-refund", "1990"));
    // Programs get it as it was.
    assert!(shop.export_rows(&program).iter().any(|row| row["customer"] == event["customer"]));
}

#[test]
fn a_batch_sent_50_times_at_once_counts_once() {
    const TIMES: u64 = 50;
    let shop = Shop::new();
    let program = shop.start(&[]);
    let events = shopping();
    thread::scope(|scope| {
        for _ in 0..TIMES {
            scope.spawn(|| send(&shop, &program, &events));
        }
    });
    program.wait_until_loaded();
    let events = events.len() as u64;
    assert_eq!(shop.export_rows(&program).len() as u64, events);
    assert_eq!(shop.visitors_with(&program, "view_item"), 40);
    assert_eq!(program.metric("styk_events_accepted_total"), TIMES * events);
    assert_eq!(program.metric("styk_load_loaded_total"), events);
    assert_eq!(program.metric("styk_load_duplicate_total"), (TIMES - 1) * events);
    assert_eq!(program.metric("styk_load_conflict_total"), 0);
}

#[test]
fn the_first_of_two_events_with_one_id_stays() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    let event = |value: &str| json!({ "id": "order-1", "name": "purchase", "visitor": "v1", "value": value });
    for value in ["19.90", "29.90", "19.90"] {
        send(&shop, &program, &[event(value)]);
    }
    program.wait_until_loaded();
    let rows = shop.export_rows(&program);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["value_minor"], 1990);
    assert_eq!(program.metric("styk_load_conflict_total"), 1);
    assert_eq!(program.metric("styk_load_duplicate_total"), 1);
}
