//! How much is stored, and how much is not.

use super::query::{Query, Value};
use super::{Error, Snapshot};
use crate::domain::id::SiteId;

/// How much there is at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Events of all sites.
    pub rows: u64,
    /// Tables of the file that hold them.
    pub runs: u64,
    /// What is kept in memory of the rows that questions have read, in bytes.
    pub kept_bytes: u64,
}

/// Events of a site that could not be loaded for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedFor {
    /// The site; 0 when it could not be read.
    pub site: SiteId,
    /// The reason's stable code.
    pub reason: String,
    /// How many.
    pub events: u64,
}

const FAILED: &str = "
select site, reason, sum(events)::ubigint as events
from (
    select site, reason, coalesce(events, 1) as events from disk.failed_events where sequence < $position
    union all
    select site, reason, events from failed_events where $position <= sequence
)
group by all
order by site, events desc, reason";

impl Snapshot {
    /// How much is stored.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn size(&self) -> Result<Size, Error> {
        let mut query = Query::new();
        query.push("with ");
        self.push_stored_events(&mut query);
        query.push("\nselect count(*)::ubigint as events from events");
        let mut rows = 0;
        self.stream(&query, |columns| rows += columns.unsigned("events").iter().sum::<u64>())?;
        Ok(Size { rows, runs: self.runs.len() as u64, kept_bytes: self.kept.lock().bytes() as u64 })
    }

    /// What could not be loaded, by site and reason.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn failed(&self) -> Result<Vec<FailedFor>, Error> {
        let mut query = Query::new();
        query.push(FAILED);
        query.bind("position", Value::Unsigned(self.position));
        let mut failed = Vec::new();
        self.stream(&query, |columns| {
            let counts = columns.codes("site").iter().zip(columns.unsigned("events"));
            failed.extend(counts.enumerate().map(|(row, (&site, &events))| FailedFor {
                site: SiteId(site),
                reason: columns.text("reason", row).unwrap_or_default().to_owned(),
                events,
            }));
        })?;
        Ok(failed)
    }
}
