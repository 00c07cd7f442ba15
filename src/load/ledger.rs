//! Whether each accepted event became something:
//! `accepted = loaded + duplicate + pending + quarantined + removed`, by site.
//!
//! Each side is counted by somebody else. The journal counts what it wrote since the start, by site; the store counts
//! the rows and failed events it wrote, for all time; the load says how many events the records it read were to hold.
//! What an earlier process accepted and this one has not read yet has no site, since the journal does not look inside
//! its records: it is a row of its own, for the moment it takes to read it.
//!
//! A store that is built again counts again from nothing. Where the journal's segments are gone, the archive says what
//! was loaded and what failed; what is in neither was a duplicate, of a site that nobody knows any more: it is counted
//! in the row without a site.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::id::SiteId;
use crate::journal::Appended;
use crate::store::{Retried, Totals, TotalsBySite};

/// How far the store is, and what became of the events up to there. Survives the process: it moves with the store's
/// position, in one transaction.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<State>);

#[derive(Clone, Debug, Default)]
struct State {
    position: u64,
    totals: TotalsBySite,
    /// Accepted events of each site in records from before the start, as far as they are read.
    before_start: BTreeMap<SiteId, u64>,
}

/// What became of the events of one site, of all times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// `None` for events whose site is not known: not read since the start, not decodable, or missing.
    pub site: Option<SiteId>,
    /// Events on disk.
    pub accepted: u64,
    /// Events that became rows.
    pub loaded: u64,
    /// Events that were there already, the same.
    pub duplicate: u64,
    /// Events on disk that are not loaded yet.
    pub pending: u64,
    /// Events among the failed ones: not decodable, or the same id with other content.
    pub quarantined: u64,
    /// Events that were taken out again: of people who were erased, or too old.
    pub removed: u64,
    /// Events that the journal cannot give back. Part of the difference.
    pub missing: u64,
}

impl Account {
    /// All zeros.
    pub fn none(site: Option<SiteId>) -> Self {
        Self { site, accepted: 0, loaded: 0, duplicate: 0, pending: 0, quarantined: 0, removed: 0, missing: 0 }
    }

    /// Accepted events that became nothing: 0, or something is wrong.
    pub fn difference(&self) -> i64 {
        let became = self.loaded + self.duplicate + self.pending + self.quarantined + self.removed;
        self.accepted.cast_signed() - became.cast_signed()
    }

    /// All accounts as one, which has no site.
    pub fn sum(accounts: &[Self]) -> Self {
        let sum = |part: fn(&Self) -> u64| accounts.iter().map(part).sum();
        Self {
            site: None,
            accepted: sum(|account| account.accepted),
            loaded: sum(|account| account.loaded),
            duplicate: sum(|account| account.duplicate),
            pending: sum(|account| account.pending),
            quarantined: sum(|account| account.quarantined),
            removed: sum(|account| account.removed),
            missing: sum(|account| account.missing),
        }
    }
}

impl Ledger {
    /// The site of events whose site nobody could read.
    pub(super) const UNKNOWN: SiteId = SiteId(0);

    /// Takes over what the file says: after an opening, before anything more is read.
    pub(super) fn open(&self, position: u64, totals: &TotalsBySite, start: u64) {
        let mut state = self.lock();
        if position <= start {
            state.before_start = totals.iter().map(|(site, totals)| (*site, totals.accepted)).collect();
        }
        state.position = position;
        state.totals.clone_from(totals);
    }

    /// Takes over what a batch made of it; `before_start` are accepted events of records from before the start.
    pub(super) fn advance(&self, position: u64, totals: &TotalsBySite, before_start: &BTreeMap<SiteId, u64>) {
        let mut state = self.lock();
        state.position = position;
        state.totals.clone_from(totals);
        for (site, events) in before_start {
            *state.before_start.entry(*site).or_default() += events;
        }
    }

    /// Takes over what trying failed events again made of it: they may have found their site.
    pub(super) fn settle(&self, totals: &TotalsBySite, retried: &[Retried], start: u64) {
        let mut state = self.lock();
        state.totals.clone_from(totals);
        for retried in retried.iter().filter(|retried| retried.sequence < start) {
            let counted = state.before_start.entry(retried.counted_for).or_default();
            *counted = counted.saturating_sub(retried.settled);
            *state.before_start.entry(retried.site).or_default() += retried.settled;
        }
    }

