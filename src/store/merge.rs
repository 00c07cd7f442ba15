//! Merging: several runs of about one size become one, in the background, some rows at a time.
//!
//! # Why some at a time
//!
//! The load thread merges, and new events must not wait for it: each turn copies the rows of a few hundred thousand
//! events, in the order of the run to come, into a table that the manifest does not name yet. The last turn names it
//! and drops the old ones, in one transaction. What a crash leaves behind is a table that nobody knows, which the next
//! opening drops. Memory holds one turn's rows, however long the runs are.

use std::collections::VecDeque;

use duckdb::Connection;

use super::write::Writer;
use super::{Doing, Error, space};

/// The rows of so many flushes are copied in one turn, about. A flush is a row group, and two of them pass by the log.
const TURN_FLUSHES: u64 = 2;

/// A merge on its way.
pub(super) struct Merge {
    /// The run to come.
    into: u32,
    runs: Vec<u32>,
    /// What is not copied yet, in the order of rows.
    pieces: VecDeque<Piece>,
}

/// A place between rows: in front of those of this site and visitor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bound {
    site: u32,
    visitor: u64,
}

/// The rows between two places; from the beginning, or to the end, where there is none.
struct Piece {
    from: Option<Bound>,
    to: Option<Bound>,
}

impl Piece {
    /// Conditions that are true for its rows, one at a time. Each compares columns with numbers and nothing else, so
    /// that only blocks are read that hold such rows.
    fn conditions(&self) -> Vec<String> {
        let above = |from: Bound| format!("site = {} and {} <= visitor", from.site, from.visitor);
        let below = |to: Bound| format!("site = {} and visitor < {}", to.site, to.visitor);
        match (self.from, self.to) {
            (None, None) => vec!["true".to_owned()],
            (None, Some(to)) => vec![format!("site < {}", to.site), below(to)],
            (Some(from), None) => vec![above(from), format!("{} < site", from.site)],
            (Some(from), Some(to)) if from.site == to.site => {
                vec![format!("{} and visitor < {}", above(from), to.visitor)]
            }
            (Some(from), Some(to)) => {
                vec![above(from), format!("{} < site and site < {}", from.site, to.site), below(to)]
            }
        }
    }
}

impl Writer {
    /// Takes one turn at merging, if there is something to merge; whether a merge ended with it.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses; all runs stay, and the merge begins again some time.
    pub(super) fn merge_on(&mut self) -> Result<bool, Error> {
        let Some(mut merge) = self.merging.take() else {
            if std::mem::take(&mut self.merge_due) {
                self.merging = self.begin_merge()?;
            }
            return Ok(false);
        };
        let turn = match merge.pieces.pop_front() {
            Some(piece) => self.copy_piece(&merge, &piece).map(|()| false),
            None => self.end_merge(&merge).map(|()| true),
        };
        match turn {
            Ok(false) => self.merging = Some(merge),
            // The new run may make its size as many as it takes.
            Ok(true) => self.merge_due = true,
            Err(_) => self.drop_unfinished(merge.into),
        }
        turn
    }

    /// Whether what is being merged is so little that it can be done at once.
    pub(super) fn merges_little(&self) -> bool {
        self.merging.as_ref().is_some_and(|merge| merge.pieces.len() <= 1)
    }

    /// Lets go of a merge that is on its way.
    pub(super) fn abandon_merge(&mut self) {
        if let Some(merge) = self.merging.take() {
            self.drop_unfinished(merge.into);
            self.merge_due = true;
        }
    }

