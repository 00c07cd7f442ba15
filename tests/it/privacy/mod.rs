//! What is about people does not reach the disk: everything that may carry an address, an e-mail or a secret carries
//! one, and then every byte of the data directory is searched for it.

mod crashes;
mod erasure;
mod retention;
mod story;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use styk::control::Control;
use styk::domain::time::{DAY_MS, Timestamp};

use crate::program::{Program, Shop};

/// Addresses that are sent, in the form in which they are sent; the loopback address of the tests' own connections
/// stands in `server.json`, so proxies and keys bring these.
const ADDRESSES: [&str; 5] = [
    "198.51.100.77",
    "203.0.113.201",
    "2001:db8:77::abcd",
    "2001:0DB8:0078:0000:0000:0000:0000:BEEF",
    "::ffff:198.51.100.99",
];

/// What must be found nowhere: the addresses, and a mark that stands in every e-mail and every secret of [`email`] and
/// [`token`]. Part of one would be too much as well.
const MARKS: [&str; 5] = ["zzq", "ZZQ", "kPqLm3TtR9vWy2Ab", "hbGciOiJIUzI1NiJ9", "c0ffee00deadbeef"];

/// An e-mail address for `field`, in one of the ways to write it.
fn email(field: &str, form: usize) -> String {
    match form % 4 {
        0 => format!("zzq{field}@mail.example"),
        1 => format!("ZZQ{}@MAIL.EXAMPLE", field.to_uppercase()),
        2 => format!("zzq{field}%40mail.example"),
        _ => format!("zzq{field}%2540mail.example"),
    }
}

/// A secret.
fn token(form: usize) -> String {
    match form % 3 {
        0 => format!("Qx{form:03}kPqLm3TtR9vWy2Ab{form:03}Zz"),
        1 => format!("eyJ{form:03}hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x"),
        _ => format!("deadbeef{form:08}c0ffee00deadbeef"),
    }
}

/// Both in one text.
fn text(field: &str, form: usize) -> String {
    format!("from {} with {} bye", email(field, form), token(form))
}

/// The fields in which an id is expected: one word, an e-mail address or a secret.
const IDS: [&str; 3] = ["customer", "cart_id", "visitor"];

/// Every event that tries to smuggle something in, in each form.
fn smuggling_events() -> Vec<Value> {
    (0..12)
        .flat_map(|form| {
            let mut events = vec![smuggling_texts(form), smuggling_address(form)];
            for id in IDS {
                events.push(json!({ "name": "ids", id: email(id, form), "consent": "granted" }));
                events.push(json!({ "name": "ids", id: token(form), "consent": "granted" }));
            }
            let order = email("order", form);
            events.push(
                json!({ "name": "ids", "transaction_id": order, "items": [{ "item_id": email("article", form) }] }),
            );
            events
        })
        .collect()
}

fn smuggling_texts(form: usize) -> Value {
    let text = |field: &str| text(field, form);
    let campaign: BTreeMap<_, _> =
        ["source", "medium", "name", "term", "content"].map(|part| (part, text(part))).into();
    json!({
        "name": "search",
        "title": text("title"),
        "touchpoint": text("touchpoint"),
        "channel": text("channel"),
        "user_agent": format!("Mozilla/5.0 ({})", text("agent")),
        "language": "pl",
        "cart_id": "wholesome",
        "campaign": campaign,
        "items": [{
            "item_id": "SKU1",
            "item_name": text("item"),
            "item_category": text("category"),
            "item_brand": text("brand"),
            "item_variant": text("variant"),
        }],
        "properties": {
            "search_term": text("term2"),
            "nested": { "list": [text("list")], email("innername", form): 1 },
            email("name", form): true,
            "link": format!("see HTTPS://shop.example/a?mail={}#x", text("link").replace(' ', "+")),
            "mailto": format!("mailto:{}", email("mailto", form)),
        },
        "unknown_field": text("unknown"),
    })
}

