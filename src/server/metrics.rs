//! `GET /metrics`: counters and gauges in Prometheus' text form.

use std::fmt::{Display, Write};

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::accounts::SiteAccount;
use super::status::Status;
use crate::report::door::{ClientAddress, Reach};
use crate::report::error::ReportError;
use crate::route::MetricsFor;

/// Whose numbers a request may see.
fn reach(status: &Status, head: &Parts) -> Result<Reach, ReportError> {
    match status.metrics_for {
        MetricsFor::Anyone => Ok(Reach::Everywhere),
        MetricsFor::Local if is_local(head) => Ok(Reach::Everywhere),
        MetricsFor::Local | MetricsFor::Key => status.door.reach(head),
    }
}

/// Whether a program on this computer asks for itself. A proxy here asks for others, and says so in a header.
fn is_local(head: &Parts) -> bool {
    let forwarded = ["x-forwarded-for", "forwarded", "via", "x-real-ip"];
    let here = head.extensions.get().is_some_and(|ClientAddress(ip)| ip.to_canonical().is_loopback());
    here && !forwarded.iter().any(|name| head.headers.contains_key(*name))
}

/// Counters since the start, accounts of all times, and how things stand.
pub(super) async fn metrics(State(status): State<Status>, head: Parts) -> Result<Response, ReportError> {
    let reach = reach(&status, &head)?;
    let mut sites = status.site_accounts();
    if let Reach::OneSite(one) = reach {
        sites.retain(|site| site.id == Some(one));
    }
    let mut page = Page::default();
    push_counts(&mut page, &sites);
    push_accounts(&mut page, &sites);
    push_load(&mut page, &status);
    push_journal(&mut page, &status);
    push_door(&mut page, &status);
    push_archive(&mut page, &status);
    push_store(&mut page, &status).await;
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], page.0).into_response())
}

