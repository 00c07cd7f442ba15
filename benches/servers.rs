//! The servers that are measured, each in a process of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use styk::journal::{Journal, NewRecord, Writer};

use crate::{cpu, journals, traffic};

/// What this program is told to be such a server.
pub(crate) const BARE_SERVER: &str = "bare-server";
/// The same, followed by a directory.
pub(crate) const KEEPING_SERVER: &str = "keeping-server";

const LISTENS: &str = "listens on http://";

/// A server in a process of its own; dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the program to its first answer.
    pub(crate) until_first_answer: Duration,
    data: tempfile::TempDir,
}

impl Server {
    pub(crate) fn bare() -> Self {
        let myself = std::env::current_exe().expect("the path of this program");
        Self::start(Command::new(myself).arg(BARE_SERVER), tempfile::tempdir().expect("a directory"))
    }

    /// Keeps bodies as they are, in Styk's own journal: what durability costs whoever understands nothing.
    pub(crate) fn keeping() -> Self {
        let (myself, data) = (std::env::current_exe(), tempfile::tempdir().expect("a directory"));
        let mut command = Command::new(myself.expect("the path of this program"));
        command.arg(KEEPING_SERVER).arg(data.path());
        Self::start(&mut command, data)
    }

    pub(crate) fn styk() -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let command = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_styk"));
            command.arg("--data").arg(data.path());
            command
        };
        let added = command().args(["site", "add", "shop", "--domain", "shop.example"]).output();
        assert!(added.expect("the program runs").status.success());
        let mut serve = command();
        serve.args(["serve", "--listen", "127.0.0.1:0"]);
        for limit in ["CLIENT_EVENTS_PER_SECOND", "CLIENT_EVENTS_BURST", "SITE_EVENTS_PER_SECOND", "SITE_EVENTS_BURST"]
        {
            serve.env(format!("STYK_COLLECT_{limit}"), "1000000");
        }
        // Often, so that flushes and their checkpoints fall into what is timed.
        serve.env("STYK_STORE_FLUSH_AFTER_SECONDS", "5");
        Self::start(&mut serve, data)
    }

    fn start(command: &mut Command, data: tempfile::TempDir) -> Self {
        let since = Instant::now();
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once(LISTENS)?.1.parse().ok()).expect("the server listens");
        std::thread::spawn(move || lines.for_each(drop));
        traffic::send(address, 0..1, traffic::single);
        Self { child, address, until_first_answer: since.elapsed(), data }
    }

    fn pid(&self) -> String {
        self.child.id().to_string()
    }

    /// Memory that the process holds.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("the server runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells the memory");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
    }

    /// CPU time by name of thread.
    pub(crate) fn threads(&self) -> BTreeMap<String, Duration> {
        let mut threads = BTreeMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.pid())).expect("the server runs").flatten() {
            let read = |file| fs::read_to_string(task.path().join(file)).unwrap_or_default();
            let nanoseconds = read("schedstat").split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0);
            *threads.entry(read("comm").trim().to_owned()).or_default() += Duration::from_nanos(nanoseconds);
        }
        threads
    }

    /// Waits until the server has nothing left to do, such as loading; gives its CPU time.
    pub(crate) fn wait_until_idle(&self) -> Duration {
        let mut before = cpu::of_process(&self.pid());
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let now = cpu::of_process(&self.pid());
            if now - before <= Duration::from_millis(10) {
                return now;
            }
            before = now;
        }
    }

    /// So many ask for one report after the other, funnels and carts in turn, until they are told to stop.
    pub(crate) fn keep_asking(&self, people: usize) -> Asking {
        let text = fs::read_to_string(self.data.path().join("server.json")).expect("the server's file");
        let file: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        let bearer = format!("Bearer {}", file["secret"].as_str().expect("the secret"));
        let reports = format!("http://{}/v1/sites/shop/reports", self.address);
        let stop = Arc::new(AtomicBool::new(false));
        let ask = |_| {
            let (stopped, bearer, reports) = (Arc::clone(&stop), bearer.clone(), reports.clone());
            std::thread::spawn(move || {
                let questions = [("funnel", traffic::FUNNEL), ("abandonment", traffic::CARTS)];
                let mut answers = 0;
                for (report, question) in questions.iter().cycle() {
                    if stopped.load(Ordering::Relaxed) {
                        break;
                    }
                    let question =
                        ureq::post(format!("{reports}/{report}")).header("authorization", &bearer).send(*question);
                    question.expect("the server answers a report");
                    answers += 1;
                }
                answers
            })
        };
        let threads = (0..people).map(ask).collect();
        Asking { stop, threads }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Those who ask all the time.
pub(crate) struct Asking {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<u32>>,
}

impl Asking {
    /// Says how many answers came.
    pub(crate) fn stop(self) -> u32 {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().map(|thread| thread.join().expect("the questions are good")).sum()
    }
}

pub(crate) fn serve_bare() {
    serve(axum::Router::new().route("/s", axum::routing::post(bare)));
}

/// Serves what [`Server::keeping`] measures, with its journal in `directory`.
pub(crate) fn serve_keeping(directory: PathBuf) {
    let (writer, _) = Journal::open(journals::options(&directory)).expect("an empty journal");
    let keep = async |State(writer): State<Writer>, body: Bytes| {
        let (kind, stream, count, received_at_ms) = (1, 1, NonZeroU32::MIN, 0);
        let record = NewRecord { kind, stream, count, received_at_ms, payload: &body };
        let kept = writer.append(&record);
        drop(body);
        kept.await.expect("the disk takes it");
        answer()
    };
    serve(axum::Router::new().route("/s", axum::routing::post(keep)).with_state(writer));
}

fn serve(router: axum::Router) {
    // As many threads as Styk serves with.
    let threads =
        std::thread::available_parallelism().map_or(1, |processors| processors.get().saturating_sub(1).max(1));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    runtime.expect("threads to run on").block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        eprintln!("bare server {LISTENS}{}", listener.local_addr().expect("an address"));
        axum::serve(listener, router).await.expect("the server runs until it is killed");
    });
}

async fn bare(body: Bytes) -> (StatusCode, &'static str) {
    std::hint::black_box(&body);
    answer()
}

fn answer() -> (StatusCode, &'static str) {
    (StatusCode::ACCEPTED, r#"{"accepted":1,"refused":[]}"#)
}
