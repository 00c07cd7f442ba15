//! A store's file that is damaged in any way is built again by itself, and reports are as before.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{Program, Shop, wait_for};

const SEED: u64 = 20_261_125;
/// Some runs, merged ones and small ones, and a log that holds some of it.
const SETTINGS: &[(&str, &str)] = &[("STYK_STORE_FLUSH_ROWS", "300"), ("STYK_STORE_MERGE_RUNS", "3")];

/// What people see: every row, and a funnel.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    rows: BTreeMap<String, Value>,
    steps: Value,
}

impl Seen {
    /// How many rows there are.
    pub(crate) fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// How many reached a step of the funnel.
    pub(crate) fn reached(&self, step: usize) -> u64 {
        self.steps[step - 1]["reached"].as_u64().unwrap()
    }
}

/// Visits with values, so that a funnel has something to say.
pub(crate) fn visits(from: u64, visitors: u64) -> Vec<Value> {
    let visit = |visitor: u64| {
        let steps = ["view_item", "add_to_cart", "purchase"].into_iter().take(1 + (visitor % 3) as usize);
        steps.enumerate().map(move |(minute, name)| {
            json!({
                "id": format!("{name}-{visitor}"), "visitor": format!("v{visitor}"), "name": name,
                "occurred_at": format!("2026-11-20T10:{minute:02}:00Z"),
                "url": format!("https://shop.example/hats/{}", visitor % 40),
                "value": format!("{}.90", visitor % 50), "currency": "EUR",
                "properties": { "note": format!("visit {visitor} of somebody who likes hats") },
            })
        })
    };
    (from..from + visitors).flat_map(visit).collect()
}

/// Sends events, which must all be accepted.
pub(crate) fn send(shop: &Shop, program: &Program, events: &[Value]) {
    for events in events.chunks(500) {
        let answer = shop.send(program, &json!({ "site": Shop::SITE, "events": events }));
        assert_eq!((answer.status, &answer.json()["accepted"]), (202, &json!(events.len())), "{}", answer.text());
    }
}

/// What is seen once the server answers; while it does not, it says so with 503, or 500 to who met the fault first.
pub(crate) fn see(shop: &Shop, program: &Program) -> Seen {
    let question = json!({
        "from": "2026-11-20", "to": "2026-11-21",
        "steps": [{ "event": "view_item" }, { "event": "add_to_cart" }, { "event": "purchase" }],
    });
    let site = format!("/v1/sites/{}", Shop::SITE);
    let mut seen = None;
    wait_for("answers about everything", || {
        let export = program.get(&format!("{site}/export/events?format=jsonl"), &shop.read_key);
        let funnel = program.post(&format!("{site}/reports/funnel"), &shop.read_key, &question).unwrap();
        for answer in [&export, &funnel] {
            assert!(matches!(answer.status, 200 | 500 | 503), "{}: {}", answer.status, answer.text());
        }
        program.wait_until_loaded();
        if (export.status, funnel.status, program.metric("styk_load_rebuilding_to")) == (200, 200, 0) {
            let text = export.text();
            let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            let rows = rows.map(|row| (row["event_id"].as_str().unwrap().to_owned(), row)).collect();
            let now = Seen { rows, steps: funnel.json()["steps"].clone() };
            // Twice the same: the first may have been asked before the last event was loaded again.
            return seen.replace(now) == seen;
        }
        false
    });
    seen.unwrap()
}

pub(crate) fn store_file(data: &Path) -> PathBuf {
    data.join("store/events.duckdb")
}

fn log_file(data: &Path) -> PathBuf {
    data.join("store/events.duckdb.wal")
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(format!("{}/.", from.display())).arg(to).status().unwrap();
    assert!(copied.success());
}

/// How a server came to its end.
#[derive(Clone, Copy, PartialEq)]
enum Stop {
    InOrder,
    /// With a log that was not brought into the file yet.
    Killed,
}

/// A shop whose store holds all it was sent, stopped; and what was seen there.
fn filled_shop(stop: Stop) -> (Shop, Seen) {
    let shop = Shop::new();
    let unmerged = [SETTINGS[0], ("STYK_STORE_MERGE_RUNS", "1000")];
    let program = shop.start(if stop == Stop::Killed { &unmerged[..] } else { SETTINGS });
    for part in 0..6 {
        send(&shop, &program, &visits(part * 200, 200));
        program.wait_until_loaded();
    }
    let seen = see(&shop, &program);
    assert_eq!(seen.rows.len(), 2_400);
    assert_eq!(seen.steps[2]["reached"], 400);
    if stop == Stop::Killed {
        program.kill9()
    } else {
        program.terminate()
    };
    (shop, seen)
}

