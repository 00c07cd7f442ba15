//! The load: every accepted event goes from the journal into the store, exactly once.
//!
//! **Promise.** The store's position moves in the same transaction as the rows, so a crash at any moment
//! loses nothing and doubles nothing. The same event id of a site is stored once within [`seen::DAYS`]
//! days. What cannot be loaded is kept among the failed events and stops nothing. Each accepted event is counted in
//! exactly one place ([`Account`]). A store whose file is at fault is built again from the [`ground`] by itself;
//! one that stops answering is opened again. Who is erased is in no answer from that moment on, and soon in no file; what
//! is older than a site keeps goes by itself.
//!
//! **Shape.** One thread. [`Loader`] opens the store and mends it; a [`follow::Follower`] waits for synced records,
//! decodes, [`enrich`]es, drops what was [`seen`], appends, tidies. Everything derived (device, channel, touchpoint)
//! is a pure function of the event and the rules. Another thread, [`Archiving`], puts what is loaded and a day old
//! into the archive. What is [`due`] to be removed is taken out of everything by [`removal`].
//!
//! **Never.** It answers no request and is never waited for by one: collecting goes on while it is down.
//!
//! **To change what is derived**, edit [`enrich`] and the rule files in `config/`.

mod agent;
mod archive;
mod archive_error;
mod archive_progress;
mod conflict;
mod content;
mod due;
mod enrich;
mod erase;
mod follow;
mod gather;
mod ground;
mod ledger;
mod made;
mod outcome;
mod poison;
mod progress;
mod removal;
mod replay;
mod requests;
mod seen;
mod turn;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use self::due::Due;
use self::erase::follow_control;
use self::follow::Follower;
use self::requests::Request;
use crate::control::Control;
use crate::domain::channel::Channels;
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::domain::touchpoint::Register;
use crate::journal;
use crate::store::{self, Store};

pub use self::agent::{Agents, Device};
pub use self::archive::{ArchiveOptions, Archiving, Archivist, next_unarchived};
pub use self::archive_error::ArchiveError;
pub use self::archive_progress::{ArchiveCounts, ArchiveProgress};
pub use self::erase::{EraseError, Erasing, Receipt, Whom};
pub use self::ledger::{Account, Ledger};
pub use self::progress::{Counts, Progress};
pub use self::requests::{NotDone, Replayed, Requests};
pub use self::turn::Turn;

/// How long it waits after the store or the journal refused.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// A file that made a reader doubt and was found sound is not read whole again for so long.
const DOUBT_PAUSE_MS: i64 = 10 * MINUTE_MS;
/// A file at fault gives way to a new one only so often: should new ones be at fault too, those in quarantine, of
/// which only some are kept, must not be pushed out by them.
const QUARANTINE_PAUSE_MS: i64 = 10 * MINUTE_MS;

/// What the load needs.
pub struct Options {
    /// Where the journal's segments are.
    pub journal_directory: PathBuf,
    /// Where the archive is, from which a new store is filled first.
    pub archive_directory: PathBuf,
    /// At most so many different event names, pages and so on are kept apart; the rest is `__other__`.
    pub texts_max: u32,
    /// Repetitions of at most so many events are recognised, those that arrived last; 28 bytes each, and free places.
    pub remembered_events_max: usize,
    /// The rules that name channels.
    pub channels: Channels,
    /// The touchpoints.
    pub register: Arc<Register>,
    /// By what the journal's segment is finished that must be rewritten.
    pub sealer: journal::Sealer,
    /// Shared with the archive's thread.
    pub turn: Turn,
    /// The clock must have shown a day for so long before what is too old by then is removed.
    pub settle: Duration,
}

/// Why following the journal stopped.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error("the load could not read the journal")]
    Journal(#[source] journal::Error),
    #[error("the load could not write to the store")]
    Store(#[source] store::Error),
    #[error("a question failed in a way that makes the store's file doubtful")]
    Doubt,
    #[error("the store is closed")]
    Closed,
    #[error("a rebuild was asked for")]
    Rebuild(oneshot::Sender<()>),
    #[error("something is to be removed")]
    Remove,
}

/// How far a file is believed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Its counts are compared, as at every start.
    Counts,
    /// All of it is read.
    Nothing,
}

