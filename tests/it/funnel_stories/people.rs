//! The people behind a bar.

use serde_json::{Value, json};

use super::reached;
use crate::shop::{Shop, question};

const STORY: &str = "
    # Ann buys; Bob leaves at the cart; Cyd puts it back; Dan is still looking; Eve only looks, from Poland.
    ann  10:00    view_item    customer=ann-1
    ann  10:01    add_to_cart
    ann  10:02    purchase
    bob  10:00    view_item
    bob  10:05    add_to_cart
    cyd  10:00    view_item    customer=cyd-7
    cyd  10:05    add_to_cart
    cyd  10:06    remove_from_cart
    dan  now-60s  view_item
    eve  11:00    view_item    country=PL
";

/// A question about a bar of the story's funnel.
fn bar(step: usize, outcome: &str) -> Value {
    let mut asked = question(json!({ "steps": ["view_item", "add_to_cart", "purchase"], "to": "2999-01-01",
        "exclude": [{ "event": "remove_from_cart" }] }));
    asked["step"] = json!(step);
    asked["outcome"] = json!(outcome);
    asked
}

/// When each of the people filled the steps, by their last moment.
fn times(people: &Value) -> Vec<Vec<String>> {
    let at = |step: &Value| format!("{}@{}", step["step"], &step["at"].as_str().unwrap()[11..16]);
    let steps = |person: &Value| person["steps"].as_array().unwrap().iter().map(at).collect();
    let mut told: Vec<Vec<String>> = people["visitors"].as_array().unwrap().iter().map(steps).collect();
    told.sort();
    told
}

#[test]
fn each_part_of_each_bar_lists_as_many_people_as_the_bar_is_long() {
    let shop = Shop::open_with(STORY);
    let mut asked = bar(1, "reached");
    asked.as_object_mut().unwrap().retain(|field, _| field != "step" && field != "outcome");
    let answer = shop.ask(&asked.to_string()).json();
    assert_eq!(reached(&answer), [5, 3, 1]);
    for (step, said) in (1..).zip(answer["steps"].as_array().unwrap()) {
        let parts =
            [("reached", "reached"), ("dropped", "drop_off"), ("excluded", "excluded"), ("in_progress", "in_progress")];
        for (outcome, name) in parts {
            let people = shop.people(&bar(step, outcome));
            assert_eq!(people["total"], said[name], "{outcome} at step {step}");
            assert_eq!(people["visitors"].as_array().unwrap().len() as u64, said[name].as_u64().unwrap());
            assert_eq!(people["next"], Value::Null);
        }
    }
}

#[test]
fn people_come_with_the_moments_of_their_steps_and_the_customer_they_are() {
    let shop = Shop::open_with(STORY);
    assert_eq!(times(&shop.people(&bar(2, "dropped"))), [["1@10:00", "2@10:05"]]);
    let bought = shop.people(&bar(3, "reached"));
    assert_eq!(times(&bought), [["1@10:00", "2@10:01", "3@10:02"]]);
    let excluded = shop.people(&bar(2, "excluded"));
    assert_eq!(excluded["visitors"][0]["customer"], "cyd-7");
    assert!(excluded["visitors"][0]["visitor"].as_str().unwrap().parse::<u64>().is_ok(), "as exports have it");
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let story: String = (0..25).map(|number| format!("v{number} 10:00 view_item customer=c{number}\n")).collect();
    let shop = Shop::open_with(&story);
    for unit in ["visitor", "session", "customer"] {
        let mut asked = question(json!({ "steps": ["view_item", "purchase"], "unit": unit }));
        for (field, value) in [("step", json!(1)), ("outcome", json!("dropped")), ("limit", json!(10))] {
            asked[field] = value;
        }
        let mut seen = Vec::new();
        for length in [10, 10, 5] {
            let page = shop.people(&asked);
            let people = page["visitors"].as_array().unwrap();
            assert_eq!((people.len(), &page["total"]), (length, &json!(25)), "{unit}");
            seen.extend(people.iter().map(|person| person["customer"].as_str().unwrap().to_owned()));
            asked["after"] = page["next"].clone();
        }
        assert_eq!(asked["after"], Value::Null, "{unit}: the last page has no next");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 25, "{unit}");
    }
}