/// Does `damage` to a copy of the shop's data and demands that the same is seen as before; gives how many files went
/// to quarantine.
fn check_mended(shop: &Shop, before: &Seen, name: &str, damage: impl FnOnce(&Path)) -> usize {
    let kept = tempfile::tempdir().unwrap();
    copy_folder(shop.data.path(), kept.path());
    damage(kept.path());
    let program = Program::start(kept.path(), SETTINGS);
    let after = see(shop, &program);
    assert!(after == *before, "{name}: {} rows, {}", after.rows.len(), after.steps);
    // Events sent from now on are loaded too, and nothing is counted twice.
    send(shop, &program, &visits(0, 10));
    send(shop, &program, &visits(5_000, 3));
    assert_eq!(see(shop, &program).rows.len(), before.rows.len() + 6, "{name}");
    assert_eq!(program.metric("styk_store_quarantined_total"), quarantined(kept.path()) as u64, "{name}");
    assert_eq!(program.terminate().status.code(), Some(0), "{name}");
    quarantined(kept.path())
}

fn quarantined(data: &Path) -> usize {
    fs::read_dir(data.join("store/quarantine")).map_or(0, Iterator::count)
}

fn flip_bit(path: &Path, random: &mut fastrand::Rng) {
    let mut file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let offset = random.u64(..file.metadata().unwrap().len());
    let mut byte = [0];
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(&[byte[0] ^ (1 << random.u8(..8))]).unwrap();
}

fn zero_tail(path: &Path) {
    let length = fs::metadata(path).unwrap().len();
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(length - length / 3).unwrap();
    file.set_len(length).unwrap();
}

fn cut(path: &Path) {
    let length = fs::metadata(path).unwrap().len();
    OpenOptions::new().write(true).open(path).unwrap().set_len(length / 2).unwrap();
}

#[test]
fn a_flipped_bit_anywhere_changes_no_report() {
    let (shop, before) = filled_shop(Stop::InOrder);
    let mut random = fastrand::Rng::with_seed(SEED);
    for round in 0..8 {
        let flip = |data: &Path| flip_bit(&store_file(data), &mut random);
        check_mended(&shop, &before, &format!("flip {round}"), flip);
    }
}

#[test]
fn a_file_that_is_cut_foreign_or_gone_is_built_again_and_kept() {
    let (shop, before) = filled_shop(Stop::InOrder);
    let (other, _) = filled_shop(Stop::InOrder);
    let check = |name: &str, moved: usize, damage: &dyn Fn(&Path)| {
        assert_eq!(check_mended(&shop, &before, name, damage), moved, "{name}");
    };
    let file = store_file;
    check("zeroed tail", 1, &|data| zero_tail(&file(data)));
    check("cut", 1, &|data| cut(&file(data)));
    check("empty", 1, &|data| fs::write(file(data), "").unwrap());
    check("text", 1, &|data| fs::write(file(data), "hello world".repeat(9_000)).unwrap());
    check("sqlite", 1, &|data| assert!(fs::copy(data.join("control.sqlite"), file(data)).is_ok()));
    check("another shop's", 1, &|data| assert!(fs::copy(file(other.data.path()), file(data)).is_ok()));
    check("a folder", 1, &|data| {
        fs::remove_file(file(data)).unwrap();
        fs::create_dir(file(data)).unwrap();
    });
    check("gone", 0, &|data| fs::remove_file(file(data)).unwrap());
    check("all gone", 0, &|data| fs::remove_dir_all(data.join("store")).unwrap());
}

#[test]
fn a_log_that_is_damaged_cut_or_gone_changes_no_report() {
    let (shop, before) = filled_shop(Stop::Killed);
    assert!(0 < fs::metadata(log_file(shop.data.path())).unwrap().len(), "the file has a log");
    let mut random = fastrand::Rng::with_seed(SEED + 1);
    check_mended(&shop, &before, "log cut", |data| cut(&log_file(data)));
    check_mended(&shop, &before, "log gone", |data| fs::remove_file(log_file(data)).unwrap());
    check_mended(&shop, &before, "log zeroed", |data| zero_tail(&log_file(data)));
    for round in 0..4 {
        let flip = |data: &Path| flip_bit(&log_file(data), &mut random);
        check_mended(&shop, &before, &format!("log flip {round}"), flip);
    }
}

#[test]
fn only_so_many_files_are_kept_in_quarantine() {
    let (shop, before) = filled_shop(Stop::InOrder);
    for _ in 0..5 {
        fs::write(store_file(shop.data.path()), "not a database").unwrap();
        let program = shop.start(SETTINGS);
        assert!(see(&shop, &program) == before);
        program.terminate();
    }
    assert_eq!(quarantined(shop.data.path()), 3);
}

#[test]
fn sequences_of_a_lost_store_and_journal_are_never_given_out_again() {
    let (shop, before) = filled_shop(Stop::InOrder);
    fs::remove_dir_all(shop.data.path().join("journal")).unwrap();
    fs::write(store_file(shop.data.path()), "not a database").unwrap();
    let program = shop.start(SETTINGS);
    let sent = before.rows.len() as u64;
    assert_eq!(program.metric("styk_journal_next_sequence"), sent);
    send(&shop, &program, &visits(0, 3));
    assert_eq!(see(&shop, &program).rows.len(), 6);
    assert_eq!(program.metric("styk_load_next_sequence"), sent + 6);
}
