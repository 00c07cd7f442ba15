//! Asking for somebody to be erased: in force before the answer, done by the load soon after.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::progress::Progress;
use crate::control::{self, Control, Erasure, NewErasure};
use crate::domain::id::{SiteId, VisitorId};
use crate::domain::name::Label;
use crate::domain::removal::Removals;
use crate::domain::time::Timestamp;
use crate::store::{self, Store};

/// Who is meant.
#[derive(Clone, Debug)]
pub enum Whom {
    /// One visitor, by each id that the asker may have named.
    Visitor(Vec<VisitorId>),
    /// A person whom the shop knows, and the visitor that its servers' events without another id are of.
    Customer(Label, VisitorId),
}

/// What was found, and is gone or going. A place that was looked at twice, because a stop cut the work short, counts
/// what was found first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Receipt {
    /// Rows of the store.
    pub store_events: u64,
    /// Failed events of the store.
    pub store_failed_events: u64,
    /// Events in Parquet files.
    pub archive_events: u64,
    /// Failed events in Parquet files.
    pub archive_failed_events: u64,
    /// Parquet files that held them.
    pub archive_files: u64,
    /// Events in segments of the journal, those too that were never stored.
    pub journal_events: u64,
    /// Copies of damaged files, which nobody can look into: all of them are removed.
    pub damaged_copies: u64,
    /// Files of the archive and segments that are damaged and stay: they hold what nobody can read.
    pub unreadable_files: u64,
}

/// Asks for erasures; clones ask the same load.
#[derive(Clone)]
pub struct Erasing {
    pub(super) control: Control,
    pub(super) store: Store,
    pub(super) progress: Arc<Progress>,
    pub(super) durable: watch::Receiver<u64>,
}

/// Why nobody will be erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// Too many wait.
    #[error("too many erasures are waiting to be done")]
    TooMany,
    /// It could not be written down.
    #[error("the erasure could not be written down")]
    Control(#[source] control::Error),
    /// The store did not say who is meant.
    #[error("the store did not say which visitors a customer has")]
    Store(#[source] store::Error),
}

impl Erasing {
    /// Has all events of somebody removed that were accepted until now. When this returns, that is on disk and no
    /// question sees them any more; the load removes them as soon as it has loaded them. May block.
    ///
    /// # Errors
    /// [`EraseError`]; then nothing was done.
    pub fn ask(&self, site: SiteId, whom: &Whom, asked_by: String, now: Timestamp) -> Result<Erasure, EraseError> {
        let before_sequence = *self.durable.borrow();
        let marks = self.control.customer_marks();
        let (mut visitors, customer) = match whom {
            Whom::Visitor(ids) => (ids.clone(), None),
            Whom::Customer(label, visitor) => (vec![*visitor], Some(marks.mark(site, label.as_str()))),
        };
        if let Whom::Customer(label, _) = whom {
            visitors.extend(self.visitors_of(site, label).map_err(EraseError::Store)?);
        }
        let asked = NewErasure { site, visitors, customer, before_sequence, asked_by };
        let id = self.control.add_erasure(&asked, now).map_err(EraseError::Control)?.ok_or(EraseError::TooMany)?;
        follow_control(&self.control, &self.store).map_err(EraseError::Control)?;
        self.progress.erasure_asked.store(true, Ordering::Release);
        Ok(Erasure { id, asked, asked_at: now, finished_at: None, receipt: "{}".to_owned() })
    }

    /// Those that are known now; while the store is closed or built again, the load finds the others later.
    fn visitors_of(&self, site: SiteId, customer: &Label) -> Result<Vec<VisitorId>, store::Error> {
        match self.store.snapshot() {
            Ok(snapshot) => snapshot.visitors_of(site, |named| named == customer.as_str()),
            Err(store::Error::Closed) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// Keeps what is to be gone out of all questions, as long as it is not gone, and has them count undone links as never
/// made: what was known of those who are gone by now is forgotten.
pub(super) fn follow_control(control: &Control, store: &Store) -> Result<(), control::Error> {
    store.undo_links(|| control.standing_unlinks())?;
    store.hide(|| {
        let mut removals = Removals::none(control.customer_marks());
        control.waiting_erasures()?.iter().for_each(|erasure| erasure.add_to(&mut removals));
        Ok(removals)
    })
}