    /// The accounts of all sites by number, the one without a site last.
    ///
    /// `appended` is asked for what the journal wrote, after the store's side is read: so nothing seems to be loaded
    /// that was never accepted.
    pub fn accounts(&self, appended: impl FnOnce() -> Appended) -> Vec<Account> {
        let state = self.lock().clone();
        let Appended { first_sequence, events, .. } = appended();
        let appended: BTreeMap<_, _> = events.into_iter().map(|(site, events)| (SiteId(site), events)).collect();
        let unread = first_sequence.saturating_sub(state.position);
        let mut sites: Vec<_> = state.totals.keys().chain(appended.keys()).copied().collect();
        sites.push(Self::UNKNOWN);
        sites.sort_unstable();
        sites.dedup();
        // The one without a site, number 0, goes last.
        sites.rotate_left(1);
        let account = |site| {
            let said = state.totals.get(&site).copied().unwrap_or_default();
            let before = state.before_start.get(&site).copied().unwrap_or_default();
            let since = appended.get(&site).copied().unwrap_or_default();
            account(site, said, before, since, if site == Self::UNKNOWN { unread } else { 0 })
        };
        sites.into_iter().map(account).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn account(site: SiteId, totals: Totals, before: u64, since: u64, unread: u64) -> Account {
    let Totals { accepted: read, loaded, duplicate, quarantined, missing, removed } = totals;
    Account {
        site: (site != Ledger::UNKNOWN).then_some(site),
        accepted: before + since + unread,
        loaded,
        duplicate,
        pending: (since + unread).saturating_sub(read - before.min(read)),
        quarantined,
        removed,
        missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: SiteId = SiteId(1);

    fn totals(accepted: u64, loaded: u64, duplicate: u64) -> TotalsBySite {
        BTreeMap::from([(SHOP, Totals { accepted, loaded, duplicate, ..Totals::default() })])
    }

    fn accounts(ledger: &Ledger, first_sequence: u64, events: u64) -> Vec<(Option<SiteId>, u64, u64, i64)> {
        let appended =
            Appended { next_sequence: first_sequence + events, first_sequence, events: [(1, events)].into() };
        let accounts = ledger.accounts(|| appended);
        accounts.iter().map(|one| (one.site, one.accepted, one.pending, one.difference())).collect()
    }

    #[test]
    fn what_an_earlier_process_accepted_finds_its_site_when_it_is_read() {
        let ledger = Ledger::default();
        ledger.open(100, &totals(100, 90, 10), 150);
        assert_eq!(accounts(&ledger, 150, 7), [(Some(SHOP), 107, 7, 0), (None, 50, 50, 0)]);
        ledger.advance(150, &totals(150, 140, 10), &BTreeMap::from([(SHOP, 50)]));
        assert_eq!(accounts(&ledger, 150, 7), [(Some(SHOP), 157, 7, 0), (None, 0, 0, 0)]);
        ledger.advance(157, &totals(157, 140, 17), &BTreeMap::new());
        assert_eq!(accounts(&ledger, 150, 7), [(Some(SHOP), 157, 0, 0), (None, 0, 0, 0)]);
    }

    #[test]
    fn a_store_that_is_opened_again_counts_nothing_twice() {
        let ledger = Ledger::default();
        ledger.open(0, &totals(0, 0, 0), 150);
        ledger.advance(150, &totals(150, 150, 0), &BTreeMap::from([(SHOP, 150)]));
        ledger.advance(170, &totals(170, 170, 0), &BTreeMap::new());
        ledger.open(160, &totals(160, 160, 0), 150);
        assert_eq!(accounts(&ledger, 150, 20)[0], (Some(SHOP), 170, 10, 0));
        ledger.open(100, &totals(100, 100, 0), 150);
        assert_eq!(accounts(&ledger, 150, 20), [(Some(SHOP), 120, 20, 0), (None, 50, 50, 0)]);
    }

    #[test]
    fn an_event_that_became_nothing_shows() {
        let ledger = Ledger::default();
        ledger.open(0, &totals(0, 0, 0), 0);
        ledger.advance(10, &totals(10, 8, 1), &BTreeMap::new());
        assert_eq!(accounts(&ledger, 0, 10)[0], (Some(SHOP), 10, 0, 1));
    }
}
