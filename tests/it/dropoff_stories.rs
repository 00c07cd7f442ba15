//! Drop-off as a shop owner reads it: stories told to a real server, and what it says of each touchpoint. One story a
//! rule of SEMANTICS ("Drop-off per touchpoint").

use expect_test::expect;
use serde_json::{Value, json};

use crate::shop::{Shop, question};

/// `touchpoint sessions/exits/converted EUR > where they went`, a line a touchpoint, in the answer's order.
#[track_caller]
fn told(shop: &Shop, asked: Value) -> Vec<String> {
    let answer = shop.report("dropoff", asked);
    let units = if answer["unit"] == "visitor" { "visitors" } else { "sessions" };
    answer["touchpoints"].as_array().unwrap().iter().map(|row| tell(row, units)).collect()
}

fn tell(row: &Value, units: &str) -> String {
    let name = row["value"].as_str().unwrap_or_else(|| row["touchpoint"].as_str().unwrap());
    let counts = [units, "exits", "converted"].map(|field| row[field].to_string()).join("/");
    let value = row["value_at_exit_minor"].as_object().unwrap().iter();
    let value: String = value.map(|(currency, minor)| format!(" {currency} {minor}")).collect();
    let next = row["continuations"].as_array().unwrap().iter();
    let next: Vec<String> =
        next.map(|next| format!("{} {}", next["touchpoint"].as_str().unwrap(), next[units])).collect();
    let next = if next.is_empty() { String::new() } else { format!(" > {}", next.join(", ")) };
    format!("{name} {counts}{value}{next}")
}

#[test]
fn the_biggest_leak_in_money_comes_first() {
    let shop = Shop::open_with(
        "
        ann  10:00  page_view       touchpoint=home
        ann  10:01  add_to_cart     touchpoint=shelf  item=CAP/Hats/19.90
        ann  10:02  begin_checkout  touchpoint=till   item=CAP/Hats/19.90
        bob  10:00  page_view       touchpoint=home
        cyd  10:00  add_to_cart     touchpoint=shelf  item=BOOT/Shoes/89.00
        dan  10:00  page_view       touchpoint=home
        ",
    );
    assert_eq!(
        told(&shop, json!({})),
        ["shelf 2/1/0 EUR 8900 > till 1", "till 1/1/0 EUR 1990", "home 3/2/0 > shelf 1"]
    );
    let total = &shop.report("dropoff", json!({}))["total"];
    assert_eq!((&total["sessions"], &total["exits"]), (&json!(4), &json!(4)));
    assert_eq!(total["value_at_exit_minor"], json!({ "EUR": 10_890 }));
}

#[test]
fn a_session_that_converted_has_no_exit() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item    touchpoint=shelf
        ann  10:01  purchase     touchpoint=thanks  value=19.90
        ann  10:02  page_view    touchpoint=home
        bob  10:00  page_view    touchpoint=home
        ",
    );
    // Ann's visit at home came after her purchase, so home did not help to it.
    assert_eq!(told(&shop, json!({})), ["home 2/1/0", "shelf 1/0/1 > thanks 1", "thanks 1/0/1 > home 1"]);
    let home = &shop.report("dropoff", json!({ "touchpoint": "home" }))["touchpoints"][0];
    assert_eq!((&home["ended_converted"], &home["went_on"]), (&json!(1), &json!(0)));
    assert_eq!(home["drop_off_rate"], 0.5);
}

#[test]
fn an_order_that_is_reported_again_converts_nobody() {
    let shop = Shop::open_with(
        "
        ann  10:00  purchase   touchpoint=thanks  value=19.90  transaction_id=T1
        ann  12:00  purchase   touchpoint=thanks  value=19.90  transaction_id=T1
        ",
    );
    assert_eq!(told(&shop, json!({})), ["thanks 2/1/1"]);
}

