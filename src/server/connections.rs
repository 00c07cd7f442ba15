//! The accept loop: our own, because the ready-made one knows neither deadlines nor limits.

use std::convert::Infallible;
use std::io::{ErrorKind, Write};
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Method, Request};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use super::framing;
use super::open_files;
use super::place::{HangUp, Place, Serving};
use super::places::{Options, Places, Refused, TakenPlace};
use super::watched::Watched;
use crate::collect::{self, Collector, PeerAddress, client_address};
use crate::config::Settings;
use crate::domain::network::Network;
use crate::report::door::ClientAddress;

/// Open requests get so long to finish when the server stops.
const STOP_GRACE: Duration = Duration::from_secs(10);
/// The most bytes of a request's line and headers.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// How long the loop rests when the system refuses a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Takes connections and gives each request to the router.
pub(super) struct Connections {
    http: hyper::server::conn::http1::Builder,
    places: Arc<Places>,
    collector: Arc<Collector>,
    router: Router,
    trusted_proxies: Arc<[Network]>,
}

/// The places that the settings ask for, as far as the system has them.
///
/// # Errors
/// A trusted proxy that is not an address.
pub(super) fn places(settings: &Settings) -> anyhow::Result<Arc<Places>> {
    let serve = &settings.serve;
    Ok(Arc::new(Places::new(Options {
        places_max: open_files::connections_max(serve.connections_max),
        client_places_max: serve.client_connections_max,
        head: Duration::from_secs(serve.header_seconds),
        idle: Duration::from_secs(serve.idle_seconds),
        unread: Duration::from_secs(serve.unread_seconds),
        trusted_proxies: settings.collect_options()?.trusted_proxies,
    })))
}

impl Connections {
    /// # Errors
    /// A trusted proxy that is not an address.
    pub(super) fn new(
        settings: &Settings,
        places: Arc<Places>,
        collector: Arc<Collector>,
        router: Router,
    ) -> anyhow::Result<Self> {
        let mut http = hyper::server::conn::http1::Builder::new();
        // The deadline of a head is the places' business: hyper has one for a head and the pause before it together.
        http.header_read_timeout(None).max_buf_size(HEAD_BYTES_MAX);
        // One buffer: most answers are a few hundred bytes, and a plain write costs less than a gathering one.
        http.writev(false);
        let trusted_proxies = settings.collect_options()?.trusted_proxies.into();
        Ok(Self { http, places, collector, router, trusted_proxies })
    }

    /// Accepts until `stopped` says so; then waits for the requests that are open.
    pub(super) async fn accept(self, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let graceful = GracefulShutdown::new();
        let sweeping = tokio::spawn(Arc::clone(&self.places).sweep());
        loop {
            let accepted = tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => match self.places.take(peer.ip()) {
                    Ok(place) => self.serve(stream, peer, place, &graceful),
                    Err(refused) => turn_away(stream, refused),
                },
                // The client left before it was its turn.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
                Err(error) => {
                    // Out of file descriptors, mostly: wait for some to close instead of spinning.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop((listener, self.router));
        self.places.dismiss_waiting();
        if tokio::time::timeout(STOP_GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        sweeping.abort();
    }

    /// Answers what comes over one connection, on a task of its own.
    fn serve(&self, stream: TcpStream, peer: SocketAddr, taken: TakenPlace, graceful: &GracefulShutdown) {
        // Small answers must not wait for more to send; a socket that refuses this works all the same.
        stream.set_nodelay(true).ok();
        let place = Arc::clone(&taken.place);
        let stream = TokioIo::new(Watched::new(stream, Arc::clone(&place)));
        let (router, trusted_proxies) = (self.router.clone(), Arc::clone(&self.trusted_proxies));
        let collector = Arc::clone(&self.collector);
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let refused = framing::refuse(&request);
            let last = framing::ends_the_connection(request.headers());
            let client = client_address(request.headers(), peer, &trusted_proxies);
            let collects =
                request.method() == Method::POST && collector.options.paths.take_events(request.uri().path());
            let (request, serving) = received(request, collects, &place);
            let (router, collector) = (router.clone(), Arc::clone(&collector));
            async move {
                let mut answer = match refused {
                    Some(refused) => refused,
                    None if collects => collect::answer(&collector, request, client).await,
                    None => router.oneshot(addressed(request, peer, client)).await?,
                };
                if last {
                    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(answer.map(|body| Answer { body, _serving: serving }))
            }
        });
        let connection = graceful.watch(self.http.serve_connection(stream, service));
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            tokio::select! {
                biased;
                // What goes wrong on one connection is that client's to notice.
                _ = connection.as_mut() => {}
                () = taken.place.asked_to_leave() => {}
            }
        });
    }
}

/// Closes a connection that gets no place. What it is told may be lost on its way: nobody waits for that.
fn turn_away(stream: TcpStream, refused: Refused) {
    if let Ok(mut stream) = stream.into_std() {
        stream.write_all(refused.answer()).ok();
    }
}

/// A request that its connection serves from now on; one that collects is finished whoever hangs up.
fn received(request: Request<Incoming>, finishes: bool, place: &Arc<Place>) -> (Request<Body>, Serving) {
    let serving = match (finishes, request.body().is_end_stream()) {
        (false, _) => place.serve(HangUp::Cancels),
        (true, false) => place.serve(HangUp::MayFinish),
        (true, true) => place.serve(HangUp::Finishes),
    };
    let request = match finishes {
        true => request.map(|body| Body::new(Kept { body, place: Arc::clone(serving.place()) })),
        false => request.map(Body::new),
    };
    (request, serving)
}

/// A request that knows where it comes from.
fn addressed(mut request: Request<Body>, peer: SocketAddr, client: IpAddr) -> Request<Body> {
    request.extensions_mut().insert(PeerAddress(peer));
    request.extensions_mut().insert(ClientAddress(client));
    request
}

/// The body of a request that is finished, once the body is here, whether or not its sender still waits.
struct Kept {
    body: Incoming,
    place: Arc<Place>,
}

impl HttpBody for Kept {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if self.body.is_end_stream() || frame.is_none() {
            self.place.on_hang_up(HangUp::Finishes);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer; while there is some left, its connection serves a request.
struct Answer {
    body: Body,
    _serving: Serving,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
