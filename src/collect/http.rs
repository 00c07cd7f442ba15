//! `POST /v1/events`, and the same under a neutral name, `POST /s` unless the settings say otherwise.

use std::cell::OnceCell;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, USER_AGENT,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::address::{PeerAddress, client_address};
use super::admission::Ticket;
use super::answer::{Receipt, Rejection};
use super::body::{self, Sent};
use super::identity::{Connection, Identity, PrivacyControl};
use super::kept::{Kept, Known, Settling};
use super::origin::{Origin, name_own_pages, read_origin};
use super::parse::{Context, Document, EVENTS_MAX, Parsed, WireBatch, parse_batch};
use super::scripts;
use super::tally::Shed;
use super::wire::WireObject;
use super::{BODY_BYTES_MAX, Collector};
use crate::domain::encoding;
use crate::domain::event::{Batch, Sender};
use crate::domain::time::Timestamp;
use crate::journal::NewRecord;
use crate::route::{Access, Content, Endpoint, Route, Shown};

/// Pages of any site send events and read the answers.
const SHOWN: Shown = Shown::Everywhere;

/// The routes of this stage, those of its scripts included. `server` must add [`PeerAddress`] to every request.
pub fn routes(collector: impl Into<Arc<Collector>>) -> Vec<Route> {
    let collector = collector.into();
    let routes_at = |path: String| {
        let mut post =
            Endpoint::post(path.clone(), Access::Sender, "Takes a batch of events, and answers once it is on disk")
                .shown(SHOWN)
                .takes(Content::json::<WireObject<'_>>(), BODY_BYTES_MAX);
        for status in [202, 400, 401, 403, 404, 408, 413, 415, 429, 503] {
            post = post.answers(status, Content::json::<Receipt>());
        }
        let ask_first = Endpoint::new(Method::OPTIONS, path, Access::Anyone, "What browsers ask before some requests")
            .shown(SHOWN)
            .answers(204, Content::Empty);
        [post.serve(collect, Arc::clone(&collector)), ask_first.serve(preflight, ())]
    };
    let events = collector.options.paths.all_events().into_iter().flat_map(routes_at);
    events.chain(scripts::routes(&collector)).collect()
}

async fn collect(
    State(collector): State<Arc<Collector>>,
    Extension(PeerAddress(peer)): Extension<PeerAddress>,
    request: Request,
) -> Result<Receipt, Rejection> {
    let client = client_address(request.headers(), peer, &collector.options.trusted_proxies);
    receive(&collector, request, client).await
}

/// Answers a `POST` to a path that [takes events](super::Paths::take_events) as its route does.
///
/// Nearly all requests come here, so `server` spares them the router's way, with its layers, boxes and extensions.
pub async fn answer(collector: &Collector, request: Request, client: IpAddr) -> Response {
    SHOWN.seal(receive(collector, request, client).await.into_response())
}

/// Takes one batch and answers once it is on disk.
///
/// A bad event never spoils a good one: refused events are listed in the receipt, with the reason.
async fn receive(collector: &Collector, request: Request, client: IpAddr) -> Result<Receipt, Rejection> {
    let (head, body) = request.into_parts();
    let mut known = Known::default();
    match collector.take(head, body, client, &mut known).await {
        Ok(kept) => kept.outcome().await,
        Err(rejection) => Err(known.count_rejected(&collector.tally, rejection)),
    }
}

impl Collector {
    /// The way of one request, up to the disk. `known` holds what was found out, also when it is turned away.
    ///
    /// Whoever waits for the disk holds no body (1 MiB as sent, 4 MiB decoded), and no head: both lie in the
    /// connection's read buffer, which is used again once they are gone, and here they go.
    async fn take(&self, head: Parts, body: Body, client: IpAddr, known: &mut Known) -> Result<Kept, Rejection> {
        let ticket = Ticket::read(&head.headers, &self.control)?;
        known.site = ticket.key_site();
        let encoding = body::encoding(&head.headers, ticket.sender())?;
        let sent = body::read(&head.headers, body, self.options.body_deadline, &self.limits).await?;
        // The memory is given back when this function ends, and the body with it.
        let Sent { bytes, memory: _memory } = sent;
        let body = body::decode(bytes, encoding)?;
        let received_at = (self.now)();

        let document = Document::read(&body, ticket.sender());
        let batch = document.as_ref().map_err(|fault| *fault).and_then(WireBatch::read);
        let length = batch.as_ref().map_or(1, |batch| batch.length);
        known.events = length;
        if EVENTS_MAX < length {
            return Err(Shed::TooManyEvents.into());
        }
        if ticket.sender() == Sender::Browser {
            let charged = self.limits.charge_client(client, length);
            charged.map_err(|wait| {
                let named = batch.as_ref().ok().and_then(|batch| ticket.site(batch.shared.site, &self.control).ok());
                known.site = named.map(|site| site.id);
                Rejection::later(Shed::ClientTooFast, wait)
            })?;
        }
        let batch = batch?;
        let site = ticket.site(batch.shared.site, &self.control)?;
        known.site = Some(site.id);
        let origin = match ticket.sender() {
            Sender::Browser => read_origin(&head.headers, &site.domains),
            Sender::Server => Origin::Own,
        };
        if origin == Origin::Foreign {
            return Err(Shed::ForeignOrigin.into());
        }
        if ticket.sender() == Sender::Browser && site.excludes(client) {
            return Err(Shed::Excluded.into());
        }
        let charged = self.limits.charge_site(site.id, ticket.sender(), length);
        charged.map_err(|wait| Rejection::later(Shed::SiteTooFast, wait))?;
        let charged = self.limits.charge_whole(length);
        charged.map_err(|wait| Rejection::later(Shed::WholeTooFast, wait))?;

        let identity = Identity {
            site: site.id,
            keys: self.control.visitor_keys(received_at),
            sender: ticket.sender(),
            preset: site.privacy.preset,
            connection: Connection {
                ip: client,
                user_agent: head.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()),
                privacy: privacy_control(&head.headers),
            },
            behind_connection: OnceCell::new(),
        };
        let context = Context { identity, site_key: site.key.as_str(), currency: site.currency, received_at };
        let parsed = parse_batch(batch, &context)?;
        if origin == Origin::Unsaid && !name_own_pages(&parsed.events, &site.domains) {
            return Err(Shed::ForeignOrigin.into());
        }
        Ok(self.keep(parsed, *known, ticket.sender(), received_at))
    }

    /// Appends what was accepted.
    fn keep(&self, parsed: Parsed, known: Known, sender: Sender, received_at: Timestamp) -> Kept {
        let Parsed { events, refused, unknown_fields } = parsed;
        let settling =
            Settling { tally: Arc::clone(&self.tally), known, accepted: events.len(), refused, unknown_fields };
        let appending = u32::try_from(events.len()).ok().and_then(NonZeroU32::new).map(|count| {
            let site = known.site.expect("events were parsed for a site");
            let payload = encoding::encode(&Batch { site, received_at, sender, events });
            let received_at_ms = received_at.as_ms();
            let record =
                NewRecord { kind: encoding::VERSION, stream: site.0, count, received_at_ms, payload: &payload };
            self.journal.append(&record)
        });
        Kept::new(appending, settling)
    }
}

fn privacy_control(headers: &HeaderMap) -> PrivacyControl {
    match headers.get("sec-gpc").map(HeaderValue::as_bytes) {
        Some(b"1") => PrivacyControl::On,
        _ => PrivacyControl::Unset,
    }
}

/// What browsers ask before a request that is not `text/plain`.
async fn preflight() -> impl IntoResponse {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "content-type, content-encoding, authorization"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, headers)
}
