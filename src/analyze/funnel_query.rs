//! The SQL of a funnel: a site's events that may fill a step, unit by unit, in time order.
//!
//! Columns: `unit` and `part` (a unit's rows are those that share both), `unit_ends_ms` (when the unit itself is over:
//! a session the gap after its last event, a visitor never), `at_ms`, `steps` (bit k-1 is set when
//! the event may fill step k), `breakdown` (a code), `amount_minor`, `currency` (a code). Step 1's bit is set
//! only inside the period, so the period selects who entered; later steps are read to the end of the window.

use super::Scope;
use super::condition::{arrival_column, code_or_never, coded_column, push_filter, rows_needed};
use super::relation::{Rows, push_rows};
use crate::domain::filter::{Field, Filter};
use crate::domain::funnel::{FilterScope, Funnel, Step, Target, Unit};
use crate::store::{Query, Snapshot, Value};

/// What the rows of a breakdown are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakdownColumn(&'static str);

impl BreakdownColumn {
    /// The column of `field`; `None` when its values are not few enough to tell rows apart.
    pub fn of(field: &Field) -> Option<Self> {
        match field {
            Field::Coded(field) => Some(Self(coded_column(*field))),
            Field::Arrival(field) => Some(Self(arrival_column(*field))),
            Field::Text(_) | Field::Value | Field::Item(_) | Field::Trusted | Field::Property(_) => None,
        }
    }
}

/// Customers are numbered by their names, visitors linked to the one they were last seen as.
const CUSTOMERS: &str = ",
customers as (
    select visitor, dense_rank() over (order by customer) as customer_number
    from (
        select visitor, max_by(customer, (occurred_at, sequence)) as customer
        from events
        where site = $site and customer is not null
        group by visitor
    )
)";

/// Builds the query for the step rows of `funnel`.
pub(super) fn funnel_query(
    snapshot: &Snapshot,
    scope: &Scope,
    funnel: &Funnel,
    breakdown: Option<(&Field, BreakdownColumn)>,
) -> Query {
    let rows = rows_of(funnel, breakdown.map(|(field, _)| field));
    let mut query = Query::new();
    push_rows(&mut query, snapshot, scope, rows);
    if funnel.unit() == Unit::Customer {
        query.push(CUSTOMERS);
    }
    let window_ms = i64::from(funnel.window_seconds()) * 1_000;
    query.bind("from_ms", Value::Number(scope.period.from().as_ms()));
    query.bind("to_ms", Value::Number(scope.period.to().as_ms()));
    query.bind("until_ms", Value::Number(scope.period.to().as_ms() + window_ms));

    query.push(",\nstep_rows as (\n    select ").push(unit_columns(funnel.unit()));
    query.push(",\n        epoch_ms(occurred_at) as at_ms,\n        sequence,\n        (");
    for (index, step) in funnel.steps().iter().enumerate() {
        query.push(if index == 0 { "" } else { "\n        + " });
        push_step(&mut query, snapshot, funnel, step, index);
    }
    query.push(")::uinteger as steps,\n        ");
    query.push(breakdown.map_or("0::uinteger", |(_, column)| column.0)).push(" as breakdown,\n");
    query.push("        coalesce(value_minor, 0) as amount_minor,\n        currency\n    from ");
    query.push(rows.name());
    if funnel.unit() == Unit::Customer {
        query.push(" join customers using (visitor)");
    }
    query.push("\n    where site = $site and make_timestamp_ms($from_ms) <= occurred_at");
    query.push(" and occurred_at < make_timestamp_ms($until_ms)");
    push_names(&mut query, snapshot, funnel.steps());
    query.push(
        "\n)\nselect unit, part, unit_ends_ms, at_ms, steps, breakdown, amount_minor, currency\nfrom step_rows\n",
    );
    query.push("where steps <> 0\norder by unit, part, at_ms, sequence");
    query
}

