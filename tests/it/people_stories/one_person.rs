//! What is told of one person.

use serde_json::{Value, json};

use super::person;
use crate::shop::Shop;

const STORY: &str = "
    # Ann comes by an ad on her phone, calls the shop, and buys at home.
    phone   10:00  view_item    device=mobile  gclid=x  utm_campaign=spring  page=/caps
    phone   10:01  add_to_cart  customer=ann  item=CAP/Hats/19.90
    call    12:00  contact_opened  customer=ann  touchpoint=hotline
    laptop  19:00  page_view    device=desktop  customer=ann
    laptop  19:05  purchase     customer=ann  transaction_id=T1  value=19.90
    laptop  19:06  purchase     customer=ann  transaction_id=T1  value=19.90
    bob     10:00  view_item
";

#[test]
fn all_that_a_customer_did_on_all_devices_is_one_story() {
    let ann = person(&Shop::open_with(STORY), &json!({ "customer": "ann" }));
    let events = ann["timeline"].as_array().unwrap().iter();
    let events: Vec<String> = events
        .map(|event| format!("{} {}", &event["at"].as_str().unwrap()[11..16], event["event"].as_str().unwrap()))
        .collect();
    assert_eq!(
        events,
        [
            "19:06 purchase",
            "19:05 purchase",
            "19:00 page_view",
            "12:00 contact_opened",
            "10:01 add_to_cart",
            "10:00 view_item"
        ]
    );
    let totals =
        ["sessions_total", "events_total", "carts_total", "orders_total"].map(|name| ann[name].as_u64().unwrap());
    assert_eq!(totals, [3, 6, 1, 1], "an order that is reported twice is one");
    assert_eq!(ann["order_value_minor"], json!({ "EUR": 1990 }));
    assert_eq!((&ann["carts"][0]["state"], &ann["orders"][0]["transaction_id"]), (&json!("recovered"), &json!("T1")));
    assert_eq!(ann["visitors"].as_array().unwrap().len(), 3);
    let sessions = ann["sessions"].as_array().unwrap();
    assert_eq!(sessions.iter().map(|session| session["events"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 1, 2]);
}

#[test]
fn first_and_last_touch_say_how_the_first_and_the_last_session_began() {
    let ann = person(&Shop::open_with(STORY), &json!({ "customer": "ann" }));
    let touch = |name: &str| {
        let touch = &ann[name];
        let word = |field: &str| touch[field].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", &word("at")[11..16], word("channel"), word("campaign"))
    };
    assert_eq!(touch("first_touch"), "10:00 Paid Search spring");
    assert_eq!(touch("last_touch"), "19:00 Direct -");
}

#[test]
fn a_visitor_stands_for_the_customer_it_is_linked_to_and_else_for_itself() {
    let shop = Shop::open_with(STORY);
    let by_visitor = person(&shop, &json!({ "visitor": "phone" }));
    assert_eq!(by_visitor, person(&shop, &json!({ "customer": "ann" })));
    let number = by_visitor["visitors"][0]["visitor"].as_str().unwrap();
    assert_eq!(by_visitor, person(&shop, &json!({ "visitor": number })), "by the number that exports show, too");
    let bob = person(&shop, &json!({ "visitor": "bob" }));
    assert_eq!((&bob["customer"], &bob["events_total"]), (&Value::Null, &json!(1)));
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let story: String = (0..25).map(|second| format!("ann 10:00:{:02} view_item id={second}\n", second / 2)).collect();
    let shop = Shop::open_with(&story);
    let mut asked = json!({ "visitor": "ann", "limit": 10 });
    let mut times: Vec<String> = Vec::new();
    for length in [10, 10, 5] {
        let page = person(&shop, &asked);
        let events = page["timeline"].as_array().unwrap();
        assert_eq!((events.len(), &page["events_total"]), (length, &json!(25)));
        times.extend(events.iter().map(|event| event["at"].as_str().unwrap().to_owned()));
        asked["before"] = page["next"].clone();
    }
    assert_eq!(asked["before"], Value::Null, "the last page has no next");
    assert!(times.len() == 25 && times.is_sorted_by(|one, next| one >= next));
}

#[test]
fn nothing_after_the_moment_is_told() {
    let shop = Shop::open_with(STORY);
    let noon = person(&shop, &json!({ "customer": "ann", "as_of": "2024-11-20T12:20:00Z" }));
    assert_eq!((&noon["events_total"], &noon["carts"][0]["state"]), (&json!(3), &json!("open")));
    let early = shop.ask_for("visitor", r#"{"customer":"ann","as_of":"2024-11-20T09:00:00Z"}"#);
    assert_eq!(early.status, 404);
}

#[test]
fn nobody_is_told_of_who_is_not_known_or_was_erased() {
    let shop = Shop::open_with(STORY);
    let asked = r#"{"visitor":"bob"}"#;
    assert_eq!(shop.ask_for("visitor", r#"{"visitor":"eve"}"#).status, 404);
    assert_eq!(shop.ask_for("visitor", asked).status, 200);
    assert_eq!(shop.send_to("DELETE", "/v1/sites/shop/visitors/bob", "").status, 202);
    assert_eq!(shop.ask_for("visitor", asked).status, 404);
}
