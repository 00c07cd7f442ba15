//! How long a connection waits for its turn: from when the system says that there is something to read until it is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

/// The turn of one connection.
pub(super) struct Turn {
    bell: Arc<Bell>,
    waker: Waker,
}

impl Turn {
    /// A connection that was just accepted has something to say, mostly.
    pub(super) fn new() -> Self {
        Self::of(Bell { task: Waker::noop().clone(), since: Instant::now(), rang: AtomicU64::new(1) })
    }

    fn of(bell: Bell) -> Self {
        let bell = Arc::new(bell);
        Self { waker: Waker::from(Arc::clone(&bell)), bell }
    }

    /// What to read with, in place of `cx`; and how long the turn was waited for, where it was.
    pub(super) fn take(&mut self, cx: &Context<'_>) -> (Context<'_>, Option<Duration>) {
        let rang = self.bell.rang.swap(0, Ordering::Relaxed);
        let since = self.bell.since;
        if !self.bell.task.will_wake(cx.waker()) {
            *self = Self::of(Bell { task: cx.waker().clone(), since, rang: AtomicU64::new(0) });
        }
        let waited = (rang != 0).then(|| since.elapsed().saturating_sub(Duration::from_nanos(rang)));
        (Context::from_waker(&self.waker), waited)
    }
}

/// Notes when it is rung, and wakes the connection's task.
struct Bell {
    task: Waker,
    since: Instant,
    /// When it was rung, in nanoseconds since `since`; 0 when it was not.
    rang: AtomicU64,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let now = u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        // The first time counts.
        self.rang.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed).ok();
        self.task.wake_by_ref();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    struct Task(AtomicUsize);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_turn_is_waited_for_from_the_first_ring_on() {
        let task = Arc::new(Task(AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&task));
        let cx = Context::from_waker(&waker);
        let mut turn = Turn::new();
        assert!(turn.take(&cx).1.is_some(), "since it was accepted");
        let (reading, waited) = turn.take(&cx);
        assert_eq!(waited, None);
        let bell = reading.waker().clone();
        bell.wake_by_ref();
        let rang = Instant::now();
        while rang.elapsed() < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        bell.wake_by_ref();
        assert!(Duration::from_millis(5) <= turn.take(&cx).1.unwrap());
        assert_eq!((turn.take(&cx).1, task.0.load(Ordering::Relaxed)), (None, 2));
    }
}
