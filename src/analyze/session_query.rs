//! The SQL of sessions: everything that visitors did who were here in a period, visitor by visitor, in time order; and
//! the one pass over it.
//!
//! All of it is read, not only the period: what is in a cart was put there before, and a session goes on after. The orders
//! of sessions are those of [`orders`](super::orders).
//!
//! Without conditions the same rows are found in what is kept of the site, by [`cart_rows`](super::cart_rows).

use super::Scope;
use super::activity::Activity;
use super::cart_query::CartScope;
use super::cart_rows::each_row_of_visitors;
use super::cart_words::Words;
use super::condition::{code_or_never, push_filters, rows_for};
use super::orders::{Whose, each_settled};
use super::relation::Rows;
use super::segment::{push_member, push_rows_and_members};
use crate::domain::cart::{Act, Timeouts};
use crate::domain::filter::Filter;
use crate::domain::money::Currency;
use crate::domain::segment::Segment;
use crate::domain::session::{Booked, Session, Sessions};
use crate::store::{self, Code, Query, Snapshot, Value};

/// Whose sessions, by which rules.
#[derive(Clone, Debug)]
pub struct SessionScope {
    /// The shop, and when its visitors were here.
    pub scope: Scope,
    /// Which time-outs carts have.
    pub timeouts: Timeouts,
    /// What must be true of one of a session's events.
    pub filters: Vec<Filter>,
    /// Of which visitors.
    pub segment: Segment,
    /// The site's currency: of prices that name none.
    pub site_currency: Currency,
}

const HERE: &str = ",
here as (
    select distinct visitor as here_visitor
    from events
    where site = $site and make_timestamp_ms($from_ms) <= occurred_at and occurred_at < make_timestamp_ms($to_ms)";

const ROWS: &str = "
select
    visitor as person,
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
    cart_id,
    transaction_id,
    null::varchar as field,";

const ORDER: &str = ")::uinteger as fits
from events
where site = $site and visitor in (select here_visitor from here)
order by visitor, occurred_at, sequence";

/// Builds the query for the rows that sessions are made of.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn session_query(snapshot: &Snapshot, asked: &SessionScope) -> Result<Query, store::Error> {
    let rows = rows_for(&asked.filters);
    let codes = |names: &[&str]| -> Vec<Code> { names.iter().map(|name| code_or_never(snapshot, name)).collect() };
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?;
    query.push(HERE);
    push_member(&mut query, &asked.segment);
    query.push("\n)");
    query.bind("from_ms", Value::Number(asked.scope.period.from().as_ms()));
    query.bind("to_ms", Value::Number(asked.scope.period.to().as_ms()));
    if rows == Rows::WithSessions {
        // The wide rows are read for the conditions alone.
        query.push(",\nfitting as (\n    select sequence as fitting_sequence\n    from visits\n    where true");
        push_filters(&mut query, snapshot, &asked.filters);
        query.push("\n)");
    }
    query.push(ROWS);
    query.push("\n    case when name in (").push_codes(&codes(&Act::WITH_ITEMS)).push(") then items end as items,");
    query.push("\n    case when name in (").push_codes(&codes(&Act::WITH_PLACES));
    query.push(") then properties ->> '/stage' end as stage,");
    if rows == Rows::WithSessions {
        query.push("\n    (sequence in (select fitting_sequence from fitting)");
    } else {
        query.push("\n    (true");
        push_filters(&mut query, snapshot, &asked.filters);
    }
    query.push(ORDER);
    Ok(query)
}

/// Gives `each` all sessions of those who were here, visitor by visitor, in order of time.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn each_session(
    snapshot: &Snapshot,
    asked: &SessionScope,
    mut each: impl FnMut(Session),
) -> Result<(), store::Error> {
    let Scope { period, session_gap_ms, .. } = asked.scope;
    let mut sessions = Sessions::new(session_gap_ms, asked.timeouts, period.range_ms(), booked(snapshot, asked)?);
    if asked.filters.is_empty() && asked.segment.is_everybody() {
        let activity = Activity::read(snapshot, asked.scope.site)?;
        if activity.is_kept() {
            let shop = (asked.scope.site, asked.site_currency);
            each_row_of_visitors(snapshot, &activity, shop, period.range_ms(), |row| sessions.push(row, &mut each))?;
            sessions.finish(&mut each);
            return Ok(());
        }
    }
    let mut words = Words::new(snapshot, asked.site_currency);
    snapshot.stream(&session_query(snapshot, asked)?, |columns| {
        words.each_row(&columns, |row| sessions.push(row, &mut each));
    })?;
    sessions.finish(&mut each);
    Ok(())
}

/// All orders of the site, by the event that each is booked on.
fn booked(snapshot: &Snapshot, asked: &SessionScope) -> Result<Booked, store::Error> {
    let every = CartScope {
        scope: asked.scope.clone(),
        as_of: None,
        timeouts: asked.timeouts,
        filters: Vec::new(),
        segment: Segment::everybody(),
        site_currency: asked.site_currency,
        currency: None,
    };
    let mut booked = Booked::new();
    each_settled(snapshot, &every, Whose::Visitors, |settled| {
        booked.extend(settled.order.map(|order| (order.booked, order.net())));
    })?;
    Ok(booked)
}
