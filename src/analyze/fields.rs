//! What a site's events can be filtered and broken down by, with the values that really occur.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Serialize;

use super::condition::{arrival_column, coded_column};
use super::relation::{Rows, push_rows};
use super::{Scope, shown};
use crate::domain::channel::DIRECT;
use crate::domain::filter::{ArrivalField, CodedField};
use crate::store::{self, NO_CODE, Query, Snapshot, Value};

/// The fields and their most frequent values.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FieldsAnswer")]
pub struct Answer {
    /// One entry a field.
    pub fields: Vec<FieldValues>,
}

/// One field.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FieldValues {
    /// Its name in filters and breakdowns.
    pub field: &'static str,
    /// Most frequent first.
    pub values: Vec<ValueCount>,
}

/// One value and how many events have it.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the struct's doc says all")]
pub struct ValueCount {
    pub value: String,
    pub events: i64,
}

/// A column and how its field is called.
struct Listed {
    field: &'static str,
    column: &'static str,
    rows: Rows,
}

/// Lists the fields with at most `limit` values each, over the events of the scope's period.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, scope: &Scope, limit: NonZeroU32) -> Result<Answer, store::Error> {
    let fields = listed().into_iter().map(|listed| values_of(snapshot, scope, &listed, limit));
    Ok(Answer { fields: fields.collect::<Result<_, _>>()? })
}

fn listed() -> Vec<Listed> {
    let coded = [
        CodedField::Event,
        CodedField::Touchpoint,
        CodedField::Stage,
        CodedField::Device,
        CodedField::Browser,
        CodedField::Os,
        CodedField::Country,
        CodedField::Language,
        CodedField::Page,
    ];
    let own = |field: CodedField| Listed { field: field.as_str(), column: coded_column(field), rows: Rows::Plain };
    let channel = ArrivalField::Channel;
    let arrival = Listed { field: channel.as_str(), column: arrival_column(channel), rows: Rows::WithSessions };
    coded.into_iter().map(own).chain([arrival]).collect()
}

fn values_of(
    snapshot: &Snapshot,
    scope: &Scope,
    listed: &Listed,
    limit: NonZeroU32,
) -> Result<FieldValues, store::Error> {
    let mut query = Query::new();
    push_rows(&mut query, snapshot, scope, listed.rows);
    query.push("\nselect ").push(listed.column).push(" as code, count(*) as events from ").push(listed.rows.name());
    query.push("\nwhere site = $site and make_timestamp_ms($from_ms) <= occurred_at");
    query.push(" and occurred_at < make_timestamp_ms($to_ms)");
    query.push("\ngroup by code order by events desc, code limit ").push_numbered("{n}", u64::from(limit.get()));
    query.bind("from_ms", Value::Number(scope.period.from().as_ms()));
    query.bind("to_ms", Value::Number(scope.period.to().as_ms()));
    let mut values = Vec::new();
    snapshot.stream(&query, |columns| {
        for (&code, &events) in columns.codes("code").iter().zip(columns.numbers("events")) {
            let value = match (code, listed.rows) {
                (NO_CODE, Rows::WithSessions) => DIRECT.to_owned(),
                _ => shown(snapshot, code),
            };
            values.push(ValueCount { value, events });
        }
    })?;
    Ok(FieldValues { field: listed.field, values })
}
