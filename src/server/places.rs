//! Who is let in: so many connections in all, so many a client; the deadlines of those that are; what became of all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::place::{Deadlines, Overdue, Place, TICK};
use crate::domain::network::Network;
use crate::domain::subscriber::subscriber;

/// When all places are taken, so many are looked at for one to close: the one that has waited longest.
const LOOKED_AT: usize = 32;
/// So many more than there are places, while those that were asked to leave are leaving.
const LEAVING_MAX: usize = 64;

/// Whose connections are counted together: an IPv4 address, or an IPv6 /64.
pub(super) type Client = IpAddr;

/// How many connections there may be, and how long they may take for what.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) places_max: usize,
    pub(super) client_places_max: usize,
    pub(super) head: Duration,
    pub(super) idle: Duration,
    pub(super) unread: Duration,
    /// All clients of a proxy share its address, so it has no cap of its own; what they send is limited by event.
    pub(super) trusted_proxies: Vec<Network>,
}

/// All places for connections.
pub(super) struct Places {
    options: Options,
    deadlines: Deadlines,
    taken: Mutex<Taken>,
    began: Instant,
    clock: Arc<AtomicU32>,
    accepted: AtomicU64,
    refused: [AtomicU64; 2],
    closed: [AtomicU64; 3],
    made_room: AtomicU64,
}

#[derive(Default)]
struct Taken {
    places: Vec<Arc<Place>>,
    by_client: HashMap<Client, usize>,
}

/// Why a connection gets no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// This client has as many as it may have.
    Client = 0,
    /// All places are taken by connections with a request.
    Full = 1,
}

