//! Rule 17: how sure a rate is.

use serde_json::{Value, json};

use crate::shop::Shop;

/// The ends of an interval, to four digits.
fn ends(of: &Value, [low, high]: [&str; 2]) -> Option<[f64; 2]> {
    let end = |name: &str| of[name].as_f64().map(|end| (end * 10_000.0).round() / 10_000.0);
    Some([end(low)?, end(high)?])
}

#[test]
fn rule_17_every_step_and_every_row_carries_its_interval() {
    let shop = Shop::open_with(
        "
        ann  2024-11-20  10:00  view_item    device=mobile
        ann  2024-11-20  10:01  add_to_cart  device=mobile
        ann  2024-11-20  10:02  purchase     device=mobile
        bob  2024-11-20  10:00  view_item    device=mobile
        bob  2024-11-20  10:01  add_to_cart  device=mobile
        cyd  2024-11-21  10:00  view_item    device=desktop
        dan  2024-11-21  10:00  view_item    device=desktop
        ",
    );
    let answer = shop.funnel(json!({
        "steps": ["view_item", "add_to_cart", "purchase"], "from": "2024-11-20", "to": "2024-11-23", "trend": "day",
        "breakdown": { "field": "device" }, "compare": "previous",
    }));
    // Of four: all, two, one. By Wilson's formula with z = 1.96.
    let steps = answer["steps"].as_array().unwrap().iter();
    let steps: Vec<_> = steps.map(|step| ends(step, ["conversion_low", "conversion_high"])).collect();
    assert_eq!(steps, [Some([0.5101, 1.0]), Some([0.15, 0.85]), Some([0.0456, 0.6994])]);
    assert_eq!(ends(&answer["conversion"], ["low", "high"]), Some([0.0456, 0.6994]));
    let rows = answer["breakdown"].as_array().unwrap().iter();
    let mut rows: Vec<_> =
        rows.map(|row| (row["value"].as_str().unwrap(), ends(&row["conversion"], ["low", "high"]))).collect();
    rows.sort_by_key(|row| row.0);
    assert_eq!(rows, [("desktop", Some([0.0, 0.6576])), ("mobile", Some([0.0945, 0.9055]))], "none and one of two");
    let days = answer["trend"].as_array().unwrap().iter();
    let days: Vec<_> = days.map(|day| ends(day, ["low", "high"])).collect();
    assert_eq!(days, [Some([0.0945, 0.9055]), Some([0.0, 0.6576]), None], "nobody came on the third day");
    assert_eq!(ends(&answer["compare"]["conversion"], ["low", "high"]), None);
}
