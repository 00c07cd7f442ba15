//! The one thread that writes.
//!
//! It takes whatever is waiting, writes it at once, syncs once, and tells every waiter. While it
//! syncs, the next batch gathers: there is no timer, and a lone record waits for nobody.
//!
//! # Why zeros are written ahead
//!
//! Where a write goes to blocks that are only reserved, its sync must also change the file system's own books. Over
//! zeros that were written, it is a matter of data only. (It is no matter of safety: where acknowledged records were
//! lost over reserved blocks, the disk had lied. See `tests/it/faults/mount.rs`.)

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use tokio::sync::{oneshot, watch};

use super::blocks::BLOCK_BYTES;
use super::queue::{Batch, Queue, Sealing};
use super::record::{self, NewRecord, Position};
use super::recovery::Place;
use super::segment::{self, OpenEnd, SEGMENT_HEADER_BYTES, StoreId};
use super::{Error, Options, file};

/// So many zeros are written at once, ahead of the records.
const ZEROS_BYTES: u64 = 1 << 20;

/// Appends to the journal. Clones share one thread; it ends when the last of them is dropped,
/// after writing what is still waiting.
#[derive(Clone)]
pub struct Writer {
    shared: Arc<Shared>,
    // Behind the `Arc` so that only the last clone ends the thread.
    _thread: Arc<Thread>,
}

impl Writer {
    pub(super) fn start(options: Options, place: Place) -> Result<Self, Error> {
        let shared = Arc::new(Shared {
            queue: Queue::new(&options),
            directory: options.directory.clone(),
            appended: Mutex::new(Appended {
                next_sequence: place.next_sequence,
                first_sequence: place.next_sequence,
                events: BTreeMap::new(),
            }),
            syncs: AtomicU64::new(0),
            durable: watch::Sender::new(place.next_sequence),
            poisoned: watch::Sender::new(None),
        });
        let directory = options.directory.clone();
        let appender = Appender {
            shared: Arc::clone(&shared),
            store_id: place.store_id,
            next_sequence: place.next_sequence,
            end: place.segment,
            options,
        };
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || appender.run())
            .map_err(Error::io("start a thread for", &directory))?;
        let thread = Thread { shared: Arc::clone(&shared), handle: Some(thread) };
        Ok(Self { shared, _thread: Arc::new(thread) })
    }

    /// Ends once `record` is on disk; then it is read back after any crash.
    ///
    /// Dropping the future does not take the record back. [`Error::Busy`], [`Error::Full`] and
    /// [`Error::TooLong`] mean that nothing was written. After [`Error::Poisoned`] nobody knows,
    /// and every later call fails the same way.
    pub fn append(&self, record: &NewRecord<'_>) -> Appending {
        Appending(self.shared.queue.push(record).map_err(Some))
    }

    /// By what the present segment can be finished. Keeps nothing open.
    #[must_use]
    pub fn sealer(&self) -> Sealer {
        Sealer(Arc::downgrade(&self.shared))
    }

    /// What was appended since the journal was opened.
    #[must_use]
    pub fn appended(&self) -> Appended {
        self.shared.appended().clone()
    }

    /// Bytes that we may still write to the journal's file system.
    pub fn free_bytes(&self) -> Result<u64, Error> {
        let directory = &self.shared.directory;
        file::free_bytes(directory).map_err(Error::io("ask for the free space of", directory))
    }

    /// The sequence after the last record on disk, as it grows.
    #[must_use]
    pub fn durable(&self) -> watch::Receiver<u64> {
        self.shared.durable.subscribe()
    }

    /// Syncs of records since the journal was opened; fewer than records is what batching won.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.shared.syncs.load(Ordering::Relaxed)
    }

    /// Returns only when a write or sync has failed, with [`Error::Poisoned`]. The program
    /// should exit then: starting again reads what is really on disk.
    pub async fn poisoned(&self) -> Error {
        let mut poisoned = self.shared.poisoned.subscribe();
        let seen = poisoned.wait_for(Option::is_some).await;
        let cause = seen.ok().and_then(|cause| cause.clone());
        Error::Poisoned(cause.unwrap_or_else(|| Arc::new(writer_ended())))
    }
}

/// Finishes segments before they are full, so that they can be rewritten; see [`rewrite`](super::rewrite()). The default
/// is of no journal.
#[derive(Clone, Default)]
pub struct Sealer(Weak<Shared>);

