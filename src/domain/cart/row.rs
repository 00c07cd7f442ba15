//! What a question's rows tell of carts.

use super::super::money::Money;
use super::act::{Act, Step};
use super::content::Line;

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
