//! The SQL of retention: each person's visits, person by person, in time order; and its orders, which are those of
//! [`orders`](super::super::orders).
//!
//! A visit is a session, and is the person's from the person's first event in it. Columns: `person`, `at_ms`, `fits`.
//! Nothing after `as_of` is read.

use super::super::activity::Activity;
use super::super::condition::{push_filters, rows_for};
use super::super::orders::{Whose, each_settled};
use super::super::people::{Named, linked, push_customers};
use super::super::relation::SESSION_NUMBER;
use super::super::segment::{push_member, push_rows_and_members};
use super::{Question, Unit};
use crate::domain::link::Identity;
use crate::domain::retention::{Act, ActRow};
use crate::domain::segment::Segment;
use crate::store::{self, Query, Snapshot, Value};

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

/// Builds the query for the visits that the ledger takes.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn visits_query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    let mut query = Query::new();
    push_begun(&mut query, snapshot, question, Strangers::LeftOut)?;
    let fit = question.cohort == Act::Visit && question.has_conditions();
    if fit {
        push_fitting(&mut query, snapshot, question);
    }
    query.push(match question.unit {
        Unit::Visitor => "\nselect\n    visitor as person,",
        Unit::Customer => "\nselect\n    customer_number::ubigint as person,",
    });
    query.push("\n    epoch_ms(occurred_at) as at_ms,\n    (");
    query.push(if fit { "sequence in (select fitting_sequence from fitting)" } else { "true" });
    query.push(")::uinteger as fits\nfrom begun");
    if question.unit == Unit::Customer {
        query.push("\njoin customers on ").push(linked(snapshot.identity()));
    }
    query.push("\norder by person, occurred_at, sequence");
    Ok(query)
}

/// Gives `each` everybody's visits, person by person, in time order. Those of visitors on whom there are no conditions are
/// found in what is kept of the site.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn each_visit(
    snapshot: &Snapshot,
    question: &Question,
    mut each: impl FnMut(&ActRow),
) -> Result<(), store::Error> {
    let visit = |person: u64, at_ms: i64, fits: bool| ActRow { person, at_ms, act: Act::Visit, value: None, fits };
    let asked = &question.asked;
    if question.unit == Unit::Visitor && !(question.cohort == Act::Visit && question.has_conditions()) {
        let (gap_ms, as_of_ms) = (asked.scope.session_gap_ms, asked.as_of(snapshot).as_ms());
        let mut last: Option<(u64, i64)> = None;
        return Activity::read(snapshot, asked.scope.site)?.ascending(|columns, range| {
            for row in range.filter(|&row| columns.times[row] <= as_of_ms) {
                let (visitor, at_ms) = (columns.visitors[row], columns.times[row]);
                let before = last.replace((visitor, at_ms)).filter(|(before, _)| *before == visitor);
                if before.is_none_or(|(_, before_ms)| gap_ms < at_ms - before_ms) {
                    each(&visit(visitor, at_ms, true));
                }
            }
        });
    }
    snapshot.stream(&visits_query(snapshot, question)?, |columns| {
        let (people, times, fits) = (columns.unsigned("person"), columns.numbers("at_ms"), columns.codes("fits"));
        (0..columns.rows()).for_each(|row| each(&visit(people[row], times[row], fits[row] != 0)));
    })
}

/// Reads everybody's orders, person by person, in time order.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn read_orders(snapshot: &Snapshot, question: &Question) -> Result<Vec<ActRow>, store::Error> {
    let mut asked = question.asked.clone();
    // Conditions are about visits, where those make the cohorts.
    if question.cohort == Act::Visit {
        (asked.filters, asked.segment) = (Vec::new(), Segment::everybody());
    }
    let whose = match question.unit {
        Unit::Visitor => Whose::Visitors,
        Unit::Customer => Whose::Customers,
    };
    let mut orders = Vec::new();
    each_settled(snapshot, &asked, whose, |settled| {
        let Some(order) = settled.order else { return };
        if question.unit == Unit::Visitor || order.customer.is_some() {
            let row = ActRow {
                person: order.person,
                at_ms: order.at_ms,
                act: Act::Order,
                value: order.net(),
                fits: order.fits,
            };
            orders.push((order.booked, row));
        }
    })?;
    orders.sort_unstable_by_key(|(booked, row)| (row.person, row.at_ms, *booked));
    Ok(orders.into_iter().map(|(_, row)| row).collect())
}

/// Visitors who are no customer's, where customers are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strangers {
    LeftOut,
    Too,
}

/// Appends `events`, `customers` where they are counted, and `begun`: where each visit of each person begins.
fn push_begun(
    query: &mut Query,
    snapshot: &Snapshot,
    question: &Question,
    strangers: Strangers,
) -> Result<(), store::Error> {
    let asked = &question.asked;
    push_rows_and_members(query, snapshot, &asked.scope, rows_for(&asked.filters), &asked.segment)?;
    query.bind("as_of_ms", Value::Number(asked.as_of(snapshot).as_ms()));
    query.bind("session_gap_ms", Value::Number(asked.scope.session_gap_ms));
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
    Ok(())
}

/// Appends the events that begin a visit, and fit.
fn push_fitting(query: &mut Query, snapshot: &Snapshot, question: &Question) {
    let filters = &question.asked.filters;
    query.push(",\nfitting as (\n    select sequence as fitting_sequence\n    from ").push(rows_for(filters).name());
    query.push("\n    where site = $site and sequence in (select sequence from begun)");
    push_filters(query, snapshot, filters);
    push_member(query, &question.asked.segment);
    query.push("\n)");
}

/// Builds the query that counts the visitors with a visit in the period that is no customer's.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn unlinked_query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    let period = question.asked.scope.period;
    let mut query = Query::new();
    push_begun(&mut query, snapshot, question, Strangers::Too)?;
    query.bind("from_ms", Value::Number(period.from().as_ms()));
    query.bind("to_ms", Value::Number(period.to().as_ms()));
    query.push("\nselect count(distinct visitor)::ubigint as visitors\nfrom begun\nleft join customers on ");
    query.push(linked(snapshot.identity())).push("\nwhere linked_customer is null");
    query.push(" and make_timestamp_ms($from_ms) <= occurred_at and occurred_at < make_timestamp_ms($to_ms)");
    Ok(query)
}
