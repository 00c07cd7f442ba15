//! Rows about many: connections, clients, addresses. The clients are this process, from addresses of 127.0.0.0/8.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::net::TcpSocket;

use super::Input;
use super::target::{Target, event, post, read_all, summary};
use crate::program::{Shop, wait_for};

/// Connections from one address, so that a client's limit is not what is seen.
const PER_ADDRESS: usize = 200;

/// Opens so many connections, from as many addresses as it takes, and writes `bytes` to each.
fn crowd(target: &Target, connections: usize, bytes: &[u8]) -> Vec<TcpStream> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|files| files < connections as u64 + 500) {
        setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address: SocketAddr = target.program.base_url().strip_prefix("http://").unwrap().parse().unwrap();
    (0..connections)
        .map(|number| {
            let from = Ipv4Addr::from_bits(0x7f01_0000 + (number / PER_ADDRESS) as u32);
            let mut stream = runtime.block_on(async {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind(SocketAddr::from((from, 0))).unwrap();
                socket.connect(address).await.unwrap().into_std().unwrap()
            });
            stream.set_nonblocking(false).unwrap();
            // A refusal may close the connection before all is written; the answer is what counts.
            stream.write_all(bytes).ok();
            stream
        })
        .collect()
}

/// Whether the server has closed the connection; whatever it said before is read.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let mut answer = [0; 1024];
    let closed = loop {
        match stream.read(&mut answer) {
            Ok(0) => break true,
            Ok(_) => {}
            Err(error) => break error.kind() != ErrorKind::WouldBlock,
        }
    };
    stream.set_nonblocking(false).unwrap();
    closed
}

fn closed_total(target: &Target, reason: &str) -> u64 {
    target.program.metric(&format!("styk_connections_closed_total{{reason=\"{reason}\"}}"))
}

const ASKS: &[u8] = b"GET /livez HTTP/1.1\r\nhost: shop.example\r\n\r\n";

/// Row 22: a byte now and then does not prolong a head; all are closed, and others are served meanwhile.
#[test]
pub(super) fn a_thousand_slow_heads_are_closed() {
    let target = Target::start(&[("STYK_SERVE_HEADER_SECONDS", "2")]);
    let mut slow = crowd(&target, 1_000, b"POST /v1/events HTTP/1.1\r\nhost: ");
    target.send_good();
    wait_for("slow connections to be closed", || {
        slow.retain_mut(|stream| stream.write_all(b"h").is_ok() && !is_closed(stream));
        target.send_good();
        slow.is_empty()
    });
    assert_eq!(closed_total(&target, "slow_head"), 1_000);
    target.check();
}

/// Row 23: ten thousand idle connections, which is all there are places for, cost little and keep nobody out; they
/// are closed in the end.
#[test]
pub(super) fn ten_thousand_idle_connections_leave_others_served() {
    let target = Target::start(&[("STYK_SERVE_IDLE_SECONDS", "20")]);
    let places = 10_000.min(getrlimit(Resource::Nofile).maximum.map_or(10_000, |files| files as usize - 1_000));
    let mut idle = crowd(&target, places, ASKS);
    for stream in &mut idle {
        let mut first = [0; 12];
        stream.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
    }
    let resident_mib = target.program.resident_kib() >> 10;
    assert!(resident_mib < 300, "{resident_mib} MiB");
    for _ in 0..20 {
        target.send_good();
        // A newcomer each time: the server makes room.
        assert_eq!(target.ask(&Input::Bytes(event("\"sequence\":1"))).0, "202");
    }
    wait_for("idle connections to be closed", || {
        idle.retain_mut(|stream| !is_closed(stream));
        idle.is_empty()
    });
    let (idle, made_room) = (closed_total(&target, "idle"), closed_total(&target, "made_room"));
    assert!(places as u64 <= idle + made_room, "{idle} and {made_room}");
    assert_eq!(target.program.metric("styk_connections_refused_total{reason=\"full\"}"), 0);
    target.check();
}

