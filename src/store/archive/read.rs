//! Reading the archive from front to back, some events at a time, over whatever is damaged.

use super::failed::{FAILED_READ_COLUMNS, read_failed};
use super::round::{Fault, Loss, Removed, Round, RoundFile};
use super::scratch::{Scratch, quoted_pattern};
use super::{Archive, Link, folder};
use crate::domain::event::Batch;
use crate::domain::time::Timestamp;
use crate::store::archive::fact::Fact;
use crate::store::{Doing, Error, FailedEvent};

/// At most so many events come at once.
const EVENTS_MAX: usize = 2_000;
/// At most so many failed events come at once: each may be as long as a record of the journal.
const FAILED_MAX: usize = 16;

/// Some of the archive, in the order of sequences.
#[derive(Debug, PartialEq)]
pub struct Part {
    /// Events with the sequence of the first of each batch. A batch here holds neighbours that arrived together; it
    /// may be a part of the batch that was sent.
    pub batches: Vec<(u64, Batch)>,
    /// Events that could not be loaded when they came.
    pub failed: Vec<FailedEvent>,
    /// What cannot be read, told once.
    pub losses: Vec<Loss>,
    /// All that is archived below this sequence is in this part or an earlier one.
    pub next_sequence: u64,
    /// The newest arrival in this part.
    pub received_through: Timestamp,
    /// So many of its sequences held events that cannot be read any more.
    pub missing: u64,
    /// So many were taken out again. What else is neither an event nor a failed one was there already when it came.
    pub removed: Vec<Removed>,
}

/// Reads an archive in the order of sequences; see [`Archive::read`].
pub struct ArchiveReader<'a> {
    archive: &'a Archive,
    scratch: Scratch,
    /// The link to read next.
    next_link: usize,
    /// The round that lies in the scratch tables, sorted.
    round: Option<&'a Round>,
    /// Found on entering the round, not told yet.
    losses: Vec<Loss>,
    /// Events of the round that cannot be read and are not told as missing yet.
    unreadable: u64,
    /// Events that were taken out of the round again and are not told yet.
    removed: Vec<Removed>,
    next_sequence: u64,
}

impl<'a> ArchiveReader<'a> {
    pub(super) fn begin(archive: &'a Archive, from_sequence: u64) -> Result<Self, Error> {
        let scratch = Scratch::open(&archive.root)?;
        let (losses, removed) = (Vec::new(), Vec::new());
        let next_sequence = from_sequence;
        Ok(Self { archive, scratch, next_link: 0, round: None, losses, unreadable: 0, removed, next_sequence })
    }

    /// The next part; `None` after the last one.
    ///
    /// Damage is no error: it is in [`Part::losses`], and reading goes on behind it.
    ///
    /// # Errors
    /// [`Error`], when DuckDB or the file system refuses.
    pub fn next_part(&mut self) -> Result<Option<Part>, Error> {
        loop {
            if let Some(round) = self.round {
                if self.next_sequence < round.next_sequence {
                    return self.part_of(round).map(Some);
                }
                self.round = None;
            }
            let Some(link) = self.archive.links.get(self.next_link) else { return Ok(None) };
            self.next_link += 1;
            match link {
                _ if link.next_sequence() <= self.next_sequence => {}
                Link::Round(round) => {
                    self.enter(round)?;
                    self.next_sequence = self.next_sequence.max(round.first_sequence);
                    self.round = Some(round);
                }
                Link::Lost(loss) => {
                    let missing = loss.to_sequence - self.next_sequence.max(loss.from_sequence);
                    self.next_sequence = loss.to_sequence;
                    let next_sequence = self.next_sequence;
                    let received_through = Timestamp::from_ms(0);
                    let losses = vec![loss.clone()];
                    let (batches, failed, removed) = (Vec::new(), Vec::new(), Vec::new());
                    return Ok(Some(Part {
                        batches,
                        failed,
                        losses,
                        next_sequence,
                        received_through,
                        missing,
                        removed,
                    }));
                }
            }
        }
    }

    /// Puts the round's sound files into the scratch tables, sorted by sequence.
    fn enter(&mut self, round: &Round) -> Result<(), Error> {
        self.losses = round.never_archived(&self.archive.root);
        self.unreadable = round.unreadable.iter().map(|range| range.to_sequence - range.from_sequence).sum();
        self.removed.clone_from(&round.removed);
        let mut sound = Vec::new();
        for file in &round.files {
            match self.archive.check_file(round, file)? {
                Some(loss) => self.lose(file, loss),
                None => sound.push(quoted_pattern(&self.archive.root.join(&file.path))),
            }
        }
        self.scratch.create_tables()?;
        if !sound.is_empty() {
            let sql = format!("insert into facts select * from read_parquet([{}]) order by sequence", sound.join(", "));
            self.scratch.connection.execute_batch(&sql).doing("sort a round of the archive")?;
        }
        if let Some(file) = &round.failed {
            match self.archive.check_file(round, file)? {
                Some(loss) => self.lose(file, loss),
                None => {
                    let path = quoted_pattern(&self.archive.root.join(&file.path));
                    let sql =
                        format!("insert into failed by name select * from read_parquet({path}) order by sequence");
                    self.scratch.connection.execute_batch(&sql).doing("sort a round of the archive")?;
                }
            }
        }
        Ok(())
    }

    fn lose(&mut self, file: &RoundFile, loss: Loss) {
        self.unreadable += file.rows;
        self.losses.push(loss);
    }

