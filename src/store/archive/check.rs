//! Looking the store and the archive over for `styk check`: what each holds, so that they can be compared.

use std::ops::Range;

use duckdb::arrow::array::AsArray;
use duckdb::arrow::datatypes::UInt64Type;
use serde::{Deserialize, Serialize};

use super::Archive;
use super::round::{Fault, Loss, Round};
use super::scratch::{Scratch, quoted_pattern};
use super::sequences::Sequences;
use crate::store::{Doing, Error, Query, Snapshot};

/// What the store holds, counted anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCheck {
    /// Rows that were recorded in the transactions that wrote them.
    pub rows_recorded: u64,
    /// Rows that are there.
    pub rows_found: u64,
    /// Runs that hold them.
    pub runs: u64,
    /// Of these, runs that hold another number of rows than the manifest says.
    pub runs_wrong: u64,
    /// The first sequence that is not in the file.
    pub flushed_through: u64,
    /// The sequences of all rows in the file below the bound that was asked for.
    pub stored: Vec<Range<u64>>,
}

impl Snapshot {
    /// Counts everything in the file, every value read, and lists the sequences below `bound`.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses, as it does where a block is not what was written.
    pub fn check(&self, bound: u64) -> Result<StoreCheck, Error> {
        let doing = "count what it holds";
        let number = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, u64>(0)).doing(doing);
        let rows_recorded = number("select rows_total from disk.progress")?;
        let mut statement = self.connection.prepare("select run, events from disk.manifest").doing(doing)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u64>(1)?)));
        let manifest: Vec<(u32, u64)> = rows.and_then(Iterator::collect).doing(doing)?;
        let (mut rows_found, mut runs_wrong) = (0, 0);
        for (run, events) in &manifest {
            // The hash makes it read every block, and each has a checksum.
            let count = format!("select count(*), bit_xor(hash(rows)) from disk.run_{run} as rows");
            let found = number(&count).map_err(|error| self.judged(error))?;
            rows_found += found;
            runs_wrong += u64::from(found != *events);
        }
        let flushed_through = self.flushed_through()?;
        let mut query = Query::new();
        query.push("with ");
        self.push_stored_events(&mut query);
        query.push_numbered(" select sequence from events where sequence < {n}", bound.min(flushed_through));
        let mut stored = Sequences::default();
        self.stream(&query, |rows| rows.unsigned("sequence").iter().for_each(|sequence| stored.insert(*sequence)))?;
        let stored = stored.ranges();
        Ok(StoreCheck { rows_recorded, rows_found, runs: manifest.len() as u64, runs_wrong, flushed_through, stored })
    }
}

/// What the archive holds, every file read.
#[derive(Clone, Debug, Default)]
pub struct ArchiveCheck {
    /// Rounds that can be read.
    pub rounds: u64,
    /// Their files.
    pub files: u64,
    /// The events in these.
    pub events: Sequences,
    /// The failed events.
    pub failed: Sequences,
    /// What cannot be read, and what the journal could not give.
    pub losses: Vec<Loss>,
    /// Files that no round names: of a crash, or of a round whose own file is lost.
    pub strays: Vec<String>,
}

impl Archive {
    /// Reads every file: its bytes against the recorded hash, its rows against the recorded number.
    ///
    /// # Errors
    /// [`Error`], when DuckDB or the file system refuses.
    pub fn check(&self) -> Result<ArchiveCheck, Error> {
        let strays = self.files_without_round()?.into_iter().map(|(path, _)| path).collect();
        let mut check = ArchiveCheck { losses: self.losses().cloned().collect(), strays, ..ArchiveCheck::default() };
        let scratch = Scratch::open(&self.root)?;
        for round in self.rounds() {
            check.rounds += 1;
            check.losses.extend(round.never_archived(&self.root));
            let events = round.files.iter().map(|file| (file, false));
            for (file, failed) in events.chain(round.failed.iter().map(|file| (file, true))) {
                check.files += 1;
                let loss = match self.check_file(round, file)? {
                    None => {
                        let into = if failed { &mut check.failed } else { &mut check.events };
                        let rows = read_sequences(&scratch, &self.root.join(&file.path), round, into)?;
                        (rows != Some(file.rows)).then(|| self.loss_of(round, file, Fault::Damaged))
                    }
                    loss => loss,
                };
                check.losses.extend(loss);
            }
        }
        Ok(check)
    }
}

impl Archive {
    /// What the journal could not give when its turn came.
    pub fn unreadable(&self) -> Sequences {
        let ranges = self.rounds().flat_map(|round| &round.unreadable);
        Sequences::of(&ranges.map(|range| range.from_sequence..range.to_sequence).collect::<Vec<_>>())
    }
}

/// Adds the file's sequences to the set; gives how many rows there are, `None` where one is not of the round.
fn read_sequences(
    scratch: &Scratch,
    path: &std::path::Path,
    round: &Round,
    into: &mut Sequences,
) -> Result<Option<u64>, Error> {
    let (mut rows, mut in_round) = (0, true);
    scratch.stream(&format!("select sequence from read_parquet({})", quoted_pattern(path)), |columns| {
        for &sequence in columns.column(0).as_primitive::<UInt64Type>().values() {
            rows += 1;
            in_round &= (round.first_sequence..round.next_sequence).contains(&sequence);
            if in_round {
                into.insert(sequence);
            }
        }
    })?;
    Ok(in_round.then_some(rows))
}
