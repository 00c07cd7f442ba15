//! Files cut, flipped, lost and mixed up.

use std::fs;

use proptest::prelude::*;
use styk::journal::{Journal, Options, Read, Reason};
use tempfile::TempDir;

use super::{append, block_on, open, options, payloads, read, read_whole, record, segments};

const SEGMENT_HEADER_BYTES: usize = 40;
const FRAME_HEADER_BYTES: usize = 30;

/// Where the used bytes of a segment end.
fn used_bytes(segment: &[u8]) -> usize {
    1 + segment.iter().rposition(|byte| *byte != 0).unwrap()
}

/// Cuts the file, or what was written of a preallocated one, at every byte.
#[test]
fn a_segment_cut_anywhere_yields_its_whole_records_and_goes_on() {
    let root = TempDir::new().unwrap();
    let written: [&[u8]; 4] = [b"a", b"second", &[7; 60], b"last one"];
    append(&open(root.path()).0, &written);
    let whole = fs::read(&segments(root.path())[0]).unwrap();
    let mut ends = vec![SEGMENT_HEADER_BYTES];
    for payload in written {
        ends.push(ends.last().unwrap() + FRAME_HEADER_BYTES + payload.len());
    }
    assert_eq!(used_bytes(&whole), ends[4]);

    for cut in SEGMENT_HEADER_BYTES..=ends[4] {
        for rest in [0, whole.len() - cut] {
            let root = TempDir::new().unwrap();
            let mut bytes = whole[..cut].to_vec();
            bytes.resize(cut + rest, 0);
            fs::write(root.path().join("00000000000000000000.journal"), bytes).unwrap();

            let kept = ends.iter().filter(|end| **end <= cut).count() - 1;
            let (writer, recovery) = open(root.path());
            assert_eq!(recovery.next_sequence, kept as u64, "cut at {cut}");
            assert_eq!(recovery.gaps, [], "cut at {cut}");
            assert_eq!(recovery.torn.is_none(), ends.contains(&cut), "cut at {cut}");
            if let Some(torn) = recovery.torn {
                assert_eq!((torn.sequence, torn.offset), (kept as u64, ends[kept] as u64));
                let copy = fs::read(torn.copy).unwrap();
                assert_eq!(copy, whole[ends[kept]..][..copy.len()]);
            }

            append(&writer, &[b"after"]);
            drop(writer);
            let (_, recovery) = open(root.path());
            assert_eq!((recovery.torn, recovery.gaps), (None, vec![]), "cut at {cut}");
            let records = read_whole(root.path(), 0, kept as u64 + 1);
            let mut expected = written[..kept].to_vec();
            expected.push(b"after");
            assert_eq!(payloads(&records), expected);
        }
    }
}

/// Two segments, of which one byte after the other is damaged, headers included.
#[test]
fn a_flipped_bit_costs_at_most_one_record_and_is_always_reported() {
    let root = TempDir::new().unwrap();
    let written: Vec<Vec<u8>> = (1..=6).map(|number| vec![number; 40]).collect();
    let all: Vec<&[u8]> = written.iter().map(Vec::as_slice).collect();
    let (writer, _) = Journal::open(Options { segment_bytes: 260, ..options(root.path()) }).unwrap();
    append(&writer, &all);
    drop(writer);
    let segments = segments(root.path());
    assert_eq!(segments.len(), 2);

    for segment in &segments {
        let whole = fs::read(segment).unwrap();
        for byte in 0..used_bytes(&whole) {
            let copy = TempDir::new().unwrap();
            for other in &segments {
                fs::copy(other, copy.path().join(other.file_name().unwrap())).unwrap();
            }
            let mut flipped = whole.clone();
            flipped[byte] ^= 1 << (byte % 8);
            fs::write(copy.path().join(segment.file_name().unwrap()), flipped).unwrap();

            let (writer, recovery) = open(copy.path());
            let reported = !recovery.gaps.is_empty() || recovery.torn.is_some();
            assert!(reported, "byte {byte} of {segment:?}");
            // Where the tail was cut, its sequence is given out again.
            assert_eq!(append(&writer, &[b"after"]), [recovery.next_sequence]);

            let mut next_sequence = 0;
            let mut found = 0;
            for read in read(copy.path(), 0, recovery.next_sequence) {
                match read {
                    Read::Record(record) => {
                        assert_eq!(record.sequence, next_sequence);
                        assert_eq!(record.payload, all[usize::try_from(next_sequence).unwrap()]);
                        next_sequence = record.next_sequence();
                        found += 1;
                    }
                    Read::Gap(gap) => {
                        assert_eq!(gap.from_sequence, next_sequence);
                        next_sequence = gap.to_sequence;
                    }
                }
            }
            assert_eq!(next_sequence, recovery.next_sequence);
            assert!(all.len() - 1 <= found, "byte {byte} of {segment:?}: {found}");
            let last = read(copy.path(), next_sequence, next_sequence + 1);
            assert!(matches!(&last[..], [Read::Record(record)] if record.payload == "after"));
        }
    }
}

