//! Taking events out of the archive again: files without them take the place of those that hold them.
//!
//! The new file is written and verified like any other, beside the old one; then the round's own file names it, with
//! its hash; then the old file goes. Cut short anywhere, doing it again ends it: a finished file that a readable round
//! could name and does not is removed.

use duckdb::arrow::record_batch::RecordBatch;

use super::failed::{FAILED_READ_COLUMNS, read_failed};
use super::round::{Removed, Round, RoundFile};
use super::scratch::{Scratch, quoted_pattern};
use super::verified::{Holds, Tally, mark_failed};
use super::{Archive, Link, folder};
use crate::domain::id::SiteId;
use crate::domain::removal::Removals;
use crate::store::removal::push_removed;
use crate::store::{Doing, Error, FailedEvent, Query};

/// What is to be taken out, and where it lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToRemove {
    /// Events.
    pub events: u64,
    /// Failed events.
    pub failed: u64,
    /// Files that hold them.
    pub files: u64,
    /// Files that cannot be read, so that nobody can say what is in them.
    pub unreadable: u64,
}

/// A file, and how much of it goes.
struct Affected<'a> {
    file: &'a RoundFile,
    events: u64,
}

impl Archive {
    /// Looks for what is to be taken out. Changes nothing.
    ///
    /// # Errors
    /// [`Error`], when DuckDB or the file system refuses.
    pub fn find(&self, removals: &Removals) -> Result<ToRemove, Error> {
        let scratch = Scratch::open(&self.root)?;
        let mut found = ToRemove { unreadable: self.losses().count() as u64, ..ToRemove::default() };
        for round in self.rounds() {
            for file in self.affected(&scratch, round, removals, &mut found.unreadable)? {
                found.events += file.events;
                found.files += 1;
            }
            if let Some(file) = &round.failed {
                let failed = self.failed_without(&scratch, round, file, removals, &mut found.unreadable)?;
                let events = failed.map_or(0, |failed| failed.found);
                found.failed += events;
                found.files += u64::from(0 < events);
            }
        }
        Ok(found)
    }

    /// Takes out what `removals` hold. The caller is the only writer.
    ///
    /// # Errors
    /// [`Error`], when DuckDB or the file system refuses, or a file does not read back as it was written. What is done
    /// is done; doing it again does the rest.
    pub fn remove(&mut self, removals: &Removals) -> Result<(), Error> {
        let scratch = Scratch::open(&self.root)?;
        for index in 0..self.links.len() {
            let Link::Round(round) = &self.links[index] else { continue };
            if let Some(changed) = self.round_without(&scratch, round, removals)? {
                self.write_round(&changed)?;
                self.links[index] = Link::Round(changed);
            }
        }
        drop(scratch);
        folder::clear_scratch(&self.root).doing("clear the archive's scratch folder")?;
        self.remove_superseded()
    }

    /// Removes files that a readable round does not name although they bear its sequences: others have their place, or
    /// nothing of them was left.
    ///
    /// # Errors
    /// [`Error::File`], when the file system refuses.
    pub fn remove_superseded(&self) -> Result<(), Error> {
        for (path, range) in self.files_without_round()? {
            let round = |round: &Round| Some((round.first_sequence, round.next_sequence)) == range;
            if self.rounds().any(round) {
                folder::remove(&self.root.join(path)).doing("remove a file of the archive")?;
            }
        }
        Ok(())
    }

    /// The round with other files, which are written; `None` when nothing of it is to go.
    fn round_without(&self, scratch: &Scratch, round: &Round, removals: &Removals) -> Result<Option<Round>, Error> {
        let mut changed = round.clone();
        let mut unreadable = 0;
        for affected in self.affected(scratch, round, removals, &mut unreadable)? {
            let site = site_of(affected.file);
            add_removed(&mut changed.removed, Removed { site, events: affected.events });
            let place = changed.files.iter().position(|file| file == affected.file).expect("it is the round's file");
            if affected.events == affected.file.rows {
                changed.files.remove(place);
            } else {
                changed.files[place] = self.write_without(scratch, &affected, removals)?;
            }
        }
        if let Some(file) = &round.failed
            && let Some(left) = self.failed_without(scratch, round, file, removals, &mut unreadable)?
        {
            left.removed.iter().for_each(|removed| add_removed(&mut changed.removed, *removed));
            changed.failed = self.write_failed(scratch, file, &left.failed)?;
        }
        Ok((changed != *round).then_some(changed))
    }

