//! Rules 4 and 5: the orders `strict` and `any`, and what counts as simultaneous in each.

use expect_test::expect;
use serde_json::json;

use super::{check, reached, steps_of};
use crate::shop::Shop;

const DETOURS: &str = "
    # Ann goes straight on. Bob looks at the delivery page on the way. Cyd only scrolls.
    ann  10:00  view_item
    ann  10:01  add_to_cart
    ann  10:02  purchase
    bob  10:00  view_item
    bob  10:01  add_to_cart
    bob  10:02  page_view     page=/delivery
    bob  10:03  purchase
    cyd  10:00  view_item
    cyd  10:01  scroll
    cyd  10:02  add_to_cart
    cyd  10:03  survey_csat
    cyd  10:04  engagement
    cyd  10:05  purchase
";

#[test]
fn in_order_sequential_anything_may_happen_between_two_steps() {
    let shop = Shop::open_with(DETOURS);
    let asked = json!({ "steps": ["view_item", "add_to_cart", "purchase"], "order": "sequential" });
    assert_eq!(reached(&shop.funnel(asked)), [3, 3, 3]);
}

#[test]
fn in_order_strict_nothing_but_passive_events_may_happen_between_two_steps() {
    check(
        DETOURS,
        json!({ "steps": ["view_item", "add_to_cart", "purchase"], "order": "strict" }),
        &expect![[r#"
         step               reached  of first  of previous  dropped  in progress  median time
         1     view_item          3    100.0%            –        0            0            –
         2     add_to_cart        3    100.0%       100.0%        1            0        1 min
         3     purchase           2     66.7%        66.7%        0            0        2 min

        visitor · order strict · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
    "#]],
    );
}

#[test]
fn in_order_strict_a_foreign_event_ends_that_attempt_and_a_later_clean_one_counts() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item
        ann  10:01  search        # ends the first attempt
        ann  10:02  add_to_cart
        ann  10:03  view_item
        ann  10:04  add_to_cart
        bob  10:00  view_item
        bob  10:01  view_item     # the first look ends, the second goes on
        bob  10:02  add_to_cart
        ",
    );
    let answer = shop.funnel(json!({ "steps": ["view_item", "add_to_cart"], "order": "strict" }));
    assert_eq!(reached(&answer), [2, 2]);
    assert_eq!(steps_of(&answer)[1]["seconds_from_previous"]["p90"], 60.0, "both took a minute");
}

#[test]
fn in_order_strict_an_attempt_that_another_event_ended_is_not_in_progress() {
    let shop = Shop::open_with(
        "
        ann  now-60s  view_item
        ann  now-50s  search
        bob  now-60s  view_item
        bob  now-50s  scroll
        ",
    );
    let asked = json!({ "steps": ["view_item", "purchase"], "order": "strict", "to": "2999-01-01" });
    let first = &shop.funnel(asked)["steps"][0];
    assert_eq!((&first["drop_off"], &first["in_progress"]), (&json!(1), &json!(1)), "Bob may still go on");
}

#[test]
fn in_order_strict_an_optional_step_may_be_skipped_and_nothing_else() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item
        ann  10:01  purchase
        bob  10:00  view_item
        bob  10:01  add_to_cart
        bob  10:02  purchase
        cyd  10:00  view_item
        cyd  10:01  search
        cyd  10:02  purchase
        ",
    );
    let asked = json!({ "steps": ["view_item", "add_to_cart?", "purchase"], "order": "strict" });
    assert_eq!(reached(&shop.funnel(asked)), [3, 1, 2]);
}

#[test]
fn in_order_strict_simultaneous_events_count_as_their_sender_counted_them() {
    let mut shop = Shop::open();
    let event = |visitor: &str, name: &str, sequence: u32| json!({ "visitor": visitor, "name": name, "occurred_at": "2024-11-20T10:00:00Z", "sequence": sequence });
    // Ann's events arrive in the wrong order, but her browser counted them; Bob's were counted the wrong way round.
    shop.send(&[event("ann", "purchase", 2), event("ann", "view_item", 1)]);
    shop.send(&[event("bob", "view_item", 8), event("bob", "purchase", 7)]);
    shop.wait_until_loaded();
    let counted = |order: &str| reached(&shop.funnel(json!({ "steps": ["view_item", "purchase"], "order": order })));
    assert_eq!(counted("strict"), [2, 1]);
    assert_eq!(counted("sequential"), [2, 2], "there they count in whichever order goes furthest");
}

#[test]
fn in_order_any_the_steps_may_come_in_whatever_order() {
    check(
        "
        # Ann buys first and looks later; Bob never signs up; Cyd does all of it, but never looks.
        ann  09:58  sign_up
        ann  10:00  purchase
        ann  10:10  view_item
        bob  10:00  purchase
        bob  10:05  view_item
        cyd  10:00  purchase
        cyd  10:01  sign_up
        ",
        json!({ "steps": ["view_item", "purchase", "sign_up"], "order": "any" }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        2    100.0%            –        0            0            –
             2     purchase         2    100.0%       100.0%        1            0        0.0 s
             3     sign_up          1     50.0%        50.0%        0            0        0.0 s

            visitor · order any · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn in_order_any_all_events_lie_inside_one_window_that_opens_at_the_earliest() {
    let shop = Shop::open_with(
        "
        ann  10:00         purchase
        ann  11:00         view_item     # exactly an hour after the earliest
        bob  10:00         purchase
        bob  11:00:00.001  view_item     # a millisecond late
        cyd  10:00         add_to_cart
        cyd  10:40         view_item
        cyd  11:20         purchase      # less than an hour from each to the next, more in all
        ",
    );
    let asked = json!({ "steps": ["view_item", "purchase"], "order": "any", "window_seconds": 3600 });
    assert_eq!(reached(&shop.funnel(asked)), [3, 2], "Ann and Cyd");
    let asked = json!({ "steps": ["view_item", "add_to_cart", "purchase"], "order": "any", "window_seconds": 3600 });
    assert_eq!(reached(&shop.funnel(asked)), [3, 1, 0], "Cyd's cart is forty minutes old, and then the hour is over");
}

#[test]
fn in_order_any_the_date_range_selects_who_did_the_first_step_in_it() {
    let shop = Shop::open_with(
        "
        ann  2024-11-19 22:00  purchase      # the evening before
        ann  2024-11-20 10:00  view_item
        bob  2024-11-20 10:00  purchase
        bob  2024-11-21 10:00  view_item     # looked the day after
        ",
    );
    let answer = shop.funnel(json!({ "steps": ["view_item", "purchase"], "order": "any" }));
    assert_eq!(reached(&answer), [1, 1]);
    assert_eq!(answer["conversion"]["seconds"]["median"], 43_200.0, "from the earliest event to the latest");
}

#[test]
fn in_order_any_one_event_fills_one_step() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item  page=/caps
        bob  10:00  view_item  page=/caps
        bob  10:01  view_item  page=/hats
        ",
    );
    let answer = shop.funnel(json!({ "steps": ["view_item", "page:/caps"], "order": "any" }));
    assert_eq!(reached(&answer), [2, 1], "Bob's cap fills the page, his hat the look");
}
