//! The SQL of carts: everything that people with a cart did, person by person, in time order; and the one pass over it.
//!
//! A person is the customer that the visitor named last, for all time ([`people`](super::people)), else the visitor alone.
//! An event that names a cart belongs to the person of the first event that names it, so that a cart is one even where its
//! visitor has another number each day. Nothing after `as_of` is read.

use std::collections::HashMap;

use serde::Deserialize;

use super::Scope;
use super::condition::{code_or_never, push_filter, rows_for};
use super::people::{Named, push_links};
use super::relation::Rows;
use super::segment::{push_member, push_rows_and_members};
use crate::domain::cart::{Act, Cart, CartRow, Ledger, Line, Step, Timeouts};
use crate::domain::filter::Filter;
use crate::domain::link::Identity;
use crate::domain::money::{Currency, Money};
use crate::domain::segment::Segment;
use crate::domain::time::Timestamp;
use crate::store::{self, Code, Columns, NO_CODE, Query, Snapshot, Value};

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

/// Whose cart is whose.
const OWNERS: &str = ",
owners as (
    select cart_id as own_cart, min_by(coalesce(own_person, visitor), (occurred_at, sequence)) as owner
    from events
    left join people on own_visitor = visitor
    where site = $site and occurred_at <= make_timestamp_ms($as_of_ms) and cart_id is not null
    group by cart_id
),
shoppers as (
    select distinct coalesce(owner, own_person, visitor) as shopper
    from events
    left join people on own_visitor = visitor
    left join owners on own_cart = cart_id
    where site = $site and occurred_at <= make_timestamp_ms($as_of_ms) and ";

/// Texts only where something is read from them: most rows are activity and nothing else. The wide rows are read once,
/// so nothing of them is kept in between.
const OWNED: &str = "
),
owned as not materialized (
    select *, coalesce(owner, own_person, visitor) as person
    from known
    left join people on own_visitor = visitor
    left join owners on own_cart = cart_id
)
select
    person,
    visitor,
    epoch_ms(occurred_at) as at_ms,
    sequence,
    name,
    touchpoint,
    channel,
    campaign,
    device,
    coalesce(value_minor, 0) as value_minor,
    currency,
    own_customer as customer,
    cart_id,
    transaction_id,";

const ORDER: &str = "
    fits::uinteger as fits
from owned
where person in (select shopper from shoppers)
order by person, occurred_at, sequence";

/// Builds the query for the rows that the ledger takes.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn cart_query(snapshot: &Snapshot, asked: &CartScope, whose: Whose<'_>) -> Result<Query, store::Error> {
    let rows = rows_for(&asked.filters);
    let codes = |names: &[&str]| -> Vec<Code> { names.iter().map(|name| code_or_never(snapshot, name)).collect() };
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?;
    let all_fit = asked.filters.is_empty() && asked.segment.is_everybody();
    query.bind("as_of_ms", Value::Number(asked.as_of(snapshot).as_ms()));
    // Whatever the setting: logging in does not split a cart.
    push_links(&mut query, Identity::AllTime, Named::AsOf);
    query.push(PEOPLE).push(OWNERS);
    match whose {
        Whose::OpenedInPeriod => {
            query.push("name in (").push_codes(&codes(&Act::OPENERS)).push(")");
            query.push("\n        and make_timestamp_ms($from_ms) <= occurred_at");
            query.push(" and occurred_at < make_timestamp_ms($to_ms)");
            query.bind("from_ms", Value::Number(asked.scope.period.from().as_ms()));
            query.bind("to_ms", Value::Number(asked.scope.period.to().as_ms()));
        }
        Whose::ActiveSince(moment) => {
            query.push("make_timestamp_ms($since_ms) <= occurred_at");
            query.bind("since_ms", Value::Number(moment.as_ms()));
        }
        Whose::OwnerOf(cart) => {
            query.push("sequence = $cart").bind("cart", Value::Unsigned(cart));
        }
        Whose::Visitors(visitors) => {
            query.push("visitor in (null");
            for visitor in visitors {
                query.push_numbered(", {n}", *visitor);
            }
            query.push(")");
        }
    }
    query.push("\n),");
    if !all_fit {
        push_fitting(&mut query, snapshot, (rows, &codes(&Act::OPENERS)), asked);
    }
    query.push("\nknown as not materialized (\n    select *, ");
    query.push(if all_fit { "true" } else { "sequence in (select fitting_sequence from fitting)" });
    query.push(" as fits\n    from events");
    query.push("\n    where site = $site and occurred_at <= make_timestamp_ms($as_of_ms)");
    query.push(OWNED);
    let (with_items, with_places) = (codes(&Act::WITH_ITEMS), codes(&Act::WITH_PLACES));
    query.push("\n    case when name in (").push_codes(&with_items).push(") then items end as items,");
    for (pointer, column) in [("'/stage'", "stage"), ("'/field'", "field")] {
        query.push("\n    case when name in (").push_codes(&with_places);
        query.push(") then properties ->> ").push(pointer).push(" end as ").push(column).push(",");
    }
    query.push(ORDER);
    Ok(query)
}