    /// The files of events of a round that hold something to be taken out.
    fn affected<'r>(
        &self,
        scratch: &Scratch,
        round: &'r Round,
        removals: &Removals,
        unreadable: &mut u64,
    ) -> Result<Vec<Affected<'r>>, Error> {
        let mut affected = Vec::new();
        let condition = condition(removals);
        for file in round.files.iter().filter(|file| concerns(removals, site_of(file))) {
            if self.check_file(round, file)?.is_some() {
                *unreadable += 1;
                continue;
            }
            let mut events = 0;
            let path = quoted_pattern(&self.root.join(&file.path));
            scratch.stream(
                &format!("select count(*)::ubigint from read_parquet({path}) where {condition}"),
                |rows| {
                    events += first_number(rows);
                },
            )?;
            if 0 < events {
                affected.push(Affected { file, events });
            }
        }
        Ok(affected)
    }

    /// Writes the file that takes the place of one of events.
    fn write_without(
        &self,
        scratch: &Scratch,
        affected: &Affected<'_>,
        removals: &Removals,
    ) -> Result<RoundFile, Error> {
        let path = quoted_pattern(&self.root.join(&affected.file.path));
        let condition = condition(removals);
        scratch.create_tables()?;
        scratch
            .connection
            .execute_batch(&format!("insert into facts select * from read_parquet({path}) where not {condition}"))
            .doing("read a file of the archive")?;
        let tally = scratch.tally(Holds::Facts, "facts")?;
        if tally.rows + affected.events != affected.file.rows {
            return Err(Error::NotUnderstood);
        }
        let rows = "select * from facts order by visitor, occurred_at, sequence";
        scratch.write_file(&self.root, folder::next_version(&affected.file.path), rows, (Holds::Facts, tally))
    }

    /// The failed events of a round without what is to go; `None` when all stay.
    fn failed_without(
        &self,
        scratch: &Scratch,
        round: &Round,
        file: &RoundFile,
        removals: &Removals,
        unreadable: &mut u64,
    ) -> Result<Option<FailedLeft>, Error> {
        if self.check_file(round, file)?.is_some() {
            *unreadable += 1;
            return Ok(None);
        }
        let path = quoted_pattern(&self.root.join(&file.path));
        scratch.create_tables()?;
        scratch
            .connection
            .execute_batch(&format!("insert into failed by name select * from read_parquet({path})"))
            .doing("read a file of the archive")?;
        let mut left = FailedLeft::default();
        scratch.stream(&format!("select {FAILED_READ_COLUMNS} from failed order by sequence"), |rows| {
            (0..rows.num_rows()).for_each(|row| left.add(read_failed(rows, row), removals));
        })?;
        Ok((0 < left.found).then_some(left))
    }

    /// Writes the file that takes the place of one of failed events; `None` when none are left.
    fn write_failed(
        &self,
        scratch: &Scratch,
        file: &RoundFile,
        failed: &[FailedEvent],
    ) -> Result<Option<RoundFile>, Error> {
        if failed.is_empty() {
            return Ok(None);
        }
        let doing = "gather failed events for the archive";
        scratch.create_tables()?;
        let mut tally = Tally::default();
        let mut appender = scratch.connection.appender("failed").doing(doing)?;
        for failed in failed {
            failed.append(&mut appender).doing(doing)?;
            tally.add(mark_failed(failed));
        }
        appender.flush().doing(doing)?;
        drop(appender);
        let (path, rows) = (folder::next_version(&file.path), "select * from failed order by sequence");
        scratch.write_file(&self.root, path, rows, (Holds::Failed, tally)).map(Some)
    }
}

/// Failed events that stay, and how many do not.
#[derive(Default)]
struct FailedLeft {
    failed: Vec<FailedEvent>,
    found: u64,
    /// Those that leave nothing behind, for each site. A record of which something stays holds blanks for the others.
    removed: Vec<Removed>,
}

impl FailedLeft {
    fn add(&mut self, mut failed: FailedEvent, removals: &Removals) {
        let Some(stripped) = removals.strip(failed.sequence, failed.kind, &failed.payload) else {
            self.failed.push(failed);
            return;
        };
        self.found += stripped.removed;
        if 0 < stripped.left {
            (failed.payload, failed.kind) = (stripped.payload, stripped.kind);
            self.failed.push(failed);
        } else {
            add_removed(&mut self.removed, Removed { site: failed.site, events: u64::from(failed.events) });
        }
    }
}

fn add_removed(removed: &mut Vec<Removed>, more: Removed) {
    match removed.iter_mut().find(|removed| removed.site == more.site) {
        Some(known) => known.events += more.events,
        None => removed.push(more),
    }
}

/// The site whose folder the file lies in.
fn site_of(file: &RoundFile) -> SiteId {
    let folder = file.path.split('/').next().and_then(|name| name.parse().ok());
    SiteId(folder.unwrap_or(0))
}

fn concerns(removals: &Removals, site: SiteId) -> bool {
    removals.ages().contains_key(&site) || removals.visitors().keys().any(|(of, _)| *of == site)
}

/// The condition that a row is to be taken out, as SQL: made of our own words and numbers alone.
fn condition(removals: &Removals) -> String {
    let mut query = Query::new();
    push_removed(&mut query, removals);
    query.text().to_owned()
}

fn first_number(rows: &RecordBatch) -> u64 {
    use duckdb::arrow::array::AsArray;
    use duckdb::arrow::datatypes::UInt64Type;
    rows.column(0).as_primitive::<UInt64Type>().values().iter().sum()
}
