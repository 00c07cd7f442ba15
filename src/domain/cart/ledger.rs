//! The pass: one person's events after the other's, each in time order, and out come that person's carts.

use super::person::Person;
use super::row::CartRow;
use super::state::{Cart, Timeouts};

/// Turns rows into carts. Holds one person at a time.
#[derive(Debug)]
pub struct Ledger {
    timeouts: Timeouts,
    session_gap_ms: i64,
    as_of_ms: i64,
    person: Option<Person>,
}

impl Ledger {
    /// A ledger as of a moment: what comes after it is not known yet.
    pub fn new(timeouts: Timeouts, session_gap_ms: i64, as_of_ms: i64) -> Self {
        Self { timeouts, session_gap_ms, as_of_ms, person: None }
    }

    /// Takes the next row; `each` gets the carts of the person before, once their rows are over.
    pub fn push(&mut self, row: &CartRow<'_>, each: &mut impl FnMut(Cart)) {
        if self.person.as_ref().is_some_and(|person| person.number() != row.person) {
            self.finish(each);
        }
        if row.at_ms <= self.as_of_ms {
            let (timeouts, session_gap_ms) = (self.timeouts, self.session_gap_ms);
            self.person.get_or_insert_with(|| Person::new(row.person, timeouts)).take(row, session_gap_ms);
        }
    }

    /// Gives the carts of the last person. The ledger may be used again.
    pub fn finish(&mut self, each: &mut impl FnMut(Cart)) {
        if let Some(person) = self.person.take() {
            person.close(self.as_of_ms).into_iter().for_each(each);
        }
    }
}
