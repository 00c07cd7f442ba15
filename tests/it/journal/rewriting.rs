//! Records replaced in finished segments, while the journal is written and read.

use std::fs;

use styk::journal::{Change, Read, Record, Replacement, remove_kept_damage, rewrite};
use tempfile::TempDir;

use super::{append, open, payloads, read, read_whole, segments};

/// Replaces every payload that begins with `s`, for secret.
const CHANGE: Change<'_> = Change { concerns: &|_| true, replace: &hide };

fn hide(record: &Record) -> Option<Replacement> {
    let hidden = Replacement { kind: 2, payload: b"-".as_slice().into() };
    record.payload.starts_with(b"s").then_some(hidden)
}

fn holds(directory: &std::path::Path, mark: &[u8]) -> bool {
    let bytes = segments(directory).iter().flat_map(|path| fs::read(path).unwrap()).collect::<Vec<_>>();
    bytes.windows(mark.len()).any(|window| window == mark)
}

#[test]
fn a_replaced_record_keeps_its_place_and_the_journal_goes_on() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    append(&writer, &[b"one", b"secret-1", &[b'x'; 900], b"secret-2", b"three"]);
    assert_eq!(segments(root.path()).len(), 3);
    let below = writer.sealer().seal().unwrap();
    assert_eq!((below, segments(root.path()).len()), (5, 4), "what was being written is finished");
    assert_eq!(writer.sealer().seal().unwrap(), 5, "an empty segment is not finished again");

    let rewritten = rewrite(root.path(), below, &CHANGE).unwrap();
    assert_eq!((rewritten.segments, rewritten.unreadable), (2, 0));
    assert!(!holds(root.path(), b"secret"));
    append(&writer, &[b"secret-3"]);
    let records = read_whole(root.path(), 0, 6);
    let expected: [&[u8]; 6] = [b"one", b"-", &[b'x'; 900], b"-", b"three", b"secret-3"];
    assert_eq!(payloads(&records), expected);
    assert_eq!((records[1].kind, records[1].received_at_ms), (2, records[0].received_at_ms));
    assert_eq!(rewrite(root.path(), below, &CHANGE).unwrap().segments, 0, "a second time changes nothing");
    let again = rewrite(root.path(), u64::MAX, &CHANGE).unwrap();
    assert_eq!(again.segments, 0, "the segment that is being written is left alone");
    drop(writer);
    let (_, recovery) = open(root.path());
    assert_eq!((recovery.next_sequence, recovery.torn, recovery.gaps), (6, None, vec![]));
}

#[test]
fn a_segment_that_does_not_concern_is_left_alone() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    append(&writer, &[b"secret"]);
    let below = writer.sealer().seal().unwrap();
    let change = Change { concerns: &|first| first.payload.starts_with(b"x"), ..CHANGE };
    assert_eq!(rewrite(root.path(), below, &change).unwrap().segments, 0);
    assert!(holds(root.path(), b"secret"));
}

#[test]
fn bytes_that_nobody_can_read_go_and_the_gap_stays() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    append(&writer, &[b"one", b"damaged secret", b"three"]);
    let below = writer.sealer().seal().unwrap();
    drop(writer);
    let path = segments(root.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    let place = bytes.windows(7).position(|window| window == b"damaged").unwrap();
    bytes[place] ^= 1;
    fs::write(&path, bytes).unwrap();
    let told = || {
        let gaps = read(root.path(), 0, 3).into_iter().filter_map(|read| match read {
            Read::Gap(gap) => Some((gap.from_sequence, gap.to_sequence)),
            Read::Record(_) => None,
        });
        gaps.collect::<Vec<_>>()
    };
    assert_eq!(told(), [(1, 2)]);
    assert_eq!(rewrite(root.path(), below, &CHANGE).unwrap().segments, 1);
    assert!(!holds(root.path(), b"secret"));
    assert_eq!(told(), [(1, 2)]);
    let (_, recovery) = open(root.path());
    assert_eq!((recovery.next_sequence, recovery.gaps.len()), (3, 1));
}

#[test]
fn a_segment_of_another_journal_stays_as_it_is() {
    let (root, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for place in [&root, &other] {
        let (writer, _) = open(place.path());
        append(&writer, &[&[b's'; 900], &[b's'; 900], &[b's'; 900]]);
    }
    let strange = segments(root.path()).remove(1);
    fs::copy(&segments(other.path())[1], &strange).unwrap();
    let before = fs::read(&strange).unwrap();
    let rewritten = rewrite(root.path(), u64::MAX, &CHANGE).unwrap();
    assert_eq!((rewritten.segments, rewritten.unreadable), (1, 1));
    assert_eq!(fs::read(&strange).unwrap(), before);
}

#[test]
fn copies_of_damage_and_of_torn_tails_can_be_removed() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    append(&writer, &[b"one"]);
    for name in ["00000000000000000009.journal.damaged", "00000000000000000009.journal.torn-00000000000000000011"] {
        fs::write(root.path().join(name), "left").unwrap();
    }
    assert_eq!(remove_kept_damage(root.path()).unwrap(), 2);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    assert_eq!(payloads(&read_whole(root.path(), 0, 1)), [b"one"]);
}
