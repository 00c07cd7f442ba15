//! What the archive asks of the store: which events of a range of sequences are rows in its file.

use std::collections::BTreeMap;
use std::ops::Range;

use duckdb::arrow::record_batch::RecordBatch;

use super::failed::{FAILED_READ_COLUMNS, read_failed};
use super::{SiteDay, scratch};
use crate::domain::id::SiteId;
use crate::domain::time::Timestamp;
use crate::store::{Doing, Error, FailedEvent, Query, Snapshot};

impl Snapshot {
    /// The first sequence that is not in the file: what is loaded beyond it is in memory alone.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn flushed_through(&self) -> Result<u64, Error> {
        let sql = "select next_sequence from disk.progress";
        self.connection.query_row(sql, [], |row| row.get(0)).doing("read how far its file is")
    }

    /// The sequences of all rows from `range.start` to before `range.end`, in order.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn stored_sequences(&self, range: &Range<u64>) -> Result<Vec<u64>, Error> {
        let mut query = self.rows_of(range);
        query.push("select sequence from stored");
        let mut sequences = Vec::new();
        self.stream(&query, |rows| sequences.extend_from_slice(rows.unsigned("sequence")))?;
        sequences.sort_unstable();
        Ok(sequences)
    }

    /// How many rows there are of each site and day of arrival, outside of `except`.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn stored_counts(&self, range: &Range<u64>, except: &[Range<u64>]) -> Result<BTreeMap<SiteDay, u64>, Error> {
        let mut query = self.rows_of(range);
        query.push(
            "select site::ubigint as site, epoch_ms(date_trunc('day', received_at)) as day_ms,
                count(*)::ubigint as events
            from stored
            where true",
        );
        for except in except {
            query.push_numbered(" and not ({n} <= sequence", except.start);
            query.push_numbered(" and sequence < {n})", except.end);
        }
        query.push(" group by all");
        let mut counts = BTreeMap::new();
        self.stream(&query, |rows| {
            for row in 0..rows.rows() {
                let site = u32::try_from(rows.unsigned("site")[row]).expect("the column is narrower");
                let site_day = SiteDay::of(SiteId(site), Timestamp::from_ms(rows.numbers("day_ms")[row]));
                counts.insert(site_day, rows.unsigned("events")[row]);
            }
        })?;
        Ok(counts)
    }

    /// Gives `each` the failed events in the file with sequences in `range`, in order.
    ///
    /// # Errors
    /// [`Error::Database`], when DuckDB refuses.
    pub fn failed_events(&self, range: &Range<u64>, mut each: impl FnMut(FailedEvent)) -> Result<(), Error> {
        let sql = format!(
            "select {FAILED_READ_COLUMNS} from disk.failed_events
             where {} <= sequence and sequence < {} order by sequence",
            range.start, range.end
        );
        let mut read = |rows: &RecordBatch| (0..rows.num_rows()).for_each(|row| each(read_failed(rows, row)));
        scratch::stream(&self.connection, &sql, &mut read).doing("read its failed events")
    }

    /// The beginning of a query for `stored`: the rows of `range`.
    fn rows_of(&self, range: &Range<u64>) -> Query {
        let mut query = Query::new();
        query.push("with ");
        self.push_stored_events(&mut query);
        query.push_numbered(", stored as (select * from events where {n} <= sequence", range.start);
        query.push_numbered(" and sequence < {n})\n", range.end);
        query
    }
}
