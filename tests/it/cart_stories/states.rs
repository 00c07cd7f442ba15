//! What a cart is, as of any moment.

use serde_json::{Value, json};

use super::{abandonment, carts, told};
use crate::shop::Shop;

#[test]
fn a_cart_is_open_then_idle_then_abandoned_then_expired() {
    let shop = Shop::open_with("ann 10:00 add_to_cart item=CAP/Hats/19.90");
    assert_eq!(told(&shop, "09:59"), [""; 0], "not there yet");
    assert_eq!(told(&shop, "10:00"), ["open 1 EUR 1990"]);
    assert_eq!(told(&shop, "10:29:59.999"), ["open 1 EUR 1990"]);
    assert_eq!(told(&shop, "10:30"), ["idle 1 EUR 1990"]);
    assert_eq!(told(&shop, "10:59:59.999"), ["idle 1 EUR 1990"]);
    assert_eq!(told(&shop, "11:00"), ["abandoned 1 EUR 1990"]);
    assert_eq!(told(&shop, "2024-12-20T09:59:59.999Z"), ["abandoned 1 EUR 1990"]);
    assert_eq!(told(&shop, "2024-12-20T10:00:00Z"), ["expired 1 EUR 1990"]);
}

#[test]
fn whatever_its_owner_does_keeps_a_cart_open() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:50  scroll
        ",
    );
    assert_eq!(told(&shop, "11:15"), ["open 1 EUR 1990"]);
    assert_eq!(told(&shop, "11:45"), ["idle 1 EUR 1990"]);
    assert_eq!(told(&shop, "11:50"), ["abandoned 1 EUR 1990"]);
    assert_eq!(carts(&shop, "11:50")[0]["abandoned_at"], "2024-11-20T11:50:00+00:00");
}

#[test]
fn a_pause_of_exactly_an_hour_is_no_abandonment_a_millisecond_more_is() {
    let shop = Shop::open_with(
        "
        ann  10:00         add_to_cart  item=CAP/Hats/19.90
        ann  11:00         purchase     value=19.90
        bob  10:00         add_to_cart  item=CAP/Hats/19.90
        bob  11:00:00.001  purchase     value=19.90
        ",
    );
    assert_eq!(told(&shop, "12:00"), ["purchased 1 EUR 1990", "recovered 1 EUR 1990"]);
}

#[test]
fn an_abandoned_cart_that_is_touched_again_is_open_again_and_remembers() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  13:00  page_view
        ",
    );
    assert_eq!(told(&shop, "12:59"), ["abandoned 1 EUR 1990"]);
    assert_eq!(told(&shop, "13:00"), ["open 1 EUR 1990"]);
    assert_eq!(carts(&shop, "13:00")[0]["abandonments"], 1);
    assert_eq!(abandonment(&shop, "13:00", json!({}))["total"]["ever_abandoned"], 1);
    assert_eq!(carts(&shop, "15:00")[0]["abandonments"], 2, "and abandoned once more");
}

#[test]
fn a_cart_is_recovered_by_the_first_touchpoint_after_it_was_abandoned() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart     item=CAP/Hats/19.90
        ann  13:00  page_view       touchpoint=cart_mail
        ann  13:01  begin_checkout  item=CAP/Hats/19.90
        ann  13:02  purchase        value=24.80
        ",
    );
    assert_eq!(told(&shop, "14:00"), ["recovered 1 EUR 1990"]);
    assert_eq!(carts(&shop, "14:00")[0]["recovered_by"], "cart_mail");
    let answer = abandonment(&shop, "14:00", json!({}));
    assert_eq!(answer["breakdown"]["recovered_by"][0]["value"], "cart_mail");
    assert_eq!(answer["total"]["value_recovered_minor"], json!({ "EUR": 2480 }), "what was paid");
    assert_eq!(answer["total"]["value_lost_minor"], json!({}));
}

#[test]
fn of_several_abandonments_the_last_one_says_what_recovered_a_cart() {
    let shop = Shop::open_with(
        "
        ann  08:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:00  page_view    touchpoint=cart_mail
        ann  12:00  page_view    touchpoint=paid_ad
        ann  12:05  purchase     value=19.90
        ",
    );
    assert_eq!(carts(&shop, "14:00")[0]["recovered_by"], "paid_ad");
}

