//! The pass: one order number's events after the other's, and out comes what they amount to.

use super::report::{Kind, OrderRow, Report};
use super::settle::{Settled, settle};

/// Turns rows into orders. Holds the events of one order number at a time.
#[derive(Debug)]
pub struct Ledger {
    as_of_ms: i64,
    transaction_id: Option<String>,
    reports: Vec<Report>,
}

/// An order of more reports than this is no order; those past it are not looked at.
const REPORTS_MAX: usize = 10_000;

impl Ledger {
    /// A ledger as of a moment: what comes after it is not known yet.
    pub fn new(as_of_ms: i64) -> Self {
        Self { as_of_ms, transaction_id: None, reports: Vec::new() }
    }

    /// Takes the next row; `each` gets what the number before comes to, once its rows are over.
    pub fn push(&mut self, row: &OrderRow<'_>, each: &mut impl FnMut(Settled)) {
        let same = row.transaction_id.is_some() && self.transaction_id.as_deref() == row.transaction_id;
        if !same {
            self.finish(each);
            self.transaction_id = row.transaction_id.map(str::to_owned);
        }
        // Whoever sends from a browser keeps no book.
        let believed = row.kind != Kind::BookEntry || row.trusted;
        if believed && row.at_ms <= self.as_of_ms && self.reports.len() < REPORTS_MAX {
            self.reports.push(Report::new(row));
        }
    }

    /// Gives what the last number comes to. The ledger may be used again.
    pub fn finish(&mut self, each: &mut impl FnMut(Settled)) {
        let reports = std::mem::take(&mut self.reports);
        if !reports.is_empty() {
            each(settle(self.transaction_id.take(), &reports));
        }
    }
}
