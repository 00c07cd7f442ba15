//! Damage in the archive, one kind of file after the other: told with what is lost, and the rest is read.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use styk::domain::event::{Batch, Sender};
use styk::domain::id::SiteId;
use styk::domain::time::Timestamp;
use styk::store::FailedEvent;
use styk::store::archive::{Archive, Part, RoundEnd, Unreadable};

use super::plain_event;

/// 2026-11-24T00:00:00Z.
const DAY_MS: i64 = 1_795_478_400_000;

/// Three rounds: sequences 0 to 10 of two sites, 10 to 20 of one and a failed one, 20 to 30 of one.
fn three_rounds() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(place.path()).unwrap();
    for (number, sites) in [(0, 2_u32), (1, 1), (2, 1)] {
        let batches = (0..10_u32).map(|index| Batch {
            site: SiteId(1 + index % sites),
            received_at: Timestamp::from_ms(DAY_MS + number as i64),
            sender: Sender::Browser,
            events: vec![plain_event("page_view")],
        });
        let batches: Vec<Batch> = batches.collect();
        let mut round = archive.begin_round().unwrap();
        round.append((number * 10..).zip(&batches).map(|(at, batch)| (at, batch, &batch.events[0]))).unwrap();
        if number == 1 {
            round.append_failed(&[failed(19)]).unwrap();
        }
        let next_sequence = number * 10 + 10;
        let end = RoundEnd {
            next_sequence,
            received_through: Timestamp::from_ms(DAY_MS),
            unreadable: Vec::new(),
            removed: Vec::new(),
        };
        round.finish(end, &|| true).unwrap().unwrap();
    }
    place
}

fn failed(sequence: u64) -> FailedEvent {
    FailedEvent {
        site: SiteId(1),
        sequence,
        event_id: None,
        reason: "same_id_other_content".into(),
        payload: vec![1],
        received_at: Timestamp::from_ms(DAY_MS),
        events: 1,
        kind: 1,
    }
}

/// What reading gives: how many events of each stretch, and the losses without their folder.
fn told(root: &Path) -> String {
    let archive = Archive::open(root).unwrap();
    let mut text = format!("archived through {}, next {}\n", archive.archived_through(), archive.next_sequence());
    let mut reader = archive.read(0).unwrap();
    while let Some(Part { batches, failed, losses, next_sequence, .. }) = reader.next_part().unwrap() {
        let events: usize = batches.iter().map(|(_, batch)| batch.events.len()).sum();
        for loss in losses {
            text += &format!("{loss}\n").replace(&format!("{}/", root.display()), "");
        }
        text += &format!("to {next_sequence}: {events} events, {} failed\n", failed.len());
    }
    text
}

/// What reading gives that a sound archive does not give.
#[track_caller]
fn check(damage: impl FnOnce(&Path), expected: Expect) {
    let place = three_rounds();
    let sound = told(place.path());
    damage(place.path());
    let told = told(place.path());
    let changed = told.lines().filter(|line| sound.lines().all(|sound| sound != *line));
    expected.assert_eq(&changed.map(|line| format!("{line}\n")).collect::<String>());
    assert!(told.ends_with("to 30: 10 events, 0 failed\n"), "what lies behind is read: {told}");
}

fn the_file(root: &Path, folder: &str, first: u64, ending: &str) -> PathBuf {
    root.join(folder).join(format!("{first:020}-{:020}{ending}", first + 10))
}