/// The loading thread's state.
pub struct Loader {
    options: Arc<Options>,
    control: Control,
    store: Store,
    progress: Arc<Progress>,
    /// Records from here on were written by this process.
    start: u64,
    now: fn() -> Timestamp,
    asking: Requests,
    requests: Receiver<Request>,
    due: Due,
    /// `None` while the store is closed.
    follower: Option<Follower>,
    /// When all of the file was last read and found sound.
    sound_at: Option<Timestamp>,
    /// When a file was last found at fault and moved away.
    quarantined_at: Option<Timestamp>,
    /// Why it stood still last, and where: the same again is not told again.
    told: Option<(u64, String)>,
}

impl Loader {
    /// Opens the store, or begins a new file where there is none or one at fault. A store that cannot be opened at
    /// present stays closed, and is tried again by [`run`](Self::run).
    ///
    /// `accepted` is the first sequence that the journal has not given out.
    pub fn open(options: Options, control: Control, store: Store, accepted: u64, now: fn() -> Timestamp) -> Self {
        let (asking, requests) = Requests::new();
        let options = Arc::new(options);
        let progress = Arc::new(Progress::default());
        let due = Due::new(options.settle);
        let mut loader = Self {
            options,
            control,
            store,
            progress,
            start: accepted,
            now,
            asking,
            requests,
            due,
            follower: None,
            sound_at: None,
            quarantined_at: None,
            told: None,
        };
        // Before the first question.
        if let Err(error) = follow_control(&loader.control, &loader.store) {
            tracing::error!(error = chain(&error), "what is to be erased could not be read, and is not hidden");
        }
        loader.due.look(&loader.control, &loader.progress);
        loader.reopen(accepted, Trust::Counts);
        loader
    }

    /// How far the load is.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// By what the load is asked for something.
    pub fn requests(&self) -> Requests {
        self.asking.clone()
    }

    /// By what erasures are asked for; `durable` says what is accepted.
    pub fn erasing(&self, durable: watch::Receiver<u64>) -> Erasing {
        let (control, store, progress) = (self.control.clone(), self.store.clone(), self.progress());
        Erasing { control, store, progress, durable }
    }

    /// Loads what is synced, and goes on until `durable` closes; then flushes and ends. Blocking: give it a thread.
    ///
    /// Once `disk_refuses` says so, it ends and leaves the store as it is: the next start reads what is really there.
    pub fn run(mut self, durable: watch::Receiver<u64>, disk_refuses: &watch::Receiver<bool>) {
        while !*disk_refuses.borrow() {
            let followed = match &mut self.follower {
                Some(follower) => follower.follow(&durable, disk_refuses, &self.requests, &mut self.due),
                None => Err(Stop::Closed),
            };
            match followed {
                Ok(()) => break,
                Err(_) if *disk_refuses.borrow() => break,
                Err(stop) => self.mend(stop, *durable.borrow()),
            }
            if durable.has_changed().is_err() {
                break;
            }
        }
        if *disk_refuses.borrow() {
            // Not even closed: DuckDB aborts the program where it cannot write at such moments.
            std::mem::forget(self);
        } else if let Some(follower) = &mut self.follower
            && let Err(error) = follower.finish()
        {
            tracing::error!(error = chain(&error), "the newest events were not flushed; the journal has them");
        }
    }

    /// Does what lets the load go on: waits, opens the store again, or begins a new file.
    fn mend(&mut self, stop: Stop, accepted: u64) {
        match stop {
            Stop::Closed => match self.requests.try_recv() {
                Ok(Request::Rebuild(done)) => self.rebuild(done, accepted),
                // Dropped unanswered: whoever asked hears that it was not done.
                Ok(Request::Replay(_)) => {}
                Err(_) => {
                    std::thread::sleep(RETRY_PAUSE);
                    self.reopen(accepted, Trust::Nothing);
                }
            },
            Stop::Rebuild(done) => self.rebuild(done, accepted),
            Stop::Remove => self.remove(accepted),
            Stop::Doubt if self.file_is_sound() => {}
            Stop::Doubt => self.reopen(accepted, Trust::Nothing),
            Stop::Journal(_) | Stop::Store(_) => {
                Progress::note(&self.progress.refused_by_store);
                self.tell("the load stopped and tries again", &stop);
                std::thread::sleep(RETRY_PAUSE);
                // Without space no file is at fault.
                let doubtful = matches!(&stop, Stop::Store(error) if !matches!(error, store::Error::Full { .. }));
                if doubtful && !self.file_is_sound() {
                    self.reopen(accepted, Trust::Nothing);
                }
            }
        }
    }

    /// Begins a new file because somebody asked for it, who hears of it once it is open.
    fn rebuild(&mut self, done: oneshot::Sender<()>, accepted: u64) {
        self.close();
        let begun = self.begin_new_file("a rebuild was asked for");
        self.reopen(accepted, Trust::Counts);
        if begun && self.follower.is_some() {
            // Who asked may have gone.
            done.send(()).ok();
        }
    }

