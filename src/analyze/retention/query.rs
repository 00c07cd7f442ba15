//! The SQL of retention: each person's visits and orders, person by person, in time order.
//!
//! A visit is a session, and is the person's from the person's first event in it. An order is its first report: a
//! purchase without a number is an order of its own. Columns: `person`, `at_ms`, `orders` (0 for a visit), `value_minor`,
//! `currency` (a code), `fits`. Nothing after `as_of` is read.

use super::super::condition::{code_or_never, push_filter, rows_for};
use super::super::people::{Named, linked, push_customers};
use super::super::relation::{FIRST_REPORTS, Rows, SESSION_NUMBER, push_rows};
use super::{Question, Unit};
use crate::domain::link::Identity;
use crate::domain::retention::Act;
use crate::store::{Query, Snapshot, Value};

const GAPS: &str = ",
pauses as (
    select
        visitor,
        occurred_at,
        sequence,
        lag(occurred_at) over (partition by visitor order by occurred_at, sequence) as paused_from
    from events
    where site = $site and occurred_at <= make_timestamp_ms($as_of_ms)";
/// Most visitors are nobody's, and sorting them is most of the work.
const OF_CUSTOMERS: &str = "
        and visitor in (select linked_visitor from links)";

const BEGUN: &str = ",
begun as (
    select visitor, occurred_at, sequence
    from pauses
    where paused_from is null or $session_gap_ms < epoch_ms(occurred_at) - epoch_ms(paused_from)
)";

/// A session of several people is a visit of each.
const COUNTED: &str = ",
counted as (
    select *,
        ";
const BEGUN_BY_EACH: &str = " as session
    from pauses
),
begun as (
    select
        visitor,
        min(occurred_at) as occurred_at,
        min_by(sequence, (occurred_at, sequence)) as sequence
    from counted
    left join customers on ";
const BY_EACH: &str = "
    group by visitor, session, customer_number
)";

const BOUGHT: &str = ",
bought as (
    select visitor, occurred_at, sequence, value_minor, currency, transaction_id
    from events
    where site = $site and occurred_at <= make_timestamp_ms($as_of_ms) and name in (";

/// Builds the query for the rows that the ledger takes.
pub(super) fn acts_query(snapshot: &Snapshot, question: &Question) -> Query {
    let mut query = Query::new();
    push_begun(&mut query, snapshot, question, Strangers::LeftOut);
    query.push(BOUGHT).push_codes(&[code_or_never(snapshot, "purchase")]).push(")\n)");
    query.push(",\norders as (");
    push_owned(&mut query, snapshot, question.unit, ("bought.*", "bought"));
    query.push(FIRST_REPORTS).push("\n)");
    let first = match question.cohort {
        Act::Visit => "begun",
        Act::Order => "orders",
    };
    if !question.filters.is_empty() {
        push_fitting(&mut query, snapshot, question, first);
    }
    query.push(",\nacts as (");
    let visit = "occurred_at, sequence, 0 as orders, 0 as value_minor, 0 as currency";
    push_owned(&mut query, snapshot, question.unit, (visit, "begun"));
    query.push("\n    union all\n    select person, occurred_at, sequence, 1, coalesce(value_minor, 0), currency");
    query.push("\n    from orders\n)\nselect\n    person::ubigint as person,\n    epoch_ms(occurred_at) as at_ms,");
    query.push("\n    orders::uinteger as orders,\n    value_minor::bigint as value_minor,");
    query.push("\n    currency::uinteger as currency,\n    (");
    query.push(if question.filters.is_empty() { "true" } else { "sequence in (select fitting_sequence from fitting)" });
    query.push(")::uinteger as fits\nfrom acts\norder by person, occurred_at, orders, sequence");
    query
}

/// Visitors who are no customer's, where customers are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strangers {
    LeftOut,
    Too,
}

/// Appends `events`, `customers` where they are counted, and `begun`: where each visit of each person begins.
fn push_begun(query: &mut Query, snapshot: &Snapshot, question: &Question, strangers: Strangers) {
    let rows = rows_for(&question.filters);
    push_rows(query, snapshot, &question.scope, rows);
    query.bind("as_of_ms", Value::Number(question.as_of(snapshot).as_ms()));
    if rows == Rows::Plain {
        query.bind("session_gap_ms", Value::Number(question.scope.session_gap_ms));
    }
    if question.unit == Unit::Customer {
        push_customers(query, snapshot.identity(), Named::AsOf);
    }
    query.push(GAPS);
    if question.unit == Unit::Customer && strangers == Strangers::LeftOut {
        query.push(OF_CUSTOMERS);
    }
    query.push("\n)");
    match (question.unit, snapshot.identity()) {
        (Unit::Customer, identity @ Identity::FromLink) => {
            query.push(COUNTED).push(SESSION_NUMBER).push(BEGUN_BY_EACH).push(linked(identity)).push(BY_EACH)
        }
        _ => query.push(BEGUN),
    };
}

/// Appends whose rows of `from` are, as `person`, with these columns beside it.
fn push_owned(query: &mut Query, snapshot: &Snapshot, unit: Unit, (columns, from): (&'static str, &'static str)) {
    query.push(match unit {
        Unit::Visitor => "\n    select visitor as person, ",
        Unit::Customer => "\n    select customer_number as person, ",
    });
    query.push(columns).push("\n    from ").push(from);
    if unit == Unit::Customer {
        query.push("\n    join customers on ").push(linked(snapshot.identity()));
    }
}

/// Appends the events that begin a visit, or report an order, and fit.
fn push_fitting(query: &mut Query, snapshot: &Snapshot, question: &Question, first: &'static str) {
    let rows = rows_for(&question.filters);
    query.push(",\nfitting as (\n    select sequence as fitting_sequence\n    from ").push(rows.name());
    query.push("\n    where site = $site and sequence in (select sequence from ").push(first).push(")");
    for filter in &question.filters {
        query.push(" and ");
        push_filter(query, snapshot, filter);
    }
    query.push("\n)");
}

/// Builds the query that counts the visitors with a visit in the period that is no customer's.
pub(super) fn unlinked_query(snapshot: &Snapshot, question: &Question) -> Query {
    let mut query = Query::new();
    push_begun(&mut query, snapshot, question, Strangers::Too);
    query.bind("from_ms", Value::Number(question.scope.period.from().as_ms()));
    query.bind("to_ms", Value::Number(question.scope.period.to().as_ms()));
    query.push("\nselect count(distinct visitor)::ubigint as visitors\nfrom begun\nleft join customers on ");
    query.push(linked(snapshot.identity())).push("\nwhere linked_customer is null");
    query.push(" and make_timestamp_ms($from_ms) <= occurred_at and occurred_at < make_timestamp_ms($to_ms)");
    query
}
