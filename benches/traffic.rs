//! What browsers send, and how long they wait for the answer.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const CONNECTIONS: usize = 64;
pub(crate) const BATCH_EVENTS: usize = 50;
/// The funnel over everything that is sent here.
pub(crate) const FUNNEL: &str = r#"{"from":"2020-01-01","to":"2100-01-01","steps":[{"event":"view_item"},{"event":"add_to_cart"},{"event":"begin_checkout"},{"event":"purchase"}]}"#;

/// The carts of the same.
pub(crate) const CARTS: &str = r#"{"from":"2020-01-01","to":"2029-01-01"}"#;

/// So many threads share the steady traffic of 1,000 events a second.
const STEADY_SENDERS: usize = 16;
const STEADY_PAUSE: Duration = Duration::from_millis(16);

/// Sends one request after the other on each connection, with these numbers in all.
pub(crate) fn send(address: SocketAddr, numbers: std::ops::Range<usize>, request: fn(usize) -> Vec<u8>) {
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    client.block_on(async {
        let mut senders = tokio::task::JoinSet::new();
        for connection in 0..CONNECTIONS.min(numbers.len()) {
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
    });
}

async fn exchange(stream: &mut TcpStream, request: &[u8]) {
    stream.write_all(request).await.expect("the server reads");
    let (mut answer, mut length) = ([0; 4_096], 0);
    while !is_whole(&answer[..length]) {
        let read = stream.read(&mut answer[length..]).await.expect("the server answers");
        assert!(0 < read, "the server hung up");
        length += read;
    }
}

/// Sends 1,000 single events a second, from number `first` on; gives the time from when each was due to its answer.
pub(crate) fn steady(address: SocketAddr, first: usize, how_long: Duration) -> Vec<Duration> {
    let begin = Instant::now() + STEADY_PAUSE;
    let senders: Vec<_> = (0..STEADY_SENDERS)
        .map(|sender| std::thread::spawn(move || send_steadily(address, first + sender, begin, how_long)))
        .collect();
    senders.into_iter().flat_map(|sender| sender.join().expect("a sender does not panic")).collect()
}

fn send_steadily(address: SocketAddr, mut number: usize, begin: Instant, how_long: Duration) -> Vec<Duration> {
    let mut stream = std::net::TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("a socket without delay");
    // One after the other, evenly.
    let mut due = begin + STEADY_PAUSE.mul_f64((number % STEADY_SENDERS) as f64 / STEADY_SENDERS as f64);
    let mut waits = Vec::new();
    while due < begin + how_long {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        stream.write_all(&single(number)).expect("the server reads");
        let (mut answer, mut length) = ([0; 4_096], 0);
        while !is_whole(&answer[..length]) {
            let read = stream.read(&mut answer[length..]).expect("the server answers");
            assert!(0 < read, "the server hung up");
            length += read;
        }
        waits.push(due.elapsed());
        due += STEADY_PAUSE;
        number += STEADY_SENDERS;
    }
    waits
}

/// Whether `answer` is a 202 with its whole body.
fn is_whole(answer: &[u8]) -> bool {
    let text = std::str::from_utf8(answer).expect("answers are text");
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let whole = length.unwrap_or(0) <= body.len();
    assert!(!whole || text.starts_with("HTTP/1.1 202"), "{text}");
    whole
}

/// What the snippet sends for one `add_to_cart`.
pub(crate) fn single(number: usize) -> Vec<u8> {
    request(number / 8, number % 500, &event(number, number % 500, "add_to_cart"))
}

/// What a page sends that was busy, or offline, for a while: 50 events.
pub(crate) fn batch(number: usize) -> Vec<u8> {
    let names = ["page_view", "view_item", "view_item", "view_item", "add_to_cart", "begin_checkout", "purchase"];
    let events: Vec<_> = (0..BATCH_EVENTS)
        .map(|index| event((1 << 40) + number * BATCH_EVENTS + index, (number + index) % 500, names[index % 7]))
        .collect();
    request(number, number % 500, &events.join(","))
}

fn event(number: usize, product: usize, name: &str) -> String {
    let visitor = number / 8;
    format!(
        r#"{{"id":"5f0c9f2e-7d1a-4c3b-9a57-{number:012x}","name":"{name}","age_ms":12,"sequence":2,"value":"39.80","currency":"EUR","items":[{{"item_id":"SKU{product}","item_name":"Cap","item_brand":"Wool & Co","item_category":"Hats","price":"19.90","quantity":2}}],"cart_id":"cart-{visitor}"}}"#
    )
}

fn request(visitor: usize, product: usize, events: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"site":"shop","sent_at":"2026-11-22T10:00:02.000Z","consent":"granted","visitor":"0b6f1d7c-52a4-4a7e-8f0d-{visitor:012x}","context":{{"url":"https://shop.example/product/{product}?utm_source=news","referrer":"https://shop.example/","title":"Cap","language":"pl-PL","screen":[1280,720]}},"events":[{events}]}}"#
    );
    let head = format!(
        "POST /s HTTP/1.1\r\nhost: stats.shop.example\r\norigin: https://shop.example\r\ncontent-type: text/plain;charset=UTF-8\r\nuser-agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36\r\naccept: */*\r\naccept-encoding: gzip, deflate, br\r\naccept-language: pl-PL\r\nreferer: https://shop.example/\r\nsec-fetch-mode: no-cors\r\nsec-fetch-site: same-site\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head, body].concat().into_bytes()
}
