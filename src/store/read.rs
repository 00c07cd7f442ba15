//! Reading: one transaction over the runs the manifest names and the newest rows in memory.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use duckdb::arrow::array::{Array, AsArray, StringArray};
use duckdb::arrow::datatypes::{ArrowPrimitiveType, Int64Type, UInt32Type, UInt64Type};
use duckdb::arrow::record_batch::RecordBatch;
use duckdb::{Connection, InterruptHandle};

use super::contents::{Manifest, Memory};
use super::database::Store;
use super::kept::{Kept, KeptRows};
use super::leases::Lease;
use super::links::push_standing_customer;
use super::quarantine::names_surroundings;
use super::query::{Query, Value};
use super::removal::push_removed;
use super::texts::{Code, Texts};
use super::{Doing, Error};
use crate::domain::id::SiteId;
use crate::domain::link::{Identity, LinkRules};
use crate::domain::removal::Removals;
use crate::domain::time::Timestamp;

/// One reader's view of the store: everything it reads is of one moment.
pub struct Snapshot {
    pub(super) connection: Connection,
    pub(super) store: Store,
    texts: Texts,
    pub(super) runs: Vec<u32>,
    /// Of each run, the arrivals of its oldest and of its newest row, in milliseconds.
    runs_arrived_ms: Vec<(i64, i64)>,
    generations: Vec<u32>,
    /// Rows in memory count from here; those below are in the runs.
    pub(super) position: u64,
    /// Whether there are none in memory.
    pub(super) newest_empty: bool,
    received_through: Timestamp,
    hidden: Option<Arc<Removals>>,
    links: Arc<LinkRules>,
    /// What questions have read of runs.
    pub(super) kept: Kept,
    /// What this one has read already, run and memory together.
    pub(super) parts_read: RefCell<HashMap<String, KeptRows>>,
    rows_counted: RefCell<HashMap<SiteId, u64>>,
    // Dropped last: who closes the store waits for the connection to go.
    lease: Lease,
}

/// A flush between the two looks of [`Snapshot::begin`] is rare, and twice in a row is not to be seen.
const LOOKS_MAX: usize = 8;

/// Rows that arrived since ever.
const EVER_MS: i64 = i64::MIN;

/// Stops a question that runs on another thread.
#[derive(Clone)]
pub struct Cancel {
    running: Arc<InterruptHandle>,
    /// DuckDB forgets an interrupt that comes between two queries of one question.
    told: Arc<AtomicBool>,
}

impl Cancel {
    pub(super) fn of(connection: &Connection) -> Self {
        Self { running: connection.interrupt_handle(), told: Arc::default() }
    }

    /// Stops the question for good: the query that is running, and those that it would have run after.
    pub fn cancel(&self) {
        self.told.store(true, Ordering::Release);
        self.running.interrupt();
    }

    /// # Errors
    /// [`Error::Cancelled`], once it was told to stop.
    fn check(&self) -> Result<(), Error> {
        if self.told.load(Ordering::Acquire) { Err(Error::Cancelled) } else { Ok(()) }
    }
}

impl Snapshot {
    /// Takes the file's position and manifest first and the memory tables after: what a flush moves in
    /// between is still in memory, because flushed rows stay there for a grace. Should the clock have jumped over
    /// that grace, the rows are missed, and it looks again.
    pub(super) fn begin(
        connection: Connection,
        (texts, kept): (Texts, Kept),
        store: Store,
        lease: Lease,
    ) -> Result<Self, Error> {
        let (runs, runs_arrived_ms, generations) = (Vec::new(), Vec::new(), Vec::new());
        let received_through = Timestamp::from_ms(0);
        let (hidden, links) = (store.hidden(), store.link_rules());
        let mut snapshot = Self {
            connection,
            store,
            texts,
            runs,
            runs_arrived_ms,
            generations,
            position: 0,
            newest_empty: false,
            received_through,
            hidden,
            links,
            kept,
            parts_read: RefCell::default(),
            rows_counted: RefCell::default(),
            lease,
        };
        for look in 0..LOOKS_MAX {
            let begin = if look == 0 { "begin" } else { "rollback; begin" };
            if snapshot.look(begin).map_err(|error| snapshot.judged(error))? {
                break;
            }
        }
        Ok(snapshot)
    }

    /// Begins a transaction and lists what there is to read; whether nothing is missing in between.
    fn look(&mut self, begin: &'static str) -> Result<bool, Error> {
        let doing = "begin to read";
        self.connection.execute_batch(begin).doing(doing)?;
        let Manifest { position, runs } = Manifest::read(&self.connection).doing(doing)?;
        let memory = Memory::read(&self.connection).doing(doing)?;
        (self.runs, self.runs_arrived_ms) = runs.into_iter().unzip();
        self.position = position;
        self.received_through = Timestamp::from_ms(memory.received_through_ms);
        self.generations = memory.generations;
        self.newest_empty = memory.next_sequence <= position;
        Ok(memory.from_sequence <= position)
    }

