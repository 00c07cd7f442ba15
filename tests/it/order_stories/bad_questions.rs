//! Questions about orders, the overview and the present that are none: 400 with words that say what to change.

use expect_test::expect;
use serde_json::{Value, json};

use crate::shop::{Shop, question};

#[test]
fn bad_questions_about_orders_are_told_what_to_change() {
    let shop = Shop::open_with("ann 10:00 purchase transaction_id=T1 value=10.00");
    let bad = [
        json!({ "from": "2024-11-21" }),
        json!({ "from": "1990-01-01" }),
        json!({ "statuses": ["placed", "lost"] }),
        json!({ "buyer": "old" }),
        json!({ "sort": "colour" }),
        json!({ "limit": 0 }),
        json!({ "limit": 1_001 }),
        json!({ "offset": 1_000_000_000 }),
        json!({ "currency": "EURO" }),
        json!({ "as_of": "yesterday" }),
        json!({ "where": [{ "field": "device", "op": "gt", "value": "m" }] }),
        json!({ "states": ["open"] }),
    ];
    expect![[r#"
    "#]]
    .assert_eq(&refused(&shop, "orders", bad));
}

#[test]
fn bad_questions_about_the_overview_are_told_what_to_change() {
    let shop = Shop::open_with("ann 10:00 page_view");
    let bad = [
        json!({ "to": "2024-11-20" }),
        json!({ "last_days": 7 }),
        json!({ "trend": "year" }),
        json!({ "trend": "hour", "to": "2025-11-20" }),
        json!({ "compare": "last" }),
        json!({ "compare": { "from": "2024-11-20", "to": "2024-11-19" } }),
        json!({ "limit": 101 }),
        json!({ "time_zone": "Mars/Olympus" }),
        json!({ "where": [{ "field": "colour", "op": "eq", "value": "red" }] }),
        json!({ "by": "page" }),
    ];
    expect![[r#"
    "#]]
    .assert_eq(&refused(&shop, "overview", bad));
}

#[test]
fn bad_questions_about_the_present_are_told_what_to_change() {
    let shop = Shop::open();
    let bad =
        [json!({ "limit": 0 }), json!({ "as_of": "now" }), json!({ "time_zone": "" }), json!({ "from": "2024-11-20" })];
    let refused: String = bad.iter().map(|asked| shop.refusal("live", asked)).collect();
    expect![[r#"
    "#]]
    .assert_eq(&refused);
}

#[test]
fn what_is_no_question_at_all_is_refused() {
    let shop = Shop::open();
    for report in ["orders", "overview", "live"] {
        for body in ["", "null", "[]", "5", "{", "\u{0}", &"[".repeat(10_000), r#"{"from":"2024-11-20"} x"#] {
            let reply = shop.ask_for(report, body);
            assert_eq!(reply.status, 400, "{report} {body:.40}: {}", reply.text);
        }
    }
}

#[test]
fn sql_in_any_text_is_refused_or_finds_nothing() {
    let shop = Shop::open_with("ann 10:00 purchase transaction_id=T1 value=10.00");
    for text in ["'; DROP TABLE events;--", "%' OR 1=1", "$site", "$value_1", "{n}", "\\", "a\u{0}b", "-1", "NaN"] {
        let filters = ["transaction_id", "item_id", "properties.colour", "device", text]
            .map(|field| json!({ "where": [{ "field": field, "op": "eq", "value": text }] }));
        let fields = ["from", "to", "time_zone", "as_of", "currency", "sort"].map(|field| json!({ field: text }));
        for asked in filters.into_iter().chain(fields) {
            for (report, counted) in [("orders", "/total/orders"), ("overview", "/total/visitors")] {
                let reply = shop.ask_for(report, &question(asked.clone()).to_string());
                let nothing = reply.status == 200 && reply.json().pointer(counted) == Some(&json!(0));
                assert!(reply.status == 400 || nothing, "{} {} to {asked}", reply.status, reply.text);
            }
        }
    }
    assert_eq!(shop.report("orders", json!({}))["orders_total"], 1, "all is still there");
}

#[track_caller]
fn refused<const N: usize>(shop: &Shop, report: &str, bad: [Value; N]) -> String {
    bad.into_iter().map(|asked| shop.refusal(report, &question(asked))).collect()
}