fn smuggling_address(form: usize) -> Value {
    let part = |field: &str| text(field, form).replace(' ', "%20");
    json!({
        "name": "page_view",
        "url": format!(
            "https://{}:{}@shop.example/account/{}/orders;s={}?{}&email={}&q={}&utm_source={}&utm_term={}#{}",
            "user", part("password"), part("path"), part("matrix"), part("bare"), part("email"), part("q"),
            part("utmsource"), part("utmterm"), part("fragment"),
        ),
        "referrer": format!("https://search.example/{}?q={}#{}", part("refpath"), part("refquery"), part("refhash")),
        "session": part("session"),
    })
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Where in the data directory, or in what it exports, one of the secrets stands.
fn found(data: &Path, exported: &[u8], marks: &[&str]) -> Vec<String> {
    let read = |path: PathBuf| (path.display().to_string(), std::fs::read(&path).unwrap());
    let mut places: Vec<_> = files(data).into_iter().map(read).collect();
    assert!(places.iter().any(|(path, _)| path.ends_with(".journal")) && 4 < places.len());
    places.push(("the export".to_owned(), exported.to_vec()));
    let mut found = Vec::new();
    for (place, bytes) in &places {
        let there = marks.iter().filter(|mark| holds(bytes, mark.as_bytes()));
        found.extend(there.map(|mark| format!("{mark} in {place}")));
    }
    found
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

fn send_as_everybody(shop: &Shop, program: &Program, events: &[Value]) {
    // By a server, which says whose address it was.
    for (index, event) in events.iter().enumerate() {
        let mut event = event.clone();
        event["ip"] = json!(ADDRESSES[index % ADDRESSES.len()]);
        let answer = shop.send(program, &event);
        assert_eq!(answer.status, 202, "{event:#}\n{}", answer.text());
    }
    // By browsers behind a proxy.
    let body = json!({ "site": "shop", "events": events }).to_string();
    for address in ADDRESSES {
        let headers =
            format!("origin: https://shop.example\r\nx-forwarded-for: {address}\r\nforwarded: for={address}\r\n");
        let head = format!(
            "POST /s HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = program.converse(&[head.as_bytes(), body.as_bytes()].concat());
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stream, &mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 202 "), "{text}");
    }
}

#[test]
fn nothing_about_a_person_reaches_the_disk() {
    let shop = Shop::new();
    let settings = [
        ("STYK_COLLECT_TRUSTED_PROXIES", r#"["127.0.0.1"]"#),
        ("STYK_STORE_FLUSH_ROWS", "50"),
        ("STYK_JOURNAL_SEGMENT_MIB", "1"),
    ];
    let program = shop.start(&settings);
    let events = smuggling_events();
    let secrets: Vec<_> = ADDRESSES.iter().chain(&MARKS).copied().collect();
    send_as_everybody(&shop, &program, &events);
    // The same id with other content, so that something is among the failed events too.
    let conflicting = |event: &Value| json!({ "id": "once", "name": "a", "properties": event["properties"] });
    for event in [&events[0], &json!({ "properties": { "other": 1 } })] {
        assert_eq!(shop.send(&program, &conflicting(event)).status, 202);
    }
    program.wait_until_loaded();
    assert_eq!(program.metric("styk_account_quarantined_events"), 1);
    let exported = shop.export(&program, "jsonl");
    // Some of it only in the write-ahead log, some in the file.
    assert_eq!(found(shop.data.path(), &exported, &secrets), Vec::<String>::new());
    assert!(!program.get("/metrics", "").text().contains("zzq"));
    let end = program.terminate();
    assert_eq!(found(shop.data.path(), end.log.as_bytes(), &secrets), Vec::<String>::new());
    // The search can find: what is no secret is there.
    let places = found(shop.data.path(), &exported, &["SKU1", "wholesome"]);
    assert!(places.iter().any(|place| place.ends_with(".journal")), "{places:?}");
    assert!(places.iter().any(|place| place.ends_with("the export")), "{places:?}");
}

#[test]
fn the_ids_of_two_days_cannot_be_linked_once_the_day_is_over() {
    let data = tempfile::tempdir().unwrap();
    let salt_of = |control: &Control, at: Timestamp| control.visitor_keys(at).salt;
    let morning = Timestamp::parse("2026-11-25T00:00:00Z").unwrap();
    let control = Control::open(data.path()).unwrap();
    let first = salt_of(&control, morning);
    assert_eq!(salt_of(&control, morning.plus_ms(DAY_MS - 1)), first, "one day, one salt");
    drop(control);
    let control = Control::open(data.path()).unwrap();
    assert_eq!(salt_of(&control, morning.plus_ms(DAY_MS / 2)), first, "a restart within the day keeps it");
    let written: Value = serde_json::from_slice(&std::fs::read(data.path().join("salt")).unwrap()).unwrap();
    let text = written["salt"].as_str().unwrap().to_owned();
    assert!(
        files(data.path()).iter().any(|path| holds(&std::fs::read(path).unwrap(), text.as_bytes())),
        "the search can find it"
    );

    let second = salt_of(&control, morning.plus_ms(DAY_MS));
    assert_ne!(second, first);
    for path in files(data.path()) {
        let bytes = std::fs::read(&path).unwrap();
        assert!(!holds(&bytes, text.as_bytes()), "yesterday's salt is still in {}", path.display());
        assert!(!holds(&bytes, &first), "{}", path.display());
    }
    drop(control);
    let control = Control::open(data.path()).unwrap();
    assert_eq!(salt_of(&control, morning.plus_ms(DAY_MS)), second);
    assert_ne!(salt_of(&control, morning.plus_ms(2 * DAY_MS)), second);
}