    /// The next merge, if runs of one size are as many as make one of the next; the smallest size first.
    fn begin_merge(&mut self) -> Result<Option<Merge>, Error> {
        let doing = "list its runs";
        let mut statement = self
            .connection
            .prepare("select run, events from disk.manifest order by received_from, run")
            .doing(doing)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u64>(1)?)));
        let all: Vec<(u32, u64)> = rows.and_then(Iterator::collect).doing(doing)?;
        drop(statement);
        let Some(chosen) = self.runs_of_one_size(&all) else { return Ok(None) };
        // Many runs only make questions slower.
        if let Err(error) = space::demand_for_rows(self.directory(), chosen.iter().map(|(_, events)| events).sum()) {
            tracing::warn!(%error, "merging runs is put off");
            return Ok(None);
        }
        let pieces = self.pieces_of(&chosen)?;
        let (into, runs) = (self.next_run, chosen.iter().map(|(run, _)| *run).collect::<Vec<_>>());
        self.next_run += 1;
        self.connection
            .execute_batch(&format!("create table disk.run_{into} as select * from disk.run_{} limit 0", runs[0]))
            .doing("begin to merge runs")?;
        Ok(Some(Merge { into, runs, pieces }))
    }

    /// Runs and their rows: as many of one size as make one of the next. Each size is so many times the one before.
    fn runs_of_one_size(&self, all: &[(u32, u64)]) -> Option<Vec<(u32, u64)>> {
        let (runs, rows_max) = (self.options().merge_runs.max(2), self.options().merge_rows_max);
        let (mut above, mut size_max) = (0, self.options().flush_rows);
        while above < rows_max {
            // A flush may bring more rows than are due, but not as many as a size is apart.
            let up_to = size_max.saturating_add(size_max / 2);
            let of_size = all.iter().copied().filter(|(_, events)| above < *events && *events <= up_to);
            let chosen: Vec<(u32, u64)> = of_size.collect();
            if runs <= chosen.len() && chosen.iter().map(|(_, events)| events).sum::<u64>() <= rows_max {
                return Some(chosen);
            }
            above = up_to;
            size_max = size_max.saturating_mul(runs as u64);
        }
        None
    }

    /// All rows of these runs in pieces of one turn, cut where the longest of them has so many rows.
    fn pieces_of(&self, chosen: &[(u32, u64)]) -> Result<VecDeque<Piece>, Error> {
        let doing = "look where to cut its runs";
        let events: u64 = chosen.iter().map(|(_, events)| events).sum();
        let (longest, rows) = chosen.iter().max_by_key(|(_, events)| *events).expect("there are some");
        let turns = events.div_ceil(self.options().flush_rows.saturating_mul(TURN_FLUSHES).max(1));
        let places: Vec<String> = (1..turns).map(|turn| (rows * turn / turns).to_string()).collect();
        let mut bounds = Vec::new();
        if !places.is_empty() {
            let sql = format!("select site, visitor from disk.run_{longest} where rowid in ({})", places.join(", "));
            let mut statement = self.connection.prepare(&sql).doing(doing)?;
            let rows = statement.query_map([], |row| Ok(Bound { site: row.get(0)?, visitor: row.get(1)? }));
            bounds = rows.and_then(Iterator::collect).doing(doing)?;
        }
        bounds.sort_unstable();
        bounds.dedup();
        let from = std::iter::once(None).chain(bounds.iter().copied().map(Some));
        let to = bounds.iter().copied().map(Some).chain([None]);
        Ok(from.zip(to).map(|(from, to)| Piece { from, to }).collect())
    }

    fn copy_piece(&self, merge: &Merge, piece: &Piece) -> Result<(), Error> {
        let conditions = piece.conditions();
        let parts = merge.runs.iter().flat_map(|run| {
            conditions.iter().map(move |condition| format!("select * from disk.run_{run} where {condition}"))
        });
        let rows = parts.collect::<Vec<_>>().join(" union all ");
        let sql = format!(
            "insert into disk.run_{} select * from ({rows}) order by site, visitor, occurred_at, sequence",
            merge.into
        );
        self.connection.execute_batch(&sql).doing("merge its runs")
    }

    /// Names the new run instead of the old ones.
    fn end_merge(&mut self, merge: &Merge) -> Result<(), Error> {
        let doing = "merge its runs";
        let into = merge.into;
        let numbers = merge.runs.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let number = |sql: String| self.connection.query_row(&sql, [], |row| row.get::<_, u64>(0)).doing(doing);
        let recorded = number(format!("select sum(events)::ubigint from disk.manifest where run in ({numbers})"))?;
        let found = number(format!("select count(*)::ubigint from disk.run_{into}"))?;
        if found != recorded {
            return Err(Error::Miscounted { found, recorded });
        }
        let drops: String = merge.runs.iter().map(|run| format!("drop table disk.run_{run}; ")).collect();
        let sql = format!(
            "insert into disk.manifest
             select {into}, sum(events), min(received_from), max(received_through)
             from disk.manifest where run in ({numbers});
             delete from disk.manifest where run in ({numbers});
             {drops}"
        );
        let transaction = self.connection.unchecked_transaction().doing(doing)?;
        self.connection.execute_batch(&sql).doing(doing)?;
        transaction.commit().doing(doing)
    }

    fn drop_unfinished(&self, run: u32) {
        // What stays takes space until the next opening, and nothing else.
        self.connection.execute_batch(&format!("drop table if exists disk.run_{run}")).ok();
    }
}

/// Drops what a merge left behind that a stop cut short: runs that the manifest does not name.
pub(super) fn drop_leftovers(connection: &Connection) -> Result<(), Error> {
    let doing = "drop what an unfinished merge left behind";
    let sql = "select table_name from duckdb_tables()
               where database_name = 'disk' and table_name like 'run\\_%' escape '\\'
                   and table_name not in (select 'run_' || run from disk.manifest)";
    let mut statement = connection.prepare(sql).doing(doing)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0));
    let names: Vec<String> = names.and_then(Iterator::collect).doing(doing)?;
    drop(statement);
    for name in names {
        // Made by `begin_merge`, or it would not match: `run_` and a number.
        if name.trim_start_matches("run_").bytes().all(|byte| byte.is_ascii_digit()) {
            connection.execute_batch(&format!("drop table disk.{name}")).doing(doing)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_lie_side_by_side_hold_every_row_once_and_in_order() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "create table rows as select site::uinteger as site, visitor::ubigint as visitor
                 from range(4) as sites(site), range(5) as visitors(visitor)",
            )
            .unwrap();
        let bound = |site, visitor| Some(Bound { site, visitor });
        let cuts = [None, bound(0, 3), bound(1, 0), bound(1, 2), bound(1, 4), bound(3, 1), None];
        let mut found = Vec::new();
        for sides in cuts.windows(2) {
            for condition in (Piece { from: sides[0], to: sides[1] }).conditions() {
                let sql = format!("select site, visitor from rows where {condition} order by site, visitor");
                let mut statement = connection.prepare(&sql).unwrap();
                let rows = statement.query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u64>(1)?))).unwrap();
                found.extend(rows.map(Result::unwrap));
            }
        }
        let all: Vec<(u32, u64)> = (0..4).flat_map(|site| (0..5).map(move |visitor| (site, visitor))).collect();
        assert_eq!(found, all);
    }
}