impl Refused {
    const ALL: [(Self, &'static str); 2] = [(Self::Client, "client"), (Self::Full, "full")];

    /// What the client hears before its connection is closed.
    pub(super) fn answer(self) -> &'static [u8] {
        match self {
            Self::Client => {
                b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            }
            Self::Full => {
                b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            }
        }
    }
}

/// The counters at one moment, each reason with its name.
pub(super) struct Counts {
    pub(super) open: usize,
    pub(super) accepted: u64,
    pub(super) refused: Vec<(&'static str, u64)>,
    pub(super) closed: Vec<(&'static str, u64)>,
}

impl Places {
    pub(super) fn new(options: Options) -> Self {
        let ticks = |time: Duration| u32::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u32::MAX);
        Self {
            deadlines: Deadlines {
                head: ticks(options.head),
                idle: ticks(options.idle),
                unread: ticks(options.unread),
            },
            options,
            taken: Mutex::default(),
            began: Instant::now(),
            clock: Arc::default(),
            accepted: AtomicU64::new(0),
            refused: Default::default(),
            closed: Default::default(),
            made_room: AtomicU64::new(0),
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a place to a connection from `peer`. When all are taken, one that waits for its client has to go.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Result<TakenPlace, Refused> {
        let proxy = self.options.trusted_proxies.iter().any(|network| network.contains(peer));
        let client = (!proxy).then(|| subscriber(peer));
        let mut taken = self.taken();
        let refused = self.may_take(&taken, client).err();
        if let Some(refused) = refused {
            self.refused[refused as usize].fetch_add(1, Ordering::Relaxed);
            return Err(refused);
        }
        if let Some(client) = client {
            *taken.by_client.entry(client).or_default() += 1;
        }
        let place = Arc::new(Place::new(client, Arc::clone(&self.clock)));
        place.index.store(taken.places.len(), Ordering::Relaxed);
        taken.places.push(Arc::clone(&place));
        self.accepted.fetch_add(1, Ordering::Relaxed);
        Ok(TakenPlace { place, places: Arc::clone(self) })
    }

    fn may_take(&self, taken: &Taken, client: Option<Client>) -> Result<(), Refused> {
        let has = client.and_then(|client| taken.by_client.get(&client)).copied().unwrap_or(0);
        if self.options.client_places_max <= has {
            return Err(Refused::Client);
        }
        let (open, places_max) = (taken.places.len(), self.options.places_max);
        if open < places_max {
            return Ok(());
        }
        if places_max + LEAVING_MAX <= open {
            return Err(Refused::Full);
        }
        let looked_at = (0..LOOKED_AT).map(|_| &taken.places[fastrand::usize(..open)]);
        let waiting = looked_at.filter_map(|place| Some((place.waiting_since()?, place)));
        let (_, longest) = waiting.min_by_key(|(since, _)| *since).ok_or(Refused::Full)?;
        longest.ask_to_leave();
        self.made_room.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Moves the clock, and closes what is overdue. For ever.
    pub(super) async fn sweep(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let now = (self.began.elapsed().as_millis() / TICK.as_millis()) as u32;
            self.clock.store(now, Ordering::Relaxed);
            for place in &self.taken().places {
                if let Some(overdue) = place.overdue(now, self.deadlines)
                    && place.ask_to_leave()
                {
                    self.closed[overdue as usize].fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }

    /// Closes all connections that have no request.
    pub(super) fn dismiss_waiting(&self) {
        for place in &self.taken().places {
            if place.waiting_since().is_some() {
                place.ask_to_leave();
            }
        }
    }

    /// The counters now.
    pub(super) fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let refused = Refused::ALL.map(|(refused, name)| (name, read(&self.refused[refused as usize])));
        let overdue = Overdue::ALL.map(|(overdue, name)| (name, read(&self.closed[overdue as usize])));
        let closed = overdue.into_iter().chain([("made_room", read(&self.made_room))]);
        let open = self.taken().places.len();
        Counts { open, accepted: read(&self.accepted), refused: refused.into(), closed: closed.collect() }
    }
}

/// A place that is given back when this is dropped.
pub(super) struct TakenPlace {
    pub(super) place: Arc<Place>,
    places: Arc<Places>,
}

impl Drop for TakenPlace {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        let index = self.place.index.load(Ordering::Relaxed);
        taken.places.swap_remove(index);
        if let Some(moved) = taken.places.get(index) {
            moved.index.store(index, Ordering::Relaxed);
        }
        if let Some(client) = self.place.client
            && let Some(has) = taken.by_client.get_mut(&client)
        {
            *has -= 1;
            if *has == 0 {
                taken.by_client.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::place::HangUp;

    fn places(places_max: usize, client_places_max: usize) -> Arc<Places> {
        let second = Duration::from_secs(1);
        let trusted_proxies = vec![Network::parse("10.0.0.0/8").unwrap()];
        let options =
            Options { places_max, client_places_max, head: second, idle: second, unread: second, trusted_proxies };
        Arc::new(Places::new(options))
    }

    fn take(places: &Arc<Places>, peer: &str) -> Result<TakenPlace, Refused> {
        places.take(peer.parse().unwrap())
    }

    #[test]
    fn a_client_has_so_many_places_and_a_trusted_proxy_as_many_as_there_are() {
        let places = places(100, 2);
        let held = [take(&places, "192.0.2.1").unwrap(), take(&places, "192.0.2.1").unwrap()];
        assert_eq!(take(&places, "192.0.2.1").err(), Some(Refused::Client));
        assert_eq!(take(&places, "::ffff:192.0.2.1").err(), Some(Refused::Client));
        let _other = take(&places, "192.0.2.2").unwrap();
        let _network = [take(&places, "2001:db8::1").unwrap(), take(&places, "2001:db8::2").unwrap()];
        assert_eq!(take(&places, "2001:db8::3").err(), Some(Refused::Client));
        assert!(take(&places, "2001:db8:0:1::1").is_ok());
        let proxied: Vec<_> = (0..50).map(|_| take(&places, "10.0.0.1").unwrap()).collect();
        assert_eq!(places.counts().open, 2 + 1 + 2 + 50);
        drop(held);
        assert!(take(&places, "192.0.2.1").is_ok());
        drop(proxied);
        assert_eq!(places.counts().refused, [("client", 3), ("full", 0)]);
        assert_eq!(places.taken().by_client.len(), 2, "nobody is remembered who has left");
    }

    #[test]
    fn a_full_house_closes_one_that_waits_and_none_that_is_served() {
        let places = places(3, 100);
        let held: Vec<_> = (0..3).map(|_| take(&places, "192.0.2.1").unwrap()).collect();
        let serving: Vec<_> = held[..2].iter().map(|taken| taken.place.serve(HangUp::Cancels)).collect();
        // Places are looked at by chance; of three, the one that waits is not missed 32 times.
        let newcomer = take(&places, "192.0.2.2").unwrap();
        assert_eq!(held[2].place.waiting_since(), None, "it was asked to leave");
        let _newcomer_served = newcomer.place.serve(HangUp::Cancels);
        assert_eq!(take(&places, "192.0.2.3").err(), Some(Refused::Full));
        drop(serving);
        assert!(take(&places, "192.0.2.3").is_ok());
        let counts = places.counts();
        assert_eq!((counts.accepted, counts.refused[1]), (5, ("full", 1)));
        assert!(counts.closed.contains(&("made_room", 2)));
    }
}
