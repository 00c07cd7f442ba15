//! By what a funnel's answer is broken down.

use std::num::NonZeroUsize;

use super::super::condition::{arrival_column, coded_column};
use crate::domain::filter::Field;

/// By what the answer is broken down.
#[derive(Clone, Debug)]
pub struct Breakdown {
    /// A field whose values are few enough.
    pub field: Field,
    /// Its column.
    pub column: BreakdownColumn,
    /// Whose value it is.
    pub at: BreakdownAt,
    /// So many values, then `(other)`.
    pub limit: NonZeroUsize,
}

/// Whose value a unit is booked under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakdownAt {
    /// That of the event which filled this step of the attempt that counts; units that did not get there are apart.
    Step(usize),
    /// How the first session of the visitor, or of the customer, began.
    FirstTouch,
    /// How the session began in which the attempt that counts got furthest.
    LastTouch,
}

/// What the rows of a breakdown are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakdownColumn(pub(super) &'static str);

impl BreakdownColumn {
    /// The column of `field`; `None` when its values are not few enough to tell rows apart.
    pub fn of(field: &Field) -> Option<Self> {
        match field {
            Field::Coded(field) => Some(Self(coded_column(*field))),
            Field::Arrival(field) => Some(Self(arrival_column(*field))),
            Field::Text(_) | Field::Value | Field::Item(_) | Field::Trusted | Field::Property(_) => None,
        }
    }
}