#[test]
fn a_cart_that_is_bought_without_a_pause_is_purchased() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:20  purchase     value=19.90  transaction_id=T1
        ",
    );
    assert_eq!(told(&shop, "10:19"), ["open 1 EUR 1990"]);
    assert_eq!(told(&shop, "2024-12-31T00:00:00Z"), ["purchased 1 EUR 1990"], "for ever");
    assert_eq!(carts(&shop, "12:00")[0]["transaction_id"], "T1");
}

#[test]
fn a_cart_from_which_everything_was_removed_is_emptied_and_not_abandoned() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart       item=CAP/Hats/19.90
        ann  10:05  remove_from_cart  item=CAP/Hats/19.90
        ",
    );
    assert_eq!(told(&shop, "10:06"), ["emptied 0"]);
    assert_eq!(told(&shop, "14:00"), ["emptied 0"]);
    let total = &abandonment(&shop, "14:00", json!({}))["total"];
    assert_eq!((&total["opened"], &total["ever_abandoned"]), (&json!(1), &json!(0)));
}

#[test]
fn a_cart_that_is_worth_nothing_stays_idle() {
    let shop = Shop::open_with("ann 10:00 add_to_cart item=SAMPLE/Gifts/0.00");
    assert_eq!(told(&shop, "10:30"), ["idle 1"]);
    assert_eq!(told(&shop, "18:00"), ["idle 1"]);
}

#[test]
fn a_refund_never_makes_a_purchased_cart_abandoned() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:20  purchase     value=19.90  transaction_id=T1
        ann  16:00  refund       value=19.90  transaction_id=T1
        ",
    );
    assert_eq!(told(&shop, "20:00"), ["purchased 1 EUR 1990"]);
}

#[test]
fn a_purchase_that_is_seen_twice_is_one_order() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:20  purchase     value=19.90  transaction_id=T1
        ann  10:25  add_to_cart  item=BOOT/Shoes/89.00
        ann  10:26  purchase     value=19.90  transaction_id=T1   # the thank-you page, loaded again
        ",
    );
    assert_eq!(told(&shop, "10:30"), ["purchased 1 EUR 1990", "open 1 EUR 8900"]);
}

#[test]
fn changed_time_outs_change_what_was() {
    let mut shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:20  purchase     value=19.90
        bob  10:00  add_to_cart  item=CAP/Hats/19.90
        ",
    );
    assert_eq!(told(&shop, "10:40"), ["purchased 1 EUR 1990", "idle 1 EUR 1990"]);
    shop.restart_set(&[("analyze.cart_idle_minutes", "5"), ("analyze.cart_abandoned_after_minutes", "10")]);
    assert_eq!(told(&shop, "10:40"), ["recovered 1 EUR 1990", "abandoned 1 EUR 1990"]);
    let method = abandonment(&shop, "10:40", json!({}))["method"].clone();
    assert_eq!((&method["cart_idle_seconds"], &method["cart_abandoned_after_seconds"]), (&json!(300), &json!(600)));
}

#[test]
fn an_event_that_arrives_late_changes_what_was() {
    let mut shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  11:30  purchase     value=19.90
        ",
    );
    assert_eq!(told(&shop, "12:00"), ["recovered 1 EUR 1990"]);
    shop.tell("ann 10:45 scroll");
    assert_eq!(told(&shop, "12:00"), ["purchased 1 EUR 1990"]);
}

#[test]
fn without_a_moment_carts_are_as_of_the_newest_data() {
    let shop = Shop::open_with("ann now-600s add_to_cart item=CAP/Hats/19.90");
    let answer = shop.report("carts", json!({ "from": "2000-01-01", "to": "2999-01-01" }));
    assert_eq!(answer["carts"][0]["state"], "open");
    let through = |answer: &Value, name: &str| answer[name].as_str().unwrap()[..19].to_owned();
    assert_eq!(through(&answer, "as_of"), through(&answer, "data_through"));
}
