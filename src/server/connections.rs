//! The accept loop: our own, because the ready-made one installs no timer and so never times a header out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::collect::{Network, PeerAddress, client_address};
use crate::config::Settings;
use crate::report::door::ClientAddress;

/// Open requests get so long to finish when the server stops.
const STOP_GRACE: Duration = Duration::from_secs(10);
/// The most header lines of a request.
const HEADERS_MAX: usize = 64;
/// The most bytes of a request's line and headers.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// How long the loop rests when the system refuses a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Takes connections and gives each request to the router.
pub(super) struct Connections {
    http: hyper::server::conn::http1::Builder,
    places: Arc<Semaphore>,
    router: Router,
    trusted_proxies: Arc<[Network]>,
}

impl Connections {
    /// # Errors
    /// A trusted proxy that is not an address.
    pub(super) fn new(settings: &Settings, router: Router) -> anyhow::Result<Self> {
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(settings.serve.header_seconds))
            .max_headers(HEADERS_MAX)
            .max_buf_size(HEAD_BYTES_MAX);
        let trusted_proxies = settings.collect_options()?.trusted_proxies.into();
        let places = Arc::new(Semaphore::new(settings.serve.connections_max));
        Ok(Self { http, places, router, trusted_proxies })
    }

    /// Accepts until `stopped` says so; then waits for the requests that are open.
    pub(super) async fn accept(self, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let graceful = GracefulShutdown::new();
        loop {
            let place = Arc::clone(&self.places).acquire_owned();
            let accepted = tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                accepted = async { (place.await, listener.accept().await) } => accepted,
            };
            match accepted {
                (Ok(place), Ok((stream, peer))) => {
                    // Small answers must not wait for more to send; a socket that refuses this works all the same.
                    stream.set_nodelay(true).ok();
                    let service =
                        TowerToHyperService::new(service(self.router.clone(), peer, Arc::clone(&self.trusted_proxies)));
                    let connection = graceful.watch(self.http.serve_connection(TokioIo::new(stream), service));
                    tokio::spawn(async move {
                        // What goes wrong on one connection is that client's to notice.
                        connection.await.ok();
                        drop(place);
                    });
                }
                (_, Err(error)) => {
                    // Out of file descriptors, mostly: wait for some to close instead of spinning.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                (Err(_), _) => unreachable!("the places are never closed"),
            }
        }
        drop((listener, self.router));
        if tokio::time::timeout(STOP_GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}

/// The router for one connection: requests know where they come from.
fn service(
    router: Router,
    peer: SocketAddr,
    trusted_proxies: Arc<[Network]>,
) -> impl tower::Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone
+ Send {
    router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        let address = client_address(request.headers(), peer, &trusted_proxies);
        request.extensions_mut().insert(PeerAddress(peer));
        request.extensions_mut().insert(ClientAddress(address));
        request
    })
}
