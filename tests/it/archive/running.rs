//! The real server archives what arrived on past days; other programs read the files, and `styk check` the whole,
//! while it runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use styk::domain::event::{Batch, ClickId, Item};
use styk::domain::money::{Currency, Money};
use styk::domain::name::Label;

use super::place::{append, batch, on_day};
use super::plain_event;
use crate::program::{Program, Shop, wait_for};

/// Everything goes into the file at once, and the archive looks every second.
const SETTINGS: &[(&str, &str)] = &[
    ("STYK_STORE_FLUSH_ROWS", "1"),
    ("STYK_STORE_FLUSH_AFTER_SECONDS", "1"),
    ("STYK_ARCHIVE_LOOK_SECONDS", "1"),
    ("STYK_ARCHIVE_ROUND_EVENTS_MAX", "50"),
    // The journal keeps all of it, though it is older than three days.
    ("STYK_JOURNAL_KEEP_HOURS", "1000000"),
];

fn label(text: &str) -> Option<Label> {
    Some(Label::parse(text).unwrap())
}

/// 120 events of two days, one in three a purchase of 19.90, and one event sent twice with other contents.
fn past() -> Vec<Batch> {
    let euro = Currency::parse("EUR").unwrap();
    let batches = (0..12).map(|number| {
        let events = (0..10).map(|index| {
            let mut event = plain_event(if index % 3 == 0 { "purchase" } else { "view_item" });
            if index % 3 == 0 {
                event.commerce.value = Money::from_minor(1_990, euro);
                let none = None;
                event.commerce.items = vec![Item {
                    item_id: label("SKU \"1\""),
                    item_name: none.clone(),
                    item_category: none.clone(),
                    item_brand: none.clone(),
                    item_variant: none,
                    price_minor: Some(1_990),
                    currency: Some(euro),
                    quantity: 1,
                }];
            }
            event.arrival.campaign.click = Some(ClickId::Google);
            event.properties = Some("{\"note\":\"żółw\"}".to_owned());
            event
        });
        batch(1, on_day(number / 6, number % 6), events.collect())
    });
    let mut batches: Vec<Batch> = batches.collect();
    let mut other = batches[0].events[0].clone();
    other.name = plain_event("refund").name;
    batches.push(batch(1, on_day(1, 23), vec![other]));
    batches
}

fn archived_shop() -> (Shop, Program) {
    let shop = Shop::new();
    append(&shop.data.path().join("journal"), &past());
    let program = shop.start(SETTINGS);
    wait_for("the archive", || program.metric("styk_archive_through_sequence") == 121);
    (shop, program)
}

/// What DuckDB and pyarrow from PyPI find in the archive.
fn read_with_python(archive: &Path) -> Value {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let python =
        std::env::var_os("STYK_TEST_PYTHON").map_or_else(|| root.join("target/python/bin/python"), PathBuf::from);
    assert!(python.exists(), "there is no Python at {}; `./check` installs it", python.display());
    let output = Command::new(python).arg(root.join("tests/it/read_archive.py")).arg(archive).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What `styk check` prints, and whether it found everything in order.
fn check(data: &Path) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_styk")).arg("--data").arg(data).arg("check").output().unwrap();
    let (said, error) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned());
    let lines = said.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}{error}");
    (format!("{lines}\n{error}").replace(&format!("{}/", data.display()), ""), output.status.success())
}

#[test]
fn other_programs_read_the_archive_while_the_server_runs() {
    let (shop, program) = archived_shop();
    let found = read_with_python(&shop.data.path().join("archive"));
    let expected = json!({
        "events": { "purchase": 48, "view_item": 72 },
        "days": { "2026-11-20": 60, "2026-11-21": 60 },
        "ids": 120,
        "value_minor": 48 * 1_990,
        "skus": ["SKU \"1\""],
        "notes": ["żółw"],
    });
    assert_eq!(found["duckdb"], expected);
    assert_eq!(found["pyarrow"], expected);
    assert_eq!(found["failed"], json!([["same_id_other_content", 120]]));
    assert_eq!(found["schemas"], json!(["1"]));
    assert_eq!(program.metric("styk_archive_events"), 120);
    assert_eq!(program.metric("styk_archive_rounds"), 3);
    assert_eq!(program.metric("styk_archive_refused_total"), 0);
}

