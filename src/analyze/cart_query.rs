//! The SQL of carts: who is who, what may have changed a cart, and what else people did. [`cart_rows`](super::cart_rows)
//! makes one stream of the three, person by person in time order; here is the one pass over it.
//!
//! A person is the customer that the visitor named last, for all time ([`people`](super::people)), else the visitor alone.
//! An event that names a cart belongs to the person of the first event that names it, so that a cart is one even where its
//! visitor has another number each day. Nothing after `as_of` is read.
//!
//! # Why three queries
//!
//! One event in thirty changes a cart, and only of those are the wide columns read; a shelf's items alone take as much
//! as all other columns together. Who opened a cart is known before the rest is read, so that most of it is let go at
//! once. Joining and sorting all of it in one query took three times as long.

use super::Scope;
use super::cart_rows::each_row;
use super::condition::{code_or_never, push_filters, rows_for};
use super::people::{Named, push_links};
use super::relation::{Rows, push_rows};
use super::segment::{push_member, push_rows_and_members};
use crate::domain::cart::{Act, Cart, Ledger, Timeouts};
use crate::domain::filter::Filter;
use crate::domain::link::Identity;
use crate::domain::money::Currency;
use crate::domain::segment::Segment;
use crate::domain::time::Timestamp;
use crate::store::{self, Code, Query, Snapshot, Value};

/// Which carts, as of when, by which rules.
#[derive(Clone, Debug)]
pub struct CartScope {
    /// The shop, and when the carts were opened.
    pub scope: Scope,
    /// The moment; that of the newest data when left out.
    pub as_of: Option<Timestamp>,
    /// What makes a cart idle, abandoned, expired.
    pub timeouts: Timeouts,
    /// What must be true of the event that opened the cart.
    pub filters: Vec<Filter>,
    /// Whose carts: who opened them.
    pub segment: Segment,
    /// The site's currency: of prices that name none.
    pub site_currency: Currency,
    /// The one currency that is shown; all of them when left out.
    pub currency: Option<Currency>,
}

impl CartScope {
    /// The moment, on this snapshot.
    pub(super) fn as_of(&self, snapshot: &Snapshot) -> Timestamp {
        self.as_of.unwrap_or_else(|| snapshot.received_through())
    }

    /// The currency by which rows are sorted.
    pub(super) fn sorting_currency(&self) -> Currency {
        self.currency.unwrap_or(self.site_currency)
    }
}

/// Whose events are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose<'a> {
    /// Of everybody who may have opened a cart in the scope's period.
    OpenedInPeriod,
    /// Of everybody who did anything since this moment, whenever their carts were opened.
    ActiveSince(Timestamp),
    /// Of whoever opened this cart.
    OwnerOf(u64),
    /// Of these visitors, and of the customers that they are.
    Visitors(&'a [u64]),
}

/// Who is who. A person's number is a visitor's: of a customer's visitors, the smallest. Needs `links`.
pub(super) const PEOPLE: &str = ",
people as (
    select
        linked_visitor as own_visitor,
        linked_customer as own_customer,
        min(linked_visitor) over (partition by linked_customer) as own_person
    from links
)";

/// The SQL and values behind each answer about carts: three queries, in the order in which they are run.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub fn queries(snapshot: &Snapshot, asked: &CartScope) -> Result<[Query; 3], store::Error> {
    Ok([people_query(snapshot, asked), acts_query(snapshot, asked)?, activity_query(snapshot, asked)])
}

/// Builds the query for who is who; nothing after `as_of` says so.
pub(super) fn people_query(snapshot: &Snapshot, asked: &CartScope) -> Query {
    let mut query = Query::new();
    push_rows(&mut query, snapshot, &asked.scope, Rows::Plain);
    query.bind("as_of_ms", Value::Number(asked.as_of(snapshot).as_ms()));
    // Whatever the setting: logging in does not split a cart.
    push_links(&mut query, Identity::AllTime, Named::AsOf);
    query.push(PEOPLE);
    query.push("\nselect own_visitor, own_person, own_customer\nfrom people");
    query
}

/// Of the events that may change a cart, all that the ledger reads of them alone.
const ACTS: &str = "
select
    visitor,
    epoch_ms(occurred_at) as at_ms,
    sequence,
    name,
    coalesce(value_minor, 0) as value_minor,
    currency,
    cart_id,
    transaction_id,";