#[test]
fn an_order_that_a_page_and_a_server_report_is_the_pages() {
    let mut shop = Shop::open();
    shop.tell_from_pages("ann  now-90s  purchase  touchpoint=thanks  value=19.90  transaction_id=T1");
    shop.tell("till  now-80s  purchase  touchpoint=till  value=19.90  transaction_id=T1");
    let answer = shop.ask_for("dropoff", r#"{"last_days":2}"#).json();
    let converted = answer["touchpoints"].as_array().unwrap().iter();
    let mut converted: Vec<String> =
        converted.map(|row| format!("{} {}", row["touchpoint"].as_str().unwrap(), row["converted"])).collect();
    converted.sort();
    assert_eq!(converted, ["thanks 1", "till 0"]);
}

#[test]
fn where_somebody_went_is_after_the_last_time_there() {
    let shop = Shop::open_with(
        "
        ann  10:00  page_view  touchpoint=home
        ann  10:01  page_view  touchpoint=search
        ann  10:02  page_view  touchpoint=home
        ann  10:03  page_view  touchpoint=home
        ann  10:04  view_item  touchpoint=shelf
        ",
    );
    assert_eq!(told(&shop, json!({})), ["shelf 1/1/0", "home 1/0/0 > shelf 1", "search 1/0/0 > home 1"]);
}

#[test]
fn reading_time_and_surveys_are_no_touchpoints_but_keep_a_session_alive() {
    let shop = Shop::open_with(
        "
        ann  10:00  page_view   touchpoint=home
        ann  10:25  engagement  touchpoint=home
        ann  10:50  view_item   touchpoint=shelf
        ann  10:51  survey_nps  touchpoint=survey
        bob  10:00  engagement  touchpoint=home
        ",
    );
    assert_eq!(told(&shop, json!({})), ["shelf 1/1/0", "home 1/0/0 > shelf 1"]);
}

#[test]
fn a_pause_ends_a_session_and_each_exit_counts_anew() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  touchpoint=shelf  item=CAP/Hats/19.90
        ann  10:31  page_view    touchpoint=home
        ",
    );
    assert_eq!(told(&shop, json!({})), ["home 1/1/0 EUR 1990", "shelf 1/1/0 EUR 1990"]);
    assert_eq!(told(&shop, json!({ "unit": "visitor" })), ["home 1/1/0 EUR 1990", "shelf 1/0/0 > home 1"]);
}

#[test]
fn an_event_that_arrives_late_joins_two_sessions() {
    let mut shop = Shop::open_with(
        "
        ann  10:00  page_view  touchpoint=home
        ann  10:50  view_item  touchpoint=shelf
        ",
    );
    assert_eq!(told(&shop, json!({})), ["home 1/1/0", "shelf 1/1/0"]);
    shop.tell("ann  10:25  page_view  touchpoint=home");
    assert_eq!(told(&shop, json!({})), ["shelf 1/1/0", "home 1/0/0 > shelf 1"]);
}

#[test]
fn a_session_that_may_go_on_has_not_left() {
    let shop = Shop::open_with("ann  now-90s  page_view  touchpoint=home");
    let answer = shop.report("dropoff", json!({ "from": null, "to": null, "last_days": 2 }));
    let home = &answer["touchpoints"][0];
    assert_eq!((&home["exits"], &home["in_progress"]), (&json!(0), &json!(1)));
}

#[test]
fn the_period_says_who_is_counted_and_the_rest_of_their_session_is_read() {
    let shop = Shop::open_with(
        "
        ann  2024-11-19  23:50  add_to_cart  touchpoint=shelf  item=CAP/Hats/19.90
        ann  2024-11-20  00:05  page_view    touchpoint=home
        bob  2024-11-20  23:55  page_view    touchpoint=home
        bob  2024-11-21  00:05  view_item    touchpoint=shelf
        ",
    );
    assert_eq!(told(&shop, json!({})), ["home 2/1/0 EUR 1990 > shelf 1"]);
}

#[test]
fn a_visitor_is_looked_back_at_from_the_last_touch() {
    let shop = Shop::open_with(
        "
        ann  2024-11-10  10:00  page_view  touchpoint=ad
        ann  2024-11-15  10:00  purchase   touchpoint=thanks  value=5.00
        ann  2024-11-20  10:00  page_view  touchpoint=home
        ",
    );
    let visitor = |days: u16| told(&shop, json!({ "unit": "visitor", "lookback_days": days }));
    assert_eq!(visitor(30), ["ad 1/0/1 > thanks 1", "home 1/0/0", "thanks 1/0/1 > home 1"]);
    assert_eq!(visitor(5), ["home 1/0/0", "thanks 1/0/1 > home 1"]);
    assert_eq!(visitor(4), ["home 1/1/0"]);
}

