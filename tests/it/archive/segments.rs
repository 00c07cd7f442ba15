//! When a segment of the journal goes: each condition alone, missing, keeps it.

use std::fs;

use styk::domain::time::{HOUR_MS, Timestamp};
use styk::journal::segment_starts;

use super::place::{Place, on_day};

/// 200 events on each of two days, in many segments.
fn loaded_place() -> Place {
    Place::loaded(&[(1, on_day(0, 9), 200), (1, on_day(1, 9), 200)])
}

fn starts(place: &Place) -> Vec<u64> {
    segment_starts(&place.options.journal_directory).unwrap()
}

/// 72 hours after the last arrival of day 0.
fn three_days_later() -> Timestamp {
    on_day(3, 9)
}

#[test]
fn a_segment_goes_when_it_is_loaded_archived_and_old() {
    let place = loaded_place();
    assert_eq!(place.archive(on_day(1, 0)).len(), 1);
    let before = starts(&place);
    let removed = place.remove_segments(three_days_later());
    let after = starts(&place);
    assert!(2 < removed, "{before:?}");
    assert_eq!(before[removed..], after);
    // The one that holds the end of day 0 holds the beginning of day 1 too.
    assert!(after[0] <= 200 && 200 < after[1], "{after:?}");
    assert_eq!(place.remove_segments(three_days_later()), 0);
}

#[test]
fn a_segment_that_is_not_archived_stays() {
    let place = loaded_place();
    assert_eq!(place.remove_segments(on_day(300, 0)), 0);
}

#[test]
fn a_young_segment_stays() {
    let place = loaded_place();
    place.archive(on_day(2, 0));
    let last_young = Timestamp::from_ms(three_days_later().as_ms() - 1);
    assert_eq!(place.remove_segments(last_young), 0);
    assert_eq!(place.remove_segments(Timestamp::from_ms(on_day(0, 0).as_ms() - HOUR_MS)), 0);
    // Both days are one round: its newest arrival decides.
    assert_eq!(place.remove_segments(three_days_later()), 0);
    assert!(0 < place.remove_segments(on_day(4, 9)));
}

#[test]
fn a_wrong_clock_makes_no_segment_old_and_keeps_none_for_ever() {
    let mut place = Place::new();
    place.arrive(1, on_day(0, 9), 200);
    place.load();
    place.archive(on_day(1, 0));
    // Arrived after day 0, whatever it is dated.
    place.arrive(1, on_day(-10_000, 0), 200);
    place.load();
    place.archive(on_day(1, 0));
    // Years ahead for a moment.
    place.arrive(1, on_day(3_000, 0), 200);
    place.load();
    place.archive(on_day(1, 0));
    place.arrive(1, on_day(1, 9), 200);
    place.load();
    place.archive(on_day(2, 0));
    assert_eq!(place.remove_segments(Timestamp::from_ms(three_days_later().as_ms() - 1)), 0);
    assert!(0 < place.remove_segments(three_days_later()));
    let first = starts(&place)[0];
    assert!(first <= 400, "what was dated ahead is not known to be old: {first}");
    assert!(0 < place.remove_segments(on_day(4, 9)));
    assert!(600 < starts(&place)[0]);
}

#[test]
fn a_segment_that_is_not_loaded_stays() {
    let mut place = loaded_place();
    place.archive(on_day(1, 0));
    // A store that was made anew and is empty still.
    let paths = ["journal", "archive"].map(|name| (place.path(name), place.path(&format!("{name}-aside"))));
    for (path, aside) in &paths {
        fs::rename(path, aside).unwrap();
    }
    place.forget_store();
    place.load();
    fs::remove_dir_all(&paths[0].0).unwrap();
    for (path, aside) in &paths {
        fs::rename(aside, path).unwrap();
    }
    assert_eq!(place.remove_segments(three_days_later()), 0);
}

#[test]
fn a_segment_whose_archive_is_damaged_or_gone_stays() {
    for damage in ["flip", "remove", "remove the round"] {
        let place = loaded_place();
        let round = place.archive(on_day(1, 0)).remove(0);
        let file = match damage {
            "remove the round" => place.files().into_iter().find(|file| file.starts_with("rounds/")).unwrap(),
            _ => round.files[0].path.clone(),
        };
        let path = place.options.directory.join(file);
        if damage == "flip" {
            let mut bytes = fs::read(&path).unwrap();
            bytes[100] ^= 1;
            fs::write(&path, bytes).unwrap();
            let error = place.archivist().remove_segments(three_days_later()).unwrap_err();
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(cause.contains("is damaged: 200 events of the sequences 0 to 200 (excluded)"), "{cause}");
        } else {
            fs::remove_file(&path).unwrap();
            assert_eq!(place.archivist().remove_segments(three_days_later()).unwrap_or(0), 0, "{damage}");
        }
        assert_eq!(starts(&place)[0], 0, "{damage}");
    }
}

#[test]
fn a_damaged_segment_is_set_aside_and_not_removed() {
    let place = loaded_place();
    let damaged = place.path("journal").join(format!("{:020}.journal", starts(&place)[1]));
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[1_000] ^= 1;
    fs::write(&damaged, &bytes).unwrap();
    place.archive(on_day(1, 0));
    assert!(2 < place.remove_segments(three_days_later()));
    let aside = format!("{}.damaged", damaged.display());
    assert!(!damaged.exists() && fs::read(aside).unwrap() == bytes);
}

#[test]
fn a_lost_store_is_built_again_from_the_archive_and_what_the_journal_still_has() {
    let mut place = loaded_place();
    place.archive(on_day(2, 0));
    assert!(0 < place.remove_segments(on_day(4, 9)));
    place.arrive(2, on_day(4, 10), 60);
    place.load();
    let before = place.stored();
    assert_eq!(before.0, (0..460).collect::<Vec<_>>());
    place.forget_store();
    place.load();
    assert_eq!(place.stored(), before);
    // And from there on as ever.
    place.arrive(1, on_day(4, 11), 20);
    place.load();
    assert_eq!(place.stored().0.len(), 480);
}
