//! Whether requests wait so long for their turn that some must be sent away.
//!
//! # Why
//! A server that takes in turn whatever comes answers everybody too late once more comes than it can take: all its work
//! is then for senders who have gone. What tells is how long requests wait, not how many there are: a queue that fills
//! at once and empties again does no harm, one that stands does. So, as routers do it (CoDel, RFC 8289), the least wait
//! of a while decides: where even that is too long, whoever waited twice as long is sent away until it is over.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::time::Timestamp;

/// A queue that has not emptied for so long stands.
const WHILE_MS: i64 = 500;

/// Whose request it is.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The address, past the proxies that are trusted.
    pub address: IpAddr,
    /// How long the request was here before its turn came.
    pub waited: Duration,
}

/// Watches how long requests wait for their turn.
pub(super) struct Turns {
    wait_max: Duration,
    now: Mutex<While>,
}

/// What is seen of one while.
struct While {
    began_at: Timestamp,
    least: Option<Duration>,
    /// Whether in the one before nobody came to his turn in time.
    crowded: bool,
}

impl Turns {
    /// Nobody has waited yet. In a queue that does not stand, somebody waits for `wait_max` at most.
    pub(super) fn new(wait_max: Duration) -> Self {
        let now = While { began_at: Timestamp::from_ms(0), least: None, crowded: false };
        Self { wait_max, now: Mutex::new(now) }
    }

    /// Notes that a request waited so long until `now`; whether it is served.
    pub(super) fn admits(&self, waited: Duration, now: Timestamp) -> bool {
        let mut seen = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed_ms = now.as_ms() - seen.began_at.as_ms();
        // A clock that was set back begins a new one, too.
        if !(0..WHILE_MS).contains(&elapsed_ms) {
            let just_ended = (WHILE_MS..2 * WHILE_MS).contains(&elapsed_ms);
            let crowded = just_ended && seen.least.is_some_and(|least| self.wait_max < least);
            *seen = While { began_at: now, least: None, crowded };
        }
        seen.least = Some(seen.least.map_or(waited, |least| least.min(waited)));
        !seen.crowded || waited <= 2 * self.wait_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Requests that waited so many milliseconds, one every 100 ms from `from_ms` on; who is served.
    fn served(turns: &Turns, from_ms: i64, waits_ms: &[u32]) -> Vec<bool> {
        let times = (from_ms..).step_by(100).map(Timestamp::from_ms);
        times.zip(waits_ms).map(|(at, &wait)| turns.admits(wait * MS, at)).collect()
    }

    #[test]
    fn a_queue_that_empties_sends_nobody_away() {
        let turns = Turns::new(50 * MS);
        assert_eq!(served(&turns, 1_000, &[900, 800, 700, 40, 900, 900, 900, 900, 900, 20]), [true; 10]);
        assert_eq!(served(&turns, 2_000, &[900]), [true]);
    }

    #[test]
    fn a_queue_that_stands_sends_away_who_waited_longest_until_it_is_over() {
        let turns = Turns::new(50 * MS);
        assert_eq!(served(&turns, 1_000, &[60, 400, 400, 400, 400]), [true; 5]);
        assert_eq!(served(&turns, 1_500, &[101, 100, 400, 99, 51]), [false, true, false, true, true]);
        assert_eq!(served(&turns, 2_000, &[101, 30]), [false, true], "and so it stays while nobody is in time");
        assert_eq!(served(&turns, 2_500, &[400, 400, 400, 400, 400]), [true; 5]);
        assert_eq!(served(&turns, 9_000, &[400]), [true], "what was long ago says nothing");
        assert_eq!(served(&turns, 9_500, &[400]), [false]);
        assert_eq!(served(&turns, 5_000, &[400]), [true], "and a clock that was set back neither");
    }
}