#[test]
fn one_touchpoint_shows_where_they_went_by_device_and_channel() {
    let shop = Shop::open_with(
        "
        ann  10:00  page_view    touchpoint=home  page=/  utm_source=news  utm_medium=email  device=mobile
        ann  10:01  view_item    touchpoint=shelf  device=mobile
        bob  10:00  page_view    touchpoint=home  device=desktop
        cyd  10:00  page_view    touchpoint=home  device=desktop
        cyd  10:01  page_view    touchpoint=search  device=desktop
        ",
    );
    let answer = shop.report("dropoff", json!({ "touchpoint": "home", "by": ["device", "channel"] }));
    let row = &answer["touchpoints"][0];
    let parts = |by: &str| -> Vec<String> {
        row["by"][by].as_array().unwrap().iter().map(|part| tell(part, "sessions")).collect()
    };
    assert_eq!(tell(row, "sessions"), "home 3/1/0 > search 1, shelf 1");
    assert_eq!(parts("device"), ["desktop 2/1/0 > search 1", "mobile 1/0/0 > shelf 1"]);
    assert_eq!(parts("channel"), ["Direct 2/1/0 > search 1", "Email 1/0/0 > shelf 1"]);
    assert_eq!(answer["touchpoints_total"], 3);
    let few = shop.report("dropoff", json!({ "touchpoint": "home", "by": ["device"], "next_limit": 1 }));
    assert_eq!(tell(&few["touchpoints"][0], "sessions"), "home 3/1/0 > search 1, (other) 1");
    assert_eq!(few["touchpoints"][0]["by"]["device"][1]["value"], "(other)");
    assert_eq!(told(&shop, json!({ "touchpoint": "moon" })), [""; 0]);
}

#[test]
fn conditions_are_about_any_event_of_the_session() {
    let shop = Shop::open_with(
        "
        ann  10:00  page_view  touchpoint=home  page=/  utm_source=news  utm_medium=email
        ann  10:01  view_item  touchpoint=shelf  item=CAP/Hats/19.90
        bob  10:00  page_view  touchpoint=home
        ",
    );
    let with =
        |field: &str, value: &str| told(&shop, json!({ "where": [{ "field": field, "op": "eq", "value": value }] }));
    let ann = ["shelf 1/1/0", "home 1/0/0 > shelf 1"];
    assert_eq!(with("channel", "Email"), ann);
    assert_eq!(with("item_id", "CAP"), ann);
    assert_eq!(with("channel", "Direct"), ["home 1/1/0"]);
    assert_eq!(with("event", "purchase"), [""; 0]);
}

#[test]
fn amounts_of_different_currencies_are_never_added() {
    let shop = Shop::open_with(
        "
        ann  10:00  add_to_cart  touchpoint=shelf  value=10.00  currency=EUR
        bob  10:00  add_to_cart  touchpoint=shelf  value=500.00  currency=PLN
        cyd  10:00  add_to_cart  touchpoint=hall   value=20.00  currency=EUR
        ",
    );
    assert_eq!(told(&shop, json!({})), ["hall 1/1/0 EUR 2000", "shelf 2/2/0 EUR 1000 PLN 50000"]);
    assert_eq!(told(&shop, json!({ "currency": "PLN" })), ["shelf 2/2/0 PLN 50000", "hall 1/1/0"]);
}

