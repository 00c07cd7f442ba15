//! The rows a question is asked of: a site's events, with their sessions where the question needs them.
//!
//! A session is one visitor's events with no gap over the session gap, by event time. It is worked out when
//! asked, so a late event lands in the right session. How a visitor came is what the session's first event
//! says; a session whose first event says nothing is Direct.

use super::Scope;
use crate::domain::id::SiteId;
use crate::domain::order::ORDER_BOOK_ENTRY;
use crate::store::{Query, Snapshot, Value};

/// What of the events a question needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// Each event alone: rows of `events`.
    Plain,
    /// With `session_number` (from 1 for each visitor), `session_started_at`, `session_last_at`, and
    /// `session_channel` and its kin: rows of `visits`.
    WithSessions,
}

impl Rows {
    /// The richer of two needs.
    pub(super) fn and(self, other: Self) -> Self {
        if self == Self::Plain { other } else { self }
    }

    /// The relation's name in SQL.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "events",
            Self::WithSessions => "visits",
        }
    }
}

const SESSIONS: &str = ",
gaps as (
    select *, lag(occurred_at) over visitor_time as previous_at
    from events
    where site = $site
    window visitor_time as (partition by visitor order by occurred_at, sequence)
),
numbered as (
    select *,
        (previous_at is null or $session_gap_ms < epoch_ms(occurred_at) - epoch_ms(previous_at)) as starts,
        sum(case when starts then 1 else 0 end) over (
            partition by visitor order by occurred_at, sequence rows unbounded preceding
        )::ubigint as session_number
    from gaps
),
ends as (
    select visitor, session_number, max(occurred_at) as session_last_at
    from numbered
    group by visitor, session_number
),
visits as (
    select event.* exclude (previous_at, starts),
        session_last_at,
        start.occurred_at as session_started_at,
        start.channel as session_channel,
        start.source as session_source,
        start.medium as session_medium,
        start.campaign as session_campaign,
        start.term as session_term,
        start.content as session_content,
        start.referrer_host as session_referrer_host
    from numbered as event
    join numbered as start
        on start.visitor = event.visitor and start.session_number = event.session_number and start.starts
    join ends
        on ends.visitor = event.visitor and ends.session_number = event.session_number
)";

/// Binds `$site`.
pub(super) fn bind_site(query: &mut Query, site: SiteId) {
    query.bind("site", Value::Unsigned(u64::from(site.0)));
}

/// The number of an event's session among the visitor's, from 1, where a row has the moment of the event before it as
/// `paused_from`; needs `$session_gap_ms`.
pub(super) const SESSION_NUMBER: &str = "sum(
            case when paused_from is null or $session_gap_ms < epoch_ms(occurred_at) - epoch_ms(paused_from)
            then 1 else 0 end
        ) over (partition by visitor order by occurred_at, sequence rows unbounded preceding)::ubigint";

/// Appends `with events as (…)` and, where needed, `visits as (…)`; binds `$site` and what the sessions need. The shop's
/// order book is not among them: nobody did it.
pub(super) fn push_rows(query: &mut Query, snapshot: &Snapshot, scope: &Scope, rows: Rows) {
    query.push("with ");
    if snapshot.code(ORDER_BOOK_ENTRY).is_none() {
        snapshot.push_events(query, "events");
    } else {
        snapshot.push_events(query, "stored");
        query.push(",\nevents as not materialized (select * from stored where ").push_query(&without_book(snapshot));
        query.push(")");
    }
    push_sessions(query, scope, rows);
}

/// The condition that leaves the shop's order book out: nobody did it.
pub(super) fn without_book(snapshot: &Snapshot) -> Query {
    let mut condition = Query::new();
    match snapshot.code(ORDER_BOOK_ENTRY) {
        None => condition.push("true"),
        Some(code) => condition.push("name <> ").push_codes(&[code]),
    };
    condition
}

/// The same with all rows, the shop's order book among them.
pub(super) fn push_every_row(query: &mut Query, snapshot: &Snapshot, scope: &Scope, rows: Rows) {
    query.push("with ");
    snapshot.push_events(query, "events");
    push_sessions(query, scope, rows);
}

fn push_sessions(query: &mut Query, scope: &Scope, rows: Rows) {
    bind_site(query, scope.site);
    if rows == Rows::WithSessions {
        query.push(SESSIONS).bind("session_gap_ms", Value::Number(scope.session_gap_ms));
    }
}
