//! What the journal refuses, and how it gives room back.

use std::error::Error as _;
use std::fs;

use styk::journal::{Error, Journal, Options, PAYLOAD_BYTES_MAX, Read, Reader, Reason, remove_before};
use tempfile::TempDir;

use super::{append, block_on, open, options, payloads, read, read_whole, record, segments};

#[test]
fn a_record_that_does_not_fit_the_queue_is_refused_at_once() {
    let root = TempDir::new().unwrap();
    let (writer, _) = Journal::open(Options { queue_bytes_max: 100, ..options(root.path()) }).unwrap();
    let refused = block_on(writer.append(&record(&[1; 101], 1)));
    assert!(matches!(refused, Err(Error::Busy)));
    let too_long = block_on(writer.append(&record(&vec![1; PAYLOAD_BYTES_MAX + 1], 1)));
    assert!(matches!(too_long, Err(Error::TooLong { .. })));
    assert_eq!(append(&writer, &[&[2; 100]]), [0]);
    assert_eq!(payloads(&read_whole(root.path(), 0, 1)), [[2; 100]]);
}

#[test]
fn under_overload_exactly_the_acknowledged_records_are_kept() {
    let root = TempDir::new().unwrap();
    let (writer, _) = Journal::open(Options { queue_records_max: 2, ..options(root.path()) }).unwrap();
    let mut accepted = block_on(async {
        let tasks: Vec<_> = (0..500_u16)
            .map(|number| {
                let writer = writer.clone();
                tokio::spawn(async move {
                    let payload = number.to_le_bytes().to_vec();
                    match writer.append(&record(&payload, 1)).await {
                        Ok(position) => Some((position.sequence, payload)),
                        Err(Error::Busy) => None,
                        Err(error) => panic!("{error}"),
                    }
                })
            })
            .collect();
        let mut accepted = Vec::new();
        for task in tasks {
            accepted.extend(task.await.unwrap());
        }
        accepted
    });
    accepted.sort();
    let records = read_whole(root.path(), 0, *writer.durable().borrow());
    let read: Vec<_> = records.iter().map(|record| (record.sequence, record.payload.to_vec())).collect();
    assert_eq!(read, accepted);
    // Refusals leave no trace in the queue.
    append(&writer, &[b"after"]);
}

#[test]
fn on_a_full_disk_appends_are_refused_and_nothing_is_used_up() {
    let root = TempDir::new().unwrap();
    append(&open(root.path()).0, &[b"before"]);
    let (writer, recovery) = Journal::open(Options { free_bytes_min: u64::MAX, ..options(root.path()) }).unwrap();
    for _ in 0..2 {
        let refused = block_on(writer.append(&record(b"no", 1)));
        assert!(matches!(refused, Err(Error::Full { .. })));
    }
    assert_eq!(*writer.durable().borrow(), recovery.next_sequence);
    drop(writer);
    assert_eq!(append(&open(root.path()).0, &[b"after"]), [1]);
    assert_eq!(payloads(&read_whole(root.path(), 0, 2)), [&b"before"[..], b"after"]);
}

#[test]
fn after_a_failed_write_everybody_hears_that_the_journal_stopped() {
    let root = TempDir::new().unwrap();
    let directory = root.path().join("journal");
    let (writer, _) = open(&directory);
    append(&writer, &[b"a"]);
    fs::remove_dir_all(&directory).unwrap();
    for _ in 0..2 {
        let refused = block_on(writer.append(&record(b"b", 1)));
        let Err(error @ Error::Poisoned(_)) = refused else {
            panic!("{refused:?}");
        };
        assert!(error.source().is_some());
    }
    assert!(matches!(block_on(writer.poisoned()), Error::Poisoned(_)));
    assert_eq!(*writer.durable().borrow(), 1);
}

#[test]
fn segments_below_a_sequence_are_removed_but_never_the_last() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    // One record of three events in each segment.
    for _ in 0..4 {
        block_on(writer.append(&record(&[1; 900], 3))).unwrap();
    }
    let mut reader = Reader::open(root.path(), 0).unwrap();
    assert_eq!(reader.next_records(12, 1).unwrap().len(), 1);
    assert_eq!(remove_before(root.path(), 5, &[]).unwrap(), 1);
    assert_eq!(read_whole(root.path(), 3, 12).len(), 3);
    assert_eq!(reader.next_records(12, 1_000_000).unwrap().len(), 3);
    assert_eq!(remove_before(root.path(), 6, &[]).unwrap(), 1);
    assert_eq!(remove_before(root.path(), 100, &[]).unwrap(), 1);
    assert_eq!(segments(root.path()).len(), 1);
    // What is gone is a gap to whoever still asks for it.
    let reads = read(root.path(), 2, 12);
    let [Read::Gap(gap), Read::Record(record)] = &reads[..] else {
        panic!("{reads:?}");
    };
    assert_eq!((gap.from_sequence, gap.to_sequence), (2, 9));
    assert_eq!((gap.reason, record.sequence), (Reason::Missing, 9));
    drop(writer);
    assert_eq!(open(root.path()).1.gaps, []);
}

#[test]
fn sequences_that_the_store_has_seen_are_never_given_out_again() {
    let root = TempDir::new().unwrap();
    append(&open(root.path()).0, &[b"a", b"b"]);
    let ahead = Options { next_sequence_min: 10, ..options(root.path()) };
    let (writer, recovery) = Journal::open(ahead.clone()).unwrap();
    assert_eq!(recovery.next_sequence, 10);
    let [gap] = &recovery.gaps[..] else {
        panic!("{:?}", recovery.gaps);
    };
    assert_eq!((gap.from_sequence, gap.to_sequence), (2, 10));
    assert_eq!(gap.reason, Reason::BehindStore);
    // Before there is a file behind the gap, and after.
    assert_eq!(read(root.path(), 0, 10).len(), 3);
    assert_eq!(append(&writer, &[b"c"]), [10]);
    assert_eq!(read(root.path(), 0, 11).len(), 4);
    assert_eq!(payloads(&read_whole(root.path(), 10, 11)), [b"c"]);
    drop(writer);
    let (_, recovery) = Journal::open(ahead).unwrap();
    assert_eq!(recovery.next_sequence, 11);
    assert_eq!(recovery.gaps[0].reason, Reason::Missing);
}
