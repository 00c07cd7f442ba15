//! How often one address, and one address with one e-mail, may try to sign in.
//!
//! # Why
//! There is no limit by e-mail alone: anybody could use it to lock a user out. Somebody with many addresses is
//! slowed by the password hash, of which only a few are made at once.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::door::Now;
use super::error::ReportError;
use crate::domain::subscriber::subscriber;
use crate::domain::time::Timestamp;

/// So many tries at once, then one in that time: an office behind one address may sign in together, a guesser
/// gets some 4,000 tries a day.
const TRIES_BY_ADDRESS: (NonZeroU32, Duration) = (NonZeroU32::new(30).unwrap(), Duration::from_secs(20));
/// The same for one e-mail: a person who has forgotten which password it was.
const TRIES_BY_ADDRESS_AND_EMAIL: (NonZeroU32, Duration) = (NonZeroU32::new(10).unwrap(), Duration::from_secs(60));

/// Counts tries to sign in. Memory is bounded: a try is counted in one of 65,536 places, chosen by a hash that
/// nobody outside can foretell.
pub(super) struct Throttle {
    by_address: Limiter,
    by_address_and_email: Limiter,
    hasher: RandomState,
}

type Limiter = RateLimiter<u16, DashMapStateStore<u16>, SteadyClock, NoOpMiddleware<Duration>>;

impl Throttle {
    pub(super) fn new(now: Now) -> Self {
        let clock = SteadyClock::new(now);
        let limiter = |(burst, refill): (NonZeroU32, Duration)| {
            let quota = Quota::with_period(refill).expect("a minute is longer than nothing").allow_burst(burst);
            Limiter::dashmap_with_clock(quota, clock.clone())
        };
        Self {
            by_address: limiter(TRIES_BY_ADDRESS),
            by_address_and_email: limiter(TRIES_BY_ADDRESS_AND_EMAIL),
            hasher: RandomState::new(),
        }
    }

    /// Counts one try from `address`.
    pub(super) fn admit_address(&self, address: IpAddr) -> Result<(), ReportError> {
        admit(&self.by_address, self.place(subscriber(address)))
    }

    /// Counts one try to sign in as `email` from `address`.
    pub(super) fn admit_login(&self, address: IpAddr, email: &str) -> Result<(), ReportError> {
        let email = email.trim().to_lowercase();
        admit(&self.by_address_and_email, self.place((subscriber(address), email)))?;
        self.admit_address(address)
    }

    fn place(&self, key: impl Hash) -> u16 {
        let [high, low, ..] = self.hasher.hash_one(key).to_be_bytes();
        u16::from_be_bytes([high, low])
    }
}

fn admit(limiter: &Limiter, place: u16) -> Result<(), ReportError> {
    limiter.check_key(&place).map_err(|not_until| {
        let wait = not_until.wait_time_from(limiter.clock().now());
        ReportError::TooMany { retry_after_seconds: wait.as_secs() + 1 }
    })
}

/// The server's clock, counted from the start and never backwards: a wall clock that is set back must not lock
/// everybody out until it has caught up.
#[derive(Clone)]
struct SteadyClock {
    now: Now,
    counted: Arc<Mutex<Counted>>,
}

struct Counted {
    last: Timestamp,
    elapsed: Duration,
}

impl SteadyClock {
    fn new(now: Now) -> Self {
        let counted = Counted { last: now(), elapsed: Duration::ZERO };
        Self { now, counted: Arc::new(Mutex::new(counted)) }
    }
}

impl Clock for SteadyClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let now = (self.now)();
        let step_ms = u64::try_from(now.as_ms() - counted.last.as_ms()).unwrap_or(0);
        counted.last = now;
        counted.elapsed += Duration::from_millis(step_ms);
        counted.elapsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_costs_no_time() {
        let wall = Arc::new(Mutex::new(1_000_000));
        let clock = SteadyClock::new(Arc::new({
            let wall = Arc::clone(&wall);
            move || Timestamp::from_ms(*wall.lock().unwrap())
        }));
        *wall.lock().unwrap() = 0;
        assert_eq!(clock.now(), Duration::ZERO);
        *wall.lock().unwrap() = 5_000;
        assert_eq!(clock.now(), Duration::from_secs(5));
    }
}
