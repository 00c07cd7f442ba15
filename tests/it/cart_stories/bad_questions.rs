//! Questions about carts that are none: 400 with words that say what to change, and never a 500.

use expect_test::expect;
use serde_json::json;

use crate::shop::{Shop, question};

#[test]
fn bad_questions_about_abandonment_are_told_what_to_change() {
    let shop = Shop::open_with("ann 10:00 add_to_cart item=CAP/Hats/19.90");
    let bad = [
        json!({ "from": "2024-11-21" }),
        json!({ "from": "2024-11-31" }),
        json!({ "from": null }),
        json!({ "from": "1990-01-01", "to": "2024-01-01" }),
        json!({ "last_days": 7 }),
        json!({ "time_zone": "Mars/Olympus" }),
        json!({ "as_of": "yesterday" }),
        json!({ "currency": "EURO" }),
        json!({ "limit": 0 }),
        json!({ "limit": 1_000_000_000 }),
        json!({ "limit": -1 }),
        json!({ "where": [{ "field": "colour", "op": "eq", "value": "red" }] }),
        json!({ "where": [{ "field": "device", "op": "gt", "value": "m" }] }),
        json!({ "states": ["open"] }),
        json!({ "compare": "next" }),
        json!({ "compare": { "from": "2024-11-01", "to": "2024-10-01" } }),
    ];
    let refused: String = bad.into_iter().map(|asked| shop.refusal("abandonment", &question(asked))).collect();
    expect![[r#"
        from: `from` must be before `to`
        from: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        from: say `from` and `to`, or `last_days`
        to: the series has a day each; ask for at most 3660 days
        from: say `from` and `to`, or `last_days`
        time_zone: the time zone is not known; take a name such as Europe/Warsaw
        as_of: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        currency: a currency is a code of ISO 4217 such as EUR
        limit: the limit is 1 to 100
        limit: the limit is 1 to 100
        (all): the question does not read: expected usize at line 1 column 31
        where[0]: the field is not known; known are: event touchpoint stage page page_host device browser os
        where[0]: the operator does not fit this field; texts take eq ne in not_in contains starts_with exis
        (all): the question does not read: expected one of `from`, `to`, `last_days`, `time_zone`, `where
        compare: `compare` is "previous" or {"from": …, "to": …}
        compare.from: `from` must be before `to`
    "#]]
    .assert_eq(&refused);
}

#[test]
fn bad_questions_about_carts_are_told_what_to_change() {
    let shop = Shop::open_with("ann 10:00 add_to_cart item=CAP/Hats/19.90");
    let bad = [
        json!({ "states": ["open", "lost"] }),
        json!({ "step": "purchase" }),
        json!({ "sort": "colour" }),
        json!({ "limit": 0 }),
        json!({ "limit": 1_001 }),
        json!({ "offset": 1_000_000_000 }),
        json!({ "row": { "by": "colour", "value": "red" } }),
        json!({ "row": { "by": "reason" } }),
        json!({ "cart": "1" }),
        json!({ "cart": "'; drop table events" , "from": null, "to": null }),
    ];
    let refused: String = bad.into_iter().map(|asked| shop.refusal("carts", &question(asked))).collect();
    expect![[r#"
        states[1]: a state is one of open, idle, abandoned, recovered, purchased, emptied, expired
        step: a step is cart, checkout, shipping or payment
        sort: carts are sorted by value, opened_at or last_activity_at
        limit: the limit is 1 to 1000
        limit: the limit is 1 to 1000
        offset: the offset is 0 to 100000; ask for a shorter period
        row.by: carts are told apart by last_touchpoint, step, last_field, reason, channel, device, campai
        (all): the question does not read: missing field `value` at line 1 column 42
        cart: beside `cart`, say only `time_zone`, `currency` and `as_of`
        cart: a cart is asked for by the number that the list shows
    "#]]
    .assert_eq(&refused);
    let missing = shop.ask_for("carts", r#"{"cart":"18446744073709551615"}"#);
    assert_eq!((missing.status, &missing.json()["error"]["code"]), (404, &json!("not_found")));
}

#[test]
fn what_is_no_question_at_all_is_refused() {
    let shop = Shop::open();
    for report in ["abandonment", "carts"] {
        for body in ["", "null", "[]", "5", "{", "{}", "\u{0}", &"[".repeat(10_000), r#"{"from":"2024-11-20"} x"#] {
            let reply = shop.ask_for(report, body);
            assert_eq!(reply.status, 400, "{report} {body:.40}: {}", reply.text);
        }
    }
}

#[test]
fn sql_in_any_text_is_refused_or_finds_nothing() {
    let shop = Shop::open_with("ann 10:00 add_to_cart item=CAP/Hats/19.90 cart_id=c1");
    let good = json!({ "as_of": "2024-11-20T12:00:00Z" });
    for text in ["'; DROP TABLE events;--", "%' OR 1=1", "$site", "$value_1", "{n}", "\\", "a\u{0}b", "-1", "NaN"] {
        let filters = ["cart_id", "item_id", "properties.colour", "device", text]
            .map(|field| json!({ "where": [{ "field": field, "op": "eq", "value": text }] }));
        let fields =
            ["from", "to", "time_zone", "as_of", "currency", "step", "sort"].map(|field| json!({ field: text }));
        let rows = [json!({ "row": { "by": "reason", "value": text } }), json!({ "states": [text] })];
        for asked in filters.into_iter().chain(fields).chain(rows) {
            let reply = shop.ask_for("carts", &question(asked.clone()).to_string());
            let nothing = reply.status == 200 && reply.json()["carts_total"] == 0;
            assert!(reply.status == 400 || nothing, "{} {} to {asked}", reply.status, reply.text);
        }
    }
    assert_eq!(shop.report("carts", good)["carts_total"], 1, "all is still there");
}