#[test]
fn kills_while_it_archives_lose_nothing_and_double_nothing() {
    let shop = Shop::new();
    append(&shop.data.path().join("journal"), &past());
    // Thirteen rounds, so that most kills fall into one; and segments go behind them.
    let changed = [("STYK_ARCHIVE_ROUND_EVENTS_MAX", "10"), ("STYK_JOURNAL_KEEP_HOURS", "72")];
    let settings: Vec<_> = SETTINGS.iter().copied().chain(changed).collect();
    let mut random = fastrand::Rng::with_seed(20_261_125);
    for _ in 0..12 {
        let program = shop.start(&settings);
        std::thread::sleep(Duration::from_millis(random.u64(0..250)));
        program.kill9();
    }
    let program = shop.start(&settings);
    wait_for("the archive", || program.metric("styk_archive_through_sequence") == 121);
    assert_eq!((program.metric("styk_archive_events"), program.metric("styk_archive_rounds")), (120, 13));
    let first_segment = || styk::journal::segment_starts(&shop.data.path().join("journal")).unwrap()[0];
    wait_for("the segments to go", || 0 < first_segment());
    let (said, whole) = check(shop.data.path());
    assert!(whole, "{said}");
    // What was sent is still there once, though half of the journal is gone.
    assert_eq!(shop.export_rows(&program).len(), 120);
}

#[test]
fn a_sequence_that_is_archived_is_not_given_out_again() {
    let (shop, program) = archived_shop();
    assert!(program.terminate().status.success());
    for folder in ["journal", "store"] {
        fs::remove_dir_all(shop.data.path().join(folder)).unwrap();
    }
    let program = shop.start(SETTINGS);
    assert_eq!(program.metric("styk_journal_next_sequence"), 121);
    let sent = shop.send(&program, &json!({ "site": "shop", "events": [{ "name": "page_view", "visitor": "v1" }] }));
    assert_eq!(sent.status, 202);
    assert_eq!(program.metric("styk_journal_next_sequence"), 122);
}

#[test]
fn a_check_says_the_same_with_and_without_a_server() {
    let (shop, program) = archived_shop();
    let data = shop.data.path();
    let (said, whole) = check(data);
    assert!(whole, "{said}");
    assert!(said.contains("counted by the running server ok\n"), "{said}");
    assert!(program.terminate().status.success());
    let (said_after, whole) = check(data);
    assert!(whole, "{said_after}");
    assert_eq!(said_after, said.replace("counted by the running server", "counted here"));
    let lines = [
        "journal 13 records in",
        "archive 120 events and 1 failed ones in 5 files of 3 rounds, sequences 0 to 121 ok",
        "store 120 events in",
        "agreement archive and store hold the same events below 121 ok",
    ];
    for line in lines {
        assert!(said.contains(line), "no `{line}` in\n{said}");
    }
}

/// Of DuckDB's file: what stands before its blocks, and how long these are.
const HEADER_BYTES: usize = 3 * 4_096;
const BLOCK_BYTES: usize = 256 << 10;

#[test]
fn a_check_finds_each_kind_of_damage() {
    let (shop, program) = archived_shop();
    assert!(program.terminate().status.success());
    let data = shop.data.path();
    let archive = data.join("archive");
    let found = |path: &Path, change: &dyn Fn(&mut Vec<u8>), expected: &str| {
        let before = fs::read(path).unwrap();
        let mut bytes = before.clone();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
        let (said, whole) = check(data);
        assert!(!whole && said.contains(expected), "no `{expected}` in\n{said}");
        fs::write(path, before).unwrap();
    };
    let flip = |bytes: &mut Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    };
    let range = "00000000000000000000-00000000000000000050";
    let parquet = archive.join(format!("1/2026-11-20/{range}.parquet"));
    found(&parquet, &flip, "is damaged: 50 events of the sequences 0 to 50 (excluded) are not readable");
    let round = archive.join(format!("rounds/{range}.json"));
    found(&round, &flip, "in the store, but not archived BAD");
    let segment = fs::read_dir(data.join("journal")).unwrap().map(|entry| entry.unwrap().path()).min().unwrap();
    found(&segment, &|bytes| bytes[400] ^= 1, "sequences 0 to 10 are lost BAD");
    // Some blocks are free, and some are read to open the file. The others are found only by who reads all of it.
    let file = data.join("store/events.duckdb");
    let before = fs::read(&file).unwrap();
    let says_so = |start: usize| {
        let mut bytes = before.clone();
        bytes[start + BLOCK_BYTES / 2] ^= 1;
        fs::write(&file, bytes).unwrap();
        let (said, whole) = check(data);
        !whole && said.contains("count what it holds") && said.contains("`styk rebuild` makes it anew")
    };
    let blocks = (HEADER_BYTES..before.len()).step_by(BLOCK_BYTES);
    assert_ne!(blocks.filter(|start| says_so(*start)).count(), 0);
    fs::write(&file, before).unwrap();
    fs::write(archive.join("1/2026-11-20/00000000000000000121-00000000000000000130.parquet"), "x").unwrap();
    let (said, whole) = check(data);
    assert!(!whole && said.contains("belongs to no round BAD"), "{said}");
}
