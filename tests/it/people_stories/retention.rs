//! Who comes back, and how loyal people are.

use serde_json::{Value, json};

use super::unlink;
use crate::shop::Shop;

/// The cohorts of three weeks from Monday, 2024-11-04 on, as of the Wednesday after: size, then who came back.
#[track_caller]
fn weeks(shop: &Shop, asked: Value) -> Vec<Vec<u64>> {
    cohorts(&ask(shop, asked))
}

#[track_caller]
fn ask(shop: &Shop, asked: Value) -> Value {
    let mut question = json!({ "from": "2024-11-04", "to": "2024-11-25", "as_of": "2024-11-27T12:00:00Z" });
    question.as_object_mut().unwrap().extend(asked.as_object().unwrap().clone());
    shop.report("retention", question)
}

fn cohorts(answer: &Value) -> Vec<Vec<u64>> {
    let count = |value: &Value| value.as_u64().unwrap();
    let cohort = |cohort: &Value| {
        let cells = cohort["cells"].as_array().unwrap().iter().map(|cell| count(&cell["count"]));
        std::iter::once(count(&cohort["size"])).chain(cells).collect()
    };
    answer["cohorts"].as_array().unwrap().iter().map(cohort).collect()
}

const STORY: &str = "
    # Ann comes three weeks in a row and buys twice; Bob comes once; Cyd comes in the second week, and buys at once.
    ann  2024-11-05  10:00  view_item
    ann  2024-11-12  10:00  purchase  value=20.00
    ann  2024-11-20  10:00  purchase  value=10.01
    bob  2024-11-06  10:00  view_item
    cyd  2024-11-13  10:00  view_item
    cyd  2024-11-13  10:05  purchase  value=5.00
";

#[test]
fn each_week_tells_how_many_of_its_newcomers_came_back_in_the_weeks_after() {
    let shop = Shop::open_with(STORY);
    assert_eq!(weeks(&shop, json!({})), [vec![2, 2, 1, 1, 0], vec![1, 1, 0, 0], vec![0, 0, 0]]);
}

#[test]
fn coming_back_may_mean_to_buy_and_cohorts_may_be_of_buyers() {
    let shop = Shop::open_with(STORY);
    let buying = weeks(&shop, json!({ "returning": "order" }));
    assert_eq!(buying, [vec![2, 0, 1, 1, 0], vec![1, 1, 0, 0], vec![0, 0, 0]]);
    let buyers = weeks(&shop, json!({ "cohort": "first_order", "returning": "order" }));
    assert_eq!(buyers, [vec![0, 0, 0, 0, 0], vec![2, 2, 1, 0], vec![0, 0, 0]]);
}

#[test]
fn the_visit_in_which_somebody_first_buys_is_not_a_second_coming() {
    let shop = Shop::open_with(STORY);
    let visits = weeks(&shop, json!({ "cohort": "first_order", "returning": "visit" }));
    assert_eq!(visits[1], [2, 0, 1, 0]);
}

#[test]
fn what_may_still_grow_is_marked_and_left_out_of_the_cohorts_together() {
    let shop = Shop::open_with(STORY);
    let answer = ask(&shop, json!({}));
    let complete = answer["cohorts"].as_array().unwrap().iter().map(|cohort| {
        let cells = cohort["cells"].as_array().unwrap().iter();
        cells.map(|cell| cell["complete"].as_bool().unwrap()).collect::<Vec<_>>()
    });
    let expected = [vec![true, true, true, false], vec![true, true, false], vec![true, false]];
    assert_eq!(complete.collect::<Vec<_>>(), expected, "the week of the 25th is not over on Wednesday");
    let together = answer["total"].as_array().unwrap().iter();
    let counts = ["after", "cohorts", "size", "count"];
    let together: Vec<_> = together.map(|total| counts.map(|name| total[name].as_u64().unwrap())).collect();
    assert_eq!(together, [[0, 3, 3, 3], [1, 2, 3, 1], [2, 1, 2, 1]]);
}

