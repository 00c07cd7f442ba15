//! What became of each site's events, kept beside the position and moved with it.

use std::collections::BTreeMap;

use duckdb::Connection;

use super::{Doing, Error, FailedEvent, Retried, Row};
use crate::domain::id::SiteId;

/// What became of a site's accepted events, up to a position of the journal.
///
/// Each event is in one of the last five. Who counts differs: `accepted`, `duplicate` and `missing` are what the load
/// says, `loaded` and `quarantined` what was written, so that they need not agree and are worth comparing. `removed` is
/// what the load found blank, and what was taken out of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Events that the journal holds or held.
    pub accepted: u64,
    /// Events that became rows.
    pub loaded: u64,
    /// Events that were there already, the same.
    pub duplicate: u64,
    /// Events among the failed ones.
    pub quarantined: u64,
    /// Events that the journal cannot give back: damage.
    pub missing: u64,
    /// Events that were taken out again.
    pub removed: u64,
}

impl Totals {
    pub(super) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.loaded += other.loaded;
        self.duplicate += other.duplicate;
        self.quarantined += other.quarantined;
        self.missing += other.missing;
        self.removed += other.removed;
    }
}

/// [`Totals`] of all sites that ever had events.
pub type TotalsBySite = BTreeMap<SiteId, Totals>;

/// Adds what a batch brought: what the load says of it, and what was written.
pub(super) fn add_batch(totals: &mut TotalsBySite, said: &TotalsBySite, rows: &[Row<'_>], failed: &[FailedEvent]) {
    for (site, said) in said {
        totals.entry(*site).or_default().add(said);
    }
    for rows in rows.chunk_by(|one, next| one.site == next.site) {
        totals.entry(rows[0].site).or_default().loaded += rows.len() as u64;
    }
    for failed in failed {
        totals.entry(failed.site).or_default().quarantined += u64::from(failed.events);
    }
}

/// Counts rows and failed events of a site as taken out again.
pub(super) fn remove(totals: &mut TotalsBySite, site: SiteId, rows: u64, failed: u64) {
    let totals = totals.entry(site).or_default();
    totals.loaded = totals.loaded.saturating_sub(rows);
    totals.quarantined = totals.quarantined.saturating_sub(failed);
    totals.removed += rows + failed;
}

/// Moves what was settled when it was tried again to the site it is of.
pub(super) fn settle(totals: &mut TotalsBySite, retried: &Retried) {
    let counted = totals.entry(retried.counted_for).or_default();
    counted.accepted = counted.accepted.saturating_sub(retried.settled);
    counted.quarantined = counted.quarantined.saturating_sub(retried.settled);
    let of = totals.entry(retried.site).or_default();
    of.accepted += retried.settled;
    of.loaded += retried.loaded;
    of.duplicate += retried.settled.saturating_sub(retried.loaded);
}

/// Reads the totals of the file.
pub(super) fn read(connection: &Connection) -> Result<TotalsBySite, Error> {
    let doing = "read its totals";
    let sql = "select site, accepted, loaded, duplicate, quarantined, missing, coalesce(removed, 0) from disk.totals";
    let mut statement = connection.prepare(sql).doing(doing)?;
    let totals = statement.query_map([], |row| {
        let [accepted, loaded, duplicate, quarantined, missing, removed] =
            [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?];
        Ok((SiteId(row.get(0)?), Totals { accepted, loaded, duplicate, quarantined, missing, removed }))
    });
    totals.and_then(Iterator::collect).doing(doing)
}

/// Replaces the totals of the file, in the transaction that is open.
pub(super) fn write(connection: &Connection, totals: &TotalsBySite) -> Result<(), Error> {
    connection.execute("delete from disk.totals", []).doing("write its totals")?;
    insert(connection, "disk", totals)
}

/// Writes the totals into an attached file that has none.
pub(super) fn insert(connection: &Connection, file: &'static str, totals: &TotalsBySite) -> Result<(), Error> {
    let doing = "write its totals";
    let sql = format!("insert into {file}.totals values (?, ?, ?, ?, ?, ?, ?)");
    let mut statement = connection.prepare(&sql).doing(doing)?;
    for (site, totals) in totals {
        let Totals { accepted, loaded, duplicate, quarantined, missing, removed } = totals;
        statement
            .execute(duckdb::params![site.0, accepted, loaded, duplicate, quarantined, missing, removed])
            .doing(doing)?;
    }
    Ok(())
}
