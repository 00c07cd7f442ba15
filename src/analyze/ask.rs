//! Asking: a question runs on its own thread, has a time limit, and ends when nobody waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::domain::link::{Identity, Unlink};
use crate::domain::time::Timestamp;
use crate::store::{self, Cancel, Snapshot, State, Store};

/// How questions run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// At most so many at once, so that collecting never starves.
    pub at_once: usize,
    /// At most so many wait for their turn; more are turned away.
    pub waiting_max: usize,
    /// A question that takes longer is stopped.
    pub time_max: Duration,
    /// By what rule visitors are customers.
    pub identity: Identity,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Too many questions at once.
    #[error("too many questions are being answered; ask again in a moment")]
    Busy,
    /// The question took longer than allowed.
    #[error("the question took longer than {0:?}; ask for a shorter period")]
    TooLong(Duration),
    /// The store is being opened, or cannot be at present.
    #[error("the store is closed at the moment; ask again in a while")]
    Closed,
    /// The store failed.
    #[error("the question could not be answered")]
    Store(#[source] store::Error),
}

/// Where questions are asked. Clones share the places.
#[derive(Clone)]
pub struct Questions {
    store: Store,
    options: Options,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    stopped: Arc<AtomicU64>,
}

impl Questions {
    /// Questions to `store`.
    pub fn new(store: Store, options: Options) -> Self {
        store.set_identity(options.identity);
        let running = Arc::new(Semaphore::new(options.at_once));
        let admitted = Arc::new(Semaphore::new(options.at_once + options.waiting_max));
        Self { store, options, running, admitted, stopped: Arc::default() }
    }

    /// Has all questions from now on count the links that `read` gives, of all sites, as never made.
    ///
    /// # Errors
    /// What `read` says; then nothing changes.
    pub fn undo_links<E>(&self, read: impl FnOnce() -> Result<Vec<Unlink>, E>) -> Result<(), E> {
        self.store.undo_links(read)
    }

    /// How many are being answered now.
    pub fn running(&self) -> usize {
        self.options.at_once - self.running.available_permits()
    }

    /// How many stopped before their end: nobody waited for them any more, they took too long, or the store closed.
    pub fn stopped_total(&self) -> u64 {
        self.stopped.load(Ordering::Acquire)
    }

    /// Runs `question` on a snapshot of now. Dropping the future stops it.
    ///
    /// # Errors
    /// [`AskError`]: too many at once, too long, or the store failed.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Snapshot) -> Result<T, store::Error> + Send + 'static,
    ) -> Result<T, AskError> {
        let _admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| AskError::Busy)?;
        let place = Arc::clone(&self.running).acquire_owned().await.expect("the places are never closed");
        let store = self.store.clone();
        let snapshot = tokio::task::spawn_blocking(move || store.snapshot());
        let snapshot = snapshot.await.expect("opening a snapshot does not panic").map_err(refused)?;
        let mut stop = StopOnDrop(Some(snapshot.cancel()));
        let stopped = Arc::clone(&self.stopped);
        let answer = tokio::task::spawn_blocking(move || {
            // The place is free when the thread is, not when the one who asked has gone.
            let _place = place;
            let answer = question(&snapshot);
            if matches!(answer, Err(store::Error::Cancelled)) {
                stopped.fetch_add(1, Ordering::AcqRel);
            }
            answer
        });
        let answer = tokio::time::timeout(self.options.time_max, answer)
            .await
            .map_err(|_| AskError::TooLong(self.options.time_max))?;
        stop.0 = None;
        answer.expect("a question does not panic").map_err(refused)
    }

    /// What answers are about at present, and how fresh they are.
    pub fn freshness(&self) -> Freshness {
        let through = self.store.received_through();
        Freshness {
            store: match self.store.state() {
                State::Whole => "whole",
                State::Rebuilding => "rebuilding",
                State::Closed => "closed",
            },
            data_through: (Timestamp::from_ms(0) < through).then(|| through.to_string()),
        }
    }
}

/// What answers are about at present.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Freshness {
    /// `whole`; `rebuilding` while a new file is filled with what an earlier one held; `closed` while there are no
    /// answers.
    pub store: &'static str,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// A question that was stopped although somebody waits for it was stopped because the store closed.
fn refused(error: store::Error) -> AskError {
    match error {
        store::Error::Closed | store::Error::Cancelled => AskError::Closed,
        error => AskError::Store(error),
    }
}

/// Stops the question when the one who asked goes away.
struct StopOnDrop(Option<Cancel>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        if let Some(cancel) = self.0.take() {
            cancel.cancel();
        }
    }
}
