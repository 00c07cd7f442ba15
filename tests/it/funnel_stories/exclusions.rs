//! Rule 9: events that end an attempt.

use expect_test::expect;
use serde_json::json;

use super::{check, reached, steps_of};
use crate::shop::Shop;

const REMOVED: &str = "
    # Ann buys. Bob puts it back, and buys something else later. Cyd puts it back for good.
    # Dan put something back before he began. Eve put nothing back, and left.
    ann  10:00  add_to_cart
    ann  10:05  begin_checkout
    ann  10:09  purchase
    bob  10:00  add_to_cart
    bob  10:05  remove_from_cart
    bob  11:00  add_to_cart
    bob  11:05  begin_checkout
    bob  11:09  purchase
    cyd  10:00  add_to_cart
    cyd  10:01  remove_from_cart
    cyd  10:05  begin_checkout
    cyd  10:09  purchase
    dan  09:59  remove_from_cart
    dan  10:00  add_to_cart
    dan  10:05  begin_checkout
    dan  10:09  purchase
    eve  10:00  add_to_cart
";

#[test]
fn an_excluded_event_ends_the_attempt_and_a_later_clean_one_counts() {
    check(
        REMOVED,
        json!({ "steps": ["add_to_cart", "begin_checkout", "purchase"], "exclude": [{ "event": "remove_from_cart" }] }),
        &expect![[r#"
             step                  reached  of first  of previous  dropped  in progress  excluded  median time
             1     add_to_cart           5    100.0%            –        1            0         1            –
             2     begin_checkout        3     60.0%        60.0%        0            0         0        5 min
             3     purchase              3     60.0%       100.0%        0            0         0        4 min

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn an_exclusion_holds_between_its_two_steps_alone() {
    let story = "
        ann  10:00  add_to_cart
        ann  10:01  remove_from_cart
        ann  10:05  begin_checkout
        ann  10:09  purchase
        bob  10:00  add_to_cart
        bob  10:05  begin_checkout
        bob  10:06  remove_from_cart
        bob  10:09  purchase
    ";
    let shop = Shop::open_with(story);
    let between = |after: usize, before: usize| {
        let exclude = json!([{ "event": "remove_from_cart", "after_step": after, "before_step": before }]);
        let answer = shop.funnel(json!({ "steps": ["add_to_cart", "begin_checkout", "purchase"], "exclude": exclude }));
        let excluded: Vec<u64> = steps_of(&answer).iter().map(|step| step["excluded"].as_u64().unwrap()).collect();
        (reached(&answer), excluded)
    };
    assert_eq!(between(1, 2), (vec![2, 1, 1], vec![1, 0, 0]), "Ann's comes before the checkout");
    assert_eq!(between(2, 3), (vec![2, 2, 1], vec![0, 1, 0]), "Bob's comes after it");
    assert_eq!(between(1, 3), (vec![2, 1, 0], vec![1, 1, 0]), "Bob stays counted at the checkout");
}

#[test]
fn who_tried_again_and_left_by_himself_is_a_drop_off_and_not_excluded() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart
        ann  10:01  remove_from_cart
        bob  10:00  add_to_cart
        bob  10:01  remove_from_cart
        bob  10:10  add_to_cart        # this one nobody ended
        ",
    );
    let answer =
        shop.funnel(json!({ "steps": ["add_to_cart", "purchase"], "exclude": [{ "event": "remove_from_cart" }] }));
    let first = &steps_of(&answer)[0];
    assert_eq!((&first["reached"], &first["excluded"], &first["drop_off"]), (&json!(2), &json!(1), &json!(1)));
}

#[test]
fn an_excluded_event_after_the_window_or_after_the_last_step_changes_nothing() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart
        ann  11:01  remove_from_cart   # the hour was over
        bob  10:00  add_to_cart
        bob  10:30  purchase
        bob  10:31  remove_from_cart   # he has bought
        ",
    );
    let exclude = json!([{ "event": "remove_from_cart" }]);
    let answer =
        shop.funnel(json!({ "steps": ["add_to_cart", "purchase"], "exclude": exclude, "window_seconds": 3600 }));
    let first = &steps_of(&answer)[0];
    assert_eq!((reached(&answer), &first["excluded"], &first["drop_off"]), (vec![2, 1], &json!(0), &json!(1)));
}

#[test]
fn an_excluded_event_at_the_very_moment_of_a_step_is_not_between() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart
        ann  10:00  remove_from_cart
        ann  10:05  purchase
        bob  10:00  add_to_cart
        bob  10:05  remove_from_cart
        bob  10:05  purchase
        ",
    );
    let exclude = json!([{ "event": "remove_from_cart" }]);
    assert_eq!(reached(&shop.funnel(json!({ "steps": ["add_to_cart", "purchase"], "exclude": exclude }))), [2, 2]);
}

#[test]
fn only_the_events_that_fit_its_conditions_are_excluded() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart
        ann  10:01  page_view    page=/help/returns
        ann  10:02  purchase
        bob  10:00  add_to_cart
        bob  10:01  coupon_denied  coupon=SPRING
        bob  10:02  purchase
        cyd  10:00  add_to_cart
        cyd  10:01  coupon_denied  coupon=AUTUMN
        cyd  10:02  purchase
        ",
    );
    let spring = json!([{ "field": "properties.coupon", "op": "eq", "value": "SPRING" }]);
    let exclude = json!([{ "page": "/help/*" }, { "event": "coupon_denied", "where": spring }]);
    let answer = shop.funnel(json!({ "steps": ["add_to_cart", "purchase"], "exclude": exclude }));
    assert_eq!(reached(&answer), [3, 1], "Cyd alone");
}

#[test]
fn in_order_any_an_exclusion_holds_during_the_whole_attempt() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase
        ann  10:05  contact_opened
        ann  10:10  sign_up
        bob  09:59  contact_opened
        bob  10:00  purchase
        bob  10:10  sign_up
        ",
    );
    let asked = json!({ "steps": ["sign_up", "purchase"], "order": "any", "exclude": [{ "event": "contact_opened" }] });
    let answer = shop.funnel(asked);
    assert_eq!(reached(&answer), [2, 1]);
    assert_eq!(steps_of(&answer)[0]["drop_off"], 1, "nothing came after Ann's sign-up");
}
