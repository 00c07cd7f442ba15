//! A crash at every single call that writes: the same short life is lived again and again, and each time the program
//! is killed at another write, sync, rename, removal or reservation.
//!
//! Calls are counted thread by thread, so that the N-th is the same each time.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use tempfile::TempDir;

use super::strace::{Attached, Threads, wrapper};
use super::traffic::{Kind, Ledger, check, event, send};
use super::{Starts, launch, rounds, say, stop};
use crate::metrics::metric;
use crate::program::{self, End, Program, Shop};

/// Those of them that a machine does not have are passed over.
const CALLS: &str =
    "?write,?pwrite64,?fsync,?fdatasync,?rename,?renameat,?renameat2,?unlink,?unlinkat,?ftruncate,?fallocate";
/// DuckDB has no threads of its own then: the load's calls are made by the load.
const SETTINGS: &[(&str, &str)] = &[("STYK_STORE_THREADS", "1"), ("STYK_STORE_FLUSH_ROWS", "250")];
/// Points that are tried in `./check`.
const FEW_POINTS: usize = 40;
/// Lives that are lived at the same time: they mostly wait.
const AT_ONCE: usize = 3;

/// Whose calls are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    /// Recovery, migrations, and the stop.
    Main,
    Journal,
    Load,
    /// The threads that answer requests.
    Requests,
}

impl Whose {
    fn thread_name(self) -> &'static str {
        match self {
            Self::Main => "styk",
            Self::Journal => "journal",
            Self::Load => "load",
            Self::Requests => "tokio-rt-worker",
        }
    }
}

/// Where to crash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    whose: Whose,
    call: String,
    number: usize,
}

/// A shop whose server was killed before: events in the file, events only in the journal, and a torn tail.
struct Past {
    shop: Shop,
    ledger: Ledger,
}

impl Past {
    fn new(place: &TempDir) -> Self {
        let shop = Shop::new();
        let mut ledger = Ledger::create(place.path().join("past"));
        let program = launch(&shop, &[], SETTINGS).wait().unwrap_or_else(|end| panic!("{}", end.log));
        let mut random = fastrand::Rng::with_seed(1);
        for events in [300, 40] {
            assert!(live_on(&program, &shop, &mut ledger, &mut random, events).is_some());
        }
        program.kill9();
        let torn = super::damage::segments(&shop).pop().unwrap();
        let mut bytes = fs::read(&torn).unwrap();
        let end = 1 + bytes.iter().rposition(|byte| *byte != 0).unwrap();
        bytes[end..end + 100].fill(0xA5);
        fs::write(&torn, bytes).unwrap();
        Self { shop, ledger }
    }

    /// The same shop once more, in a folder of its own.
    fn copy(&self) -> Shop {
        let data = tempfile::tempdir().unwrap();
        let from = self.shop.data.path().join(".");
        assert!(Command::new("cp").arg("-a").args([&from, data.path()]).status().unwrap().success());
        Shop { data, collect_key: self.shop.collect_key.clone(), read_key: self.shop.read_key.clone() }
    }
}

