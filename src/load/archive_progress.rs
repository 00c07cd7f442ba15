//! How far the archive is, for whoever reports it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::archive_error::ArchiveError;
use super::chain;
use crate::store::archive::Archive;

/// Shared by the archive's thread and those who ask.
#[derive(Debug, Default)]
pub struct ArchiveProgress {
    archived_through: AtomicU64,
    rounds: AtomicU64,
    events: AtomicU64,
    losses: AtomicU64,
    refused: AtomicU64,
    last_error: Mutex<Option<String>>,
}

/// A reading of [`ArchiveProgress`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveCounts {
    /// Below it, the archive has everything.
    pub archived_through: u64,
    /// Rounds that can be read.
    pub rounds: u64,
    /// Events in them.
    pub events: u64,
    /// Rounds that cannot be read.
    pub losses: u64,
    /// How often it could not go on, since the start.
    pub refused: u64,
    /// Why it cannot go on at present.
    pub last_error: Option<String>,
}

impl ArchiveProgress {
    /// Reads all of it.
    pub fn counts(&self) -> ArchiveCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Acquire);
        ArchiveCounts {
            archived_through: read(&self.archived_through),
            rounds: read(&self.rounds),
            events: read(&self.events),
            losses: read(&self.losses),
            refused: read(&self.refused),
            last_error: self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    pub(super) fn tell(&self, archive: &Archive) {
        let (rounds, events) =
            archive.rounds().fold((0, 0), |(rounds, events), round| (rounds + 1, events + round.events()));
        self.rounds.store(rounds, Ordering::Release);
        self.events.store(events, Ordering::Release);
        self.losses.store(archive.losses().count() as u64, Ordering::Release);
        self.archived_through.store(archive.archived_through(), Ordering::Release);
    }

    /// Keeps what a look for work came to; an error that stays the same is logged once.
    pub(super) fn report(&self, worked: Result<(), ArchiveError>) {
        let mut last_error = self.last_error.lock().unwrap_or_else(PoisonError::into_inner);
        *last_error = match worked {
            Ok(()) => None,
            Err(error) => {
                self.refused.fetch_add(1, Ordering::AcqRel);
                let text = chain(&error);
                if last_error.as_ref() != Some(&text) {
                    tracing::error!(error = &error as &dyn std::error::Error, "the archive stopped and tries again");
                }
                Some(text)
            }
        };
    }
}
