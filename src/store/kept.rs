//! Rows that questions ask for again and again, kept in memory column by column.
//!
//! # Why
//!
//! DuckDB keeps the blocks of its file in memory as they lie there. To decode them, to drop the other sites' rows and to
//! hand the columns over is most of what a question about one site costs, and it is the same work each time
//! (`benches/answers`). A run never changes while it has its number, so what was read of one is right as long as it is
//! there; new events and merges bring new runs, which alone are read.
//!
//! A [`Part`] is some columns of some rows of a site. It is kept run by run, the latest used first, up to
//! `store.kept_mib`, and let go when nobody has asked for it for some minutes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use duckdb::arrow::compute::concat_batches;
use duckdb::arrow::record_batch::RecordBatch;

use super::Error;
use super::query::{Query, Value};
use super::read::{Columns, Snapshot};
use crate::domain::id::SiteId;
use crate::domain::time::{MINUTE_MS, Timestamp};

/// What nobody has asked for in so long is let go; at the latest when twice as much is over.
const UNUSED_MS: i64 = 5 * MINUTE_MS;

const MIB: usize = 1 << 20;

/// The order of rows, and the columns that tell it.
const ORDER: &str = "\norder by visitor, at_ms, sequence";
const PLACE: &str = "visitor, epoch_ms(occurred_at) as at_ms, sequence,\n    ";

/// Some columns of some of a site's rows. It has `visitor`, `at_ms` and `sequence`, by which rows ascend, and those that
/// are named.
#[derive(Clone, Debug)]
pub struct Part {
    site: SiteId,
    columns: Query,
    condition: Query,
}

impl Part {
    /// Those `columns` of the rows that fit `condition`, which binds nothing and may name them.
    pub fn new(site: SiteId, columns: Query, condition: Query) -> Self {
        Self { site, columns, condition }
    }

    /// The same rows as one query.
    pub fn query(&self, snapshot: &Snapshot) -> Query {
        let mut query = self.unsorted_query(snapshot);
        query.push(ORDER);
        query
    }

    /// The same in whatever order they come.
    pub fn unsorted_query(&self, snapshot: &Snapshot) -> Query {
        let mut query = Query::with_values_of(&self.columns);
        query.push("with ");
        snapshot.push_events(&mut query, "events");
        query.push("\n");
        self.push_select(&mut query, |query| {
            query.push("events");
        });
        query
    }

    fn push_select(&self, query: &mut Query, push_rows: impl FnOnce(&mut Query)) {
        query.push("select ").push(PLACE).push_query(&self.columns).push("\nfrom ");
        push_rows(query);
        query.push("\nwhere site = $site and ").push_query(&self.condition);
        query.bind("site", Value::Unsigned(u64::from(self.site.0)));
    }

    fn names_customers(&self) -> bool {
        [&self.columns, &self.condition].iter().any(|sql| sql.text().contains("customer"))
    }

    /// What it says, without from where.
    fn key(&self) -> String {
        let mut query = Query::with_values_of(&self.columns);
        self.push_select(&mut query, |_| ());
        query.with_values_written_out()
    }

    fn of_run(&self, run: u32) -> Query {
        let mut query = Query::with_values_of(&self.columns);
        self.push_select(&mut query, |query| {
            query.push_numbered("disk.run_{n}", u64::from(run));
        });
        query
    }
}

/// The rows of a [`Part`], in pieces, each of which ascends.
#[derive(Clone, Default)]
pub struct KeptRows(Vec<Arc<Columns>>);

impl KeptRows {
    /// The pieces, in no order; each ascends.
    pub fn pieces(&self) -> impl ExactSizeIterator<Item = &Columns> {
        self.0.iter().map(|piece| &**piece)
    }

    /// One of the pieces.
    pub fn piece(&self, place: usize) -> &Columns {
        &self.0[place]
    }

    /// Gives `each` all rows as they ascend: the place of a piece, and so many neighbours there.
    pub fn ascending(&self, mut each: impl FnMut(usize, Range<usize>)) {
        let mut heads: Vec<Head<'_>> = self.pieces().enumerate().filter_map(Head::of).collect();
        while let Some(first) = (0..heads.len()).min_by_key(|&place| heads[place].key()) {
            let others = heads.iter().enumerate().filter(|(place, _)| *place != first);
            let until = others.map(|(_, head)| head.key()).min();
            let head = &mut heads[first];
            let from = head.row;
            head.row = match until {
                Some(until) => head.first_from(until),
                None => head.visitors.len(),
            };
            each(head.piece, from..head.row);
            if head.row == head.visitors.len() {
                heads.swap_remove(first);
            }
        }
    }
}

/// What rows ascend by.
type RowKey = (u64, i64, u64);

/// How far a piece was given.
struct Head<'a> {
    piece: usize,
    visitors: &'a [u64],
    times: &'a [i64],
    sequences: &'a [u64],
    row: usize,
}

impl<'a> Head<'a> {
    /// The beginning of a piece, if it has any rows.
    fn of((piece, columns): (usize, &'a Columns)) -> Option<Self> {
        let (visitors, sequences) = (columns.unsigned("visitor"), columns.unsigned("sequence"));
        let head = Self { piece, visitors, times: columns.numbers("at_ms"), sequences, row: 0 };
        (!visitors.is_empty()).then_some(head)
    }

    fn key_of(&self, row: usize) -> RowKey {
        (self.visitors[row], self.times[row], self.sequences[row])
    }

    fn key(&self) -> RowKey {
        self.key_of(self.row)
    }

    /// The first row after the present one that does not come before `until`.
    fn first_from(&self, until: RowKey) -> usize {
        let rest = self.row + 1..self.visitors.len();
        rest.clone().find(|&row| until <= self.key_of(row)).unwrap_or(rest.end)
    }

    fn ascends(&self) -> bool {
        (1..self.visitors.len()).all(|row| self.key_of(row - 1) < self.key_of(row))
    }
}

impl Snapshot {
    /// Whether so much may be kept.
    pub fn may_keep(&self, bytes: u64) -> bool {
        bytes <= self.kept_bytes_max() as u64
    }

