//! The SQL of a funnel: a site's events that may fill a step or end an attempt.
//!
//! Columns: `unit` and `part` (a unit's rows are those that share both), `unit_ends_ms` (when the unit itself is over:
//! a session the gap after its last event, a visitor never), `at_ms`, `tie` and `sequence` (which tell the order of
//! rows of one time), `steps` (bit k-1 is set when the event may fill step k), `breakdown` (a code), `amount_minor`,
//! `currency` (a code). Step 1's bit is set only inside the period, so the period selects who entered; later steps are
//! read to the end of the window, and in order `any` from a window before the period.
//!
//! A refined funnel has a row for each of an event's held values, and besides: `ends` (bit k-1 is set when the event
//! ends an attempt whose last filled step is k), `held` (0 for none) and `passive`.

use std::ops::Range;

use super::super::condition::{
    TextColumn, code_or_never, coded_column, item_values, push_filters, push_target, rows_needed,
};
use super::super::people::{Named, linked, push_customers, push_links};
use super::super::relation::{Rows, without_book};
use super::super::segment::{push_member, push_rows_and_members};
use super::{BreakdownAt, Question};
use crate::domain::filter::{Field, Filter, TextField};
use crate::domain::funnel::{
    Exclusion, FilterScope, Funnel, Hold, Order, PASSIVE_EVENTS, PASSIVE_PREFIX, Target, Unit,
};
use crate::store::{self, Part, Query, Snapshot, Value};

/// Builds the query for the step rows of a funnel, unit by unit in time order.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn sorted_funnel_query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    let mut query = funnel_query(snapshot, question)?;
    query.push("\norder by unit, part, at_ms, tie, sequence");
    Ok(query)
}

/// Builds the same query for rows in whatever order they come.
///
/// # Errors
/// The same.
pub(super) fn funnel_query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    let Question { scope, funnel, breakdown, .. } = question;
    let rows = rows_of(funnel, breakdown.as_ref().map(|breakdown| &breakdown.field));
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, scope, rows, &question.segment)?;
    if funnel.unit() == Unit::Customer {
        push_customers(&mut query, snapshot.identity(), Named::Ever);
    }
    push_touches(&mut query, snapshot, question);
    bind_times(&mut query, question);

    query.push(",\nstep_rows as (\n    select ").push(unit_columns(funnel.unit()));
    query.push(",\n        epoch_ms(occurred_at) as at_ms,\n        sequence,\n        ");
    push_columns(&mut query, snapshot, question, Entry::InPeriod);
    query.push("\n    from ").push(rows.name());
    if funnel.unit() == Unit::Customer {
        query.push(" join customers on ").push(linked(snapshot.identity()));
    }
    if breakdown.as_ref().is_some_and(|breakdown| breakdown.at == BreakdownAt::FirstTouch) {
        query.push(if funnel.unit() == Unit::Customer {
            " join touches using (customer_number)"
        } else {
            " join touches using (visitor)"
        });
    }
    query.push("\n    where site = $site and make_timestamp_ms($rows_from_ms) <= occurred_at");
    query.push(" and occurred_at < make_timestamp_ms($until_ms)");
    push_names(&mut query, snapshot, funnel);
    query.push("\n)\nselect unit, part, unit_ends_ms, at_ms, tie, sequence, steps, breakdown, amount_minor, currency");
    push_wanted(&mut query, funnel);
    Ok(query)
}

/// Appends what is read of an event, whatever the unit.
fn push_columns(query: &mut Query, snapshot: &Snapshot, question: &Question, entry: Entry) {
    let Question { funnel, breakdown, .. } = question;
    // Neighbours in time stand as their sender counted them, where that decides who is the next.
    query.push(if funnel.order() == Order::Strict { "sender_sequence" } else { "0::uinteger" });
    query.push(" as tie,\n        (");
    push_steps(query, snapshot, question, entry);
    query.push(")::uinteger as steps,\n        ");
    query.push(match breakdown {
        None => "0::uinteger",
        Some(breakdown) if breakdown.at == BreakdownAt::FirstTouch => "first_touch",
        Some(breakdown) => breakdown.column.0,
    });
    query.push(" as breakdown,\n        coalesce(value_minor, 0) as amount_minor,\n        currency");
    if funnel.is_refined() {
        push_refinements(query, snapshot, funnel);
    }
}

