//! The journal's recovery over files that hold anything.

use std::fs;
use std::num::NonZeroU32;

use styk::journal::{Error, Journal, NewRecord, Options, Read, Reader};

/// Puts the bytes where a journal's segments are: the first byte tells how the rest is cut into files, and whether
/// they stand behind a true segment. Opening reports what it finds; what is appended afterwards is read back.
pub(crate) fn recovery(bytes: &[u8]) {
    let Some((&how, rest)) = bytes.split_first() else { return };
    let place = tempfile::tempdir().unwrap();
    let options = || Options {
        directory: place.path().to_owned(),
        segment_bytes: 4_096,
        queue_records_max: 8,
        queue_bytes_max: 64 << 20,
        free_bytes_min: 0,
        next_sequence_min: 0,
    };
    if how & 1 == 1 {
        // A true segment with two records, into whose file the bytes are written at some place.
        let (journal, _) = Journal::open(options()).unwrap();
        append(&journal, b"first").unwrap();
        append(&journal, b"second").unwrap();
        drop(journal);
        let path = place.path().join(format!("{:020}.journal", 0));
        let mut file = fs::read(&path).unwrap();
        let at = usize::from(how >> 1).min(file.len());
        let end = (at + rest.len()).min(file.len());
        file[at..end].copy_from_slice(&rest[..end - at]);
        fs::write(&path, file).unwrap();
    } else {
        let cut = usize::from(how >> 1).min(rest.len());
        fs::write(place.path().join(format!("{:020}.journal", 0)), &rest[..cut]).unwrap();
        fs::write(place.path().join(format!("{:020}.journal", 9)), &rest[cut..]).unwrap();
    }
    let (journal, recovery) = match Journal::open(options()) {
        Ok(opened) => opened,
        Err(Error::UnknownVersion { .. }) => return,
        Err(error) => panic!("{error}"),
    };
    let position = append(&journal, b"after").unwrap();
    assert_eq!(position, recovery.next_sequence);
    drop(journal);
    let mut reader = Reader::open(place.path(), 0).unwrap();
    let mut expected = 0;
    let mut last = None;
    while expected <= position {
        for read in reader.next_records(position + 1, 1 << 20).unwrap() {
            let (from, to) = match &read {
                Read::Record(record) => (record.sequence, record.next_sequence()),
                Read::Gap(gap) => (gap.from_sequence, gap.to_sequence),
            };
            assert!(expected <= from.max(expected) && from <= to, "{read:?}");
            expected = expected.max(to);
            last = Some(read);
        }
    }
    match last {
        Some(Read::Record(record)) => assert_eq!((record.sequence, &*record.payload), (position, &b"after"[..])),
        other => panic!("the last record is not what was appended: {other:?}"),
    }
}

/// Appends one record and gives its sequence.
fn append(journal: &styk::journal::Writer, payload: &[u8]) -> Result<u64, Error> {
    let record = NewRecord { kind: 1, stream: 0, count: NonZeroU32::MIN, received_at_ms: 0, payload };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(journal.append(&record)).map(|position| position.sequence)
}
