//! Which sites' pages fetched the snippet: a page that did, and sends nothing, is kept from sending.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;

use super::origin::{Origin, read_origin};
use crate::control::Site;
use crate::domain::id::SiteId;
use crate::domain::time::Timestamp;

/// How often pages of a site fetched the snippet since the start, and when last.
///
/// Far fewer than pages that were seen: browsers keep it for an hour, caches in between too, and a page may keep its
/// own address to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// How often.
    pub times: u64,
    /// The last time.
    pub last_at: Timestamp,
}

/// The counts of all sites, since the start. Of who fetched, nothing is kept.
#[derive(Debug, Default)]
pub struct Fetches(Mutex<BTreeMap<SiteId, Fetched>>);

impl Fetches {
    /// What is known of a site.
    pub fn of(&self, site: SiteId) -> Option<Fetched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&site).copied()
    }

    /// Counts a request for the sites of which it comes from a page.
    pub(super) fn count(&self, headers: &HeaderMap, sites: &[Arc<Site>], now: Timestamp) {
        for site in sites.iter().filter(|site| read_origin(headers, &site.domains) == Origin::Own) {
            let mut fetches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let fetched = fetches.entry(site.id).or_insert(Fetched { times: 0, last_at: now });
            *fetched = Fetched { times: fetched.times + 1, last_at: now };
        }
    }
}