/// Builds the query that counts the visitors of step 1's events who are linked to no customer.
pub(super) fn unlinked_query(snapshot: &Snapshot, scope: &Scope, funnel: &Funnel) -> Query {
    let rows = rows_of(funnel, None);
    let mut query = Query::new();
    push_rows(&mut query, snapshot, scope, rows);
    query.bind("from_ms", Value::Number(scope.period.from().as_ms()));
    query.bind("to_ms", Value::Number(scope.period.to().as_ms()));
    query
        .push("\nselect count(distinct visitor) as visitors\nfrom ")
        .push(rows.name())
        .push("\nwhere site = $site and ");
    push_step(&mut query, snapshot, funnel, &funnel.steps()[0], 0);
    query.push(" = 1\n    and visitor not in (");
    query.push("select visitor from events where site = $site and customer is not null)");
    query
}

fn rows_of(funnel: &Funnel, breakdown: Option<&Field>) -> Rows {
    let filters = funnel.steps().iter().flat_map(|step| &step.filters).chain(funnel.filters());
    let fields = filters.map(Filter::field).chain(breakdown);
    let unit = if funnel.unit() == Unit::Session { Rows::WithSessions } else { Rows::Plain };
    fields.map(rows_needed).fold(unit, Rows::and)
}

fn unit_columns(unit: Unit) -> &'static str {
    match unit {
        Unit::Visitor => "visitor as unit, 0::ubigint as part, 9223372036854775807::bigint as unit_ends_ms",
        Unit::Customer => {
            "customer_number::ubigint as unit, 0::ubigint as part, 9223372036854775807::bigint as unit_ends_ms"
        }
        Unit::Session => {
            "visitor as unit, session_number as part, epoch_ms(session_last_at) + $session_gap_ms as unit_ends_ms"
        }
    }
}

/// Appends `(case when … then 2^index else 0 end)`.
fn push_step(query: &mut Query, snapshot: &Snapshot, funnel: &Funnel, step: &Step, index: usize) {
    query.push("(case when ");
    push_target(query, snapshot, &step.target);
    let own = match (funnel.filter_scope(), index) {
        (FilterScope::EveryStep, _) | (FilterScope::Entry, 0) => funnel.filters(),
        (FilterScope::Entry, _) => &[],
    };
    for filter in step.filters.iter().chain(own) {
        query.push(" and ");
        push_filter(query, snapshot, filter);
    }
    if index == 0 {
        query.push(" and make_timestamp_ms($from_ms) <= occurred_at and occurred_at < make_timestamp_ms($to_ms)");
    }
    query.push_numbered(" then {n} else 0 end)", 1 << index);
}

fn push_target(query: &mut Query, snapshot: &Snapshot, target: &Target) {
    match target {
        Target::Event(name) => {
            query.push_numbered("name = {n}", u64::from(code_or_never(snapshot, name.as_str())));
        }
        Target::Touchpoint(key) => {
            query.push_numbered("touchpoint = {n}", u64::from(code_or_never(snapshot, key.as_str())));
        }
        Target::Stage(stage) => {
            query.push_numbered("stage = {n}", u64::from(code_or_never(snapshot, stage.as_str())));
        }
        Target::Page(pattern) => {
            query.push("page in (select code from texts where text like ");
            query.push_value(Value::Text(like_pattern(pattern.as_str()))).push(" escape '\\')");
        }
    }
}

/// A pattern with `*` as SQL's `like` has it.
fn like_pattern(pattern: &str) -> String {
    pattern.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('*', "%")
}

/// Where every step names an event, rows of other events need not be looked at.
fn push_names(query: &mut Query, snapshot: &Snapshot, steps: &[Step]) {
    let names: Option<Vec<_>> = steps
        .iter()
        .map(|step| match &step.target {
            Target::Event(name) => Some(code_or_never(snapshot, name.as_str())),
            _ => None,
        })
        .collect();
    if let Some(names) = names {
        query.push(" and name in (").push_codes(&names).push(")");
    }
}
