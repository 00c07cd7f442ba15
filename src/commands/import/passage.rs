//! One file on its way to the server, batch by batch.

use std::ops::ControlFlow;

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::batch::{Batch, Placed};
use super::event::Events;
use super::report::Report;
use super::row::{BadRow, Row};
use super::table::Table;
use super::{BodyRefused, Error, Import, Reply};
use crate::store::{self, Bookmark};

/// Sends a body and brings the answer.
pub(super) type Sink<'a> = dyn FnMut(&[u8]) -> anyhow::Result<Reply> + 'a;

/// Where one file stands.
struct Passage<'a, 'b> {
    table: &'a Table,
    events: Events<'a>,
    batch: Batch,
    bookmark: &'a Bookmark,
    /// Rows that were done before this reading.
    rows_before: u64,
    /// Rows of this reading, the ones before included.
    rows_read: u64,
    sink: &'a mut Sink<'b>,
    report: &'a mut Report<'b>,
}

/// Imports `table`, behind the rows that an interrupted import of the same file has sent.
pub(super) fn import_table<'b>(
    import: &Import,
    table: &Table,
    sink: &mut Sink<'b>,
    report: &mut Report<'b>,
) -> Result<(), Error> {
    let kept = |source| Error::Bookmark { path: table.path().to_owned(), source };
    let unreadable = |source| Error::Read { path: table.path().to_owned(), source };
    let bookmark = Bookmark::open(&import.data.join("import"), &bookmark_name(import, table).map_err(unreadable)?);
    let bookmark = bookmark.map_err(kept)?;
    let rows_before = bookmark.rows_done().map_err(kept)?;
    if 0 < rows_before {
        let path = table.path().display();
        report.say(&format!("{path}: going on behind row {rows_before}, where the import was interrupted"))?;
    }
    report.begin(table, table.bytes().map_err(unreadable)?);
    let events = Events::new(&import.site, &import.mapping, &import.time_zone, import.now);
    let batch = Batch::new(&import.site);
    let mut passage = Passage { table, events, batch, bookmark: &bookmark, rows_before, rows_read: 0, sink, report };
    let outcome = passage.travel();
    report.end();
    outcome?;
    bookmark.finish().map_err(kept)
}

impl Passage<'_, '_> {
    fn travel(&mut self) -> Result<(), Error> {
        let table = self.table;
        let mut failure = None;
        let read = table.read(&mut |row| match self.take(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        });
        if let Some(error) = failure {
            return Err(error);
        }
        // What could be read of a file that breaks off is as good as any.
        self.send()?;
        self.report.summary.ignored_columns.append(self.events.ignored());
        read.map_err(|source| Error::Read { path: table.path().to_owned(), source })
    }

    fn take(&mut self, row: Row<'_>) -> Result<(), Error> {
        let (place, bytes_read) = (row.number, row.bytes_read);
        self.report.move_to(bytes_read);
        // Also rows that were sent before: what is in them decides on ids behind them.
        let mut made = self.events.make(row);
        if self.rows_read < self.rows_before {
            self.rows_read += 1;
            self.report.summary.skipped += 1;
            return Ok(());
        }
        self.report.summary.rows += 1;
        if made.as_ref().is_ok_and(|event| !self.batch.has_room_for(event)) {
            self.send()?;
        }
        made = made.and_then(|event| if self.batch.has_room_for(&event) { Ok(event) } else { Err(BadRow::TooLong) });
        match made {
            Ok(event) => self.batch.push(event, place),
            Err(bad) => self.report.bad_row(self.table, place, bad)?,
        }
        self.rows_read += 1;
        Ok(())
    }

    /// Sends what is gathered; moves the bookmark once it is acknowledged.
    fn send(&mut self) -> Result<(), Error> {
        let events = self.batch.take();
        if events.is_empty() {
            return Ok(());
        }
        self.deliver(&events)?;
        let path = self.table.path();
        self.bookmark.advance(self.rows_read).map_err(|source| Error::Bookmark { path: path.to_owned(), source })
    }

    /// Sends one body. Where the server will not even read it, its halves are sent alone, down to the event that it
    /// cannot read: a bad row stops nothing.
    fn deliver(&mut self, events: &[Placed]) -> Result<(), Error> {
        let body = self.batch.body(events);
        let reply = (self.sink)(body.as_bytes()).map_err(|source| self.stopped(source))?;
        match (reply.error, events) {
            (Some(BodyRefused { code, message }), &[(_, place)]) => {
                return Ok(self.report.bad_row(self.table, place, BadRow::Refused { code, message })?);
            }
            (Some(_), _) => {
                let (first, second) = events.split_at(events.len() / 2);
                self.deliver(first)?;
                return self.deliver(second);
            }
            (None, _) => {}
        }
        self.report.summary.accepted += reply.accepted;
        for refused in reply.refused {
            let event = events.get(refused.index).context("the server refused an event that was not sent");
            let &(_, place) = event.map_err(|source| self.stopped(source))?;
            let bad = BadRow::Refused { code: refused.code, message: refused.message };
            self.report.bad_row(self.table, place, bad)?;
        }
        Ok(())
    }

    fn stopped(&self, source: anyhow::Error) -> Error {
        Error::Send { path: self.table.path().to_owned(), source }
    }
}

/// The same for the same import of the same file, so that it can go on; another for all others.
fn bookmark_name(import: &Import, table: &Table) -> anyhow::Result<String> {
    let zone = import.time_zone.iana_name();
    let known_by = (store::file_state(table.path())?, &import.site, import.mapping.typed(), zone);
    let digest = Sha256::digest(serde_json::to_vec(&known_by)?);
    Ok(format!("{digest:x}"))
}