impl Sealer {
    /// Finishes the segment that is being written, if it holds anything; gives where the next one begins. Everything
    /// below is in segments that are written no more. Blocks for a moment.
    ///
    /// # Errors
    /// [`Error::Poisoned`], also when the journal has ended; [`Error::Full`], when there is no room for a new segment.
    pub fn seal(&self) -> Result<u64, Error> {
        let ended = || Error::Poisoned(Arc::new(writer_ended()));
        // Let go at once: the journal must be able to end meanwhile.
        let receiver = self.0.upgrade().ok_or_else(ended)?.queue.seal()?;
        receiver.blocking_recv().map_err(|_| ended())?
    }
}

fn writer_ended() -> io::Error {
    io::Error::other("the journal's thread has ended")
}

/// A record on its way to the disk; see [`Writer::append`].
#[must_use = "nothing is promised before it ends"]
pub struct Appending(Result<oneshot::Receiver<Result<Position, Error>>, Option<Error>>);

impl Future for Appending {
    type Output = Result<Position, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Ok(receiver) => Pin::new(receiver)
                .poll(context)
                .map(|received| received.unwrap_or_else(|_| Err(Error::Poisoned(Arc::new(writer_ended()))))),
            Err(error) => Poll::Ready(Err(error.take().expect("a future that has ended is not asked again"))),
        }
    }
}

/// Events on disk, counted before anybody hears of them or [`Writer::durable`] grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// What the next record begins with.
    pub next_sequence: u64,
    /// What the first record since the opening began with.
    pub first_sequence: u64,
    /// Events by [`NewRecord::stream`], those since the opening.
    pub events: BTreeMap<u32, u64>,
}

struct Shared {
    queue: Queue,
    directory: PathBuf,
    appended: Mutex<Appended>,
    syncs: AtomicU64,
    durable: watch::Sender<u64>,
    poisoned: watch::Sender<Option<Arc<io::Error>>>,
}

impl Shared {
    fn appended(&self) -> MutexGuard<'_, Appended> {
        self.appended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poison(&self, cause: &Arc<io::Error>) {
        self.queue.poison(cause);
        self.poisoned.send_if_modified(|poisoned| {
            let first = poisoned.is_none();
            poisoned.get_or_insert_with(|| Arc::clone(cause));
            first
        });
    }
}

/// Ends the writer thread when dropped.
struct Thread {
    shared: Arc<Shared>,
    handle: Option<JoinHandle<()>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(handle) = self.handle.take() {
            // It panicked: then `Appender::drop` has told everyone.
            handle.join().ok();
        }
    }
}

