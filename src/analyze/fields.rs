//! What a site's events can be filtered and broken down by, with the values that really occur: what steps of a funnel
//! can be made of, and searched among.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Serialize;

use super::condition::{arrival_column, coded_column};
use super::funnel::BreakdownColumn;
use super::relation::{Rows, push_rows};
use super::{Scope, data_through, shown};
use crate::domain::channel::DIRECT;
use crate::domain::filter::{ArrivalField, Field};
use crate::store::{self, NO_CODE, Query, Snapshot, Value};

/// Which values are listed.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Whom and when.
    pub scope: Scope,
    /// Of one field alone.
    pub field: Option<Field>,
    /// Values that contain this, whatever its case.
    pub search: Option<String>,
    /// At most so many of each field.
    pub limit: NonZeroU32,
}

/// The fields and their most frequent values.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FieldsAnswer")]
pub struct Answer {
    /// One entry a field. Steps are made of the values of `event`, `touchpoint`, `stage` and `page`.
    pub fields: Vec<FieldValues>,
    /// The days whose events were looked at begin here.
    pub from: String,
    /// They are over here.
    pub to: String,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// One field.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FieldValues {
    /// Its name in filters and breakdowns.
    pub field: String,
    /// Whether a report can be broken down by it.
    pub breakdown: bool,
    /// Most frequent first; none of a field whose values are not counted.
    pub values: Vec<ValueCount>,
    /// How many values there are in all that were looked for; null of a field whose values are not counted.
    pub values_total: Option<i64>,
}

/// One value and how many events have it.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the struct's doc says all")]
pub struct ValueCount {
    pub value: String,
    pub events: i64,
}

/// Lists the fields and what is in them, over the events of the scope's period.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, listing: &Listing) -> Result<Answer, store::Error> {
    let wanted = |field: &Field| listing.field.as_ref().is_none_or(|only| only == field);
    let all: Vec<Field> = Field::named().into_iter().filter(wanted).collect();
    let mut counted = Vec::new();
    for rows in [Rows::Plain, Rows::WithSessions] {
        counted.extend(count(snapshot, listing, rows, &all)?);
    }
    let field = |field: Field| {
        let found = counted.iter_mut().find(|(own, ..)| *own == field);
        let (values, values_total) =
            found.map_or((Vec::new(), None), |(_, values, total)| (std::mem::take(values), Some(*total)));
        FieldValues { field: field.name(), breakdown: BreakdownColumn::of(&field).is_some(), values, values_total }
    };
    let zone = &listing.scope.time_zone;
    Ok(Answer {
        fields: all.into_iter().map(field).collect(),
        from: listing.scope.period.from().show_in(zone),
        to: listing.scope.period.to().show_in(zone),
        data_through: data_through(snapshot),
    })
}

/// The column whose values are counted, and the rows that have it.
fn column_of(field: &Field) -> Option<(&'static str, Rows)> {
    match field {
        Field::Coded(field) => Some((coded_column(*field), Rows::Plain)),
        Field::Arrival(field) => Some((arrival_column(*field), Rows::WithSessions)),
        Field::Text(_) | Field::Value | Field::Item(_) | Field::Trusted | Field::Property(_) => None,
    }
}

/// A field, its values, and how many there are in all.
type Counted = (Field, Vec<ValueCount>, i64);

/// Counts the values of all fields of these rows in one pass.
fn count(snapshot: &Snapshot, listing: &Listing, rows: Rows, all: &[Field]) -> Result<Vec<Counted>, store::Error> {
    let of_rows = |field: &&Field| column_of(field).is_some_and(|(_, own)| own == rows);
    let mut counted: Vec<Counted> = all.iter().filter(of_rows).map(|field| (field.clone(), Vec::new(), 0)).collect();
    if counted.is_empty() {
        return Ok(counted);
    }
    let columns: Vec<&'static str> =
        counted.iter().filter_map(|(field, ..)| column_of(field)).map(|(column, _)| column).collect();
    snapshot.stream(&values_query(snapshot, listing, rows, &columns), |found| {
        let (places, codes) = (found.codes("place"), found.codes("code"));
        let (events, totals) = (found.numbers("events"), found.numbers("values_total"));
        for row in 0..found.rows() {
            let (field, values, total) = &mut counted[places[row] as usize];
            values.push(ValueCount { value: value_of(snapshot, field, codes[row]), events: events[row] });
            *total = totals[row];
        }
    })?;
    Ok(counted)
}

/// A session without a channel is Direct.
fn value_of(snapshot: &Snapshot, field: &Field, code: store::Code) -> String {
    match (field, code) {
        (Field::Arrival(ArrivalField::Channel), NO_CODE) => DIRECT.to_owned(),
        _ => shown(snapshot, code),
    }
}

fn values_query(snapshot: &Snapshot, listing: &Listing, rows: Rows, columns: &[&'static str]) -> Query {
    let scope = &listing.scope;
    let mut query = Query::new();
    push_rows(&mut query, snapshot, scope, rows);
    query.push(",\ncounted as (\n    select case");
    for (column, place) in columns.iter().zip(0..) {
        query.push("\n            when grouping(").push(column).push_numbered(") = 0 then {n}", place);
    }
    query.push("\n        end::uinteger as place,\n        coalesce(");
    push_columns(&mut query, columns);
    query.push(")::uinteger as code,\n        count(*) as events\n    from ").push(rows.name());
    query.push("\n    where site = $site and make_timestamp_ms($from_ms) <= occurred_at");
    query.push(" and occurred_at < make_timestamp_ms($to_ms)\n    group by grouping sets (");
    for (index, column) in columns.iter().enumerate() {
        query.push(if index == 0 { "(" } else { ", (" }).push(column).push(")");
    }
    query.push(")\n),\nranked as (\n    select place, code, events,");
    query.push("\n        row_number() over (partition by place order by events desc, code) as rank,");
    query.push("\n        count(*) over (partition by place) as values_total\n    from counted");
    if let Some(search) = &listing.search {
        query.push("\n    where code in (select code from texts where contains(lower(text), lower(");
        query.push_value(Value::Text(search.clone())).push(")))");
        if DIRECT.to_lowercase().contains(&search.to_lowercase()) {
            let channel = columns.iter().position(|column| *column == arrival_column(ArrivalField::Channel));
            // No column is at this place.
            let place = channel.map_or(u64::from(u32::MAX), |place| place as u64);
            query.push_numbered(" or (code = 0 and place = {n})", place);
        }
    }
    query.push("\n)\nselect place, code, events, values_total\nfrom ranked\nwhere rank <= ");
    query.push_numbered("{n}\norder by place, rank", u64::from(listing.limit.get()));
    query.bind("from_ms", Value::Number(scope.period.from().as_ms()));
    query.bind("to_ms", Value::Number(scope.period.to().as_ms()));
    query
}

fn push_columns(query: &mut Query, columns: &[&'static str]) {
    for (index, column) in columns.iter().enumerate() {
        query.push(if index == 0 { "" } else { ", " }).push(column);
    }
}