    /// What a failure means: of a database that answers nothing any more, that it must be opened again; of one that
    /// does, that its file may be at fault, unless it was for want of space or memory.
    pub(super) fn judged(&self, error: Error) -> Error {
        let Error::Database { source, .. } = &error else { return error };
        // The failure ended the transaction, which must be said before anything else is asked.
        self.connection.execute_batch("rollback").ok();
        if self.connection.execute_batch("select next_sequence from disk.progress").is_err() {
            self.store.doubt();
            return Error::Closed;
        }
        if !names_surroundings(&source.to_string()) {
            self.store.doubt();
        }
        error
    }

    /// Arrival of the newest record that these rows include.
    pub fn received_through(&self) -> Timestamp {
        self.received_through
    }

    /// How many events of a site the file holds. Those in memory, a flush's worth, are not counted.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn stored_rows(&self, site: SiteId) -> Result<u64, Error> {
        let counted = self.rows_counted.borrow().get(&site).copied();
        if let Some(rows) = counted {
            return Ok(rows);
        }
        let doing = "count a site's events";
        let sql = "select coalesce(sum(loaded), 0)::ubigint from disk.totals where site = ?";
        let counted = self.connection.query_row(sql, [site.0], |row| row.get(0)).doing(doing);
        let rows = counted.map_err(|error| self.judged(error))?;
        self.rows_counted.borrow_mut().insert(site, rows);
        Ok(rows)
    }

    /// The code of `text`, if any row may have it.
    pub fn code(&self, text: &str) -> Option<Code> {
        self.texts.code(text)
    }

    /// The text of `code`; `None` for "none".
    pub fn text(&self, code: Code) -> Option<Arc<str>> {
        self.texts.text(code)
    }

    /// Stops this snapshot's question from another thread.
    pub fn cancel(&self) -> Cancel {
        self.lease.cancel().clone()
    }

    /// By what rule a visitor is a customer.
    pub fn identity(&self) -> Identity {
        self.links.identity
    }

    /// Appends `<name> as (…)` for a `with` clause: the rows of this snapshot but those that are to be gone. Columns
    /// are those of `events.sql`; a customer to whom the visitor's link was undone is not named.
    pub fn push_events(&self, query: &mut Query, name: &'static str) {
        if self.links.undone().is_empty() {
            return self.push_sent_events(query, name);
        }
        self.push_rows(query, "sent_events", EVER_MS, self.hidden.as_deref());
        query.push(",\n").push(name).push(" as not materialized (\n    select * replace (");
        push_standing_customer(query, &self.links);
        query.push(" as customer)\n    from sent_events\n)");
    }

    /// The same with every customer as it was named.
    pub fn push_sent_events(&self, query: &mut Query, name: &'static str) {
        self.push_rows(query, name, EVER_MS, self.hidden.as_deref());
    }

    /// The same with at least the rows that arrived at `from` or later: whole runs of older ones are left out.
    pub fn push_sent_events_since(&self, query: &mut Query, name: &'static str, from: Timestamp) {
        self.push_rows(query, name, from.as_ms(), self.hidden.as_deref());
    }

    /// The same as `events` with all rows, for counting what is stored.
    pub(super) fn push_stored_events(&self, query: &mut Query) {
        self.push_rows(query, "events", EVER_MS, None);
    }

    fn push_rows(&self, query: &mut Query, name: &'static str, from_ms: i64, hidden: Option<&Removals>) {
        // Inlined, so that each question reads the columns that it names, however often it names the rows.
        query.push(name).push(" as not materialized (");
        let arrived = self.runs.iter().zip(&self.runs_arrived_ms).filter(|(_, (_, through_ms))| from_ms <= *through_ms);
        for (&run, _) in arrived {
            query.push_numbered("\n    select * from disk.run_{n}", u64::from(run));
            if let Some(hidden) = hidden {
                query.push(" where not ");
                push_removed(query, hidden);
            }
            query.push(" union all");
        }
        self.push_recent(query, hidden);
        query.push("\n)");
    }

    /// Appends the rows in memory as a relation.
    pub(super) fn push_newest(&self, query: &mut Query) {
        query.push("(");
        self.push_recent(query, None);
        query.push("\n)");
    }

    fn push_recent(&self, query: &mut Query, hidden: Option<&Removals>) {
        for (index, &generation) in self.generations.iter().enumerate() {
            query.push(if index == 0 { "" } else { " union all" });
            query.push_numbered("\n    select * from recent_{n}", u64::from(generation));
            query.push_numbered(" where {n} <= sequence", self.position);
            if let Some(hidden) = hidden {
                query.push(" and not ");
                push_removed(query, hidden);
            }
        }
    }

    /// Whether some of a site's rows may be to be gone.
    pub(super) fn hides_any(&self, site: SiteId) -> bool {
        let oldest = self.runs_arrived_ms.iter().map(|(from_ms, _)| *from_ms).min().unwrap_or(i64::MAX);
        self.hidden.as_ref().is_some_and(|hidden| hidden.concern(site, Timestamp::from_ms(oldest)))
    }

    /// Whether some of a site's rows name a customer who is not meant.
    pub(super) fn misnames_any(&self, site: SiteId) -> bool {
        self.links.undone().keys().any(|(undone, _)| *undone == site)
    }

    /// Runs `query` and gives its rows to `each`, some at a time, as they come.
    ///
    /// # Errors
    /// [`Error::Cancelled`] after [`Cancel::cancel`], [`Error::Database`] when DuckDB refuses.
    pub fn stream(&self, query: &Query, each: impl FnMut(Columns)) -> Result<(), Error> {
        self.read(query, each).map_err(|error| self.judged(error))
    }

    fn read(&self, query: &Query, mut each: impl FnMut(Columns)) -> Result<(), Error> {
        let doing = "answer the question";
        let cancel = self.lease.cancel();
        cancel.check()?;
        let mut statement = self.connection.prepare(&query.with_numbers_written_out()).doing(doing)?;
        let values = bound_values(&statement, query).doing(doing)?;
        drop(statement.stream_arrow(duckdb::params_from_iter(values)).doing(doing)?);
        // Not the iterator that `stream_arrow` returns: it panics when the question is cancelled half-way.
        while let Some(array) = statement.step().doing(doing)? {
            each(Columns(RecordBatch::from(&array)));
            cancel.check()?;
        }
        Ok(())
    }

    /// Runs `query` for its effect, such as `copy … to`.
    pub(super) fn execute(&self, query: &Query) -> Result<(), Error> {
        self.run(query).doing("answer the question").map_err(|error| self.judged(error))
    }

    fn run(&self, query: &Query) -> duckdb::Result<()> {
        let mut statement = self.connection.prepare(&query.with_numbers_written_out())?;
        let values = bound_values(&statement, query)?;
        statement.execute(duckdb::params_from_iter(values))?;
        Ok(())
    }
}

