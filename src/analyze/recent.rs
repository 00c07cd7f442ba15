//! What arrived lately: how much of each event, under which consent, and when last.
//!
//! It counts by arrival and not by event time: whether a shop sends at all is asked, and an import of last year's orders
//! arrives today. What is erased or hidden is not counted.

use std::cmp::Reverse;
use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::shown;
use crate::domain::id::SiteId;
use crate::domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use crate::domain::vocabulary;
use crate::store::{self, Code, Columns, Query, Snapshot, Value};

/// "Now" is so many minutes.
const MINUTES: u32 = 10;
/// And "lately" so many days: longer would be read through on each look.
const DAYS: u32 = 7;
/// So many names are listed, those that came last.
const NAMES_MAX: usize = 100;

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

/// Builds the query: what arrived in the longer time, by name and consent. Runs of older rows are not read.
fn counts_query(snapshot: &Snapshot, site: SiteId, now: Timestamp) -> Query {
    let from = now.plus_ms(-i64::from(DAYS) * DAY_MS);
    let mut query = Query::new();
    query.push("with ");
    snapshot.push_sent_events_since(&mut query, "events", from);
    query.push("\nselect name, consent, count(*) as events,");
    query.push("\n    count(*) filter (where make_timestamp_ms($recent_ms) <= received_at) as recent_events,");
    query.push("\n    epoch_ms(max(received_at)) as last_ms");
    query.push("\nfrom events\nwhere site = $site and make_timestamp_ms($from_ms) <= received_at");
    query.push("\ngroup by name, consent");
    query.bind("site", Value::Unsigned(u64::from(site.0)));
    query.bind("recent_ms", Value::Number(now.plus_ms(-i64::from(MINUTES) * MINUTE_MS).as_ms()));
    query.bind("from_ms", Value::Number(from.as_ms()));
    query
}

/// What arrived with one code.
#[derive(Clone, Copy, Default)]
struct Counted {
    last_ms: Option<i64>,
    events: i64,
    recent_events: i64,
}

impl Counted {
    fn add(&mut self, other: Self) {
        self.last_ms = self.last_ms.max(other.last_ms);
        self.events += other.events;
        self.recent_events += other.recent_events;
    }

    fn say(self) -> Arrived {
        let last_at = self.last_ms.map(|last_ms| Timestamp::from_ms(last_ms).to_string());
        Arrived { recent_events: self.recent_events, events: self.events, last_at }
    }
}

/// Counts what arrived at a site until `now`.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, site: SiteId, now: Timestamp) -> Result<Answer, store::Error> {
    let (mut all, mut names, mut consents) = (Counted::default(), HashMap::new(), HashMap::new());
    snapshot.stream(&counts_query(snapshot, site, now), |columns: Columns| {
        let (name, consent) = (columns.codes("name"), columns.codes("consent"));
        let (recent, events) = (columns.numbers("recent_events"), columns.numbers("events"));
        let last = columns.numbers("last_ms");
        for row in 0..columns.rows() {
            let counted = Counted { last_ms: Some(last[row]), events: events[row], recent_events: recent[row] };
            all.add(counted);
            names.entry(name[row]).or_insert_with(Counted::default).add(counted);
            consents.entry(consent[row]).or_insert_with(Counted::default).add(counted);
        }
    })?;
    let name_arrived =
        |(event, arrived): (String, Arrived)| NameArrived { known: vocabulary::is_known(&event), event, arrived };
    let consent_arrived = |(consent, arrived): (String, Arrived)| ConsentArrived { consent, arrived };
    Ok(Answer {
        minutes: MINUTES,
        days: DAYS,
        all: all.say(),
        names: last_first(snapshot, names).take(NAMES_MAX).map(name_arrived).collect(),
        consent: last_first(snapshot, consents).map(consent_arrived).collect(),
    })
}

/// What came last comes first; of what came together, the more frequent.
fn last_first(snapshot: &Snapshot, counted: HashMap<Code, Counted>) -> impl Iterator<Item = (String, Arrived)> {
    let mut counted: Vec<(Code, Counted)> = counted.into_iter().collect();
    counted.sort_unstable_by_key(|(code, it)| (Reverse((it.last_ms, it.events)), *code));
    counted.into_iter().map(|(code, it)| (shown(snapshot, code), it.say()))
}
