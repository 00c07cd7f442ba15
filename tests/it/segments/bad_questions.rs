//! Segments that are none: 400 with where and why, on every report.

use expect_test::expect;
use serde_json::{Value, json};

use crate::shop::{Shop, question};

#[test]
fn bad_segments_are_told_what_to_change() {
    let shop = Shop::open_with("ann 10:00 view_item");
    let many: Vec<Value> = (0..11).map(|_| json!({ "cart": "open" })).collect();
    let bad = [
        json!({ "did": { "event": "purchase" } }),
        json!([{}]),
        json!([{ "did": { "event": "purchase" }, "cart": "open" }]),
        json!([{ "cart": "open" }, { "cart": "lost" }]),
        json!([{ "no_cart": "lost" }]),
        json!([{ "cart": "open", "within": "always" }]),
        json!([{ "did": {} }]),
        json!([{ "did": { "event": "purchase", "page": "/" } }]),
        json!([{ "did_not": { "event": "" } }]),
        json!([{ "did_not": { "stage": "later" } }]),
        json!([{ "did": { "where": [{ "field": "colour", "op": "eq", "value": "red" }] } }]),
        json!([{ "did": { "event": "purchase", "times": 3 } }]),
        json!(many),
    ];
    let steps = json!([{ "event": "view_item" }, { "event": "purchase" }]);
    let asked = |segment: &Value| question(json!({ "segment": segment }));
    let refused: String = bad.iter().map(|segment| shop.refusal("abandonment", &asked(segment))).collect();
    expect![[r#"
        (all): the question does not read: expected a sequence at line 1 column 31
        segment[0]: a condition is exactly one of did, did_not, cart and no_cart
        segment[0]: a condition is exactly one of did, did_not, cart and no_cart
        segment[1].cart: a cart is open, idle, abandoned, recovered, purchased, emptied, expired or ever_abandoned
        segment[0].no_cart: a cart is open, idle, abandoned, recovered, purchased, emptied, expired or ever_abandoned
        segment[0].within: `within` is period or ever
        segment[0].did: say which event, touchpoint, stage or page, or a condition in `where`
        segment[0].did: the condition names more than one of event, touchpoint, stage and page
        segment[0].did_not.event: the condition: its event is empty
        segment[0].did_not.stage: the condition: a stage is awareness, consideration, purchase, post_purchase or loyalty
        segment[0].did.where[0]: the field is not known; known are: event touchpoint stage page page_host device browser os
        (all): the question does not read: expected one of `event`, `touchpoint`, `stage`, `page`, `where
        segment: a segment has at most 10 conditions
    "#]]
    .assert_eq(&refused);
    for segment in &bad[1..] {
        let mut funnel = asked(segment);
        funnel["steps"] = steps.clone();
        let said = shop.refusal("funnel", &funnel);
        assert_eq!(said, shop.refusal("carts", &asked(segment)));
    }
}
