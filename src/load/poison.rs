//! Events that the store refuses, told from a store that refuses everything.

use super::follow::Follower;
use super::made::{Decoded, Made};
use super::outcome::{REFUSED, failed_alone};
use crate::domain::id::{EventId, SiteId, VisitorId};
use crate::domain::time::Timestamp;
use crate::store::{self, NO_CODE, Row, Writer};

impl Follower {
    /// Moves the rows that the store refuses, each for itself, to the failed events; gives how many there were.
    ///
    /// # Errors
    /// [`store::Error`], when the store takes not even a plain row: then it is the store, and nobody is blamed.
    pub(super) fn take_poison_out(&mut self, part: &[Decoded], made: &mut Made<'_>) -> Result<usize, store::Error> {
        let mut poison = Vec::new();
        find_poison(&self.writer, &made.rows, 0, &mut poison)?;
        for &index in poison.iter().rev() {
            let sequence = made.rows.remove(index).sequence;
            let decoded = &part[part.partition_point(|decoded| decoded.sequence <= sequence) - 1];
            let event = &decoded.batch.events[usize::try_from(sequence - decoded.sequence).expect("a batch is small")];
            tracing::error!(sequence, "the store refuses an event; it is kept among the failed ones");
            made.failed.push(failed_alone(&decoded.batch, event, sequence, REFUSED));
            // Not stored, so the same event sent again is no repetition.
            let id = (decoded.batch.site, event.id);
            self.seen.forget(&[id]);
            made.marked.retain(|marked| *marked != id);
            let one = u64::from(self.progress.is_new(sequence));
            made.outcome.loaded -= one;
            made.outcome.failed += one;
        }
        Ok(poison.len())
    }
}

/// Finds the rows that the store refuses one by one, by halves. Nothing is stored on the way.
fn find_poison(writer: &Writer, rows: &[Row<'_>], first: usize, poison: &mut Vec<usize>) -> Result<(), store::Error> {
    if rows.is_empty() || writer.try_rows(rows).is_ok() {
        return Ok(());
    }
    // Asked after each refusal: a store that breaks down half-way must not turn good rows into bad ones.
    writer.try_rows(&[plain_row()])?;
    if rows.len() == 1 {
        poison.push(first);
        return Ok(());
    }
    let (left, right) = rows.split_at(rows.len() / 2);
    find_poison(writer, left, first, poison)?;
    find_poison(writer, right, first + left.len(), poison)
}

/// A row that every store takes.
fn plain_row() -> Row<'static> {
    let begin = Timestamp::from_ms(0);
    Row {
        site: SiteId(0),
        visitor: VisitorId(0),
        occurred_at: begin,
        sequence: 0,
        received_at: begin,
        event_id: EventId::from_u128(0),
        codes: [NO_CODE; Row::CODED_COLUMNS.len()],
        trusted: false,
        time_replaced: false,
        sender_sequence: 0,
        value_minor: None,
        currency: NO_CODE,
        customer: None,
        cart_id: None,
        transaction_id: None,
        items: None,
        properties: None,
    }
}