/// The values of `query` in the order in which DuckDB numbers the names.
fn bound_values(statement: &duckdb::Statement<'_>, query: &Query) -> duckdb::Result<Vec<duckdb::types::Value>> {
    (1..=statement.parameter_count())
        .map(|index| {
            let name = statement.parameter_name(index)?;
            Ok(match query.value(&name).expect("every name in the SQL is bound") {
                Value::Number(number) => duckdb::types::Value::BigInt(*number),
                Value::Unsigned(number) => duckdb::types::Value::UBigInt(*number),
                Value::Text(text) => duckdb::types::Value::Text(text.clone()),
            })
        })
        .collect()
}

/// Some rows of an answer, column by column. Columns are asked for by the name that the SQL gave them.
pub struct Columns(pub(super) RecordBatch);

impl Columns {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.0.num_rows()
    }

    /// A `ubigint` column without nulls.
    pub fn unsigned(&self, name: &str) -> &[u64] {
        self.primitive::<UInt64Type>(name)
    }

    /// A `bigint` column without nulls.
    pub fn numbers(&self, name: &str) -> &[i64] {
        self.primitive::<Int64Type>(name)
    }

    /// A `uinteger` column without nulls: codes.
    pub fn codes(&self, name: &str) -> &[u32] {
        self.primitive::<UInt32Type>(name)
    }

    /// A `varchar` value; `None` for null.
    pub fn text(&self, name: &str, row: usize) -> Option<&str> {
        self.texts(name).get(row)
    }

    /// A `varchar` column whose values are asked for again and again.
    pub fn texts(&self, name: &str) -> TextValues<'_> {
        TextValues(self.column(name).as_string::<i32>())
    }

    fn primitive<T: ArrowPrimitiveType>(&self, name: &str) -> &[T::Native] {
        self.column(name).as_primitive::<T>().values()
    }

    fn column(&self, name: &str) -> &dyn Array {
        self.0.column_by_name(name).expect("the SQL names this column").as_ref()
    }
}

/// A `varchar` column of some rows.
#[derive(Clone, Copy)]
pub struct TextValues<'a>(&'a StringArray);

impl<'a> TextValues<'a> {
    /// The value in a row; `None` for null.
    pub fn get(self, row: usize) -> Option<&'a str> {
        self.0.is_valid(row).then(|| self.0.value(row))
    }
}
