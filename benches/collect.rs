//! What it costs the server to keep one event: CPU time per single-event request, 202 after the sync, against a bare
//! axum handler that reads the body and answers 202 and keeps nothing.
//!
//! `cargo bench --bench collect`. Both servers are processes of their own, so that only their CPU time counts; the
//! client is the same, 64 connections that stay open, one request in flight on each. Linux only.

mod cpu;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 64;
const REQUESTS: usize = 60_000;
const WARM_UP: usize = 10_000;
const ROUNDS: usize = 3;
const LISTENS: &str = "listens on http://";

fn main() {
    if std::env::args().any(|argument| argument == "bare-server") {
        tokio::runtime::Runtime::new().expect("threads to run on").block_on(serve_bare());
        return;
    }
    let (mut bare, mut styk) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(Cost::of(&Server::bare()));
        styk.push(Cost::of(&Server::styk()));
    }
    let (bare, styk) = (median(bare), median(styk));
    println!("{CONNECTIONS} connections, {REQUESTS} requests of one event, median of {ROUNDS} rounds\n");
    println!("{:<28}{:>12}{:>14}{:>10}", "", "CPU us/req", "requests/s", "ratio");
    let row = |name: &str, cost: Duration, rate: f64| {
        println!("{name:<28}{:>12.1}{rate:>14.0}{:>10.2}", cost.as_secs_f64() * 1e6, cost.div_duration_f64(bare.cpu));
    };
    row("bare axum, keeps nothing", bare.cpu, bare.per_second);
    row("styk, 202 after the sync", styk.until_answered, styk.per_second);
    row("styk, loading included", styk.cpu, styk.per_second);
    println!("\nstyk by thread, CPU us/req:");
    for (name, time) in &styk.threads {
        println!("  {name:<26}{:>12.1}", time.as_secs_f64() * 1e6);
    }
}

/// A server in a process of its own; dropped, it is killed.
struct Server {
    child: Child,
    address: SocketAddr,
    _data: tempfile::TempDir,
}

impl Server {
    fn bare() -> Self {
        let myself = std::env::current_exe().expect("the path of this program");
        Self::start(Command::new(myself).arg("bare-server"), tempfile::tempdir().expect("a directory"))
    }

    fn styk() -> Self {
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
        Self::start(&mut serve, data)
    }

    fn start(command: &mut Command, data: tempfile::TempDir) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once(LISTENS)?.1.parse().ok()).expect("the server listens");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, _data: data }
    }

    fn pid(&self) -> String {
        self.child.id().to_string()
    }

    /// CPU time by name of thread.
    fn threads(&self) -> BTreeMap<String, Duration> {
        let mut threads = BTreeMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.pid())).expect("the server runs").flatten() {
            let read = |file| fs::read_to_string(task.path().join(file)).unwrap_or_default();
            let nanoseconds = read("schedstat").split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0);
            *threads.entry(read("comm").trim().to_owned()).or_default() += Duration::from_nanos(nanoseconds);
        }
        threads
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What one request costs.
struct Cost {
    /// Of all threads, until everything is loaded.
    cpu: Duration,
    /// Without the threads that load, which nobody waits for.
    until_answered: Duration,
    per_second: f64,
    threads: BTreeMap<String, Duration>,
}

impl Cost {
    fn of(server: &Server) -> Self {
        let client = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        client.block_on(send(server.address, 0..WARM_UP));
        let (cpu, threads, since) = (wait_until_idle(server), server.threads(), Instant::now());
        client.block_on(send(server.address, WARM_UP..WARM_UP + REQUESTS));
        let per_second = REQUESTS as f64 / since.elapsed().as_secs_f64();
        let cpu = (wait_until_idle(server) - cpu) / REQUESTS as u32;
        let mut spent = server.threads();
        for (name, time) in &mut spent {
            *time = time.saturating_sub(threads.get(name).copied().unwrap_or_default()) / REQUESTS as u32;
        }
        spent.retain(|_, time| Duration::from_nanos(50) < *time);
        // DuckDB's own threads bear the name of the thread that opened it: `styk`.
        let loading = |name: &str| matches!(name, "load" | "styk");
        let until_answered = spent.iter().filter(|(name, _)| !loading(name)).map(|(_, time)| *time).sum();
        Self { cpu, until_answered, per_second, threads: spent }
    }
}

