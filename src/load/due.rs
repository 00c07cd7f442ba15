//! What is to be removed, and when: erasures once everything before them is loaded, old events once a day.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::chain;
use super::progress::Progress;
use crate::control::{self, Control};
use crate::domain::id::SiteId;
use crate::domain::time::{DAY_MS, Timestamp};

/// After a failure it is tried again so much later.
const RETRY_MS: i64 = 10_000;

/// What waits to be removed.
pub(super) struct Due {
    /// The lowest sequence that the load must have reached for the next erasure; `None` when none waits.
    erasure_from: Option<u64>,
    retry_at: Option<Timestamp>,
    /// The day (from 1970) that the clock shows, and since when.
    day: Option<(i64, Timestamp)>,
    /// A day counts once the clock has shown it for so long.
    settle: Duration,
    /// Up to when old events are removed.
    swept: BTreeMap<SiteId, Timestamp>,
}

impl Due {
    pub(super) fn new(settle: Duration) -> Self {
        Self { erasure_from: None, retry_at: None, day: None, settle, swept: BTreeMap::new() }
    }

    /// Looks which erasures wait.
    pub(super) fn look(&mut self, control: &Control, progress: &Progress) {
        match control.waiting_erasures() {
            Ok(waiting) => {
                progress.erasures_waiting.store(waiting.len() as u64, Ordering::Release);
                self.erasure_from = waiting.iter().map(|erasure| erasure.asked.before_sequence).min();
            }
            Err(error) => {
                tracing::error!(error = chain(&error), "the erasures that wait could not be read");
                progress.erasure_asked.store(true, Ordering::Release);
            }
        }
    }

    /// Whether something is to be removed now that everything below `next_sequence` is loaded.
    pub(super) fn is_due(
        &mut self,
        control: &Control,
        progress: &Progress,
        next_sequence: u64,
        now: Timestamp,
    ) -> bool {
        if progress.erasure_asked.swap(false, Ordering::AcqRel) {
            self.look(control, progress);
        }
        // A clock that was set back must not make it wait until it has caught up.
        let waits = self.retry_at.is_some_and(|at| now < at && at.as_ms() - now.as_ms() <= RETRY_MS);
        let erasure = self.erasure_from.is_some_and(|from| from <= next_sequence);
        !waits && (erasure || !self.too_old(control, now).is_empty())
    }

    /// The sites of which something may be too old, each with the moment of arrival from which events stay. Empty once
    /// that is removed.
    pub(super) fn too_old(&mut self, control: &Control, now: Timestamp) -> BTreeMap<SiteId, Timestamp> {
        let today = now.as_ms().div_euclid(DAY_MS);
        let since = match self.day {
            Some((day, since)) if day == today => since.min(now),
            _ => now,
        };
        self.day = Some((today, since));
        if now.as_ms() - since.as_ms() < i64::try_from(self.settle.as_millis()).unwrap_or(i64::MAX) {
            return BTreeMap::new();
        }
        let sites = control.sites();
        let limited = sites.iter().filter_map(|site| {
            let days = i64::from(site.privacy.kept_days()?);
            Some((site.id, Timestamp::from_ms((today - days) * DAY_MS)))
        });
        limited.filter(|(site, before)| self.swept.get(site).is_none_or(|swept| swept < before)).collect()
    }

    /// What was too old is gone.
    pub(super) fn swept(&mut self, ages: &BTreeMap<SiteId, Timestamp>) {
        self.swept.extend(ages);
    }

    /// How the last try went.
    pub(super) fn tried<E>(&mut self, result: &Result<(), E>, now: Timestamp) {
        self.retry_at = result.is_err().then(|| now.plus_ms(RETRY_MS));
    }
}

/// The erasures that can be done once everything below `next_sequence` is loaded.
pub(super) fn ready(control: &Control, next_sequence: u64) -> Result<Vec<control::Erasure>, control::Error> {
    let mut erasures = control.waiting_erasures()?;
    erasures.retain(|erasure| erasure.asked.before_sequence <= next_sequence);
    Ok(erasures)
}
