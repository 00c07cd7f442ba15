//! What is given back is taken off the order, on the order's day.

use serde_json::json;

use super::told;
use crate::shop::Shop;

#[test]
fn a_refund_with_a_value_gives_back_that_much() {
    let shop = Shop::open_with(
        "
        ann  10:00             purchase  transaction_id=T1  value=50.00
        ann  2024-11-25 09:00  refund    transaction_id=T1  value=20.00
        ",
    );
    assert_eq!(
        told(&shop),
        ["T1 partly_refunded 50.00 EUR, 20.00 refunded"],
        "on the order's day, not five days later"
    );
    let total = &shop.report("orders", json!({}))["total"];
    let minor = |name: &str| total[name]["EUR"].clone();
    assert_eq!(
        (minor("gross_minor"), minor("refunded_minor"), minor("net_minor")),
        (json!(5000), json!(2000), json!(3000))
    );
    assert_eq!(minor("average_order_value_minor"), 5000, "of the order as it was placed");
    let before = shop.report("orders", json!({ "as_of": "2024-11-22" }));
    assert_eq!(before["total"]["net_minor"]["EUR"], 5000, "nobody knew of the refund then");
}

#[test]
fn a_refund_without_value_and_items_gives_back_all() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase  transaction_id=T1  value=50.00
        ann  11:00  refund    transaction_id=T1
        ",
    );
    assert_eq!(told(&shop), ["T1 refunded 50.00 EUR, 50.00 refunded"]);
}

#[test]
fn a_refund_of_items_gives_back_their_prices_or_the_orders() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase  transaction_id=T1  value=55.00  item=CAP/Hats/19.90/2  item=SOCK/Socks/5.00
        ann  11:00  refund    transaction_id=T1  item=CAP/Hats
        ann  11:30  refund    transaction_id=T1  item=SOCK/Socks/4.00
        ",
    );
    assert_eq!(told(&shop), ["T1 partly_refunded 55.00 EUR, 23.90 refunded"]);
}

#[test]
fn no_order_gives_back_more_than_it_was_worth() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase         transaction_id=T1  value=50.00
        ann  11:00  refund           transaction_id=T1  value=30.00
        ann  12:00  refund           transaction_id=T1  value=30.00
        bob  10:00  purchase         transaction_id=T2  value=50.00
        bob  11:00  refund           transaction_id=T2  value=30.00
        bob  12:00  order_cancelled  transaction_id=T2
        ",
    );
    let mut orders = told(&shop);
    orders.sort();
    let expected = ["T1 refunded 50.00 EUR, 50.00 refunded", "T2 cancelled 50.00 EUR, 30.00 refunded, 20.00 cancelled"];
    assert_eq!(orders, expected);
    let total = &shop.report("orders", json!({}))["total"];
    assert_eq!(
        (&total["orders"], &total["orders_refunded"], &total["orders_cancelled"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!((&total["net_minor"]["EUR"], &total["cancelled_minor"]["EUR"]), (&json!(0), &json!(2000)));
}

#[test]
fn a_refund_that_arrives_before_its_purchase_is_taken_off_all_the_same() {
    let mut shop = Shop::open_with("ann 12:00 refund transaction_id=T1 value=5.00");
    let lost = &shop.report("orders", json!({}))["unmatched_refunds"];
    assert_eq!(*lost, json!({ "refunds": 1, "value_minor": { "EUR": 500 } }));
    shop.tell("ann 10:00 purchase transaction_id=T1 value=50.00");
    assert_eq!(told(&shop), ["T1 partly_refunded 50.00 EUR, 5.00 refunded"]);
    assert_eq!(shop.report("orders", json!({}))["unmatched_refunds"]["refunds"], 0);
}

#[test]
fn refunds_of_no_order_of_another_currency_or_of_nobody_knows_how_much_are_told_apart() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase  transaction_id=T1  value=50.00  currency=EUR
        ann  11:00  refund    transaction_id=T1  value=50.00  currency=PLN
        ann  11:10  refund    transaction_id=T1  item=SOCK/Socks
        ann  11:20  refund    transaction_id=T9  value=7.00
        ann  11:30  refund    value=3.00
        ",
    );
    assert_eq!(told(&shop), ["T1 placed 50.00 EUR"]);
    let lost = &shop.report("orders", json!({}))["unmatched_refunds"];
    assert_eq!(*lost, json!({ "refunds": 4, "value_minor": { "EUR": 1000, "PLN": 5000 } }));
}

#[test]
fn where_the_server_speaks_of_refunds_pages_are_not_counted() {
    let mut shop = Shop::open();
    shop.tell("shop now-90s purchase transaction_id=T1 value=50.00");
    shop.tell_from_pages("ann now-60s refund transaction_id=T1 value=10.00");
    let refunded = |shop: &Shop| shop.ask_for("orders", r#"{"last_days":2}"#).json()["total"]["refunded_minor"].clone();
    assert_eq!(refunded(&shop), json!({ "EUR": 1000 }));
    shop.tell("shop now-30s refund transaction_id=T1 value=10.00");
    assert_eq!(refunded(&shop), json!({ "EUR": 1000 }), "page and server tell of the same refund");
}