/// Appends `fitting`, the events of these names that fit: conditions are about them alone, so sessions need no wide
/// rows.
pub(super) fn push_fitting(query: &mut Query, snapshot: &Snapshot, (rows, names): (Rows, &[Code]), asked: &CartScope) {
    query.push("\nfitting as (\n    select sequence as fitting_sequence\n    from ").push(rows.name());
    query.push("\n    where site = $site and name in (").push_codes(names).push(")");
    for filter in &asked.filters {
        query.push(" and ");
        push_filter(query, snapshot, filter);
    }
    push_member(query, &asked.segment);
    query.push("\n),");
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
    let period = asked.scope.period.from().as_ms()..asked.scope.period.to().as_ms();
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
    let mut words = Words::new(snapshot, asked.site_currency);
    snapshot.stream(&cart_query(snapshot, asked, whose)?, |columns| {
        words.each_row(&columns, |row| ledger.push(row, &mut each));
    })?;
    ledger.finish(&mut each);
    Ok(())
}

/// Reads rows: what codes and texts mean.
pub(super) struct Words<'a> {
    snapshot: &'a Snapshot,
    site_currency: Currency,
    unknown_device: Option<Code>,
    acts: HashMap<Code, Act>,
    currencies: HashMap<Code, Option<Currency>>,
}

impl<'a> Words<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, site_currency: Currency) -> Self {
        // An agent that says nothing is no device.
        let unknown_device = snapshot.code("unknown");
        Self { snapshot, site_currency, unknown_device, acts: HashMap::new(), currencies: HashMap::new() }
    }

    pub(super) fn each_row(&mut self, columns: &Columns, mut each: impl FnMut(&CartRow<'_>)) {
        let (people, visitors, sequences) =
            (columns.unsigned("person"), columns.unsigned("visitor"), columns.unsigned("sequence"));
        let (times, amounts) = (columns.numbers("at_ms"), columns.numbers("value_minor"));
        let (names, currencies) = (columns.codes("name"), columns.codes("currency"));
        let (touchpoints, channels) = (columns.codes("touchpoint"), columns.codes("channel"));
        let (campaigns, devices, fits) = (columns.codes("campaign"), columns.codes("device"), columns.codes("fits"));
        for row in 0..columns.rows() {
            let act = self.act(names[row]);
            let currency = self.currency(currencies[row]);
            let text = |name: &str| match act {
                // Nothing is read of what is activity and nothing else.
                Act::Passive | Act::Other => None,
                _ => columns.text(name, row),
            };
            let lines = text("items").map(|items| lines_of(items, currency.unwrap_or(self.site_currency)));
            each(&CartRow {
                person: people[row],
                visitor: visitors[row],
                at_ms: times[row],
                sequence: sequences[row],
                act,
                touchpoint: touchpoints[row],
                channel: channels[row],
                campaign: campaigns[row],
                device: if Some(devices[row]) == self.unknown_device { NO_CODE } else { devices[row] },
                customer: text("customer"),
                cart_id: text("cart_id"),
                transaction_id: text("transaction_id"),
                lines: lines.as_deref().unwrap_or_default(),
                // A row has a currency if and only if it has a value.
                value: currency.and_then(|currency| Money::from_minor(amounts[row], currency)),
                stage: text("stage").and_then(Step::parse),
                field: text("field").filter(|field| !field.is_empty()),
                fits: fits[row] != 0,
            });
        }
    }

    fn act(&mut self, name: Code) -> Act {
        let snapshot = self.snapshot;
        *self.acts.entry(name).or_insert_with(|| snapshot.text(name).map_or(Act::Other, |name| Act::of(&name)))
    }

    fn currency(&mut self, code: Code) -> Option<Currency> {
        let snapshot = self.snapshot;
        let read = || snapshot.text(code).and_then(|text| Currency::parse(&text));
        *self.currencies.entry(code).or_insert_with(read)
    }
}

/// One of an event's items, as `load` stores it.
#[derive(Deserialize)]
struct StoredItem {
    item_id: Option<String>,
    item_name: Option<String>,
    price_minor: Option<i64>,
    /// Only where it is not that of the event's value.
    currency: Option<String>,
    quantity: u32,
}

/// The lines of stored items; prices that name no currency are in `currency`.
pub(super) fn lines_of(items: &str, currency: Currency) -> Vec<Line> {
    let items: Vec<StoredItem> = serde_json::from_str(items).unwrap_or_default();
    let line = |item: StoredItem| {
        let currency = item.currency.and_then(|code| Currency::parse(&code)).unwrap_or(currency);
        Line {
            product: item.item_id.or_else(|| item.item_name.clone()).unwrap_or_default(),
            name: item.item_name,
            quantity: u64::from(item.quantity),
            price: item.price_minor.and_then(|minor| Money::from_minor(minor, currency)),
        }
    };
    items.into_iter().map(line).collect()
}
