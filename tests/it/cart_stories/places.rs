//! Where carts are left, why, and how they came.

use serde_json::{Value, json};

use super::abandonment;
use crate::shop::Shop;

/// `value carts/ever abandoned/EUR lost` of each row.
fn rows(answer: &Value, by: &str) -> Vec<String> {
    let rows = answer["breakdown"][by].as_array().unwrap().iter();
    let lost = |row: &Value| row["value_lost_minor"]["EUR"].as_i64().unwrap_or(0);
    rows.map(|row| {
        format!("{} {}/{}/{}", row["value"].as_str().unwrap(), row["opened"], row["ever_abandoned"], lost(row))
    })
    .collect()
}

#[test]
fn a_cart_is_booked_at_the_step_the_field_and_the_reason_it_was_left_at() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart        item=CAP/Hats/19.90
        bob  10:00  add_to_cart        item=BOOT/Shoes/89.00
        bob  10:01  begin_checkout     item=BOOT/Shoes/89.00
        bob  10:02  add_shipping_info  item=BOOT/Shoes/89.00
        bob  10:03  add_payment_info   item=BOOT/Shoes/89.00
        bob  10:04  payment_failed     reason=declined
        cyd  10:00  add_to_cart        item=SOCK/Socks/9.00
        cyd  10:01  begin_checkout     item=SOCK/Socks/9.00
        cyd  10:02  checkout_leave     stage=checkout  field=street
        dan  10:00  add_to_cart        item=CAP/Hats/19.90
        dan  10:01  purchase           value=19.90
        ",
    );
    let answer = abandonment(&shop, "12:00", json!({}));
    assert_eq!(rows(&answer, "step"), ["payment 1/1/8900", "cart 2/1/1990", "checkout 1/1/900"]);
    assert_eq!(rows(&answer, "last_field"), ["(none) 3/2/10890", "street 1/1/900"]);
    assert_eq!(rows(&answer, "reason"), ["payment_failed 1/1/8900", "(none) 3/2/2890"]);
    let touchpoints = ["payment 1/1/8900", "cart 1/1/1990", "checkout 1/1/900", "order_confirmation 1/0/0"];
    assert_eq!(rows(&answer, "last_touchpoint"), touchpoints);
    assert_eq!(rows(&answer, "product"), ["BOOT 1/1/8900", "CAP 2/1/1990", "SOCK 1/1/900"]);
    let total = &answer["total"];
    assert_eq!(total["cart_abandonment_rate"], 0.75);
    assert_eq!((&total["checkouts"], &total["checkouts_abandoned"]), (&json!(2), &json!(2)));
    assert_eq!(total["checkout_abandonment_rate"], 1.0);
}

#[test]
fn a_reason_of_an_earlier_session_is_none() {
    let shop = Shop::open_with(
        "
        ann  08:00  add_to_cart   item=CAP/Hats/19.90
        ann  08:01  out_of_stock
        ann  08:40  page_view
        ",
    );
    assert_eq!(rows(&abandonment(&shop, "08:05", json!({})), "reason"), ["out_of_stock 1/0/0"]);
    assert_eq!(rows(&abandonment(&shop, "10:00", json!({})), "reason"), ["(none) 1/1/1990"]);
}

#[test]
fn a_cart_is_booked_where_it_was_left_even_when_it_is_bought_later() {
    let shop = Shop::open_with(
        "
        ann  08:00  add_to_cart      item=CAP/Hats/19.90  device=mobile
        ann  08:01  coupon_denied    device=mobile
        ann  12:00  page_view        device=desktop
        ann  12:01  purchase         device=desktop  value=19.90
        ",
    );
    let answer = abandonment(&shop, "13:00", json!({}));
    assert_eq!(rows(&answer, "reason"), ["coupon_denied 1/1/0"]);
    assert_eq!(rows(&answer, "device"), ["mobile 1/1/0"]);
    assert_eq!(rows(&answer, "recovered_by").len(), 1);
}

#[test]
fn channel_and_campaign_are_those_of_the_last_session() {
    let shop = Shop::open_with(
        "
        ann  08:00  page_view    page=/
        ann  08:01  add_to_cart  page=/cap  item=CAP/Hats/19.90
        ann  09:00  page_view    page=/  utm_source=news  utm_medium=email  utm_campaign=spring
        ann  09:01  view_item    page=/cap
        ",
    );
    let early = abandonment(&shop, "08:10", json!({}));
    assert_eq!(
        (rows(&early, "channel"), rows(&early, "campaign")),
        (vec!["Direct 1/0/0".to_owned()], vec!["(none) 1/0/0".to_owned()])
    );
    let late = abandonment(&shop, "11:00", json!({}));
    assert_eq!(rows(&late, "channel"), ["Email 1/1/1990"]);
    assert_eq!(rows(&late, "campaign"), ["spring 1/1/1990"]);
}

#[test]
fn what_only_passes_by_is_no_touchpoint() {
    let shop = Shop::open_with(
        "
        ann  08:00  add_to_cart  item=CAP/Hats/19.90
        ann  08:05  engagement   touchpoint=somewhere
        ann  12:00  web_vital    touchpoint=elsewhere
        ann  12:01  page_view    touchpoint=cart_mail
        ann  12:02  purchase     value=19.90
        ",
    );
    assert_eq!(rows(&abandonment(&shop, "10:00", json!({})), "last_touchpoint"), ["cart 1/1/1990"]);
    let answer = abandonment(&shop, "13:00", json!({}));
    assert_eq!(rows(&answer, "recovered_by"), ["cart_mail 1/1/0"]);
}

#[test]
fn the_carts_behind_a_row_are_listed() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart     item=CAP/Hats/19.90
        bob  10:00  add_to_cart     item=BOOT/Shoes/89.00
        bob  10:04  payment_failed
        ",
    );
    let asked = |by: &str, value: &str| {
        let asked = json!({ "as_of": "2024-11-20T12:00:00Z", "row": { "by": by, "value": value } });
        let answer = shop.report("carts", asked);
        answer["carts"].as_array().unwrap().iter().map(super::tell).collect::<Vec<_>>()
    };
    assert_eq!(asked("reason", "payment_failed"), ["abandoned 1 EUR 8900"]);
    assert_eq!(asked("product", "CAP"), ["abandoned 1 EUR 1990"]);
    assert_eq!(asked("reason", "error"), [""; 0]);
}

#[test]
fn past_the_limit_rows_are_other_and_add_up() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90    touchpoint=one
        bob  10:00  add_to_cart  item=BOOT/Shoes/89.00  touchpoint=two
        cyd  10:00  add_to_cart  item=SOCK/Socks/9.00   touchpoint=three
        ",
    );
    let answer = abandonment(&shop, "12:00", json!({ "limit": 1 }));
    assert_eq!(rows(&answer, "last_touchpoint"), ["two 1/1/8900", "(other) 2/2/2890"]);
}
