//! `styk backup` and `styk restore`: what was acknowledged before a backup began is there after it is restored.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::json;

use crate::program::{self, Program, Shop, wait_for};
use crate::store_damage::{see, send, visits};

/// Ends the traffic, after a failure as well.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

const SETTINGS: &[(&str, &str)] = &[("STYK_JOURNAL_SEGMENT_MIB", "1"), ("STYK_STORE_FLUSH_ROWS", "1000")];

#[test]
fn a_backup_under_traffic_holds_every_event_acknowledged_before_it_began() {
    let shop = Shop::new();
    let program = shop.start(SETTINGS);
    send(&shop, &program, &visits(0, 3_000));
    let place = tempfile::tempdir().unwrap();
    let (acknowledged, stop) = (Mutex::new(HashSet::new()), AtomicBool::new(false));
    let backups: Vec<(String, HashSet<String>)> = thread::scope(|scope| {
        let _stop = StopOnDrop(&stop);
        for _ in 0..2 {
            scope.spawn(|| {
                let agent = program::agent();
                while !stop.load(Ordering::Acquire) {
                    let ids: Vec<String> = (0..10).map(|_| uuid::Uuid::new_v4().to_string()).collect();
                    let events: Vec<_> =
                        ids.iter().map(|id| json!({ "id": id, "visitor": id, "name": "traffic" })).collect();
                    let body = json!({ "site": Shop::SITE, "events": events });
                    let url = format!("{}/v1/events", program.base_url());
                    let answer = program::post(&agent, &url, &shop.collect_key, &body).unwrap();
                    assert_eq!(answer.status, 202, "{}", answer.text());
                    acknowledged.lock().unwrap().extend(ids);
                }
            });
        }
        let backups = (0..5).map(|number| {
            let enough = acknowledged.lock().unwrap().len() + 500;
            wait_for("traffic", || enough <= acknowledged.lock().unwrap().len());
            let before = acknowledged.lock().unwrap().clone();
            let directory = place.path().join(number.to_string()).to_string_lossy().into_owned();
            program::run(shop.data.path(), &["backup", &directory]);
            (directory, before)
        });
        backups.collect()
    });
    drop(program);

    for (directory, before) in backups {
        let data = tempfile::tempdir().unwrap();
        program::run(data.path(), &["restore", &directory]);
        let program = Program::start(data.path(), SETTINGS);
        program.wait_until_loaded();
        let rows = shop.export_rows(&program);
        let stored: HashSet<&str> = rows.iter().map(|row| row["event_id"].as_str().unwrap()).collect();
        assert_eq!(stored.len(), rows.len());
        assert_eq!(before.iter().filter(|id| !stored.contains(id.as_str())).count(), 0);
        assert!(6_000 + before.len() <= rows.len());
    }
}

#[test]
fn a_restored_shop_is_the_shop_it_was() {
    let shop = Shop::new();
    let program = shop.start(SETTINGS);
    send(&shop, &program, &visits(0, 600));
    program.wait_until_loaded();
    let before = see(&shop, &program);
    program.terminate();
    let place = tempfile::tempdir().unwrap();
    let kept = place.path().join("kept");
    // Without a server, too.
    program::run(shop.data.path(), &["backup", kept.to_str().unwrap()]);
    for name in ["secret", "control.sqlite", "backup.json"] {
        assert_eq!(fs::metadata(kept.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    assert!(!kept.join("salt").exists(), "an old salt could link the days of a visitor");

    let data = place.path().join("data");
    program::run(&data, &["restore", kept.to_str().unwrap()]);
    let program = Program::start(&data, SETTINGS);
    assert!(see(&shop, &program) == before);
    // The same keys work, and an event that comes again is known.
    send(&shop, &program, &visits(0, 600));
    assert!(see(&shop, &program) == before);
}

#[test]
fn nothing_is_overwritten_and_no_broken_backup_is_restored() {
    let shop = Shop::new();
    let program = shop.start(SETTINGS);
    send(&shop, &program, &visits(0, 10));
    let place = tempfile::tempdir().unwrap();
    let kept = place.path().join("kept");
    let kept_text = kept.to_str().unwrap();
    program::run(shop.data.path(), &["backup", kept_text]);
    assert!(program::fail(shop.data.path(), &["backup", kept_text]).contains("is not empty"));
    assert!(program::fail(shop.data.path(), &["restore", kept_text]).contains("is not empty"));

    let segment = fs::read_dir(kept.join("journal")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let data = place.path().join("data");
    let said = program::fail(&data, &["restore", kept_text]);
    assert!(said.contains("is no whole backup") && said.contains("is not as it was written"), "{said}");
    assert!(!data.exists());
    fs::remove_file(kept.join("backup.json")).unwrap();
    assert!(program::fail(&data, &["restore", kept_text]).contains("is no whole backup"));
}
