//! The shop's own order book.

use super::super::money::Money;
use super::report::Report;

/// A line of the shop's order book. Of several with one number, the one that arrived last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookEntry {
    /// The order's number.
    pub transaction_id: Option<String>,
    /// When, by the book.
    pub at_ms: i64,
    /// The event that brought it.
    pub sequence: u64,
    /// What it was worth, where the book says so.
    pub value: Option<Money>,
}

impl BookEntry {
    pub(super) fn new(transaction_id: Option<&str>, report: &Report) -> Self {
        Self {
            transaction_id: transaction_id.map(str::to_owned),
            at_ms: report.at_ms,
            sequence: report.sequence,
            value: report.value,
        }
    }
}
