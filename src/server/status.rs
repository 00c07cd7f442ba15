//! How the server does, for monitors and people: alive, ready, counted.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use tokio::sync::watch;

use super::accounts::{SiteAccount, site_accounts};
use super::lag::Lag;
use super::metrics::metrics;
use super::now;
use super::places::Places;
use super::status_answer::{AllSites, OneSite};
use crate::analyze::ask::Questions;
use crate::collect::{Limits, Tally};
use crate::control::Control;
use crate::domain::time::Timestamp;
use crate::journal::{self, Gap};
use crate::load::{ArchiveProgress, Progress};
use crate::report::door::{Door, SiteScope};
use crate::report::error::ReportError;
use crate::route::{Access, Content, Endpoint, May, MetricsFor, Route};
use crate::store::{FailedFor, Size};

/// A load that is so many events behind is not ready.
const BEHIND_MAX: u64 = 100_000;
/// The store's own numbers are left out when they take longer.
pub(super) const STORE_WAIT: Duration = Duration::from_secs(2);

/// Where the numbers come from.
#[derive(Clone)]
pub(super) struct Status {
    pub(super) tally: Arc<Tally>,
    pub(super) limits: Arc<Limits>,
    pub(super) progress: Arc<Progress>,
    pub(super) archive: Arc<ArchiveProgress>,
    pub(super) journal: journal::Writer,
    pub(super) durable: watch::Receiver<u64>,
    pub(super) places: Arc<Places>,
    /// Damage that the start found in the journal.
    pub(super) gaps: Arc<[Gap]>,
    pub(super) lag: Arc<Lag>,
    pub(super) control: Control,
    pub(super) door: Door,
    pub(super) questions: Questions,
    pub(super) started_at: Timestamp,
    pub(super) metrics_for: MetricsFor,
    /// With less free space than this, events are refused.
    pub(super) free_bytes_min: u64,
}

/// What only the store knows.
pub(super) struct Stored {
    pub(super) size: Size,
    pub(super) failed: Vec<FailedFor>,
    pub(super) received_through: Timestamp,
}

impl Status {
    /// Events on disk that are not loaded yet.
    pub(super) fn behind(&self) -> u64 {
        self.durable.borrow().saturating_sub(self.progress.counts().next_sequence)
    }

    pub(super) fn lag_seconds(&self) -> f64 {
        self.lag.seconds(self.progress.counts().next_sequence, now())
    }

    pub(super) fn gap_events(&self) -> u64 {
        self.gaps.iter().map(|gap| gap.to_sequence - gap.from_sequence).sum()
    }

    pub(super) fn site_accounts(&self) -> Vec<SiteAccount> {
        site_accounts(&self.tally, &self.progress, &self.journal, &self.control)
    }

    /// Asks the store, unless it has no time.
    pub(super) async fn stored(&self) -> Option<Stored> {
        let question = self.questions.ask(|snapshot| {
            let received_through = snapshot.received_through();
            Ok(Stored { size: snapshot.size()?, failed: snapshot.failed()?, received_through })
        });
        let answer = tokio::time::timeout(STORE_WAIT, question).await.ok()?;
        answer.inspect_err(|error| tracing::warn!(?error, "the store did not say how much it holds")).ok()
    }
}

pub(super) fn routes(status: Status) -> Vec<Route> {
    let text = Content::Media("text/plain");
    let guarded = [
        Endpoint::get("/v1/status", Access::Server, "What became of all events, and how the server does")
            .answers(200, Content::json::<AllSites>())
            .serve(server_status, status.clone()),
        Endpoint::get(
            "/v1/sites/{site}/status",
            Access::Site(May::Read),
            "What became of a site's events, and how the server does",
        )
        .answers(200, Content::json::<OneSite>())
        .serve(site_status, status.clone()),
    ];
    let mut routes: Vec<_> = guarded.into_iter().map(|route| status.door.guard(route)).collect();
    routes.extend([
        Endpoint::get("/livez", Access::Anyone, "Whether the program runs")
            .answers(200, text)
            .serve(async || "alive\n", ()),
        Endpoint::get("/readyz", Access::Anyone, "Whether questions see what was sent")
            .answers(200, text)
            .answers(503, text)
            .serve(ready, status.clone()),
        Endpoint::get("/metrics", Access::Anyone, "Counters and gauges in Prometheus' text form, for `serve.metrics`")
            .answers(200, text)
            .refuses(&[401, 403])
            .serve(metrics, status),
    ]);
    routes
}

/// `GET /readyz`: 200 while questions see what was sent; 503 while the load is far behind.
async fn ready(State(status): State<Status>) -> (StatusCode, String) {
    let behind = status.behind();
    let code = if behind <= BEHIND_MAX { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, format!("{behind} events to load\n"))
}

/// `GET /v1/sites/{site}/status`: what became of a site's events, and how the server does.
async fn site_status(
    State(status): State<Status>,
    Extension(scope): Extension<SiteScope>,
) -> Result<Json<OneSite>, ReportError> {
    let stored = status.stored().await;
    let sites = status.site_accounts();
    let site = sites.iter().find(|site| site.id == Some(scope.site.id)).ok_or(ReportError::UnknownSite)?;
    Ok(Json(OneSite::new(&status, site, stored.as_ref())))
}

/// `GET /v1/status`: the same for all sites, for owners.
async fn server_status(State(status): State<Status>) -> Json<AllSites> {
    let stored = status.stored().await;
    Json(AllSites::new(&status, stored.as_ref()))
}