fn push_counts(page: &mut Page, sites: &[SiteAccount]) {
    page.counter("styk_events_received_total", "Events seen since the start: accepted, refused and shed.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.counts.received));
    page.counter("styk_events_accepted_total", "Events put on disk since the start.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.counts.accepted));
    page.counter(
        "styk_events_refused_total",
        "Events turned away one by one since the start, because of what they hold.",
    );
    for site in sites {
        for (refusal, events) in site.counts.refused.iter().filter(|(_, events)| 0 < *events) {
            page.line(&[("site", &site.name()), ("reason", &refusal.code())], events);
        }
    }
    page.counter("styk_events_shed_total", "Events turned away with their request since the start.");
    for site in sites {
        for (shed, events) in site.counts.shed.iter().filter(|(_, events)| 0 < *events) {
            page.line(&[("site", &site.name()), ("reason", &shed.as_str())], events);
        }
    }
    page.gauge("styk_events_unreconciled", "Events received since the start that became nothing: 0, or a fault.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.counts.difference()));
    page.counter("styk_unknown_fields_total", "Fields that nobody knows, since the start.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.counts.unknown_fields));
}

fn push_accounts(page: &mut Page, sites: &[SiteAccount]) {
    page.gauge("styk_account_accepted_events", "Events put on disk, of all times.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.account.accepted));
    page.gauge("styk_account_loaded_events", "Accepted events that became rows, of all times.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.account.loaded));
    page.gauge("styk_account_duplicate_events", "Accepted events that were there already, of all times.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.account.duplicate));
    page.gauge("styk_account_pending_events", "Accepted events that are not loaded yet.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.account.pending));
    page.gauge("styk_account_quarantined_events", "Accepted events among the failed ones.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.account.quarantined));
    page.gauge("styk_account_removed_events", "Accepted events that were taken out again, of all times.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.account.removed));
    page.gauge("styk_account_missing_events", "Accepted events that the damaged journal cannot give back.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.account.missing));
    page.gauge("styk_account_unreconciled_events", "Accepted events that became nothing: 0, or a fault.");
    sites.iter().for_each(|site| page.line(&[("site", &site.name())], site.account.difference()));
}

fn push_load(page: &mut Page, status: &Status) {
    let counts = status.progress.counts();
    page.gauge("styk_load_next_sequence", "Events below it are loaded.");
    page.line(&[], counts.next_sequence);
    page.gauge("styk_load_pending", "Events on disk that are not loaded yet.");
    page.line(&[], status.behind());
    page.gauge("styk_load_lag_seconds", "How long the oldest event that is not loaded has waited.");
    page.line(&[], status.lag_seconds());
    page.counter("styk_load_loaded_total", "Events that became rows since the start.");
    page.line(&[], counts.loaded);
    page.gauge("styk_load_remembered_events", "Events whose repetition is recognised, of at most 7 days.");
    page.line(&[], counts.remembered);
    page.counter("styk_load_duplicate_total", "Events that were there already, since the start.");
    page.line(&[], counts.duplicate);
    page.counter("styk_load_conflict_total", "Events of a known id with other content, since the start.");
    page.line(&[], counts.conflict);
    page.counter("styk_load_failed_total", "Events that could not be read or stored, since the start.");
    page.line(&[], counts.failed);
    page.counter("styk_load_missing_total", "Events that the damaged journal could not give, since the start.");
    page.line(&[], counts.missing);
    page.counter("styk_load_retried_total", "Times the store refused a batch since the start.");
    page.line(&[], counts.refused_by_store);
    page.counter("styk_load_replayed_total", "Failed events that became rows when they were tried again.");
    page.line(&[], counts.replayed);
    page.gauge("styk_load_rebuilding_to", "Up to where a new file is filled with what an earlier one held, or 0.");
    page.line(&[], counts.rebuilding_to);
    page.gauge("styk_store_closed", "1 while the store is being opened or cannot be: no answers, and no load.");
    page.line(&[], u8::from(status.questions.freshness().store == "closed"));
    page.gauge("styk_erasures_waiting", "Erasures that are in force and not yet out of every file.");
    page.line(&[], counts.erasures_waiting);
    page.counter("styk_store_reopened_total", "Times the store was opened again since the start.");
    page.line(&[], counts.reopened);
    page.counter("styk_store_quarantined_total", "Files of the store moved to quarantine since the start.");
    page.line(&[], counts.quarantined);
}

fn push_journal(page: &mut Page, status: &Status) {
    page.gauge("styk_journal_next_sequence", "Events below it are on disk.");
    page.line(&[], *status.durable.borrow());
    page.gauge("styk_journal_gaps", "Places where the start found the journal damaged.");
    page.line(&[], status.gaps.len());
    page.gauge("styk_journal_gap_events", "Events in these places.");
    page.line(&[], status.gap_events());
    if let Ok(free_bytes) = status.journal.free_bytes() {
        page.gauge("styk_disk_free_bytes", "Free space where the journal is.");
        page.line(&[], free_bytes);
    }
}

fn push_door(page: &mut Page, status: &Status) {
    page.gauge("styk_collect_clients", "Clients whose quota is remembered.");
    page.line(&[], status.limits.clients());
    let connections = status.places.counts();
    page.gauge("styk_connections_open", "Open connections.");
    page.line(&[], connections.open);
    page.counter("styk_connections_accepted_total", "Connections let in since the start.");
    page.line(&[], connections.accepted);
    page.counter("styk_connections_refused_total", "Connections turned away since the start.");
    for (reason, connections) in connections.refused {
        page.line(&[("reason", &reason)], connections);
    }
    page.counter("styk_connections_closed_total", "Connections closed by the server since the start.");
    for (reason, connections) in connections.closed {
        page.line(&[("reason", &reason)], connections);
    }
}

fn push_archive(page: &mut Page, status: &Status) {
    let archive = status.archive.counts();
    page.gauge("styk_archive_through_sequence", "Events below it are archived.");
    page.line(&[], archive.archived_through);
    page.gauge("styk_archive_rounds", "Archived rounds.");
    page.line(&[], archive.rounds);
    page.gauge("styk_archive_events", "Archived events.");
    page.line(&[], archive.events);
    page.gauge("styk_archive_rounds_unreadable", "Archived rounds that cannot be read any more.");
    page.line(&[], archive.losses);
    page.counter("styk_archive_refused_total", "Times archiving failed since the start.");
    page.line(&[], archive.refused);
    if let Some(error) = archive.last_error {
        page.gauge("styk_archive_stopped", "Why archiving stands still.");
        page.line(&[("error", &error.replace(['"', '\\', '\n'], " "))], 1);
    }
}

async fn push_store(page: &mut Page, status: &Status) {
    page.gauge("styk_questions_running", "Questions that are being answered.");
    page.line(&[], status.questions.running());
    page.counter(
        "styk_questions_stopped_total",
        "Questions that stopped before their end: nobody waited any more, or they took too long.",
    );
    page.line(&[], status.questions.stopped_total());
    // Left out when the store does not answer in time: numbers that are old would look like good ones.
    if let Some(stored) = status.stored().await {
        page.gauge("styk_store_rows", "Events that questions see.");
        page.line(&[], stored.size.rows);
        page.gauge("styk_store_runs", "Tables that hold them.");
        page.line(&[], stored.size.runs);
        page.gauge("styk_store_kept_bytes", "What is kept in memory of the rows that questions have read.");
        page.line(&[], stored.size.kept_bytes);
    }
}

/// The text so far, and the name of the metric whose lines come now at its end.
#[derive(Default)]
struct Page(String, &'static str);

impl Page {
    fn counter(&mut self, name: &'static str, help: &str) {
        self.metric(name, help, "counter");
    }

    fn gauge(&mut self, name: &'static str, help: &str) {
        self.metric(name, help, "gauge");
    }

    fn metric(&mut self, name: &'static str, help: &str, kind: &str) {
        self.1 = name;
        writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}").expect("writing to a string does not fail");
    }

    /// Labels hold keys of sites and codes of ours: nothing in them needs to be escaped.
    fn line(&mut self, labels: &[(&str, &dyn Display)], value: impl Display) {
        self.0.push_str(self.1);
        for (index, (label, text)) in labels.iter().enumerate() {
            let opening = if index == 0 { '{' } else { ',' };
            write!(self.0, "{opening}{label}=\"{text}\"").expect("writing to a string does not fail");
        }
        self.0.push_str(if labels.is_empty() { " " } else { "} " });
        writeln!(self.0, "{value}").expect("writing to a string does not fail");
    }
}
