//! One order is the same everywhere: each report, the person's page and the exports tell of the same orders and money.

use serde_json::{Value, json};

use crate::shop::Shop;

/// Ann's order is reported three times, on two days, and a part of it is sent back; Bob's has no number; Cyd's is cancelled;
/// Dan's is worth its items.
const SHOP: &str = "
    ann  2024-11-18  10:00  purchase         customer=ann  transaction_id=T1  value=20.00
    ann  2024-11-18  10:01  purchase         customer=ann  transaction_id=T1  value=20.00
    ann  2024-11-20  10:00  purchase         customer=ann  transaction_id=T1  value=20.00
    ann  2024-11-21  10:00  refund           customer=ann  transaction_id=T1  value=5.00
    bob  2024-11-19  10:00  purchase         customer=bob  value=7.00
    cyd  2024-11-19  11:00  purchase         customer=cyd  transaction_id=T3  value=30.00
    cyd  2024-11-19  12:00  order_cancelled  customer=cyd  transaction_id=T3
    dan  2024-11-19  13:00  purchase         customer=dan  transaction_id=T4  item=CAP/Hats/19.90/2
";
const PEOPLE: [&str; 4] = ["ann", "bob", "cyd", "dan"];

/// How many orders, and what is left of them.
type Told = (u64, i64);

fn euros(value: &Value) -> i64 {
    value["EUR"].as_i64().unwrap_or_default()
}

#[test]
fn every_report_and_every_export_tells_of_the_same_orders_and_the_same_money() {
    let shop = Shop::open_with(SHOP);
    let period = json!({ "from": "2024-11-18", "to": "2024-11-25", "as_of": "2024-11-25T00:00:00Z" });
    let report = |name: &str, more: Value| {
        let mut asked = period.clone();
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        shop.report(name, asked)
    };
    let expected: Told = (4, 1_500 + 700 + 3_980);
    let total = |answer: &Value| (answer["total"]["orders"].as_u64().unwrap(), euros(&answer["total"]["net_minor"]));
    assert_eq!(total(&report("orders", json!({}))), expected);
    assert_eq!(total(&report("overview", json!({}))), expected);
    for unit in ["visitor", "customer"] {
        let answer = report("retention", json!({ "unit": unit, "cohort": "first_order", "returning": "order" }));
        let loyalty = &answer["loyalty"];
        let to_date = (loyalty["orders_to_date"].as_u64().unwrap(), euros(&loyalty["value_to_date_minor"]));
        assert_eq!(to_date, expected, "{unit}");
        let cohort = &answer["cohorts"][0];
        assert_eq!((cohort["orders"].as_u64().unwrap(), euros(&cohort["value_minor"])), expected, "{unit}");
    }
    assert_eq!(sum(PEOPLE.iter().map(|name| of_person(&shop, name))), expected);
    let orders = exported(&shop, "orders");
    assert_eq!((orders.len() as u64, orders.iter().map(|order| order["net_minor"].as_i64().unwrap()).sum()), expected);
    assert_eq!(sum(exported(&shop, "sessions").iter().map(of_session)), expected);
}

#[test]
fn the_page_of_a_person_tells_of_its_orders_as_the_list_of_orders_does() {
    let shop = Shop::open_with(SHOP);
    let listed = shop.report("orders", json!({ "from": "2024-11-18", "to": "2024-11-25" }));
    for order in listed["orders"].as_array().unwrap() {
        let asked = json!({ "customer": order["customer"] }).to_string();
        let person = shop.ask_for("visitor", &asked).json();
        let own = &person["orders"][0];
        for name in ["transaction_id", "status", "visitor", "value_minor", "net_minor", "currency"] {
            assert_eq!(own[name], order[name], "{name} of {order}");
        }
        assert_eq!((&own["at"], &own["touchpoint"]), (&order["ordered_at"], &json!("order_confirmation")));
    }
}

fn sum(told: impl Iterator<Item = Told>) -> Told {
    told.fold((0, 0), |sum, told| (sum.0 + told.0, sum.1 + told.1))
}

fn of_person(shop: &Shop, name: &str) -> Told {
    let person = shop.ask_for("visitor", &json!({ "customer": name }).to_string()).json();
    (person["orders_total"].as_u64().unwrap(), euros(&person["order_value_minor"]))
}

/// The lines of an export.
fn exported(shop: &Shop, what: &str) -> Vec<Value> {
    let lines = shop.send_to("GET", &format!("/v1/sites/shop/export/{what}?format=jsonl"), "");
    lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of_session(session: &Value) -> Told {
    let left = session["order_value_minor"].as_str().unwrap();
    (session["orders"].as_u64().unwrap(), euros(&serde_json::from_str(left).unwrap()))
}
