//! The pass: one person's events after the other's, each in time order, and out come that person's carts.

use super::super::money::Money;
use super::act::{Act, Step};
use super::content::Line;
use super::person::Person;
use super::state::{Cart, Timeouts};

/// One event of a person. A person's rows lie together and ascend in time.
#[derive(Clone, Copy, Debug)]
pub struct CartRow<'a> {
    /// Whose: the customer once known, else the visitor.
    pub person: u64,
    /// The browser.
    pub visitor: u64,
    /// When, in milliseconds.
    pub at_ms: i64,
    /// Unique; rows of one time come in its order.
    pub sequence: u64,
    /// What it does to carts.
    pub act: Act,
    /// Where, as a code; so are the next three. 0 is none.
    pub touchpoint: u32,
    /// How this event's page was come to.
    pub channel: u32,
    /// The campaign of it.
    pub campaign: u32,
    /// On what.
    pub device: u32,
    /// The shop's id of the person, once known.
    pub customer: Option<&'a str>,
    /// The shop's id of the cart.
    pub cart_id: Option<&'a str>,
    /// The order's number.
    pub transaction_id: Option<&'a str>,
    /// The event's items.
    pub lines: &'a [Line],
    /// The event's value.
    pub value: Option<Money>,
    /// Where in the checkout, for [`Act::Stage`].
    pub stage: Option<Step>,
    /// The field of a form that it names.
    pub field: Option<&'a str>,
    /// Whether it fits the question's conditions.
    pub fits: bool,
}

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
