//! What the load asks the file about events that are in it.

use std::sync::Arc;

use super::row::Moment;
use super::write::Writer;
use super::{Doing, Error};
use crate::domain::id::{EventId, SiteId};
use crate::domain::time::Timestamp;

/// What a stored event says, as far as two sendings of one event must agree.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of `Row` with these names")]
pub struct StoredContent {
    pub name: Option<Arc<str>>,
    pub page: Option<Arc<str>>,
    pub value_minor: Option<i64>,
    pub cart_id: Option<String>,
    pub transaction_id: Option<String>,
    pub items: Option<String>,
    pub properties: Option<String>,
}

impl Writer {
    /// Calls `each` with the site, id and arrival of every event in the file that arrived at `since` or later.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn recent_ids(&self, since: Timestamp, mut each: impl FnMut(SiteId, EventId, Timestamp)) -> Result<(), Error> {
        let doing = "read the ids of recent events";
        let mut statement =
            self.connection.prepare("select run from disk.manifest where ? <= received_through").doing(doing)?;
        let runs: Vec<u32> =
            statement.query_map([Moment(since)], |row| row.get(0)).and_then(Iterator::collect).doing(doing)?;
        for run in runs {
            let sql = format!(
                "select site, event_id::varchar, epoch_ms(received_at) from disk.run_{run} where ? <= received_at"
            );
            let mut statement = self.connection.prepare(&sql).doing(doing)?;
            let mut rows = statement.query([Moment(since)]).doing(doing)?;
            while let Some(row) = rows.next().doing(doing)? {
                let site = SiteId(row.get(0).doing(doing)?);
                let id: String = row.get(1).doing(doing)?;
                let received_at = Timestamp::from_ms(row.get(2).doing(doing)?);
                each(site, EventId::parse(&id).expect("the store keeps UUIDs"), received_at);
            }
        }
        Ok(())
    }

    /// Calls `each` with what the file holds of these events; one look at each run, however many they are.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn stored_contents(
        &self,
        ids: &[(SiteId, EventId)],
        mut each: impl FnMut(SiteId, EventId, StoredContent),
    ) -> Result<(), Error> {
        let doing = "look up events that came again";
        self.connection
            .execute_batch("create or replace table asked (site uinteger not null, event_id uuid not null)")
            .doing(doing)?;
        let mut appender = self.connection.appender("asked").doing(doing)?;
        for (site, id) in ids {
            appender.append_row(duckdb::params![site.0, id.to_string()]).doing(doing)?;
        }
        appender.flush().doing(doing)?;
        drop(appender);
        for run in self.runs()? {
            let sql = format!(
                "select site, event_id::varchar, name, page, value_minor, cart_id, transaction_id, items, properties
                 from disk.run_{run} semi join asked using (site, event_id)"
            );
            let mut statement = self.connection.prepare(&sql).doing(doing)?;
            let mut rows = statement.query([]).doing(doing)?;
            while let Some(row) = rows.next().doing(doing)? {
                let id: String = row.get(1).doing(doing)?;
                let content = StoredContent {
                    name: self.texts.text(row.get(2).doing(doing)?),
                    page: self.texts.text(row.get(3).doing(doing)?),
                    value_minor: row.get(4).doing(doing)?,
                    cart_id: row.get(5).doing(doing)?,
                    transaction_id: row.get(6).doing(doing)?,
                    items: row.get(7).doing(doing)?,
                    properties: row.get(8).doing(doing)?,
                };
                let site = SiteId(row.get(0).doing(doing)?);
                each(site, EventId::parse(&id).expect("the store keeps UUIDs"), content);
            }
        }
        self.connection.execute_batch("drop table asked").doing(doing)
    }

    /// Reads every value of every run, so that DuckDB compares every checksum.
    ///
    /// # Errors
    /// [`Error::Database`], when one is wrong.
    pub fn read_everything(&self) -> Result<(), Error> {
        let doing = "read all of its file";
        for run in self.runs()? {
            let all = format!("select bit_xor(hash(run)) from disk.run_{run} as run");
            self.connection.execute_batch(&all).doing(doing)?;
        }
        let rest = "select bit_xor(hash(t)) from disk.texts as t; select bit_xor(hash(f)) from disk.failed_events as f";
        self.connection.execute_batch(rest).doing(doing)
    }

    pub(super) fn runs(&self) -> Result<Vec<u32>, Error> {
        let doing = "list its runs";
        let mut statement = self.connection.prepare("select run from disk.manifest order by run").doing(doing)?;
        statement.query_map([], |row| row.get(0)).and_then(Iterator::collect).doing(doing)
    }
}
