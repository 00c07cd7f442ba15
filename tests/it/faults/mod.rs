//! Promises that a test can break: the real program under real faults, against a ledger of what it acknowledged.
//!
//! A `202` means on disk. So whatever is done to the process, the disk or the files, after the next start all that
//! was acknowledged is there, once; nothing is there that was not sent; and what could not be kept is reported.
//!
//! `STYK_TEST_ROUNDS=full` runs all rounds and all points; otherwise a spread of them, as in `./check`.

mod calls;
mod damage;
pub(crate) mod disks;
mod kills;
pub(crate) mod mount;
mod power;
pub(crate) mod refusals;
pub(crate) mod strace;
mod traffic;

use std::io::Write;
use std::time::{Duration, Instant};

use crate::program::{End, Launch, Program, Shop};

/// Flushes, merges and new segments all the time, so that many faults fall into one. No sender is too fast, and a
/// small disk will do.
const SETTINGS: &[(&str, &str)] = &[
    ("STYK_JOURNAL_SEGMENT_MIB", "1"),
    ("STYK_JOURNAL_FREE_MIB_MIN", "4"),
    ("STYK_STORE_FLUSH_ROWS", "500"),
    ("STYK_STORE_MERGE_RUNS", "2"),
    ("STYK_STORE_FLUSHED_GRACE_SECONDS", "2"),
    ("STYK_COLLECT_CLIENT_EVENTS_PER_SECOND", "1000000"),
    ("STYK_COLLECT_CLIENT_EVENTS_BURST", "1000000"),
    ("STYK_COLLECT_SITE_EVENTS_PER_SECOND", "1000000"),
    ("STYK_COLLECT_SITE_EVENTS_BURST", "1000000"),
];

/// How often a fault is made: `few` times in `./check`, `full` times in the full run.
pub(crate) fn rounds(few: usize, full: usize) -> usize {
    match std::env::var("STYK_TEST_ROUNDS").as_deref() {
        Ok("full") => full,
        Err(_) => few,
        Ok(other) => panic!("STYK_TEST_ROUNDS is `{other}`; it can be `full` or unset"),
    }
}

/// Says something that is seen even where the tests pass.
pub(crate) fn say(line: &str) {
    std::io::stderr().write_all(format!("faults: {line}\n").as_bytes()).unwrap();
}

/// How long the starts after faults took, to be told at the end. No test judges it.
#[derive(Default)]
struct Starts {
    took: Vec<Duration>,
}

impl Starts {
    fn start(&mut self, shop: &Shop) -> Program {
        let began = Instant::now();
        let program = shop.start(SETTINGS);
        self.took.push(began.elapsed());
        program
    }

    fn tell(mut self, of: &str) {
        self.took.sort();
        let ms = |place: usize| self.took.get(place).map_or(0, Duration::as_millis);
        let last = self.took.len().saturating_sub(1);
        say(&format!("{of}: {} starts, median {} ms, longest {} ms", self.took.len(), ms(last / 2), ms(last)));
    }
}

/// Nothing that a crash leaves behind is an error, and nothing panics.
#[track_caller]
fn check_log(end: &End) {
    let bad = end.log.lines().find(|line| line.contains(r#""level":"ERROR""#) || line.contains("panicked"));
    assert_eq!(bad, None);
}

/// A stop in order, after which the file alone has everything.
#[track_caller]
fn stop(program: Program) {
    let end = program.terminate();
    assert_eq!(end.status.code(), Some(0), "{}", end.log);
    check_log(&end);
}

/// Starts the server behind `wrapper`.
fn launch(shop: &Shop, wrapper: &[String], settings: &[(&str, &str)]) -> Launch {
    let settings: Vec<_> = SETTINGS.iter().chain(settings).copied().collect();
    Launch::new(wrapper, shop.data.path(), &settings)
}