/// Why a batch was not written.
enum Failure {
    /// Nothing was touched; the next batch may fare better.
    Full { free_bytes: u64, needed_bytes: u64 },
    /// Nobody knows what is on disk.
    Broken(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// The writer thread's own state.
struct Appender {
    shared: Arc<Shared>,
    options: Options,
    store_id: StoreId,
    next_sequence: u64,
    end: Option<OpenEnd>,
}

impl Appender {
    fn run(mut self) {
        let (mut batch, mut sealing) = (Batch::default(), Vec::new());
        while self.shared.queue.take(&mut batch, &mut sealing) {
            if !sealing.is_empty() && !self.seal(sealing.drain(..)) {
                return;
            }
            let mut sequence = self.next_sequence;
            let result = self.commit(&batch);
            self.shared.queue.release(&batch);
            match result {
                Ok(()) => batch.complete(|record| {
                    let position = Position { sequence };
                    sequence += u64::from(record.count.get());
                    Ok(position)
                }),
                Err(Failure::Full { free_bytes, needed_bytes }) => {
                    batch.complete(|_| Err(Error::Full { free_bytes, needed_bytes }));
                }
                Err(Failure::Broken(cause)) => {
                    let cause = Arc::new(cause);
                    self.shared.poison(&cause);
                    batch.complete(|_| Err(Error::Poisoned(Arc::clone(&cause))));
                    return;
                }
            }
        }
    }

    /// Finishes the present segment, if it holds anything, and begins the next one; false after a failure that nobody
    /// can go on after.
    fn seal(&mut self, sealing: impl Iterator<Item = Sealing>) -> bool {
        let sealed = match self.end.take_if(|end| end.offset != SEGMENT_HEADER_BYTES as u64) {
            Some(end) => {
                // What stays reserved costs space, and nothing else.
                end.file.end_at(end.offset).ok();
                self.make_room(0)
            }
            None => Ok(()),
        };
        // Whoever asked may have gone.
        let tell = |waiting: Sealing, sealed: Result<u64, Error>| {
            waiting.send(sealed).ok();
        };
        match sealed {
            Ok(()) => sealing.for_each(|waiting| tell(waiting, Ok(self.next_sequence))),
            Err(Failure::Full { free_bytes, needed_bytes }) => {
                sealing.for_each(|waiting| tell(waiting, Err(Error::Full { free_bytes, needed_bytes })));
            }
            Err(Failure::Broken(cause)) => {
                let cause = Arc::new(cause);
                self.shared.poison(&cause);
                sealing.for_each(|waiting| tell(waiting, Err(Error::Poisoned(Arc::clone(&cause)))));
                return false;
            }
        }
        true
    }

    /// Puts the batch on disk: one write, one sync.
    fn commit(&mut self, batch: &Batch) -> Result<(), Failure> {
        if batch.is_empty() {
            return Ok(());
        }
        let bytes: u64 = batch.records().map(|record| record::frame_bytes(&record)).sum();
        self.make_room(bytes)?;
        let end = self.end.as_mut().expect("there is a segment to write to");

        let seed = self.store_id.seed(end.first_sequence);
        let mut next_sequence = self.next_sequence;
        let buffer = end.blocks.reserve(usize::try_from(bytes).expect("a batch fits memory"));
        for record in batch.records() {
            record::encode(&record, next_sequence, seed, buffer);
            next_sequence += u64::from(record.count.get());
        }
        let start = end.block_start();
        end.file.write_blocks(end.blocks.padded(), start)?;
        end.file.sync()?;

        end.offset += bytes;
        end.blocks.settle(usize::try_from(end.offset - end.block_start()).expect("less than a block"));
        self.next_sequence = next_sequence;
        self.shared.syncs.fetch_add(1, Ordering::Relaxed);
        let mut appended = self.shared.appended();
        appended.next_sequence = next_sequence;
        for record in batch.records() {
            *appended.events.entry(record.stream).or_default() += u64::from(record.count.get());
        }
        drop(appended);
        self.shared.durable.send_replace(next_sequence);
        Ok(())
    }

    /// Makes sure that there is disk space, and a segment that is not full.
    fn make_room(&mut self, bytes: u64) -> Result<(), Failure> {
        let fits = |end: &OpenEnd| {
            let empty = end.offset == SEGMENT_HEADER_BYTES as u64;
            empty || end.offset + bytes <= self.options.segment_bytes
        };
        let fits = self.end.as_ref().is_some_and(fits);
        let free_bytes = file::free_bytes(&self.options.directory)?;
        let new_bytes = if fits { 0 } else { self.options.segment_bytes };
        let needed_bytes = self.options.free_bytes_min.saturating_add(new_bytes);
        if free_bytes < needed_bytes {
            return Err(Failure::Full { free_bytes, needed_bytes });
        }
        // No record is touched here, so a lack of space is not a write that failed halfway.
        let refused = |error: io::Error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::Full { free_bytes, needed_bytes },
            _ => Failure::Broken(error),
        };
        if !fits {
            let Options { directory, segment_bytes, .. } = &self.options;
            let end = segment::create(directory, self.store_id, self.next_sequence, *segment_bytes);
            self.end = Some(end.map_err(refused)?);
        }
        let end = self.end.as_mut().expect("there is a segment to write to");
        let needed_end = end.offset + bytes;
        if end.zeros_end < needed_end {
            let ahead = self.options.segment_bytes.min(end.zeros_end + ZEROS_BYTES);
            let zeros_end = needed_end.max(ahead).next_multiple_of(BLOCK_BYTES as u64);
            end.file.write_zeros(end.zeros_end, zeros_end).map_err(refused)?;
            end.zeros_end = zeros_end;
        }
        Ok(())
    }
}

impl Drop for Appender {
    /// Nobody may wait for a thread that is gone, whether it returned or panicked.
    fn drop(&mut self) {
        self.shared.poison(&Arc::new(writer_ended()));
    }
}
