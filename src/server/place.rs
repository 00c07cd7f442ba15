//! What one connection is doing, and since when: atomics that the connection writes and the sweep reads, so that
//! deadlines cost no timer a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::places::Client;

/// The steps in which time is counted here.
pub(super) const TICK: Duration = Duration::from_millis(250);

/// How long each state may last, in ticks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    pub(super) head: u32,
    pub(super) idle: u32,
    pub(super) unread: u32,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Its last request is answered, and the next has not begun.
    Idle = 0,
    /// The head of a request is coming in.
    Head = 1,
    /// A request is being answered.
    Request = 2,
}

/// What a client that hangs up in the middle of a request does to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HangUp {
    /// Nobody waits for the answer: the request is given up.
    Cancels = 0,
    /// The request is finished all the same, once its body is here.
    MayFinish = 1,
    /// Its body is here: the request is finished all the same.
    Finishes = 2,
}

/// Why a connection was closed by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Too long without a request.
    Idle = 0,
    /// The head of a request took too long.
    Head = 1,
    /// The client does not read its answer.
    Unread = 2,
}

impl Overdue {
    pub(super) const ALL: [(Self, &'static str); 3] =
        [(Self::Idle, "idle"), (Self::Head, "slow_head"), (Self::Unread, "unread_answer")];
}

/// The place that one connection takes.
pub(super) struct Place {
    /// [`Doing`] in the upper half, the tick since when in the lower: read and written as one.
    doing: AtomicU64,
    /// The tick since when the client has not read what is written to it, plus one; 0 when it reads.
    unread: AtomicU32,
    hang_up: AtomicU8,
    /// How long the last head waited for its turn, in microseconds.
    waited_us: AtomicU32,
    asked: AtomicBool,
    leave: Notify,
    /// Where it stands in the list of places; belongs to whoever holds the list.
    pub(super) index: AtomicUsize,
    /// Whose it is; `None` for a trusted proxy.
    pub(super) client: Option<Client>,
    clock: Arc<AtomicU32>,
}

impl Place {
    /// A place for a connection that was just accepted.
    pub(super) fn new(client: Option<Client>, clock: Arc<AtomicU32>) -> Self {
        let place = Self {
            doing: AtomicU64::new(0),
            unread: AtomicU32::new(0),
            hang_up: AtomicU8::new(HangUp::Cancels as u8),
            waited_us: AtomicU32::new(0),
            asked: AtomicBool::new(false),
            leave: Notify::new(),
            index: AtomicUsize::new(0),
            client,
            clock,
        };
        // Who connects has something to say, and the deadline of a head to say it.
        place.begin(Doing::Head);
        place
    }

    fn begin(&self, doing: Doing) {
        self.doing.store((doing as u64) << 32 | u64::from(self.clock.load(Ordering::Relaxed)), Ordering::Relaxed);
    }

    fn doing(&self) -> (Doing, u32) {
        let packed = self.doing.load(Ordering::Relaxed);
        let doing = match packed >> 32 {
            0 => Doing::Idle,
            1 => Doing::Head,
            _ => Doing::Request,
        };
        (doing, packed as u32)
    }

    /// Bytes came in that waited so long for their turn; true when a new head begins with them.
    pub(super) fn heard(&self, waited: Duration) -> bool {
        let waited_us = u32::try_from(waited.as_micros()).unwrap_or(u32::MAX);
        let begins = self.doing().0 == Doing::Idle;
        if begins {
            self.begin(Doing::Head);
            self.waited_us.store(waited_us, Ordering::Relaxed);
        } else {
            self.waited_us.fetch_max(waited_us, Ordering::Relaxed);
        }
        begins
    }

    /// How long the request waited that is answered now.
    pub(super) fn waited(&self) -> Duration {
        Duration::from_micros(self.waited_us.load(Ordering::Relaxed).into())
    }

    /// A request is answered from now until the guard is dropped.
    pub(super) fn serve(self: &Arc<Self>, hang_up: HangUp) -> Serving {
        self.on_hang_up(hang_up);
        self.begin(Doing::Request);
        Serving(Arc::clone(self))
    }

    /// Says what hanging up does from now on.
    pub(super) fn on_hang_up(&self, hang_up: HangUp) {
        self.hang_up.store(hang_up as u8, Ordering::Relaxed);
    }

    /// What hanging up does now.
    pub(super) fn hang_up(&self) -> HangUp {
        match (self.doing().0, self.hang_up.load(Ordering::Relaxed)) {
            (Doing::Request, 1) => HangUp::MayFinish,
            (Doing::Request, 2) => HangUp::Finishes,
            _ => HangUp::Cancels,
        }
    }

    /// The client has not read what was written before.
    pub(super) fn is_unread(&self) {
        if self.unread.load(Ordering::Relaxed) == 0 {
            self.unread.store(self.clock.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    /// The client reads.
    pub(super) fn is_read(&self) {
        if self.unread.load(Ordering::Relaxed) != 0 {
            self.unread.store(0, Ordering::Relaxed);
        }
    }

    /// Which deadline has passed at `now`.
    pub(super) fn overdue(&self, now: u32, deadlines: Deadlines) -> Option<Overdue> {
        let passed = |since: u32, deadline: u32| deadline < now.saturating_sub(since);
        let unread = self.unread.load(Ordering::Relaxed);
        if unread != 0 {
            return passed(unread - 1, deadlines.unread).then_some(Overdue::Unread);
        }
        match self.doing() {
            (Doing::Idle, since) => passed(since, deadlines.idle).then_some(Overdue::Idle),
            (Doing::Head, since) => passed(since, deadlines.head).then_some(Overdue::Head),
            (Doing::Request, _) => None,
        }
    }

    /// Since when it waits for a whole request, so that closing it loses nothing; `None` while it has one, and
    /// when it was asked to leave already.
    pub(super) fn waiting_since(&self) -> Option<u32> {
        let free = self.unread.load(Ordering::Relaxed) == 0 && !self.asked.load(Ordering::Relaxed);
        match self.doing() {
            (Doing::Idle | Doing::Head, since) if free => Some(since),
            _ => None,
        }
    }

    /// Asks the connection to end; false when it was asked before.
    pub(super) fn ask_to_leave(&self) -> bool {
        let first = !self.asked.swap(true, Ordering::Relaxed);
        if first {
            self.leave.notify_one();
        }
        first
    }

    /// Ends when the connection is to be closed. A request that came in meanwhile is answered first.
    pub(super) async fn asked_to_leave(&self) {
        loop {
            self.leave.notified().await;
            if self.doing().0 != Doing::Request || self.unread.load(Ordering::Relaxed) != 0 {
                return;
            }
            self.asked.store(false, Ordering::Relaxed);
        }
    }
}

/// A request that is being answered; dropped with the last of its answer.
pub(super) struct Serving(Arc<Place>);

impl Serving {
    pub(super) fn place(&self) -> &Arc<Place> {
        &self.0
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.begin(Doing::Idle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINES: Deadlines = Deadlines { head: 10, idle: 100, unread: 30 };

    fn place() -> (Arc<Place>, Arc<AtomicU32>) {
        let clock = Arc::new(AtomicU32::new(5));
        (Arc::new(Place::new(None, Arc::clone(&clock))), clock)
    }

    #[test]
    fn each_state_has_a_deadline_of_its_own() {
        let (place, clock) = place();
        let overdue = |now| place.overdue(now, DEADLINES);
        assert_eq!((overdue(15), overdue(16)), (None, Some(Overdue::Head)));
        let serving = place.serve(HangUp::Cancels);
        assert_eq!((overdue(10_000), place.waiting_since()), (None, None));
        clock.store(20, Ordering::Relaxed);
        drop(serving);
        assert_eq!((overdue(120), overdue(121)), (None, Some(Overdue::Idle)));
        assert_eq!(place.waiting_since(), Some(20));
        assert!(place.heard(3 * TICK), "a new head begins");
        assert!(!place.heard(2 * TICK), "and goes on");
        assert_eq!(place.waited(), 3 * TICK);
        assert_eq!((overdue(30), overdue(31)), (None, Some(Overdue::Head)));
    }

    #[test]
    fn who_does_not_read_is_overdue_whatever_else_goes_on() {
        let (place, clock) = place();
        let _serving = place.serve(HangUp::Cancels);
        place.is_unread();
        clock.store(20, Ordering::Relaxed);
        place.is_unread();
        assert_eq!((place.overdue(35, DEADLINES), place.overdue(36, DEADLINES)), (None, Some(Overdue::Unread)));
        place.is_read();
        assert_eq!(place.overdue(36, DEADLINES), None);
    }

    #[test]
    fn hanging_up_finishes_only_a_request_that_says_so() {
        let (place, _) = place();
        let serving = place.serve(HangUp::MayFinish);
        assert_eq!(place.hang_up(), HangUp::MayFinish);
        place.on_hang_up(HangUp::Finishes);
        assert_eq!(place.hang_up(), HangUp::Finishes);
        drop(serving);
        assert_eq!(place.hang_up(), HangUp::Cancels);
    }

    #[tokio::test]
    async fn a_request_that_came_in_meanwhile_is_answered_first() {
        let (place, _) = place();
        let serving = place.serve(HangUp::Cancels);
        assert!(place.ask_to_leave() && !place.ask_to_leave());
        let mut leaving = std::pin::pin!(place.asked_to_leave());
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(leaving.as_mut().poll(cx).is_pending())).await);
        drop(serving);
        assert!(place.ask_to_leave(), "it can be asked again");
        leaving.await;
    }
}
