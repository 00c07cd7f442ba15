//! Segments as a shop owner reads them: who is asked about when a report is about visitors who did this and not that.

mod bad_questions;
mod typed;
mod whole;

use serde_json::{Value, json};

use crate::shop::{Shop, question};

/// Each visitor says who it is with every event, so that lists can name them.
const WEEK: &str = "
    ann  2024-11-18  10:00  view_item    customer=ann  utm_source=news utm_medium=email
    ann  2024-11-18  10:05  add_to_cart  customer=ann  item=CAP/Hats/19.90
    bob  2024-11-18  10:00  view_item    customer=bob  utm_source=news utm_medium=email
    bob  2024-11-18  10:05  add_to_cart  customer=bob  item=CAP/Hats/19.90
    bob  2024-11-18  10:10  purchase     customer=bob  value=19.90 currency=EUR
    cyd  2024-11-18  10:00  view_item    customer=cyd
    cyd  2024-11-18  10:05  add_to_cart  customer=cyd  item=COAT/Coats/99.00
    cyd  2024-11-20  10:00  view_item    customer=cyd
    cyd  2024-11-20  10:10  purchase     customer=cyd  value=99.00 currency=EUR
    dan  2024-11-20  10:00  view_item    customer=dan  utm_source=news utm_medium=email
    dan  2024-11-21  10:00  add_to_cart  customer=dan  item=CAP/Hats/19.90
";

fn shop() -> Shop {
    Shop::open_with(WEEK)
}

/// Who of the segment looked at something in the days from the 18th to the 21st, the latter excluded.
#[track_caller]
fn who(shop: &Shop, segment: &Value) -> Vec<String> {
    who_in(shop, segment, "2024-11-18")
}

#[track_caller]
fn who_in(shop: &Shop, segment: &Value, from: &str) -> Vec<String> {
    let asked = json!({
        "from": from, "to": "2024-11-21", "steps": ["view_item", "purchase"], "segment": segment,
        "step": 1, "outcome": "reached",
    });
    let people = shop.people(&question(asked));
    let mut names: Vec<String> = people["visitors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| person["customer"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn came_by_email() -> Value {
    json!({ "did": { "where": [{ "field": "channel", "op": "eq", "value": "Email" }] } })
}

#[test]
fn without_conditions_everybody_is_asked_about() {
    assert_eq!(who(&shop(), &json!([])), ["ann", "bob", "cyd", "dan"]);
}

#[test]
fn visitors_who_came_by_email_and_abandoned_a_cart() {
    let shop = shop();
    assert_eq!(who(&shop, &json!([came_by_email()])), ["ann", "bob", "dan"]);
    assert_eq!(who(&shop, &json!([{ "cart": "ever_abandoned" }])), ["ann", "cyd"]);
    assert_eq!(who(&shop, &json!([came_by_email(), { "cart": "ever_abandoned" }])), ["ann"]);
}

#[test]
fn visitors_who_did_this_and_not_that() {
    let shop = shop();
    let added = json!({ "did": { "event": "add_to_cart" } });
    assert_eq!(who(&shop, &json!([added])), ["ann", "bob", "cyd"]);
    assert_eq!(who(&shop, &json!([added, { "did_not": { "event": "purchase" } }])), ["ann"]);
    let dear = json!({ "event": "purchase", "where": [{ "field": "value", "op": "gte", "value": "50.00" }] });
    assert_eq!(who(&shop, &json!([{ "did": dear }])), ["cyd"]);
    assert_eq!(who(&shop, &json!([{ "did_not": dear }])), ["ann", "bob", "dan"]);
}

#[test]
fn in_the_period_is_not_ever() {
    let shop = shop();
    let added = |within: &str| json!([{ "did": { "event": "add_to_cart" }, "within": within }]);
    assert_eq!(who(&shop, &added("ever")), ["ann", "bob", "cyd", "dan"], "dan adds after the period");
    assert_eq!(who_in(&shop, &added("period"), "2024-11-20"), [""; 0]);
    assert_eq!(who_in(&shop, &added("ever"), "2024-11-20"), ["cyd", "dan"]);
    let recovered = |within: &str| json!([{ "cart": "recovered", "within": within }]);
    assert_eq!(who_in(&shop, &recovered("period"), "2024-11-20"), [""; 0], "the cart was opened before");
    assert_eq!(who_in(&shop, &recovered("ever"), "2024-11-20"), ["cyd"]);
}

#[test]
fn a_cart_is_what_it_is_now_or_was_ever_abandoned() {
    let shop = shop();
    assert_eq!(who(&shop, &json!([{ "cart": "purchased" }])), ["bob"]);
    assert_eq!(who(&shop, &json!([{ "cart": "recovered" }])), ["cyd"]);
    assert_eq!(who(&shop, &json!([{ "cart": "expired" }])), ["ann"]);
    assert_eq!(who(&shop, &json!([{ "cart": "ever_abandoned" }, { "no_cart": "recovered" }])), ["ann"]);
    assert_eq!(who(&shop, &json!([{ "no_cart": "ever_abandoned" }])), ["bob", "dan"]);
}

#[test]
fn pages_touchpoints_and_stages_are_deeds_too() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item    customer=ann  page=/sale/caps
        bob  10:00  view_item    customer=bob  page=/caps  touchpoint=hall
        cyd  10:00  view_item    customer=cyd  page=/caps
        cyd  10:01  purchase     customer=cyd
        ",
    );
    assert_eq!(who(&shop, &json!([{ "did": { "page": "/sale/*" } }])), ["ann"]);
    assert_eq!(who(&shop, &json!([{ "did": { "touchpoint": "hall" } }])), ["bob"]);
    assert_eq!(who(&shop, &json!([{ "did_not": { "stage": "purchase" } }])), ["ann", "bob"]);
}

