//! Writing and reading side by side.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::Poll;

use styk::journal::{Read, Reader};
use tempfile::TempDir;

use super::{append, block_on, open, payloads, read, read_whole, record, segments};

#[test]
fn an_empty_directory_becomes_a_journal() {
    let root = TempDir::new().unwrap();
    let directory = root.path().join("data/journal");
    let (writer, recovery) = open(&directory);
    assert_eq!((recovery.next_sequence, recovery.gaps), (0, vec![]));
    assert!(read(&directory, 0, 0).is_empty());
    assert_eq!(append(&writer, &[b"a", b"b"]), [0, 1]);
    assert_eq!(*writer.durable().borrow(), 2);
    assert_eq!(payloads(&read_whole(&directory, 0, 2)), [b"a", b"b"]);
}

#[test]
fn a_record_takes_a_sequence_for_each_event_and_is_returned_whole() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    let position = block_on(async {
        writer.append(&record(b"five", 5)).await.unwrap();
        writer.append(&record(b"two", 2)).await.unwrap()
    });
    assert_eq!(position.sequence, 5);
    assert_eq!(payloads(&read_whole(root.path(), 0, 7)), [&b"five"[..], b"two"]);
    // From the middle of the first; nothing from behind the bound.
    let Read::Record(first) = &read(root.path(), 3, 6)[..][0] else {
        panic!("a record");
    };
    assert_eq!((first.sequence, first.count.get()), (0, 5));
    assert_eq!(read(root.path(), 3, 6).len(), 1);
    assert_eq!(payloads(&read_whole(root.path(), 5, 7)), [b"two"]);
}

#[test]
fn tasks_that_append_at_once_share_syncs_and_lose_nothing() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    let sent: BTreeMap<u64, (Vec<u8>, u32)> = block_on(async {
        let tasks: Vec<_> = (0..64_u8)
            .map(|task| {
                let writer = writer.clone();
                tokio::spawn(async move {
                    let mut sent = Vec::new();
                    for number in 0..40_u8 {
                        let (payload, count) = (vec![task, number], 1 + u32::from(number) % 3);
                        let position = writer.append(&record(&payload, count)).await.unwrap();
                        sent.push((position.sequence, (payload, count)));
                    }
                    sent
                })
            })
            .collect();
        let mut sent = BTreeMap::new();
        for task in tasks {
            sent.extend(task.await.unwrap());
        }
        sent
    });
    assert_eq!(sent.len(), 64 * 40);
    assert!(writer.syncs() < 64 * 40 / 2, "{} syncs", writer.syncs());
    let records = read_whole(root.path(), 0, *writer.durable().borrow());
    let read: BTreeMap<_, _> =
        records.iter().map(|record| (record.sequence, (record.payload.to_vec(), record.count.get()))).collect();
    assert_eq!(read, sent);
}

#[test]
fn a_reader_follows_the_writer_across_segments() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    let mut durable = writer.durable();
    let mut reader = Reader::open(root.path(), 0).unwrap();
    let follower = std::thread::spawn(move || {
        let mut numbers = Vec::new();
        while numbers.len() < 500 {
            block_on(durable.changed()).unwrap();
            let up_to_sequence = *durable.borrow_and_update();
            for read in reader.next_records(up_to_sequence, usize::MAX).unwrap() {
                let Read::Record(record) = read else {
                    panic!("{read:?}");
                };
                numbers.push(u16::from_le_bytes(record.payload[..].try_into().unwrap()));
            }
        }
        numbers
    });
    let numbers: Vec<[u8; 2]> = (0..500_u16).map(u16::to_le_bytes).collect();
    append(&writer, &numbers.iter().map(<[u8; 2]>::as_slice).collect::<Vec<_>>());
    assert_eq!(follower.join().unwrap(), (0..500).collect::<Vec<u16>>());
    assert!(10 < segments(root.path()).len());
}

#[test]
fn an_append_that_nobody_waits_for_is_written_all_the_same() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    block_on(async {
        let mut append = Box::pin(writer.append(&record(b"kept", 1)));
        poll_fn(|context| {
            // Once is enough to hand the record over.
            let _ = append.as_mut().poll(context);
            Poll::Ready(())
        })
        .await;
    });
    drop(writer);
    assert_eq!(payloads(&read_whole(root.path(), 0, 1)), [b"kept"]);
}
