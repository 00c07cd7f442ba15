//! Disks that are full or refuse, and kills in the middle of a write: the store mends itself, collecting never stops.

use std::collections::HashSet;
use std::fs;

use serde_json::json;

use crate::faults::disks::ballast;
use crate::faults::mount::{Mount, can_mount};
use crate::faults::strace::{Attached, fault, only_on};
use crate::program::{Program, Shop, fail, wait_for};
use crate::store_damage::{see, send, store_file, visits};

/// Writes to the file all the time.
const SETTINGS: &[(&str, &str)] = &[("STYK_STORE_FLUSH_ROWS", "100"), ("STYK_STORE_MERGE_RUNS", "2")];

/// Makes calls on the store's files fail.
fn attach(shop: &Shop, program: &Program, calls: &str, how: &str) -> Attached {
    let file = store_file(shop.data.path());
    let log = file.with_extension("duckdb.wal");
    Attached::to_all(program, &only_on(&[&file, &log], fault(calls, &format!("{calls}:{how}"))))
}

#[test]
fn a_disk_that_refuses_to_sync_closes_the_store_for_a_while_and_collecting_goes_on() {
    let shop = Shop::new();
    let program = shop.start(SETTINGS);
    send(&shop, &program, &visits(0, 300));
    program.wait_until_loaded();
    {
        let _strace = attach(&shop, &program, "fsync,fdatasync", "error=EIO");
        send(&shop, &program, &visits(300, 300));
        wait_for("the store to be opened again", || 0 < program.metric("styk_store_reopened_total"));
        // Collecting does not notice.
        send(&shop, &program, &visits(600, 300));
    }
    let seen = see(&shop, &program);
    assert_eq!(seen.row_count(), 1_800);
    assert_eq!(seen.reached(3), 300);
    // A fault of the disk is neither the file's nor an event's.
    assert_eq!(program.metric("styk_store_quarantined_total"), 0);
    assert_eq!(program.metric("styk_load_failed_total"), 0);
    assert_eq!(program.metric("styk_load_loaded_total"), 1_800, "each event is counted once");
    assert_eq!(program.terminate().status.code(), Some(0));
    assert!(see(&shop, &shop.start(SETTINGS)) == seen);
}

#[test]
fn on_a_full_disk_events_stay_in_memory_until_there_is_space() {
    if !can_mount("a full disk") {
        return;
    }
    let shop = Shop::new();
    let store = shop.data.path().join("store");
    let _disk = Mount::tmpfs_at(&store, 96);
    let program = shop.start(&[("STYK_STORE_FLUSH_ROWS", "500")]);
    send(&shop, &program, &visits(0, 300));
    program.wait_until_loaded();
    ballast(&store, 4 << 20);
    send(&shop, &program, &visits(300, 600));
    program.wait_until_loaded();
    wait_for("the full disk to be noticed", || program.log().contains("new events stay in memory for now"));
    let seen = see(&shop, &program);
    assert_eq!(seen.row_count(), 1_800);
    assert_eq!(program.metric("styk_store_reopened_total"), 0);
    assert!(fail(shop.data.path(), &["replay"]).contains("the server's disk is full"));

    fs::remove_file(store.join("ballast")).unwrap();
    assert_eq!(program.terminate().status.code(), Some(0));
    let program = shop.start(&[]);
    assert!(see(&shop, &program) == seen);
    assert_eq!(program.metric("styk_load_loaded_total"), 0, "all of it is in the file");
    drop(program);
}

#[test]
fn killed_at_any_write_to_the_file_it_opens_with_everything_acknowledged() {
    let shop = Shop::new();
    let mut program = shop.start(SETTINGS);
    let mut acknowledged = HashSet::new();
    let mut visitor = 0;
    for nth in [1, 2, 3, 4, 5, 7, 9, 12, 16, 21, 27, 34] {
        let strace = attach(&shop, &program, "pwrite64", &format!("signal=SIGKILL:when={nth}"));
        loop {
            let events = visits(visitor, 60);
            visitor += 60;
            let body = json!({ "site": Shop::SITE, "events": events });
            match program.post("/v1/events", &shop.collect_key, &body) {
                Ok(answer) if answer.status == 202 => {
                    acknowledged.extend(events.iter().map(|event| event["properties"]["note"].to_string()));
                }
                Ok(answer) => panic!("{}: {}", answer.status, answer.text()),
                Err(_) => break,
            }
        }
        program.wait_for_end();
        drop(strace);
        program = shop.start(SETTINGS);
        program.wait_until_loaded();
    }
    let rows = shop.export_rows(&program);
    let ids: HashSet<String> = rows.iter().map(|row| row["event_id"].to_string()).collect();
    assert_eq!(ids.len(), rows.len(), "nothing is there twice");
    let notes = |row: &serde_json::Value| {
        let properties: serde_json::Value = serde_json::from_str(row["properties"].as_str().unwrap()).unwrap();
        properties["note"].to_string()
    };
    let stored: HashSet<String> = rows.iter().map(notes).collect();
    assert_eq!(acknowledged.difference(&stored).count(), 0);
    assert_eq!(program.metric("styk_store_quarantined_total"), 0, "a kill damages no file");
}
