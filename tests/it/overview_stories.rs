//! The overview and the present as a shop owner reads them: stories told to a real server. One story a rule.

use serde_json::{Value, json};

use crate::shop::Shop;

/// What the overview's question about the story's day is answered with.
#[track_caller]
fn overview(shop: &Shop, asked: Value) -> Value {
    shop.report("overview", asked)
}

/// The rows of one list: `value visitors orders net`.
fn top(answer: &Value, by: &str) -> Vec<String> {
    let row = |row: &Value| {
        let net = row["net_minor"]["EUR"].as_i64().unwrap_or_default();
        format!("{} {} {} {net}", row["value"].as_str().unwrap(), row["visitors"], row["orders"])
    };
    answer["top"][by].as_array().unwrap().iter().map(row).collect()
}

const DAY_OF_SHOPPING: &str = "
    ann  09:00  page_view    page=/       device=mobile   country=PL  utm_source=google utm_medium=cpc
    ann  09:01  add_to_cart  page=/cap    device=mobile   country=PL  item=CAP/Hats/20.00
    ann  09:10  purchase     page=/thanks device=mobile   country=PL  transaction_id=T1 value=20.00
    ann  15:00  page_view    page=/       device=mobile   country=PL
    bob  10:00  page_view    page=/cap    device=desktop  country=DE
    bob  10:05  add_to_cart  page=/cap    device=desktop  country=DE  item=CAP/Hats/30.00
    cyd  11:00  page_view    page=/cap
    cyd  11:10  add_to_cart  page=/cap    item=BOOT/Shoes/80.00
    cyd  18:00  purchase     page=/thanks transaction_id=T2 value=80.00
";

#[test]
fn a_day_in_figures() {
    let mut shop = Shop::open_with(DAY_OF_SHOPPING);
    shop.tell("ann 15:10 refund transaction_id=T1 value=5.00");
    let answer = overview(&shop, json!({ "as_of": "2024-11-21" }));
    let total = &answer["total"];
    let count = |name: &str| total[name].as_u64().unwrap();
    assert_eq!((count("visitors"), count("sessions"), count("page_views")), (3, 5, 4));
    assert_eq!((count("orders"), count("converted_visitors"), count("carts_opened")), (2, 2, 3));
    assert_eq!(total["conversion_rate"], json!(2.0 / 3.0));
    let euro = |name: &str| total[name]["EUR"].as_i64().unwrap();
    assert_eq!((euro("gross_minor"), euro("net_minor"), euro("average_order_value_minor")), (10_000, 9_500, 5_000));
    assert_eq!((euro("value_left_minor"), euro("value_recovered_minor")), (3_000, 8_000), "Bob left, Cyd came back");
}

#[test]
fn nobody_came_is_null_and_not_a_rate() {
    let answer = overview(&Shop::open(), json!({ "compare": "previous" }));
    assert_eq!((&answer["total"]["conversion_rate"], &answer["total"]["visitors"]), (&Value::Null, &json!(0)));
    assert_eq!(answer["compare"]["change"]["visitors"], Value::Null);
    assert_eq!((&answer["data_through"], &answer["total"]["net_minor"]), (&Value::Null, &json!({})));
}

#[test]
fn the_previous_period_is_as_long_and_of_the_same_moment() {
    let shop = Shop::open_with(
        "
        ann  2024-11-19 10:00  page_view
        ann  2024-11-19 10:01  purchase   transaction_id=T1 value=40.00
        ann  2024-11-20 10:00  page_view
        bob  2024-11-20 10:00  page_view
        bob  2024-11-20 10:01  purchase   transaction_id=T2 value=30.00
        ann  2024-11-20 12:00  refund     transaction_id=T1 value=20.00
        ",
    );
    let compared = &overview(&shop, json!({ "compare": "previous" }))["compare"];
    assert!(compared["from"].as_str().unwrap().starts_with("2024-11-19T00:00:00"));
    let (total, change) = (&compared["total"], &compared["change"]);
    assert_eq!(
        (&total["visitors"], &total["net_minor"]["EUR"]),
        (&json!(1), &json!(2000)),
        "the refund is known by now"
    );
    assert_eq!((&change["visitors"], &change["net_minor"]["EUR"]), (&json!(1.0), &json!(0.5)));
    assert_eq!(change["conversion_rate"], json!(-0.5));
}

#[test]
fn buckets_are_the_time_zones_and_the_last_one_says_that_it_is_not_over() {
    let mut shop = Shop::open().in_time_zone("Europe/Warsaw");
    shop.tell(
        "
        ann  2024-10-26 23:30  page_view
        ann  2024-10-27 00:30  page_view
        bob  2024-10-27 01:30  purchase   transaction_id=T1 value=10.00
        cyd  2024-10-27 23:30  page_view
        ",
    );
    let ask = |unit: &str| {
        let period =
            json!({ "from": "2024-10-27", "to": "2024-10-29", "trend": unit, "as_of": "2024-10-28T12:00:00Z" });
        overview(&shop, period)["trend"]["buckets"].as_array().unwrap().clone()
    };
    let days = ask("day");
    let visitors: Vec<&Value> = days.iter().map(|day| &day["visitors"]).collect();
    assert_eq!(visitors, [&json!(2), &json!(1)], "the day on which the clock goes back has 25 hours");
    assert_eq!((&days[0]["complete"], &days[1]["complete"]), (&json!(true), &json!(false)));
    let hours = ask("hour");
    assert_eq!(hours.len(), 49);
    let two = |hour: &&Value| hour["from"].as_str().unwrap().starts_with("2024-10-27T02:00:00");
    let twos: Vec<&Value> = hours.iter().filter(two).collect();
    assert_eq!(twos.len(), 2, "two o'clock comes twice");
    assert_eq!((&twos[0]["page_views"], &twos[1]["orders"]), (&json!(1), &json!(1)));
}

