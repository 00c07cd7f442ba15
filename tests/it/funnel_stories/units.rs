//! Rule 1: visitors, customers and sessions.

use expect_test::expect;
use serde_json::json;

use super::{check, reached};
use crate::shop::Shop;

#[test]
fn a_visitor_counts_once_a_step_by_the_best_attempt() {
    check(
        "
        # Ann comes back and buys the second time; Bob looks twice; Cyd never looked.
        ann  10:00  view_item
        ann  14:00  view_item
        ann  14:05  add_to_cart
        ann  14:07  purchase
        bob  10:00  view_item
        bob  10:01  view_item
        cyd  10:00  add_to_cart
        cyd  10:05  purchase
        ",
        json!({ "steps": ["view_item", "add_to_cart", "purchase"] }),
        &expect![[r#"
             step               reached  of first  of previous  dropped  in progress  median time
             1     view_item          2    100.0%            –        1            0            –
             2     add_to_cart        1     50.0%        50.0%        0            0        5 min
             3     purchase           1     50.0%       100.0%        0            0        2 min

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

const TWO_BROWSERS: &str = "
    # Ann looks on the phone and buys at home; Bob's customer is known only after he has looked.
    ann-phone   10:00  view_item  customer=ann
    ann-laptop  11:00  purchase   customer=ann
    bob         10:00  view_item
    bob         10:04  sign_in    customer=bob
    bob         10:05  purchase
    cyd         10:00  view_item
    dan         10:00  page_view
";

#[test]
fn two_browsers_of_one_customer_are_two_visitors() {
    check(
        TWO_BROWSERS,
        json!({ "steps": ["view_item", "purchase"] }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        2            0            –
             2     purchase         1     33.3%        33.3%        0            0        5 min

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn two_browsers_of_one_customer_are_one_customer_and_unknown_visitors_are_left_out_and_counted() {
    let shop = Shop::open_with(TWO_BROWSERS);
    let asked = json!({ "steps": ["view_item", "purchase"], "unit": "customer" });
    expect![[r#"
         step             reached  of first  of previous  dropped  in progress  median time
         1     view_item        2    100.0%            –        0            0            –
         2     purchase         2    100.0%       100.0%        0            0  32 min 30 s

        1 visitors entered who are linked to no customer: left out

        customer · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
    "#]]
    .assert_eq(&shop.funnel_table(asked.clone()));
    // Cyd alone: Dan is unknown too, but never looked at an item.
    assert_eq!(shop.funnel(asked)["unlinked_visitors"], 1);
    let visitors = shop.funnel(json!({ "steps": ["view_item", "purchase"] }));
    assert!(visitors.get("unlinked_visitors").is_none(), "only customers leave somebody out");
}

#[test]
fn a_pause_of_more_than_half_an_hour_splits_a_session() {
    check(
        "
        ann  10:00         view_item
        ann  10:30         purchase   # exactly half an hour: one session
        bob  10:00         view_item
        bob  10:30:00.001  purchase   # a millisecond more: two sessions
        cyd  10:00         view_item
        cyd  10:29         scroll     # whatever happens keeps the session open
        cyd  10:58         purchase
        ",
        json!({ "steps": ["view_item", "purchase"], "unit": "session" }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        1            0            –
             2     purchase         2     66.7%        66.7%        0            0       44 min

            session · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn each_session_of_a_visitor_is_counted() {
    check(
        "
        ann  10:00  view_item
        ann  10:01  purchase
        ann  12:00  view_item
        ann  14:00  view_item
        ann  14:09  purchase
        ",
        json!({ "steps": ["view_item", "purchase"], "unit": "session" }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        1            0            –
             2     purchase         2     66.7%        66.7%        0            0        5 min

            session · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn an_event_that_arrives_late_joins_the_session_it_happened_in() {
    let mut shop = Shop::open_with(
        "
        ann  10:50  purchase
        ---
        ann  10:00  view_item
        ",
    );
    let asked = json!({ "steps": ["view_item", "purchase"], "unit": "session" });
    assert_eq!(reached(&shop.funnel(asked.clone())), [1, 0], "fifty minutes lie between");
    shop.tell("ann  10:25  page_view");
    assert_eq!(reached(&shop.funnel(asked)), [1, 1], "the late page bridges the pause");
}

#[test]
fn the_order_of_arrival_changes_nothing() {
    let told = ["ann 10:00 view_item", "ann 10:02 add_to_cart", "ann 10:04 purchase", "bob 10:00 view_item"];
    let asked = json!({ "steps": ["view_item", "add_to_cart", "purchase"], "unit": "session" });
    let forward = Shop::open_with(&told.join("\n")).funnel_table(asked.clone());
    let backward: Vec<&str> = told.iter().rev().copied().collect();
    assert_eq!(Shop::open_with(&backward.join("\n---\n")).funnel_table(asked), forward);
}

#[test]
fn a_retry_with_the_same_id_changes_nothing() {
    let mut shop = Shop::open();
    for _ in 0..2 {
        shop.tell(
            "
            ann  10:00  view_item  id=1
            ann  10:01  view_item  id=2
            ",
        );
    }
    assert_eq!(reached(&shop.funnel(json!({ "steps": ["view_item", "view_item", "view_item"] }))), [1, 1, 0]);
}
