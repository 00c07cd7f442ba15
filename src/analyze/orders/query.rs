//! What orders are made of: all that was said of a site's orders until a moment, number by number, in time order; and the
//! one pass over it, which every report that tells of orders makes.
//!
//! The whole past is read, whatever the period: a refund may come long after its order, and who bought before is known
//! from all orders. Events about orders are few among all.

use super::super::cart_query::{CartScope, Fitting, fitting_query};
use super::super::cart_words::lines_of;
use super::super::condition::code_or_never;
use super::super::known_people::KnownPeople;
use super::super::parts::{self, OrderBook};
use super::super::people::{Named, linked, push_customers};
use super::super::relation::{Rows, push_every_row};
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Kind, Ledger, OrderRow, Settled};
use crate::store::{self, Code, Columns, Query, Snapshot, TextValues, Value};

const SELECT: &str = "
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
    coalesce(customer_number, visitor)::ubigint as person,
    linked_customer as customer
from events
left join customers on ";

const WHERE: &str = "
where site = $site and occurred_at <= make_timestamp_ms($as_of_ms)
    and name in (";

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

/// The SQL and values of the orders of [`Whose::People`]: what is read, one query after the other.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn queries(snapshot: &Snapshot, asked: &CartScope) -> Result<Vec<Query>, store::Error> {
    let site = asked.scope.site;
    let parts = [parts::named_customers(snapshot, site, OrderBook::Among), parts::orders(snapshot, site)];
    let mut queries: Vec<Query> = parts.iter().map(|part| part.query(snapshot)).collect();
    queries.extend(fitting_query(snapshot, asked, CONDITIONED)?);
    Ok(queries)
}

/// Conditions are about these.
const CONDITIONED: (&[&str], OrderBook) = (&[Kind::Purchase.as_str()], OrderBook::Among);

/// Builds the query for the rows that the ledger takes, each the customer's that it is linked to by the setting; of all
/// orders, or of those alone that one of some visitors reported.
fn customers_query(snapshot: &Snapshot, asked: &CartScope, of: Option<&[u64]>) -> Query {
    let code = |kind: Kind| code_or_never(snapshot, kind.as_str());
    let mut query = Query::new();
    push_every_row(&mut query, snapshot, &asked.scope, Rows::Plain);
    query.bind("as_of_ms", Value::Number(asked.as_of(snapshot).as_ms()));
    push_customers(&mut query, snapshot.identity(), Named::AsOf);
    query.push(SELECT).push(linked(snapshot.identity()));
    query.push(WHERE).push_codes(&Kind::ALL.map(code)).push(")");
    if let Some(visitors) = of {
        push_reported_by(&mut query, visitors, code(Kind::Purchase));
    }
    query.push(ORDER);
    query
}

/// Appends the condition that one of these visitors reported the order; of a report without a number, that very one.
fn push_reported_by(query: &mut Query, visitors: &[u64], purchase: Code) {
    let visitors = visitors.iter().copied();
    query.push("\n    and (visitor in (").push_numbers(visitors.clone());
    query.push(") or transaction_id in (\n        select transaction_id from events where site = $site");
    query.push(" and visitor in (").push_numbers(visitors);
    query.push(") and name in (").push_codes(&[purchase]).push(")\n    ))");
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
    let fitting = Fitting::read(snapshot, asked, CONDITIONED)?;
    let words = Words { snapshot, site_currency: asked.site_currency, fitting };
    let mut push = |row: &OrderRow<'_>| ledger.push(row, &mut each);
    match whose {
        Whose::People => {
            let people = KnownPeople::read(snapshot, asked.scope.site, asked.as_of(snapshot), OrderBook::Among)?;
            words.each_kept_row(asked, |visitor| (people.person(visitor), people.customer(visitor)), &mut push)?;
        }
        Whose::Visitors => words.each_kept_row(asked, |visitor| (visitor, None), &mut push)?,
        Whose::Customers => words.each_linked_row(asked, None, &mut push)?,
        Whose::OfVisitors(visitors) => words.each_linked_row(asked, Some(visitors), &mut push)?,
    }
    ledger.finish(&mut each);
    Ok(())
}

/// Reads rows: what codes and texts mean.
struct Words<'a> {
    snapshot: &'a Snapshot,
    site_currency: Currency,
    fitting: Fitting,
}

