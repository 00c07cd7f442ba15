//! Every stored row, for other tools: each column by its own name, codes as text, the session beside it.

use super::Scope;
use super::relation::{Rows, push_every_row};
use crate::store::{self, Query, Snapshot, Value};
pub use crate::store::{FileFormat, TableFile};

/// Codes become text by looking them up in one list of all texts. The session's channel is the one that
/// reports show, so that a count by it agrees with the dashboard.
const COLUMNS: &str = ",
all_texts as (select list(text order by code) as texts from texts),
rows as (
    select
        event_id,
        occurred_at,
        received_at,
        sequence,
        texts[name] as event,
        visitor,
        session_number,
        session_started_at,
        coalesce(texts[session_channel], 'Direct') as session_channel,
        texts[session_source] as session_source,
        texts[session_medium] as session_medium,
        texts[session_campaign] as session_campaign,
        texts[touchpoint] as touchpoint,
        texts[stage] as stage,
        texts[channel] as channel,
        texts[source] as source,
        texts[medium] as medium,
        texts[campaign] as campaign,
        texts[term] as term,
        texts[content] as content,
        texts[referrer_host] as referrer_host,
        texts[page_host] as page_host,
        texts[page] as page,
        texts[device] as device,
        texts[browser] as browser,
        texts[os] as os,
        texts[country] as country,
        texts[language] as language,
        texts[consent] as consent,
        trusted,
        time_replaced,
        sender_sequence,
        value_minor,
        texts[currency] as currency,
        customer,
        cart_id,
        transaction_id,
        items,
        properties
    from visits, all_texts
    where site = $site
        and make_timestamp_ms($from_ms) <= occurred_at
        and occurred_at < make_timestamp_ms($to_ms)
)
";

/// The columns of text, all of which senders can have a say in. In CSV a cell that a spreadsheet would take for a
/// formula gets a `'` in front.
const TEXTS: &[&str] = &[
    "event",
    "session_channel",
    "session_source",
    "session_medium",
    "session_campaign",
    "touchpoint",
    "stage",
    "channel",
    "source",
    "medium",
    "campaign",
    "term",
    "content",
    "referrer_host",
    "page_host",
    "page",
    "device",
    "browser",
    "os",
    "country",
    "language",
    "consent",
    "currency",
    "customer",
    "cart_id",
    "transaction_id",
    "items",
    "properties",
];

/// Appends a selection of `rows` in which no cell of these columns is a formula.
pub(super) fn push_neutralised(query: &mut Query, texts: &[&'static str]) {
    query.push("select * replace (");
    for (place, column) in texts.iter().copied().enumerate() {
        query.push(if place == 0 { "\n    " } else { ",\n    " }).push_harmless(column);
    }
    query.push("\n) from rows");
}

/// Builds the query for all rows of the scope's period, by visitor and time.
pub fn rows_query(snapshot: &Snapshot, scope: &Scope, format: FileFormat) -> Query {
    let mut query = Query::new();
    push_every_row(&mut query, snapshot, scope, Rows::WithSessions);
    query.push(COLUMNS);
    query.bind("from_ms", Value::Number(scope.period.from().as_ms()));
    query.bind("to_ms", Value::Number(scope.period.to().as_ms()));
    match format {
        FileFormat::Csv => push_neutralised(&mut query, TEXTS),
        FileFormat::Parquet | FileFormat::JsonLines => {
            query.push("select * from rows");
        }
    }
    query.push(" order by visitor, occurred_at, sequence");
    query
}

/// Writes all rows of the scope's period to a temporary file, which goes with the returned value.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn write_file(snapshot: &Snapshot, scope: &Scope, format: FileFormat) -> Result<TableFile, store::Error> {
    snapshot.write_file(&rows_query(snapshot, scope, format), format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_but_those_of_numbers_and_times_is_neutralised() {
        const SAFE: &[&str] = &[
            "event_id",
            "occurred_at",
            "received_at",
            "sequence",
            "visitor",
            "session_number",
            "session_started_at",
            "trusted",
            "time_replaced",
            "sender_sequence",
            "value_minor",
        ];
        let (_, columns) = COLUMNS.split_once("rows as (\n    select\n").unwrap();
        let (columns, _) = columns.split_once("\n    from ").unwrap();
        let names = columns.lines().map(|line| line.trim_end_matches(',').rsplit(' ').next().unwrap());
        let texts: Vec<&str> = names.filter(|name| !SAFE.contains(name)).collect();
        assert_eq!(texts, TEXTS);
    }
}
