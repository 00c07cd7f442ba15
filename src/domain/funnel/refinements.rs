//! What a funnel can ask of an attempt besides its steps: that nothing excluded comes between, and that all its events
//! carry the same value.

use super::Target;
use crate::domain::filter::{Field, Filter, TextField};

/// Events that end an attempt which is between two steps (rule 9).
#[derive(Clone, Debug, PartialEq)]
pub struct Exclusion {
    /// The events.
    pub target: Target,
    /// What else must be true of them.
    pub filters: Vec<Filter>,
    /// From when this step is filled; from step 1 on where none is named.
    pub after_step: Option<usize>,
    /// Until this step is filled; the last one where none is named.
    pub before_step: Option<usize>,
}

impl Exclusion {
    /// A funnel has at most so many.
    pub const MAX: usize = 10;

    /// The steps between which it holds, of a funnel with so many.
    pub fn range(&self, steps: usize) -> (usize, usize) {
        (self.after_step.unwrap_or(1), self.before_step.unwrap_or(steps))
    }
}

/// Why an exclusion was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadExclusion {
    /// More than [`Exclusion::MAX`].
    #[error("a funnel has at most {} exclusions", Exclusion::MAX)]
    TooMany,
    /// No range inside the funnel.
    #[error("after_step must be a step before before_step, and both steps of the funnel, 1 to {0}")]
    InsideOut(usize),
    /// In order `any` there is no such range.
    #[error("in order any, an exclusion holds during the whole attempt; leave out after_step and before_step")]
    RangeInAnyOrder,
    /// A step of the range wants the same events.
    #[error("the excluded event is step {0} of its own range; exclude another, or set after_step and before_step")]
    IsStep(usize),
}

/// What all events of an attempt must carry the same value of (rule 10). Invariants: at most three fields, none twice,
/// at most one of them a line item's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hold {
    fields: Vec<Field>,
}

/// Why a hold was turned away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHold {
    /// More than three.
    #[error("at most {} fields can be held constant", Hold::FIELDS_MAX)]
    TooMany,
    /// No field, or one that says how the visitor came or what it was worth.
    #[error(
        "this cannot be held constant; take cart_id, transaction_id (or order_id), item_id, item_category, \
         properties.<key>, or one of: event touchpoint stage page page_host device browser os country language currency"
    )]
    Field,
    /// One field twice.
    #[error("this is held constant already")]
    Twice,
    /// Two fields of line items.
    #[error("one of item_id and item_category can be held constant, not both")]
    TwoOfItems,
}

impl Hold {
    /// At most so many fields.
    pub const FIELDS_MAX: usize = 3;

    /// The same hold with one field more, by its name.
    ///
    /// # Errors
    /// [`BadHold`], when an invariant does not hold.
    pub fn and(mut self, name: &str) -> Result<Self, BadHold> {
        let field = match name {
            // What some shops call it.
            "order_id" => Field::Text(TextField::TransactionId),
            _ => Field::parse(name).ok_or(BadHold::Field)?,
        };
        if matches!(field, Field::Arrival(_) | Field::Value | Field::Trusted) {
            return Err(BadHold::Field);
        }
        if self.fields.len() == Self::FIELDS_MAX {
            return Err(BadHold::TooMany);
        }
        if self.fields.contains(&field) {
            return Err(BadHold::Twice);
        }
        let of_item = |field: &Field| matches!(field, Field::Item(_));
        if of_item(&field) && self.fields.iter().any(of_item) {
            return Err(BadHold::TwoOfItems);
        }
        self.fields.push(field);
        Ok(self)
    }

    /// What the fields are called, in the order they were asked.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.fields.iter().map(Field::name)
    }

    /// The fields, in the order they were asked.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}
