//! Carts as a shop owner reads them: stories told to a real server, and what it says of the carts. One story a rule of
//! SEMANTICS ("Cart and checkout abandonment").

mod answers;
mod bad_questions;
mod compared;
mod places;
mod states;
mod which_cart;

use serde_json::{Value, json};

use crate::shop::{DAY, Shop};

/// The carts of the story's day as of a time of it (`11:00`) or a moment, in the order in which they were opened.
#[track_caller]
fn carts(shop: &Shop, as_of: &str) -> Vec<Value> {
    let answer = shop.report("carts", json!({ "as_of": moment(as_of), "sort": "opened_at" }));
    let mut carts = answer["carts"].as_array().unwrap().clone();
    carts.reverse();
    carts
}

/// What a cart is, how many pieces are in it, and what it is worth: `open 2 EUR 3980`.
#[track_caller]
fn told(shop: &Shop, as_of: &str) -> Vec<String> {
    carts(shop, as_of).iter().map(tell).collect()
}

fn tell(cart: &Value) -> String {
    let worth = cart["value_minor"].as_object().unwrap().iter();
    let worth: String = worth.map(|(currency, minor)| format!(" {currency} {minor}")).collect();
    format!("{} {}{worth}", cart["state"].as_str().unwrap(), cart["quantity"])
}

/// The abandonment report about the story's day.
#[track_caller]
fn abandonment(shop: &Shop, as_of: &str, asked: Value) -> Value {
    let mut asked = asked;
    asked["as_of"] = json!(moment(as_of));
    shop.report("abandonment", asked)
}

fn moment(as_of: &str) -> String {
    if as_of.contains('T') {
        return as_of.to_owned();
    }
    let seconds = if as_of.matches(':').count() == 1 { ":00" } else { "" };
    format!("{DAY}T{as_of}{seconds}Z")
}
