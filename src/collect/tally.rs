//! What became of all events since the start, by site: `received = accepted + refused + shed`.
//!
//! `received` is how many events a request was seen to hold, the others are what came of each: that they agree is
//! checked, not defined.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::refusal::Refusal;
use crate::domain::id::SiteId;

/// Why events were turned away without being looked at one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shed {
    /// No such key, or no longer one.
    Unauthorized,
    /// A key that is not for collecting.
    WrongScope,
    /// A page that is not one of the site's.
    ForeignOrigin,
    /// A visitor from where the site counts nobody.
    Excluded,
    /// No such site.
    UnknownSite,
    /// The body took too long.
    Deadline,
    /// The body broke off.
    CutOff,
    /// The body is too large, as sent or decoded.
    TooLarge,
    /// More events than a batch may have.
    TooManyEvents,
    /// An encoding that is not taken here.
    Encoding,
    /// The body is not what its encoding says.
    Undecodable,
    /// The client sends faster than it may.
    ClientTooFast,
    /// The site receives faster than it may.
    SiteTooFast,
    /// The whole server receives faster than it may.
    WholeTooFast,
    /// The journal's queue is full, or the memory for bodies.
    Busy,
    /// The disk is nearly full.
    DiskFull,
    /// The journal has stopped.
    Stopped,
}

impl Shed {
    /// All of them, in the order of their numbers.
    pub const ALL: &[Self] = &[
        Self::Unauthorized,
        Self::WrongScope,
        Self::ForeignOrigin,
        Self::Excluded,
        Self::UnknownSite,
        Self::Deadline,
        Self::CutOff,
        Self::TooLarge,
        Self::TooManyEvents,
        Self::Encoding,
        Self::Undecodable,
        Self::ClientTooFast,
        Self::SiteTooFast,
        Self::WholeTooFast,
        Self::Busy,
        Self::DiskFull,
        Self::Stopped,
    ];

    /// The reason's name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::WrongScope => "wrong_scope",
            Self::ForeignOrigin => "origin_not_allowed",
            Self::Excluded => "excluded_address",
            Self::UnknownSite => "unknown_site",
            Self::Deadline => "deadline",
            Self::CutOff => "cut_off",
            Self::TooLarge => "too_large",
            Self::TooManyEvents => "too_many_events",
            Self::Encoding => "encoding",
            Self::Undecodable => "undecodable",
            Self::ClientTooFast => "client_too_fast",
            Self::SiteTooFast => "site_too_fast",
            Self::WholeTooFast => "whole_too_fast",
            Self::Busy => "busy",
            Self::DiskFull => "disk_full",
            Self::Stopped => "stopped",
        }
    }
}

impl Shed {
    /// What whoever runs the shop or the server can do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Unauthorized => "a server sent a key that does not exist or was revoked; give it a collect key",
            Self::WrongScope => "a server sent a read key; give it a collect key",
            Self::ForeignOrigin => {
                "a page of another host sent events; if it is the shop's, add its host to the site's domains"
            }
            Self::Excluded => "nothing to do: the site's settings leave out the address that these visits came from",
            Self::UnknownSite => "the site named in the script tag or by a server does not exist; compare its key",
            Self::Deadline => "the sender was too slow; the snippet sends the same again",
            Self::CutOff => "the connection broke; the snippet sends the same again",
            Self::TooLarge => "a server sent more than 1 MiB at once, or 4 MiB decoded; let it split its batches",
            Self::TooManyEvents => "a server sent more than 1,000 events at once; let it split its batches",
            Self::Encoding => "a server compressed in a way that is not taken; use gzip or, with a key, zstd",
            Self::Undecodable => "a body was not compressed as its header said; mend the server that sent it",
            Self::ClientTooFast => "one address sent too much; behind a proxy, set `collect.trusted_proxies`",
            Self::SiteTooFast => "the site received more than its quota; raise `collect.site_events_per_second`",
            Self::WholeTooFast => {
                "all sites together received more than the server's quota; raise `collect.whole_events_per_second`"
            }
            Self::Busy => "the disk could not keep up; senders try again, a faster disk helps",
            Self::DiskFull => "the disk is nearly full; free some space, then events are taken again by themselves",
            Self::Stopped => "the disk failed a write; see the log, mend the disk, start the server again",
        }
    }
}

/// Counters of events, a row for each site and one for what belongs to no known site.
///
/// A body that could not be counted counts as one event, and so does a request that was turned away before its body
/// was read. A sender that hangs up before its body is whole has sent nothing.
#[derive(Debug)]
pub struct Tally {
    /// By the site's number, made when the site is first seen. A removed site keeps its row until the next start.
    sites: Box<[OnceLock<Box<Row>>]>,
    elsewhere: Row,
}

/// The counters of one site.
#[derive(Debug)]
struct Row {
    received: AtomicU64,
    accepted: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
    shed: [AtomicU64; Shed::ALL.len()],
    unknown_fields: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Seen.
    pub received: u64,
    /// On disk.
    pub accepted: u64,
    /// Every reason, also those of which there are none.
    pub refused: Vec<(Refusal, u64)>,
    /// Every reason, also those of which there are none.
    pub shed: Vec<(Shed, u64)>,
    /// Fields that nobody knows, in events accepted and refused.
    pub unknown_fields: u64,
}

impl Counts {
    /// All zeros.
    pub fn none() -> Self {
        Row::new().read()
    }

    /// Refused for any reason.
    pub fn refused_events(&self) -> u64 {
        self.refused.iter().map(|(_, events)| events).sum()
    }

    /// Shed for any reason.
    pub fn shed_events(&self) -> u64 {
        self.shed.iter().map(|(_, events)| events).sum()
    }

