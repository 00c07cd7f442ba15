//! Questions about people that are none: 400 with words that say what to change, and never a 500.

use expect_test::expect;
use serde_json::json;

use crate::shop::{Shop, question};

#[test]
fn bad_questions_about_retention_are_told_what_to_change() {
    let shop = Shop::open_with("ann 10:00 view_item");
    let bad = [
        json!({ "from": "2024-11-21" }),
        json!({ "from": "2024-11-31" }),
        json!({ "from": null }),
        json!({ "last_days": 7 }),
        json!({ "time_zone": "Mars/Olympus" }),
        json!({ "unit": "session" }),
        json!({ "cohort": "signup" }),
        json!({ "returning": "first_visit" }),
        json!({ "by": "hour" }),
        json!({ "by": "year" }),
        json!({ "by": "day", "from": "2020-01-01" }),
        json!({ "cells": 0 }),
        json!({ "cells": 61 }),
        json!({ "churned_after_days": 0 }),
        json!({ "churned_after_days": 3_661 }),
        json!({ "as_of": "yesterday" }),
        json!({ "currency": "EURO" }),
        json!({ "where": [{ "field": "colour", "op": "eq", "value": "red" }] }),
        json!({ "steps": ["view_item"] }),
    ];
    let refused: String = bad.into_iter().map(|asked| shop.refusal("retention", &question(asked))).collect();
    expect![[r#"
        from: `from` must be before `to`
        from: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        from: say `from` and `to`, or `last_days`
        from: say `from` and `to`, or `last_days`
        time_zone: the time zone is not known; take a name such as Europe/Warsaw
        unit: a unit is visitor or customer
        cohort: `cohort` is first_visit or first_order
        returning: `returning` is visit or order
        by: cohorts are by day, week or month
        by: cohorts are by day, week or month
        by: there are at most 400 cohorts; ask for a shorter period, or by month
        cells: `cells` is 1 to 60
        cells: `cells` is 1 to 60
        churned_after_days: `churned_after_days` is 1 to 3660
        churned_after_days: `churned_after_days` is 1 to 3660
        as_of: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        currency: a currency is a code of ISO 4217 such as EUR
        where[0]: the field is not known; known are: event touchpoint stage page page_host device browser os
        (all): the question does not read: expected one of `from`, `to`, `last_days`, `time_zone`, `unit`
    "#]]
    .assert_eq(&refused);
}

#[test]
fn bad_questions_about_one_person_are_told_what_to_change() {
    let shop = Shop::open_with("ann 10:00 view_item");
    let bad = [
        json!({}),
        json!({ "visitor": "ann", "customer": "ann" }),
        json!({ "visitor": "" }),
        json!({ "visitor": "a\u{0}b" }),
        json!({ "customer": "x".repeat(201) }),
        json!({ "visitor": 7 }),
        json!({ "visitor": "ann", "limit": 0 }),
        json!({ "visitor": "ann", "limit": 1_001 }),
        json!({ "visitor": "ann", "before": "yesterday" }),
        json!({ "visitor": "ann", "time_zone": "Mars/Olympus" }),
        json!({ "visitor": "ann", "as_of": "now" }),
        json!({ "visitor": "ann", "currency": "EURO" }),
        json!({ "visitor": "ann", "from": "2024-11-20" }),
    ];
    let refused: String = bad.iter().map(|asked| shop.refusal("visitor", asked)).collect();
    expect![[r#"
        visitor: name one of `visitor` and `customer`
        visitor: name one of `visitor` and `customer`
        visitor: an id has 1 to 200 characters, none of them a control character
        visitor: an id has 1 to 200 characters, none of them a control character
        customer: an id has 1 to 200 characters, none of them a control character
        (all): the question does not read: expected a string at line 1 column 12
        limit: the limit is 1 to 1000
        limit: the limit is 1 to 1000
        before: `before` is the `next` of the page before
        time_zone: the time zone is not known; take a name such as Europe/Warsaw
        as_of: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        currency: a currency is a code of ISO 4217 such as EUR
        (all): the question does not read: expected one of `visitor`, `customer`, `limit`, `before`, `tim
    "#]]
    .assert_eq(&refused);
}

#[test]
fn what_is_no_question_at_all_is_refused() {
    let shop = Shop::open();
    for report in ["retention", "visitor"] {
        for body in ["", "null", "[]", "5", "{", "{}", "\u{0}", &"[".repeat(10_000), r#"{"from":"2024-11-20"} x"#] {
            let reply = shop.ask_for(report, body);
            assert_eq!(reply.status, 400, "{report} {body:.40}: {}", reply.text);
        }
    }
}

#[test]
fn sql_in_any_text_is_refused_or_finds_nothing() {
    let shop = Shop::open_with("ann 10:00 view_item customer=ann");
    for text in ["'; DROP TABLE events;--", "%' OR 1=1", "$site", "$value_1", "{n}", "\\", "-1", "NaN", "1.2.3", "ą"] {
        for field in ["visitor", "customer"] {
            let reply = shop.ask_for("visitor", &json!({ field: text }).to_string());
            assert_eq!(reply.status, 404, "{field} {text}: {}", reply.text);
        }
        for field in ["before", "time_zone", "currency", "as_of"] {
            let reply = shop.ask_for("visitor", &json!({ "visitor": "ann", field: text }).to_string());
            assert_eq!(reply.status, 400, "{field} {text}: {}", reply.text);
        }
        for field in ["from", "to", "unit", "cohort", "returning", "by", "as_of", "currency", "time_zone"] {
            let reply = shop.ask_for("retention", &question(json!({ field: text })).to_string());
            assert_eq!(reply.status, 400, "{field} {text}: {}", reply.text);
        }
        let path: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let undone = shop.send_to("DELETE", &format!("/v1/sites/shop/visitors/ann/links/{path}"), "");
        assert_eq!(undone.status, 404, "{text}: {}", undone.text);
    }
    assert_eq!(shop.ask_for("visitor", r#"{"visitor":"ann"}"#).status, 200, "all is still there");
}
