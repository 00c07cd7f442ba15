//! Records on their way to the writer thread, bounded in number and bytes.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::record::{NewRecord, PAYLOAD_BYTES_MAX, Position};
use super::{Error, Options};

/// A batch is closed once its payloads reach this many bytes.
const BATCH_BYTES_MAX: usize = 4 << 20;

/// A record and who waits for it.
pub(super) struct Pending {
    pub(super) record: NewRecord,
    waiter: oneshot::Sender<Result<Position, Error>>,
}

impl Pending {
    /// Tells the waiter, if it still waits.
    pub(super) fn complete(self, result: Result<Position, Error>) {
        // The waiter may be gone: its client hung up. The record is on disk all the same.
        self.waiter.send(result).ok();
    }
}

/// What the appending tasks and the writer thread share.
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    records_max: usize,
    bytes_max: usize,
}

#[derive(Default)]
struct State {
    pending: VecDeque<Pending>,
    /// Pending and being written.
    records: usize,
    bytes: usize,
    closed: bool,
    poison: Option<Arc<io::Error>>,
}

impl Queue {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            state: Mutex::default(),
            filled: Condvar::new(),
            records_max: options.queue_records_max,
            bytes_max: options.queue_bytes_max,
        }
    }

    /// Adds `record`; the receiver hears what became of it.
    pub(super) fn push(&self, record: NewRecord) -> Result<oneshot::Receiver<Result<Position, Error>>, Error> {
        let bytes = record.payload.len();
        if PAYLOAD_BYTES_MAX < bytes {
            return Err(Error::TooLong { bytes, bytes_max: PAYLOAD_BYTES_MAX });
        }
        let mut state = self.lock();
        if let Some(cause) = &state.poison {
            return Err(Error::Poisoned(Arc::clone(cause)));
        }
        if self.records_max <= state.records || self.bytes_max < state.bytes + bytes {
            return Err(Error::Busy);
        }
        let (waiter, receiver) = oneshot::channel();
        let was_empty = state.pending.is_empty();
        state.pending.push_back(Pending { record, waiter });
        state.records += 1;
        state.bytes += bytes;
        drop(state);
        if was_empty {
            self.filled.notify_one();
        }
        Ok(receiver)
    }

    /// Waits for records and moves a batch of them into `batch`. False: closed and empty.
    pub(super) fn take(&self, batch: &mut Vec<Pending>) -> bool {
        let idle = |state: &mut State| state.pending.is_empty() && !state.closed;
        let state = self.filled.wait_while(self.lock(), idle);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let mut bytes = 0;
        while bytes < BATCH_BYTES_MAX
            && let Some(pending) = state.pending.pop_front()
        {
            bytes += pending.record.payload.len();
            batch.push(pending);
        }
        !batch.is_empty()
    }

    /// Gives the room of `batch` to others.
    pub(super) fn release(&self, batch: &[Pending]) {
        let mut state = self.lock();
        state.records -= batch.len();
        for pending in batch {
            state.bytes -= pending.record.payload.len();
        }
    }

    /// Lets the writer thread end once it has written what is pending.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// Refuses everything pending and everything to come.
    pub(super) fn poison(&self, cause: &Arc<io::Error>) {
        let mut state = self.lock();
        state.poison.get_or_insert_with(|| Arc::clone(cause));
        let refused = std::mem::take(&mut state.pending);
        drop(state);
        for pending in refused {
            pending.complete(Err(Error::Poisoned(Arc::clone(cause))));
        }
    }

    /// Nothing that can panic happens under the lock, so a poisoned lock still guards good state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