#[test]
fn two_periods_are_compared_touchpoint_by_touchpoint() {
    let shop = Shop::open_with(
        "
        ann  2024-11-19  10:00  page_view  touchpoint=home
        bob  2024-11-20  10:00  page_view  touchpoint=home
        bob  2024-11-20  10:01  view_item  touchpoint=shelf
        ",
    );
    let answer = shop.report("dropoff", json!({ "compare": "previous" }));
    let compare = &answer["compare"];
    assert_eq!(compare["from"], "2024-11-19T00:00:00+00:00");
    let rows = compare["touchpoints"].as_array().unwrap().iter();
    let rows: Vec<String> = rows.map(|row| format!("{} {}", row["touchpoint"], row["exits"])).collect();
    assert_eq!(rows, [r#""shelf" 0"#, r#""home" 1"#]);
    assert_eq!((&compare["total"]["sessions"], &compare["p_value"]), (&json!(1), &Value::Null));
}

#[test]
fn nobody_here_means_no_rate() {
    let total = &Shop::open().report("dropoff", json!({}))["total"];
    assert_eq!((&total["sessions"], &total["drop_off_rate"]), (&json!(0), &Value::Null));
}

#[test]
fn bad_questions_are_told_what_to_change() {
    let shop = Shop::open();
    let bad = [
        json!({ "from": "2024-11-21" }),
        json!({ "from": null }),
        json!({ "last_days": 7 }),
        json!({ "time_zone": "Mars/Olympus" }),
        json!({ "unit": "customer" }),
        json!({ "lookback_days": 7 }),
        json!({ "unit": "visitor", "lookback_days": 0 }),
        json!({ "unit": "visitor", "lookback_days": 367 }),
        json!({ "touchpoint": "" }),
        json!({ "by": ["device"] }),
        json!({ "touchpoint": "home", "by": ["device", "colour"] }),
        json!({ "touchpoint": "home", "by": ["device", "device"] }),
        json!({ "compare": "next" }),
        json!({ "compare": { "from": "2024-11-21", "to": "2024-11-20" } }),
        json!({ "currency": "EURO" }),
        json!({ "limit": 0 }),
        json!({ "limit": 1_001 }),
        json!({ "next_limit": 101 }),
        json!({ "where": [{ "field": "colour", "op": "eq", "value": "red" }] }),
        json!({ "steps": [] }),
    ];
    let refused: String = bad.into_iter().map(|asked| shop.refusal("dropoff", &question(asked))).collect();
    expect![[r#"
        from: `from` must be before `to`
        from: say `from` and `to`, or `last_days`
        from: say `from` and `to`, or `last_days`
        time_zone: the time zone is not known; take a name such as Europe/Warsaw
        unit: `unit` is session or visitor
        lookback_days: only visitors are looked back at; leave it out, or say `unit`: `visitor`
        lookback_days: the lookback is 1 to 366 days
        lookback_days: the lookback is 1 to 366 days
        touchpoint: the touchpoint is empty
        by: one touchpoint is broken down at a time; name it in `touchpoint`
        by[1]: a touchpoint is broken down by device or channel
        by[1]: it stands there twice
        compare: `compare` is "previous" or {"from": …, "to": …}
        compare.from: `from` must be before `to`
        currency: a currency is a code of ISO 4217 such as EUR
        limit: the limit is 1 to 1000
        limit: the limit is 1 to 1000
        next_limit: the limit is 1 to 100
        where[0]: the field is not known; known are: event touchpoint stage page page_host device browser os
        (all): the question does not read: expected one of `from`, `to`, `last_days`, `time_zone`, `unit`
    "#]]
    .assert_eq(&refused);
    for body in ["", "null", "[]", "{}", "\u{0}", &"[".repeat(10_000), r#"{"from":"2024-11-20"} x"#] {
        assert_eq!(shop.ask_for("dropoff", body).status, 400, "{body:.40}");
    }
}

#[test]
fn sql_in_any_text_is_refused_or_finds_nothing() {
    let shop = Shop::open_with("ann 10:00 page_view touchpoint=home");
    for text in ["'; DROP TABLE events;--", "%' OR 1=1", "$site", "$value_1", "{n}", "\\", "a\u{0}b"] {
        let filter = json!({ "where": [{ "field": "touchpoint", "op": "eq", "value": text }] });
        for asked in [filter, json!({ "touchpoint": text }), json!({ "currency": text }), json!({ "unit": text })] {
            let reply = shop.ask_for("dropoff", &question(asked.clone()).to_string());
            let nothing = reply.status == 200 && reply.json()["touchpoints"] == json!([]);
            assert!(reply.status == 400 || nothing, "{} {} to {asked}", reply.status, reply.text);
        }
    }
    assert_eq!(told(&shop, json!({})), ["home 1/1/0"], "all is still there");
}

#[test]
fn touchpoints_are_told_by_key_and_the_register_says_what_they_are_called() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item
        ann  10:01  wheel_spun
        ",
    );
    let answer = shop.report("dropoff", json!({}));
    let keys: Vec<&str> =
        answer["touchpoints"].as_array().unwrap().iter().map(|row| row["touchpoint"].as_str().unwrap()).collect();
    assert_eq!(keys, ["wheel_spun", "product_page"]);
    assert_eq!(answer["touchpoint_names"], json!({ "product_page": "Product page" }), "the wheel is not registered");
    let person = shop.ask_for("visitor", r#"{"visitor":"ann"}"#).json();
    assert_eq!(person["touchpoint_names"], answer["touchpoint_names"]);
}
