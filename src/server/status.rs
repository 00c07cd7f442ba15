//! What monitors read: alive, ready, counters.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use super::places::Places;
use crate::collect::{Limits, Tally};
use crate::journal::Gap;
use crate::load::{ArchiveProgress, Progress};
use crate::route::{Access, Content, Endpoint, Route};

/// A load that is so many events behind is not ready.
const BEHIND_MAX: u64 = 100_000;

/// Where the numbers come from.
#[derive(Clone)]
pub(super) struct Status {
    pub(super) tally: Arc<Tally>,
    pub(super) limits: Arc<Limits>,
    pub(super) progress: Arc<Progress>,
    pub(super) archive: Arc<ArchiveProgress>,
    pub(super) durable: watch::Receiver<u64>,
    pub(super) places: Arc<Places>,
    /// Damage that the start found in the journal.
    pub(super) gaps: Arc<[Gap]>,
}

impl Status {
    /// Events on disk that are not loaded yet.
    fn behind(&self) -> u64 {
        self.durable.borrow().saturating_sub(self.progress.counts().next_sequence)
    }
}

pub(super) fn routes(status: Status) -> Vec<Route> {
    let text = Content::Media("text/plain");
    vec![
        Endpoint::get("/livez", Access::Anyone, "Whether the program runs")
            .answers(200, text)
            .serve(async || "alive\n", ()),
        Endpoint::get("/readyz", Access::Anyone, "Whether questions see what was sent")
            .answers(200, text)
            .answers(503, text)
            .serve(ready, status.clone()),
        Endpoint::get("/metrics", Access::Anyone, "Counters since the start, in Prometheus' text form")
            .answers(200, text)
            .serve(metrics, status),
    ]
}

/// `GET /readyz`: 200 while questions see what was sent; 503 while the load is far behind.
async fn ready(State(status): State<Status>) -> (StatusCode, String) {
    let behind = status.behind();
    let code = if behind <= BEHIND_MAX { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, format!("{behind} events to load\n"))
}

/// `GET /metrics`: counters since the start, in Prometheus' text form.
async fn metrics(State(status): State<Status>) -> Response {
    let mut text = String::new();
    let counts = status.progress.counts();
    let durable = *status.durable.borrow();
    let mut line = |name: &str, labels: &str, value: u64| {
        writeln!(text, "{name}{labels} {value}").expect("writing to a string does not fail");
    };
    let events = status.tally.counts();
    line("styk_events_received_total", "", events.received);
    line("styk_events_accepted_total", "", events.accepted);
    for (refusal, count) in events.refused {
        line("styk_events_refused_total", &format!("{{code=\"{}\"}}", refusal.code()), count);
    }
    for (shed, count) in events.shed {
        line("styk_events_shed_total", &format!("{{reason=\"{}\"}}", shed.as_str()), count);
    }
    line("styk_unknown_fields_total", "", events.unknown_fields);
    line("styk_journal_next_sequence", "", durable);
    line("styk_journal_gaps", "", status.gaps.len() as u64);
    line("styk_journal_gap_events", "", status.gaps.iter().map(|gap| gap.to_sequence - gap.from_sequence).sum());
    line("styk_load_next_sequence", "", counts.next_sequence);
    line("styk_load_pending", "", durable.saturating_sub(counts.next_sequence));
    line("styk_load_loaded_total", "", counts.loaded);
    line("styk_load_duplicate_total", "", counts.duplicate);
    line("styk_load_conflict_total", "", counts.conflict);
    line("styk_load_failed_total", "", counts.failed);
    line("styk_load_missing_total", "", counts.missing);
    line("styk_load_retried_total", "", counts.refused_by_store);
    line("styk_collect_clients", "", status.limits.clients() as u64);
    let connections = status.places.counts();
    line("styk_connections_open", "", connections.open as u64);
    line("styk_connections_accepted_total", "", connections.accepted);
    for (reason, count) in connections.refused {
        line("styk_connections_refused_total", &format!("{{reason=\"{reason}\"}}"), count);
    }
    for (reason, count) in connections.closed {
        line("styk_connections_closed_total", &format!("{{reason=\"{reason}\"}}"), count);
    }
    let archive = status.archive.counts();
    line("styk_archive_through_sequence", "", archive.archived_through);
    line("styk_archive_rounds", "", archive.rounds);
    line("styk_archive_events", "", archive.events);
    line("styk_archive_rounds_unreadable", "", archive.losses);
    line("styk_archive_refused_total", "", archive.refused);
    if let Some(error) = archive.last_error {
        // Quotes and line ends would end the label.
        line("styk_archive_stopped", &format!("{{error={error:?}}}"), 1);
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
