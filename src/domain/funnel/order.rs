//! How the events of an attempt follow each other.

/// Which events may fill the steps of one attempt (rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// One step after the other; other events may lie between.
    Sequential,
    /// One step after the other, and no other event between; passive events are looked past.
    Strict,
    /// In whatever order, all inside one window that opens at the earliest. A unit reaches step k when steps 1 to k
    /// are filled.
    Any,
}

impl Order {
    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Strict => "strict",
            Self::Any => "any",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sequential, Self::Strict, Self::Any].into_iter().find(|order| order.as_str() == text)
    }
}

/// Events that order `strict` looks past: they tell of the page, not of what the visitor did next.
pub const PASSIVE_EVENTS: [&str; 3] = ["engagement", "scroll", "web_vital"];
/// Passive, too, are all events whose names begin so.
pub const PASSIVE_PREFIX: &str = "survey_";
