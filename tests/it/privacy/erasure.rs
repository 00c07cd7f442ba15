//! Who is erased is in no answer from that moment on, soon in no file, and does not come back; all others stay.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::story::{ANN, ANNS_BROWSERS, BOB, DAYS, EVENTS, Past, SETTINGS};
use super::{files, holds};
use crate::program::{self, Program, wait_for};

/// Of each person: what was archived, and what came today.
const OF_EACH: usize = EVENTS * DAYS as usize + 1;

/// Asks, and gives the erasure's number.
fn ask(past: &Past, program: &Program, body: &Value) -> u64 {
    let answer = program.post("/v1/sites/one/erasures", &past.admin, body).unwrap();
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["id"].as_u64().unwrap()
}

fn see(past: &Past, program: &Program, id: u64) -> Value {
    let answer = program.get(&format!("/v1/sites/one/erasures/{id}"), &past.admin);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn wait_until_done(past: &Past, program: &Program, id: u64) -> Value {
    wait_for("the erasure", || see(past, program, id)["status"] == "done");
    see(past, program, id)
}

#[test]
fn a_customer_is_gone_from_every_file_and_does_not_come_back() {
    let past = Past::new();
    let program = past.start();
    past.live(&program);
    past.leave_copies_of_damage();
    assert_eq!((past.rows_with(&program, ANN), past.rows_with(&program, BOB)), (OF_EACH, OF_EACH));
    let places = past.places(ANN);
    for part in
        ["archive/1/2026-11-20/", "archive/1/2026-11-21/", "journal/", "store/events.duckdb", "store/quarantine"]
    {
        assert!(places.iter().any(|place| place.starts_with(part)), "{part} is in {places:?}");
    }

    let id = ask(&past, &program, &json!({ "customer": "zzann-customer" }));
    assert_eq!(past.rows_with(&program, ANN), 0, "from that moment on");
    let receipt = wait_until_done(&past, &program, id);
    assert_eq!(past.places(ANN), [""; 0], "{receipt:#}");
    assert_eq!((past.rows_with(&program, ANN), past.rows_with(&program, BOB)), (0, OF_EACH));
    let archived = EVENTS * DAYS as usize;
    // The repetition lay in the journal alone, and the id with other content there and among the failed.
    let expected = json!({ "store_events": OF_EACH, "store_failed_events": 1, "archive_events": archived,
        "archive_failed_events": 0, "archive_files": 2, "journal_events": archived + 3, "damaged_copies": 3,
        "unreadable_files": 0 });
    assert_eq!(receipt["removed"], expected);
    assert_eq!(receipt["asked_by"], "a key of the site");
    let removed = OF_EACH as u64 + 1;
    past.check(&program, removed);

    // Her own events of later stay: she is a visitor like others.
    past.send_again(&program);
    assert_eq!(past.rows_with(&program, ANN), 1);

    program::run(past.data(), &["rebuild"]);
    assert_eq!((past.rows_with(&program, ANN), past.rows_with(&program, BOB)), (1, OF_EACH));
    // Found blank in the journal, with what was a repetition before.
    past.check(&program, removed + 1);
}

#[test]
fn what_comes_back_from_a_backup_is_dropped() {
    let past = Past::new();
    let program = past.start();
    let backup = tempfile::tempdir().unwrap();
    let kept = |folder: &str| backup.path().join(folder);
    for folder in ["archive", "journal"] {
        let from = past.data().join(folder);
        assert!(std::process::Command::new("cp").arg("-a").args([&from, &kept(folder)]).status().unwrap().success());
    }
    let said = program::run(past.data(), &["erase", "--site", "one", "--visitor", &ANNS_BROWSERS[0].to_string()]);
    assert!(said.contains("asked at") && said.contains("by a command on the server's computer"), "{said}");
    assert_eq!(past.rows_with(&program, ANN), EVENTS * DAYS as usize / 2, "the other browser was not meant");
    let removed = EVENTS as u64;
    past.check(&program, removed);
    program.terminate();

    for folder in ["archive", "journal"] {
        fs::remove_dir_all(past.data().join(folder)).unwrap();
        fs::rename(kept(folder), past.data().join(folder)).unwrap();
    }
    fs::remove_file(past.data().join("store/events.duckdb")).unwrap();
    let program = past.start();
    program.wait_until_loaded();
    assert_eq!(past.rows_with(&program, ANN), EVENTS * DAYS as usize / 2);
    assert_eq!(program.metric("styk_account_removed_events{site=\"one\"}"), removed);
    assert_eq!(program.metric("styk_account_unreconciled_events"), 0);
}

#[test]
fn who_was_erased_since_is_erased_again_with_a_restored_backup() {
    let past = Past::new();
    let program = past.start();
    let place = tempfile::tempdir().unwrap();
    let folder = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let (kept, with, without) = (folder("kept"), folder("with"), folder("without"));
    program::run(past.data(), &["backup", &kept]);
    program::run(past.data(), &["erase", "--site", "one", "--customer", "zzann-customer"]);
    // What came meanwhile is not in the backup, and its numbers will be those of other events.
    past.live(&program);
    program.terminate();
    let old = past.data().to_str().unwrap();

    let stranger = program::Shop::new();
    let not_it = stranger.data.path().to_str().unwrap();
    let said = program::fail(Path::new(&folder("other")), &["restore", &kept, "--erasures-of", not_it]);
    assert!(said.contains("its secret is another"), "{said}");

    program::run(Path::new(&with), &["restore", &kept, "--erasures-of", old]);
    let of_ann =
        |data: &str| files(Path::new(data)).iter().filter(|path| holds(&fs::read(path).unwrap(), b"zzann")).count();
    assert_eq!(of_ann(&with), 0, "no file has her");
    let program = Program::start(Path::new(&with), SETTINGS);
    assert_eq!((past.rows_with(&program, ANN), past.rows_with(&program, BOB)), (0, EVENTS * DAYS as usize));
    past.send_again(&program);
    assert_eq!(past.rows_with(&program, ANN), 1, "her own events of later stay");
    drop(program);

    program::run(Path::new(&without), &["restore", &kept]);
    let program = Program::start(Path::new(&without), SETTINGS);
    assert_eq!(past.rows_with(&program, ANN), EVENTS * DAYS as usize);
}

#[test]
fn who_is_to_be_erased_stays_hidden_while_no_file_can_be_written() {
    let past = Past::new();
    let program = past.start();
    // A folder stands where the copy of the store would be made.
    let obstacle = past.data().join("store/events.duckdb.new");
    fs::create_dir_all(obstacle.join("full")).unwrap();
    let visitor = ANNS_BROWSERS[0];
    let answer = program.delete(&format!("/v1/sites/one/visitors/{visitor}"), &past.read);
    assert_eq!(answer.status, 403, "{}", answer.text());
    let answer = program.delete(&format!("/v1/sites/one/visitors/{visitor}"), &past.admin);
    assert_eq!((answer.status, &answer.json()["status"]), (202, &json!("hidden")), "{}", answer.text());
    let left = EVENTS * DAYS as usize / 2;
    assert_eq!(past.rows_with(&program, ANN), left);
    wait_for("a try", || program.log().contains("stays hidden, and is tried again"));
    assert_eq!(program.metric("styk_erasures_waiting"), 1);
    program.kill9();

    let program = past.start();
    assert_eq!(past.rows_with(&program, ANN), left, "after a start too");
    assert_eq!(program.metric("styk_store_rows") as usize, 2 * EVENTS * DAYS as usize, "it is stored still");
    fs::remove_dir_all(&obstacle).unwrap();
    wait_until_done(&past, &program, 1);
    assert_eq!(program.metric("styk_erasures_waiting"), 0);
    assert_eq!(program.metric("styk_store_rows") as usize, (2 * EVENTS * DAYS as usize) - left);
    past.check(&program, left as u64);
}

#[test]
fn an_erasure_names_one_person() {
    let past = Past::new();
    let program = past.start();
    for bad in [json!({}), json!({ "visitor": "a", "customer": "b" }), json!({ "visitor": "" }), json!({ "who": "a" })]
    {
        let answer = program.post("/v1/sites/one/erasures", &past.admin, &bad).unwrap();
        assert_eq!(answer.status, 400, "{bad}: {}", answer.text());
    }
    let answer = program.get("/v1/sites/one/erasures/7", &past.admin);
    assert_eq!(answer.status, 404);
    // By the id that the shop sent; nobody of the past has it.
    past.live(&program);
    let id = ask(&past, &program, &json!({ "visitor": "browser-of-ann" }));
    let receipt = wait_until_done(&past, &program, id);
    assert_eq!(receipt["removed"]["store_events"], 1);
    assert_eq!(past.rows_with(&program, ANN), EVENTS * DAYS as usize);
    let listed = program.get("/v1/sites/one/erasures", &past.admin).json();
    assert_eq!(listed["erasures"], json!([receipt]));
}