/// Sends some large events and waits until they are loaded; nothing where the server dies meanwhile.
fn live_on(
    program: &Program,
    shop: &Shop,
    ledger: &mut Ledger,
    random: &mut fastrand::Rng,
    events: usize,
) -> Option<()> {
    let events: Vec<_> = (0..events).map(|_| event(random, 1_000)).collect();
    ledger.note_sent(&events);
    let answer = send(&program::agent(), &program.base_url(), shop, Kind::Browser, &events).ok()?;
    assert_eq!(answer.status, 202, "{}", answer.text());
    ledger.note_acknowledged(&events);
    loop {
        let metrics = program.try_get("/metrics", "").ok()?.text();
        if metric(&metrics, "styk_load_pending") == 0 {
            return Some(());
        }
        thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// The scripted life: a start with a past, events, flushes, a merge, a new segment, a stop. Tells how it ended, and
/// which calls were made.
fn live(shop: &Shop, ledger: &mut Ledger, whose: Whose, options: &[String]) -> (End, String) {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("log");
    let wrapper = if whose == Whose::Main { wrapper(Threads::Main, &log, options) } else { Vec::new() };
    let mut calls = String::new();
    let end = match launch(shop, &wrapper, SETTINGS).wait() {
        Err(end) => end,
        Ok(program) => {
            let attached = (whose != Whose::Main).then(|| Attached::to(&program, whose.thread_name(), options));
            let mut random = fastrand::Rng::with_seed(2);
            // To the end, or to the death of the server.
            let _ = [400; 4].iter().try_for_each(|events| live_on(&program, shop, ledger, &mut random, *events));
            let end = program.terminate();
            calls = attached.map(|attached| attached.log()).unwrap_or_default();
            end
        }
    };
    if whose == Whose::Main {
        calls = fs::read_to_string(&log).unwrap();
    }
    (end, calls)
}

/// All points, as a life without a crash shows them.
fn points(past: &Past, place: &TempDir) -> Vec<Point> {
    let mut points = Vec::new();
    for whose in [Whose::Main, Whose::Journal, Whose::Load, Whose::Requests] {
        let mut ledger = Ledger::create(place.path().join(format!("{whose:?}")));
        let options = ["-e".to_owned(), format!("trace={CALLS}")];
        let (end, calls) = live(&past.copy(), &mut ledger, whose, &options);
        assert_eq!(end.status.code(), Some(0), "{}", end.log);
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for line in calls.lines() {
            let (thread, line) = match line.split_once(' ') {
                Some((thread, line)) if thread.bytes().all(|byte| byte.is_ascii_digit()) => (thread, line),
                _ => ("", line),
            };
            if let Some((call, _)) = line.trim_start().split_once('(')
                && call.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                *counts.entry((call, thread)).or_default() += 1;
            }
        }
        let mut most: BTreeMap<&str, usize> = BTreeMap::new();
        for ((call, _), count) in counts {
            let most = most.entry(call).or_default();
            *most = count.max(*most);
        }
        for (call, count) in most {
            points.extend((1..=count).map(|number| Point { whose, call: call.to_owned(), number }));
        }
    }
    points
}

/// Lives until `point`, and then looks at what is there. Whether it was reached.
fn crash_at(point: &Point, past: &Past, place: &TempDir, starts: &Mutex<Starts>) -> bool {
    let Point { whose, call, number } = point;
    let shop = past.copy();
    let mut ledger = Ledger::create(place.path().join(format!("{whose:?}-{call}-{number}")));
    let fault = super::strace::fault(call, &format!("{call}:signal=SIGKILL:when={number}"));
    let (end, _) = live(&shop, &mut ledger, *whose, &fault);
    let killed = end.status.signal() == Some(9);
    assert!(killed || end.status.code() == Some(0), "{point:?}: {}\n{}", end.status, end.log);

    let program = starts.lock().unwrap().start(&shop);
    check(&shop, &program, &[&past.ledger, &ledger]);
    assert!(live_on(&program, &shop, &mut ledger, &mut fastrand::Rng::with_seed(3), 10).is_some());
    stop(program);
    killed
}

#[test]
fn a_crash_at_any_call_that_writes_loses_nothing_and_doubles_nothing() {
    let place = tempfile::tempdir().unwrap();
    let past = Past::new(&place);
    let all = points(&past, &place);
    let step = all.len().div_ceil(rounds(FEW_POINTS, all.len()));
    let tried: Vec<_> = all.iter().step_by(step).collect();
    let waiting = Mutex::new(tried.clone());
    let (starts, killed) = (Mutex::new(Starts::default()), Mutex::new(0));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(point) = waiting.lock().unwrap().pop() else { return };
                    if crash_at(point, &past, &place, &starts) {
                        *killed.lock().unwrap() += 1;
                    }
                }
            });
        }
    });
    let (tried, killed) = (tried.len(), killed.into_inner().unwrap());
    say(&format!("crash at call N: {} points in all, {tried} tried, {killed} reached, 0 events lost", all.len()));
    // Two threads answer requests, so not every point of theirs is reached; but most are.
    assert!(tried / 2 < killed, "{killed} of {tried}");
    starts.into_inner().unwrap().tell("crash at call N");
}