/// Of any event: who was where, and when.
const ACTIVITY: &str = "
select
    visitor,
    epoch_ms(occurred_at) as at_ms,
    sequence,
    name,
    touchpoint,
    channel,
    campaign,
    device";

/// Builds the query for the events that may change a cart, or name one.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn acts_query(snapshot: &Snapshot, asked: &CartScope) -> Result<Query, store::Error> {
    let rows = rows_for(&asked.filters);
    let codes = |names: &[&str]| -> Vec<Code> { names.iter().map(|name| code_or_never(snapshot, name)).collect() };
    let all_fit = asked.filters.is_empty() && asked.segment.is_everybody();
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?;
    if !all_fit {
        push_fitting(&mut query, snapshot, (rows, &codes(&Act::OPENERS)), asked);
    }
    query.push(ACTS);
    // Texts only where something is read from them.
    let (with_items, with_places) = (codes(&Act::WITH_ITEMS), codes(&Act::WITH_PLACES));
    query.push("\n    case when name in (").push_codes(&with_items).push(") then items end as items,");
    for (pointer, column) in [("'/stage'", "stage"), ("'/field'", "field")] {
        query.push("\n    case when name in (").push_codes(&with_places);
        query.push(") then properties ->> ").push(pointer).push(" end as ").push(column).push(",");
    }
    query.push("\n    (");
    query.push(if all_fit { "true" } else { "sequence in (select fitting_sequence from fitting)" });
    query.push(")::uinteger as fits");
    push_until(&mut query, snapshot, asked);
    query.push(" and (cart_id is not null or name in (").push_codes(&codes(&Act::named())).push("))");
    Ok(query)
}

/// Builds the query for everything that anybody did.
pub(super) fn activity_query(snapshot: &Snapshot, asked: &CartScope) -> Query {
    let mut query = Query::new();
    push_rows(&mut query, snapshot, &asked.scope, Rows::Plain);
    query.push(ACTIVITY);
    push_until(&mut query, snapshot, asked);
    query
}

/// Builds the query for who did anything since a moment but act on a cart that has a name.
pub(super) fn active_query(snapshot: &Snapshot, asked: &CartScope, since: Timestamp) -> Query {
    let mut query = Query::new();
    push_rows(&mut query, snapshot, &asked.scope, Rows::Plain);
    query.push("\nselect distinct visitor");
    push_until(&mut query, snapshot, asked);
    query.push(" and cart_id is null and make_timestamp_ms($since_ms) <= occurred_at");
    query.bind("since_ms", Value::Number(since.as_ms()));
    query
}

fn push_until(query: &mut Query, snapshot: &Snapshot, asked: &CartScope) {
    query.push("\nfrom events\nwhere site = $site and occurred_at <= make_timestamp_ms($as_of_ms)");
    query.bind("as_of_ms", Value::Number(asked.as_of(snapshot).as_ms()));
}

/// Appends `fitting`, the events of these names that fit: conditions are about them alone, so sessions need no wide
/// rows.
pub(super) fn push_fitting(query: &mut Query, snapshot: &Snapshot, (rows, names): (Rows, &[Code]), asked: &CartScope) {
    query.push(",\nfitting as (\n    select sequence as fitting_sequence\n    from ").push(rows.name());
    query.push("\n    where site = $site and name in (").push_codes(names).push(")");
    push_filters(query, snapshot, &asked.filters);
    push_member(query, &asked.segment);
    query.push("\n)");
}

/// Gives `each` every cart that was asked for, person by person.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn each_cart(
    snapshot: &Snapshot,
    asked: &CartScope,
    whose: Whose<'_>,
    mut each: impl FnMut(Cart),
) -> Result<(), store::Error> {
    let period = asked.scope.period.range_ms();
    let mut each = |cart: Cart| {
        let wanted = match whose {
            Whose::OpenedInPeriod => cart.fits && period.contains(&cart.opened_at_ms),
            Whose::ActiveSince(_) => cart.fits,
            Whose::OwnerOf(id) => cart.id == id,
            Whose::Visitors(_) => true,
        };
        if wanted {
            each(cart);
        }
    };
    let mut ledger = Ledger::new(asked.timeouts, asked.scope.session_gap_ms, asked.as_of(snapshot).as_ms());
    each_row(snapshot, asked, whose, |row| ledger.push(row, &mut each))?;
    ledger.finish(&mut each);
    Ok(())
}