    fn part_of(&mut self, round: &Round) -> Result<Part, Error> {
        let from = self.next_sequence;
        let mut failed = self.failed_from(from, FAILED_MAX + 1)?;
        let mut bound = round.next_sequence;
        if let Some(over) = failed.get(FAILED_MAX).filter(|_| FAILED_MAX < failed.len()) {
            // Several failures may share one sequence: it is never cut in two.
            bound = over.sequence.max(from + 1);
        }
        let mut facts = self.facts_between(from, bound)?;
        if EVENTS_MAX <= facts.len() {
            bound = facts.last().map_or(bound, |last| last.sequence + 1);
        }
        if bound == from + 1 && FAILED_MAX < failed.len() {
            failed = self.failed_from(from, usize::MAX)?;
        }
        failed.retain(|failed| failed.sequence < bound);
        facts.retain(|fact| fact.sequence < bound);

        let arrivals = facts.iter().map(|fact| fact.received_at);
        let newest = arrivals.chain(failed.iter().map(|failed| failed.received_at)).max();
        let ended = bound == round.next_sequence;
        let received_through = if ended { round.received_through } else { newest.unwrap_or(Timestamp::from_ms(0)) };
        let told = facts.len() as u64 + failed.iter().map(|failed| u64::from(failed.events)).sum::<u64>();
        let missing = self.unreadable.min((bound - from).saturating_sub(told));
        self.unreadable -= missing;
        let removed = self.removed_of((bound - from).saturating_sub(told + missing));
        self.next_sequence = bound;
        let losses = std::mem::take(&mut self.losses);
        Ok(Part { batches: together(facts), failed, losses, next_sequence: bound, received_through, missing, removed })
    }

    /// Of what was taken out of the round again, as much as `absent` sequences may have held.
    fn removed_of(&mut self, mut absent: u64) -> Vec<Removed> {
        let mut told = Vec::new();
        for removed in &mut self.removed {
            let events = removed.events.min(absent);
            if 0 < events {
                told.push(Removed { events, ..*removed });
                removed.events -= events;
                absent -= events;
            }
        }
        told
    }

    /// The first events from `from` to before `bound`. The table is sorted, so that reading it stops early.
    fn facts_between(&self, from: u64, bound: u64) -> Result<Vec<Fact>, Error> {
        let rows = format!(
            "(select * from facts where {from} <= sequence and sequence < {bound} limit {EVENTS_MAX}) as facts"
        );
        let mut facts = Vec::new();
        let understood = self.scratch.read_facts(&rows, |fact| facts.push(fact))?;
        if understood { Ok(facts) } else { Err(Error::NotUnderstood) }
    }

    fn failed_from(&self, from: u64, rows_max: usize) -> Result<Vec<FailedEvent>, Error> {
        let sql = format!(
            "select {FAILED_READ_COLUMNS} from failed where {from} <= sequence limit {}",
            i64::try_from(rows_max).unwrap_or(i64::MAX)
        );
        let mut failed = Vec::new();
        self.scratch.stream(&sql, |rows| {
            failed.extend((0..rows.num_rows()).map(|row| read_failed(rows, row)));
        })?;
        Ok(failed)
    }
}

/// Neighbours that arrived together become one batch again.
fn together(facts: Vec<Fact>) -> Vec<(u64, Batch)> {
    let mut batches: Vec<(u64, Batch)> = Vec::new();
    for fact in facts {
        match batches.last_mut() {
            Some((first, batch))
                if *first + batch.events.len() as u64 == fact.sequence
                    && (batch.site, batch.received_at, batch.sender) == (fact.site, fact.received_at, fact.sender) =>
            {
                batch.events.push(fact.event);
            }
            _ => batches.push((fact.sequence, fact.into_batch())),
        }
    }
    batches
}

impl Round {
    /// What was damaged in the journal before this round could take it, where somebody had loaded it.
    pub(super) fn never_archived(&self, root: &std::path::Path) -> Vec<Loss> {
        let path = root.join(folder::round_path(self.first_sequence, self.next_sequence));
        let stored = self.unreadable.iter().filter(|range| 0 < range.stored);
        let losses = stored.map(|range| Loss {
            path: path.clone(),
            from_sequence: range.from_sequence,
            to_sequence: range.to_sequence,
            events: Some(range.stored),
            fault: Fault::NeverArchived,
        });
        losses.collect()
    }
}

impl Archive {
    /// Compares a file with what its round says about it, byte for byte; `None`: it is as it was written.
    ///
    /// # Errors
    /// [`Error::File`], when there is such a file that cannot be read.
    pub fn check_file(&self, round: &Round, file: &RoundFile) -> Result<Option<Loss>, Error> {
        let path = self.root.join(&file.path);
        let fault = match folder::hash_file(&path).doing("read a file of the archive")? {
            Some((bytes, sha256)) if bytes == file.bytes && sha256 == file.sha256 => return Ok(None),
            Some(_) => Fault::Damaged,
            None => Fault::Missing,
        };
        Ok(Some(self.loss_of(round, file, fault)))
    }

    pub(super) fn loss_of(&self, round: &Round, file: &RoundFile, fault: Fault) -> Loss {
        Loss {
            path: self.root.join(&file.path),
            from_sequence: round.first_sequence,
            to_sequence: round.next_sequence,
            events: Some(file.rows),
            fault,
        }
    }
}
