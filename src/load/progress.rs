//! How far the load is, for whoever reports it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::ledger::Ledger;
use super::outcome::Outcome;

/// How far the load is; shared with whoever reports it.
#[derive(Default)]
pub struct Progress {
    pub(super) next_sequence: AtomicU64,
    pub(super) rebuilding_to: AtomicU64,
    /// Sequences below it were counted; loading them again after the store was opened again counts nothing.
    pub(super) counted: AtomicU64,
    loaded: AtomicU64,
    duplicate: AtomicU64,
    conflict: AtomicU64,
    failed: AtomicU64,
    missing: AtomicU64,
    pub(super) replayed: AtomicU64,
    pub(super) refused_by_store: AtomicU64,
    pub(super) reopened: AtomicU64,
    pub(super) quarantined: AtomicU64,
    /// Whether an erasure was asked for that the load has not looked at.
    pub(super) erasure_asked: AtomicBool,
    pub(super) erasures_waiting: AtomicU64,
    /// Events whose repetition is recognised.
    pub(super) remembered: AtomicU64,
    pub(super) ledger: Ledger,
}

/// A reading of [`Progress`]. Counts are of this process, and start again with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The first sequence that is not loaded.
    pub next_sequence: u64,
    /// While a new file is filled with what an earlier one held: up to which sequence. 0 otherwise.
    pub rebuilding_to: u64,
    /// Events that became rows.
    pub loaded: u64,
    /// Events that were there already.
    pub duplicate: u64,
    /// Events of an id that was there already with other content.
    pub conflict: u64,
    /// Events of records that could not be read, and events that the store refused.
    pub failed: u64,
    /// Events that journal and archive had and could not give back: damage.
    pub missing: u64,
    /// Events that failed once and became rows when they were tried again.
    pub replayed: u64,
    /// How often the store refused a batch, which was then tried again.
    pub refused_by_store: u64,
    /// How often the store was opened again after it had stopped answering.
    pub reopened: u64,
    /// Files that were at fault, or given up for a rebuild, and moved to quarantine.
    pub quarantined: u64,
    /// Erasures that are hidden from questions and not yet out of every file.
    pub erasures_waiting: u64,
    /// Events whose repetition is recognised.
    pub remembered: u64,
}

impl Progress {
    /// What became of all accepted events.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Reads all counters.
    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Acquire);
        Counts {
            next_sequence: read(&self.next_sequence),
            rebuilding_to: read(&self.rebuilding_to),
            loaded: read(&self.loaded),
            duplicate: read(&self.duplicate),
            conflict: read(&self.conflict),
            failed: read(&self.failed),
            missing: read(&self.missing),
            replayed: read(&self.replayed),
            refused_by_store: read(&self.refused_by_store),
            reopened: read(&self.reopened),
            quarantined: read(&self.quarantined),
            erasures_waiting: read(&self.erasures_waiting),
            remembered: read(&self.remembered),
        }
    }

    /// Whether an event of this sequence is not counted yet.
    pub(super) fn is_new(&self, sequence: u64) -> bool {
        self.counted.load(Ordering::Acquire) <= sequence
    }

    pub(super) fn add(&self, outcome: &Outcome) {
        self.loaded.fetch_add(outcome.loaded, Ordering::AcqRel);
        self.duplicate.fetch_add(outcome.duplicate, Ordering::AcqRel);
        self.conflict.fetch_add(outcome.conflict, Ordering::AcqRel);
        self.failed.fetch_add(outcome.failed, Ordering::AcqRel);
        self.missing.fetch_add(outcome.missing, Ordering::AcqRel);
    }

    /// One more of what happens seldom.
    pub(super) fn note(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::AcqRel);
    }
}