#[test]
fn the_segment_decides_who_enters_and_later_steps_are_free_unless_filters_act_on_every_step() {
    let shop = Shop::open_with(
        "
        phone  10:00  view_item  customer=ann  device=mobile
        phone  10:01  search     customer=ann  device=mobile
        desk   11:00  purchase   customer=ann  device=desktop
        ",
    );
    let reached = |scope: &str| {
        let answer = shop.funnel(json!({
            "steps": ["view_item", "purchase"], "unit": "customer", "filter_scope": scope,
            "segment": [{ "did": { "event": "search" } }],
        }));
        answer["steps"][1]["reached"].as_u64().unwrap()
    };
    assert_eq!(reached("entry"), 1);
    assert_eq!(reached("every_step"), 0, "the desk never searched");
}

#[test]
fn a_compared_period_has_a_segment_of_its_own() {
    let answer = shop().funnel(json!({
        "from": "2024-11-20", "to": "2024-11-21", "compare": { "from": "2024-11-18", "to": "2024-11-19" },
        "steps": ["view_item", "purchase"], "segment": [{ "did": { "event": "purchase" } }],
    }));
    assert_eq!(answer["steps"][0]["reached"], 1, "cyd bought on the 20th");
    assert_eq!(answer["compare"]["steps"][0]["reached"], 1, "bob on the 18th");
}

#[test]
fn carts_and_abandonment_take_the_segment_of_whoever_opened_the_cart() {
    let shop = shop();
    let asked = |segment: Value| {
        let question = json!({ "from": "2024-11-18", "to": "2024-11-22", "segment": segment });
        let total = shop.report("abandonment", question.clone())["total"].clone();
        let carts = shop.report("carts", question)["carts"].as_array().unwrap().len();
        assert_eq!(total["opened"], carts);
        (carts, total["ever_abandoned"].as_u64().unwrap())
    };
    assert_eq!(asked(json!([])), (4, 3));
    assert_eq!(asked(json!([came_by_email()])), (3, 2));
    assert_eq!(asked(json!([came_by_email(), { "did_not": { "event": "purchase" } }])), (2, 2));
    assert_eq!(asked(json!([{ "cart": "recovered" }])), (1, 1));
}

#[test]
fn drop_off_counts_the_sessions_of_the_segments_visitors() {
    let shop = shop();
    let asked = |segment: Value| {
        let asked = json!({ "from": "2024-11-18", "to": "2024-11-22", "segment": segment });
        let total = shop.report("dropoff", asked)["total"].clone();
        ["sessions", "converted", "exits"].map(|name| total[name].as_u64().unwrap())
    };
    assert_eq!(asked(json!([])), [6, 2, 4]);
    assert_eq!(asked(json!([{ "did": { "event": "purchase" } }])), [3, 2, 1], "cyd came twice, bob once");
    assert_eq!(asked(json!([{ "did_not": { "event": "purchase" } }])), [3, 0, 3]);
    let answer = shop.report("dropoff", json!({ "segment": [{ "cart": "ever_abandoned" }] }));
    assert_eq!(
        answer["method"]["segment"]["conditions"],
        json!(["opened a cart that was ever abandoned, in the period"])
    );
}

