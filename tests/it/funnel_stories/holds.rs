//! Rule 10: all events of an attempt carry the same value.

use expect_test::expect;
use serde_json::json;

use super::{check, reached};
use crate::shop::Shop;

#[test]
fn the_cart_that_is_bought_is_the_cart_that_was_filled() {
    check(
        "
        # Ann buys the cart she filled; Bob fills one and buys another; Cyd's purchase says nothing of a cart.
        ann  10:00  add_to_cart  cart_id=a1
        ann  10:09  purchase     cart_id=a1
        bob  10:00  add_to_cart  cart_id=b1
        bob  10:09  purchase     cart_id=b2
        cyd  10:00  add_to_cart  cart_id=c1
        cyd  10:09  purchase
        dan  10:00  add_to_cart
        ",
        json!({ "steps": ["add_to_cart", "purchase"], "hold": ["cart_id"] }),
        &expect![[r#"
             step               reached  of first  of previous  dropped  in progress  median time
             1     add_to_cart        3    100.0%            –        2            0            –
             2     purchase           1     33.3%        33.3%        0            0        9 min

            visitor · same cart_id · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn of_several_carts_the_one_that_got_furthest_counts() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart     cart_id=a1
        ann  10:01  add_to_cart     cart_id=a2
        ann  10:02  begin_checkout  cart_id=a2
        ann  10:03  begin_checkout  cart_id=a1
        ann  10:09  purchase        cart_id=a1
        ",
    );
    let answer = shop.funnel(json!({ "steps": ["add_to_cart", "begin_checkout", "purchase"], "hold": ["cart_id"] }));
    assert_eq!(reached(&answer), [1, 1, 1]);
    assert_eq!(answer["conversion"]["seconds"]["median"], 540.0, "nine minutes, by the first cart");
}

#[test]
fn an_event_with_several_items_goes_on_with_each_of_them() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item    item=CAP/Hats
        ann  10:05  purchase     item=SOCKS/Feet  item=CAP/Hats
        bob  10:00  view_item    item=CAP/Hats
        bob  10:05  purchase     item=SOCKS/Feet
        ",
    );
    let counted = |hold: &str| reached(&shop.funnel(json!({ "steps": ["view_item", "purchase"], "hold": [hold] })));
    assert_eq!(counted("item_id"), [2, 1], "Ann looked at a cap and bought one");
    assert_eq!(counted("item_category"), [2, 1]);
}

#[test]
fn several_values_are_held_together() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  cart_id=a1  size=M
        ann  10:05  purchase     cart_id=a1  size=M
        bob  10:00  add_to_cart  cart_id=b1  size=M
        bob  10:05  purchase     cart_id=b1  size=L
        ",
    );
    let counted =
        |hold: serde_json::Value| reached(&shop.funnel(json!({ "steps": ["add_to_cart", "purchase"], "hold": hold })));
    assert_eq!(counted(json!(["cart_id"])), [2, 2]);
    assert_eq!(counted(json!(["cart_id", "properties.size"])), [2, 1]);
    assert_eq!(counted(json!(["cart_id", "properties.size", "country"])), [0, 0], "no country is known");
}

#[test]
fn an_order_is_known_by_either_name() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase        transaction_id=T1
        ann  11:00  refund          transaction_id=T1
        bob  10:00  purchase        transaction_id=T2
        bob  11:00  refund          transaction_id=T3
        ",
    );
    for hold in ["order_id", "transaction_id"] {
        let answer = shop.funnel(json!({ "steps": ["purchase", "refund"], "hold": [hold] }));
        assert_eq!(reached(&answer), [2, 1], "{hold}");
        assert_eq!(answer["method"]["hold"], json!(["transaction_id"]));
    }
}

#[test]
fn an_excluded_event_ends_an_attempt_whatever_it_carries() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart       cart_id=a1
        ann  10:01  remove_from_cart  cart_id=a2
        ann  10:02  purchase          cart_id=a1
        bob  10:00  add_to_cart       cart_id=b1
        bob  10:02  purchase          cart_id=b1
        ",
    );
    let exclude = json!([{ "event": "remove_from_cart" }]);
    let asked = json!({ "steps": ["add_to_cart", "purchase"], "hold": ["cart_id"], "exclude": exclude });
    assert_eq!(reached(&shop.funnel(asked)), [2, 1]);
}
