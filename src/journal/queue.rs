//! Records on their way to the writer thread, bounded in number and bytes.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::record::{NewRecord, PAYLOAD_BYTES_MAX, Position};
use super::{Error, Options};

/// A batch is closed once its payloads reach this many bytes.
const BATCH_BYTES_MAX: usize = 4 << 20;

/// Records that are written together, and who waits for them.
///
/// Their payloads lie in one piece: copying a few hundred bytes is cheaper than giving each its own memory, made on one
/// thread and freed on another.
#[derive(Default)]
pub(super) struct Batch {
    pending: Vec<Pending>,
    payloads: Vec<u8>,
}

struct Pending {
    /// Its payload is empty: the real one lies with the others.
    record: NewRecord<'static>,
    payload: Range<usize>,
    waiter: oneshot::Sender<Result<Position, Error>>,
}

impl Batch {
    fn push(&mut self, record: &NewRecord<'_>, waiter: oneshot::Sender<Result<Position, Error>>) {
        let start = self.payloads.len();
        self.payloads.extend_from_slice(record.payload);
        let &NewRecord { kind, stream, count, received_at_ms, payload: _ } = record;
        let record = NewRecord { kind, stream, count, received_at_ms, payload: &[] };
        self.pending.push(Pending { record, payload: start..self.payloads.len(), waiter });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// In the order they came.
    pub(super) fn records(&self) -> impl Iterator<Item = NewRecord<'_>> {
        self.pending
            .iter()
            .map(|pending| NewRecord { payload: &self.payloads[pending.payload.clone()], ..pending.record })
    }

    /// Tells whoever still waits what became of the record, and is empty then.
    pub(super) fn complete(&mut self, mut result: impl FnMut(&NewRecord<'_>) -> Result<Position, Error>) {
        self.payloads.clear();
        for Pending { record, waiter, .. } in self.pending.drain(..) {
            // The waiter may be gone: its client hung up. The record is on disk all the same.
            waiter.send(result(&record)).ok();
        }
    }
}

/// Who waits for a segment to be finished, and hears where the next one begins.
pub(super) type Sealing = oneshot::Sender<Result<u64, Error>>;

/// What the appending tasks and the writer thread share.
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    records_max: usize,
    bytes_max: usize,
}

#[derive(Default)]
struct State {
    /// Full ones, and the one that is being filled.
    batches: VecDeque<Batch>,
    /// Pending and being written.
    records: usize,
    bytes: usize,
    /// The writer thread has nothing to do.
    idle: bool,
    closed: bool,
    /// Who wait for the present segment to be finished.
    sealing: Vec<Sealing>,
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
    pub(super) fn push(&self, record: &NewRecord<'_>) -> Result<oneshot::Receiver<Result<Position, Error>>, Error> {
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
        match state.batches.back_mut().filter(|last| last.payloads.len() < BATCH_BYTES_MAX) {
            Some(last) => last.push(record, waiter),
            None => {
                let mut batch = Batch::default();
                batch.push(record, waiter);
                state.batches.push_back(batch);
            }
        }
        state.records += 1;
        state.bytes += bytes;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        if idle {
            self.filled.notify_one();
        }
        Ok(receiver)
    }

    /// Asks for the present segment to be finished; the receiver hears where the next one begins.
    pub(super) fn seal(&self) -> Result<oneshot::Receiver<Result<u64, Error>>, Error> {
        let mut state = self.lock();
        if let Some(cause) = &state.poison {
            return Err(Error::Poisoned(Arc::clone(cause)));
        }
        let (waiter, receiver) = oneshot::channel();
        state.sealing.push(waiter);
        drop(state);
        self.filled.notify_one();
        Ok(receiver)
    }

    /// Waits for records and puts a batch of them into `batch`, whose memory is used for the next, and those who want the
    /// segment finished into `sealing`. False: closed and empty.
    pub(super) fn take(&self, batch: &mut Batch, sealing: &mut Vec<Sealing>) -> bool {
        let idle = |state: &mut State| {
            state.idle = state.batches.front().is_none_or(|first| first.pending.is_empty());
            state.idle && state.sealing.is_empty() && !state.closed
        };
        let state = self.filled.wait_while(self.lock(), idle);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let taken = state.batches.pop_front();
        let taken = std::mem::replace(batch, taken.unwrap_or_default());
        if state.batches.is_empty() {
            state.batches.push_back(taken);
        }
        sealing.append(&mut state.sealing);
        !batch.pending.is_empty() || !sealing.is_empty()
    }

    /// Gives the room of `batch` to others.
    pub(super) fn release(&self, batch: &Batch) {
        let mut state = self.lock();
        state.records -= batch.pending.len();
        state.bytes -= batch.payloads.len();
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
        let refused = std::mem::take(&mut state.batches);
        // Dropped: who waits hears that there will be no answer.
        state.sealing.clear();
        drop(state);
        for mut batch in refused {
            batch.complete(|_| Err(Error::Poisoned(Arc::clone(cause))));
        }
    }

    /// Nothing that can panic happens under the lock, so a poisoned lock still guards good state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