    /// Logs why the load stands still; what it stumbles over again and again in one place, only once.
    fn tell(&mut self, message: &'static str, error: &dyn std::error::Error) {
        let place = self.progress.counts().next_sequence;
        let full = matches!(
            error.source().and_then(|cause| cause.downcast_ref::<store::Error>()),
            Some(store::Error::Full { .. })
        );
        // How much is free changes all the time.
        let text = if full { message.to_owned() } else { chain(error) };
        if self.told.as_ref() != Some(&(place, text.clone())) {
            tracing::error!(error = chain(error), "{message}");
            self.told = Some((place, text));
        }
    }

    /// Whether the open store answers and, unless that was looked at just now, all of its file can be read.
    fn file_is_sound(&mut self) -> bool {
        let Some(follower) = &self.follower else { return false };
        if !follower.writer.answers() {
            return false;
        }
        if self.was_lately(self.sound_at, DOUBT_PAUSE_MS) {
            return true;
        }
        let read = follower.writer.read_everything();
        if let Err(error) = &read {
            tracing::error!(error = chain(error), "the store's file cannot be read");
        }
        self.sound_at = read.is_ok().then(self.now);
        read.is_ok()
    }

    fn was_lately(&self, at: Option<Timestamp>, pause_ms: i64) -> bool {
        // The clock may have been set back since.
        at.is_some_and(|at| ((self.now)().as_ms() - at.as_ms()).abs() < pause_ms)
    }

    /// Closes the store and opens it again; a file at fault gives way to a new one.
    fn reopen(&mut self, accepted: u64, trust: Trust) {
        if self.close() {
            Progress::note(&self.progress.reopened);
            tracing::warn!("the store is opened again");
        }
        let mut opened = self.open_store(accepted, trust);
        if let Err(error) = &opened
            && self.store.is_file_at_fault(error)
        {
            if self.was_lately(self.quarantined_at, QUARANTINE_PAUSE_MS) {
                self.tell("the new file of the store is at fault too; it stays closed for some minutes", error);
            } else {
                tracing::error!(error = chain(error), "the store's file is at fault");
                if self.begin_new_file("its file is at fault") {
                    self.quarantined_at = Some((self.now)());
                    opened = self.open_store(accepted, Trust::Counts);
                }
            }
        }
        match opened {
            Ok(follower) => {
                if let Some(to_sequence) = follower.writer.rebuilding_to() {
                    let from_sequence = follower.writer.next_sequence();
                    tracing::warn!(from_sequence, to_sequence, "the store is built again from what was accepted");
                }
                if trust == Trust::Nothing {
                    self.sound_at = Some((self.now)());
                }
                self.follower = Some(follower);
            }
            Err(error) => self.tell("the store cannot be opened; collecting goes on, and it is tried again", &error),
        }
    }

    /// Lets go of the store; whether it was open.
    fn close(&mut self) -> bool {
        let open = self.follower.take().is_some();
        self.store.close();
        open
    }

    fn open_store(&self, accepted: u64, trust: Trust) -> Result<Follower, store::Error> {
        let opened = self.store.open().and_then(|writer| self.follower_with(writer, accepted, trust));
        if opened.is_err() {
            self.store.close();
        }
        opened
    }

    fn follower_with(&self, mut writer: store::Writer, accepted: u64, trust: Trust) -> Result<Follower, store::Error> {
        if accepted < writer.next_sequence() {
            // It holds numbers that this journal never gave out.
            return Err(store::Error::Foreign);
        }
        if trust == Trust::Nothing {
            writer.read_everything()?;
        }
        if writer.next_sequence() == 0 && 0 < accepted && writer.rebuilding_to().is_none() {
            writer.begin_rebuild(accepted)?;
        }
        let (options, progress) = (Arc::clone(&self.options), Arc::clone(&self.progress));
        Follower::start(options, self.control.clone(), writer, progress, self.start, self.now)
    }

    /// Moves the file to quarantine; whether that could be done.
    fn begin_new_file(&self, reason: &'static str) -> bool {
        match self.store.quarantine((self.now)()) {
            Ok(place) => {
                Progress::note(&self.progress.quarantined);
                let place = place.display().to_string();
                tracing::error!(reason, place, "the store's file was moved away; a new one is begun");
                true
            }
            Err(error) => {
                tracing::error!(error = chain(&error), "the store's file could not be moved away");
                false
            }
        }
    }
}

/// The error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
