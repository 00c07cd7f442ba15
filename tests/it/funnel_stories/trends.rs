//! Rules 14 and 17: a funnel over time, and beside another period.

use expect_test::expect;
use serde_json::{Value, json};

use super::{check, reached};
use crate::shop::Shop;

#[test]
fn a_trend_books_each_conversion_on_the_day_of_its_first_step() {
    check(
        "
        ann  2024-11-20 23:50  view_item
        ann  2024-11-21 00:10  purchase     # after midnight: still a conversion of the 20th
        bob  2024-11-20 10:00  view_item
        cyd  2024-11-22 10:00  view_item
        cyd  2024-11-22 10:05  purchase
        ",
        json!({ "steps": ["view_item", "purchase"], "to": "2024-11-23", "trend": "day" }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        1            0            –
             2     purchase         2     66.7%        66.7%        0            0  12 min 30 s

                                        entered  converted    rate
             2024-11-20T00:00:00+00:00        2          1   50.0%
             2024-11-21T00:00:00+00:00        0          0       –
             2024-11-22T00:00:00+00:00        1          1  100.0%

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-23T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn a_trend_of_a_breakdown_shows_on_which_device_payment_broke_and_on_which_day() {
    check(
        "
        ann  2024-11-20 10:00  add_payment_info  device=mobile
        ann  2024-11-20 10:01  purchase          device=mobile
        bob  2024-11-20 11:00  add_payment_info  device=desktop
        bob  2024-11-20 11:01  purchase          device=desktop
        cyd  2024-11-21 10:00  add_payment_info  device=mobile
        dan  2024-11-21 10:00  add_payment_info  device=mobile
        eve  2024-11-21 12:00  add_payment_info  device=desktop
        eve  2024-11-22 00:01  purchase          device=desktop
        fay  2024-11-22 10:00  add_payment_info  device=mobile
        fay  2024-11-22 10:01  purchase          device=mobile
        ",
        json!({
            "steps": ["add_payment_info", "purchase"], "to": "2024-11-23", "trend": "day",
            "breakdown": { "field": "device" },
        }),
        &expect![[r#"
             step                    reached  of first  of previous  dropped  in progress  median time
             1     add_payment_info        6    100.0%            –        2            0            –
             2     purchase                4     66.7%        66.7%        0            0        1 min

                      add_payment_info  purchase  converted
             mobile                  4         2      50.0%
             desktop                 2         2     100.0%

                                        entered  converted    rate  mobile  desktop
             2024-11-20T00:00:00+00:00        2          2  100.0%  100.0%   100.0%
             2024-11-21T00:00:00+00:00        3          1   33.3%    0.0%   100.0%
             2024-11-22T00:00:00+00:00        1          1  100.0%  100.0%        –

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-23T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

/// The beginning of each bucket, who entered, who converted, and whether it is complete.
fn told(answer: &Value) -> Vec<String> {
    let bucket = |bucket: &Value| {
        let open = if bucket["complete"] == json!(true) { "" } else { ", incomplete" };
        format!("{}: {} of {}{open}", bucket["from"].as_str().unwrap(), bucket["converted"], bucket["entered"])
    };
    answer["trend"].as_array().unwrap().iter().map(bucket).collect()
}

#[test]
fn the_buckets_of_a_trend_are_those_of_the_shops_time_zone_and_add_up() {
    let mut shop = Shop::open().in_time_zone("Europe/Warsaw");
    // The clocks go back on Sunday the 27th; the week and the month end where Warsaw is.
    shop.tell(
        "
        ann  2024-10-26 21:59  view_item    # Saturday, a minute before midnight
        bob  2024-10-26 22:00  view_item    # Sunday
        bob  2024-10-26 22:01  purchase
        cyd  2024-10-27 22:59  view_item    # Sunday still, in its 25th hour
        dan  2024-10-27 23:00  view_item    # Monday
        eve  2024-10-31 23:00  view_item    # the first of November
        ",
    );
    let by = |unit: &str, from: &str, to: &str| {
        let answer = shop.funnel(json!({ "steps": ["view_item", "purchase"], "from": from, "to": to, "trend": unit }));
        let entered = answer["trend"].as_array().unwrap().iter().map(|bucket| bucket["entered"].as_u64().unwrap());
        assert_eq!(entered.sum::<u64>(), reached(&answer)[0], "the buckets add up");
        told(&answer).join("\n") + "\n"
    };
    expect![[r#"
        2024-10-26T00:00:00+02:00: 0 of 1
        2024-10-27T00:00:00+02:00: 1 of 2
        2024-10-28T00:00:00+01:00: 0 of 1
    "#]]
    .assert_eq(&by("day", "2024-10-26", "2024-10-29"));
    expect![[r#"
        2024-10-24T00:00:00+02:00: 1 of 3, incomplete
        2024-10-28T00:00:00+01:00: 0 of 2
    "#]]
    .assert_eq(&by("week", "2024-10-24", "2024-11-04"));
    expect![[r#"
        2024-10-01T00:00:00+02:00: 1 of 4
        2024-11-01T00:00:00+01:00: 0 of 1
    "#]]
    .assert_eq(&by("month", "2024-10-01", "2024-12-01"));
    expect![[r#"
        2024-10-27T02:00:00+02:00: 0 of 0
        2024-10-27T02:00:00+01:00: 0 of 0
        2024-10-27T03:00:00+01:00: 0 of 0
    "#]]
    .assert_eq(&by("hour", "2024-10-27T00:00:00Z", "2024-10-27T03:00:00Z"));
}

#[test]
fn a_bucket_is_incomplete_while_who_entered_in_it_can_still_convert() {
    let shop = Shop::open_with("ann 10:00 view_item\nbob now-7200s view_item");
    let asked = |window: u64| json!({ "steps": ["view_item", "purchase"], "to": "2024-11-22", "trend": "day", "window_seconds": window });
    assert_eq!(told(&shop.funnel(asked(3_600))).len(), 2);
    assert!(told(&shop.funnel(asked(3_600))).iter().all(|bucket| !bucket.contains("incomplete")));
    let today = json!({ "steps": ["view_item", "purchase"], "last_days": 2, "trend": "day" });
    let mut today = crate::shop::question(today);
    let fields = today.as_object_mut().unwrap();
    fields.remove("from");
    fields.remove("to");
    let answer = shop.ask(&today.to_string()).json();
    assert!(told(&answer).iter().all(|bucket| bucket.ends_with(", incomplete")), "the week of both is still open");
}

/// So many visitors who look, of whom so many buy, on one day.
fn crowd(day: &str, looked: usize, bought: usize) -> String {
    let visitor = |number: usize| {
        let look = format!("{day}-{number} {day} 10:00 view_item\n");
        let buy = format!("{day}-{number} {day} 10:05 purchase\n");
        if number < bought { look + &buy } else { look }
    };
    (0..looked).map(visitor).collect()
}

#[test]
fn two_periods_are_compared_and_chance_is_told_from_change() {
    let shop = Shop::open_with(&(crowd("2024-11-19", 100, 25) + &crowd("2024-11-20", 100, 40)));
    let asked = json!({ "steps": ["view_item", "purchase"], "compare": "previous" });
    let answer = shop.funnel(asked.clone());
    let compare = &answer["compare"];
    assert_eq!((reached(&answer), reached(compare)), (vec![100, 40], vec![100, 25]));
    let p_value = compare["p_value"].as_f64().unwrap();
    assert!((p_value - 0.023_540).abs() < 1e-6, "{p_value}");
    assert_eq!(compare["p_values"], json!([null, p_value]), "of each step");
    assert_eq!(compare["from"], "2024-11-19T00:00:00+00:00");
    expect![[r#"
         step             reached  of first  of previous  dropped  in progress  median time
         1     view_item      100    100.0%            –       60            0            –
         2     purchase        40     40.0%        40.0%        0            0        5 min

        converted: 40.0%, and 25.0% of 100 from 2024-11-19T00:00:00+00:00 to 2024-11-20T00:00:00+00:00 (p = 0.024)

        visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
    "#]]
    .assert_eq(&shop.funnel_table(asked));
    let named = json!({ "from": "2024-11-19", "to": "2024-11-20" });
    let answer = shop.funnel(json!({ "steps": ["view_item", "purchase"], "compare": named }));
    assert_eq!(answer["compare"]["p_value"], compare["p_value"]);
}

#[test]
fn below_thirty_entries_nothing_is_said_of_chance() {
    let shop = Shop::open_with(&(crowd("2024-11-19", 29, 10) + &crowd("2024-11-20", 100, 40)));
    let answer = shop.funnel(json!({ "steps": ["view_item", "purchase"], "compare": "previous" }));
    assert_eq!(reached(&answer["compare"]), [29, 10]);
    assert_eq!(answer["compare"]["p_value"], Value::Null);
}

#[test]
fn the_previous_period_has_as_many_days_also_where_the_clocks_change() {
    let shop = Shop::open().in_time_zone("Europe/Warsaw");
    let asked = json!({ "steps": ["view_item", "purchase"], "from": "2024-10-27", "to": "2024-10-29",
        "compare": "previous" });
    let compare = &shop.funnel(asked)["compare"];
    assert_eq!(
        json!([compare["from"], compare["to"]]),
        json!(["2024-10-25T00:00:00+02:00", "2024-10-27T00:00:00+02:00"])
    );
    let hours = json!({ "steps": ["view_item", "purchase"], "from": "2024-10-27T10:00:00Z", "to": "2024-10-27T12:00:00Z",
        "compare": "previous" });
    assert_eq!(shop.funnel(hours)["compare"]["from"], "2024-10-27T09:00:00+01:00");
}
