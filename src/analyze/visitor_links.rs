//! Which customers a visitor named, since when: what links are made of, undone ones included.
//!
//! Read from all that was ever loaded; what was erased names nobody. A visitor with no events is not known.

use super::relation::bind_site;
use crate::domain::id::{SiteId, VisitorId};
use crate::domain::time::Timestamp;
use crate::store::{self, Query, Snapshot};

/// A visitor that has events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorSeen {
    /// Its number.
    pub visitor: VisitorId,
    /// Its first event.
    pub first_at: Timestamp,
    /// Its last event.
    pub last_at: Timestamp,
    /// How many it has.
    pub events: u64,
    /// Each customer that some of them name, by name.
    pub named: Vec<CustomerNamed>,
}

/// A customer, and what names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerNamed {
    /// As events name it.
    pub customer: String,
    /// The first event that does.
    pub since: Timestamp,
    /// The last one: when, and its place in the order of arrival.
    pub last: (Timestamp, u64),
    /// How many do.
    pub events: u64,
}

/// Those of `visitors` that have events.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn seen(snapshot: &Snapshot, site: SiteId, visitors: &[VisitorId]) -> Result<Vec<VisitorSeen>, store::Error> {
    let mut found: Vec<VisitorSeen> = Vec::new();
    snapshot.stream(&named_query(snapshot, site, visitors), |columns| {
        let (numbers, sequences) = (columns.unsigned("visitor"), columns.unsigned("last_sequence"));
        let (first, last, events) =
            (columns.numbers("first_ms"), columns.numbers("last_ms"), columns.unsigned("events"));
        for row in 0..columns.rows() {
            let visitor = VisitorId(numbers[row]);
            let (first_at, last_at) = (Timestamp::from_ms(first[row]), Timestamp::from_ms(last[row]));
            if found.last().is_none_or(|last| last.visitor != visitor) {
                found.push(VisitorSeen { visitor, first_at, last_at, events: 0, named: Vec::new() });
            }
            let seen = found.last_mut().expect("one was just added");
            seen.first_at = seen.first_at.min(first_at);
            seen.last_at = seen.last_at.max(last_at);
            seen.events += events[row];
            if let Some(customer) = columns.text("customer", row) {
                let (customer, last) = (customer.to_owned(), (last_at, sequences[row]));
                seen.named.push(CustomerNamed { customer, since: first_at, last, events: events[row] });
            }
        }
    })?;
    Ok(found)
}

fn named_query(snapshot: &Snapshot, site: SiteId, visitors: &[VisitorId]) -> Query {
    let mut query = Query::new();
    query.push("with ");
    snapshot.push_sent_events(&mut query, "events");
    bind_site(&mut query, site);
    query.push(
        "\nselect visitor, customer, epoch_ms(min(occurred_at)) as first_ms, epoch_ms(max(occurred_at)) as last_ms,",
    );
    query.push("\n    max_by(sequence, (occurred_at, sequence)) as last_sequence, count(*)::ubigint as events");
    query.push("\nfrom events\nwhere site = $site and visitor in (");
    for (index, visitor) in visitors.iter().enumerate() {
        query.push(if index == 0 { "" } else { ", " }).push_numbered("{n}", visitor.0);
    }
    query.push(")\ngroup by visitor, customer\norder by visitor, customer nulls first");
    query
}