#[test]
fn who_is_here_now_can_be_told_of_a_segment() {
    let mut shop = Shop::open();
    shop.tell(
        "
        ann  now-120s  view_item    utm_source=news utm_medium=email
        ann  now-60s   add_to_cart  item=CAP/Hats/19.90
        bob  now-60s   view_item
        bob  now-50s   add_to_cart  item=COAT/Coats/99.00
        ",
    );
    let here = |asked: Value| {
        let reply = shop.ask_for("live", &asked.to_string());
        assert_eq!(reply.status, 200, "{}", reply.text);
        let answer = reply.json();
        (answer["visitors_5_minutes"].as_u64().unwrap(), answer["open_carts"]["value_minor"]["EUR"].as_i64().unwrap())
    };
    assert_eq!(here(json!({})), (2, 11_890));
    assert_eq!(here(json!({ "segment": [came_by_email()] })), (1, 1_990));
    let by_email = json!([{ "field": "channel", "op": "eq", "value": "Email" }]);
    assert_eq!(here(json!({ "where": by_email })), (1, 1_990));
}

#[test]
fn a_share_link_shows_its_segment_and_nobody_else() {
    let shop = shop();
    let question = json!({
        "from": "2024-11-18", "to": "2024-11-22", "steps": [{ "event": "view_item" }, { "event": "purchase" }],
        "segment": [came_by_email()],
    });
    let form = json!({ "report": "funnel", "question": question });
    let made = shop.send_to("POST", "/v1/sites/shop/shares", &form.to_string());
    assert_eq!(made.status, 201, "{}", made.text);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let seen = shop.post("/v1/sites/shop/reports/funnel", &token, "");
    assert_eq!(seen.json(), shop.report("funnel", question));
    assert_eq!(seen.json()["steps"][0]["reached"], 3);
    let everybody = json!({ "from": "2024-11-18", "to": "2024-11-22", "steps": ["view_item", "purchase"] });
    assert_eq!(shop.post("/v1/sites/shop/reports/funnel", &token, &everybody.to_string()).status, 403);
}

#[test]
fn a_report_as_of_a_moment_has_the_segment_of_that_moment() {
    let shop = shop();
    let opened = |as_of: &str| {
        let segment = json!([{ "did": { "event": "purchase" }, "within": "ever" }]);
        let question = json!({ "from": "2024-11-18", "to": "2024-11-22", "as_of": as_of, "segment": segment });
        shop.report("abandonment", question)["total"]["opened"].as_u64().unwrap()
    };
    assert_eq!(opened("2024-11-18T10:07:00Z"), 0, "bob has not bought yet");
    assert_eq!(opened("2024-11-19T00:00:00Z"), 1);
    assert_eq!(opened("2024-11-21T00:00:00Z"), 2);
}

#[test]
fn the_method_says_who_is_asked_about() {
    let shop = shop();
    let segment = json!([
        came_by_email(),
        { "did_not": { "event": "purchase", "where": [{ "field": "value", "op": "gt", "value": "9.90" }] }, "within": "ever" },
        { "cart": "ever_abandoned" },
    ]);
    let funnel = shop.funnel(json!({ "steps": ["view_item", "purchase"], "segment": segment }));
    let carts = shop.report("carts", json!({ "segment": segment }));
    for method in [&funnel["method"], &carts["method"]] {
        assert_eq!(
            method["segment"]["conditions"],
            json!([
                "did any event where channel eq Email, in the period",
                "did not purchase where value gt 9.90 EUR, ever",
                "opened a cart that was ever abandoned, in the period",
            ])
        );
    }
    assert_eq!(shop.funnel(json!({ "steps": ["view_item", "purchase"] }))["method"]["segment"], json!(null));
}

#[test]
fn the_sql_of_a_segment_is_whole() {
    let sql = shop().funnel_sql(json!({
        "steps": ["view_item", "purchase"], "from": "2024-11-18",
        "segment": [came_by_email(), { "cart": "ever_abandoned" }, { "no_cart": "idle" }],
    }));
    assert!(sql.contains("members as (") && !sql.contains('$'), "{sql}");
}
