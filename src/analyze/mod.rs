//! The questions: one file each.
//!
//! **Promise.** The same data and the same question give the same answer, equal to a slow, obvious
//! reference. Every answer says how it was reached (`method`) and how fresh it is (`data_through`).
//!
//! **Shape.** What the question means (the file's doc) → `*_query` (pure: SQL and values) → the answer as plain
//! data → `answer`, which runs the one on a [`Snapshot`] and gives the other.
//! [`relation`], [`condition`] and [`segment`] are the SQL they share; [`parts`] and [`activity`] what they read alike.
//!
//! **Never.** No HTTP, no text for people, no assumption that the store is a local file.
//!
//! **To add a question**, copy a sibling; add its route in `report` and its reference in `tests/it/reference.rs`.

pub mod abandonment;
mod activity;
pub mod ask;
mod cart_acts;
mod cart_comparison;
pub mod cart_export;
mod cart_figures;
mod cart_query;
mod cart_rows;
mod cart_words;
pub mod carts;
mod condition;
pub mod dropoff;
pub mod fields;
pub mod funnel;
mod known_people;
pub mod live;
pub mod orders;
pub mod overview;
mod parts;
mod people;
pub mod person;
pub mod raw;
pub mod recent;
mod relation;
pub mod retention;
mod segment;
mod session_query;
pub mod sessions;
pub mod visitor_links;

use jiff::tz::TimeZone;

use crate::domain::id::SiteId;
use crate::domain::time::{Period, Timestamp};
use crate::store::{self, Snapshot};

/// Whom and when a question is about.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The shop.
    pub site: SiteId,
    /// The date range.
    pub period: Period,
    /// Where its days begin.
    pub time_zone: TimeZone,
    /// A longer pause ends a session, in milliseconds.
    pub session_gap_ms: i64,
}

/// How fresh an answer is: it includes everything that arrived until then. `None` while nothing has arrived.
fn data_through(snapshot: &Snapshot) -> Option<String> {
    let through = snapshot.received_through();
    (Timestamp::from_ms(0) < through).then(|| through.to_string())
}

/// The text of a code in an answer.
fn shown(snapshot: &Snapshot, code: store::Code) -> String {
    snapshot.text(code).map_or_else(|| NONE.to_owned(), |text| text.to_string())
}

/// The row of those that have no value.
const NONE: &str = "(none)";
/// The row of all values past the limit.
const OTHER: &str = "(other)";
