//! Links that turn out to be wrong.

use serde_json::{Value, json};

use super::{customers, person, relink, unlink};
use crate::shop::Shop;

const STORY: &str = "
    # Somebody else's phone was used once by Ann.
    laptop  10:00  view_item    customer=ann
    phone   10:10  add_to_cart  customer=ann  item=CAP/Hats/19.90
    phone   10:11  purchase     value=19.90
";

#[test]
fn an_undone_link_counts_as_never_made_until_it_is_taken_back() {
    let shop = Shop::open_with(STORY);
    let carts = || shop.report("carts", json!({}))["carts"][0]["customer"].clone();
    assert_eq!((customers(&shop, &["view_item", "purchase"]), carts()), (vec![1, 1], json!("ann")));
    let undone = unlink(&shop, "phone", "ann");
    assert_eq!((&undone["customer"], undone["links"].as_array().unwrap().len()), (&Value::Null, 1));
    assert_eq!((customers(&shop, &["view_item", "purchase"]), carts()), (vec![1, 0], Value::Null));
    assert_eq!(relink(&shop, "phone").status, 200);
    assert_eq!((customers(&shop, &["view_item", "purchase"]), carts()), (vec![1, 1], json!("ann")));
}

#[test]
fn who_undid_a_link_and_who_took_it_back_is_listed() {
    let shop = Shop::open_with(STORY);
    unlink(&shop, "phone", "ann");
    unlink(&shop, "phone", "ann");
    let seen = || shop.send_to("GET", "/v1/sites/shop/visitors/phone", "").json()["visitors"][0].clone();
    let link = &seen()["links"][0];
    assert_eq!((&link["customer"], &link["since"]), (&json!("ann"), &json!("2024-11-20T10:10:00.000Z")));
    assert_eq!(link["undone"]["by"], "a command on the server's computer");
    relink(&shop, "phone");
    let seen = seen();
    assert_eq!((&seen["customer"], &seen["links"][0]["undone"]), (&json!("ann"), &Value::Null));
    let facts = seen["unlinks"].as_array().unwrap();
    assert_eq!(facts.len(), 1, "said twice is said once: {facts:?}");
    assert_eq!((&facts[0]["customer"], facts[0]["taken_back"].is_object()), (&json!("ann"), true));
}

#[test]
fn undone_links_outlive_the_server_and_a_new_store() {
    let mut shop = Shop::open_with(STORY);
    unlink(&shop, "phone", "ann");
    shop.restart();
    assert_eq!(customers(&shop, &["view_item", "purchase"]), [1, 0]);
    assert_eq!(shop.send_to("POST", "/v1/upkeep/rebuild", "").status, 202);
    shop.wait_until_loaded();
    assert_eq!(customers(&shop, &["view_item", "purchase"]), [1, 0]);
}

#[test]
fn a_browser_in_the_shop_is_nobodys_whomever_it_names_later() {
    let mut shop = Shop::open_with("kiosk 10:00 view_item customer=ann");
    let reply = shop.send_to("DELETE", "/v1/sites/shop/visitors/kiosk/links", "");
    assert_eq!(reply.json()["visitors"][0]["customer"], Value::Null);
    shop.tell("kiosk 11:00 view_item customer=bob");
    assert_eq!(customers(&shop, &["view_item", "purchase"]), [0, 0]);
    assert_eq!(person(&shop, &json!({ "visitor": "kiosk" }))["customer"], Value::Null);
}

#[test]
fn the_customer_named_before_the_undone_one_counts_again() {
    let shop = Shop::open_with(
        "
        tablet  10:00  sign_in    customer=ann
        tablet  11:00  sign_in    customer=bob
        tablet  12:00  view_item
        ",
    );
    assert_eq!(person(&shop, &json!({ "visitor": "tablet" }))["customer"], "bob");
    assert_eq!(unlink(&shop, "tablet", "bob")["customer"], "ann");
    assert_eq!(person(&shop, &json!({ "visitor": "tablet" }))["customer"], "ann");
}

#[test]
fn an_email_address_names_the_customer_it_was_sent_as() {
    let shop = Shop::open_with("phone 10:00 view_item customer=ann@b.example");
    assert_eq!(unlink(&shop, "phone", "Ann%40b.example")["customer"], Value::Null);
}

#[test]
fn an_export_names_customers_as_reports_count_them() {
    let shop = Shop::open_with(STORY);
    unlink(&shop, "phone", "ann");
    let rows = shop.send_to("GET", "/v1/sites/shop/export/events?format=jsonl", "").text;
    let named = rows.lines().filter(|row| row.contains("\"ann\"")).count();
    assert_eq!(named, 1, "{rows}");
}

#[test]
fn what_is_not_there_cannot_be_undone() {
    let shop = Shop::open_with(STORY);
    for path in ["nobody", "nobody/links", "phone/links/bob"] {
        let method = if path == "nobody" { "GET" } else { "DELETE" };
        let reply = shop.send_to(method, &format!("/v1/sites/shop/visitors/{path}"), "");
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (404, &json!("not_found")), "{path}");
    }
    let control = shop.send_to("GET", &format!("/v1/sites/shop/visitors/{}", "x".repeat(201)), "");
    assert_eq!(control.status, 400, "{}", control.text);
}

#[test]
fn nothing_is_kept_of_what_was_said_about_somebody_who_was_erased() {
    let mut shop = Shop::open_with(STORY);
    unlink(&shop, "phone", "ann");
    let asked = shop.send_to("DELETE", "/v1/sites/shop/visitors/phone", "").json();
    let path = format!("/v1/sites/shop/erasures/{}", asked["id"]);
    while shop.send_to("GET", &path, "").json()["status"] != "done" {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    shop.tell("phone 12:00 view_item customer=ann");
    let seen = shop.send_to("GET", "/v1/sites/shop/visitors/phone", "").json()["visitors"][0].clone();
    assert_eq!((&seen["customer"], &seen["unlinks"]), (&json!("ann"), &json!([])));
    assert_eq!(person(&shop, &json!({ "visitor": "phone" }))["customer"], "ann", "who comes back is somebody new");
}
