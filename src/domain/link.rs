//! Which customer a visitor is: by what rule, and which links were undone.
//!
//! An event that names a customer links its visitor to that customer. A link that was undone counts as never made.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::id::{SiteId, VisitorId};
use super::name::Label;

/// What of a visitor's past is the customer's. In a browser that several customers share, each is told apart by this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// All that the visitor ever did is of the customer that it named last.
    #[default]
    AllTime,
    /// An event is of the customer that its visitor named last until then; what came before is the visitor's alone.
    FromLink,
}

impl Identity {
    /// The word used in settings and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllTime => "all_time",
            Self::FromLink => "from_link",
        }
    }

    /// The rule in a sentence.
    pub fn rule(self) -> &'static str {
        match self {
            Self::AllTime => {
                "all that a visitor ever did is of the customer that it named last; undone links count as never made"
            }
            Self::FromLink => {
                "an event is of the customer that its visitor named last until then; undone links count as never made"
            }
        }
    }
}

/// Whose link was undone: a visitor's to one customer, or to each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unlink {
    /// Where.
    pub site: SiteId,
    /// Whose.
    pub visitor: VisitorId,
    /// To whom, as events name the customer; `None` for every customer.
    pub customer: Option<Label>,
}

/// How events are read: who is who.
#[derive(Clone, Debug, Default)]
pub struct LinkRules {
    /// The rule.
    pub identity: Identity,
    undone: BTreeMap<(SiteId, VisitorId), Undone>,
}

/// The customers that a visitor is not.
#[derive(Clone, Debug)]
pub enum Undone {
    /// It is nobody's.
    Each,
    /// These.
    Named(BTreeSet<Label>),
}

impl LinkRules {
    /// The rule with these links undone.
    pub fn new(identity: Identity, unlinks: impl IntoIterator<Item = Unlink>) -> Self {
        let mut undone = BTreeMap::new();
        for Unlink { site, visitor, customer } in unlinks {
            let known = undone.entry((site, visitor)).or_insert_with(|| Undone::Named(BTreeSet::new()));
            match (known, customer) {
                (Undone::Named(named), Some(customer)) => drop(named.insert(customer)),
                (known, None) => *known = Undone::Each,
                (Undone::Each, Some(_)) => {}
            }
        }
        Self { identity, undone }
    }

    /// The same links undone under another rule.
    pub fn with_identity(&self, identity: Identity) -> Self {
        Self { identity, undone: self.undone.clone() }
    }

    /// The links that were undone, in order.
    pub fn undone(&self) -> &BTreeMap<(SiteId, VisitorId), Undone> {
        &self.undone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_that_is_nobodys_is_not_one_customer_either() {
        let unlink = |visitor, customer: Option<&str>| Unlink {
            site: SiteId(1),
            visitor: VisitorId(visitor),
            customer: customer.map(|text| Label::parse(text).unwrap()),
        };
        let unlinks = [unlink(7, Some("A")), unlink(7, None), unlink(7, Some("B")), unlink(8, Some("A"))];
        let rules = LinkRules::new(Identity::AllTime, unlinks);
        assert!(matches!(rules.undone()[&(SiteId(1), VisitorId(7))], Undone::Each));
        assert!(matches!(&rules.undone()[&(SiteId(1), VisitorId(8))], Undone::Named(named) if named.len() == 1));
    }
}