/// The same rows as a part of the site that is kept, of all times: step 1's bit is set outside the period too. `None`
/// where an event's columns say too little: where rows depend on sessions, customers or a segment, or come several times.
pub(super) fn step_part(snapshot: &Snapshot, question: &Question) -> Option<Part> {
    let Question { scope, funnel, breakdown, segment, .. } = question;
    let breakdown = breakdown.as_ref();
    let from_events = funnel.unit() == Unit::Visitor
        && segment.is_everybody()
        && rows_of(funnel, breakdown.map(|breakdown| &breakdown.field)) == Rows::Plain
        && breakdown.is_none_or(|breakdown| breakdown.at != BreakdownAt::FirstTouch)
        && !funnel.hold().fields().iter().any(|field| matches!(field, Field::Item(_)));
    if !from_events {
        return None;
    }
    let (mut columns, mut condition) = (Query::new(), without_book(snapshot));
    push_columns(&mut columns, snapshot, question, Entry::Ever);
    if funnel.is_refined() {
        columns.push(",\n        ");
        push_held_value(&mut columns, funnel.hold());
        columns.push(" as held");
    }
    push_names(&mut condition, snapshot, funnel);
    condition.push(" and (").push(wanted(funnel)).push(")");
    Some(Part::new(scope.site, columns, condition))
}

/// When the events were that are read, in milliseconds.
pub(super) fn time_read(question: &Question) -> Range<i64> {
    let Question { scope, funnel, .. } = question;
    let window_ms = i64::from(funnel.window_seconds()) * 1_000;
    let Range { start, end } = scope.period.range_ms();
    // In order `any` step 1 may come last.
    (if funnel.order() == Order::Any { start - window_ms } else { start })..end + window_ms
}

fn bind_times(query: &mut Query, question: &Question) {
    let (Range { start, end }, period) = (time_read(question), question.scope.period.range_ms());
    query.bind("from_ms", Value::Number(period.start));
    query.bind("to_ms", Value::Number(period.end));
    query.bind("rows_from_ms", Value::Number(start));
    query.bind("until_ms", Value::Number(end));
}

/// Appends how each visitor's, or each customer's, first session began, where that is asked for.
fn push_touches(query: &mut Query, snapshot: &Snapshot, question: &Question) {
    let Some(breakdown) = question.breakdown.as_ref().filter(|it| it.at == BreakdownAt::FirstTouch) else { return };
    let of_customer = question.funnel.unit() == Unit::Customer;
    let key = if of_customer { "customer_number" } else { "visitor" };
    query.push(",\ntouches as (\n    select ").push(key).push(", min_by(").push(breakdown.column.0);
    query.push(", (occurred_at, sequence)) as first_touch\n    from visits");
    if of_customer {
        query.push(" join customers on ").push(linked(snapshot.identity()));
    }
    query.push("\n    group by ").push(key).push("\n)");
}

/// Appends the columns that only the refined matcher reads.
fn push_refinements(query: &mut Query, snapshot: &Snapshot, funnel: &Funnel) {
    query.push(",\n        (0");
    for exclusion in funnel.exclusions() {
        query.push("\n        | ");
        push_exclusion(query, snapshot, funnel, exclusion);
    }
    query.push(")::uinteger as ends,\n        ");
    if funnel.order() == Order::Strict {
        query.push("(name in (select code from texts where starts_with(text, ");
        query.push_value(Value::Text(PASSIVE_PREFIX.to_owned())).push(")");
        for name in PASSIVE_EVENTS {
            query.push(" or text = ").push_value(Value::Text(name.to_owned()));
        }
        query.push("))::uinteger as passive");
    } else {
        query.push("0::uinteger as passive");
    }
    for (number, field) in (1..).zip(funnel.hold().fields()) {
        query.push(",\n        ");
        push_held(query, field);
        query.push_numbered(" as held_{n}", number);
    }
}

/// Appends one value that is held constant; null where the event does not carry it. Where it can carry several,
/// the row comes once for each.
fn push_held(query: &mut Query, field: &Field) {
    match field {
        Field::Coded(field) => {
            query.push("nullif(").push(coded_column(*field)).push(", 0)");
        }
        Field::Text(TextField::CartId) => {
            query.push("cart_id");
        }
        Field::Text(TextField::TransactionId) => {
            query.push("transaction_id");
        }
        Field::Property(key) => TextColumn::Property(key.as_str().to_owned()).push(query),
        Field::Item(field) => {
            let values = item_values(*field);
            query.push("unnest(case when len(list_distinct(").push(values).push(")) > 0 then list_distinct(");
            query.push(values).push(") else [null]::varchar[] end)");
        }
        Field::Arrival(_) | Field::Value | Field::Trusted => unreachable!("a hold has none of these"),
    }
}

/// Appends what the outer query reads of a refined funnel, and which rows.
fn push_wanted(query: &mut Query, funnel: &Funnel) {
    if funnel.is_refined() {
        query.push(", ends, passive,\n    ");
        push_held_value(query, funnel.hold());
        query.push(" as held");
    }
    query.push("\nfrom step_rows\nwhere ").push(wanted(funnel));
}