#[test]
fn people_of_one_row_of_a_breakdown() {
    let shop = Shop::open_with(STORY);
    let row = |value: &str| {
        let mut asked = bar(1, "reached");
        asked["breakdown"] = json!({ "field": "country", "limit": 1 });
        asked["value"] = json!(value);
        shop.people(&asked)["total"].clone()
    };
    assert_eq!((row("(none)"), row("(other)"), row("PL"), row("DE")), (json!(4), json!(1), json!(0), json!(0)));
}

#[test]
fn bad_bars_are_told_what_to_change() {
    let shop = Shop::open();
    let with = |field: &str, value: Value| {
        let mut asked = bar(1, "reached");
        asked[field] = value;
        asked
    };
    let without = |field: &str| {
        let mut asked = bar(1, "reached");
        asked.as_object_mut().unwrap().remove(field);
        asked
    };
    let bad = [
        with("step", json!(0)),
        with("step", json!(4)),
        with("outcome", json!("gone")),
        with("limit", json!(0)),
        with("limit", json!(1_000_000_000)),
        with("value", json!("mobile")),
        with("after", json!("'; drop table events; --")),
        with("colour", json!("red")),
        with("window_seconds", json!(0)),
        without("step"),
        without("outcome"),
        without("steps"),
    ];
    let refused: String = bad
        .iter()
        .map(|asked| {
            let reply = shop.ask_people(asked);
            assert_eq!(reply.status, 400, "{asked}: {}", reply.text);
            let error = &reply.json()["error"];
            let message: String = error["message"].as_str().unwrap().chars().take(90).collect();
            format!("{}: {message}\n", error["field"].as_str().unwrap_or("(all)"))
        })
        .collect();
    expect_test::expect![[r#"
        step: the funnel's steps are 1 to 3
        step: the funnel's steps are 1 to 3
        outcome: `outcome` is reached, dropped, excluded or in_progress
        limit: the limit is 1 to 1000
        limit: the limit is 1 to 1000
        value: a value is a row of a breakdown; say which breakdown
        after: `after` is the `next` of the page before
        (all): the question does not read: expected one of `from`, `to`, `time_zone`, `steps`, `order`, `
        window_seconds: the window is 1 second to 366 days (31622400 seconds)
        (all): the question does not read: missing field `step`
        (all): the question does not read: missing field `outcome`
        (all): the question does not read: missing field `steps`
    "#]]
    .assert_eq(&refused);
}

#[test]
fn what_people_did_next_is_told_and_the_field_that_they_touched_last() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item       customer=ann
        ann  10:01  begin_checkout  customer=ann
        ann  10:02  form_error      customer=ann  field=email     touchpoint=till
        ann  10:03  form_error      customer=ann  field=postcode  touchpoint=till
        ann  10:04  search          customer=ann
        bob  10:00  view_item       customer=bob
        bob  10:01  begin_checkout  customer=bob
        bob  10:02  scroll          customer=bob
        cyd  09:00  search          customer=cyd
        cyd  10:00  view_item       customer=cyd
        cyd  12:00  search          customer=cyd
        ",
    );
    let told = |unit: &str, step: u8| {
        let steps = ["view_item", "begin_checkout", "purchase"];
        let asked = json!({ "steps": steps, "unit": unit, "step": step, "outcome": "dropped" });
        let people = shop.people(&question(asked));
        let mut told: Vec<String> = people["visitors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|person| {
                let (next, field) = (&person["next"], &person["last_field"]);
                let words = [&person["customer"], &next["event"], &next["touchpoint"], &next["at"], field];
                words.map(|word| word.as_str().unwrap_or("–")).join(" ")
            })
            .collect();
        told.sort();
        told
    };
    let at_checkout = ["ann form_error till 2024-11-20T10:02:00+00:00 postcode", "bob – – – –"];
    assert_eq!(told("visitor", 2), at_checkout);
    assert_eq!(told("customer", 2), at_checkout);
    assert_eq!(told("visitor", 1), ["cyd search search 2024-11-20T12:00:00+00:00 –"]);
    assert_eq!(told("session", 1), ["cyd – – – –"], "the search was in another session");
}
