//! People as a shop owner reads them: stories told to a real server. One story a rule of who is who, of SEMANTICS
//! ("Loyalty"), and of what is told of one person.

mod bad_questions;
mod identity;
mod one_person;
mod retention;
mod typed;
mod undone_links;

use serde_json::{Value, json};

use crate::shop::{Reply, Shop};

/// Undoes a visitor's link to a customer.
#[track_caller]
fn unlink(shop: &Shop, visitor: &str, customer: &str) -> Value {
    let reply = shop.send_to("DELETE", &format!("/v1/sites/shop/visitors/{visitor}/links/{customer}"), "");
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["visitors"][0].clone()
}

/// Takes back whatever was said of a visitor's links.
fn relink(shop: &Shop, visitor: &str) -> Reply {
    shop.send_to("POST", &format!("/v1/sites/shop/visitors/{visitor}/links"), "{}")
}

/// Who reached each step of a funnel of customers.
#[track_caller]
fn customers(shop: &Shop, steps: &[&str]) -> Vec<u64> {
    let answer = shop.funnel(json!({ "steps": steps, "unit": "customer" }));
    answer["steps"].as_array().unwrap().iter().map(|step| step["reached"].as_u64().unwrap()).collect()
}

/// What is told of a person.
#[track_caller]
fn person(shop: &Shop, asked: &Value) -> Value {
    let reply = shop.ask_for("visitor", &asked.to_string());
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}
