//! Who is reading: the file may only be moved or opened again once nobody is.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::read::Cancel;

/// A reader that begins its next query just as it was told to stop is told again this soon.
const TELL_AGAIN: Duration = Duration::from_millis(20);

/// All readers of one opening.
#[derive(Default)]
pub(super) struct Leases {
    readers: Mutex<Readers>,
    left: Condvar,
}

#[derive(Default)]
struct Readers {
    reading: Vec<(u64, Cancel)>,
    next: u64,
}

/// One reader; gone when dropped.
pub(super) struct Lease {
    leases: Arc<Leases>,
    number: u64,
    cancel: Cancel,
}

impl Leases {
    /// Lets one more read.
    pub(super) fn grant(self: &Arc<Self>, cancel: Cancel) -> Lease {
        let mut readers = self.lock();
        readers.next += 1;
        let number = readers.next;
        readers.reading.push((number, cancel.clone()));
        Lease { leases: Arc::clone(self), number, cancel }
    }

    /// Stops all readers and returns when the last has left.
    pub(super) fn recall(&self) {
        let mut readers = self.lock();
        while !readers.reading.is_empty() {
            readers.reading.iter().for_each(|(_, cancel)| cancel.cancel());
            (readers, _) = self.left.wait_timeout(readers, TELL_AGAIN).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nothing that can panic happens under the lock, so a poisoned lock still guards good state.
    fn lock(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// By what this reader is told to stop.
    pub(super) fn cancel(&self) -> &Cancel {
        &self.cancel
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.leases.lock().reading.retain(|(number, _)| *number != self.number);
        self.leases.left.notify_all();
    }
}
