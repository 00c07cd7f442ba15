//! What one visitor carries while the events go by.

use super::content::Amounts;
use super::person::Person;
use super::row::CartRow;
use super::state::Timeouts;

/// One visitor's carts so far, by the ledger's rules for which cart an event is about.
#[derive(Debug)]
pub struct Carried {
    person: Person,
    session_gap_ms: i64,
}

impl Carried {
    /// Nothing yet.
    pub fn new(visitor: u64, timeouts: Timeouts, session_gap_ms: i64) -> Self {
        Self { person: Person::new(visitor, timeouts), session_gap_ms }
    }

    /// Takes the visitor's next event.
    pub fn take(&mut self, row: &CartRow<'_>) {
        self.person.take(row, self.session_gap_ms);
    }

    /// What the cart is worth that was touched last of those not bought.
    pub fn amounts(&self) -> Amounts {
        self.person.carried().cloned().unwrap_or_default()
    }
}
