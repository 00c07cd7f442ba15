//! Files that are not what was written: what is sound is read, what is not is told, and the server stays up.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::strace::{Attached, fault, only_on};
use super::traffic::{EVENT, Kind, event, send};
use super::{SETTINGS, launch, stop};
use crate::program::{self, Program, Shop};

/// All batches have so many events.
const BATCH: usize = 200;
/// Nothing goes into the file before the stop: each start reads it all from the journal.
const ONLY_JOURNAL: &[(&str, &str)] = &[("STYK_STORE_FLUSH_ROWS", "1000000")];

/// The journal's segments, in order.
pub(super) fn segments(shop: &Shop) -> Vec<PathBuf> {
    let journal = shop.data.path().join("journal");
    files(shop).keys().filter(|name| name.ends_with(".journal")).map(|name| journal.join(name)).collect()
}

/// What lies in the journal's folder.
pub(super) fn files(shop: &Shop) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(shop.data.path().join("journal")).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

fn flip_bit(path: &Path, place: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[place] ^= 4;
    fs::write(path, bytes).unwrap();
}

/// Sends `batches` of large events, about eight to a segment. Their ids, batch by batch.
fn send_batches(shop: &Shop, program: &Program, random: &mut fastrand::Rng, batches: usize) -> Vec<HashSet<String>> {
    let mut sent = Vec::new();
    for _ in 0..batches {
        let events: Vec<_> = (0..BATCH).map(|_| event(random, 1_000)).collect();
        let answer = send(&program::agent(), &program.base_url(), shop, Kind::Server, &events).unwrap();
        assert_eq!(answer.status, 202, "{}", answer.text());
        sent.push(events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect());
    }
    sent
}

/// Which of the batches are stored; each must be there whole or not at all.
#[track_caller]
fn stored(shop: &Shop, program: &Program, sent: &[HashSet<String>]) -> Vec<bool> {
    program.wait_until_loaded();
    let rows = shop.export_rows(program);
    let stored: HashSet<_> = rows.iter().map(|row| row["event_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(rows.len(), stored.len(), "some are there twice");
    let there = |batch: &HashSet<String>| match batch.intersection(&stored).count() {
        0 => false,
        BATCH => true,
        some => panic!("{some} events of a batch"),
    };
    let batches: Vec<_> = sent.iter().map(there).collect();
    assert_eq!(rows.len(), BATCH * batches.iter().filter(|there| **there).count());
    batches
}

fn start(shop: &Shop) -> Program {
    launch(shop, &[], ONLY_JOURNAL).wait().unwrap_or_else(|end| panic!("{}", end.log))
}

#[test]
fn damage_in_a_sealed_segment_at_the_start_costs_one_request_and_is_told() {
    let shop = Shop::new();
    let program = start(&shop);
    let mut random = fastrand::Rng::with_seed(11);
    let mut sent = send_batches(&shop, &program, &mut random, 40);
    program.kill9();
    let segment = &segments(&shop)[1];
    flip_bit(segment, 500_000);
    let damaged = fs::read(segment).unwrap();

    let program = start(&shop);
    let there = stored(&shop, &program, &sent);
    assert_eq!(there.iter().filter(|there| !**there).count(), 1, "{there:?}");
    assert_eq!((program.metric("styk_journal_gaps"), program.metric("styk_journal_gap_events")), (1, BATCH as u64));
    assert_eq!(program.metric("styk_load_missing_total"), BATCH as u64);
    let log = program.log();
    assert!(log.contains("the journal is damaged") && log.contains("events are missing"), "{log}");
    assert_eq!(fs::read(segment).unwrap(), damaged, "the damaged file is kept as it is");

    // It goes on as if nothing were, and so does the next one, which tells again.
    sent.extend(send_batches(&shop, &program, &mut random, 2));
    let there = stored(&shop, &program, &sent);
    assert_eq!(program.terminate().status.code(), Some(0));
    let program = start(&shop);
    assert_eq!(stored(&shop, &program, &sent), there);
    assert_eq!(program.metric("styk_journal_gaps"), 1);
    assert_eq!(program.metric("styk_load_missing_total"), 0, "told once by the load, which is past it");
}

#[test]
fn damage_in_a_sealed_segment_that_was_loaded_harms_no_report_and_is_told_at_the_next_start() {
    let shop = Shop::new();
    let program = shop.start(SETTINGS);
    let mut random = fastrand::Rng::with_seed(12);
    let mut sent = send_batches(&shop, &program, &mut random, 30);
    program.wait_until_loaded();
    flip_bit(&segments(&shop)[0], 500_000);
    sent.extend(send_batches(&shop, &program, &mut random, 2));
    assert!(!stored(&shop, &program, &sent).contains(&false));
    stop(program);

    let program = shop.start(SETTINGS);
    assert!(!stored(&shop, &program, &sent).contains(&false));
    assert_eq!(shop.visitors_with(&program, EVENT), (BATCH * sent.len()) as u64);
    assert_eq!((program.metric("styk_journal_gaps"), program.metric("styk_journal_gap_events")), (1, BATCH as u64));
    assert!(program.log().contains("the journal is damaged"));
}

#[test]
fn damage_that_the_running_load_comes_to_is_stepped_over() {
    let shop = Shop::new();
    let program = start(&shop);
    let mut random = fastrand::Rng::with_seed(13);
    let mut sent = send_batches(&shop, &program, &mut random, 1);
    program.wait_until_loaded();
    // The load cannot read this segment for a while, and when it can, it is damaged.
    let first = segments(&shop).remove(0);
    let unreadable = Attached::to(&program, "load", &only_on(&[&first], fault("pread64", "pread64:error=EIO:when=1+")));
    sent.extend(send_batches(&shop, &program, &mut random, 30));
    flip_bit(&first, 500_000);
    drop(unreadable);
    let there = stored(&shop, &program, &sent);
    assert_eq!(there.iter().filter(|there| !**there).count(), 1, "{there:?}");
    assert_eq!(program.metric("styk_load_missing_total"), BATCH as u64);
    assert!(program.log().contains("events are missing"));
    send_batches(&shop, &program, &mut random, 1);
    assert_eq!(program.terminate().status.code(), Some(0));
}
