//! Which customer a visitor is: one rule for funnels, carts and reports about people.
//!
//! Each event that names a customer links its visitor to it, whatever the device; the setting `analyze.identity` says
//! what of the visitor's past that makes the customer's, and how customers who share a browser are told apart
//! ([`Identity`]). Undone links are not seen here: the store leaves the name out of the event. Of two customers named at
//! the same millisecond, the one that arrived later counts.
//!
//! Columns of `links`: `linked_visitor`, `linked_customer`, and from when (included) until when (excluded) what the
//! visitor does is the customer's. Spans of one visitor never overlap, so each event has one customer at most.

use crate::domain::link::Identity;
use crate::store::Query;

/// Which events are looked at for names of customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// All.
    Ever,
    /// Those until `$as_of_ms`.
    AsOf,
}

const EVER: &str = "
    where site = $site and customer is not null";
const AS_OF: &str = "
    where site = $site and customer is not null and occurred_at <= make_timestamp_ms($as_of_ms)";

const LAST_NAMED: &str = ",
links as (
    select
        visitor as linked_visitor,
        max_by(customer, (occurred_at, sequence)) as linked_customer,
        '-infinity'::timestamp as linked_from,
        'infinity'::timestamp as linked_until
    from events";

const NAMED: &str = ",
named as (
    select visitor, occurred_at as named_at, max_by(customer, sequence) as customer
    from events";

/// A name that is repeated begins nothing.
const SPANS: &str = "
    group by visitor, occurred_at
),
turns as (
    select *, lag(customer) over (partition by visitor order by named_at) is distinct from customer as turned
    from named
),
links as (
    select
        visitor as linked_visitor,
        customer as linked_customer,
        named_at as linked_from,
        coalesce(
            lead(named_at) over (partition by visitor order by named_at), 'infinity'::timestamp
        ) as linked_until
    from turns
    where turned
)";

/// Appends `links as (…)`; needs `events` and `$site` before it.
pub(super) fn push_links(query: &mut Query, identity: Identity, named: Named) {
    let events = match named {
        Named::Ever => EVER,
        Named::AsOf => AS_OF,
    };
    match identity {
        Identity::AllTime => query.push(LAST_NAMED).push(events).push("\n    group by visitor\n)"),
        Identity::FromLink => query.push(NAMED).push(events).push(SPANS),
    };
}

/// Appends `customers as (…)` beside them: links with `customer_number`, from 1 in the order of names.
pub(super) fn push_customers(query: &mut Query, identity: Identity, named: Named) {
    push_links(query, identity, named);
    query.push(",\ncustomers as (\n    select *, dense_rank() over (order by linked_customer) as customer_number");
    query.push("\n    from links\n)");
}

/// The condition that joins an event to the link by which it is a customer's.
pub(super) fn linked(identity: Identity) -> &'static str {
    match identity {
        Identity::AllTime => "linked_visitor = visitor",
        Identity::FromLink => "linked_visitor = visitor and linked_from <= occurred_at and occurred_at < linked_until",
    }
}
