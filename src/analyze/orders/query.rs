//! The SQL of orders: all that was said of a site's orders until a moment, number by number, in time order; and the one
//! pass over it, which every report that tells of orders makes.
//!
//! The whole past is read, whatever the period: a refund may come long after its order, and who bought before is known
//! from all orders. Events about orders are few among all.

use super::super::cart_query::{CartScope, PEOPLE, push_fitting};
use super::super::cart_words::lines_of;
use super::super::condition::{code_or_never, rows_for};
use super::super::people::{Named, linked, push_customers, push_links};
use super::super::segment::push_every_row_and_members;
use crate::domain::link::Identity;
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Kind, Ledger, OrderRow, Settled};
use crate::store::{self, Code, Columns, Query, Snapshot, Value};

const COLUMNS: &str = ",
known as not materialized (
    select *, ";

const SELECT: &str = "
)
select
    transaction_id,
    epoch_ms(occurred_at) as at_ms,
    sequence,
    name,
    trusted::uinteger as trusted,
    touchpoint,
    visitor,
    cart_id,
    coalesce(value_minor, 0) as value_minor,
    currency,
    items,
    fits::uinteger as fits,
    ";

const BY_PEOPLE: &str = "coalesce(own_person, visitor) as person,
    own_customer as customer
from known
left join people on own_visitor = visitor";

const BY_CUSTOMERS: &str = "coalesce(customer_number, visitor)::ubigint as person,
    linked_customer as customer
from known
left join customers on ";

const ORDER: &str = "
order by transaction_id, occurred_at, sequence";

/// Whose an order is, and whose are read.
#[derive(Clone, Copy, Debug)]
pub(in crate::analyze) enum Whose<'a> {
    /// Everybody's; each the customer's whom its buyer named last, for all time, else the buyer's browser's.
    People,
    /// Everybody's; each its browser's.
    Visitors,
    /// Everybody's; each the customer's that its reports are linked to by the setting, as numbered in `customers`.
    Customers,
    /// The same, of those alone that one of these visitors reported.
    OfVisitors(&'a [u64]),
}

/// Builds the query for the rows that the ledger takes.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn order_query(snapshot: &Snapshot, asked: &CartScope, whose: Whose<'_>) -> Result<Query, store::Error> {
    let rows = rows_for(&asked.filters);
    let code = |kind: Kind| code_or_never(snapshot, kind.as_str());
    let mut query = Query::new();
    push_every_row_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?;
    query.bind("as_of_ms", Value::Number(asked.as_of(snapshot).as_ms()));
    match whose {
        Whose::People => {
            push_links(&mut query, Identity::AllTime, Named::AsOf);
            query.push(PEOPLE);
        }
        Whose::Visitors => {}
        Whose::Customers | Whose::OfVisitors(_) => push_customers(&mut query, snapshot.identity(), Named::AsOf),
    }
    if asked.filters.is_empty() && asked.segment.is_everybody() {
        query.push(COLUMNS).push("true");
    } else {
        push_fitting(&mut query, snapshot, (rows, &[code(Kind::Purchase)]), asked);
        query.push(COLUMNS).push("sequence in (select fitting_sequence from fitting)");
    }
    query.push(" as fits\n    from events");
    query.push("\n    where site = $site and occurred_at <= make_timestamp_ms($as_of_ms)");
    query.push("\n        and name in (").push_codes(&Kind::ALL.map(code)).push(")");
    if let Whose::OfVisitors(visitors) = whose {
        push_reported_by(&mut query, visitors, code(Kind::Purchase));
    }
    query.push(SELECT);
    match whose {
        Whose::People => query.push(BY_PEOPLE),
        Whose::Visitors => query.push("visitor as person,\n    null::varchar as customer\nfrom known"),
        Whose::Customers | Whose::OfVisitors(_) => query.push(BY_CUSTOMERS).push(linked(snapshot.identity())),
    };
    query.push(ORDER);
    Ok(query)
}

/// Appends the condition that one of these visitors reported the order; of a report without a number, that very one.
fn push_reported_by(query: &mut Query, visitors: &[u64], purchase: Code) {
    let visitors = visitors.iter().copied();
    query.push("\n        and (visitor in (").push_numbers(visitors.clone());
    query.push(") or transaction_id in (\n            select transaction_id from events where site = $site");
    query.push(" and visitor in (").push_numbers(visitors);
    query.push(") and name in (").push_codes(&[purchase]).push(")\n        ))");
}

/// Gives `each` what every order number of the site comes to.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(in crate::analyze) fn each_settled(
    snapshot: &Snapshot,
    asked: &CartScope,
    whose: Whose<'_>,
    mut each: impl FnMut(Settled),
) -> Result<(), store::Error> {
    let mut ledger = Ledger::new(asked.as_of(snapshot).as_ms());
    let words = Words { snapshot, site_currency: asked.site_currency };
    snapshot.stream(&order_query(snapshot, asked, whose)?, |columns| {
        words.each_row(&columns, |row| ledger.push(row, &mut each));
    })?;
    ledger.finish(&mut each);
    Ok(())
}

/// Reads rows: what codes and texts mean.
struct Words<'a> {
    snapshot: &'a Snapshot,
    site_currency: Currency,
}

impl Words<'_> {
    fn each_row(&self, columns: &Columns, mut each: impl FnMut(&OrderRow<'_>)) {
        let (times, sequences) = (columns.numbers("at_ms"), columns.unsigned("sequence"));
        let (visitors, people) = (columns.unsigned("visitor"), columns.unsigned("person"));
        let (names, trusted, fits) = (columns.codes("name"), columns.codes("trusted"), columns.codes("fits"));
        let (amounts, currencies) = (columns.numbers("value_minor"), columns.codes("currency"));
        let touchpoints = columns.codes("touchpoint");
        for row in 0..columns.rows() {
            let Some(kind) = self.kind(names[row]) else { continue };
            let currency = self.snapshot.text(currencies[row]).and_then(|code| Currency::parse(&code));
            let items = columns.text("items", row);
            let lines = items.map(|items| lines_of(items, currency.unwrap_or(self.site_currency)));
            each(&OrderRow {
                kind,
                transaction_id: columns.text("transaction_id", row),
                at_ms: times[row],
                sequence: sequences[row],
                trusted: trusted[row] != 0,
                touchpoint: touchpoints[row],
                visitor: visitors[row],
                person: people[row],
                customer: columns.text("customer", row),
                cart_id: columns.text("cart_id", row),
                // A row has a currency if and only if it has a value.
                value: currency.and_then(|currency| Money::from_minor(amounts[row], currency)),
                lines: lines.as_deref().unwrap_or_default(),
                fits: fits[row] != 0,
            });
        }
    }

    fn kind(&self, name: Code) -> Option<Kind> {
        self.snapshot.text(name).and_then(|name| Kind::of(&name))
    }
}
