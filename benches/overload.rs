//! What is left of the server's goodput when five times as much is sent as it can take, and how much memory that needs.
//!
//! `cargo bench --bench overload`. First as many connections as keep it busy send batches of 50 events one after the
//! other: the peak. Then a thousand connections have five times the peak to send, by the clock. Each waits for its
//! answer before it sends again, as clients do, so the server may slow them down instead of turning them away; what was
//! due meanwhile stays unsent. A batch counts when it is acknowledged within five seconds. Ratios are of one run;
//! client and server share the machine.

mod memory;

use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const EVENTS: usize = 50;
const PEAK_CONNECTIONS: usize = 32;
const CROWD_CONNECTIONS: usize = 1_000;
const OVERLOAD: f64 = 5.0;
const RUN: Duration = Duration::from_secs(10);
/// Who waits longer has gone.
const PATIENCE: Duration = Duration::from_secs(5);
const LISTENS: &str = "listens on http://";

fn main() {
    let server = Server::start();
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    let run = |connections, rate| local.block_on(&client, send(server.address, connections, rate));
    run(PEAK_CONNECTIONS, None);
    let mut most_mib = Vec::new();
    let mut measured = |connections, rate| {
        server.forget_most();
        let run = run(connections, rate);
        most_mib.push(server.resident_most_mib());
        run
    };
    let peak = measured(PEAK_CONNECTIONS, None);
    let overload = measured(CROWD_CONNECTIONS, Some(OVERLOAD * peak.per_second()));
    let again = measured(PEAK_CONNECTIONS, None);

    println!("batches of {EVENTS} events, {} s each\n", RUN.as_secs());
    println!("{:<34}{:>12}{:>12}{:>12}{:>12}{:>12}", "", "due/s", "unsent/s", "202/s", "429, 503/s", "too late/s");
    let overloaded = ("five times the peak, by the clock", &overload);
    for (name, run) in [("peak, closed loop", &peak), overloaded, ("peak again", &again)] {
        let rate = |count: u64| count as f64 / RUN.as_secs_f64();
        print!("{name:<34}{:>12.0}{:>12.0}{:>12.0}", rate(run.due), rate(run.unsent), run.per_second());
        println!("{:>12.0}{:>12.0}", rate(run.shed), rate(run.late));
    }
    println!("\ngoodput under overload: {:.0} % of peak", 100.0 * overload.per_second() / peak.per_second());
    println!("most memory in each, MiB, with what was loaded before: {most_mib:?}");
}

/// A server in a process of its own; dropped, it is killed.
struct Server {
    child: Child,
    address: SocketAddr,
    _data: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
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
        // One client stands for many: it has no limits of its own. The others are as they come.
        serve.env("STYK_SERVE_CLIENT_CONNECTIONS_MAX", "10000");
        for limit in ["CLIENT_EVENTS_PER_SECOND", "CLIENT_EVENTS_BURST", "SITE_EVENTS_PER_SECOND", "SITE_EVENTS_BURST"]
        {
            serve.env(format!("STYK_COLLECT_{limit}"), "10000000");
        }
        let mut child = serve.stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once(LISTENS)?.1.parse().ok()).expect("the server listens");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, _data: data }
    }

    /// The most memory there was since [`forget_most`](Self::forget_most).
    fn resident_most_mib(&self) -> u64 {
        memory::resident_most_bytes(&self.child.id().to_string()) >> 20
    }

    fn forget_most(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("the server runs");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What became of the batches of one run.
#[derive(Default)]
struct Run {
    /// By the clock, or as fast as answers came.
    due: u64,
    /// Every connection waited for an answer when these were due.
    unsent: u64,
    accepted: u64,
    shed: u64,
    late: u64,
}

impl Run {
    /// The batch that a free connection sends next, `elapsed` after the beginning: its number, and when it is due. Those
    /// whose time has passed are left out.
    fn next(&mut self, elapsed: Duration, rate: Option<f64>) -> Option<(u64, Duration)> {
        let number = rate.map_or(self.due, |rate| self.due.max((elapsed.as_secs_f64() * rate) as u64));
        let due = rate.map_or(elapsed, |rate| Duration::from_secs_f64(number as f64 / rate));
        if RUN <= due {
            return None;
        }
        self.unsent += number - self.due;
        self.due = number + 1;
        Some((number, due))
    }

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
    Rc::into_inner(run).expect("the senders have ended").into_inner()
}

async fn send_over_one(address: SocketAddr, began: Instant, rate: Option<f64>, run: Rc<RefCell<Run>>) {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket without delay");
    let mut batch = Batch::new();
    loop {
        let next = run.borrow_mut().next(began.elapsed(), rate);
        let Some((number, due)) = next else { return };
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