fn flip_a_bit(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_sound_archive_is_read_from_front_to_back() {
    expect![[r#"
        archived through 30, next 30
        to 10: 10 events, 0 failed
        to 20: 10 events, 1 failed
        to 30: 10 events, 0 failed
    "#]]
    .assert_eq(&told(three_rounds().path()));
}

#[test]
fn a_flipped_bit_costs_the_events_of_that_file() {
    check(
        |root| flip_a_bit(&the_file(root, "1/2026-11-24", 0, ".parquet")),
        expect![[r#"
        archive file `1/2026-11-24/00000000000000000000-00000000000000000010.parquet` is damaged: 5 events of the sequences 0 to 10 (excluded) are not readable; put it back from a backup
        to 10: 5 events, 0 failed
    "#]],
    );
}

#[test]
fn a_removed_file_costs_its_own_events_only() {
    check(
        |root| fs::remove_file(the_file(root, "1/2026-11-24", 10, ".parquet")).unwrap(),
        expect![[r#"
        archive file `1/2026-11-24/00000000000000000010-00000000000000000020.parquet` is missing: 10 events of the sequences 10 to 20 (excluded) are not readable; put it back from a backup
        to 20: 0 events, 1 failed
    "#]],
    );
}

#[test]
fn a_damaged_file_of_failed_events_costs_no_event() {
    check(
        |root| flip_a_bit(&the_file(root, "failed", 10, ".parquet")),
        expect![[r#"
        archive file `failed/00000000000000000010-00000000000000000020.parquet` is damaged: 1 events of the sequences 10 to 20 (excluded) are not readable; put it back from a backup
        to 20: 10 events, 0 failed
    "#]],
    );
}

#[test]
fn a_damaged_round_file_costs_its_round_and_the_ones_behind_it_are_read() {
    check(
        |root| flip_a_bit(&the_file(root, "rounds", 10, ".json")),
        expect![[r#"
        archived through 10, next 30
        archive file `rounds/00000000000000000010-00000000000000000020.json` is damaged: all events of the sequences 10 to 20 (excluded) are not readable; put it back from a backup
        to 20: 0 events, 0 failed
    "#]],
    );
}

#[test]
fn a_removed_round_file_is_missed() {
    check(
        |root| fs::remove_file(the_file(root, "rounds", 10, ".json")).unwrap(),
        expect![[r#"
        archived through 10, next 30
        archive file `rounds/00000000000000000010-00000000000000000020.json` is missing: all events of the sequences 10 to 20 (excluded) are not readable; put it back from a backup
        to 20: 0 events, 0 failed
    "#]],
    );
}

#[test]
fn a_round_that_was_put_twice_is_not_read_twice() {
    check(
        |root| {
            let path = the_file(root, "rounds", 10, ".json");
            fs::copy(&path, root.join("rounds/00000000000000000010-00000000000000000015.json")).unwrap();
        },
        expect![[r#"
            archived through 10, next 30
            archive file `rounds/00000000000000000010-00000000000000000015.json` is damaged: all events of the sequences 10 to 15 (excluded) are not readable; put it back from a backup
            to 15: 0 events, 0 failed
            archive file `rounds/00000000000000000010-00000000000000000020.json` overlaps the round before it: all events of the sequences 15 to 20 (excluded) are not readable; move the file away that does not belong there
            to 20: 0 events, 0 failed
        "#]],
    );
}

#[test]
fn files_of_a_lost_round_are_no_leftovers() {
    let place = three_rounds();
    fs::remove_file(the_file(place.path(), "rounds", 10, ".json")).unwrap();
    let leftover = the_file(place.path(), "1/2026-11-24", 30, ".parquet");
    fs::write(&leftover, "cut short").unwrap();
    let unfinished = the_file(place.path(), "2/2026-11-24", 0, ".parquet.unfinished");
    fs::write(&unfinished, "cut short").unwrap();
    fs::create_dir_all(place.path().join("tmp/round-1")).unwrap();
    assert_eq!(Archive::open(place.path()).unwrap().remove_leftovers().unwrap(), 2);
    assert!(!leftover.exists() && !unfinished.exists() && !place.path().join("tmp").exists());
    assert!(the_file(place.path(), "1/2026-11-24", 10, ".parquet").exists());
}

#[test]
fn events_that_the_journal_had_lost_are_told_again_on_reading() {
    let place = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(place.path()).unwrap();
    let lost = |from_sequence, to_sequence, stored| Unreadable { from_sequence, to_sequence, stored };
    let end = RoundEnd {
        next_sequence: 50,
        received_through: Timestamp::from_ms(DAY_MS),
        // Of the second range nothing was ever loaded: the load has told that loss.
        unreadable: vec![lost(10, 30, 7), lost(40, 42, 0)],
        removed: Vec::new(),
    };
    archive.begin_round().unwrap().finish(end, &|| true).unwrap().unwrap();
    expect![[r#"
        archived through 50, next 50
        archive file `rounds/00000000000000000000-00000000000000000050.json` says that the journal was damaged: 7 events of the sequences 10 to 30 (excluded) are not readable; keep a backup of the store, which alone has them
        to 50: 0 events, 0 failed
    "#]].assert_eq(&told(place.path()));
}
