//! What many reports read of a site, in the same form each time, so that it can be kept ([`Part`]).
//!
//! Periods and moments are not conditions of a part: each report passes over the rows that it has no use for. A part
//! reads them at any time, so what was read for one question serves the next.

use super::condition::code_or_never;
use super::relation::without_book;
use crate::domain::cart::Act;
use crate::domain::id::SiteId;
use crate::domain::order::Kind;
use crate::store::{Code, Part, Query, Snapshot};

/// Events that name a customer.
pub(super) fn named_customers(snapshot: &Snapshot, site: SiteId, book: OrderBook) -> Part {
    let (mut columns, mut condition) = (Query::new(), Query::new());
    columns.push("customer");
    // Without a book the two are one part.
    match book {
        OrderBook::Among => condition.push("true"),
        OrderBook::LeftOut => condition.push_query(&without_book(snapshot)),
    };
    condition.push(" and customer is not null");
    Part::new(site, columns, condition)
}

/// Whether the lines of the shop's order book are among the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrderBook {
    Among,
    LeftOut,
}

/// Of the events that may change a cart, or name one, all that the ledger of carts reads of them alone.
pub(super) fn cart_acts(snapshot: &Snapshot, site: SiteId) -> Part {
    let codes = |names: &[&str]| -> Vec<Code> { names.iter().map(|name| code_or_never(snapshot, name)).collect() };
    let (mut columns, mut condition) = (Query::new(), without_book(snapshot));
    columns.push("name, coalesce(value_minor, 0) as value_minor, currency, cart_id, transaction_id,");
    // Texts only where something is read from them.
    columns.push("\n    case when name in (").push_codes(&codes(&Act::WITH_ITEMS)).push(") then items end as items");
    for (pointer, column) in [("'/stage'", "stage"), ("'/field'", "field")] {
        columns.push(",\n    case when name in (").push_codes(&codes(&Act::WITH_PLACES));
        columns.push(") then properties ->> ").push(pointer).push(" end as ").push(column);
    }
    condition.push(" and (cart_id is not null or name in (").push_codes(&codes(&Act::named())).push("))");
    Part::new(site, columns, condition)
}

/// All that is said of orders, the shop's order book included.
pub(super) fn orders(snapshot: &Snapshot, site: SiteId) -> Part {
    let (mut columns, mut condition) = (Query::new(), Query::new());
    columns.push("name, trusted::uinteger as trusted, touchpoint, cart_id, transaction_id,");
    columns.push("\n    coalesce(value_minor, 0) as value_minor, currency, items");
    let kinds = Kind::ALL.map(|kind| code_or_never(snapshot, kind.as_str()));
    condition.push("name in (").push_codes(&kinds).push(")");
    Part::new(site, columns, condition)
}
