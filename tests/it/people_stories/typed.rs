//! One person as it is typed: the command line says what the API says.

use serde_json::{Value, json};

use crate::program;

#[test]
fn the_command_line_tells_of_a_person_as_the_api_does() {
    let shop = program::Shop::new();
    let program = shop.start(&[]);
    let event = |minute: u64, name: &str, value: Option<&str>| {
        let at = format!("2024-11-20T23:{minute:02}:00Z");
        json!({ "visitor": "v1", "customer": "ann", "name": name, "occurred_at": at, "transaction_id": "T1",
            "value": value, "currency": value.map(|_| "EUR") })
    };
    let events = [event(0, "view_item", None), event(5, "purchase", Some("20.00")), event(9, "refund", Some("5.00"))];
    let answer = shop.send(&program, &json!({ "site": program::Shop::SITE, "events": events }));
    assert_eq!(answer.status, 202, "{}", answer.text());
    program.wait_until_loaded();
    let question = json!({ "customer": "ann", "time_zone": "Europe/Warsaw", "currency": "EUR", "limit": 2 });
    let asked = program.post("/v1/sites/shop/reports/visitor", &shop.read_key, &question).unwrap().json();
    let typed = ["report", "visitor", "--site", "shop", "--customer", "ann", "--time-zone", "Europe/Warsaw"];
    let typed = |last: &[&'static str]| program::run(shop.data.path(), &[&typed[..], last].concat());
    let said: Value = serde_json::from_str(&typed(&["--currency", "EUR", "--limit", "2", "--json"])).unwrap();
    assert_eq!(said, asked);
    let order = &asked["orders"][0];
    assert_eq!((&order["status"], &order["net_minor"]), (&json!("partly_refunded"), &json!(1_500)));
    assert_eq!(order["at"], "2024-11-21T00:05:00+01:00", "past midnight in Warsaw");
    let table = typed(&["--table"]);
    for words in ["1 orders for 15.00 EUR", "partly_refunded", "Product page"] {
        assert!(table.contains(words), "{words}: {table}");
    }
}