    /// Received events that became nothing: 0, or a fault of ours.
    pub fn difference(&self) -> i64 {
        let became = self.accepted + self.refused_events() + self.shed_events();
        self.received.cast_signed() - became.cast_signed()
    }

    fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.accepted += other.accepted;
        self.unknown_fields += other.unknown_fields;
        self.refused.iter_mut().zip(&other.refused).for_each(|(sum, one)| sum.1 += one.1);
        self.shed.iter_mut().zip(&other.shed).for_each(|(sum, one)| sum.1 += one.1);
    }
}

impl Tally {
    /// Sites with a row of their own; those whose number is higher share the row of no known site.
    const SITES_MAX: usize = 4_096;

    /// All zeros.
    #[expect(clippy::new_without_default, reason = "a tally is made once, by the server")]
    pub fn new() -> Self {
        let sites = (0..Self::SITES_MAX).map(|_| OnceLock::new()).collect();
        Self { sites, elsewhere: Row::new() }
    }

    /// The counters of each site that was seen; last, without a site, those of everything else.
    pub fn by_site(&self) -> Vec<(Option<SiteId>, Counts)> {
        let numbered = (0..).map(SiteId).zip(&self.sites);
        let sites = numbered.filter_map(|(id, row)| Some((Some(id), row.get()?.counts())));
        sites.chain([(None, self.elsewhere.counts())]).collect()
    }

    /// The counters of all sites together.
    pub fn counts(&self) -> Counts {
        let mut sum = self.elsewhere.counts();
        self.sites.iter().filter_map(OnceLock::get).for_each(|row| sum.add(&row.counts()));
        sum
    }

    /// No lock, and no search: the hot path asks once a request.
    fn row(&self, site: Option<SiteId>) -> &Row {
        let place = site.and_then(|site| self.sites.get(site.0 as usize));
        place.map_or(&self.elsewhere, |row| row.get_or_init(|| Box::new(Row::new())))
    }

    pub(super) fn count_accepted(&self, site: Option<SiteId>, accepted: usize, refused: &[(usize, Refusal)]) {
        let row = self.row(site);
        add(&row.accepted, accepted);
        for (_, refusal) in refused {
            add(&row.refused[*refusal as usize], 1);
        }
    }

    pub(super) fn count_refused(&self, site: Option<SiteId>, refusal: Refusal, events: usize) {
        add(&self.row(site).refused[refusal as usize], events);
    }

    pub(super) fn count_shed(&self, site: Option<SiteId>, shed: Shed, events: usize) {
        add(&self.row(site).shed[shed as usize], events);
    }

    pub(super) fn count_received(&self, site: Option<SiteId>, events: usize, unknown_fields: u32) {
        let row = self.row(site);
        add(&row.received, events);
        if 0 < unknown_fields {
            row.unknown_fields.fetch_add(u64::from(unknown_fields), Ordering::Relaxed);
        }
    }
}

impl Row {
    /// A reading that meets a request half counted is repeated; one that is really wrong stays wrong.
    const READINGS_MAX: usize = 100;

    fn new() -> Self {
        Self {
            received: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            refused: [const { AtomicU64::new(0) }; Refusal::ALL.len()],
            shed: [const { AtomicU64::new(0) }; Shed::ALL.len()],
            unknown_fields: AtomicU64::new(0),
        }
    }

    fn counts(&self) -> Counts {
        let mut readings = std::iter::repeat_with(|| self.read()).take(Self::READINGS_MAX);
        readings.find(|counts| counts.difference() == 0).unwrap_or_else(|| self.read())
    }

    fn read(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            received: read(&self.received),
            accepted: read(&self.accepted),
            refused: Refusal::ALL.iter().copied().zip(self.refused.iter().map(read)).collect(),
            shed: Shed::ALL.iter().copied().zip(self.shed.iter().map(read)).collect(),
            unknown_fields: read(&self.unknown_fields),
        }
    }
}

fn add(counter: &AtomicU64, events: usize) {
    counter.fetch_add(events as u64, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_received_became_something() {
        for (number, shed) in Shed::ALL.iter().enumerate() {
            assert_eq!(*shed as usize, number);
        }
        let (tally, site) = (Tally::new(), Some(SiteId(7)));
        tally.count_received(site, 49, 2);
        tally.count_accepted(site, 48, &[(3, Refusal::BadUrl)]);
        tally.count_received(None, 3, 0);
        tally.count_shed(None, Shed::UnknownSite, 3);
        let by_site = tally.by_site();
        let of = |index: usize| (by_site[index].0, by_site[index].1.received, by_site[index].1.accepted);
        assert_eq!((by_site.len(), of(0), of(1)), (2, (site, 49, 48), (None, 3, 0)));
        let sum = tally.counts();
        assert_eq!((sum.received, sum.accepted, sum.unknown_fields, sum.difference()), (52, 48, 2, 0));
        assert!(sum.refused.contains(&(Refusal::BadUrl, 1)) && sum.shed.contains(&(Shed::UnknownSite, 3)));
    }

    #[test]
    fn an_event_that_became_nothing_shows() {
        let tally = Tally::new();
        tally.count_received(Some(SiteId(1)), 2, 0);
        tally.count_refused(Some(SiteId(1)), Refusal::BadJson, 1);
        assert_eq!(tally.by_site()[0].1.difference(), 1);
        tally.count_refused(Some(SiteId(u32::MAX)), Refusal::BadJson, 5);
        assert_eq!(tally.by_site()[1].1.difference(), -5, "there is no end to numbers, and one to rows");
    }
}
