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
        from: `from` must be before `to`
        to: the series has a day each; ask for at most 3660 days
        statuses[1]: a status is one of placed, partly_refunded, refunded, cancelled
        buyer: a buyer is new or returning
        sort: orders are sorted by ordered_at or value
        limit: the limit is 1 to 1000
        limit: the limit is 1 to 1000
        offset: the offset is 0 to 100000; ask for a shorter period
        currency: a currency is a code of ISO 4217 such as EUR
        as_of: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        where[0]: the operator does not fit this field; texts take eq ne in not_in contains starts_with exis
        (all): the question does not read: expected one of `from`, `to`, `last_days`, `time_zone`, `where
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
        from: `from` must be before `to`
        from: say `from` and `to`, or `last_days`
        trend: `trend` is hour, day, week or month
        trend: a trend has at most 1000 buckets; take a longer unit or a shorter period
        compare: `compare` is "previous" or {"from": …, "to": …}
        compare.from: `from` must be before `to`
        limit: the limit is 1 to 100
        time_zone: the time zone is not known; take a name such as Europe/Warsaw
        where[0]: the field is not known; known are: event touchpoint stage page page_host device browser os
        (all): the question does not read: expected one of `from`, `to`, `last_days`, `time_zone`, `where
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
        limit: the limit is 1 to 100
        as_of: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        time_zone: the time zone is not known; take a name such as Europe/Warsaw
        (all): the question does not read: expected one of `time_zone`, `where`, `segment`, `currency`, `
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
