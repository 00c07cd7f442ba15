//! A request's events on their way to the disk, and the counting of what became of them.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::answer::{Receipt, Rejection};
use super::refusal::Refusal;
use super::tally::Tally;
use crate::domain::id::SiteId;
use crate::journal::{self, Appending, Position};

/// What is known of a request so far.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The site it is for.
    pub(super) site: Option<SiteId>,
    /// How many events it holds; 1 until they are counted.
    pub(super) events: usize,
}

impl Default for Known {
    fn default() -> Self {
        Self { site: None, events: 1 }
    }
}

impl Known {
    /// Counts a request of which nothing is kept.
    pub(super) fn count_rejected(self, tally: &Tally, rejection: Rejection) -> Rejection {
        tally.count_received(self.site, self.events, 0);
        match rejection {
            Rejection::Body(refusal) => tally.count_refused(self.site, refusal, self.events),
            Rejection::Shed { why, .. } => tally.count_shed(self.site, why, self.events),
        }
        rejection
    }
}

/// What is counted, and answered, once the disk has spoken.
pub(super) struct Settling {
    pub(super) tally: Arc<Tally>,
    pub(super) known: Known,
    pub(super) accepted: usize,
    pub(super) refused: Vec<(usize, Refusal)>,
    pub(super) unknown_fields: u32,
}

impl Settling {
    fn settle(self, appended: Result<(), journal::Error>) -> Result<Receipt, Rejection> {
        let Self { tally, known, accepted, refused, unknown_fields } = self;
        if let Err(error) = appended {
            return Err(known.count_rejected(&tally, (&error).into()));
        }
        tally.count_received(known.site, known.events, unknown_fields);
        tally.count_accepted(known.site, accepted, &refused);
        Ok(Receipt::new(accepted, &refused))
    }
}

/// Events that wait for the disk. Nothing is counted as accepted, or answered, before it has them.
///
/// A sender that hangs up now takes nothing back: the events are counted when the disk has them, all the same.
pub(super) struct Kept {
    appending: Option<Appending>,
    settling: Option<Settling>,
}

impl Kept {
    /// `appending` is `None` when no event of the request was good.
    pub(super) fn new(appending: Option<Appending>, settling: Settling) -> Self {
        Self { appending, settling: Some(settling) }
    }

    /// Waits for the disk, counts, and answers.
    pub(super) async fn outcome(mut self) -> Result<Receipt, Rejection> {
        let appended = wait(self.appending.as_mut()).await;
        self.settling.take().expect("it is settled once").settle(appended)
    }
}

async fn wait(appending: Option<&mut Appending>) -> Result<(), journal::Error> {
    match appending {
        Some(appending) => appending.await.map(|_: Position| ()),
        None => Ok(()),
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // Outside of the runtime the program is ending, and its counters with it.
        if let (Some(settling), Ok(runtime)) = (self.settling.take(), Handle::try_current()) {
            let mut appending = self.appending.take();
            runtime.spawn(async move { settling.settle(wait(appending.as_mut()).await) });
        }
    }
}
