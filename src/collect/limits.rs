//! How much anybody may send: quotas of events, per client, per site and for the whole server, and memory for bodies.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::parse::EVENTS_MAX;
use crate::domain::event::Sender;
use crate::domain::id::SiteId;
use crate::domain::subscriber::subscriber;

/// How many events may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// In the long run.
    pub events_per_second: NonZeroU32,
    /// At once; never less than [`EVENTS_MAX`], or a full batch could never be sent.
    pub burst_events: NonZeroU32,
}

/// Everybody's quota.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// For one browser's address: IPv4, or the first 64 bits of IPv6.
    pub client: Quota,
    /// For all browsers of one site together.
    pub site: Quota,
    /// For all servers of one site together, so that forged browsers cannot keep out real orders.
    pub server: Quota,
    /// For everybody together.
    pub whole: Quota,
    /// Clients remembered. Beyond it, newcomers and old ones share quotas with their neighbours.
    pub clients_max: usize,
    /// Memory for what is long of the bodies that are being read.
    pub bodies_kib_max: usize,
}

/// Counts what comes in against the quotas. In memory; a restart forgives.
pub struct Limits {
    clients: DefaultKeyedRateLimiter<Client>,
    sites: DefaultKeyedRateLimiter<SiteId>,
    servers: DefaultKeyedRateLimiter<SiteId>,
    whole: DefaultDirectRateLimiter,
    bodies_kib: Semaphore,
    clients_max: usize,
    charges: AtomicUsize,
}

/// Who shares a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Client {
    V4(u32),
    /// The first 64 bits, which is what a subscriber has.
    V6(u64),
    /// A part of the internet, when too many clients are known to tell them apart.
    Crowd(u8),
}

impl Limits {
    /// Charges between two sweeps of the clients that have been quiet.
    const CHARGES_PER_SWEEP: usize = 4_096;

    /// Nobody has sent anything yet.
    pub fn new(quotas: &Quotas) -> Self {
        Self {
            clients: DefaultKeyedRateLimiter::dashmap(governor_quota(quotas.client)),
            sites: DefaultKeyedRateLimiter::dashmap(governor_quota(quotas.site)),
            servers: DefaultKeyedRateLimiter::dashmap(governor_quota(quotas.server)),
            whole: DefaultDirectRateLimiter::direct(governor_quota(quotas.whole)),
            bodies_kib: Semaphore::new(quotas.bodies_kib_max),
            clients_max: quotas.clients_max,
            charges: AtomicUsize::new(0),
        }
    }

    /// Charges a browser's address; the error says how long to wait.
    pub(super) fn charge_client(&self, ip: IpAddr, events: usize) -> Result<(), Duration> {
        if self.charges.fetch_add(1, Ordering::Relaxed) % Self::CHARGES_PER_SWEEP == Self::CHARGES_PER_SWEEP - 1 {
            self.clients.retain_recent();
            self.clients.shrink_to_fit();
        }
        let client = if self.clients.len() < self.clients_max { alone(ip) } else { crowd(ip) };
        charge(&self.clients, &client, events)
    }

    /// Charges a site; the error says how long to wait.
    pub(super) fn charge_site(&self, site: SiteId, sender: Sender, events: usize) -> Result<(), Duration> {
        let limiter = match sender {
            Sender::Browser => &self.sites,
            Sender::Server => &self.servers,
        };
        charge(limiter, &site, events)
    }

    /// Charges everybody together, last of all, so that who is refused for himself uses up nobody else's share;
    /// the error says how long to wait.
    pub(super) fn charge_whole(&self, events: usize) -> Result<(), Duration> {
        let checked = self.whole.check_n(count(events));
        waiting(checked.map(|charged| charged.map_err(|until| until.wait_time_from(self.whole.clock().now()))))
    }

    /// Takes memory for a body that is long; `None` when there is none left.
    pub(super) fn take_memory(&self, kib: u32) -> Option<SemaphorePermit<'_>> {
        self.bodies_kib.try_acquire_many(kib).ok()
    }

    /// How many clients are remembered.
    pub fn clients(&self) -> usize {
        self.clients.len()
    }
}

fn governor_quota(quota: Quota) -> governor::Quota {
    let batch = NonZeroU32::new(EVENTS_MAX as u32).expect("a batch may have events");
    governor::Quota::per_second(quota.events_per_second).allow_burst(quota.burst_events.max(batch))
}

