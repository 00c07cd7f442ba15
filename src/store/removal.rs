//! What is to be gone: hidden from questions at once, and later left out of a copy that takes the file's place.
//!
//! # Why a copy
//!
//! DuckDB leaves the bytes of what is deleted in its file, also after a checkpoint and `vacuum`. Only a new file surely
//! holds nothing of it. It is made while readers go on reading, and takes the old one's place while the store is closed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::database::{FILE, Store, WAL};
use super::query::Query;
use super::read::Snapshot;
use super::totals::{self, TotalsBySite};
use super::write::Writer;
use super::{Doing, Error, Row, Value, space};
use crate::domain::id::{SiteId, VisitorId};
use crate::domain::removal::Removals;

/// The copy while it is made.
const COPY: &str = "events.duckdb.new";
const COPY_WAL: &str = "events.duckdb.new.wal";

/// A failed event of which something is to be gone.
#[derive(Clone, Debug)]
pub struct FailedChange {
    /// Place in the journal.
    pub sequence: u64,
    /// The site that it is counted for.
    pub site: SiteId,
    /// Events of it that go.
    pub removed: u64,
    /// Its content and kind from now on; `None` when nothing is left.
    pub left: Option<(Vec<u8>, u8)>,
}

/// Appends the condition that a row is to be gone. It reads columns that the store and the archive both have.
pub(super) fn push_removed(query: &mut Query, removals: &Removals) {
    query.push("(false");
    for ((site, before), visitors) in removals.visitors() {
        query
            .push_numbered(" or (site = {n}", u64::from(site.0))
            .push_numbered(" and sequence < {n} and visitor in (", before);
        for (index, visitor) in visitors.iter().enumerate() {
            query.push(if index == 0 { "" } else { ", " }).push_numbered("{n}", visitor.0);
        }
        query.push("))");
    }
    for (site, arrived_before) in removals.ages() {
        let ms = u64::try_from(arrived_before.as_ms()).unwrap_or(0);
        query.push_numbered(" or (site = {n}", u64::from(site.0));
        query.push_numbered(" and received_at < make_timestamp_ms({n}))", ms);
    }
    query.push(")");
}

impl Store {
    /// Keeps what `read` gives out of every question that begins from now on, instead of what was kept out before.
    /// Others who do the same wait until it has read, so that the last one to read says what holds.
    ///
    /// # Errors
    /// What `read` says; then nothing changes.
    pub fn hide<E>(&self, read: impl FnOnce() -> Result<Removals, E>) -> Result<(), E> {
        let mut hidden = self.lock_hidden();
        let removals = read()?;
        *hidden = (!removals.is_empty()).then(|| Arc::new(removals));
        Ok(())
    }

    /// Puts the copy that [`Writer::copy_without`] made into the file's place. The store must be closed.
    ///
    /// # Errors
    /// [`Error::File`]; then the file is the old one or the new one, and whole.
    pub fn take_copy(&self) -> Result<(), Error> {
        let doing = "put a copy in the place of its file";
        let directory = self.directory();
        // Empty since the checkpoint before the copy was made; it must not be found beside the new file.
        remove_if_there(&directory.join(WAL)).doing(doing)?;
        sync_folder(directory).doing(doing)?;
        fs::rename(directory.join(COPY), directory.join(FILE)).doing(doing)?;
        sync_folder(directory).doing(doing)
    }

    /// Removes all files in quarantine: nobody looks into them for what is to be gone. Gives how many there were.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn remove_quarantined(&self) -> Result<usize, Error> {
        let all = self.directory().join("quarantine");
        let files = match fs::read_dir(&all) {
            Ok(entries) => entries.count(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error).doing("look into its quarantine"),
        };
        remove_folder(&all).doing("empty its quarantine").map(|()| files)
    }
}

impl Snapshot {
    /// Rows that are to be gone, those in memory too.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn rows_to_remove(&self, removals: &Removals) -> Result<u64, Error> {
        let mut query = Query::new();
        query.push("with ");
        self.push_stored_events(&mut query);
        query.push("\nselect count(*)::ubigint as events from events where ");
        push_removed(&mut query, removals);
        let mut events = 0;
        self.stream(&query, |columns| events += columns.unsigned("events").iter().sum::<u64>())?;
        Ok(events)
    }

    /// The visitors that ever named a customer of whom `wanted` says yes.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn visitors_of(&self, site: SiteId, wanted: impl Fn(&str) -> bool) -> Result<Vec<VisitorId>, Error> {
        let mut query = Query::new();
        query.push("with ");
        self.push_stored_events(&mut query);
        query.push("\nselect customer, visitor from events where site = $site and customer is not null group by all");
        query.bind("site", Value::Unsigned(u64::from(site.0)));
        let mut visitors = Vec::new();
        self.stream(&query, |columns| {
            let named = columns.unsigned("visitor").iter().enumerate();
            visitors.extend(
                named
                    .filter(|(row, _)| columns.text("customer", *row).is_some_and(&wanted))
                    .map(|(_, visitor)| VisitorId(*visitor)),
            );
        })?;
        visitors.sort_unstable();
        visitors.dedup();
        Ok(visitors)
    }
}

