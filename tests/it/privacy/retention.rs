//! What is older than a site keeps leaves store, archive and journal by itself, counted; nothing else does.

use serde_json::json;
use styk::domain::time::DAY_MS;
use styk::server::now;

use super::story::SETTINGS;
use crate::archive::place::Place;
use crate::program::{Program, add_key, run, wait_for};

#[test]
fn what_a_site_does_not_keep_leaves_by_itself() {
    let mut place = Place::new();
    let days_ago = |days: i64| now().plus_ms(-days * DAY_MS);
    place.arrive(1, days_ago(40), 50);
    place.arrive(2, days_ago(40), 30);
    place.arrive(1, days_ago(5), 20);
    place.load();
    place.archive(days_ago(3));
    place.close();
    let data = place.directory.path().to_owned();
    let read = add_key(&data, "one", "read");
    let program = Program::start(&data, SETTINGS);
    let loaded = |site: &str| program.metric(&format!("styk_account_loaded_events{{site=\"{site}\"}}"));
    let removed = |site: &str| program.metric(&format!("styk_account_removed_events{{site=\"{site}\"}}"));
    assert_eq!((loaded("one"), loaded("two")), (70, 30), "by default everything is kept");

    run(&data, &["site", "set", "one", "--retention-days", "30"]);
    wait_for("old events to leave", || removed("one") == 50);
    assert_eq!((loaded("one"), loaded("two"), removed("two")), (20, 30, 0));
    assert_eq!(program.metric("styk_account_unreconciled_events"), 0);
    wait_for("old files to leave", || place.files().iter().filter(|path| path.starts_with("1/")).count() == 1);
    assert!(place.files().iter().any(|path| path.starts_with("2/")));
    run(&data, &["check"]);

    let seen = program.get("/v1/sites/one/privacy", &read).json();
    assert_eq!((&seen["preset"], &seen["kept_days"]), (&json!("default"), &json!(30)));
    let text = seen["statements"].to_string();
    assert!(text.contains("Events are kept for 30 days after the day (UTC) of their arrival"), "{text}");

    run(&data, &["rebuild"]);
    assert_eq!((loaded("one"), removed("one"), loaded("two")), (20, 50, 30));
    run(&data, &["check"]);

    // Also out of the journal: what is built from it alone does not have them.
    program.terminate();
    std::fs::remove_dir_all(data.join("archive")).unwrap();
    std::fs::remove_dir_all(data.join("store")).unwrap();
    run(&data, &["site", "set", "one", "--retention-days", "0"]);
    let program = Program::start(&data, SETTINGS);
    program.wait_until_loaded();
    assert_eq!(program.metric("styk_account_loaded_events{site=\"one\"}"), 20);
    assert_eq!(program.metric("styk_account_removed_events{site=\"one\"}"), 50);
}

#[test]
fn cnil_keeps_25_months_and_says_so() {
    let place = Place::new();
    let data = place.directory.path();
    run(data, &["site", "set", "one", "--privacy", "cnil"]);
    let listed = run(data, &["site", "list"]);
    let line = listed.lines().find(|line| line.contains("one.example")).unwrap();
    assert!(line.contains("cnil") && line.contains("760 days"), "{listed}");
    let collect = add_key(data, "one", "collect");
    let read = add_key(data, "one", "read");
    let program = Program::start(data, SETTINGS);
    let seen = program.get("/v1/sites/one/privacy", &read).json();
    assert_eq!((&seen["preset"], &seen["kept_days"]), (&json!("cnil"), &json!(760)));
    let order = json!({ "name": "purchase", "customer": "person-nay", "transaction_id": "order-1", "visitor": "v1" });
    assert_eq!(program.post("/v1/events", &collect, &order).unwrap().status, 202);
    let agreed =
        json!({ "name": "purchase", "customer": "person-yea", "transaction_id": "order-2", "consent": "granted" });
    assert_eq!(program.post("/v1/events", &collect, &agreed).unwrap().status, 202);
    program.wait_until_loaded();
    let rows = program.get("/v1/sites/one/export/events?format=jsonl", &read).text();
    assert!(!rows.contains("person-nay") && !rows.contains("order-1") && rows.contains("hidden:"), "{rows}");
    assert!(rows.contains("person-yea") && rows.contains("order-2"), "{rows}");
}
