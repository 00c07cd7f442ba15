//! Runs of the store are merged a little at a time. Whenever a question is asked, and wherever a crash stops a merge,
//! every event is there once, and reports say the same as before.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use styk::store::{self, Query, Snapshot, Store};

use crate::program::{Launch, Program, Shop};
use crate::store_damage::{Seen, copy_folder, see, send, store_file, visits};

/// So many rows are a run, about.
const FLUSH_ROWS: u64 = 200;
const FLUSH: (&str, &str) = ("STYK_STORE_FLUSH_ROWS", "200");
const UNMERGED: &[(&str, &str)] = &[FLUSH, ("STYK_STORE_MERGE_RUNS", "1000")];
const MERGED: &[(&str, &str)] = &[FLUSH, ("STYK_STORE_MERGE_RUNS", "3")];
const RUNS: usize = 10;
const SEED: u64 = 20_261_126;

/// A shop whose store has many runs, stopped; and what is seen there.
pub(crate) fn shop_of_many_runs() -> (Shop, Seen) {
    let shop = Shop::new();
    let program = shop.start(UNMERGED);
    for part in 0..RUNS as u64 {
        send(&shop, &program, &visits(part * 120, 120));
        program.wait_until_loaded();
    }
    let seen = see(&shop, &program);
    assert_eq!((seen.row_count(), seen.reached(3)), (2_400, 400));
    program.terminate();
    assert_eq!(run_tables(shop.data.path()), RUNS);
    (shop, seen)
}

/// How many tables of events a stopped server's file has, whether the manifest names them or not.
fn run_tables(data: &Path) -> usize {
    let look_only = duckdb::Config::default().access_mode(duckdb::AccessMode::ReadOnly).unwrap();
    let connection = duckdb::Connection::open_with_flags(store_file(data), look_only).unwrap();
    let sql = "select count(*) from duckdb_tables() where table_name like 'run\\_%' escape '\\'";
    connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap() as usize
}

/// How many runs a question reads.
fn runs_read(snapshot: &Snapshot) -> usize {
    let mut query = Query::new();
    snapshot.push_sent_events(&mut query, "events");
    query.text().matches("disk.run_").count()
}

fn stored(snapshot: &Snapshot) -> Vec<u64> {
    let mut sequences = snapshot.stored_sequences(&(0..100_000)).unwrap();
    sequences.sort_unstable();
    sequences
}

pub(crate) fn options(data: &Path) -> store::Options {
    store::Options {
        directory: data.join("store"),
        threads: 1,
        memory_mib: 256,
        flush_rows: FLUSH_ROWS,
        flush_after: Duration::from_secs(3_600),
        flushed_grace: Duration::from_secs(90),
        merge_runs: 3,
        merge_rows_max: 100_000,
        kept_mib: 128,
    }
}

#[test]
fn a_merge_of_several_turns_changes_no_answer_and_a_crash_in_any_of_them_loses_and_doubles_nothing() {
    let (shop, before) = shop_of_many_runs();
    let crashes = tempfile::tempdir().unwrap();
    let crash_in = |turn: usize| crashes.path().join(turn.to_string());
    let store = Store::new(options(shop.data.path()));
    let mut writer = store.open().unwrap();
    // Who began to ask before the merge goes on reading what it found.
    let patient = store.snapshot().unwrap();
    let all = stored(&patient);
    assert_eq!((runs_read(&patient), all.len()), (RUNS, before.row_count()));
    let mut turns = 0;
    while runs_read(&store.snapshot().unwrap()) == RUNS {
        assert!(turns < 20, "the merge does not end");
        turns += 1;
        writer.tidy(styk::server::now()).unwrap();
        let snapshot = store.snapshot().unwrap();
        assert!(stored(&snapshot) == all, "turn {turns}, {} runs", runs_read(&snapshot));
        // What is on the disk now is all that a crash leaves.
        copy_folder_to(shop.data.path(), &crash_in(turns));
    }
    assert!(3 < turns, "a merge of {turns} turns shows little");
    assert!(stored(&patient) == all);
    drop((patient, writer));
    store.close();

    for turn in 1..=turns {
        let data = crash_in(turn);
        // The run that was being written is there and known to nobody, until it is known instead of the others.
        let (found, left) = if turn < turns { (RUNS + 1, RUNS) } else { (1, 1) };
        assert_eq!(run_tables(&data), found, "a crash in turn {turn}");
        let program = Program::start(&data, UNMERGED);
        assert!(see(&shop, &program) == before, "a crash in turn {turn}");
        program.terminate();
        assert_eq!(run_tables(&data), left, "a crash in turn {turn} leaves nothing behind");
    }
}

fn copy_folder_to(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    copy_folder(from, to);
}

#[test]
fn a_server_killed_again_and_again_while_it_merges_comes_to_the_same_answers() {
    let mut random = fastrand::Rng::with_seed(SEED);
    let (shop, before) = shop_of_many_runs();
    for _ in 0..6 {
        let launch = Launch::new(&[], shop.data.path(), MERGED);
        if random.bool() {
            std::thread::sleep(Duration::from_millis(random.u64(..400)));
            launch.kill9();
        } else {
            let program = launch.wait().unwrap_or_else(|end| panic!("{}", end.log));
            std::thread::sleep(Duration::from_millis(random.u64(..200)));
            program.kill9();
        }
    }
    let program = shop.start(MERGED);
    assert!(see(&shop, &program) == before);
    // With new events it goes on merging.
    let mut sent = BTreeSet::new();
    for part in 0..4 {
        let more = visits(50_000 + part * 150, 150);
        sent.extend(more.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        send(&shop, &program, &more);
        program.wait_until_loaded();
    }
    let after = see(&shop, &program);
    assert_eq!(after.row_count(), before.row_count() + sent.len());
    assert_eq!(after.reached(3), before.reached(3) + 200);
    program.terminate();
    assert!(run_tables(shop.data.path()) < RUNS);
}
