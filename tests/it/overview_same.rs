//! The overview and the orders, said three times: by the API, by the command line, and by SQL over the exported Parquet.

use std::collections::BTreeMap;
use std::path::Path;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::overview_whole::{random_events, wire};
use crate::program;

#[test]
fn the_api_the_command_line_and_sql_over_the_export_say_the_same() {
    let shop = program::Shop::new();
    let program = shop.start(&[]);
    let told = random_events(&mut Rng::with_seed(6));
    for events in told.chunks(400) {
        let events: Vec<Value> = events.iter().map(wire).collect();
        let answer = shop.send(&program, &json!({ "site": program::Shop::SITE, "events": events }));
        assert_eq!(answer.status, 202, "{}", answer.text());
    }
    program.wait_until_loaded();
    let period = ["--site", "shop", "--from", "2024-10-26", "--to", "2024-10-29"];
    let question = json!({ "from": "2024-10-26", "to": "2024-10-29", "limit": 10 });
    let mut answers = BTreeMap::new();
    for (report, more) in [("overview", json!({ "compare": "previous" })), ("orders", json!({}))] {
        let mut asked = question.clone();
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("/v1/sites/shop/reports/{report}");
        let answer = program.post(&path, &shop.read_key, &asked).unwrap().json();
        let typed = |last: &[&'static str]| [&["report", report], &period[..], last].concat();
        let said: Value =
            serde_json::from_str(&program::run(shop.data.path(), &typed(&["--json", "--limit", "10"]))).unwrap();
        assert_eq!(said, answer, "{report}");
        assert!(program::run(shop.data.path(), &typed(&["--sql"])).starts_with("with events as "));
        assert!(program::run(shop.data.path(), &typed(&["--table"])).contains("EUR"));
        answers.insert(report, answer);
    }
    assert_eq!(&answers["orders"]["total"]["net_minor"], &answers["overview"]["total"]["net_minor"]);
    compare_files(shop.data.path(), &answers["overview"]["total"], &answers["orders"]);
}

/// SQL over the exported files says what the reports say.
fn compare_files(data: &Path, total: &Value, orders_answer: &Value) {
    let file = |what: &'static str| {
        let out = data.join(format!("{what}.parquet")).to_str().unwrap().to_owned();
        let typed = ["export", "--site", "shop", "--what", what, "--out", &out];
        let period = ["--from", "2024-10-26", "--to", "2024-10-29"];
        let period = if what == "events" { &[][..] } else { &period[..] };
        program::run(data, &[&typed[..], period].concat());
        out
    };
    let (orders, carts, events) = (file("orders"), file("carts"), file("events"));
    let connection = duckdb::Connection::open_in_memory().unwrap();
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let count = |what: &str, file: &str, condition: &str| {
        number(&format!("select count({what})::bigint from '{file}' where {condition}"))
    };
    let said = |name: &str| total[name].as_i64().unwrap();
    assert_eq!(count("*", &orders, "true"), said("orders"));
    for currency in ["EUR", "PLN"] {
        let sum = |column: &str| {
            number(&format!("select sum({column})::bigint from '{orders}' where currency = '{currency}'"))
        };
        assert_eq!(sum("value_minor"), total["gross_minor"][currency].as_i64().unwrap());
        assert_eq!(sum("net_minor"), total["net_minor"][currency].as_i64().unwrap());
    }
    let first_orders = orders_answer["by_buyer"]["new"]["orders"].as_i64().unwrap();
    assert_eq!(count("*", &orders, "first_order"), first_orders);
    assert_eq!(count("*", &carts, "true"), said("carts_opened"));
    let left = "coalesce(sum((value_minor ->> 'EUR')::bigint), 0)::bigint";
    let left = number(&format!("select {left} from '{carts}' where state in ('abandoned', 'expired')"));
    assert_eq!(left, total["value_left_minor"]["EUR"].as_i64().unwrap_or_default());
    let within = |column: &str| format!("{column} >= '2024-10-26' and {column} < '2024-10-29'");
    assert_eq!(count("distinct visitor", &events, &within("occurred_at")), said("visitors"));
    let begun = within("session_started_at");
    assert_eq!(count("distinct (visitor, session_number)", &events, &begun), said("sessions"));
}
