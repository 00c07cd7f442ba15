//! Twenty shops of unequal size, as `styk demo` makes them, sent to a server of their own and loaded by it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use styk::commands::demo::{History, Simulation, WireBatch};

use crate::{cpu, memory};

/// Thousandths of all events that each shop has. The one that single questions are asked about has 50.
pub(crate) const SHARES: [u32; 20] = [200, 150, 110, 85, 70, 60, 50, 45, 40, 35, 30, 25, 20, 18, 16, 14, 12, 10, 6, 4];
/// The place of the shop with a twentieth of all events.
pub(crate) const ASKED: usize = 6;
/// How long the past of the shops is.
pub(crate) const DAYS: u32 = 90;
/// The end of their past.
pub(crate) const NOW: &str = "2026-11-22T16:20:00Z";
/// What a visitor of the demo does, on average.
const EVENTS_OF_A_VISITOR: f64 = 15.66;
const SENDERS: usize = 3;
const LISTENS: &str = "listens on http://";
/// How long one answer is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

/// What filling cost.
pub(crate) struct Filled {
    pub(crate) events: u64,
    pub(crate) wall: Duration,
    /// Of the server, until everything was loaded.
    pub(crate) cpu: Duration,
    pub(crate) resident_most_bytes: u64,
    /// Loaded events a second of the server's CPU time, over the first and the last tenth.
    pub(crate) rates: (f64, f64),
}

/// Sends about `events` events of twenty shops to a server on `data`, waits until they are loaded, and stops it.
pub(crate) fn fill(data: &Path, events: u64) -> Filled {
    let server = Server::start(data);
    let (queue, waiting) = sync_channel::<Vec<u8>>(64);
    let senders = start_senders(server.address, waiting);
    let began = Instant::now();
    let mut sent = 0;
    let mut marks = vec![server.loaded()];
    for (shop, batch) in Crowd::new(events) {
        sent += batch.events.len() as u64;
        queue.send(request(&server.secrets[shop], &batch)).expect("a sender waits");
        if marks.len() as u64 * events / 10 <= sent {
            marks.push(server.loaded());
        }
    }
    drop(queue);
    senders.into_iter().for_each(|sender| sender.join().expect("the server takes all"));
    let cpu = server.wait_until_loaded(sent);
    marks.push((sent, cpu));
    let rate = |from: (u64, Duration), to: (u64, Duration)| (to.0 - from.0) as f64 / (to.1 - from.1).as_secs_f64();
    let rates = (rate(marks[0], marks[1]), rate(marks[marks.len() - 2], marks[marks.len() - 1]));
    let filled =
        Filled { events: sent, wall: began.elapsed(), cpu, resident_most_bytes: server.resident_most_bytes(), rates };
    server.stop();
    filled
}

/// Batches of all shops in the order of time, each with its shop's place.
struct Crowd {
    shops: Vec<(History, Option<WireBatch>)>,
}

impl Crowd {
    fn new(events: u64) -> Self {
        let shop = |(place, share): (usize, &u32)| {
            let visitors = events as f64 * f64::from(*share) / 1_000.0 / EVENTS_OF_A_VISITOR;
            let mut history = History::new(&Simulation {
                seed: place as u64 + 1,
                now: NOW.parse().expect("a moment"),
                days: DAYS,
                visitors: visitors.round() as u32,
                site: site(place),
                origin: "https://shop.example".to_owned(),
            });
            let first = history.next();
            (history, first)
        };
        Self { shops: SHARES.iter().enumerate().map(shop).collect() }
    }
}

impl Iterator for Crowd {
    type Item = (usize, WireBatch);

    fn next(&mut self) -> Option<Self::Item> {
        let begins = |batch: &WireBatch| batch.events[0].occurred_at_ms;
        let waiting = self.shops.iter().enumerate();
        let waiting = waiting.filter_map(|(place, (_, batch))| Some((begins(batch.as_ref()?), place)));
        let (_, place) = waiting.min()?;
        let (history, batch) = &mut self.shops[place];
        std::mem::replace(batch, history.next()).map(|batch| (place, batch))
    }
}

