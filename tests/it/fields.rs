//! What can be filtered and broken down by, and what steps can be made of: as the API lists it.

use serde_json::{Value, json};

use crate::program::{Program, Shop};

fn shop() -> (Shop, Program) {
    let shop = Shop::new();
    let program = shop.start(&[]);
    let event = |visitor: &str, name: &str, path: &str| json!({ "visitor": visitor, "name": name, "url": format!("https://shop.example{path}") });
    let events = [
        event("v1", "view_item", "/caps/red?utm_source=news&utm_medium=email&utm_campaign=Winter"),
        event("v1", "view_item", "/caps/blue"),
        event("v2", "view_item", "/coats/red"),
        event("v2", "purchase", "/thanks"),
    ];
    shop.send(&program, &json!({ "events": events }));
    program.wait_until_loaded();
    (shop, program)
}

fn list(shop: &Shop, program: &Program, query: &str) -> Value {
    let answer = program.get(&format!("/v1/sites/shop/fields{query}"), &shop.read_key);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The values of a field, each with how many events have it.
fn values(answer: &Value, field: &str) -> Vec<(String, i64)> {
    let fields = answer["fields"].as_array().unwrap();
    let found = fields.iter().find(|own| own["field"] == field).unwrap();
    let value = |value: &Value| (value["value"].as_str().unwrap().to_owned(), value["events"].as_i64().unwrap());
    found["values"].as_array().unwrap().iter().map(value).collect()
}

fn counted(values: &[(&str, i64)]) -> Vec<(String, i64)> {
    values.iter().map(|(value, events)| ((*value).to_owned(), *events)).collect()
}

#[test]
fn every_field_is_listed_with_what_occurs_in_it_most_frequent_first() {
    let (shop, program) = shop();
    let answer = list(&shop, &program, "");
    assert_eq!(values(&answer, "event"), counted(&[("view_item", 3), ("purchase", 1)]));
    assert_eq!(values(&answer, "page").len(), 4);
    assert_eq!(values(&answer, "stage"), counted(&[("consideration", 3), ("purchase", 1)]));
    assert_eq!(values(&answer, "channel"), counted(&[("Direct", 2), ("Email", 2)]));
    assert_eq!(values(&answer, "campaign").len(), 2);
    let fields = answer["fields"].as_array().unwrap();
    let found = |field: &str| fields.iter().find(|own| own["field"] == field).unwrap();
    assert_eq!(found("page")["values_total"], 4);
    assert_eq!((&found("device")["breakdown"], &found("cart_id")["breakdown"]), (&json!(true), &json!(false)));
    assert_eq!(found("value"), &json!({ "field": "value", "breakdown": false, "values": [], "values_total": null }));
    // Every listed name is one that filters take.
    let steps = json!([{ "event": "view_item" }, { "event": "purchase" }]);
    for field in fields {
        let (name, exists) =
            (field["field"].as_str().unwrap(), if field["field"] == "trusted" { "eq" } else { "exists" });
        let filter = json!([{ "field": name, "op": exists, "value": true }]);
        let question = json!({ "last_days": 7, "steps": steps, "where": filter });
        let asked = program.post("/v1/sites/shop/reports/funnel", &shop.read_key, &question).unwrap();
        assert_eq!(asked.status, 200, "{name}: {}", asked.text());
    }
}

#[test]
fn what_a_builder_looks_for_is_found_whatever_its_case() {
    let (shop, program) = shop();
    let red = list(&shop, &program, "?field=page&search=RED");
    assert_eq!(red["fields"].as_array().unwrap().len(), 1);
    assert_eq!(values(&red, "page"), counted(&[("/caps/red", 1), ("/coats/red", 1)]));
    assert_eq!(values(&list(&shop, &program, "?field=channel&search=dir"), "channel"), counted(&[("Direct", 2)]));
    assert_eq!(values(&list(&shop, &program, "?search=mail"), "channel"), counted(&[("Email", 2)]));
    assert_eq!(values(&list(&shop, &program, "?field=page&search=%25"), "page"), [], "no wildcards");
    for bad in ["?field=colour", "?field=properties.coupon", "?limit=5", "?field=page&field=event"] {
        let answer = program.get(&format!("/v1/sites/shop/fields{bad}"), &shop.read_key);
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!("bad_request")), "{bad}");
    }
}
