//! What `GET /v1/status` and `GET /v1/sites/{site}/status` say.

use schemars::JsonSchema;
use serde::Serialize;

use super::accounts::SiteAccount;
use super::now;
use super::status::{Status, Stored};
use crate::collect::Counts;
use crate::load::Account;
use crate::store::FailedFor;

/// One site, for those who may see it.
#[derive(Serialize, JsonSchema)]
pub(super) struct OneSite {
    #[serde(flatten)]
    site: SiteStatus,
    server: ServerStatus,
}

/// All sites, for owners.
#[derive(Serialize, JsonSchema)]
pub(super) struct AllSites {
    sites: Vec<SiteStatus>,
    total: InAll,
    /// Events the journal has given numbers to and no account holds: 0, or a fault.
    unaccounted: i64,
    server: ServerStatus,
}

/// What became of a site's events.
#[derive(Serialize, JsonSchema)]
struct SiteStatus {
    site: String,
    since_start: SinceStart,
    in_all: InAll,
    failed: Vec<Failed>,
}

/// `received = accepted + refused + shed`, since the server was started.
#[derive(Serialize, JsonSchema)]
struct SinceStart {
    received: u64,
    accepted: u64,
    refused: u64,
    shed: u64,
    /// 0, or a fault.
    difference: i64,
    unknown_fields: u64,
    /// Only those of which there are any, most first.
    reasons: Vec<TurnedAway>,
}

#[derive(Serialize, JsonSchema)]
struct TurnedAway {
    /// `refused` one by one, or `shed` with the whole request.
    how: &'static str,
    code: &'static str,
    events: u64,
    remedy: &'static str,
}

/// `accepted = loaded + duplicate + pending + quarantined + removed`, of all times.
#[derive(Serialize, JsonSchema)]
struct InAll {
    accepted: u64,
    loaded: u64,
    duplicate: u64,
    pending: u64,
    quarantined: u64,
    /// Taken out again: of people who were erased, or older than the site keeps.
    removed: u64,
    missing: u64,
    /// 0, or a fault; `missing` is part of it.
    difference: i64,
}

#[derive(Serialize, JsonSchema)]
struct Failed {
    reason: String,
    events: u64,
}

/// How the server does.
#[derive(Serialize, JsonSchema)]
struct ServerStatus {
    version: &'static str,
    now: String,
    started_at: String,
    pending: u64,
    lag_seconds: f64,
    disk_free_bytes: Option<u64>,
    disk_free_bytes_min: u64,
    journal_gaps: usize,
    journal_gap_events: u64,
    questions_running: usize,
    /// Absent while the store does not answer.
    store_rows: Option<u64>,
    store_runs: Option<u64>,
    data_through: Option<String>,
}

impl OneSite {
    pub(super) fn new(status: &Status, site: &SiteAccount, stored: Option<&Stored>) -> Self {
        Self { site: SiteStatus::new(site, stored), server: ServerStatus::new(status, stored) }
    }
}

impl AllSites {
    pub(super) fn new(status: &Status, stored: Option<&Stored>) -> Self {
        let sites = status.site_accounts();
        let next_sequence = status.journal.appended().next_sequence;
        let total = Account::sum(&sites.iter().map(|site| site.account).collect::<Vec<_>>());
        Self {
            sites: sites.iter().map(|site| SiteStatus::new(site, stored)).collect(),
            unaccounted: next_sequence.cast_signed() - total.accepted.cast_signed(),
            total: InAll::new(&total),
            server: ServerStatus::new(status, stored),
        }
    }
}

impl SiteStatus {
    fn new(site: &SiteAccount, stored: Option<&Stored>) -> Self {
        let number = site.id.map_or(0, |id| id.0);
        let of_site = |failed: &&FailedFor| failed.site.0 == number;
        let failed = stored.into_iter().flat_map(|stored| stored.failed.iter().filter(of_site));
        Self {
            site: site.name(),
            since_start: SinceStart::new(&site.counts),
            in_all: InAll::new(&site.account),
            failed: failed.map(|failed| Failed { reason: failed.reason.clone(), events: failed.events }).collect(),
        }
    }
}

impl SinceStart {
    fn new(counts: &Counts) -> Self {
        let refused = counts.refused.iter().map(|&(refusal, events)| TurnedAway {
            how: "refused",
            code: refusal.code(),
            events,
            remedy: refusal.message(),
        });
        let shed = counts.shed.iter().map(|&(shed, events)| TurnedAway {
            how: "shed",
            code: shed.as_str(),
            events,
            remedy: shed.remedy(),
        });
        let mut reasons: Vec<_> = refused.chain(shed).filter(|reason| 0 < reason.events).collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.events));
        Self {
            received: counts.received,
            accepted: counts.accepted,
            refused: counts.refused_events(),
            shed: counts.shed_events(),
            difference: counts.difference(),
            unknown_fields: counts.unknown_fields,
            reasons,
        }
    }
}

impl InAll {
    fn new(account: &Account) -> Self {
        let Account { accepted, loaded, duplicate, pending, quarantined, removed, missing, .. } = *account;
        let difference = account.difference();
        Self { accepted, loaded, duplicate, pending, quarantined, removed, missing, difference }
    }
}

impl ServerStatus {
    fn new(status: &Status, stored: Option<&Stored>) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            now: now().to_string(),
            started_at: status.started_at.to_string(),
            pending: status.behind(),
            lag_seconds: status.lag_seconds(),
            disk_free_bytes: status.journal.free_bytes().ok(),
            disk_free_bytes_min: status.free_bytes_min,
            journal_gaps: status.gaps.len(),
            journal_gap_events: status.gap_events(),
            questions_running: status.questions.running(),
            store_rows: stored.map(|stored| stored.size.rows),
            store_runs: stored.map(|stored| stored.size.runs),
            data_through: stored
                .filter(|stored| 0 < stored.size.rows)
                .map(|stored| stored.received_through.to_string()),
        }
    }
}
