//! What the answers hold beside the states: rates, days, filters, pages.

use serde_json::{Value, json};

use super::abandonment;
use crate::shop::Shop;

#[test]
fn nobody_who_opened_a_cart_means_no_rate() {
    let shop = Shop::open_with("ann 10:00 page_view");
    let answer = abandonment(&shop, "12:00", json!({}));
    assert_eq!(answer["total"]["opened"], 0);
    assert_eq!(answer["total"]["cart_abandonment_rate"], Value::Null);
    assert_eq!(answer["total"]["checkout_abandonment_rate"], Value::Null);
    assert_eq!(answer["breakdown"]["step"], json!([]));
}

/// `day complete opened/ever abandoned/recovered/EUR lost`.
fn days(answer: &Value) -> Vec<String> {
    let days = answer["days"].as_array().unwrap().iter();
    let told = |day: &Value| {
        let complete = if day["complete"] == true { "" } else { " incomplete" };
        let lost = day["value_lost_minor"]["EUR"].as_i64().unwrap_or(0);
        let counts = [&day["opened"], &day["ever_abandoned"], &day["recovered"]].map(Value::to_string).join("/");
        format!("{}{complete} {counts}/{lost}", &day["from"].as_str().unwrap()[..10])
    };
    days.map(told).collect()
}

#[test]
fn carts_count_on_the_day_they_were_opened_where_the_shop_is() {
    let shop = Shop::open_with(
        "
        ann  2024-11-20  22:59  add_to_cart  item=CAP/Hats/19.90
        bob  2024-11-20  23:00  add_to_cart  item=BOOT/Shoes/89.00   # midnight in Warsaw
        cyd  2024-11-21  12:00  add_to_cart  item=SOCK/Socks/9.00
        cyd  2024-11-21  15:00  purchase     value=9.00
        ",
    )
    .in_time_zone("Europe/Warsaw");
    let asked = json!({ "from": "2024-11-19", "to": "2024-11-25" });
    assert_eq!(
        days(&abandonment(&shop, "2024-11-22T10:00:00Z", asked.clone())),
        ["2024-11-19 0/0/0/0", "2024-11-20 1/1/0/1990", "2024-11-21 2/2/1/8900", "2024-11-22 incomplete 0/0/0/0"]
    );
    // A cart of the last minute of the 20th may still become abandoned.
    let early = days(&abandonment(&shop, "2024-11-20T23:30:00Z", asked));
    assert_eq!(early[1..], ["2024-11-20 incomplete 1/0/0/0", "2024-11-21 incomplete 1/0/0/0"]);
}

#[test]
fn the_days_add_up_to_the_total() {
    let shop = Shop::open_with(
        "
        ann  2024-11-18  22:59  add_to_cart  item=CAP/Hats/19.90
        bob  2024-11-20  23:00  add_to_cart  item=BOOT/Shoes/89.00
        cyd  2024-11-21  12:00  add_to_cart  item=SOCK/Socks/9.00
        ",
    );
    let answer = abandonment(&shop, "2024-11-22T10:00:00Z", json!({ "from": "2024-11-10", "to": "2024-11-25" }));
    let days = answer["days"].as_array().unwrap();
    for name in ["opened", "abandoned", "ever_abandoned", "recovered"] {
        let sum: u64 = days.iter().map(|day| day[name].as_u64().unwrap()).sum();
        assert_eq!(answer["total"][name], sum, "{name}");
    }
}

#[test]
fn conditions_are_about_the_event_that_opened_the_cart() {
    let shop = Shop::open_with(
        "
        ann  10:00  page_view    page=/  utm_source=news  utm_medium=email  utm_campaign=spring
        ann  10:01  add_to_cart  item=CAP/Hats/19.90  device=mobile
        bob  10:00  add_to_cart  item=BOOT/Shoes/89.00  device=desktop
        bob  10:05  begin_checkout  item=BOOT/Shoes/89.00  device=mobile
        ",
    );
    let opened = |field: &str, value: &str| {
        let filter = json!([{ "field": field, "op": "eq", "value": value }]);
        abandonment(&shop, "12:00", json!({ "where": filter }))["total"]["opened"].clone()
    };
    assert_eq!(opened("device", "mobile"), 1);
    assert_eq!(opened("channel", "Email"), 1, "the session's");
    assert_eq!(opened("item_id", "BOOT"), 1);
    assert_eq!(opened("event", "begin_checkout"), 0);
}

#[test]
fn carts_opened_outside_the_period_are_not_counted_whatever_happens_to_them_in_it() {
    let shop = Shop::open_with(
        "
        ann  2024-11-19  23:00  add_to_cart  item=CAP/Hats/19.90
        ann  2024-11-20  10:00  add_to_cart  item=BOOT/Shoes/89.00
        ",
    );
    assert_eq!(abandonment(&shop, "12:00", json!({}))["total"]["opened"], 0);
}

#[test]
fn a_list_has_pages_states_and_an_order() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        bob  10:01  add_to_cart  item=BOOT/Shoes/89.00
        cyd  10:02  add_to_cart  item=SOCK/Socks/9.00
        dan  11:50  add_to_cart  item=SOCK/Socks/9.00
        dan  11:51  begin_checkout
        ",
    );
    let ask = |asked: Value| {
        let mut asked = asked;
        asked["as_of"] = json!("2024-11-20T12:00:00Z");
        shop.report("carts", asked)
    };
    let worth = |answer: &Value| answer["carts"].as_array().unwrap().iter().map(super::tell).collect::<Vec<_>>();
    let first = ask(json!({ "states": ["abandoned"], "limit": 2 }));
    assert_eq!(worth(&first), ["abandoned 1 EUR 8900", "abandoned 1 EUR 1990"]);
    assert_eq!((&first["carts_total"], &first["next_offset"]), (&json!(3), &json!(2)));
    let second = ask(json!({ "states": ["abandoned"], "limit": 2, "offset": 2 }));
    assert_eq!(worth(&second), ["abandoned 1 EUR 900"]);
    assert_eq!(second["next_offset"], Value::Null);
    assert_eq!(worth(&ask(json!({ "sort": "last_activity_at", "limit": 1 }))), ["open 1 EUR 900"]);
    assert_eq!(worth(&ask(json!({ "step": "checkout" }))), ["open 1 EUR 900"]);
}