    fn kept_bytes_max(&self) -> usize {
        (self.store.options().kept_mib as usize).saturating_mul(MIB)
    }

    /// Reads the rows of `part`, of which most may have been kept; once, however often this question asks.
    ///
    /// # Errors
    /// [`Error::Cancelled`] after [`Cancel::cancel`](super::Cancel::cancel), [`Error::Database`] when DuckDB refuses.
    pub fn kept_rows(&self, part: &Part) -> Result<KeptRows, Error> {
        let key = part.key();
        let read = self.parts_read.borrow().get(&key).cloned();
        if let Some(rows) = read {
            return Ok(rows);
        }
        // What is to be gone, and links that were undone, are matters of a moment: nothing of that is kept.
        let rows = if self.hides_any(part.site) || (part.names_customers() && self.misnames_any(part.site)) {
            KeptRows(self.piece(&part.query(self))?.into_iter().collect())
        } else {
            self.read_kept_rows(part, &key)?
        };
        self.parts_read.borrow_mut().insert(key, rows.clone());
        Ok(rows)
    }

    fn read_kept_rows(&self, part: &Part, key: &str) -> Result<KeptRows, Error> {
        let mut pieces = Vec::with_capacity(self.runs.len() + 1);
        for &run in &self.runs {
            let key = (run, key.to_owned());
            let found = self.kept.lock().find(&key);
            let piece = match found {
                Some(piece) => piece,
                None => self.piece_of_run(key, part.of_run(run))?,
            };
            pieces.extend(piece);
        }
        if self.newest_empty {
            return Ok(KeptRows(pieces));
        }
        let mut newest = Query::with_values_of(&part.columns);
        part.push_select(&mut newest, |query| self.push_newest(query));
        newest.push(ORDER);
        pieces.extend(self.piece(&newest)?);
        Ok(KeptRows(pieces))
    }

    /// Reads a run's rows and keeps them. A run is stored in this order; nothing promises that it is read so.
    fn piece_of_run(&self, key: (u32, String), mut query: Query) -> Result<Option<Arc<Columns>>, Error> {
        let mut piece = self.piece(&query)?;
        if piece.as_deref().and_then(|columns| Head::of((0, columns))).is_some_and(|head| !head.ascends()) {
            piece = self.piece(query.push(ORDER))?;
        }
        self.kept.lock().keep(key, piece.clone(), self.kept_bytes_max());
        Ok(piece)
    }

    /// Reads the rows of a query into one piece; `None` where there are none.
    fn piece(&self, query: &Query) -> Result<Option<Arc<Columns>>, Error> {
        let mut batches: Vec<RecordBatch> = Vec::new();
        self.stream(query, |columns| batches.push(columns.0))?;
        let Some(schema) = batches.first().map(RecordBatch::schema) else { return Ok(None) };
        let whole = concat_batches(&schema, &batches).expect("batches of one query have one schema");
        Ok((0 < whole.num_rows()).then(|| Arc::new(Columns(whole))))
    }
}

/// What is kept of one opening of the file.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Pieces>>);

#[derive(Default)]
pub(super) struct Pieces {
    /// By run, and what was read of it.
    pieces: HashMap<(u32, String), Piece>,
    bytes: usize,
    uses: u64,
    swept_at: Option<Timestamp>,
}

struct Piece {
    columns: Option<Arc<Columns>>,
    bytes: usize,
    /// The higher, the later it was used.
    used: u64,
    used_since_sweep: bool,
}

impl Kept {
    /// Nothing that can panic happens under the lock, so a poisoned lock still guards good state.
    pub(super) fn lock(&self) -> MutexGuard<'_, Pieces> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pieces {
    /// What was kept; the outer `None` where nothing was, the inner where the run has no such rows.
    fn find(&mut self, key: &(u32, String)) -> Option<Option<Arc<Columns>>> {
        self.uses += 1;
        let piece = self.pieces.get_mut(key)?;
        (piece.used, piece.used_since_sweep) = (self.uses, true);
        Some(piece.columns.clone())
    }

    /// Keeps it, and lets go of what was used longest ago, as far as there must be room.
    fn keep(&mut self, key: (u32, String), columns: Option<Arc<Columns>>, bytes_max: usize) {
        let bytes = columns.as_ref().map_or(0, |columns| columns.0.get_array_memory_size()) + key.1.len();
        if bytes_max < bytes {
            return;
        }
        self.uses += 1;
        let piece = Piece { columns, bytes, used: self.uses, used_since_sweep: true };
        let before = self.pieces.insert(key, piece);
        self.bytes = self.bytes + bytes - before.map_or(0, |before| before.bytes);
        while bytes_max < self.bytes {
            let oldest = self.pieces.iter().min_by_key(|(_, piece)| piece.used).map(|(key, _)| key.clone());
            let Some(oldest) = oldest.and_then(|key| self.pieces.remove(&key)) else { return };
            self.bytes -= oldest.bytes;
        }
    }

    /// Lets go of what was not used since it was last looked at, once in a while.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        let since = *self.swept_at.get_or_insert(now);
        if (0..UNUSED_MS).contains(&(now.as_ms() - since.as_ms())) {
            return;
        }
        self.swept_at = Some(now);
        self.pieces.retain(|_, piece| std::mem::take(&mut piece.used_since_sweep));
        self.bytes = self.pieces.values().map(|piece| piece.bytes).sum();
    }

    /// How much is kept, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
