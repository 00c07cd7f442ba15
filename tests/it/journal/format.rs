//! Journals written by every version so far are still read.

use std::fs;
use std::path::Path;

use styk::journal::Writer;
use tempfile::TempDir;

use super::{append, block_on, open, read_whole, record, segments};

/// Reads `tests/fixtures/journal/v1.journal`, a segment that format version 1 wrote.
///
/// Never write that file again: it stands for the files of people who upgrade. After raising the
/// version, add `v2.journal` with `STYK_WRITE_FIXTURES=1 cargo test it journal::format`, which
/// writes today's format to `tests/fixtures/journal/new.journal`; rename it, and copy this test.
#[test]
fn a_journal_of_version_1_is_read_and_continued() {
    let root = TempDir::new().unwrap();
    let written = include_bytes!("../../fixtures/journal/v1.journal");
    fs::write(root.path().join("00000000000000000000.journal"), written).unwrap();

    let (writer, recovery) = open(root.path());
    assert_eq!((recovery.torn, recovery.gaps), (None, vec![]));
    let found: Vec<_> = read_whole(root.path(), 0, recovery.next_sequence)
        .into_iter()
        .map(|record| (record.sequence, record.kind, record.received_at_ms, record.payload))
        .collect();
    let received_at_ms = 1_700_000_000_000;
    let expected: [(u64, u8, i64, &[u8]); 3] =
        [(0, 1, received_at_ms, b"one event"), (1, 1, received_at_ms, b"three events"), (4, 1, received_at_ms, b"")];
    assert_eq!(found, expected.map(|(a, b, c, payload)| (a, b, c, payload.into())));
    assert_eq!(append(&writer, &[b"continued"]), [5]);
}

/// The same records, written by today's program into a segment that bears the same header, are the same bytes.
#[test]
fn version_1_is_still_what_is_written() {
    let root = TempDir::new().unwrap();
    let written = include_bytes!("../../fixtures/journal/v1.journal");
    let segment = root.path().join("00000000000000000000.journal");
    let mut header_only = written.to_vec();
    header_only[40..].fill(0);
    fs::write(&segment, header_only).unwrap();
    append_as_in_the_fixture(&open(root.path()).0);
    let mut found = fs::read(&segment).unwrap();
    // Whole blocks are written, and this segment is shorter than one.
    assert!(found.split_off(written.len()).iter().all(|byte| *byte == 0));
    assert!(found == written, "{found:?}");
}

fn append_as_in_the_fixture(writer: &Writer) {
    for (payload, count) in [("one event", 1), ("three events", 3), ("", 1)] {
        block_on(writer.append(&record(payload.as_bytes(), count))).unwrap();
    }
}

/// Writes the journal of which version 1 is a fixture, and keeps it where asked to.
#[test]
fn todays_format_is_what_a_fixture_would_hold() {
    let root = TempDir::new().unwrap();
    let (writer, _) = open(root.path());
    append_as_in_the_fixture(&writer);
    drop(writer);
    let mut segment = fs::read(&segments(root.path())[0]).unwrap();
    segment.truncate(1024);
    assert!(segment.starts_with(b"STYKJRNL\x01\0\0\0"));
    if std::env::var_os("STYK_WRITE_FIXTURES").is_some() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journal");
        fs::write(folder.join("new.journal"), segment).unwrap();
    }
}
