//! Rounds: which events they take when a day has changed, and what a crash in the middle of one leaves.

use std::fs;

use expect_test::expect;
use styk::domain::event::Batch;
use styk::store::archive::{Archive, Round};

use super::place::{Place, batch, on_day};
use super::plain_event;

fn shown(rounds: &[Round]) -> String {
    let mut text = String::new();
    for round in rounds {
        text += &format!(
            "{} to {}, arrivals through {}\n",
            round.first_sequence, round.next_sequence, round.received_through
        );
        for file in round.files.iter().chain(&round.failed) {
            let (folder, _) = file.path.rsplit_once('/').unwrap();
            text += &format!("    {folder}: {}\n", file.rows);
        }
        for lost in &round.unreadable {
            text += &format!("    unreadable {} to {}, {} stored\n", lost.from_sequence, lost.to_sequence, lost.stored);
        }
    }
    text
}

/// Every archived event alone, in order.
fn events_of(place: &Place) -> Vec<(u64, Batch)> {
    let archive = Archive::open(&place.options.directory).unwrap();
    let mut reader = archive.read(0).unwrap();
    let mut events = Vec::new();
    while let Some(part) = reader.next_part().unwrap() {
        assert_eq!(part.losses, []);
        for (first, batch) in part.batches {
            for (sequence, event) in (first..).zip(&batch.events) {
                events.push((sequence, Batch { events: vec![event.clone()], ..batch }));
            }
        }
    }
    events
}

