//! Whose turn it is to change the archive and finished segments of the journal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// Held by the archive's thread while it makes a round or removes segments, and by the load while it removes events.
///
/// Nobody waits for it: who finds it taken comes back later. It holds how often the load has removed something, by
/// which the archive's thread sees that files have changed.
#[derive(Clone, Debug, Default)]
pub struct Turn(Arc<Mutex<u64>>);

impl Turn {
    /// The turn, unless somebody has it.
    pub(super) fn try_take(&self) -> Option<MutexGuard<'_, u64>> {
        match self.0.try_lock() {
            Ok(turn) => Some(turn),
            // Whoever panicked left files that say themselves how far they are.
            Err(TryLockError::Poisoned(poisoned)) => Some(PoisonError::into_inner(poisoned)),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