/// Waits until the server has nothing left to do, such as loading; gives its CPU time.
fn wait_until_idle(server: &Server) -> Duration {
    let mut before = cpu::of_process(&server.pid());
    loop {
        std::thread::sleep(Duration::from_millis(500));
        let now = cpu::of_process(&server.pid());
        if now - before <= Duration::from_millis(10) {
            return now;
        }
        before = now;
    }
}

fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by_key(|cost| cost.cpu);
    costs.swap_remove(costs.len() / 2)
}

/// Sends one request after the other on each connection, with these numbers in all.
async fn send(address: SocketAddr, numbers: std::ops::Range<usize>) {
    let mut senders = tokio::task::JoinSet::new();
    for connection in 0..CONNECTIONS {
        let numbers = numbers.clone().skip(connection).step_by(CONNECTIONS);
        senders.spawn(async move {
            let mut stream = TcpStream::connect(address).await.expect("the server listens");
            stream.set_nodelay(true).expect("a socket without delay");
            for number in numbers {
                exchange(&mut stream, &request(number)).await;
            }
        });
    }
    while let Some(sent) = senders.join_next().await {
        sent.expect("a sender does not panic");
    }
}

async fn exchange(stream: &mut TcpStream, request: &[u8]) {
    stream.write_all(request).await.expect("the server reads");
    let (mut answer, mut length) = ([0; 4_096], 0);
    loop {
        let read = stream.read(&mut answer[length..]).await.expect("the server answers");
        length += read;
        let text = std::str::from_utf8(&answer[..length]).expect("answers are text");
        if is_whole(text) {
            assert!(text.starts_with("HTTP/1.1 202"), "{text}");
            return;
        }
        assert!(0 < read, "the server hung up after: {text}");
    }
}

/// Whether `text` is an answer with its whole body.
fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    length.unwrap_or(0) <= body.len()
}

/// What the snippet sends for one `add_to_cart`.
fn request(number: usize) -> Vec<u8> {
    let (visitor, product) = (number / 8, number % 500);
    let body = format!(
        r#"{{"site":"shop","sent_at":"2026-11-22T10:00:02.000Z","consent":"granted","visitor":"0b6f1d7c-52a4-4a7e-8f0d-{visitor:012x}","context":{{"url":"https://shop.example/product/{product}?utm_source=news","referrer":"https://shop.example/","title":"Cap","language":"pl-PL","screen":[1280,720]}},"events":[{{"id":"5f0c9f2e-7d1a-4c3b-9a57-{number:012x}","name":"add_to_cart","age_ms":12,"sequence":2,"value":"39.80","currency":"EUR","items":[{{"item_id":"SKU{product}","item_name":"Cap","item_brand":"Wool & Co","item_category":"Hats","price":"19.90","quantity":2}}],"cart_id":"cart-{visitor}"}}]}}"#
    );
    let head = format!(
        "POST /s HTTP/1.1\r\nhost: stats.shop.example\r\norigin: https://shop.example\r\ncontent-type: text/plain;charset=UTF-8\r\nuser-agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36\r\naccept: */*\r\naccept-encoding: gzip, deflate, br\r\naccept-language: pl-PL\r\nreferer: https://shop.example/\r\nsec-fetch-mode: no-cors\r\nsec-fetch-site: same-site\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head, body].concat().into_bytes()
}

async fn serve_bare() {
    let router = axum::Router::new().route("/s", axum::routing::post(bare));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    eprintln!("bare server {LISTENS}{}", listener.local_addr().expect("an address"));
    axum::serve(listener, router).await.expect("the server runs until it is killed");
}

async fn bare(body: axum::body::Bytes) -> (axum::http::StatusCode, &'static str) {
    std::hint::black_box(&body);
    (axum::http::StatusCode::ACCEPTED, r#"{"accepted":1,"refused":[]}"#)
}
