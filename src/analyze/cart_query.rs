//! What carts are made of: who is who, what may have changed a cart, and what else people did.
//! [`cart_rows`](super::cart_rows) makes one stream of the three, person by person in time order; here is the one pass
//! over it.
//!
//! A person is the customer that the visitor named last, for all time ([`known_people`](super::known_people)), else the
//! visitor alone.
//! An event that names a cart belongs to the person of the first event that names it, so that a cart is one even where its
//! visitor has another number each day. Nothing after `as_of` is read.
//!
//! # Why several queries
//!
//! One event in thirty changes a cart, and only of those are the wide columns read; a shelf's items alone take as much
//! as all other columns together. Who opened a cart is known before the rest is looked at, so that most of it is let go
//! at once. Joining and sorting all of it in one query took three times as long. Each of them reads a
//! [part](super::parts) of the site that other reports read too, and that is kept for the next question.

use std::collections::HashSet;

use super::cart_rows::each_row;
use super::condition::{code_or_never, push_filters, rows_for};
use super::parts::{self, OrderBook};
use super::segment::{push_every_row_and_members, push_member, push_rows_and_members};
use super::{Scope, activity};
use crate::domain::cart::{Act, Cart, Ledger, Timeouts};
use crate::domain::filter::Filter;
use crate::domain::money::Currency;
use crate::domain::segment::Segment;
use crate::domain::time::Timestamp;
use crate::store::{self, Code, Query, Snapshot};

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

/// The SQL and values behind each answer about carts: what is read, one query after the other.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub fn queries(snapshot: &Snapshot, asked: &CartScope) -> Result<Vec<Query>, store::Error> {
    let site = asked.scope.site;
    let parts = [parts::named_customers(snapshot, site, OrderBook::LeftOut), parts::cart_acts(snapshot, site)];
    let mut queries: Vec<Query> = parts.iter().map(|part| part.query(snapshot)).collect();
    queries.push(activity::query(snapshot, site));
    queries.extend(fitting_query(snapshot, asked, (&Act::OPENERS, OrderBook::LeftOut))?);
    Ok(queries)
}

/// The events of some names that fit the question's conditions.
pub(super) enum Fitting {
    /// There are no conditions.
    All,
    /// Those with these sequences.
    Some(HashSet<u64>),
}

impl Fitting {
    /// Reads which events of these names fit.
    ///
    /// # Errors
    /// [`store::Error`], when the store refuses or the question is cancelled.
    pub(super) fn read(
        snapshot: &Snapshot,
        asked: &CartScope,
        wanted: (&[&str], OrderBook),
    ) -> Result<Self, store::Error> {
        let Some(query) = fitting_query(snapshot, asked, wanted)? else { return Ok(Self::All) };
        let mut fitting = HashSet::new();
        snapshot.stream(&query, |columns| fitting.extend(columns.unsigned("fitting_sequence")))?;
        Ok(Self::Some(fitting))
    }

    /// Whether an event of one of the names fits.
    pub(super) fn contains(&self, sequence: u64) -> bool {
        match self {
            Self::All => true,
            Self::Some(fitting) => fitting.contains(&sequence),
        }
    }
}

/// Builds the query for the events of some names that fit; none where there are no conditions. Conditions are about
/// these events alone, so sessions need no wide rows.
pub(super) fn fitting_query(
    snapshot: &Snapshot,
    asked: &CartScope,
    (names, book): (&[&str], OrderBook),
) -> Result<Option<Query>, store::Error> {
    if asked.filters.is_empty() && asked.segment.is_everybody() {
        return Ok(None);
    }
    let rows = rows_for(&asked.filters);
    let codes: Vec<Code> = names.iter().map(|name| code_or_never(snapshot, name)).collect();
    let mut query = Query::new();
    match book {
        OrderBook::Among => push_every_row_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?,
        OrderBook::LeftOut => push_rows_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?,
    }
    query.push("\nselect sequence as fitting_sequence\nfrom ").push(rows.name());
    query.push("\nwhere site = $site and name in (").push_codes(&codes).push(")");
    push_filters(&mut query, snapshot, &asked.filters);
    push_member(&mut query, &asked.segment);
    Ok(Some(query))
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
