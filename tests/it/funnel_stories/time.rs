//! Rules 2, 3, 11, 14, 15 and 16: periods, windows, days, what is still going on, and durations.

use expect_test::expect;
use serde_json::{Value, json};

use super::{check, reached, steps_of};
use crate::shop::Shop;

#[test]
fn the_date_range_selects_who_entered_and_later_steps_may_fall_after_it() {
    check(
        "
        ann  2024-11-19 23:59:59.999  view_item     # entered the day before
        ann  2024-11-20 10:00         purchase
        bob  2024-11-20 00:00         view_item     # the first moment belongs to the day
        bob  2024-11-20 00:01         purchase
        cyd  2024-11-20 23:59:59.999  view_item
        cyd  2024-11-23 10:00         purchase      # after the day, inside the window
        dan  2024-11-21 00:00         view_item     # the next day
        dan  2024-11-21 00:05         purchase
        eve  2024-11-19 10:00         purchase      # bought before, looked after
        eve  2024-11-20 10:00         view_item
        ",
        json!({ "steps": ["view_item", "purchase"] }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        1            0            –
             2     purchase         2     66.7%        66.7%        0            0      1 d 5 h

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn the_window_begins_at_the_first_step_and_its_last_moment_belongs_to_it() {
    check(
        "
        ann  10:00         view_item
        ann  10:40         add_to_cart
        ann  11:00         purchase       # exactly an hour after the first step
        bob  10:00         view_item
        bob  10:40         add_to_cart
        bob  11:00:00.001  purchase       # a millisecond late, though near the cart
        ",
        json!({ "steps": ["view_item", "add_to_cart", "purchase"], "window_seconds": 3600 }),
        &expect![[r#"
             step               reached  of first  of previous  dropped  in progress  median time
             1     view_item          2    100.0%            –        0            0            –
             2     add_to_cart        2    100.0%       100.0%        1            0       40 min
             3     purchase           1     50.0%        50.0%        0            0       20 min

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 1 h · data through now
        "#]],
    );
}

#[test]
fn who_can_still_convert_is_in_progress_and_no_drop_off() {
    check(
        "
        ann  now-50s   view_item     # a minute ago: the week is still open
        bob  now-40s   view_item
        bob  now-30s   purchase
        cyd  10:00     view_item     # long ago: the week is over, though it was sent just now
        ",
        json!({ "steps": ["view_item", "purchase"], "to": "2999-01-01" }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        1            1            –
             2     purchase         1     33.3%        33.3%        0            0         10 s

            visitor · 2024-11-20T00:00:00+00:00 to 2999-01-01T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn events_of_the_past_that_arrive_now_have_closed_windows() {
    let shop = Shop::open_with("ann 10:00 view_item\nbob 10:00 view_item");
    let answer = shop.funnel(json!({ "steps": ["view_item", "purchase"] }));
    let first = &steps_of(&answer)[0];
    assert_eq!((&first["drop_off"], &first["in_progress"]), (&json!(2), &json!(0)));
}

#[test]
fn only_who_entered_less_than_a_window_ago_is_in_progress() {
    let mut shop = Shop::open_with("ann now-100s view_item");
    let asked = json!({ "steps": ["view_item", "purchase"], "to": "2999-01-01", "window_seconds": 60 });
    let first = |answer: &Value| (answer["steps"][0]["drop_off"].clone(), answer["steps"][0]["in_progress"].clone());
    assert_eq!(first(&shop.funnel(asked.clone())), (json!(1), json!(0)));
    shop.tell("bob now view_item");
    assert_eq!(first(&shop.funnel(asked)), (json!(1), json!(1)), "Bob's minute has just begun");
}

#[test]
fn a_conversion_belongs_to_the_day_of_its_first_step_where_the_shop_is() {
    let mut shop = Shop::open().in_time_zone("Europe/Warsaw");
    // The clocks go back on the 27th: it has 25 hours, from 22:00 UTC to 23:00 UTC.
    shop.tell(
        "
        ann  2024-10-26 21:59:59.999  view_item
        bob  2024-10-26 22:00         view_item
        cyd  2024-10-27 22:59:59.999  view_item
        cyd  2024-10-28 09:00         purchase
        dan  2024-10-27 23:00         view_item
        ",
    );
    let day = |from: &str, to: &str| shop.funnel(json!({ "steps": ["view_item", "purchase"], "from": from, "to": to }));
    let sunday = day("2024-10-27", "2024-10-28");
    assert_eq!(reached(&day("2024-10-26", "2024-10-27")), [1, 0]);
    assert_eq!(reached(&sunday), [2, 1]);
    assert_eq!(reached(&day("2024-10-28", "2024-10-29")), [1, 0]);
    assert_eq!(reached(&day("2024-10-26", "2024-10-29")), [4, 1], "the days add up");
    let shown = json!(["2024-10-27T00:00:00+02:00", "2024-10-28T00:00:00+01:00", "Europe/Warsaw"]);
    let method = &sunday["method"];
    assert_eq!(json!([method["from"], method["to"], method["time_zone"]]), shown);
    let elsewhere =
        json!({ "steps": ["view_item", "purchase"], "from": "2024-10-27", "to": "2024-10-28", "time_zone": "UTC" });
    assert_eq!(reached(&shop.funnel(elsewhere)), [2, 1], "Cyd and Dan, whose evening is still the 27th in UTC");
}

#[test]
fn a_funnel_nobody_entered_has_no_rates() {
    let shop = Shop::open();
    let reply = shop.ask(&crate::shop::question(json!({ "steps": ["view_item", "purchase"] })).to_string());
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(!reply.text.contains("NaN"), "{}", reply.text);
    let answer = reply.json();
    let (steps, conversion) = (steps_of(&answer), &answer["conversion"]);
    expect![[r#"
        {"conversion_high":null,"conversion_low":null,"conversion_rate":null,"drop_off":0,"drop_off_rate":null,"excluded":0,"in_progress":0,"label":"view_item","reached":0,"seconds_from_first":null,"seconds_from_previous":null,"step":1,"step_rate":null,"value_minor":{}}
        {"conversion_high":null,"conversion_low":null,"conversion_rate":null,"drop_off":0,"drop_off_rate":null,"excluded":0,"in_progress":0,"label":"purchase","reached":0,"seconds_from_first":null,"seconds_from_previous":null,"step":2,"step_rate":null,"value_minor":{}}
        {"high":null,"histogram":[],"low":null,"rate":null,"seconds":null}
    "#]].assert_eq(&format!("{}\n{}\n{conversion}\n", steps[0], steps[1]));
    assert_eq!(answer["data_through"], Value::Null);
    expect![[r#"
         step             reached  of first  of previous  dropped  in progress  median time
         1     view_item        0         –            –        0            0            –
         2     purchase         0         –            –        0            0            –

        visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · nothing has arrived yet
    "#]]
    .assert_eq(&shop.funnel_table(json!({ "steps": ["view_item", "purchase"] })));
}

#[test]
fn times_between_steps_are_those_of_the_attempt_that_counts() {
    let shop = Shop::open_with(
        "
        ann  09:00      view_item      # looked once before, for nothing
        ann  10:00      view_item
        ann  10:00:10   add_to_cart
        ann  10:01      purchase
        bob  10:00      view_item
        bob  10:00:20   add_to_cart
        bob  10:02      purchase
        cyd  10:00      view_item
        cyd  10:00:30   add_to_cart
        cyd  10:04      purchase
        dan  10:00      view_item
        dan  10:00:40   add_to_cart
        ",
    );
    let answer = shop.funnel(json!({ "steps": ["view_item", "add_to_cart", "purchase"] }));
    let steps = steps_of(&answer);
    let shown = [
        format!("to cart      {}", steps[1]["seconds_from_previous"]),
        format!("to purchase  {}", steps[2]["seconds_from_previous"]),
        format!("in all       {}", steps[2]["seconds_from_first"]),
        format!("conversion   {}", answer["conversion"]),
    ];
    expect![[r#"
        to cart      {"mean":25.0,"median":25.0,"p75":32.5,"p90":37.0}
        to purchase  {"mean":120.0,"median":100.0,"p75":155.0,"p90":188.0}
        in all       {"mean":140.0,"median":120.0,"p75":180.0,"p90":216.0}
        conversion   {"high":0.9544127391902996,"histogram":[{"count":0,"from":0,"to":10},{"count":0,"from":10,"to":30},{"count":0,"from":30,"to":60},{"count":3,"from":60,"to":300}],"low":0.3006418425824019,"rate":0.75,"seconds":{"mean":140.0,"median":120.0,"p75":180.0,"p90":216.0}}
    "#]].assert_eq(&(shown.join("\n") + "\n"));
}

#[test]
fn every_answer_says_how_it_was_reached_and_how_fresh_it_is() {
    let shop = Shop::open_with("ann 10:00 view_item device=mobile");
    let asked = json!({ "steps": ["view_item", "purchase"], "unit": "session", "breakdown": { "field": "device" } });
    let answer = shop.funnel(asked);
    expect![[r#"
        {
          "breakdown": "the value at step 1 of the attempt that counts",
          "compare": null,
          "counted": "each unit once a step, by its deepest attempt; among equals the one that got there first, then the latest start",
          "excluded": null,
          "filter_scope": "entry",
          "from": "2024-11-20T00:00:00+00:00",
          "hold": [],
          "identity": null,
          "in_progress": "not converted, and window and session are still open at data_through",
          "order": "sequential",
          "order_rule": "each step after the one before it; other events may lie between",
          "report": "funnel",
          "segment": null,
          "session_gap_seconds": 1800,
          "ties": "events of the same millisecond count in whichever order takes the attempt furthest; one event fills one step",
          "time_zone": "UTC",
          "to": "2024-11-21T00:00:00+00:00",
          "trend": null,
          "unit": "session",
          "window": "from the attempt's first step to each later one, inclusive",
          "window_seconds": 604800
        }
    "#]].assert_eq(&format!("{:#}\n", answer["method"]));
    let through: jiff::Timestamp = answer["data_through"].as_str().unwrap().parse().unwrap();
    let age = jiff::Timestamp::now().duration_since(through);
    assert!((0..120).contains(&age.as_secs()), "arrived {age:?} ago");
}

#[test]
fn a_session_that_is_over_cannot_go_on_however_long_the_window() {
    let story = "
        ann  now-10800s  view_item     # three hours ago: that session is over
        bob  now-40s     view_item
    ";
    let ask = |unit| json!({ "steps": ["view_item", "purchase"], "to": "2999-01-01", "unit": unit });
    let shop = Shop::open_with(story);
    let counts = |unit| {
        let answer = shop.funnel(ask(unit));
        let first = &answer["steps"][0];
        [first["reached"].clone(), first["drop_off"].clone(), first["in_progress"].clone()]
    };
    assert_eq!(counts("session"), [2, 1, 1]);
    assert_eq!(counts("visitor"), [2, 0, 2]);
}
