//! A disk that refuses: calls that fail, fall short or lie, and what senders, operators and the next start hear.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::damage::{files, segments};
use super::strace::{Attached, Threads, fault, only_on, wrapper};
use super::traffic::{Drill, EVENT, Kind, Ledger, check, event, send};
use super::{SETTINGS, launch, stop};
use crate::program::{self, Answer, End, Program, Shop, post_bytes, wait_for};

/// The disk has refused, so nothing more is promised: what `styk serve` ends with.
const DISK_REFUSED: i32 = 70;

/// The disk refuses one of the first few calls, so a program that goes on has not noticed.
const SENDINGS_MAX: usize = 200;

/// A shop with one careful sender.
struct Careful {
    shop: Shop,
    ledger: Ledger,
    random: fastrand::Rng,
    _place: tempfile::TempDir,
}

impl Careful {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let ledger = Ledger::create(place.path().join("ledger"));
        Self { shop: Shop::new(), ledger, random: fastrand::Rng::with_seed(7), _place: place }
    }

    fn start(&self) -> Program {
        self.shop.start(SETTINGS)
    }

    /// Sends so many events, of about a kilobyte.
    fn send(&mut self, program: &Program, events: usize) -> Result<Answer, ureq::Error> {
        let events: Vec<_> = (0..events).map(|_| event(&mut self.random, 1_000)).collect();
        self.ledger.note_sent(&events);
        let answer = send(&program::agent(), &program.base_url(), &self.shop, Kind::Server, &events)?;
        if answer.status == 202 {
            self.ledger.note_acknowledged(&events);
        }
        Ok(answer)
    }

    #[track_caller]
    fn send_well(&mut self, program: &Program, events: usize) {
        let answer = self.send(program, events).unwrap();
        assert_eq!(answer.status, 202, "{}", answer.text());
    }

    /// Starts again without any fault: all that was acknowledged is there, and events are taken.
    #[track_caller]
    fn check_next_start(&mut self) -> End {
        let program = self.start();
        check(&self.shop, &program, &[&self.ledger]);
        self.send_well(&program, 3);
        check(&self.shop, &program, &[&self.ledger]);
        program.terminate()
    }
}

#[track_caller]
fn check_refused(answer: &Answer, code: &str) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(answer.json()["error"]["code"], code);
    assert!(answer.retry_after.is_some());
}

#[test]
fn a_write_or_sync_that_fails_is_answered_with_503_and_ends_the_program() {
    for (call, how, number) in [
        ("fdatasync", "error=EIO", 1),
        ("fdatasync", "error=EIO", 3),
        ("pwrite64", "error=EIO", 3),
        ("pwrite64", "error=ENOSPC", 4),
        ("pwrite64", "retval=0", 3),
        ("fsync", "error=EIO", 1),
        ("rename", "error=EIO", 1),
    ] {
        let mut careful = Careful::new();
        let program = careful.start();
        let case = format!("{call}:{how}:when={number}");
        let strace = Attached::to(&program, "journal", &fault(call, &case));
        let mut answers = (0..SENDINGS_MAX).map(|_| careful.send(&program, 5).unwrap());
        let refused = answers.find(|answer| answer.status != 202);
        let refused = refused.unwrap_or_else(|| panic!("{case}: everything is accepted"));
        check_refused(&refused, "stopped");
        // Whoever comes now is not promised anything either.
        if let Ok(answer) = careful.send(&program, 5) {
            check_refused(&answer, "stopped");
        }
        let end = program.wait_for_end();
        assert_eq!(end.status.code(), Some(DISK_REFUSED), "{case}: {}", end.log);
        assert!(end.log.contains("the disk refused a write"), "{case}: {}", end.log);
        // It works the second time, and must not be asked: after a failed sync, success says nothing.
        assert_eq!(strace.log().lines().filter(|line| line.contains(call)).count(), number, "{case}");
        careful.check_next_start();
    }
}

#[test]
pub(crate) fn a_failed_sync_under_traffic_refuses_everybody_and_loses_nothing() {
    let mut drill = Drill::new_in(&std::env::temp_dir(), 70);
    for number in [1, 7, 30] {
        let program = drill.shop.start(SETTINGS);
        let strace =
            Attached::to(&program, "journal", &fault("fdatasync", &format!("fdatasync:error=EIO:when={number}")));
        let end = drill.send_while_at(&program.base_url(), |traffic| {
            wait_for("a refusal", || 0 < traffic.turned_away());
            program.wait_for_end()
        });
        assert_eq!(end.status.code(), Some(DISK_REFUSED), "{}", end.log);
        drop(strace);
        let program = drill.shop.start(SETTINGS);
        drill.check(&program);
        stop(program);
    }
}

#[test]
fn a_new_segment_that_finds_no_space_is_refused_and_tried_again() {
    let mut careful = Careful::new();
    let program = careful.start();
    let strace = Attached::to(&program, "journal", &fault("fallocate", "fallocate:error=ENOSPC:when=1..2"));
    for _ in 0..2 {
        check_refused(&careful.send(&program, 5).unwrap(), "disk_full");
    }
    careful.send_well(&program, 5);
    drop(strace);
    // And where space cannot be reserved at all, files grow as they are written.
    let strace = Attached::to(&program, "journal", &fault("fallocate", "fallocate:error=EOPNOTSUPP"));
    for _ in 0..16 {
        careful.send_well(&program, 300);
    }
    assert!(2 < segments(&careful.shop).len());
    drop(strace);
    check(&careful.shop, &program, &[&careful.ledger]);
    stop(program);
    careful.check_next_start();
}

