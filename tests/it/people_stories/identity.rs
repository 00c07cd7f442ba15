//! Which customer a visitor is.

use serde_json::json;

use super::{customers, person};
use crate::shop::Shop;

const SHARED: &str = "
    # Ann looks before she says who she is; later Bob uses her tablet.
    tablet  10:00  view_item
    tablet  10:05  sign_in      customer=ann
    tablet  10:06  view_item
    tablet  18:00  sign_in      customer=bob
    tablet  18:01  add_to_cart
";

#[test]
fn a_customer_is_one_on_all_devices() {
    let shop = Shop::open_with(
        "
        phone   10:00  view_item  customer=ann
        laptop  11:00  purchase   customer=ann
        ",
    );
    assert_eq!(customers(&shop, &["view_item", "purchase"]), [1, 1]);
}

#[test]
fn for_all_time_a_shared_browser_is_of_the_customer_it_named_last() {
    let shop = Shop::open_with(SHARED);
    assert_eq!(customers(&shop, &["view_item", "add_to_cart"]), [1, 1], "all of it is Bob's");
    assert_eq!(person(&shop, &json!({ "visitor": "tablet" }))["customer"], "bob");
    assert_eq!(shop.ask_for("visitor", r#"{"customer":"ann"}"#).status, 404);
}

#[test]
fn from_the_link_on_each_customer_of_a_shared_browser_has_what_came_after_the_name() {
    let mut shop = Shop::open_set(&[("analyze.identity", "from_link")]);
    shop.tell(SHARED);
    assert_eq!(customers(&shop, &["view_item", "add_to_cart"]), [1, 0], "Ann looked, and Bob put it into the cart");
    let told = |customer: &str| {
        let timeline = person(&shop, &json!({ "customer": customer }))["timeline"].clone();
        timeline.as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told("ann"), ["view_item", "sign_in"], "what came before the name is nobody's");
    assert_eq!(told("bob"), ["add_to_cart", "sign_in"]);
}

#[test]
fn from_the_link_on_visitors_who_entered_before_they_said_who_they_are_are_counted_as_left_out() {
    let mut shop = Shop::open_set(&[("analyze.identity", "from_link")]);
    shop.tell(SHARED);
    shop.tell("cyd 10:00 view_item");
    let answer = shop.funnel(json!({ "steps": ["view_item", "add_to_cart"], "unit": "customer" }));
    assert_eq!(answer["unlinked_visitors"], 2, "Cyd, and the tablet before Ann said so");
}

#[test]
fn of_two_names_at_one_moment_the_one_that_arrived_later_counts() {
    for identity in ["all_time", "from_link"] {
        let mut shop = Shop::open_set(&[("analyze.identity", identity)]);
        shop.tell(
            "
            tablet  10:00  sign_in    customer=bob
            tablet  10:00  sign_in    customer=ann
            tablet  10:01  view_item
            ",
        );
        assert_eq!(person(&shop, &json!({ "visitor": "tablet" }))["customer"], "ann", "{identity}");
    }
}

#[test]
fn a_name_that_arrives_late_counts_for_what_happened_after_it() {
    let mut shop = Shop::open_set(&[("analyze.identity", "from_link")]);
    shop.tell(
        "
        tablet  10:00  view_item
        tablet  12:00  add_to_cart
        ---
        tablet  11:00  sign_in  customer=ann
        ",
    );
    assert_eq!(person(&shop, &json!({ "customer": "ann" }))["events_total"], 2);
}

#[test]
fn logging_in_does_not_split_a_cart_whatever_the_setting() {
    let mut shop = Shop::open_set(&[("analyze.identity", "from_link")]);
    shop.tell(
        "
        ann  10:00  add_to_cart  item=CAP/Hats/19.90
        ann  10:05  sign_in      customer=C-1
        ann  10:06  purchase     value=19.90
        ",
    );
    let carts = shop.report("carts", json!({}));
    assert_eq!((&carts["carts_total"], &carts["carts"][0]["state"]), (&json!(1), &json!("purchased")));
}