#[test]
fn a_session_counts_where_it_began_and_its_visitor_wherever_they_were() {
    let shop = Shop::open_with(
        "
        ann  2024-11-19 23:50  page_view  utm_source=google utm_medium=cpc
        ann  2024-11-20 00:10  page_view
        ",
    );
    let answer = overview(&shop, json!({}));
    assert_eq!((&answer["total"]["visitors"], &answer["total"]["sessions"]), (&json!(1), &json!(0)));
    assert_eq!(top(&answer, "channel"), ["Paid Search 1 0 0"], "how she came, the evening before");
}

#[test]
fn the_lists_tell_where_visitors_were_and_which_sessions_bought() {
    let shop = Shop::open_with(DAY_OF_SHOPPING);
    let answer = overview(&shop, json!({ "as_of": "2024-11-21" }));
    assert_eq!(top(&answer, "channel"), ["Direct 3 1 8000", "Paid Search 1 1 2000"]);
    let devices = ["mobile 1 1 2000", "desktop 1 0 0", "(none) 1 1 8000"];
    assert_eq!(top(&answer, "device"), devices, "of two with as many visitors, the one with more orders is first");
    assert_eq!(top(&answer, "country"), ["PL 1 1 2000", "DE 1 0 0", "(none) 1 1 8000"]);
    assert_eq!(top(&answer, "page"), ["/cap 3 1 2000", "/thanks 2 2 10000", "/ 1 1 2000"]);
    let short = overview(&shop, json!({ "as_of": "2024-11-21", "limit": 1 }));
    assert_eq!(top(&short, "page"), ["/cap 3 1 2000", "(other) 2 2 10000"], "Ann was at two of them, and is one");
    assert_eq!(top(&short, "channel"), ["Direct 3 1 8000", "(other) 1 1 2000"]);
}

#[test]
fn conditions_choose_events_orders_and_carts_alike() {
    let shop = Shop::open_with(DAY_OF_SHOPPING);
    let on = |field: &str, value: &str| {
        let asked = json!({ "as_of": "2024-11-21", "where": [{ "field": field, "op": "eq", "value": value }] });
        overview(&shop, asked)["total"].clone()
    };
    let mobile = on("device", "mobile");
    assert_eq!((&mobile["visitors"], &mobile["orders"], &mobile["carts_opened"]), (&json!(1), &json!(1), &json!(1)));
    let paid = on("channel", "Paid Search");
    assert_eq!((&paid["visitors"], &paid["sessions"], &paid["page_views"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!((&paid["orders"], &paid["net_minor"]["EUR"]), (&json!(1), &json!(2000)));
    assert_eq!(on("channel", "Direct")["orders"], 1);
}

#[test]
fn the_present_is_who_was_here_in_the_last_minutes() {
    let shop = Shop::open_with(
        "
        ann  09:31     page_view    page=/
        bob  09:40     page_view    page=/
        bob  09:57     add_to_cart  page=/cap  item=CAP/Hats/20.00
        bob  09:58     scroll       page=/elsewhere
        cyd  09:59:30  page_view    page=/cap
        dan  09:29     page_view    page=/
        eve  10:00:01  page_view    page=/
        ",
    );
    let ask = |as_of: &str| {
        let reply = shop.ask_for("live", &json!({ "as_of": as_of }).to_string());
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    };
    let answer = ask("2024-11-20T10:00:00Z");
    assert_eq!((&answer["visitors_5_minutes"], &answer["visitors_30_minutes"]), (&json!(2), &json!(3)));
    assert_eq!(answer["pages"], json!([{ "value": "/cap", "visitors": 2 }]), "a scroll goes nowhere");
    assert_eq!(answer["open_carts"], json!({ "carts": 1, "value_minor": { "EUR": 2000 } }));
    let minutes = answer["minutes"].as_array().unwrap();
    let seen: Vec<usize> = (0..30).filter(|minute| minutes[*minute]["visitors"] != 0).collect();
    assert_eq!((minutes.len(), seen), (30, vec![0, 9, 26, 27, 29]));
    let events: Vec<&str> =
        answer["events"].as_array().unwrap().iter().map(|it| it["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["page_view", "scroll", "add_to_cart", "page_view", "page_view"], "the latest first");
    assert!(answer["events"][0].get("customer").is_none());
    assert_eq!(ask("2024-11-20T10:29:00Z")["open_carts"]["carts"], 0, "Bob has been away for half an hour");
}

#[test]
fn who_is_here_now_is_asked_without_a_moment() {
    let mut shop = Shop::open();
    shop.tell_from_pages("ann now-20s page_view page=/cap");
    let answer = shop.ask_for("live", "{}").json();
    assert_eq!((&answer["visitors_5_minutes"], &answer["touchpoints"][0]["visitors"]), (&json!(1), &json!(1)));
}
