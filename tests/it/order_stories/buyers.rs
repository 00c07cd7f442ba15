//! Who bought for the first time, and which orders are listed.

use serde_json::{Value, json};

use super::tell;
use crate::shop::Shop;

fn shop() -> Shop {
    Shop::open_with(
        "
        ann  2024-10-01 10:00  purchase  transaction_id=T0  value=10.00  customer=C1
        a2   10:00             purchase  transaction_id=T1  value=40.00  customer=C1
        bob  11:00             purchase  transaction_id=T2  value=20.00
        bob  12:00             purchase  transaction_id=T3  value=30.00
        ",
    )
}

#[test]
fn a_buyer_is_new_once_on_whatever_browser() {
    let answer = shop().report("orders", json!({}));
    assert_eq!(answer["buyers"], json!({ "new": 1, "returning": 1 }), "Bob is new, the customer C1 is not");
    let orders = |buyer: &str| (&answer["by_buyer"][buyer]["orders"], &answer["by_buyer"][buyer]["gross_minor"]["EUR"]);
    assert_eq!(orders("new"), (&json!(1), &json!(2000)), "Bob's first order");
    assert_eq!(orders("returning"), (&json!(2), &json!(7000)), "C1's second, and Bob's");
}

#[test]
fn orders_are_listed_page_by_page_by_who_bought_and_by_what_became_of_them() {
    let mut shop = shop();
    shop.tell("bob 13:00 refund transaction_id=T3");
    let listed = |asked: Value| {
        let answer = shop.report("orders", asked);
        let orders: Vec<String> = answer["orders"].as_array().unwrap().iter().map(tell).collect();
        (orders.join("; "), answer["orders_total"].as_u64().unwrap(), answer["next_offset"].clone())
    };
    let (t1, t2) = ("T1 placed 40.00 EUR", "T2 placed 20.00 EUR");
    let t3 = "T3 refunded 30.00 EUR, 30.00 refunded";
    assert_eq!(listed(json!({})), (format!("{t3}; {t2}; {t1}"), 3, Value::Null));
    assert_eq!(listed(json!({ "sort": "value", "limit": 2 })), (format!("{t1}; {t3}"), 3, json!(2)));
    assert_eq!(listed(json!({ "sort": "value", "limit": 2, "offset": 2 })), (t2.to_owned(), 3, Value::Null));
    assert_eq!(listed(json!({ "buyer": "new" })), (t2.to_owned(), 1, Value::Null));
    assert_eq!(listed(json!({ "statuses": ["refunded", "cancelled"] })), (t3.to_owned(), 1, Value::Null));
    let one = json!({ "where": [{ "field": "transaction_id", "op": "eq", "value": "T1" }] });
    assert_eq!(listed(one), (t1.to_owned(), 1, Value::Null));
}