#[test]
fn damage_before_the_last_record_is_a_gap_and_writing_goes_on_in_a_new_segment() {
    let root = TempDir::new().unwrap();
    append(&open(root.path()).0, &[b"one", b"two", b"three"]);
    let segment = &segments(root.path())[0];
    let mut bytes = fs::read(segment).unwrap();
    let second = SEGMENT_HEADER_BYTES + FRAME_HEADER_BYTES + 3;
    bytes[second + FRAME_HEADER_BYTES] ^= 1;
    fs::write(segment, &bytes).unwrap();

    let (writer, recovery) = open(root.path());
    let [gap] = &recovery.gaps[..] else {
        panic!("{:?}", recovery.gaps);
    };
    assert_eq!((gap.from_sequence, gap.to_sequence), (1, 2));
    assert_eq!((&gap.segment, gap.offset), (segment, second as u64));
    assert_eq!((gap.reason, recovery.torn), (Reason::DamagedFrame, None));
    assert_eq!(append(&writer, &[b"four"]), [3]);
    assert_eq!(segments(root.path()).len(), 2);
    assert_eq!(fs::read(segment).unwrap(), bytes, "the damaged file is kept as it is");
    let reads = read(root.path(), 0, 4);
    assert_eq!(reads.len(), 4);
    assert_eq!(reads[1], Read::Gap(gap.clone()));
}

#[test]
fn a_missing_segment_and_a_foreign_one_are_gaps() {
    let (root, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for directory in [root.path(), other.path()] {
        append(&open(directory).0, &[&[1; 900][..]; 5]);
    }
    fs::remove_file(&segments(root.path())[1]).unwrap();
    let strayed = &segments(root.path())[2];
    fs::copy(&segments(other.path())[3], strayed).unwrap();

    let (_writer, recovery) = open(root.path());
    let gaps: Vec<_> = recovery.gaps.iter().map(|gap| (gap.from_sequence, gap.to_sequence, gap.reason)).collect();
    assert_eq!(gaps, [(1, 2, Reason::Missing), (3, 4, Reason::ForeignStore)]);
    assert_eq!(recovery.next_sequence, 5);
    assert_eq!(read(root.path(), 0, 5).len(), 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Each session opens the journal, appends, closes it, and leaves the start of a write that
    /// a crash cut short.
    #[test]
    fn whatever_was_acknowledged_survives_any_number_of_crashes(
        segment_bytes in 40_u64..3000,
        sessions in prop::collection::vec(
            (prop::collection::vec((1_usize..700, 1_u32..9), 1..8), prop::collection::vec(1_u8.., 0..90)),
            1..7,
        ),
    ) {
        let root = TempDir::new().unwrap();
        let mut expected: Vec<(u64, Vec<u8>)> = Vec::new();
        let mut next_sequence = 0;
        let mut torn = false;
        for (records, garbage) in sessions {
            let opened = Journal::open(Options { segment_bytes, ..options(root.path()) });
            let (writer, recovery) = opened.unwrap();
            prop_assert_eq!(recovery.next_sequence, next_sequence);
            prop_assert_eq!(recovery.gaps, []);
            prop_assert_eq!(recovery.torn.is_some(), torn);
            for (bytes, count) in records {
                let payload = vec![u8::try_from(expected.len()).unwrap() | 1; bytes];
                let position = block_on(writer.append(&record(&payload, count))).unwrap();
                prop_assert_eq!(position.sequence, next_sequence);
                expected.push((next_sequence, payload));
                next_sequence += u64::from(count);
            }
            drop(writer);
            let last = segments(root.path()).pop().unwrap();
            let mut bytes = fs::read(&last).unwrap();
            bytes.splice(used_bytes(&bytes).., garbage.iter().copied());
            fs::write(&last, bytes).unwrap();
            torn = !garbage.is_empty();
        }
        let records = read_whole(root.path(), 0, next_sequence);
        let found: Vec<_> = records.iter().map(|record| (record.sequence, record.payload.to_vec())).collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn only_so_many_copies_of_torn_tails_are_kept() {
    let root = TempDir::new().unwrap();
    for session in 0..12 {
        let (writer, recovery) = open(root.path());
        assert_eq!(recovery.torn.is_some(), 0 < session);
        append(&writer, &[b"kept"]);
        drop(writer);
        let last = segments(root.path()).pop().unwrap();
        let mut bytes = fs::read(&last).unwrap();
        let end = used_bytes(&bytes);
        bytes[end] = 1;
        fs::write(&last, bytes).unwrap();
    }
    let copies = fs::read_dir(root.path()).unwrap();
    let names = copies.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.contains(".torn-")).count(), 8);
    assert_eq!(read_whole(root.path(), 0, 12).len(), 12);
}
