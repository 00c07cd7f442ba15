//! Failed events in the archive: the same columns as in the store.

use duckdb::arrow::array::{Array, AsArray};
use duckdb::arrow::datatypes::{Int64Type, UInt32Type, UInt64Type};
use duckdb::arrow::record_batch::RecordBatch;

use crate::domain::id::{EventId, SiteId};
use crate::domain::time::Timestamp;
use crate::store::FailedEvent;

/// The columns in types that [`read_failed`] takes apart. The first files have no `kind`.
pub(super) const FAILED_READ_COLUMNS: &str =
    "site, sequence, event_id::varchar, reason, payload, epoch_ms(received_at), coalesce(events, 1)::uinteger,
     coalesce(kind, 1)::uinteger";

/// Takes a row of [`FAILED_READ_COLUMNS`] apart.
pub(super) fn read_failed(rows: &RecordBatch, row: usize) -> FailedEvent {
    let id = rows.column(2).as_string::<i32>();
    FailedEvent {
        site: SiteId(rows.column(0).as_primitive::<UInt32Type>().value(row)),
        sequence: rows.column(1).as_primitive::<UInt64Type>().value(row),
        event_id: id.is_valid(row).then(|| EventId::parse(id.value(row))).flatten(),
        reason: rows.column(3).as_string::<i32>().value(row).to_owned().into(),
        payload: rows.column(4).as_binary::<i32>().value(row).to_vec(),
        received_at: Timestamp::from_ms(rows.column(5).as_primitive::<Int64Type>().value(row)),
        events: rows.column(6).as_primitive::<UInt32Type>().value(row),
        kind: u8::try_from(rows.column(7).as_primitive::<UInt32Type>().value(row)).unwrap_or(0),
    }
}
