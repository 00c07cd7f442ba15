//! Carts of one period beside those of another.

use serde_json::{Value, json};

use super::abandonment;
use crate::shop::Shop;

/// `opened/ever abandoned/recovered/EUR bought at once/EUR recovered`.
fn told(figures: &Value) -> String {
    let counts =
        [&figures["opened"], &figures["ever_abandoned"], &figures["recovered"]].map(Value::to_string).join("/");
    let money =
        ["value_purchased_minor", "value_recovered_minor"].map(|name| figures[name]["EUR"].as_i64().unwrap_or(0));
    format!("{counts}/{}/{}", money[0], money[1])
}

fn two_days() -> Shop {
    Shop::open_with(
        "
        ann  2024-11-20  08:00  add_to_cart  item=CAP/Hats/19.90
        ann  2024-11-20  08:10  purchase     value=19.90
        bob  2024-11-20  09:00  add_to_cart  item=BOOT/Shoes/89.00
        bob  2024-11-20  18:00  purchase     value=89.00         # after nine hours
        cyd  2024-11-20  20:00  add_to_cart  item=SOCK/Socks/9.00
        dan  2024-11-21  08:00  add_to_cart  item=CAP/Hats/19.90
        eve  2024-11-21  09:00  add_to_cart  item=CAP/Hats/19.90
        eve  2024-11-21  09:20  purchase     value=18.00
        fay  2024-11-21  11:59  page_view
        ",
    )
}

#[test]
fn the_day_before_is_seen_up_to_the_same_time_of_day() {
    let asked = json!({ "from": "2024-11-21", "to": "2024-11-22", "compare": "previous" });
    let noon = abandonment(&two_days(), "2024-11-21T12:00:00Z", asked);
    assert_eq!(told(&noon["total"]), "2/1/0/1800/0");
    // Neither that bob came back in the evening nor that cyd came is known at noon.
    assert_eq!(told(&noon["compare"]["total"]), "2/1/0/1990/0");
    assert_eq!(noon["compare"]["from"], "2024-11-20T00:00:00+00:00");
    assert_eq!(noon["compare"]["to"], "2024-11-21T00:00:00+00:00");
    assert_eq!(noon["compare"]["as_of"], "2024-11-20T12:00:00+00:00");
}

#[test]
fn a_product_left_behind_is_called_as_the_shop_calls_it() {
    let mut shop = two_days();
    let item = json!({ "item_id": "MUG", "item_name": "Enamel mug", "price": "12.00", "quantity": 1 });
    let at = "2024-11-20T07:00:00Z";
    shop.send(&[
        json!({ "visitor": "gus", "name": "add_to_cart", "occurred_at": at, "currency": "EUR", "items": [item] }),
    ]);
    shop.wait_until_loaded();
    let asked = json!({ "from": "2024-11-20", "to": "2024-11-22" });
    let answer = abandonment(&shop, "2024-11-22T06:00:00Z", asked);
    let rows = answer["breakdown"]["product"].as_array().unwrap();
    let name_of = |product: &str| rows.iter().find(|row| row["value"] == product).unwrap()["name"].clone();
    assert_eq!([name_of("MUG"), name_of("SOCK")], [json!("Enamel mug"), Value::Null]);
}

#[test]
fn a_day_long_gone_is_seen_as_old_as_the_other() {
    let shop = two_days();
    let asked = json!({ "from": "2024-11-21", "to": "2024-11-22", "compare": "previous" });
    let later = abandonment(&shop, "2024-11-22T06:00:00Z", asked);
    assert_eq!(told(&later["total"]), "2/1/0/1800/0");
    assert_eq!(told(&later["compare"]["total"]), "3/2/1/1990/8900");
    // The same numbers as of a question of its own.
    let own = json!({ "from": "2024-11-20", "to": "2024-11-21" });
    assert_eq!(abandonment(&shop, "2024-11-21T06:00:00Z", own)["total"], later["compare"]["total"]);
}

#[test]
fn any_other_period_can_be_compared_with_and_few_carts_give_no_certainty() {
    let other = json!({ "from": "2024-11-01", "to": "2024-11-02" });
    let asked = json!({ "from": "2024-11-20", "to": "2024-11-22", "compare": other });
    let answer = abandonment(&two_days(), "2024-11-22T06:00:00Z", asked);
    assert_eq!(told(&answer["compare"]["total"]), "0/0/0/0/0");
    assert_eq!(answer["compare"]["total"]["cart_abandonment_rate"], Value::Null);
    assert_eq!([&answer["compare"]["cart_p_value"], &answer["compare"]["checkout_p_value"]], [&Value::Null; 2]);
    assert_eq!(abandonment(&two_days(), "2024-11-22T06:00:00Z", json!({}))["compare"], Value::Null);
}

#[test]
fn enough_carts_say_how_likely_a_difference_is_by_chance() {
    // On the 20th, 10 of 40 carts were left; on the 21st, 30 of 40.
    let mut story = String::new();
    for (day, left) in [("2024-11-20", 10), ("2024-11-21", 30)] {
        for visitor in 0..40 {
            let name = format!("v{visitor}x{left}");
            story += &format!("{name} {day} 08:00 begin_checkout item=CAP/Hats/19.90\n");
            if left <= visitor {
                story += &format!("{name} {day} 08:10 purchase value=19.90\n");
            }
        }
    }
    let asked = json!({ "from": "2024-11-21", "to": "2024-11-22", "compare": "previous" });
    let answer = abandonment(&Shop::open_with(&story), "2024-11-22T06:00:00Z", asked);
    assert_eq!(answer["total"]["cart_abandonment_rate"], 0.75);
    assert_eq!(answer["compare"]["total"]["cart_abandonment_rate"], 0.25);
    // z = 0.5 / sqrt(0.5 * 0.5 * 2 / 40) = 4.472, two-sided.
    for name in ["cart_p_value", "checkout_p_value"] {
        let found = answer["compare"][name].as_f64().unwrap();
        assert!((found - 7.744e-6).abs() < 1e-8, "{name}: {found}");
    }
}
