//! How long events wait between the disk and the store.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::domain::time::Timestamp;

/// So many marks are kept; one every 200 ms covers ten minutes, and the oldest is the one that counts.
const MARKS_MAX: usize = 3_000;

/// When the journal was first seen to reach which sequence, as far as the store has not come there yet.
#[derive(Default)]
pub(super) struct Lag(Mutex<VecDeque<(u64, Timestamp)>>);

impl Lag {
    /// Takes note of where both are now.
    pub(super) fn note(&self, durable: u64, loaded: u64, now: Timestamp) {
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = marks.back().map_or(loaded, |(sequence, _)| *sequence);
        if newest < durable && marks.len() < MARKS_MAX {
            marks.push_back((durable, now));
        }
        while marks.front().is_some_and(|(sequence, _)| *sequence <= loaded) {
            marks.pop_front();
        }
    }

    /// How long the oldest event that is not loaded has waited; 0 when all are.
    pub(super) fn seconds(&self, loaded: u64, now: Timestamp) -> f64 {
        let marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = marks.iter().find(|(sequence, _)| loaded < *sequence);
        oldest.map_or(0.0, |(_, since)| (now.as_ms() - since.as_ms()).max(0) as f64 / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_event_that_waits_counts() {
        let lag = Lag::default();
        let at = Timestamp::from_ms;
        lag.note(10, 10, at(0));
        assert_eq!(lag.seconds(10, at(60_000)), 0.0, "an idle server is not behind");
        lag.note(20, 10, at(60_000));
        lag.note(30, 10, at(61_000));
        assert_eq!(lag.seconds(10, at(62_500)), 2.5);
        assert_eq!(lag.seconds(20, at(62_500)), 1.5);
        lag.note(30, 30, at(63_000));
        assert_eq!(lag.seconds(30, at(64_000)), 0.0);
    }
}
