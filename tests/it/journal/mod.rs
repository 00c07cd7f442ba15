//! The journal's promise, on real files: what was acknowledged is read back, unchanged and in
//! order, or is reported as a gap.

mod appending;
mod damage;
mod format;
mod limits;
mod rewriting;

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use styk::journal::{Journal, NewRecord, Options, PAYLOAD_BYTES_MAX, Read, Reader, Record, Recovery, Writer};

fn options(directory: &Path) -> Options {
    Options {
        directory: directory.to_owned(),
        segment_bytes: 1024,
        queue_records_max: 10_000,
        queue_bytes_max: 2 * PAYLOAD_BYTES_MAX,
        free_bytes_min: 0,
        next_sequence_min: 0,
    }
}

fn open(directory: &Path) -> (Writer, Recovery) {
    Journal::open(options(directory)).unwrap()
}

fn record(payload: &[u8], count: u32) -> NewRecord<'_> {
    NewRecord { stream: 0, kind: 1, count: NonZeroU32::new(count).unwrap(), received_at_ms: 1_700_000_000_000, payload }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).build().unwrap().block_on(future)
}

/// Appends one record of one event for each payload and returns their sequences.
fn append(writer: &Writer, payloads: &[&[u8]]) -> Vec<u64> {
    block_on(async {
        let mut sequences = Vec::new();
        for payload in payloads {
            let position = writer.append(&record(payload, 1)).await.unwrap();
            sequences.push(position.sequence);
        }
        sequences
    })
}

fn read(directory: &Path, from_sequence: u64, up_to_sequence: u64) -> Vec<Read> {
    let mut reader = Reader::open(directory, from_sequence).unwrap();
    let mut all = Vec::new();
    loop {
        let reads = reader.next_records(up_to_sequence, 100).unwrap();
        if reads.is_empty() {
            return all;
        }
        all.extend(reads);
    }
}

/// Reads everything, expecting neither gap nor jump.
fn read_whole(directory: &Path, from_sequence: u64, up_to_sequence: u64) -> Vec<Record> {
    let mut next_sequence = from_sequence;
    let mut records = Vec::new();
    for read in read(directory, from_sequence, up_to_sequence) {
        let Read::Record(record) = read else {
            panic!("{read:?}");
        };
        assert_eq!(record.sequence, next_sequence);
        next_sequence = record.next_sequence();
        records.push(record);
    }
    assert_eq!(next_sequence, up_to_sequence);
    records
}

fn payloads(records: &[Record]) -> Vec<&[u8]> {
    records.iter().map(|record| &*record.payload).collect()
}

/// The journal's segments, in order.
fn segments(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "journal"));
    paths.sort();
    paths
}