#[test]
fn a_day_is_archived_once_it_is_over() {
    let mut place = Place::loaded(&[(1, on_day(0, 9), 30), (2, on_day(0, 23), 20), (1, on_day(1, 0), 10)]);
    assert_eq!(place.archive(on_day(0, 24 - 1)), []);
    expect![[r#"
        0 to 50, arrivals through 2026-11-20T23:00:00.000Z
            1/2026-11-20: 30
            2/2026-11-20: 20
    "#]]
    .assert_eq(&shown(&place.archive(on_day(1, 12))));
    assert_eq!(place.archive(on_day(1, 23)), []);
    place.arrive(1, on_day(1, 20), 10);
    place.load();
    expect![[r#"
        50 to 70, arrivals through 2026-11-21T20:00:00.000Z
            1/2026-11-21: 20
    "#]]
    .assert_eq(&shown(&place.archive(on_day(2, 0))));
    expect![[r#"
        1/2026-11-20/00000000000000000000-00000000000000000050.parquet
        1/2026-11-21/00000000000000000050-00000000000000000070.parquet
        2/2026-11-20/00000000000000000000-00000000000000000050.parquet
        rounds/00000000000000000000-00000000000000000050.json
        rounds/00000000000000000050-00000000000000000070.json
    "#]]
    .assert_eq(&(place.files().join("\n") + "\n"));
    assert_eq!(events_of(&place).len(), 70);
}

#[test]
fn what_is_not_flushed_waits() {
    let place = Place::loaded(&[(1, on_day(0, 9), 30)]);
    place.arrive(1, on_day(0, 10), 30);
    let rounds = place.archive(on_day(9, 0));
    assert_eq!(rounds.iter().map(|round| round.next_sequence).collect::<Vec<_>>(), [30]);
}

#[test]
fn a_round_ends_with_the_record_that_reaches_its_limit() {
    let mut place = Place::new();
    place.options.round_events_max = 25;
    place.arrive(1, on_day(0, 9), 65);
    place.load();
    let ends = place.archive(on_day(1, 0)).iter().map(|round| round.next_sequence).collect::<Vec<_>>();
    assert_eq!(ends, [30, 60, 65]);
    assert_eq!(events_of(&place).len(), 65);
}

#[test]
fn a_clock_that_jumps_opens_no_day_again() {
    let mut place = Place::loaded(&[
        (1, on_day(0, 9), 10),
        // A day ahead for a while, then set back.
        (1, on_day(1, 9), 10),
        (1, on_day(0, 10), 10),
    ]);
    expect![[r#"
        0 to 10, arrivals through 2026-11-20T09:00:00.000Z
            1/2026-11-20: 10
    "#]]
    .assert_eq(&shown(&place.archive(on_day(1, 1))));
    let before = place.files();
    expect![[r#"
        10 to 30, arrivals through 2026-11-21T09:00:00.000Z
            1/2026-11-20: 10
            1/2026-11-21: 10
    "#]]
    .assert_eq(&shown(&place.archive(on_day(2, 1))));
    assert!(before.iter().all(|file| place.files().contains(file)));
    // Years ahead for a moment: what came then does not hold up what follows.
    place.arrive(1, on_day(3_000, 0), 10);
    place.arrive(1, on_day(2, 0), 10);
    place.load();
    assert_eq!(place.archive(on_day(2, 1))[0].events(), 10);
    assert_eq!(place.archive(on_day(3, 0))[0].events(), 10);
    assert_eq!(events_of(&place).len(), 50);
}

#[test]
fn only_what_is_stored_is_archived_and_what_failed_lies_apart() {
    let mut place = Place::new();
    let first = plain_event("purchase");
    let mut other = first.clone();
    other.name = plain_event("refund").name;
    let sent = [vec![first.clone(), plain_event("page_view")], vec![first.clone()], vec![other]];
    place.append(&sent.map(|events| batch(1, on_day(0, 9), events)));
    place.load();
    expect![[r#"
        0 to 4, arrivals through 2026-11-20T09:00:00.000Z
            1/2026-11-20: 2
            failed: 1
    "#]]
    .assert_eq(&shown(&place.archive(on_day(1, 0))));
    let events = events_of(&place);
    assert_eq!(events.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(events[0].1, batch(1, on_day(0, 9), vec![first]));
}

#[test]
fn damage_in_the_journal_is_written_down_and_stops_nothing() {
    let mut place = Place::new();
    for hour in 0..20 {
        place.arrive(1, on_day(0, hour), 20);
    }
    place.load();
    let segments = styk::journal::segment_starts(&place.options.journal_directory).unwrap();
    let damaged = place.path("journal").join(format!("{:020}.journal", segments[1]));
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[2_000] ^= 1;
    fs::write(&damaged, bytes).unwrap();
    let rounds = place.archive(on_day(1, 0));
    let stored: u64 = rounds[0].unreadable.iter().map(|lost| lost.stored).sum();
    assert_eq!((rounds.len(), rounds[0].next_sequence), (1, 400));
    assert!(0 < stored && stored <= 20, "{stored}");
    assert_eq!(rounds[0].events() + stored, 400);
}

#[test]
fn a_crash_between_any_two_steps_leaves_nothing_that_counts() {
    let place = Place::loaded(&[(1, on_day(0, 9), 20), (2, on_day(0, 9), 20)]);
    assert_eq!(place.archive(on_day(1, 0)).len(), 1);
    let whole = place.files();
    let events = events_of(&place);
    // Each file is made under another name, then renamed; the round comes last.
    let mut order = whole.clone();
    order.sort_by_key(|file| file.starts_with("rounds/"));
    let steps = order.iter().flat_map(|file| [format!("{file}.unfinished"), file.clone()]).collect::<Vec<_>>();
    for crash_after in 0..steps.len() - 1 {
        for file in place.files() {
            fs::remove_file(place.options.directory.join(file)).unwrap();
        }
        for (number, step) in steps.iter().enumerate().take(crash_after + 1) {
            let replaced = number < crash_after && step.ends_with(".unfinished");
            if !replaced {
                fs::write(place.options.directory.join(step), "whatever was written").unwrap();
            }
        }
        assert_eq!(Archive::open(&place.options.directory).unwrap().next_sequence(), 0);
        assert_eq!(place.archive(on_day(1, 0)).len(), 1, "after a crash behind step {crash_after}");
        assert_eq!(place.files(), whole);
        assert_eq!(events_of(&place), events);
    }
}

#[test]
fn a_stop_in_the_middle_of_a_round_is_made_good() {
    let place = Place::loaded(&[(1, on_day(0, 9), 20), (2, on_day(0, 9), 20)]);
    for stop_after in 0..4 {
        let asked = std::cell::Cell::new(0);
        let keep_going = || asked.replace(asked.get() + 1) < stop_after;
        let mut archivist = place.archivist();
        assert_eq!(archivist.archive_round(on_day(1, 0), &keep_going).unwrap(), None, "{stop_after}");
    }
    assert_eq!(place.archive(on_day(1, 0))[0].events(), 40);
    assert_eq!(place.files().len(), 3);
}

#[test]
fn a_store_that_holds_other_events_than_the_journal_is_not_archived() {
    let place = Place::loaded(&[(1, on_day(0, 9), 20)]);
    fs::remove_dir_all(&place.options.journal_directory).unwrap();
    place.arrive(2, on_day(0, 9), 20);
    let error = place.archive_refused(on_day(1, 0)).to_string();
    assert!(error.starts_with("the sequences 0 to 20 (excluded) are not archived: the store counts 20"), "{error}");
    assert_eq!(place.files(), Vec::<String>::new());
}
