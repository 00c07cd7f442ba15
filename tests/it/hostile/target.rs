//! The real server, what is sent to it byte by byte, and what must hold after each of it.

use std::io::{ErrorKind, Read};
use std::net::{Shutdown, TcpStream};

use serde_json::{Value, json};

use super::Input;
use crate::program::{Program, Shop};

/// A server with an event that was acknowledged before anything hostile came.
pub(super) struct Target {
    pub(super) shop: Shop,
    pub(super) program: Program,
    good: std::cell::RefCell<Vec<String>>,
}

impl Target {
    pub(super) fn start(settings: &[(&str, &str)]) -> Self {
        let shop = Shop::new();
        let program = shop.start(settings);
        let target = Self { shop, program, good: Default::default() };
        target.send_good();
        target
    }

    /// Sends one good event; its sender is served whatever else goes on.
    pub(super) fn send_good(&self) {
        let id = format!("good-{}", self.good.borrow().len());
        let answer = self.shop.send(&self.program, &good_event(&id));
        assert_eq!(answer.status, 202, "{}", answer.text());
        self.good.borrow_mut().push(id);
    }

    /// Sends `input` and gives what came back, and a summary of it: `202`, `400 bad_json`, `202, 400`, `closed`.
    pub(super) fn ask(&self, input: &Input) -> (String, String) {
        let text = match input {
            Input::Bytes(bytes) => read_all(self.program.converse(bytes)),
            Input::HalfClosed(bytes) => {
                let stream = self.program.converse(bytes);
                stream.shutdown(Shutdown::Write).ok();
                read_all(stream)
            }
            Input::Alone(_) => panic!("a test of its own sends this"),
        };
        (summary(&text), text)
    }

    /// Counters reconcile: all that was received became something, and all that was accepted is on disk.
    pub(super) fn check_counters(&self) {
        let metrics = self.program.get("/metrics", "").text();
        let sum = |name: &str| {
            let values = metrics.lines().filter(|line| line.starts_with(name));
            values.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum::<u64>()
        };
        let accepted = sum("styk_events_accepted_total");
        let turned_away = sum("styk_events_refused_total") + sum("styk_events_shed_total");
        assert_eq!(sum("styk_events_received_total"), accepted + turned_away, "{metrics}");
        assert_eq!(sum("styk_journal_next_sequence"), accepted, "{metrics}");
    }

    /// Every good event is stored, once; counters reconcile.
    pub(super) fn check(&self) {
        self.send_good();
        self.check_counters();
        self.program.wait_until_loaded();
        let rows = self.shop.export_rows(&self.program);
        let ids = rows.iter().filter_map(|row| row["transaction_id"].as_str());
        let mut stored: Vec<_> = ids.filter(|id| id.starts_with("good-")).collect();
        stored.sort_unstable();
        let mut good = self.good.borrow().clone();
        good.sort_unstable();
        assert_eq!(stored, good);
        assert_eq!(rows.len() as u64, self.program.metric("styk_load_loaded_total"));
    }
}

pub(super) fn good_event(id: &str) -> Value {
    json!({ "id": id, "name": "purchase", "transaction_id": id, "visitor": "v1" })
}

/// Reads until the server closes.
pub(super) fn read_all(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        // Closed with something of ours unread.
        Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {}
        Err(error) => panic!("{error} after {}", String::from_utf8_lossy(&bytes)),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Status and codes of each answer: `202, 400 bad_json`; `closed` where there is none.
pub(super) fn summary(text: &str) -> String {
    let mut answers = Vec::new();
    let mut rest = text;
    while let Some((head, behind)) = rest.split_once("\r\n\r\n") {
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        let interim = head.starts_with("HTTP/1.1 1");
        // An answer without a length goes on to the end.
        let length = if interim { 0 } else { length.unwrap_or(behind.len()).min(behind.len()) };
        answers.push(answer(head, &behind[..length]));
        rest = &behind[length..];
    }
    if answers.is_empty() { "closed".to_owned() } else { answers.join(", ") }
}

fn answer(head: &str, body: &str) -> String {
    let status = head.split(' ').nth(1).unwrap_or("?").to_owned();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let refused = body["refused"].as_array().into_iter().flatten();
    let mut codes: Vec<_> = refused.chain(body.get("error")).filter_map(|reason| reason["code"].as_str()).collect();
    codes.dedup();
    std::iter::once(status.as_str()).chain(codes).collect::<Vec<_>>().join(" ")
}

/// Who may ask what, as header lines.
pub(super) struct Senders {
    pub(super) collect: String,
    pub(super) read: String,
    pub(super) revoked: String,
    pub(super) rival_collect: String,
    pub(super) rival_read: String,
    pub(super) cookie: String,
}

/// A header line.
pub(super) fn bearer(secret: &str) -> String {
    format!("authorization: Bearer {secret}\r\n")
}

/// A request that closes its connection; `headers` end with a line break each.
pub(super) fn request(line: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("{line} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// A request with a body of a length.
pub(super) fn post(path: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    request(&format!("POST {path}"), &format!("{headers}content-length: {}\r\n", body.len()), body)
}

/// A browser on a page of the shop sends this.
pub(super) fn from_page(body: impl AsRef<[u8]>) -> Vec<u8> {
    post("/s", "origin: https://shop.example\r\n", body)
}

/// The same, of one event with these fields.
pub(super) fn event(fields: &str) -> Vec<u8> {
    from_page(format!(r#"{{"site":"shop","events":[{{"name":"hostile","url":"https://shop.example/",{fields}}}]}}"#))
}
