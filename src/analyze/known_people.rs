//! Who is who as of a moment, for carts and orders: logging in does not split a cart, whatever the setting.
//!
//! A person is the customer that the visitor named last, for all time, else the visitor alone. A person's number is a
//! visitor's: of a customer's visitors, the smallest. Of two customers named at the same millisecond, the one that
//! arrived later counts.

use foldhash::{HashMap, HashMapExt as _};

use super::parts::{OrderBook, named_customers};
use crate::domain::id::SiteId;
use crate::domain::time::Timestamp;
use crate::store::{self, Snapshot};

/// Visitors of whom a customer is known: the person they are, and the customer.
pub(super) struct KnownPeople(HashMap<u64, (u64, Box<str>)>);

impl KnownPeople {
    /// Reads who is who; nothing after `as_of` says so.
    ///
    /// # Errors
    /// [`store::Error`], when the store refuses or the question is cancelled.
    pub(super) fn read(
        snapshot: &Snapshot,
        site: SiteId,
        as_of: Timestamp,
        book: OrderBook,
    ) -> Result<Self, store::Error> {
        let rows = snapshot.kept_rows(&named_customers(snapshot, site, book))?;
        // Rows come visitor by visitor.
        let mut last: Vec<(u64, &str)> = Vec::new();
        rows.ascending(|piece, range| {
            let columns = rows.piece(piece);
            let (visitors, times) = (columns.unsigned("visitor"), columns.numbers("at_ms"));
            let customers = columns.texts("customer");
            for row in range.filter(|&row| times[row] <= as_of.as_ms()) {
                let Some(customer) = customers.get(row) else { continue };
                match last.last_mut().filter(|(visitor, _)| *visitor == visitors[row]) {
                    Some((_, latest)) => *latest = customer,
                    None => last.push((visitors[row], customer)),
                }
            }
        });
        let mut people: HashMap<&str, u64> = HashMap::new();
        for &(visitor, customer) in &last {
            let person = people.entry(customer).or_insert(visitor);
            *person = visitor.min(*person);
        }
        let known = last.iter().map(|&(visitor, customer)| (visitor, (people[customer], Box::from(customer))));
        Ok(Self(known.collect()))
    }

    /// Everybody is a visitor alone.
    pub(super) fn nobody() -> Self {
        Self(HashMap::new())
    }

    /// The person that a visitor is.
    pub(super) fn person(&self, visitor: u64) -> u64 {
        self.0.get(&visitor).map_or(visitor, |(person, _)| *person)
    }

    /// Visitors who are the same person as another, and the people that they are.
    pub(super) fn merged(&self) -> impl Iterator<Item = u64> {
        let known = self.0.iter().map(|(visitor, (person, _))| (*visitor, *person));
        known.filter(|(visitor, person)| visitor != person).flat_map(|(visitor, person)| [visitor, person])
    }

    /// The customer that a visitor is, if that is known.
    pub(super) fn customer(&self, visitor: u64) -> Option<&str> {
        self.0.get(&visitor).map(|(_, customer)| &**customer)
    }
}