/// One client cannot take all the places, and a trusted proxy is not one client.
#[test]
fn a_client_has_so_many_connections_and_a_trusted_proxy_more() {
    let start = |proxies| {
        Target::start(&[("STYK_SERVE_CLIENT_CONNECTIONS_MAX", "8"), ("STYK_COLLECT_TRUSTED_PROXIES", proxies)])
    };
    let target = start("[]");
    let open: Vec<_> = crowd(&target, 8, ASKS);
    let refused = read_all(crowd(&target, 1, b"").pop().unwrap());
    assert_eq!(summary(&refused), "429");
    assert!(refused.contains("retry-after: 1"), "{refused}");
    assert_eq!(target.program.metric("styk_connections_refused_total{reason=\"client\"}"), 1);
    target.send_good();
    drop(open);
    wait_for("the client to be let in again", || {
        let mut again = crowd(&target, 1, ASKS).pop().unwrap();
        let mut first = [0; 12];
        again.read_exact(&mut first).is_ok_and(|()| &first == b"HTTP/1.1 200")
    });
    target.check();

    let trusting = start("[\"127.1.0.0/16\"]");
    let mut many = crowd(&trusting, 100, ASKS);
    assert!(many.iter_mut().all(|stream| !is_closed(stream)));
    assert_eq!(trusting.program.metric("styk_connections_refused_total{reason=\"client\"}"), 0);
    trusting.check();
}

/// Whoever asks and never reads is cut off, however much there is to tell him.
#[test]
fn a_client_that_does_not_read_loses_its_place() {
    let target = Target::start(&[("STYK_SERVE_UNREAD_SECONDS", "1")]);
    // Each asks for the dashboard again and again, without end.
    let ask = std::sync::Arc::new(b"GET /assets/vendor/preact.js HTTP/1.1\r\nhost: shop.example\r\n\r\n".repeat(100));
    let unread: Vec<_> = crowd(&target, 20, b"")
        .into_iter()
        .map(|mut stream| {
            let ask = std::sync::Arc::clone(&ask);
            std::thread::spawn(move || {
                stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
                while stream.write_all(&ask).is_ok() {}
            })
        })
        .collect();
    wait_for("all of them to be cut off", || {
        target.send_good();
        closed_total(&target, "unread_answer") == 20
    });
    unread.into_iter().for_each(|sender| sender.join().unwrap());
    target.check();
}

/// Row 45: through a proxy, addresses of one network without end: the limiter remembers no more than it may.
#[test]
pub(super) fn addresses_without_end_take_memory_with_an_end() {
    let target = Target::start(&[
        ("STYK_COLLECT_TRUSTED_PROXIES", "[\"127.0.0.1\"]"),
        ("STYK_COLLECT_CLIENTS_MAX", "1000"),
        ("STYK_COLLECT_CLIENT_EVENTS_PER_SECOND", "1"),
        ("STYK_COLLECT_CLIENT_EVENTS_BURST", "1000"),
    ]);
    let before_kib = target.program.resident_kib();
    let body = r#"{"site":"shop","name":"hostile","url":"https://shop.example/"}"#;
    let requests: Vec<u8> = (0..20_000)
        .flat_map(|number: u32| {
            let head = format!(
                "POST /s HTTP/1.1\r\nhost: a\r\norigin: https://shop.example\r\ncontent-length: {}\r\n",
                body.len()
            );
            format!("{head}x-forwarded-for: 2001:db8:1:{:x}::{number:x}\r\n\r\n{body}", number % 0x1_0000).into_bytes()
        })
        .collect();
    let last = post("/s", "", "");
    let stream = target.program.converse(b"");
    let mut writing = stream.try_clone().unwrap();
    let sender = std::thread::spawn(move || writing.write_all(&[requests, last].concat()).unwrap());
    let text = read_all(stream);
    sender.join().unwrap();
    let (taken, refused) = (text.matches("HTTP/1.1 202").count(), text.matches("HTTP/1.1 429").count());
    assert_eq!(taken + refused, 20_000, "{:.500}", text);
    assert!(10_000 < refused, "{refused}");
    assert!(target.program.metric("styk_collect_clients") <= 1_000 + 256);
    let grown_mib = target.program.resident_kib().saturating_sub(before_kib) >> 10;
    assert!(grown_mib < 64, "{grown_mib} MiB");
    target.check();
}