/// The key of the shop at a place.
fn site(place: usize) -> String {
    format!("shop{place}")
}

fn request(secret: &str, batch: &WireBatch) -> Vec<u8> {
    let body = serde_json::to_vec(batch).expect("a batch is JSON");
    let length = body.len();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nhost: stats.example\r\nauthorization: Bearer {secret}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.into_bytes(), body].concat()
}

fn start_senders(address: SocketAddr, waiting: Receiver<Vec<u8>>) -> Vec<JoinHandle<()>> {
    let waiting = Arc::new(Mutex::new(waiting));
    let start = |_| {
        let waiting = Arc::clone(&waiting);
        std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).expect("the server listens");
            stream.set_read_timeout(Some(PATIENCE)).expect("a socket with a time limit");
            loop {
                let next = waiting.lock().expect("no sender panics").recv();
                let Ok(request) = next else { return };
                while !is_taken(&mut stream, &request) {
                    std::thread::sleep(Duration::from_millis(200));
                }
            }
        })
    };
    (0..SENDERS).map(start).collect()
}

/// Sends a request; whether it was accepted, and not put off.
fn is_taken(stream: &mut TcpStream, request: &[u8]) -> bool {
    stream.write_all(request).expect("the server reads");
    let (mut answer, mut length) = ([0; 4_096], 0);
    loop {
        let read = stream.read(&mut answer[length..]).expect("the server answers");
        assert!(0 < read, "the server hung up");
        length += read;
        let text = std::str::from_utf8(&answer[..length]).expect("answers are text");
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let said = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if said.unwrap_or(0) <= body.len() {
            match head.split(' ').nth(1) {
                Some("202") => return true,
                Some("429" | "503") => return false,
                _ => panic!("{text}"),
            }
        }
    }
}

/// A server in a process of its own.
struct Server {
    child: Child,
    address: SocketAddr,
    /// Of each shop, the secret of a key to send with.
    secrets: Vec<String>,
}

impl Server {
    fn start(data: &Path) -> Self {
        let command = |words: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_styk"));
            command.arg("--data").arg(data).args(words);
            command
        };
        let said = |words: &[&str]| {
            let output = command(words).output().expect("the program runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).expect("it says text").trim().to_owned()
        };
        let secret = |place| {
            said(&["site", "add", &site(place), "--domain", "shop.example"]);
            said(&["key", "add", "--site", &site(place), "--scope", "collect", "--name", "bench"])
        };
        let secrets = (0..SHARES.len()).map(secret).collect();
        let mut serve = command(&["serve", "--listen", "127.0.0.1:0"]);
        for who in ["CLIENT", "SITE", "SERVER", "WHOLE"] {
            serve.env(format!("STYK_COLLECT_{who}_EVENTS_PER_SECOND"), "10000000");
            serve.env(format!("STYK_COLLECT_{who}_EVENTS_BURST"), "10000000");
        }
        let mut child = serve.stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once(LISTENS)?.1.parse().ok()).expect("the server listens");
        std::thread::spawn(move || lines.for_each(|line| eprintln!("{line}")));
        Self { child, address, secrets }
    }

    fn cpu(&self) -> Duration {
        cpu::of_process(&self.child.id().to_string())
    }

    /// How many events questions see, and the CPU time until now.
    fn loaded(&self) -> (u64, Duration) {
        let answer = ureq::get(format!("http://{}/metrics", self.address)).call();
        let text = answer.and_then(|mut answer| answer.body_mut().read_to_string()).expect("the server's metrics");
        let rows = text.lines().find_map(|line| line.strip_prefix("styk_store_rows ")?.parse().ok());
        (rows.unwrap_or(0), self.cpu())
    }

    /// Waits until questions see all that was sent; gives the CPU time.
    fn wait_until_loaded(&self, events: u64) -> Duration {
        loop {
            let (loaded, cpu) = self.loaded();
            if loaded == events {
                return cpu;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    fn resident_most_bytes(&self) -> u64 {
        memory::resident_most_bytes(&self.child.id().to_string())
    }

    /// Lets it flush and end.
    fn stop(mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.expect("there is a `kill`").success());
        assert!(self.child.wait().expect("it ends").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
