//! What became of all events, site by site: the collect stage's counts and the load's, side by side.

use std::collections::BTreeMap;

use crate::collect::{Counts, Tally};
use crate::control::Control;
use crate::domain::id::SiteId;
use crate::journal;
use crate::load::{Account, Progress};

/// What is known of one site's events.
pub(super) struct SiteAccount {
    /// `None` for events that belong to no known site.
    pub(super) id: Option<SiteId>,
    /// Its public name; `None` when it was removed, or is not known.
    pub(super) key: Option<String>,
    /// Since the start of this process.
    pub(super) counts: Counts,
    /// Of all times.
    pub(super) account: Account,
}

impl SiteAccount {
    /// The site in words that no key can be.
    pub(super) fn name(&self) -> String {
        match (&self.key, self.id) {
            (Some(key), _) => key.clone(),
            (None, Some(id)) => format!("(removed {})", id.0),
            (None, None) => "(unknown)".to_owned(),
        }
    }
}

/// One account for each site that there is or was, by number; last the one for what belongs to no known site.
pub(super) fn site_accounts(
    tally: &Tally,
    progress: &Progress,
    journal: &journal::Writer,
    control: &Control,
) -> Vec<SiteAccount> {
    let accounts = progress.ledger().accounts(|| journal.appended());
    let mut accounts: BTreeMap<_, _> = accounts.into_iter().map(|account| (account.site, account)).collect();
    let mut counts: BTreeMap<_, _> = tally.by_site().into_iter().collect();
    let mut sites: Vec<_> = control.sites().iter().map(|site| Some(site.id)).collect();
    sites.extend(accounts.keys().chain(counts.keys()).copied());
    // None last.
    sites.sort_unstable_by_key(|site| (site.is_none(), *site));
    sites.dedup();
    let row = |id: Option<SiteId>| SiteAccount {
        id,
        key: id.and_then(|id| control.site_by_id(id)).map(|site| site.key.to_string()),
        counts: counts.remove(&id).unwrap_or_else(Counts::none),
        account: accounts.remove(&id).unwrap_or_else(|| Account::none(id)),
    };
    sites.into_iter().map(row).collect()
}
