//! What arrived lately: how much of each event, under which consent, and when last.
//!
//! It counts by arrival and not by event time: whether a shop sends at all is asked, and an import of last year's orders
//! arrives today. What is erased or hidden is not counted.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Serialize;

use super::shown;
use crate::domain::id::SiteId;
use crate::domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use crate::domain::vocabulary;
use crate::store::{self, Columns, Query, Snapshot, Value};

/// "Now" is so many minutes.
const MINUTES: u32 = 10;
/// And "lately" so many days: longer would be read through on each look.
const DAYS: u32 = 7;
/// So many names are listed, those that came last.
const NAMES_MAX: NonZeroU32 = NonZeroU32::new(100).expect("not zero");

/// What arrived lately.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RecentAnswer")]
pub struct Answer {
    /// What `recent_events` counts: those of so many minutes.
    pub minutes: u32,
    /// What `events` counts: those of so many days.
    pub days: u32,
    /// Of any name.
    pub all: Arrived,
    /// At most a hundred, the last ones first.
    pub names: Vec<NameArrived>,
    /// What visitors had agreed to.
    pub consent: Vec<ConsentArrived>,
}

/// Of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the answer's doc says all")]
pub struct Arrived {
    pub recent_events: i64,
    pub events: i64,
    /// Null when there are none.
    pub last_at: Option<String>,
}

/// Of one name.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NameArrived {
    /// The event's name.
    pub event: String,
    /// Whether it is one of GA4's or ours, so that reports know what it means.
    pub known: bool,
    /// How many.
    #[serde(flatten)]
    pub arrived: Arrived,
}

/// Under one state of consent.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConsentArrived {
    /// `granted`, `denied`, `pending` or `cookieless`.
    pub consent: String,
    /// How many.
    #[serde(flatten)]
    pub arrived: Arrived,
}

/// Builds the query for one column's values.
fn counts_query(snapshot: &Snapshot, site: SiteId, now: Timestamp, column: &'static str) -> Query {
    let mut query = Query::new();
    query.push("with ");
    snapshot.push_events(&mut query, "events");
    query.push("\nselect ").push(column).push(" as code, count(*) as events,");
    query.push("\n    count(*) filter (where make_timestamp_ms($recent_ms) <= received_at) as recent_events,");
    query.push("\n    epoch_ms(max(received_at)) as last_ms");
    query.push("\nfrom events\nwhere site = $site and make_timestamp_ms($from_ms) <= received_at");
    query.push("\ngroup by code order by last_ms desc, events desc, code limit ");
    query.push_numbered("{n}", u64::from(NAMES_MAX.get()));
    query.bind("site", Value::Unsigned(u64::from(site.0)));
    query.bind("recent_ms", Value::Number(now.plus_ms(-i64::from(MINUTES) * MINUTE_MS).as_ms()));
    query.bind("from_ms", Value::Number(now.plus_ms(-i64::from(DAYS) * DAY_MS).as_ms()));
    query
}

/// Counts what arrived at a site until `now`.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, site: SiteId, now: Timestamp) -> Result<Answer, store::Error> {
    let mut names = Vec::new();
    each_value(snapshot, &counts_query(snapshot, site, now, "name"), |event, arrived| {
        names.push(NameArrived { known: vocabulary::is_known(&event), event, arrived });
    })?;
    let (mut consent, mut all) = (Vec::new(), Arrived::default());
    // There are four states, so none is beyond the limit, and together they are all events.
    each_value(snapshot, &counts_query(snapshot, site, now, "consent"), |state, arrived| {
        all.recent_events += arrived.recent_events;
        all.events += arrived.events;
        // They come last one first.
        all.last_at = all.last_at.take().or_else(|| arrived.last_at.clone());
        consent.push(ConsentArrived { consent: state, arrived });
    })?;
    Ok(Answer { minutes: MINUTES, days: DAYS, all, names, consent })
}

fn each_value(snapshot: &Snapshot, query: &Query, mut each: impl FnMut(String, Arrived)) -> Result<(), store::Error> {
    snapshot.stream(query, |columns: Columns| {
        let (codes, last) = (columns.codes("code"), columns.numbers("last_ms"));
        let (recent, events) = (columns.numbers("recent_events"), columns.numbers("events"));
        for row in 0..columns.rows() {
            let last_at = Some(Timestamp::from_ms(last[row]).to_string());
            let arrived = Arrived { recent_events: recent[row], events: events[row], last_at };
            each(shown(snapshot, codes[row]), arrived);
        }
    })
}
