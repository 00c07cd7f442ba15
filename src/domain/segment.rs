//! Segments: conditions on visitors, by what they did and what became of their carts, beside the conditions on single
//! events.

use std::fmt;

use super::cart::{State, Timeouts};
use super::filter::Filter;
use super::funnel::Target;
use super::money::Currency;
use super::time::Timestamp;

/// Visitors of whom every condition holds; without conditions, everybody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segment {
    /// All of them hold.
    pub conditions: Vec<Condition>,
    /// Nothing after this moment is looked at; all that is stored when left out.
    pub as_of: Option<Timestamp>,
}

impl Segment {
    /// A segment has at most so many conditions.
    pub const CONDITIONS_MAX: usize = 10;

    /// The segment that leaves nobody out.
    pub fn everybody() -> Self {
        Self::default()
    }

    /// Whether nobody is left out.
    pub fn is_everybody(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Whether its visitors are others in another period.
    pub fn changes_with_period(&self) -> bool {
        self.conditions.iter().any(|condition| condition.within == Within::Period)
    }

    /// The same segment as it was at a moment.
    #[must_use]
    pub fn seen_at(self, as_of: Option<Timestamp>) -> Self {
        Self { as_of, ..self }
    }
}

/// One condition on a visitor.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// What is looked for.
    pub sought: Sought,
    /// Whether it must be found, or must not.
    pub found: Found,
    /// Where it is looked for.
    pub within: Within,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Sought {
    /// An event of the visitor.
    Deed(Deed),
    /// A cart that the visitor opened.
    Cart(CartFate, CartRules),
}

/// An event: which one, and what must be true of it. Without a target any event is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// Which events.
    pub target: Option<Target>,
    /// What must be true of them.
    pub filters: Vec<Filter>,
}

/// What became of a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CartFate {
    /// Abandoned at least once, whatever it is now.
    EverAbandoned,
    /// It is this now.
    Is(State),
}

impl CartFate {
    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "ever_abandoned" { Some(Self::EverAbandoned) } else { State::parse(text).map(Self::Is) }
    }
}

/// By what carts are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CartRules {
    /// When a cart is idle, abandoned, expired.
    pub timeouts: Timeouts,
    /// The currency of prices that name none.
    pub currency: Currency,
}

/// Whether something must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// At least once.
    Once,
    /// Not even once.
    Never,
}

/// Where something is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// Events of the question's period; carts opened in it.
    Period,
    /// All that is stored.
    Ever,
}

impl Within {
    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "period" => Some(Self::Period),
            "ever" => Some(Self::Ever),
            _ => None,
        }
    }
}

/// In the words of a `method`: `did not purchase where value gte 10.00, in the period`.
impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.sought, self.found) {
            (Sought::Deed(deed), Found::Once) => write!(formatter, "did {deed}")?,
            (Sought::Deed(deed), Found::Never) => write!(formatter, "did not {deed}")?,
            (Sought::Cart(fate, _), Found::Once) => write!(formatter, "opened a cart that {fate}")?,
            (Sought::Cart(fate, _), Found::Never) => write!(formatter, "opened no cart that {fate}")?,
        }
        formatter.write_str(match self.within {
            Within::Period => ", in the period",
            Within::Ever => ", ever",
        })
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            None => formatter.write_str("any event")?,
            Some(Target::Event(name)) => write!(formatter, "{name}")?,
            Some(Target::Touchpoint(key)) => write!(formatter, "any event at touchpoint {key}")?,
            Some(Target::Stage(stage)) => write!(formatter, "any event in stage {}", stage.as_str())?,
            Some(Target::Page(pattern)) => write!(formatter, "any event on page {pattern}")?,
        }
        for (place, filter) in self.filters.iter().enumerate() {
            write!(formatter, "{}{filter}", if place == 0 { " where " } else { " and " })?;
        }
        Ok(())
    }
}

impl fmt::Display for CartFate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EverAbandoned => formatter.write_str("was ever abandoned"),
            Self::Is(state) => write!(formatter, "is {}", state.as_str()),
        }
    }
}
