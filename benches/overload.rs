//! What is left of the server's goodput when five times as much is sent as it can take, and how much memory that needs.
//!
//! `cargo bench --bench overload`. First as many connections as keep it busy send batches of 50 events one after the
//! other: the peak. Then five times the peak is sent by the clock, over a thousand connections; a batch counts when it
//! is acknowledged within five seconds of its time. Ratios are of one run; client and server share the machine.

#[expect(dead_code, reason = "the other benches measure with more of it")]
mod cpu;
#[expect(dead_code, reason = "the other benches measure with more of it")]
mod servers;
#[expect(dead_code, reason = "the other benches measure with more of it")]
mod traffic;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use servers::Server;

const EVENTS: usize = 50;
const PEAK_CONNECTIONS: usize = 32;
const CROWD_CONNECTIONS: usize = 1_000;
const OVERLOAD: f64 = 5.0;
const RUN: Duration = Duration::from_secs(10);
/// Who waits longer has gone.
const PATIENCE: Duration = Duration::from_secs(5);
/// One client stands for many.
const SETTINGS: &[(&str, &str)] = &[("STYK_SERVE_CLIENT_CONNECTIONS_MAX", "10000")];

fn main() {
    let server = Server::styk(SETTINGS);
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    let run = |connections, rate| local.block_on(&client, send(server.address, connections, rate));
    run(PEAK_CONNECTIONS, None);
    let mut most_mib = Vec::new();
    let mut measured = |connections, rate| {
        server.forget_most();
        let run = run(connections, rate);
        most_mib.push(server.resident_most_bytes() >> 20);
        run
    };
    let peak = measured(PEAK_CONNECTIONS, None);
    let overload = measured(CROWD_CONNECTIONS, Some(OVERLOAD * peak.per_second()));
    let again = measured(PEAK_CONNECTIONS, None);

    println!("batches of {EVENTS} events, {} s each\n", RUN.as_secs());
    println!("{:<34}{:>12}{:>12}{:>12}{:>12}", "", "sent/s", "202/s", "429, 503/s", "too late/s");
    let overloaded = ("five times the peak, by the clock", &overload);
    for (name, run) in [("peak, closed loop", &peak), overloaded, ("peak again", &again)] {
        let rate = |count: u64| count as f64 / RUN.as_secs_f64();
        print!("{name:<34}{:>12.0}{:>12.0}", rate(run.due), run.per_second());
        println!("{:>12.0}{:>12.0}", rate(run.shed), rate(run.late));
    }
    println!("\ngoodput under overload: {:.0} % of peak", 100.0 * overload.per_second() / peak.per_second());
    println!("most memory in each, MiB, with what was loaded before: {most_mib:?}");
}

/// What became of the batches of one run.
#[derive(Default)]
struct Run {
    /// By the clock, or as fast as answers came.
    due: u64,
    accepted: u64,
    shed: u64,
    late: u64,
}

impl Run {
    fn per_second(&self) -> f64 {
        self.accepted as f64 / RUN.as_secs_f64()
    }
}

/// Sends for [`RUN`]: `rate` batches a second in all, or each connection one as soon as its last is answered.
async fn send(address: SocketAddr, connections: usize, rate: Option<f64>) -> Run {
    let run = Rc::new(RefCell::new(Run::default()));
    let began = Instant::now();
    let senders: Vec<_> = (0..connections)
        .map(|_| tokio::task::spawn_local(send_over_one(address, began, rate, Rc::clone(&run))))
        .collect();
    for sender in senders {
        sender.await.expect("a sender does not panic");
    }
    if let Some(rate) = rate {
        // Nobody was free to send these in time.
        let mut run = run.borrow_mut();
        let due = (rate * RUN.as_secs_f64()) as u64;
        run.late += due.saturating_sub(run.due);
        run.due = run.due.max(due);
    }
    Rc::into_inner(run).expect("the senders have ended").into_inner()
}

async fn send_over_one(address: SocketAddr, began: Instant, rate: Option<f64>, run: Rc<RefCell<Run>>) {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket without delay");
    let mut batch = Batch::new();
    loop {
        let number = run.borrow().due;
        let due = rate.map_or_else(|| began.elapsed(), |rate| Duration::from_secs_f64(number as f64 / rate));
        if RUN <= due || RUN <= began.elapsed() {
            return;
        }
        run.borrow_mut().due += 1;
        tokio::time::sleep_until((began + due).into()).await;
        stream.write_all(batch.next(number)).await.expect("the server reads");
        let status = read_answer(&mut stream).await;
        let mut run = run.borrow_mut();
        match status {
            202 if began.elapsed() <= due + PATIENCE => run.accepted += 1,
            202 => run.late += 1,
            429 | 503 => run.shed += 1,
            other => panic!("the server answered {other}"),
        }
    }
}

/// The status of an answer that has a length.
async fn read_answer(stream: &mut TcpStream) -> u16 {
    let (mut answer, mut length) = ([0; 4_096], 0);
    loop {
        let read = stream.read(&mut answer[length..]).await.expect("the server answers");
        assert!(0 < read, "the server hung up");
        length += read;
        let text = std::str::from_utf8(&answer[..length]).expect("answers are text");
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let said = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if said.unwrap_or(0) <= body.len() {
                return head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
            }
        }
    }
}

/// A request of [`EVENTS`] events. Making it costs the client little: only the ids differ from one to the next.
struct Batch {
    bytes: Vec<u8>,
    ids: Vec<usize>,
    run: u64,
}

impl Batch {
    fn new() -> Self {
        let event = r#"{"id":"IIIIIIIIIIIIIIIIIIIIIIII","name":"add_to_cart","age_ms":12,"value":"39.80","currency":"EUR","items":[{"item_id":"SKU1","item_name":"Cap","item_category":"Hats","price":"19.90","quantity":2}],"cart_id":"cart-1"}"#;
        let events = vec![event; EVENTS].join(",");
        let body = format!(
            r#"{{"site":"shop","consent":"granted","visitor":"v1","context":{{"url":"https://shop.example/product/1"}},"events":[{events}]}}"#
        );
        let head = format!(
            "POST /s HTTP/1.1\r\nhost: stats.shop.example\r\norigin: https://shop.example\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let text = head + &body;
        let ids = text.match_indices("IIIIIIIIIIIIIIIIIIIIIIII").map(|(at, _)| at).collect();
        Self { bytes: text.into_bytes(), ids, run: fastrand::u64(..1 << 32) }
    }

    fn next(&mut self, number: u64) -> &[u8] {
        for (event, &at) in self.ids.iter().enumerate() {
            let id = format!("{:08x}{number:012x}{event:04x}", self.run);
            self.bytes[at..at + id.len()].copy_from_slice(id.as_bytes());
        }
        &self.bytes
    }
}