#[test]
fn a_visit_counts_on_the_day_it_began_by_the_clock_of_the_shop() {
    // The clock goes back in the night of the 27th: that Sunday has 25 hours.
    let story = "
        ann  2024-10-26  21:59  view_item
        ann  2024-10-26  22:20  view_item   # past midnight in Warsaw, in the same visit
        bob  2024-10-26  22:00  view_item
        bob  2024-10-27  22:59  view_item   # the 25th hour of Sunday
        cyd  2024-10-26  22:00  view_item
        cyd  2024-10-27  23:00  view_item   # Monday
    ";
    let mut shop = Shop::open().in_time_zone("Europe/Warsaw");
    shop.tell(story);
    let asked =
        json!({ "from": "2024-10-26", "to": "2024-10-28", "by": "day", "as_of": "2024-10-28T23:00:00Z", "cells": 3 });
    assert_eq!(cohorts(&shop.report("retention", asked)), [[1, 1, 0, 0], [2, 2, 1, 0]]);
}

#[test]
fn an_order_that_is_reported_twice_is_one() {
    let shop = Shop::open_with(
        "
        ann  2024-11-05  10:00  purchase  transaction_id=T1  value=20.00
        ann  2024-11-13  10:00  purchase  transaction_id=T1  value=20.00
        ann  2024-11-13  10:01  purchase  value=5.00
        ann  2024-11-13  10:01  purchase  value=6.00          # without a number each is an order
        ",
    );
    let answer = ask(&shop, json!({ "cohort": "first_order", "returning": "order" }));
    let cohort = &answer["cohorts"][0];
    assert_eq!((&cohort["orders"], &cohort["value_minor"]), (&json!(3), &json!({ "EUR": 3100 })));
    assert_eq!(cohorts(&answer)[0], [1, 1, 1, 0, 0]);
}

#[test]
fn what_was_given_back_is_not_worth_anything_and_the_order_is_still_one() {
    let shop = Shop::open_with(
        "
        ann  2024-11-05  10:00  purchase         transaction_id=T1  value=20.00
        ann  2024-11-06  10:00  refund           transaction_id=T1  value=5.00
        bob  2024-11-05  10:00  purchase         transaction_id=T2  value=30.00
        bob  2024-11-06  10:00  order_cancelled  transaction_id=T2
        ",
    );
    let to_date = |as_of: &str| {
        let loyalty = ask(&shop, json!({ "as_of": as_of }))["loyalty"].clone();
        (loyalty["orders_to_date"].as_u64().unwrap(), loyalty["value_to_date_minor"]["EUR"].as_i64().unwrap())
    };
    assert_eq!(to_date("2024-11-05T12:00:00Z"), (2, 5_000), "nobody knows yet");
    assert_eq!(to_date("2024-11-27T12:00:00Z"), (2, 1_500));
}

#[test]
fn a_segment_is_about_the_visitor_who_came_or_bought_first() {
    let shop = Shop::open_with(STORY);
    let buyers = json!([{ "did": { "event": "purchase" } }]);
    let answer = ask(&shop, json!({ "segment": buyers }));
    assert_eq!(cohorts(&answer), [vec![1, 1, 1, 1, 0], vec![1, 1, 0, 0], vec![0, 0, 0]], "Bob never buys");
    assert_eq!(answer["loyalty"]["people"], 2);
    assert_eq!(answer["method"]["segment"]["conditions"], json!(["did purchase, in the period"]));
    let cheap =
        json!([{ "did_not": { "event": "purchase", "where": [{ "field": "value", "op": "gt", "value": "9.00" }] } }]);
    let orders = json!({ "segment": cheap, "cohort": "first_order", "returning": "order" });
    assert_eq!(weeks(&shop, orders)[1], [1, 1, 0, 0], "Cyd bought nothing dear");
}

