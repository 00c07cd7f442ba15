//! Every session, for other tools: where it came from, where it was, where it ended, and what it brought.
//!
//! A row a session that began in the period. The sessions are those of [`session_query`](super::session_query), so a count
//! by SQL agrees with the reports; `visitor` and `session_number` are those of the rows that [`raw`](super::raw) exports.

use serde::Serialize;

use super::cart_figures::amounts;
use super::people::{Named, push_links};
use super::raw::push_neutralised;
use super::relation::{Rows, push_rows};
use super::session_query::{SessionScope, each_session};
use super::shown;
use crate::domain::link::Identity;
use crate::domain::session::{Session, Touch};
use crate::store::{self, Code, FileFormat, NO_CODE, Query, Snapshot, TableFile};

/// So many touchpoints of a session are listed: nobody reads more of a robot's.
const JOURNEY_MAX: usize = 1_000;

/// What the pass finds out of a session. What its first event says is looked up by `session_id`.
#[derive(Serialize)]
struct Found {
    session_id: u64,
    visitor: u64,
    session_number: u64,
    started_at_ms: i64,
    ended_at_ms: i64,
    events: u64,
    in_progress: bool,
    touchpoints: u64,
    first_touchpoint: Option<String>,
    last_touchpoint: Option<String>,
    journey: String,
    device: Option<String>,
    orders: u64,
    order_value_minor: String,
    cart_value_minor: String,
}

/// The columns of [`Found`] as DuckDB reads them.
const FOUND: &str = "{
        session_id: 'ubigint', visitor: 'ubigint', session_number: 'ubigint', started_at_ms: 'bigint',
        ended_at_ms: 'bigint', events: 'ubigint', in_progress: 'boolean', touchpoints: 'ubigint',
        first_touchpoint: 'varchar', last_touchpoint: 'varchar', journey: 'varchar', device: 'varchar',
        orders: 'ubigint', order_value_minor: 'varchar', cart_value_minor: 'varchar'
    }";

const TABLES: &str = ",
all_texts as (select list(text order by code) as texts from texts),
found as (
    select * from ";

const COLUMNS: &str = "
),
rows as (
    select
        session_id,
        found.visitor,
        session_number,
        linked_customer as customer,
        make_timestamp_ms(started_at_ms) as started_at,
        make_timestamp_ms(ended_at_ms) as ended_at,
        in_progress,
        events,
        touchpoints,
        first_touchpoint,
        last_touchpoint,
        journey,
        coalesce(texts[entry.channel], 'Direct') as channel,
        texts[entry.source] as source,
        texts[entry.medium] as medium,
        texts[entry.campaign] as campaign,
        texts[entry.term] as term,
        texts[entry.content] as content,
        texts[entry.referrer_host] as referrer_host,
        texts[entry.page_host] as landing_page_host,
        texts[entry.page] as landing_page,
        found.device,
        texts[entry.browser] as browser,
        texts[entry.os] as os,
        texts[entry.country] as country,
        texts[entry.language] as language,
        orders,
        0 < orders as converted,
        order_value_minor,
        cart_value_minor
    from found
    join events as entry on entry.sequence = session_id
    left join links on linked_visitor = found.visitor
    cross join all_texts
)
";

/// The columns of text, all of which senders can have a say in.
const TEXTS: &[&str] = &[
    "customer",
    "first_touchpoint",
    "last_touchpoint",
    "journey",
    "channel",
    "source",
    "medium",
    "campaign",
    "term",
    "content",
    "referrer_host",
    "landing_page_host",
    "landing_page",
    "device",
    "browser",
    "os",
    "country",
    "language",
    "order_value_minor",
    "cart_value_minor",
];

/// Writes the sessions that began in the scope's period to a temporary file, which goes with the returned value.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn write_file(snapshot: &Snapshot, asked: &SessionScope, format: FileFormat) -> Result<TableFile, store::Error> {
    let period = asked.scope.period.range_ms();
    let mut found = snapshot.found_rows()?;
    let mut failed = None;
    each_session(snapshot, asked, |session| {
        if failed.is_none() && period.contains(&session.started_at_ms) {
            failed = found.push(&told(snapshot, asked, &session)).err();
        }
    })?;
    failed.map_or(Ok(()), Err)?;
    let found = found.finish()?;
    let mut query = Query::new();
    push_rows(&mut query, snapshot, &asked.scope, Rows::Plain);
    push_links(&mut query, Identity::AllTime, Named::Ever);
    query.push(TABLES);
    found.push(&mut query, FOUND);
    query.push(COLUMNS);
    match format {
        FileFormat::Csv => push_neutralised(&mut query, TEXTS),
        FileFormat::Parquet | FileFormat::JsonLines => {
            query.push("select * from rows");
        }
    }
    query.push(" order by visitor, session_number");
    snapshot.write_file(&query, format)
}

fn told(snapshot: &Snapshot, asked: &SessionScope, session: &Session) -> Found {
    let text = |code: Code| (code != NO_CODE).then(|| shown(snapshot, code));
    let touchpoint = |touch: Option<&Touch>| touch.and_then(|touch| text(touch.touchpoint));
    let journey = session.touches.iter().take(JOURNEY_MAX).map(|touch| shown(snapshot, touch.touchpoint));
    Found {
        session_id: session.id,
        visitor: session.visitor,
        session_number: session.number,
        started_at_ms: session.started_at_ms,
        ended_at_ms: session.ended_at_ms,
        events: session.events,
        in_progress: snapshot.received_through().as_ms() <= session.ended_at_ms + asked.scope.session_gap_ms,
        touchpoints: session.touches.len() as u64,
        first_touchpoint: touchpoint(session.touches.first()),
        last_touchpoint: touchpoint(session.touches.last()),
        journey: json(&journey.collect::<Vec<_>>()),
        device: text(session.device),
        orders: session.orders,
        order_value_minor: json(&amounts(&session.order_amounts, None)),
        cart_value_minor: json(&amounts(&session.cart, None)),
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_but_those_of_numbers_and_times_is_neutralised() {
        const SAFE: &[&str] = &[
            "session_id",
            "visitor",
            "session_number",
            "started_at",
            "ended_at",
            "in_progress",
            "events",
            "touchpoints",
            "orders",
            "converted",
        ];
        let (_, columns) = COLUMNS.split_once("    select\n").unwrap();
        let (columns, _) = columns.split_once("\n    from ").unwrap();
        let names = columns.lines().map(|line| line.trim_end_matches(',').rsplit([' ', '.']).next().unwrap());
        let texts: Vec<&str> = names.filter(|name| !SAFE.contains(name)).collect();
        assert_eq!(texts, TEXTS);
    }
}
