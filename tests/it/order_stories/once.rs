//! Each order counts once, however often it is reported.

use serde_json::json;

use super::{tell, told};
use crate::shop::Shop;

/// The orders of today and yesterday, which pages report.
#[track_caller]
fn told_lately(shop: &Shop) -> Vec<String> {
    let answer = shop.ask_for("orders", &json!({ "last_days": 2 }).to_string()).json();
    answer["orders"].as_array().unwrap().iter().map(tell).collect()
}

#[test]
fn a_thank_you_page_loaded_again_is_one_order() {
    let mut shop = Shop::open();
    shop.tell_from_pages(
        "
        ann  now-90s  purchase  transaction_id=T1  value=19.90  item=CAP/Hats/19.90
        ann  now-60s  purchase  transaction_id=T1  value=19.90  item=CAP/Hats/19.90
        ann  now-30s  purchase  transaction_id=T1  value=19.90  item=CAP/Hats/19.90
        ",
    );
    assert_eq!(told_lately(&shop), ["T1 placed 19.90 EUR"]);
    let answer = shop.ask_for("orders", r#"{"last_days":2}"#).json();
    assert_eq!((&answer["total"]["orders"], &answer["repeated_reports"]), (&json!(1), &json!(2)));
    assert_eq!(answer["orders"][0]["items"][0]["product"], "CAP");
}

#[test]
fn of_a_page_and_a_server_the_server_says_what_it_was_worth_and_the_page_where() {
    let mut shop = Shop::open();
    shop.tell_from_pages("ann now-90s purchase transaction_id=T1 value=1900 item=CAP/Hats/19.00 page=/thanks");
    shop.tell("shop now-60s purchase transaction_id=T1 value=19.90 customer=C1 item=BOOT/Shoes/19.90");
    assert_eq!(told_lately(&shop), ["T1 placed 19.90 EUR"]);
    let question = json!({ "last_days": 2, "where": [{ "field": "page", "op": "eq", "value": "/thanks" }] });
    let answer = shop.ask_for("orders", &question.to_string()).json();
    let order = &answer["orders"][0];
    assert_eq!((&order["customer"], &order["items"][0]["product"]), (&json!("C1"), &json!("BOOT")));
    assert_eq!((&order["page_reports"], &order["server_reports"]), (&json!(1), &json!(1)));
}

#[test]
fn whoever_reports_first_decides_among_servers() {
    let shop = Shop::open_with(
        "
        shop  10:05  purchase  transaction_id=T1  value=30.00
        shop  10:00  purchase  transaction_id=T1  value=20.00
        ",
    );
    assert_eq!(told(&shop), ["T1 placed 20.00 EUR"]);
    assert!(shop.report("orders", json!({}))["orders"][0]["ordered_at"].as_str().unwrap().contains("T10:00"));
}

#[test]
fn purchases_without_a_number_are_an_order_each() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase  value=10.00
        ann  10:01  purchase  value=10.00
        ",
    );
    assert_eq!(told(&shop), ["– placed 10.00 EUR", "– placed 10.00 EUR"]);
}

#[test]
fn an_order_without_a_value_is_worth_its_items_where_they_agree_on_a_currency() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase  transaction_id=T1  item=CAP/Hats/19.90/2  item=SOCK/Socks/5.00
        bob  10:10  purchase  transaction_id=T2  item=CAP/Hats
        ",
    );
    assert_eq!(told(&shop), ["T1 placed 44.80 EUR", "T2 placed – –"]);
    let total = &shop.report("orders", json!({}))["total"];
    assert_eq!((&total["orders"], &total["orders_without_value"]), (&json!(2), &json!(1)));
    assert_eq!(total["average_order_value_minor"], json!({ "EUR": 4480 }), "an unknown value is no zero");
}

#[test]
fn currencies_are_never_added() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase  transaction_id=T1  value=10.00  currency=EUR
        bob  10:10  purchase  transaction_id=T2  value=90.00  currency=PLN
        cyd  10:20  purchase  transaction_id=T3  value=30.00  currency=PLN
        ",
    );
    let total = &shop.report("orders", json!({}))["total"];
    assert_eq!(total["orders"], 3);
    assert_eq!(total["gross_minor"], json!({ "EUR": 1000, "PLN": 12000 }));
    assert_eq!(total["average_order_value_minor"], json!({ "EUR": 1000, "PLN": 6000 }));
    let alone = &shop.report("orders", json!({ "currency": "PLN" }))["total"];
    assert_eq!(alone["gross_minor"], json!({ "PLN": 12000 }));
}

#[test]
fn an_order_counts_on_the_day_of_the_shops_time_zone() {
    let mut shop = Shop::open().in_time_zone("Europe/Warsaw");
    shop.tell("ann 2024-11-19 23:30 purchase transaction_id=T1 value=10.00");
    assert_eq!(told(&shop), ["T1 placed 10.00 EUR"], "half past midnight in Warsaw");
    let elsewhere = shop.report("orders", json!({ "time_zone": "UTC" }));
    assert_eq!(elsewhere["orders_total"], 0);
}