impl Writer {
    /// Makes a copy of the file without what is to be gone, for [`Store::take_copy`]. Gives how many rows are left out.
    /// Memory must hold no rows.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Database`]; the file stays as it is.
    pub fn copy_without(&mut self, removals: &Removals, failed: &[FailedChange]) -> Result<u64, Error> {
        assert_eq!(self.rows_in_memory, 0, "everything was flushed before");
        let doing = "copy its file";
        self.abandon_merge();
        self.checkpoint()?;
        let directory = self.directory().to_owned();
        space::demand_for_copy(&directory)?;
        remove_copy(&directory).doing(doing)?;
        let path = directory.join(COPY).to_string_lossy().replace('\'', "''");
        self.connection.execute_batch(&format!("attach '{path}' as copy (type duckdb)")).doing(doing)?;
        let copied = self.fill_copy(removals, failed);
        let detached = self.connection.execute_batch("detach copy").doing(doing);
        copied.and_then(|rows| detached.map(|()| rows))
    }

    fn fill_copy(&self, removals: &Removals, failed: &[FailedChange]) -> Result<u64, Error> {
        let doing = "copy its file";
        let run = |sql: &str| self.connection.execute_batch(sql).doing(doing);
        let mut condition = Query::new();
        push_removed(&mut condition, removals);
        let condition = condition.text();
        run("copy from database disk to copy (schema);
             insert into copy.schema_version select * from disk.schema_version;
             insert into copy.identity select * from disk.identity;
             insert into copy.rebuild select * from disk.rebuild;
             create or replace table used_codes (code uinteger not null)")?;
        let mut totals = self.totals().clone();
        let mut removed = 0;
        for number in self.runs()? {
            for (site, rows) in self.count_by_site(&format!("disk.run_{number} where {condition}"))? {
                totals::remove(&mut totals, site, rows, 0);
                removed += rows;
            }
            // In the order in which they are stored: by site, visitor and time.
            run(&format!(
                "insert into copy.run_{number} select * from disk.run_{number} where not {condition};
                 insert into copy.manifest
                 select {number}, count(*), min(received_at), max(received_at) from copy.run_{number}
                 having 0 < count(*)"
            ))?;
            let left = format!("select count(*) from copy.run_{number}");
            match self.connection.query_row(&left, [], |row| row.get::<_, u64>(0)).doing(doing)? {
                0 => run(&format!("drop table copy.run_{number}"))?,
                _ => self.note_codes(number)?,
            }
        }
        // Texts that nobody names any more go too; their numbers stay taken.
        run("insert into copy.texts
             select code, case when code in (select code from used_codes) then text else '__erased_' || code || '__' end
             from disk.texts order by code;
             drop table used_codes")?;
        self.copy_failed(failed, &mut totals)?;
        self.copy_totals(&totals, removed)?;
        run("checkpoint copy")?;
        Ok(removed)
    }

    /// Notes the texts that a run of the copy names.
    fn note_codes(&self, run: u32) -> Result<(), Error> {
        for column in Row::CODED_COLUMNS.iter().chain(&["currency"]) {
            let sql = format!("insert into used_codes select distinct {column} from copy.run_{run}");
            self.connection.execute_batch(&sql).doing("look for texts that are still named")?;
        }
        Ok(())
    }

    fn copy_failed(&self, failed: &[FailedChange], totals: &mut TotalsBySite) -> Result<(), Error> {
        let doing = "copy its failed events";
        self.connection
            .execute_batch(
                "create or replace table changed (sequence ubigint, payload blob, kind utinyint, removed uinteger)",
            )
            .doing(doing)?;
        let mut appender = self.connection.appender("changed").doing(doing)?;
        for change in failed {
            let (payload, kind) = match &change.left {
                Some((payload, kind)) => (Some(payload), Some(kind)),
                None => (None, None),
            };
            appender.append_row(duckdb::params![change.sequence, payload, kind, change.removed]).doing(doing)?;
            totals::remove(totals, change.site, 0, change.removed);
        }
        appender.flush().doing(doing)?;
        drop(appender);
        self.connection
            .execute_batch(
                "insert into copy.failed_events select * from disk.failed_events
                 where sequence not in (select sequence from changed where payload is null);
                 update copy.failed_events set
                     payload = changed.payload, kind = changed.kind, events = events - changed.removed
                 from changed where failed_events.sequence = changed.sequence;
                 drop table changed",
            )
            .doing(doing)
    }

    fn copy_totals(&self, totals: &TotalsBySite, removed: u64) -> Result<(), Error> {
        self.connection
            .execute(
                "insert into copy.progress
                 select next_sequence, rows_total - ?, received_through from disk.progress",
                [removed],
            )
            .doing("copy its progress")?;
        totals::insert(&self.connection, "copy", totals)
    }

    fn count_by_site(&self, rows: &str) -> Result<BTreeMap<SiteId, u64>, Error> {
        let doing = "count what is to be gone";
        let sql = format!("select site, count(*)::ubigint from {rows} group by site");
        let mut statement = self.connection.prepare(&sql).doing(doing)?;
        let counts = statement.query_map([], |row| Ok((SiteId(row.get(0)?), row.get(1)?)));
        counts.and_then(Iterator::collect).doing(doing)
    }
}

/// Removes what a stop left behind that nobody looks for: a copy half made, and temporary files.
pub(super) fn remove_leftovers(directory: &Path) -> io::Result<()> {
    remove_copy(directory).and(remove_folder(&directory.join("tmp")))
}

fn remove_copy(directory: &Path) -> io::Result<()> {
    [COPY, COPY_WAL].iter().try_for_each(|name| remove_if_there(&directory.join(name)))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}
