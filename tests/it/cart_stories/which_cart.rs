//! Which cart an event is about, and what is in it.

use serde_json::json;

use super::{carts, told};
use crate::shop::Shop;

#[test]
fn a_cart_outlives_the_session() {
    let shop = Shop::open_with(
        "
        ann  08:00  add_to_cart  item=CAP/Hats/19.90
        ann  19:00  add_to_cart  item=BOOT/Shoes/89.00
        ",
    );
    assert_eq!(told(&shop, "19:10"), ["open 2 EUR 10890"]);
}

#[test]
fn carts_that_the_shop_names_are_told_apart() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  cart_id=c1  item=CAP/Hats/19.90
        ann  10:05  add_to_cart  cart_id=c2  item=BOOT/Shoes/89.00
        ann  10:10  purchase     cart_id=c1  value=19.90
        ",
    );
    assert_eq!(told(&shop, "12:00"), ["purchased 1 EUR 1990", "abandoned 1 EUR 8900"]);
}

#[test]
fn a_purchase_without_a_name_buys_the_cart_touched_last() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  cart_id=c1  item=CAP/Hats/19.90
        ann  10:05  add_to_cart  cart_id=c2  item=BOOT/Shoes/89.00
        ann  10:10  purchase     value=89.00
        ",
    );
    assert_eq!(told(&shop, "12:00"), ["abandoned 1 EUR 1990", "purchased 1 EUR 8900"]);
}

#[test]
fn a_cart_may_get_its_name_after_the_first_product() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:05  view_cart    cart_id=c1  item=CAP/Hats/19.90
        ",
    );
    assert_eq!(told(&shop, "10:10"), ["open 1 EUR 1990"]);
    assert_eq!(carts(&shop, "10:10")[0]["cart_id"], "c1");
}

#[test]
fn logging_in_does_not_split_a_cart() {
    let shop = Shop::open_with(
        "
        laptop  10:00  add_to_cart  item=CAP/Hats/19.90
        laptop  10:05  login        customer=C-1
        phone   10:20  page_view    customer=C-1
        phone   10:21  add_to_cart  customer=C-1  item=BOOT/Shoes/89.00
        phone   10:25  purchase     customer=C-1  value=108.90
        ",
    );
    assert_eq!(told(&shop, "12:00"), ["purchased 2 EUR 10890"]);
    assert_eq!(carts(&shop, "12:00")[0]["customer"], "C-1");
}

#[test]
fn activity_on_another_device_keeps_a_customers_cart_open() {
    let story = |customer: &str| {
        format!(
            "
            laptop  10:00  add_to_cart  customer=C-1  item=CAP/Hats/19.90
            phone   10:50  page_view    customer={customer}
            "
        )
    };
    assert_eq!(told(&Shop::open_with(&story("C-1")), "11:10"), ["open 1 EUR 1990"]);
    assert_eq!(told(&Shop::open_with(&story("C-2")), "11:10"), ["abandoned 1 EUR 1990"]);
}

#[test]
fn a_named_cart_is_one_cart_whoever_touches_it() {
    let shop = Shop::open_with(
        "
        mon  08:00  add_to_cart  cart_id=c1  item=CAP/Hats/19.90
        tue  19:00  view_cart    cart_id=c1  item=CAP/Hats/19.90   # without consent: a visitor of another number
        tue  19:05  purchase     cart_id=c1  value=19.90
        ",
    );
    assert_eq!(told(&shop, "20:00"), ["recovered 1 EUR 1990"]);
}

#[test]
fn after_a_purchase_the_next_product_opens_another_cart() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  cart_id=c1  item=CAP/Hats/19.90
        ann  10:05  purchase     cart_id=c1  value=19.90  transaction_id=T1
        ann  10:10  add_to_cart  cart_id=c1  item=BOOT/Shoes/89.00
        ",
    );
    assert_eq!(told(&shop, "10:15"), ["purchased 1 EUR 1990", "open 1 EUR 8900"]);
}

#[test]
fn looking_at_an_empty_cart_opens_none_and_a_cart_that_is_shown_with_products_is_one() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_cart
        bob  10:00  view_cart       item=CAP/Hats/19.90
        cyd  10:01  begin_checkout  item=BOOT/Shoes/89.00
        ",
    );
    assert_eq!(told(&shop, "10:05"), ["open 1 EUR 1990", "open 1 EUR 8900"]);
}

#[test]
fn an_order_without_a_cart_is_no_cart() {
    let shop = Shop::open_with("ann 10:00 purchase value=19.90");
    assert_eq!(told(&shop, "12:00"), [""; 0]);
}

#[test]
fn what_is_added_removed_and_shown_is_followed() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart       item=CAP/Hats/19.90/2
        ann  10:05  add_to_cart       item=BOOT/Shoes/89.00
        ann  10:10  remove_from_cart  item=CAP/Hats/19.90
        ann  10:15  view_cart         item=BOOT/Shoes/80.00  value=75.00   # with a coupon
        ",
    );
    assert_eq!(told(&shop, "10:00"), ["open 2 EUR 3980"]);
    assert_eq!(told(&shop, "10:05"), ["open 3 EUR 12880"]);
    assert_eq!(told(&shop, "10:10"), ["open 2 EUR 10890"]);
    assert_eq!(told(&shop, "10:15"), ["open 1 EUR 7500"]);
    let items = json!([{ "product": "BOOT", "name": null, "quantity": 1, "price_minor": 8000, "currency": "EUR" }]);
    assert_eq!(carts(&shop, "10:15")[0]["items"], items);
}

#[test]
fn currencies_are_never_added() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:05  add_to_cart  item=BOOT/Shoes/380.00  currency=PLN
        ",
    );
    assert_eq!(told(&shop, "12:00"), ["abandoned 2 EUR 1990 PLN 38000"]);
    let total = |asked| super::abandonment(&shop, "12:00", asked)["total"]["value_lost_minor"].clone();
    assert_eq!(total(json!({})), json!({ "EUR": 1990, "PLN": 38000 }));
    assert_eq!(total(json!({ "currency": "PLN" })), json!({ "PLN": 38000 }));
}

#[test]
fn the_history_of_one_cart_is_told_in_order() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart       item=CAP/Hats/19.90
        ann  10:01  begin_checkout    item=CAP/Hats/19.90
        ann  13:00  page_view         touchpoint=cart_mail
        ann  13:01  add_to_cart       item=BOOT/Shoes/89.00
        ann  13:02  remove_from_cart  item=CAP/Hats/19.90
        ann  13:03  purchase          value=89.00
        ",
    );
    let cart = &carts(&shop, "14:00")[0];
    assert!(cart.get("history").is_none(), "a list has none");
    let asked = json!({ "cart": cart["cart"], "as_of": "2024-11-20T14:00:00Z" });
    let reply = shop.ask_for("carts", &asked.to_string());
    let answer = reply.json();
    let history = answer["carts"][0]["history"].as_array().unwrap().iter();
    let history = history.map(|entry| {
        let (at, what) = (&entry["at"].as_str().unwrap()[11..16], entry["what"].as_str().unwrap());
        format!("{at} {what} {} {}", entry["quantity"], entry["value_minor"]["EUR"])
    });
    assert_eq!(
        history.collect::<Vec<_>>(),
        [
            "10:00 opened 1 1990",
            "10:01 reached_checkout 1 1990",
            "11:01 abandoned 1 1990",
            "13:00 returned 1 1990",
            "13:01 added 2 10890",
            "13:02 removed 1 8900",
            "13:03 purchased 1 8900",
        ]
    );
    assert_eq!(answer["carts_total"], 1);
}
