//! The funnel as a shop owner reads it: stories told to a real server, and the table it answers with.
//!
//! One story a rule that lives in SQL or in the answer; the rules of the matcher alone are in `funnel_matcher.rs`.

mod bad_questions;
mod breakdowns;
mod exclusions;
mod filters;
mod holds;
mod intervals;
mod orders;
mod people;
mod time;
mod trends;
mod units;

use expect_test::Expect;
use serde_json::Value;

use crate::shop::Shop;

/// Tells `story` to a fresh shop, asks, and compares what the terminal shows.
#[track_caller]
fn check(story: &str, asked: Value, expected: &Expect) {
    expected.assert_eq(&Shop::open_with(story).funnel_table(asked));
}

/// `reached` of every step of an answer, or of a row of its breakdown.
fn reached(answer: &Value) -> Vec<u64> {
    steps_of(answer).iter().map(|step| step["reached"].as_u64().unwrap()).collect()
}

fn steps_of(answer: &Value) -> &[Value] {
    answer["steps"].as_array().unwrap()
}
