//! Every stored row, for other tools: each column by its own name, codes as text, the session beside it.

use super::Scope;
use super::relation::{Rows, push_rows};
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

/// Columns of free text: in CSV a cell that a spreadsheet would take for a formula gets a `'` in front.
const NEUTRALISED: &str = "select * replace (
    case when regexp_matches(event, $formula) then '''' || event else event end as event,
    case when regexp_matches(session_channel, $formula) then '''' || session_channel else session_channel end as session_channel,
    case when regexp_matches(session_source, $formula) then '''' || session_source else session_source end as session_source,
    case when regexp_matches(session_medium, $formula) then '''' || session_medium else session_medium end as session_medium,
    case when regexp_matches(session_campaign, $formula) then '''' || session_campaign else session_campaign end as session_campaign,
    case when regexp_matches(touchpoint, $formula) then '''' || touchpoint else touchpoint end as touchpoint,
    case when regexp_matches(channel, $formula) then '''' || channel else channel end as channel,
    case when regexp_matches(source, $formula) then '''' || source else source end as source,
    case when regexp_matches(medium, $formula) then '''' || medium else medium end as medium,
    case when regexp_matches(campaign, $formula) then '''' || campaign else campaign end as campaign,
    case when regexp_matches(term, $formula) then '''' || term else term end as term,
    case when regexp_matches(content, $formula) then '''' || content else content end as content,
    case when regexp_matches(referrer_host, $formula) then '''' || referrer_host else referrer_host end as referrer_host,
    case when regexp_matches(page, $formula) then '''' || page else page end as page,
    case when regexp_matches(language, $formula) then '''' || language else language end as language,
    case when regexp_matches(customer, $formula) then '''' || customer else customer end as customer,
    case when regexp_matches(cart_id, $formula) then '''' || cart_id else cart_id end as cart_id,
    case when regexp_matches(transaction_id, $formula) then '''' || transaction_id else transaction_id end as transaction_id
) from rows";

/// What spreadsheets take for a formula.
const FORMULA: &str = "^[=+\\-@\\t\\r]";

/// Builds the query for all rows of the scope's period, by visitor and time.
pub fn rows_query(snapshot: &Snapshot, scope: &Scope, format: FileFormat) -> Query {
    let mut query = Query::new();
    push_rows(&mut query, snapshot, scope, Rows::WithSessions);
    query.push(COLUMNS);
    query.bind("from_ms", Value::Number(scope.period.from().as_ms()));
    query.bind("to_ms", Value::Number(scope.period.to().as_ms()));
    match format {
        FileFormat::Csv => query.push(NEUTRALISED).bind("formula", Value::Text(FORMULA.to_owned())),
        FileFormat::Parquet | FileFormat::JsonLines => query.push("select * from rows"),
    };
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
