//! What became of all events: `received = accepted + refused + shed`.

use std::sync::atomic::{AtomicU64, Ordering};

use super::refusal::Refusal;

/// Why events were turned away without being looked at one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shed {
    /// No such key, or no longer one.
    Unauthorized,
    /// A key that is not for collecting.
    WrongScope,
    /// A page that is not one of the site's.
    ForeignOrigin,
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

/// Counters of events.
///
/// A body that could not be counted counts as one event, and so does a request that was turned away before its
/// body was read. A request whose sender hung up before its answer is not counted.
#[derive(Debug)]
pub struct Tally {
    accepted: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
    shed: [AtomicU64; Shed::ALL.len()],
    unknown_fields: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The sum of all others but `unknown_fields`.
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

impl Tally {
    /// All zeros.
    #[expect(clippy::new_without_default, reason = "a tally is made once, by the server")]
    pub fn new() -> Self {
        Self {
            accepted: AtomicU64::new(0),
            refused: [const { AtomicU64::new(0) }; Refusal::ALL.len()],
            shed: [const { AtomicU64::new(0) }; Shed::ALL.len()],
            unknown_fields: AtomicU64::new(0),
        }
    }

    /// The counters now.
    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let accepted = read(&self.accepted);
        let refused: Vec<_> = Refusal::ALL.iter().copied().zip(self.refused.iter().map(read)).collect();
        let shed: Vec<_> = Shed::ALL.iter().copied().zip(self.shed.iter().map(read)).collect();
        let turned_away: u64 =
            refused.iter().map(|(_, events)| events).chain(shed.iter().map(|(_, events)| events)).sum();
        Counts { received: accepted + turned_away, accepted, refused, shed, unknown_fields: read(&self.unknown_fields) }
    }

    pub(super) fn count_accepted(&self, events: usize) {
        add(&self.accepted, events);
    }

    pub(super) fn count_refused(&self, refusal: Refusal) {
        add(&self.refused[refusal as usize], 1);
    }

    pub(super) fn count_shed(&self, shed: Shed, events: usize) {
        add(&self.shed[shed as usize], events);
    }

    pub(super) fn count_unknown_fields(&self, fields: u32) {
        if 0 < fields {
            self.unknown_fields.fetch_add(u64::from(fields), Ordering::Relaxed);
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
        let tally = Tally::new();
        tally.count_accepted(48);
        tally.count_refused(Refusal::BadUrl);
        tally.count_shed(Shed::Stopped, 3);
        let counts = tally.counts();
        assert_eq!((counts.received, counts.accepted), (52, 48));
        assert!(counts.refused.contains(&(Refusal::BadUrl, 1)) && counts.shed.contains(&(Shed::Stopped, 3)));
    }
}
