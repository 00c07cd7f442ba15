//! Questions that are none: 400 with words that say what to change, and never a 500.

use expect_test::expect;
use serde_json::{Value, json};

use super::reached;
use crate::shop::{Shop, question};

/// A good question with one thing in it replaced.
fn with(field: &str, value: Value) -> Value {
    let mut asked = question(json!({ "steps": ["view_item", "purchase"] }));
    asked[field] = value;
    asked
}

#[test]
fn bad_steps_windows_and_dates_are_told_what_to_change() {
    let shop = Shop::open_with("ann 10:00 view_item");
    let step = |step: Value| with("steps", json!([step, { "event": "purchase" }]));
    let optional = |index: usize| {
        let mut asked = question(json!({ "steps": ["view_item", "view_cart", "purchase"] }));
        asked["steps"][index]["optional"] = json!(true);
        asked
    };
    let bad = [
        with("steps", json!([])),
        with("steps", json!([{ "event": "view_item" }])),
        with("steps", json!(vec![json!({ "event": "view_item" }); 21])),
        step(json!({})),
        step(json!({ "event": "a", "page": "/" })),
        step(json!({ "event": "" })),
        step(json!({ "stage": "later" })),
        optional(0),
        optional(2),
        with("window_seconds", json!(0)),
        with("window_seconds", json!(400 * 86_400)),
        with("window_seconds", json!(-1)),
        with("from", json!("2024-11-21")),
        with("from", json!("2024-11-31")),
        with("from", json!("yesterday")),
        with("time_zone", json!("Mars/Olympus")),
        with("unit", json!("household")),
        with("order", json!("reversed")),
        with("filter_scope", json!("exit")),
        with("colour", json!("red")),
    ];
    let refused: String = bad.iter().map(|asked| shop.refusal("funnel", asked)).collect();
    expect![[r#"
        steps: a funnel has 2 to 20 steps; this one has 0
        steps: a funnel has 2 to 20 steps; this one has 1
        steps: a funnel has 2 to 20 steps; this one has 21
        steps[0]: step 1 names neither event, touchpoint, stage nor page
        steps[0]: step 1 names more than one of event, touchpoint, stage and page
        steps[0].event: step 1: its event is empty
        steps[0].stage: step 1: a stage is awareness, consideration, purchase, post_purchase or loyalty
        steps: the first and the last step cannot be optional
        steps: the first and the last step cannot be optional
        window_seconds: the window is 1 second to 366 days (31622400 seconds)
        window_seconds: the window is 1 second to 366 days (31622400 seconds)
        (all): the question does not read: expected u64 at line 1 column 145
        from: `from` must be before `to`
        from: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        from: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        time_zone: the time zone is not known; take a name such as Europe/Warsaw
        unit: `unit` is visitor, customer or session
        order: `order` is sequential, strict or any
        filter_scope: `filter_scope` is entry or every_step
        (all): the question does not read: expected one of `from`, `to`, `time_zone`, `steps`, `order`, `
    "#]]
    .assert_eq(&refused);
    assert_eq!(reached(&shop.funnel(json!({ "steps": ["view_item", "purchase"] }))), [1, 0]);
}

#[test]
fn bad_trends_and_comparisons_are_told_what_to_change() {
    let shop = Shop::open();
    let bad = [
        with("trend", json!("year")),
        with("trend", json!(7)),
        with("compare", json!("next")),
        with("compare", json!({ "from": "2024-11-21" })),
        with("compare", json!({ "from": "2024-11-21", "to": "2024-11-20" })),
        with("compare", json!({ "from": "never", "to": "2024-11-20" })),
        {
            let mut hours = with("trend", json!("hour"));
            hours["from"] = json!("2020-01-01");
            hours
        },
        {
            let mut days = with("trend", json!("day"));
            days["from"] = json!("2024-01-01");
            days["breakdown"] = json!({ "field": "device", "limit": 40 });
            days
        },
    ];
    let refused: String = bad.iter().map(|asked| shop.refusal("funnel", asked)).collect();
    expect![[r#"
        trend: `trend` is hour, day, week or month
        (all): the question does not read: expected a string at line 1 column 135
        compare: `compare` is "previous" or {"from": …, "to": …}
        compare: `compare` is "previous" or {"from": …, "to": …}
        compare.from: `from` must be before `to`
        compare.from: a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999
        trend: a trend has at most 1000 buckets; take a longer unit or a shorter period
        breakdown.limit: the trends of a breakdown have at most 10000 buckets in all; take fewer values, a longer u
    "#]]
    .assert_eq(&refused);
}

#[test]
fn bad_exclusions_and_holds_are_told_what_to_change() {
    let shop = Shop::open();
    let exclude = |exclusion: Value| with("exclude", json!([exclusion]));
    let hold = |fields: &[&str]| with("hold", json!(fields));
    let bad = [
        exclude(json!({})),
        exclude(json!({ "event": "a", "page": "/" })),
        exclude(json!({ "event": "remove_from_cart", "after_step": 2, "before_step": 1 })),
        exclude(json!({ "event": "remove_from_cart", "after_step": 1, "before_step": 1 })),
        exclude(json!({ "event": "remove_from_cart", "after_step": 0 })),
        exclude(json!({ "event": "remove_from_cart", "before_step": 3 })),
        exclude(json!({ "event": "view_item" })),
        exclude(json!({ "event": "purchase" })),
        exclude(json!({ "event": "error", "where": [{ "field": "colour", "op": "eq", "value": "red" }] })),
        with("exclude", json!(vec![json!({ "event": "error" }); 11])),
        hold(&["cart_id", "transaction_id", "item_id", "properties.size"]),
        hold(&["colour"]),
        hold(&["channel"]),
        hold(&["value"]),
        hold(&["cart_id", "cart_id"]),
        hold(&["item_id", "item_category"]),
        hold(&["properties."]),
    ];
    let refused: String = bad.iter().map(|asked| shop.refusal("funnel", asked)).collect();
    expect![[r#"
        exclude[0]: exclusion 1 names neither event, touchpoint, stage nor page
        exclude[0]: exclusion 1 names more than one of event, touchpoint, stage and page
        exclude[0]: after_step must be a step before before_step, and both steps of the funnel, 1 to 2
        exclude[0]: after_step must be a step before before_step, and both steps of the funnel, 1 to 2
        exclude[0]: after_step must be a step before before_step, and both steps of the funnel, 1 to 2
        exclude[0]: after_step must be a step before before_step, and both steps of the funnel, 1 to 2
        exclude[0]: the excluded event is step 1 of its own range; exclude another, or set after_step and befo
        exclude[0]: the excluded event is step 2 of its own range; exclude another, or set after_step and befo
        exclude[0].where[0]: the field is not known; known are: event touchpoint stage page page_host device browser os
        exclude[10]: a funnel has at most 10 exclusions
        hold[3]: at most 3 fields can be held constant
        hold[0]: this cannot be held constant; take cart_id, transaction_id (or order_id), item_id, item_ca
        hold[0]: this cannot be held constant; take cart_id, transaction_id (or order_id), item_id, item_ca
        hold[0]: this cannot be held constant; take cart_id, transaction_id (or order_id), item_id, item_ca
        hold[1]: this is held constant already
        hold[1]: one of item_id and item_category can be held constant, not both
        hold[0]: this cannot be held constant; take cart_id, transaction_id (or order_id), item_id, item_ca
    "#]]
    .assert_eq(&refused);
    let mut in_any_order = exclude(json!({ "event": "error", "after_step": 1 }));
    in_any_order["order"] = json!("any");
    expect![[r#"
        exclude[0]: in order any, an exclusion holds during the whole attempt; leave out after_step and before
    "#]]
    .assert_eq(&shop.refusal("funnel", &in_any_order));
}

#[test]
fn bad_filters_and_breakdowns_are_told_what_to_change() {
    let shop = Shop::open();
    let filter = |field: &str, op: &str, value: Value| {
        let filters = json!([{ "field": field, "op": op, "value": value }]);
        with("where", filters)
    };
    let by = |breakdown: Value| with("breakdown", breakdown);
    let bad = [
        filter("colour", "eq", json!("red")),
        filter("device", "like", json!("m")),
        filter("device", "gt", json!("m")),
        filter("value", "contains", json!("9")),
        filter("value", "gte", json!("nineteen")),
        filter("trusted", "eq", json!("maybe")),
        filter("device", "eq", json!(null)),
        filter("device", "eq", json!(["a", "b"])),
        filter("device", "in", json!(vec!["a"; 101])),
        by(json!({ "field": "colour" })),
        by(json!({ "field": "cart_id" })),
        by(json!({ "field": "device", "limit": 0 })),
        by(json!({ "field": "device", "limit": 1_000_000_000 })),
        by(json!({ "field": "device", "limit": -1 })),
        by(json!({ "field": "device", "at": "last_touch" })),
        by(json!({ "field": "channel", "at": "last_touch", "step": 1 })),
        by(json!({ "field": "channel", "at": "nowhere" })),
        by(json!({ "field": "device", "step": 3 })),
        by(json!({ "field": "device", "step": 0 })),
    ];
    let refused: String = bad.iter().map(|asked| shop.refusal("funnel", asked)).collect();
    expect![[r#"
        where[0]: the field is not known; known are: event touchpoint stage page page_host device browser os
        where[0]: the operator is not known; known are: eq ne in not_in contains starts_with gt gte lt lte e
        where[0]: the operator does not fit this field; texts take eq ne in not_in contains starts_with exis
        where[0]: the operator does not fit this field; texts take eq ne in not_in contains starts_with exis
        where[0]: the value does not fit the operator: an amount such as 19.90
        where[0]: the value does not fit the operator: `trusted` takes eq with true or false
        where[0].value: a value is a text, a number, true, false, or a list of these
        where[0]: the value does not fit the operator: exactly one value is needed
        where[0]: the value does not fit the operator: at most 100 values
        breakdown.field: the field is not known; known are: event touchpoint stage page page_host device browser os
        breakdown.field: this field has too many values to break down by
        breakdown.limit: the limit is 1 to 100
        breakdown.limit: the limit is 1 to 100
        (all): the question does not read: expected usize at line 1 column 41
        breakdown.field: a touch is told apart by channel, source, medium, campaign, term, content or referrer_host
        breakdown.step: a touch is no step; leave out `step`, or say `at`: `step`
        breakdown.at: `at` is step, first_touch or last_touch
        breakdown.step: the funnel's steps are 1 to 2
        breakdown.step: the funnel's steps are 1 to 2
    "#]]
    .assert_eq(&refused);
}

#[test]
fn what_is_no_question_at_all_is_refused() {
    let shop = Shop::open();
    for body in
        ["", "null", "[]", "5", "{", r#"{"steps":[]}"#, "\u{0}", &"[".repeat(10_000), r#"{"from":"2024-11-20"} x"#]
    {
        let reply = shop.ask(body);
        assert_eq!(reply.status, 400, "{body:.40}: {}", reply.text);
    }
}

const HOSTILE: &[&str] = &[
    "'; DROP TABLE events;--",
    "%' OR 1=1",
    "1) UNION SELECT customer FROM events --",
    "\") or true --",
    "$site",
    "$value_1",
    "{n}",
    "${jndi:ldap://x}",
    "UTC'--",
    "\\",
    "a\u{0}b",
    "\u{202e}\u{200b}",
    "*",
    "%",
    "_",
    "1e999",
    "-1",
    "9223372036854775808",
    "NaN",
    "../../etc/passwd",
];

#[test]
fn sql_in_any_text_is_refused_or_finds_nothing() {
    let shop = Shop::open_with("ann 10:00 view_item page=/caps colour=red value=1.00 item=CAP/Hats cart_id=c1");
    let questions = HOSTILE.iter().flat_map(|text| hostile_questions(text));
    let wrong: Vec<String> = questions.filter_map(|asked| wrong_answer(&shop, &asked)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(reached(&shop.funnel(json!({ "steps": ["view_item", "purchase"] }))), [1, 0], "all is still there");
}

/// What is said to `asked`, unless it is a refusal or an honest answer.
fn wrong_answer(shop: &Shop, asked: &Value) -> Option<String> {
    let reply = shop.ask(&asked.to_string());
    // Only a pattern may find Ann; a breakdown or a label changes nobody's number.
    let nobody_fits = asked["where"][0]["op"] == "eq";
    let right = match reply.status {
        200 => !nobody_fits || reached(&reply.json()) == [0, 0],
        status => status == 400,
    };
    (!right).then(|| format!("{} {} to {asked}", reply.status, reply.text))
}

/// The text in every place of a question that takes one.
fn hostile_questions(text: &str) -> Vec<Value> {
    let mut questions: Vec<Value> = ["from", "to", "time_zone", "unit", "order", "filter_scope", "trend", "compare"]
        .map(|field| with(field, json!(text)))
        .into();
    for kind in ["event", "touchpoint", "stage", "page"] {
        questions.push(with("steps", json!([{ kind: text }, { "event": "purchase" }])));
    }
    questions.push(with("steps", json!([{ "event": "view_item", "label": text }, { "event": "purchase" }])));
    for field in ["device", "page", "cart_id", "channel", "value", "trusted", "item_id", "properties.colour"] {
        for op in ["eq", "contains", "starts_with", "gt", "exists"] {
            questions.push(with("where", json!([{ "field": field, "op": op, "value": text }])));
        }
    }
    questions.push(with("exclude", json!([{ "event": text }])));
    questions
        .push(with("exclude", json!([{ "page": text, "where": [{ "field": "page", "op": "eq", "value": text }] }])));
    questions.push(with("hold", json!([format!("properties.{text}")])));
    questions.push(with("hold", json!([text])));
    questions.push(with("breakdown", json!({ "field": "device", "at": text })));
    let property = format!("properties.{text}");
    for field in [text, property.as_str()] {
        questions.push(with("where", json!([{ "field": field, "op": "eq", "value": "red" }])));
        questions.push(with("breakdown", json!({ "field": field })));
    }
    questions.push(with("where", json!([{ "field": "device", "op": text, "value": "mobile" }])));
    questions.push(with("breakdown", json!({ "field": "device", "limit": text })));
    questions
}
