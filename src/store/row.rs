//! One event as the store keeps it.

use std::borrow::Cow;

use duckdb::ToSql;
use duckdb::types::{TimeUnit, ToSqlOutput, ValueRef};

use super::texts::Code;
use crate::domain::id::{EventId, SiteId, VisitorId};
use crate::domain::time::Timestamp;

/// One row of `events`, columns in the order of `events.sql`.
pub struct Row<'a> {
    /// The shop.
    pub site: SiteId,
    /// The browser.
    pub visitor: VisitorId,
    /// Event time.
    pub occurred_at: Timestamp,
    /// Place in the journal; unique.
    pub sequence: u64,
    /// Arrival.
    pub received_at: Timestamp,
    /// The sender's id.
    pub event_id: EventId,
    /// Coded columns, in the order of [`Row::CODED_COLUMNS`].
    pub codes: [Code; Row::CODED_COLUMNS.len()],
    /// Sent with a collect key.
    pub trusted: bool,
    /// The sender's time was not believable.
    pub time_replaced: bool,
    /// The sender's count.
    pub sender_sequence: u32,
    /// Minor units of the currency.
    pub value_minor: Option<i64>,
    /// Currency; [`NO_CODE`](super::NO_CODE) without a value.
    pub currency: Code,
    /// The shop's id of the person.
    pub customer: Option<&'a str>,
    /// The cart.
    pub cart_id: Option<&'a str>,
    /// The order.
    pub transaction_id: Option<&'a str>,
    /// JSON array of line items.
    pub items: Option<Cow<'a, str>>,
    /// JSON object.
    pub properties: Option<&'a str>,
}

impl Row<'_> {
    /// The coded columns between `event_id` and `trusted`, in table order.
    pub const CODED_COLUMNS: [&'static str; 18] = [
        "name",
        "touchpoint",
        "stage",
        "channel",
        "source",
        "medium",
        "campaign",
        "term",
        "content",
        "referrer_host",
        "page_host",
        "page",
        "device",
        "browser",
        "os",
        "country",
        "language",
        "consent",
    ];

    /// Appends the row; the order of values is the order of columns.
    pub(super) fn append(&self, appender: &mut duckdb::Appender<'_>) -> duckdb::Result<()> {
        let mut id_text = uuid::Uuid::encode_buffer();
        let id_text: &str = uuid::Uuid::from_u128(self.event_id.as_u128()).hyphenated().encode_lower(&mut id_text);
        let (occurred_at, received_at) = (Moment(self.occurred_at), Moment(self.received_at));
        let mut values: Vec<&dyn ToSql> = Vec::with_capacity(34);
        values.extend([&self.site.0 as &dyn ToSql, &self.visitor.0, &occurred_at]);
        values.extend([&self.sequence as &dyn ToSql, &received_at, &id_text]);
        values.extend(self.codes.iter().map(|code| code as &dyn ToSql));
        values.extend([&self.trusted as &dyn ToSql, &self.time_replaced, &self.sender_sequence]);
        values.extend([&self.value_minor as &dyn ToSql, &self.currency]);
        values.extend([&self.customer as &dyn ToSql, &self.cart_id, &self.transaction_id]);
        values.extend([&self.items as &dyn ToSql, &self.properties]);
        appender.append_row(values.as_slice())
    }
}

/// The columns of failed events, in memory and in the archive's files, as a table's definition; the first of those
/// files have no `kind`.
pub(super) const FAILED_COLUMNS: &str = include_str!("failed.sql");

/// An event that could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedEvent {
    /// The shop.
    pub site: SiteId,
    /// Place in the journal.
    pub sequence: u64,
    /// The sender's id, where it could be read.
    pub event_id: Option<EventId>,
    /// Stable code of the reason.
    pub reason: Cow<'static, str>,
    /// The event as the journal has it, or encoded alone.
    pub payload: Vec<u8>,
    /// Arrival.
    pub received_at: Timestamp,
    /// How many events it stands for: more than one for a record that does not decode.
    pub events: u32,
    /// How the payload is encoded.
    pub kind: u8,
}

impl FailedEvent {
    /// Appends the row; the order of values is the order of columns.
    pub(super) fn append(&self, appender: &mut duckdb::Appender<'_>) -> duckdb::Result<()> {
        let id_text = self.event_id.map(|id| id.to_string());
        let received_at = Moment::nearest(self.received_at);
        let Self { site, sequence, reason, payload, events, kind, .. } = self;
        let values: [&dyn ToSql; 8] = [&site.0, sequence, &id_text, reason, payload, &received_at, events, kind];
        appender.append_row(values.as_slice())
    }
}

/// A [`Timestamp`] as DuckDB's `TIMESTAMP`.
pub(super) struct Moment(pub(super) Timestamp);

impl Moment {
    /// The moment, or the end of the calendar that it lies behind.
    pub(super) fn nearest(at: Timestamp) -> Self {
        Self(Timestamp::from_ms(at.as_ms().clamp(*CALENDAR_MS.start(), *CALENDAR_MS.end())))
    }
}

/// The first and the last moment that the calendar of every reader knows, in milliseconds: years 1 to 9999.
const CALENDAR_MS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

#[derive(Debug, thiserror::Error)]
#[error("the moment {0} ms from 1970 is outside the years 1 to 9999")]
struct NoDate(i64);

/// A moment that no calendar knows is refused here: stored, it would make every answer fail that shows it.
impl ToSql for Moment {
    fn to_sql(&self) -> duckdb::Result<ToSqlOutput<'_>> {
        if !CALENDAR_MS.contains(&self.0.as_ms()) {
            return Err(duckdb::Error::ToSqlConversionFailure(Box::new(NoDate(self.0.as_ms()))));
        }
        Ok(ToSqlOutput::Borrowed(ValueRef::Timestamp(TimeUnit::Millisecond, self.0.as_ms())))
    }
}