#[test]
fn loyalty_tells_who_came_again_who_bought_again_what_each_brought_and_who_has_gone() {
    let shop = Shop::open_with(STORY);
    let answer = ask(&shop, json!({ "from": "2024-11-11", "churned_after_days": 14 }));
    let loyalty = &answer["loyalty"];
    let counts =
        ["people", "new", "buyers", "buyers_to_date", "orders_to_date"].map(|name| loyalty[name].as_u64().unwrap());
    assert_eq!(counts, [2, 1, 2, 2, 3], "Bob did not come in the period");
    let rates = ["returning", "repeat_buyers", "churned"].map(|name| loyalty[name]["count"].as_u64().unwrap());
    assert_eq!(rates, [1, 1, 1], "Ann came and bought again; Cyd has not bought for 14 days");
    assert_eq!(loyalty["value_each_minor"], json!({ "EUR": 1751 }), "35.01 among two, halves up");
    assert_eq!(loyalty["churned"]["rate"], 0.5);
}

#[test]
fn those_who_bought_once_twice_and_more_often_are_counted_to_date() {
    let often: String = (1..=11).map(|day| format!("dee  2024-10-{day:02}  10:00  purchase\n")).collect();
    let shop = Shop::open_with(&format!("{STORY}\n{often}"));
    let answer = ask(&shop, json!({ "from": "2024-11-18" }));
    let times = answer["loyalty"]["bought_times"].as_array().unwrap();
    let counts: Vec<u64> = times.iter().map(|told| told["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [1, 1, 0, 0, 0, 0, 0, 0, 0, 1], "Cyd once, Ann twice, Dee eleven times");
    assert_eq!((&times[8]["or_more"], &times[9]["or_more"]), (&json!(false), &json!(true)));
    assert_eq!(times[1]["orders"], 2);
    assert_eq!(ask(&Shop::open(), json!({}))["loyalty"]["bought_times"], json!([]));
}

#[test]
fn customers_are_counted_once_on_all_devices_and_strangers_are_counted_apart() {
    let shop = Shop::open_with(
        "
        phone   2024-11-05  10:00  view_item  customer=ann
        laptop  2024-11-12  10:00  view_item  customer=ann
        guest   2024-11-12  10:00  view_item
        ",
    );
    let asked = || json!({ "unit": "customer" });
    assert_eq!(weeks(&shop, asked())[..2], [vec![1, 1, 1, 0, 0], vec![0, 0, 0, 0]]);
    assert_eq!(ask(&shop, asked())["unlinked_visitors"], 1);
    unlink(&shop, "laptop", "ann");
    assert_eq!(weeks(&shop, asked())[0], [1, 1, 0, 0, 0]);
    assert_eq!(ask(&shop, asked())["unlinked_visitors"], 2);
    assert_eq!(weeks(&shop, json!({}))[..2], [vec![1, 1, 0, 0, 0], vec![2, 2, 0, 0]], "visitors are browsers");
}

#[test]
fn conditions_are_about_what_puts_somebody_into_a_cohort() {
    let shop = Shop::open_with(
        "
        ann  2024-11-05  10:00  view_item  utm_source=google  utm_medium=cpc  utm_campaign=spring
        ann  2024-11-12  10:00  view_item
        bob  2024-11-05  10:00  view_item
        bob  2024-11-12  10:00  view_item  utm_source=google  utm_medium=cpc  utm_campaign=spring
        ",
    );
    let asked = json!({ "where": [{ "field": "campaign", "op": "eq", "value": "spring" }] });
    let answer = ask(&shop, asked);
    assert_eq!(cohorts(&answer)[0], [1, 1, 1, 0, 0]);
    assert_eq!(answer["loyalty"]["people"], 1);
}

#[test]
fn an_empty_shop_has_no_rates() {
    let answer = ask(&Shop::open(), json!({}));
    assert_eq!(answer["cohorts"][0]["returned"], json!({ "count": 0, "rate": null, "low": null, "high": null }));
    assert_eq!(answer["loyalty"]["churned"]["rate"], Value::Null);
}
