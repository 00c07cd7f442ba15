//! What people may ask of the load while it runs.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tokio::sync::oneshot;

/// So many requests wait at most; more are turned away.
const WAITING_MAX: usize = 16;

/// What trying the failed events again came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Events that are rows now.
    pub loaded: u64,
    /// Of what failed before, what fails still.
    pub failing: u64,
}

pub(super) enum Request {
    Rebuild(oneshot::Sender<()>),
    Replay(oneshot::Sender<Result<Replayed, NotDone>>),
}

/// Asks the load; clones ask the same one.
#[derive(Clone)]
pub struct Requests(SyncSender<Request>);

/// Why the load did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// There is no space for what it would have to write.
    #[error("there is no space for it on the disk")]
    DiskFull,
    /// It has ended, the store refused, or too much was asked at once.
    #[error("the load did not do what was asked; the server's log says why")]
    Refused,
}

impl Requests {
    pub(super) fn new() -> (Self, Receiver<Request>) {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        (Self(sender), receiver)
    }

    /// Gives the store's file up for a new one, which is filled from then on. Returns once it is begun.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn rebuild(&self) -> Result<(), NotDone> {
        let (sender, receiver) = oneshot::channel();
        self.0.try_send(Request::Rebuild(sender)).map_err(|_| NotDone::Refused)?;
        receiver.await.map_err(|_| NotDone::Refused)
    }

    /// Tries the failed events again.
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn replay(&self) -> Result<Replayed, NotDone> {
        let (sender, receiver) = oneshot::channel();
        self.0.try_send(Request::Replay(sender)).map_err(|_| NotDone::Refused)?;
        receiver.await.unwrap_or(Err(NotDone::Refused))
    }
}