/// More than there is time for: browsers that waited long are told to come back, the others and all servers are served
/// meanwhile; when it is over, everybody is.
#[test]
fn more_than_the_server_has_time_for_is_sent_away_early() {
    let limits = ["CLIENT_EVENTS_PER_SECOND", "CLIENT_EVENTS_BURST", "SITE_EVENTS_PER_SECOND", "SITE_EVENTS_BURST"];
    let limits = limits.map(|limit| format!("STYK_COLLECT_{limit}"));
    let mut settings: Vec<_> = limits.iter().map(|limit| (limit.as_str(), "100000000")).collect();
    settings.extend([("STYK_COLLECT_STANDING_WAIT_MS", "1"), ("STYK_COLLECT_WHOLE_EVENTS_PER_SECOND", "100000000")]);
    let target = Target::start(&settings);
    let view = json!({ "name": "page_view", "url": "https://shop.example/" });
    let batch = json!({ "site": Shop::SITE, "events": vec![view; 1_000] }).to_string();
    let head = format!("POST /s HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", batch.len());
    let request = [head.as_bytes(), batch.as_bytes()].concat();
    let over = AtomicBool::new(false);
    let answers = Mutex::new(BTreeMap::<String, u32>::new());
    std::thread::scope(|scope| {
        for mut stream in crowd(&target, 64, b"") {
            let (request, over, answers) = (&request, &over, &answers);
            scope.spawn(move || {
                // Bounded, so that a test that fails ends.
                for _ in 0..500 {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    stream.write_all(request).unwrap();
                    let answer = read_answer(&mut stream);
                    *answers.lock().unwrap().entry(answer).or_default() += 1;
                }
            });
        }
        let shed = || target.program.metric("styk_events_shed_total{reason=\"overloaded\"}");
        wait_for("some to be sent away", || 20 < shed());
        for _ in 0..20 {
            target.send_good();
        }
        over.store(true, Ordering::Relaxed);
    });
    let answers = answers.into_inner().unwrap();
    assert_eq!(answers.keys().collect::<Vec<_>>(), ["202", "503 busy"], "{answers:?}");
    assert_eq!(target.ask(&Input::Bytes(event("\"sequence\":1"))).0, "202");
    target.check_counters();
}

/// The next answer of a connection that stays open.
fn read_answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with('}') {
        let mut bytes = [0; 1024];
        let read = stream.read(&mut bytes).unwrap();
        assert!(0 < read, "the server hung up after {text}");
        text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    let later = text.starts_with("HTTP/1.1 503");
    assert_eq!(text.contains("retry-after: "), later, "{text}");
    summary(&text)
}

/// Row 46: sites that are none cost nothing that stays.
#[test]
fn sites_without_end_are_not_remembered() {
    let target = Target::start(&[("STYK_COLLECT_CLIENT_EVENTS_BURST", "1000000")]);
    let before_kib = target.program.resident_kib();
    for number in 0..2_000 {
        let body = json!({ "site": format!("hostile-{number}-{}", "h".repeat(1_000)), "name": "a" });
        let answer = target.program.post("/s", "", &body).unwrap();
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (404, &json!("unknown_site")));
    }
    let grown_mib = target.program.resident_kib().saturating_sub(before_kib) >> 10;
    assert!(grown_mib < 64, "{grown_mib} MiB");
    target.check();
}

/// Bodies that stay unfinished may take so much memory together; short ones are read all the same.
#[test]
fn long_bodies_share_what_memory_there_is_for_them() {
    let target = Target::start(&[("STYK_COLLECT_BODIES_MIB_MAX", "4"), ("STYK_SERVE_BODY_SECONDS", "5")]);
    let head = format!("POST /s HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", 1 << 20);
    let unfinished = [head.as_bytes(), &vec![b' '; 1_000_000]].concat();
    let unfinished = crowd(&target, 8, &unfinished);
    target.send_good();
    let mut answers: Vec<_> = unfinished.into_iter().map(|stream| summary(&read_all(stream))).collect();
    answers.sort_unstable();
    assert_eq!(answers[..4], ["408 too_slow"; 4]);
    assert_eq!(answers[4..], ["503 busy"; 4]);
    target.check();
}

/// With few open files allowed, the server says so once, and takes as many connections as it can have.
#[test]
fn too_few_open_files_are_told_and_lived_with() {
    let shop = Shop::new();
    let program = shop.start_with_open_files(300);
    let places = 75;
    let log = program.terminate().log;
    let told = log.lines().filter(|line| line.contains("raise `ulimit -n`")).collect::<Vec<_>>();
    assert_eq!(told.len(), 1, "{log}");
    assert!(told[0].contains(&format!("\"connections\":{places}")), "{log}");
}