/// Which rows are read.
fn wanted(funnel: &Funnel) -> &'static str {
    match (funnel.is_refined(), funnel.order()) {
        (false, _) => "steps <> 0",
        (true, Order::Strict) => "steps <> 0 or ends <> 0 or passive = 0",
        (true, _) => "steps <> 0 or ends <> 0",
    }
}

/// Appends a number that is the same where all held values are: of 64 bits, so that two different sets of values of one
/// unit do not share one. 0 where one of them is missing.
fn push_held_value(query: &mut Query, hold: &Hold) {
    let numbers = 1..=hold.fields().len() as u64;
    if numbers.is_empty() {
        query.push("1::ubigint");
        return;
    }
    query.push("case when ");
    for number in numbers.clone() {
        query.push(if number == 1 { "" } else { " or " }).push_numbered("held_{n} is null", number);
    }
    query.push(" then 0::ubigint else greatest(hash(");
    for number in numbers {
        query.push(if number == 1 { "" } else { ", " }).push_numbered("held_{n}", number);
    }
    query.push("), 1::ubigint) end");
}

/// Builds the query that counts the visitors of step 1's events who are linked to no customer.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn unlinked_query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    let Question { scope, funnel, .. } = question;
    let rows = rows_of(funnel, None);
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, scope, rows, &question.segment)?;
    push_links(&mut query, snapshot.identity(), Named::Ever);
    bind_times(&mut query, question);
    query.push("\nselect count(distinct visitor) as visitors\nfrom ").push(rows.name());
    query.push(" left join links on ").push(linked(snapshot.identity()));
    query.push("\nwhere site = $site and linked_customer is null and ");
    push_step(&mut query, snapshot, question, (0, Entry::InPeriod));
    query.push(" = 1");
    Ok(query)
}

fn rows_of(funnel: &Funnel, breakdown: Option<&Field>) -> Rows {
    let of_steps = funnel.steps().iter().flat_map(|step| &step.filters);
    let of_exclusions = funnel.exclusions().iter().flat_map(|exclusion| &exclusion.filters);
    let fields = of_steps.chain(of_exclusions).chain(funnel.filters()).map(Filter::field).chain(breakdown);
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

/// When step 1 may be filled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    InPeriod,
    Ever,
}

/// Appends the sum of the bits of all steps.
fn push_steps(query: &mut Query, snapshot: &Snapshot, question: &Question, entry: Entry) {
    for index in 0..question.funnel.steps().len() {
        query.push(if index == 0 { "" } else { "\n        + " });
        push_step(query, snapshot, question, (index, entry));
    }
}

/// Appends `(case when … then 2^index else 0 end)`.
fn push_step(query: &mut Query, snapshot: &Snapshot, question: &Question, (index, entry): (usize, Entry)) {
    let funnel = &question.funnel;
    let step = &funnel.steps()[index];
    query.push("(case when ");
    push_target(query, snapshot, &step.target);
    let acts = match funnel.filter_scope() {
        FilterScope::EveryStep => true,
        FilterScope::Entry => index == 0,
    };
    push_filters(query, snapshot, &step.filters);
    if acts {
        push_filters(query, snapshot, funnel.filters());
        push_member(query, &question.segment);
    }
    if index == 0 && entry == Entry::InPeriod {
        query.push(" and make_timestamp_ms($from_ms) <= occurred_at and occurred_at < make_timestamp_ms($to_ms)");
    }
    query.push_numbered(" then {n} else 0 end)", 1 << index);
}

/// Appends `(case when … then ends else 0 end)`.
fn push_exclusion(query: &mut Query, snapshot: &Snapshot, funnel: &Funnel, exclusion: &Exclusion) {
    query.push("(case when ");
    push_target(query, snapshot, &exclusion.target);
    push_filters(query, snapshot, &exclusion.filters);
    query.push_numbered(" then {n} else 0 end)", u64::from(funnel.ends(exclusion)));
}

/// Where all steps and exclusions name events, rows of other events need not be looked at, but in order `strict`.
fn push_names(query: &mut Query, snapshot: &Snapshot, funnel: &Funnel) {
    let targets = funnel.steps().iter().map(|step| &step.target);
    let targets = targets.chain(funnel.exclusions().iter().map(|exclusion| &exclusion.target));
    let code_of = |target: &Target| match target {
        Target::Event(name) => Some(code_or_never(snapshot, name.as_str())),
        Target::Touchpoint(_) | Target::Stage(_) | Target::Page(_) => None,
    };
    let names: Option<Vec<_>> = targets.map(code_of).collect();
    if let Some(names) = names.filter(|_| funnel.order() != Order::Strict) {
        query.push(" and name in (").push_codes(&names).push(")");
    }
}