fn alone(ip: IpAddr) -> Client {
    match subscriber(ip) {
        IpAddr::V4(ip) => Client::V4(ip.to_bits()),
        IpAddr::V6(ip) => Client::V6((ip.to_bits() >> 64) as u64),
    }
}

/// Neighbours stay together: who makes up addresses of his own network fills his own crowd.
fn crowd(ip: IpAddr) -> Client {
    let neighbourhood = match alone(ip) {
        Client::V4(bits) => u64::from(bits >> 16),
        Client::V6(bits) => bits >> 32 | 1 << 63,
        Client::Crowd(number) => u64::from(number),
    };
    let mut hasher = DefaultHasher::new();
    neighbourhood.hash(&mut hasher);
    Client::Crowd(hasher.finish() as u8)
}

fn charge<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K, events: usize) -> Result<(), Duration> {
    let checked = limiter.check_key_n(key, count(events));
    waiting(checked.map(|charged| charged.map_err(|until| until.wait_time_from(limiter.clock().now()))))
}

fn count(events: usize) -> NonZeroU32 {
    u32::try_from(events).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
}

/// More than a quota ever allows at once is more than any batch holds; who asks for it was told of that limit already.
fn waiting<E>(checked: Result<Result<(), Duration>, E>) -> Result<(), Duration> {
    checked.unwrap_or(Err(Duration::from_secs(1)))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    fn limits(clients_max: usize) -> Limits {
        let quota = |burst| Quota { events_per_second: NonZeroU32::MIN, burst_events: NonZeroU32::new(burst).unwrap() };
        let (site, server, whole) = (quota(2_000), quota(2_000), quota(5_000));
        Limits::new(&Quotas { client: quota(1), site, server, whole, clients_max, bodies_kib_max: 10 })
    }

    #[test]
    fn a_client_is_charged_by_the_event() {
        let limits = limits(10);
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        assert_eq!(limits.charge_client(one, 1_000), Ok(()));
        assert!(limits.charge_client(one, 1_000).unwrap_err() > Duration::from_secs(900));
        assert_eq!(limits.charge_client(other, 1_000), Ok(()));
        let subscriber = |text: &str| limits.charge_client(text.parse().unwrap(), 1_000);
        assert_eq!(subscriber("2001:db8::1"), Ok(()));
        assert!(subscriber("2001:db8::ffff").is_err());
        assert_eq!(subscriber("2001:db8:0:1::1"), Ok(()));
    }

    #[test]
    fn browsers_cannot_use_up_what_servers_may_send() {
        let limits = limits(10);
        let charge = |sender| limits.charge_site(SiteId(1), sender, 1_000);
        assert!(charge(Sender::Browser).is_ok() && charge(Sender::Browser).is_ok());
        assert!(charge(Sender::Browser).is_err());
        assert!(charge(Sender::Server).is_ok());
        assert!(limits.charge_site(SiteId(2), Sender::Browser, 1_000).is_ok());
    }

    #[test]
    fn the_whole_server_has_a_limit_too() {
        let limits = limits(10);
        assert!((0..5).all(|_| limits.charge_whole(1_000).is_ok()));
        assert!(limits.charge_whole(1_000).unwrap_err() > Duration::from_secs(900));
    }

    #[test]
    fn memory_for_bodies_comes_back() {
        let limits = limits(10);
        let held = limits.take_memory(7).unwrap();
        assert!(limits.take_memory(4).is_none());
        drop(held);
        assert!(limits.take_memory(4).is_some());
    }

    #[test]
    fn addresses_without_end_take_memory_with_an_end() {
        let limits = limits(100);
        // HOSTILE 45: two million addresses of one /48, which has 65,536 networks.
        let refused = (0..2_000_000_u128)
            .map(|number| {
                let network = 0x2001_0db8_0001 << 80 | (number & 0xffff) << 64;
                IpAddr::V6(Ipv6Addr::from_bits(network | number >> 16))
            })
            .filter(|ip| limits.charge_client(*ip, 1).is_err())
            .count();
        assert!(limits.clients() <= 100 + 256, "{}", limits.clients());
        assert!(1_990_000 < refused, "one neighbourhood shares one quota: {refused}");
        assert_eq!(limits.charge_client("203.0.113.9".parse().unwrap(), 1), Ok(()));
    }
}