#[test]
fn an_interrupted_write_is_finished() {
    let mut careful = Careful::new();
    let program = careful.start();
    let _strace = Attached::to(&program, "journal", &fault("pwrite64", "pwrite64:error=EINTR:when=2+3"));
    for _ in 0..6 {
        careful.send_well(&program, 5);
    }
    check(&careful.shop, &program, &[&careful.ledger]);
}

/// The system writes the first part of a long write, and then says that files may not get longer. It is the zeros
/// ahead of the records that meet this first, so nothing of a record is begun.
#[test]
fn a_write_that_falls_short_is_refused_and_nothing_of_it_is_found() {
    let mut careful = Careful::new();
    let limited = ["bash", "-c", "trap '' XFSZ; ulimit -f 2048; exec \"$@\"", "-"].map(str::to_owned);
    let program = launch(&careful.shop, &limited, &[]).wait().unwrap_or_else(|end| panic!("{}", end.log));
    let large_event = || {
        let mut event = event(&mut careful.random, 0);
        for note in ["one", "two", "three"] {
            event["properties"][note] = json!("x".repeat(1_000));
        }
        event
    };
    let events: Vec<_> = std::iter::repeat_with(large_event).take(900).collect();
    let body = json!({ "site": Shop::SITE, "events": events }).to_string();
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(body.as_bytes()).unwrap();
    let bearer = format!("Bearer {}", careful.shop.collect_key);
    let headers = [("authorization", bearer.as_str()), ("content-encoding", "gzip")];
    let url = format!("{}/v1/events", program.base_url());
    let answer = post_bytes(&program::agent(), &url, &headers, &packer.finish().unwrap()).unwrap();
    check_refused(&answer, "stopped");
    assert_eq!(program.wait_for_end().status.code(), Some(DISK_REFUSED));

    let program = careful.start();
    assert_eq!(careful.shop.visitors_with(&program, EVENT), 0, "nothing of it was acknowledged");
    assert!(!files(&careful.shop).keys().any(|name| name.contains(".torn-")), "no record was begun");
    stop(program);
}

/// Nobody can promise anything on such a disk; but it is found out, and told.
#[test]
fn a_disk_that_lies_about_a_write_is_found_out() {
    let mut careful = Careful::new();
    let program = careful.start();
    // More than a block, so that the zeros ahead are written now.
    careful.send_well(&program, 20);
    program.wait_until_loaded();
    // Says that the first block is written which is not; several follow, so the next write does not come to it again.
    let strace = Attached::to(&program, "journal", &fault("pwrite64", "pwrite64:retval=4096:when=1"));
    for events in [20, 5, 5] {
        careful.send_well(&program, events);
    }
    drop(strace);
    program.wait_until_loaded();
    assert_eq!(program.metric("styk_load_missing_total"), 20);
    assert_eq!(careful.shop.visitors_with(&program, EVENT), 30);
    let end = program.kill9();
    assert!(end.log.contains("events are missing"), "{}", end.log);

    let program = careful.start();
    program.wait_until_loaded();
    assert_eq!((program.metric("styk_journal_gaps"), program.metric("styk_journal_gap_events")), (1, 20));
    assert_eq!(careful.shop.visitors_with(&program, EVENT), 30);
    assert!(program.log().contains("the journal is damaged"));
}

#[test]
fn a_file_that_cannot_be_read_at_the_start_is_named_and_nothing_is_cut() {
    let mut careful = Careful::new();
    let program = careful.start();
    careful.send_well(&program, 5);
    program.kill9();
    let segment = segments(&careful.shop).pop().unwrap();
    let before = files(&careful.shop);
    for number in 1..=3 {
        let place = tempfile::tempdir().unwrap();
        let unreadable = fault("pread64", &format!("pread64:error=EIO:when={number}"));
        let wrapper = wrapper(Threads::Main, &place.path().join("log"), &only_on(&[&segment], unreadable));
        let Err(end) = launch(&careful.shop, &wrapper, &[]).wait() else { panic!("it started: {number}") };
        assert_eq!(end.status.code(), Some(1), "{number}: {}", end.log);
        let names = |path: &Path| end.log.contains(path.file_name().unwrap().to_str().unwrap());
        assert!(end.log.contains("cannot read") && names(&segment), "{number}: {}", end.log);
        assert!(end.log.contains("Input/output error"), "{number}: {}", end.log);
        assert_eq!(files(&careful.shop), before, "{number}");
    }
    careful.check_next_start();
}

#[test]
fn a_load_that_cannot_read_for_a_while_catches_up() {
    let mut careful = Careful::new();
    let program = careful.start();
    careful.send_well(&program, 5);
    program.wait_until_loaded();
    let unreadable = only_on(&[&segments(&careful.shop)[0]], fault("pread64", "pread64:error=EIO:when=1..2"));
    let _strace = Attached::to(&program, "load", &unreadable);
    careful.send_well(&program, 5);
    check(&careful.shop, &program, &[&careful.ledger]);
    assert!(0 < program.metric("styk_load_retried_total"));
    assert!(program.log().contains("the load could not read the journal"));
}
