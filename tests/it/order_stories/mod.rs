//! Orders as a shop owner reads them: stories told to a real server, and what it says of the orders. One story a rule of
//! `domain::order`.

mod bad_questions;
mod book;
mod buyers;
mod everywhere;
mod given_back;
mod once;

use serde_json::{Value, json};

use crate::shop::Shop;

/// The orders of the story's day, in the order in which they were placed, each in a few words.
#[track_caller]
fn told(shop: &Shop) -> Vec<String> {
    let answer = shop.report("orders", json!({}));
    let mut orders: Vec<String> = answer["orders"].as_array().unwrap().iter().map(tell).collect();
    orders.reverse();
    orders
}

/// An order's number, what became of it, and its money: `T1 placed 19.90 EUR`.
fn tell(order: &Value) -> String {
    let word = |name: &str| order[name].as_str().unwrap_or("–").to_owned();
    let money =
        |name: &str| order[name].as_i64().map_or("–".to_owned(), |minor| format!("{:.2}", minor as f64 / 100.0));
    let less = [("refunded_minor", "refunded"), ("cancelled_minor", "cancelled")];
    let less: String = less
        .iter()
        .filter(|(name, _)| order[*name] != 0)
        .map(|(name, what)| format!(", {} {what}", money(name)))
        .collect();
    let (number, status, currency) = (word("transaction_id"), word("status"), word("currency"));
    format!("{number} {status} {} {currency}{less}", money("value_minor"))
}
