//! The SQL of one person: `marked` has the events of every browser that it ever used, each with its `session` (numbered
//! from 1 for each visitor) and with `own`, whether the event is the person's. Nothing after `as_of` is read.

use super::super::people::{Named, linked, push_links};
use super::super::relation::{Rows, SESSION_NUMBER, push_rows};
use super::{Question, Whom};
use crate::store::{Query, Snapshot, Value};

const SESSIONS: &str = "
theirs as (
    select *, lag(occurred_at) over (partition by visitor order by occurred_at, sequence) as paused_from
    from events
    where site = $site and occurred_at <= make_timestamp_ms($as_of_ms)
        and visitor in (select involved_visitor from involved)
),
counted as (
    select *,
        ";
const MARKED: &str = " as session
    from theirs
),
marked as (
    select counted.*, (
        coalesce(linked_customer = (select customer from asked), false)
        or (linked_customer is null and visitor in (select asked_visitor from asked_visitors))
    ) as own
    from counted
    left join links on ";

/// Appends `marked as (…)`, and all before it.
fn push_marked(query: &mut Query, snapshot: &Snapshot, question: &Question) {
    let scope = &question.carts.scope;
    push_rows(query, snapshot, scope, Rows::Plain);
    query.bind("as_of_ms", Value::Number(question.carts.as_of(snapshot).as_ms()));
    query.bind("session_gap_ms", Value::Number(scope.session_gap_ms));
    push_links(query, snapshot.identity(), Named::AsOf);
    query.push(",\nasked_visitors as (\n    select asked_visitor from (values (null::ubigint)");
    if let Whom::Visitors(visitors) = &question.whom {
        for visitor in visitors {
            query.push_numbered(", ({n}::ubigint)", visitor.0);
        }
    }
    query.push(") as given (asked_visitor)\n    where asked_visitor is not null\n),\nasked as (\n    select ");
    match &question.whom {
        Whom::Customer(customer) => {
            query.push_value(Value::Text(customer.as_str().to_owned())).push("::varchar as customer\n),");
        }
        Whom::Visitors(_) => {
            query.push("max_by(linked_customer, (linked_from, linked_visitor)) as customer\n    from links");
            query.push("\n    where linked_visitor in (select asked_visitor from asked_visitors)\n),");
        }
    }
    query.push("\ninvolved as (\n    select linked_visitor as involved_visitor from links");
    query.push("\n    where linked_customer = (select customer from asked)");
    query.push("\n    union\n    select asked_visitor from asked_visitors\n),");
    query.push(SESSIONS).push(SESSION_NUMBER).push(MARKED).push(linked(snapshot.identity())).push("\n)");
}

/// Builds the query for the person's sessions, earliest first, and how each began.
pub(super) fn sessions_query(snapshot: &Snapshot, question: &Question) -> Query {
    let mut query = Query::new();
    push_marked(&mut query, snapshot, question);
    query.push("\nselect\n    visitor,\n    session,\n    (select customer from asked) as customer,");
    query.push("\n    epoch_ms(min(occurred_at) filter (own)) as from_ms,");
    query.push("\n    epoch_ms(max(occurred_at) filter (own)) as to_ms,");
    query.push("\n    count(*) filter (own)::ubigint as events");
    for (column, name) in [
        ("channel", "channel"),
        ("source", "source"),
        ("medium", "medium"),
        ("campaign", "campaign"),
        ("touchpoint", "touchpoint"),
        ("device", "device"),
    ] {
        query.push(",\n    min_by(").push(column).push(", (occurred_at, sequence)) as ").push(name);
    }
    query.push("\nfrom marked\ngroup by visitor, session\nhaving count(*) filter (own) <> 0");
    query.push("\norder by from_ms, visitor, session");
    query
}

/// Builds the query for one page of events, latest first; a row more than the page says that there are more.
pub(super) fn timeline_query(snapshot: &Snapshot, question: &Question) -> Query {
    let mut query = Query::new();
    push_marked(&mut query, snapshot, question);
    query.push("\nselect epoch_ms(occurred_at) as at_ms, sequence, visitor, session, name, touchpoint, stage, page,");
    query.push("\n    device, coalesce(value_minor, 0) as value_minor, currency, cart_id, transaction_id");
    query.push("\nfrom marked\nwhere own");
    if let Some(before) = question.before {
        query.push("\n    and (occurred_at, sequence) < (make_timestamp_ms($before_ms), $before_sequence::ubigint)");
        query.bind("before_ms", Value::Number(before.at_ms));
        query.bind("before_sequence", Value::Unsigned(before.sequence));
    }
    query.push("\norder by occurred_at desc, sequence desc\nlimit ");
    query.push_numbered("{n}", question.limit.get() as u64 + 1);
    query
}
