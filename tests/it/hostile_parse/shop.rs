//! A shop that collects: the real router, control file and journal in a temporary directory, and a clock that stands still
//! until it is set.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use styk::collect::{Collector, Limits, Options, Paths, PeerAddress, Quota, Quotas, Tally, routes};
use styk::control::{Control, NewSite, Scope};
use styk::domain::encoding;
use styk::domain::event::{Batch, Event};
use styk::domain::money::Currency;
use styk::domain::name::SiteKey;
use styk::domain::network::Network;
use styk::domain::time::Timestamp;
use styk::journal::{Journal, Read, Reader};
use styk::route;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

pub(crate) const NOW: &str = "2026-11-22T10:00:03Z";
pub(crate) const PAGE: (&str, &str) = ("origin", "https://shop.example");

/// A site `demo` on shop.example, with a collect key and a journal of its own.
pub(crate) struct Shop {
    runtime: Runtime,
    router: Router,
    pub(crate) tally: Arc<Tally>,
    pub(crate) control: Control,
    pub(crate) key: String,
    journal: styk::journal::Writer,
    pub(crate) dir: TempDir,
    clock_ms: Arc<AtomicI64>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Status, and the codes of everything that was turned away, such as `400 bad_url`.
    pub(crate) fn summary(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let refused = body["refused"].as_array().into_iter().flatten();
        let codes = refused.chain(body.get("error")).map(|reason| format!(" {}", reason["code"].as_str().unwrap()));
        std::iter::once(self.status.to_string()).chain(codes).collect()
    }
}

pub(crate) fn quota(events_per_second: u32, burst_events: u32) -> Quota {
    let number = |number| NonZeroU32::new(number).unwrap();
    Quota { events_per_second: number(events_per_second), burst_events: number(burst_events) }
}

impl Shop {
    /// With room for everything.
    pub(crate) fn open() -> Self {
        Self::open_with(quota(1_000_000, 1_000_000))
    }

    /// Whose clients may send this much.
    pub(crate) fn open_with(client: Quota) -> Self {
        Self::open_on_disk(client, 0)
    }

    /// Whose journal wants this much of the disk to stay free.
    pub(crate) fn open_on_disk(client: Quota, free_bytes_min: u64) -> Self {
        let dir = TempDir::new().unwrap();
        let control = Control::open(&dir.path().join("control")).unwrap();
        let site = SiteKey::parse("demo").unwrap();
        let currency = Currency::parse("EUR").unwrap();
        let domains = vec!["shop.example".to_owned()];
        control.add_site(NewSite { key: site.clone(), domains, time_zone: "UTC".to_owned(), currency }).unwrap();
        let key = control.add_key(&site, Scope::Collect, "").unwrap();
        let (journal, _) = Journal::open(styk::journal::Options {
            directory: dir.path().join("journal"),
            segment_bytes: 1 << 20,
            queue_records_max: 1_000,
            queue_bytes_max: 64 << 20,
            free_bytes_min,
            next_sequence_min: 0,
        })
        .unwrap();
        let tally = Arc::new(Tally::new());
        let clock_ms = Arc::new(AtomicI64::new(Timestamp::parse(NOW).unwrap().as_ms()));
        let wide = quota(1_000_000, 1_000_000);
        let collector = Collector {
            control: control.clone(),
            journal: journal.clone(),
            limits: Arc::new(Limits::new(&Quotas {
                client,
                site: wide,
                server: wide,
                whole: wide,
                clients_max: 1_000,
                bodies_kib_max: 64 << 10,
            })),
            options: Options {
                trusted_proxies: vec![Network::parse("10.0.0.0/8").unwrap()],
                body_deadline: Duration::from_secs(10),
                paths: Paths::parse("/s.js", "/s").unwrap(),
            },
            now: Arc::new({
                let clock_ms = Arc::clone(&clock_ms);
                move || Timestamp::from_ms(clock_ms.load(Ordering::Relaxed))
            }),
            tally: Arc::clone(&tally),
            fetches: Arc::default(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let router = route::router(routes(collector));
        Self { runtime, router, tally, control, key, journal, dir, clock_ms }
    }

    /// Sets the server's clock.
    pub(crate) fn set_clock(&self, now: Timestamp) {
        self.clock_ms.store(now.as_ms(), Ordering::Relaxed);
    }

    pub(crate) fn ask(&self, method: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri("/v1/events");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer = match headers.iter().any(|(name, _)| *name == "x-forwarded-for") {
            true => "10.0.0.1:1",
            false => "192.0.2.1:1",
        };
        let request = request.extension(PeerAddress(peer.parse().unwrap())).body(body.into()).unwrap();
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = response.into_body().collect().await.unwrap().to_bytes();
            Answer { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
        })
    }

    /// From a page of the shop.
    pub(crate) fn send(&self, body: impl Into<Body>) -> Answer {
        self.ask("POST", &[PAGE], body)
    }

    /// From a server with the key.
    pub(crate) fn send_with_key(&self, body: impl Into<Body>) -> Answer {
        self.ask("POST", &[("authorization", &format!("Bearer {}", self.key))], body)
    }

    /// One event with these fields.
    pub(crate) fn send_event(&self, fields: &str) -> Answer {
        self.send(format!(r#"{{"site":"demo","events":[{{"name":"view_item",{fields}}}]}}"#))
    }

    #[track_caller]
    pub(crate) fn check(&self, body: impl Into<Body>, expected: &str) {
        assert_eq!(self.send(body).summary(), expected);
    }

    #[track_caller]
    pub(crate) fn check_event(&self, fields: &str, expected: &str) {
        assert_eq!(self.send_event(fields).summary(), expected, "{fields:.200}");
    }

    /// Everything that is on disk.
    pub(crate) fn events(&self) -> Vec<Event> {
        let up_to = *self.journal.durable().borrow();
        let mut reader = Reader::open(&self.dir.path().join("journal"), 0).unwrap();
        let reads = reader.next_records(up_to, usize::MAX).unwrap();
        let batches = reads.into_iter().map(|read| match read {
            Read::Record(record) => {
                let batch: Batch = encoding::decode(record.kind, &record.payload).unwrap();
                assert_eq!(batch.events.len(), record.count.get() as usize);
                batch.events
            }
            Read::Gap(gap) => panic!("{gap:?}"),
        });
        batches.flatten().collect()
    }
}