/// Of some rows, what they say of orders.
struct OrderColumns<'a> {
    names: &'a [Code],
    times: &'a [i64],
    sequences: &'a [u64],
    visitors: &'a [u64],
    trusted: &'a [u32],
    touchpoints: &'a [Code],
    amounts: &'a [i64],
    currencies: &'a [Code],
    transaction_ids: TextValues<'a>,
    cart_ids: TextValues<'a>,
    items: TextValues<'a>,
}

impl<'a> OrderColumns<'a> {
    fn new(columns: &'a Columns) -> Self {
        Self {
            names: columns.codes("name"),
            times: columns.numbers("at_ms"),
            sequences: columns.unsigned("sequence"),
            visitors: columns.unsigned("visitor"),
            trusted: columns.codes("trusted"),
            touchpoints: columns.codes("touchpoint"),
            amounts: columns.numbers("value_minor"),
            currencies: columns.codes("currency"),
            transaction_ids: columns.texts("transaction_id"),
            cart_ids: columns.texts("cart_id"),
            items: columns.texts("items"),
        }
    }
}

/// Whose an event about an order is: the person, and the customer if that is known.
type Owner<'a> = (u64, Option<&'a str>);

impl Words<'_> {
    /// Gives `each` all rows, number by number, in time order; those without a number last.
    fn each_kept_row<'p>(
        &self,
        asked: &CartScope,
        owner: impl Fn(u64) -> Owner<'p>,
        each: &mut impl FnMut(&OrderRow<'_>),
    ) -> Result<(), store::Error> {
        let kept = self.snapshot.kept_rows(&parts::orders(self.snapshot, asked.scope.site))?;
        let as_of_ms = asked.as_of(self.snapshot).as_ms();
        let pieces: Vec<OrderColumns<'_>> = kept.pieces().map(OrderColumns::new).collect();
        let mut rows = Vec::new();
        for columns in &pieces {
            for row in (0..columns.times.len()).filter(|&row| columns.times[row] <= as_of_ms) {
                let number = columns.transaction_ids.get(row);
                rows.push(((number.is_none(), number, columns.times[row], columns.sequences[row]), (columns, row)));
            }
        }
        rows.sort_unstable_by_key(|(key, _)| *key);
        for (_, (columns, row)) in rows {
            self.give((columns, row), owner(columns.visitors[row]), each);
        }
        Ok(())
    }

    /// Does the same, each row the customer's that it is linked to.
    fn each_linked_row(
        &self,
        asked: &CartScope,
        of: Option<&[u64]>,
        each: &mut impl FnMut(&OrderRow<'_>),
    ) -> Result<(), store::Error> {
        self.snapshot.stream(&customers_query(self.snapshot, asked, of), |columns| {
            let (people, customers, rows) =
                (columns.unsigned("person"), columns.texts("customer"), OrderColumns::new(&columns));
            for (row, &person) in people.iter().enumerate() {
                self.give((&rows, row), (person, customers.get(row)), each);
            }
        })
    }

    fn give(&self, (columns, row): (&OrderColumns<'_>, usize), owner: Owner<'_>, each: &mut impl FnMut(&OrderRow<'_>)) {
        let Some(kind) = self.kind(columns.names[row]) else { return };
        let currency = self.snapshot.text(columns.currencies[row]).and_then(|code| Currency::parse(&code));
        let items = columns.items.get(row);
        let lines = items.map(|items| lines_of(items, currency.unwrap_or(self.site_currency)));
        let minor = columns.amounts[row];
        let ((person, customer), sequence) = (owner, columns.sequences[row]);
        each(&OrderRow {
            kind,
            transaction_id: columns.transaction_ids.get(row),
            at_ms: columns.times[row],
            sequence,
            trusted: columns.trusted[row] != 0,
            touchpoint: columns.touchpoints[row],
            visitor: columns.visitors[row],
            person,
            customer,
            cart_id: columns.cart_ids.get(row),
            // A row has a currency if and only if it has a value.
            value: currency.and_then(|currency| Money::from_minor(minor, currency)),
            lines: lines.as_deref().unwrap_or_default(),
            fits: self.fitting.contains(sequence),
        });
    }

    fn kind(&self, name: Code) -> Option<Kind> {
        self.snapshot.text(name).and_then(|name| Kind::of(&name))
    }
}
