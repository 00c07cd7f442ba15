//! What answers cost over millions of events of twenty shops, beside ClickHouse's engine (`chdb`) on the same rows.
//!
//! `cargo bench --bench answers -- [MILLIONS [FOLDER [WORDS]]]`: 1 million in a temporary folder unless told otherwise; a
//! folder keeps what was filled for the next run; of WORDS, only questions whose name has them are asked. The shops are
//! the demo's, of unequal size, 90 days long; they are sent to a server of their own, which loads them as it loads any.
//! With STYK_BENCH_PYTHON, a Python that has `chdb`, the peer answers the same questions from one MergeTree in order of
//! site, visitor, time, with default settings, filled from our own Parquet export. CPU time of all threads: of the first
//! round, and of the quietest of several that follow, for which what the first one read is kept; Linux only.

mod cpu;
mod memory;
mod peer;
mod shops;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use styk::analyze::abandonment::{self, Beside, CartScope};
use styk::analyze::funnel::{self, Breakdown, BreakdownAt, BreakdownColumn, Question};
use styk::analyze::{Scope, overview, raw, recent};
use styk::domain::calendar::CalendarUnit;
use styk::domain::cart::Timeouts;
use styk::domain::filter::{CodedField, Field};
use styk::domain::funnel::{Funnel, Hold, Order, Presence, Step, Target, Unit};
use styk::domain::id::SiteId;
use styk::domain::money::Currency;
use styk::domain::name::EventName;
use styk::domain::segment::Segment;
use styk::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Period, Timestamp};
use styk::store::{FileFormat, Options, Query, Snapshot, Store, write_whole};

const ROUNDS: usize = 7;
const STEPS: [&str; 4] = ["view_item", "add_to_cart", "begin_checkout", "purchase"];

fn main() {
    // Cargo itself adds `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let millions: f64 = arguments.next().map_or(1.0, |text| text.parse().expect("a number of millions"));
    let temporary = tempfile::tempdir().expect("a directory");
    let folder = arguments.next().map_or(temporary.path().to_owned(), PathBuf::from);
    let words = arguments.next().unwrap_or_default();
    let data = folder.join(format!("styk-{millions}"));
    let filled = folder.join(format!("filled-{millions}"));
    if !filled.exists() {
        std::fs::remove_dir_all(&data).ok();
        std::fs::create_dir_all(&data).expect("a folder for the data");
        print_filled(&shops::fill(&data, (millions * 1e6) as u64));
        std::fs::write(&filled, "").expect("a file that says that it is filled");
    }
    let store = open(&data);
    print_store(&data, &store);
    let peer = peer::answers(&store, &folder.join(format!("peer-{millions}")));
    println!("\n{:<52}{:>10}{:>10}{:>10}{:>12}{:>8}", "", "first", "CPU ms", "wall ms", "chdb CPU", "ratio");
    for asked in questions().into_iter().filter(|asked| asked.name.contains(&words)) {
        // Each has a snapshot of its own, as every question to the server.
        let (first, cpu, wall, found) = quietest(|| (asked.ask)(&store.snapshot().expect("a snapshot")));
        print!("{:<52}{:>10.1}", asked.name, milliseconds(first));
        print!("{:>10.1}{:>10.1}", milliseconds(cpu), milliseconds(wall));
        match peer.iter().find(|theirs| theirs.name == asked.peer) {
            Some(theirs) => {
                println!(
                    "{:>12.1}{:>8.2}   {found} / {}",
                    theirs.cpu_ms,
                    milliseconds(cpu) / theirs.cpu_ms,
                    theirs.found
                );
            }
            None => println!("{:>12}{:>8}   {found}", "", ""),
        }
    }
    println!("\nmost memory of this process, which asked: {:.0} MB", memory::resident_most_bytes("self") as f64 / 1e6);
}

fn print_filled(filled: &shops::Filled) {
    let (wall, cpu) = (filled.wall.as_secs_f64(), filled.cpu.as_secs_f64());
    println!("{} events sent and loaded in {wall:.0} s, {cpu:.0} s of the server's CPU time", filled.events);
    let (first, last) = filled.rates;
    println!("events a CPU second: {first:.0} in the first tenth, {last:.0} in the last");
    println!("the server's most memory: {:.0} MB", filled.resident_most_bytes as f64 / 1e6);
}

fn print_store(data: &Path, store: &Store) {
    let size = store.snapshot().and_then(|snapshot| snapshot.size()).expect("a snapshot");
    let bytes = std::fs::metadata(data.join("store/events.duckdb")).expect("the store's file").len();
    println!(
        "{} events in {} runs, {:.1} bytes of the file each",
        size.rows,
        size.runs,
        bytes as f64 / size.rows as f64
    );
}

/// The store as the server has it, but for what it does in the background.
fn open(data: &Path) -> Store {
    let options = Options {
        directory: data.join("store"),
        threads: 2,
        memory_mib: 1_024,
        flush_rows: u64::MAX,
        flush_after: Duration::MAX,
        flushed_grace: Duration::ZERO,
        merge_runs: usize::MAX,
        merge_rows_max: 0,
        kept_mib: 128,
    };
    let store = Store::new(options);
    store.open().expect("the store opens");
    store
}

/// Writes the rows of each site into a Parquet file, as `GET …/export/events` would.
fn export(store: &Store, folder: &Path) {
    for place in 0..shops::SHARES.len() {
        let scope = Scope {
            period: Period::new(Timestamp::from_ms(0), Timestamp::from_ms(1 << 42)).expect("long"),
            ..scope(place)
        };
        let snapshot = store.snapshot().expect("a snapshot");
        let file = raw::write_file(&snapshot, &scope, FileFormat::Parquet).expect("a file of all rows");
        let path = folder.join(format!("{}.parquet", scope.site.0));
        write_whole(&path, &mut file.reader()).expect("a copy of it");
    }
}

/// One line of the table.
struct Asked {
    name: &'static str,
    /// The peer's question; empty where it has none.
    peer: &'static str,
    ask: Box<dyn Fn(&Snapshot) -> i64>,
}

fn asked(name: &'static str, peer: &'static str, ask: impl Fn(&Snapshot) -> i64 + 'static) -> Asked {
    Asked { name, peer, ask: Box::new(ask) }
}

fn questions() -> Vec<Asked> {
    let one = || scope(shops::ASKED);
    let hold = || Hold::default().and("device").expect("a field");
    vec![
        asked("funnel, all sites", "funnel_all", |snapshot| {
            (0..shops::SHARES.len()).map(|place| entered(snapshot, scope(place), funnel(), None)).sum()
        }),
        asked("  the same, asked of chdb site by site too", "funnel_each", |snapshot| {
            (0..shops::SHARES.len()).map(|place| entered(snapshot, scope(place), funnel(), None)).sum()
        }),
        asked("funnel, one site", "funnel_one", move |snapshot| entered(snapshot, one(), funnel(), None)),
        asked("  by device", "funnel_by", move |snapshot| {
            entered(snapshot, one(), funnel(), Some(Field::Coded(CodedField::Device)))
        }),
        asked("  strict", "funnel_strict", move |snapshot| {
            entered(snapshot, one(), funnel().in_order(Order::Strict), None)
        }),
        asked("  any", "", move |snapshot| entered(snapshot, one(), funnel().in_order(Order::Any), None)),
        asked("  hold device", "", move |snapshot| entered(snapshot, one(), funnel().holding(hold()), None)),
        asked("distinct visitors per touchpoint, all sites", "touchpoints", |snapshot| {
            count(snapshot, VISITORS_BY_TOUCHPOINT, None)
        }),
        asked("distinct visitors per day, all sites", "days", |snapshot| count(snapshot, VISITORS_BY_DAY, None)),
        asked("distinct visitors per touchpoint, one site", "", |snapshot| {
            count(snapshot, VISITORS_BY_TOUCHPOINT, Some(shops::ASKED))
        }),
        asked("distinct visitors per day, one site", "", |snapshot| {
            count(snapshot, VISITORS_BY_DAY, Some(shops::ASKED))
        }),
        asked("abandoned carts, one site", "", |snapshot| opened(snapshot, period())),
        asked("abandoned carts, one site, last 7 days", "", |snapshot| opened(snapshot, last_days(7))),
        asked("overview, one site", "", |snapshot| overview(snapshot, period())),
        asked("overview, one site, last 7 days", "", |snapshot| overview(snapshot, last_days(7))),
        asked("what arrived lately, one site", "", |snapshot| {
            let answer = recent::answer(snapshot, SiteId(shops::ASKED as u32 + 1), snapshot.received_through());
            answer.expect("an answer").all.events
        }),
    ]
}

const VISITORS_BY_TOUCHPOINT: &str = "select sum(visitors)::bigint as found from (
    select site, touchpoint, count(distinct visitor) as visitors from events group by site, touchpoint)";
const VISITORS_BY_DAY: &str = "select sum(visitors)::bigint as found from (
    select site, occurred_at::date as day, count(distinct visitor) as visitors from events group by site, day)";

/// Runs SQL that gives one number, over the events of all sites or of one.
fn count(snapshot: &Snapshot, sql: &'static str, place: Option<usize>) -> i64 {
    let mut query = Query::new();
    query.push("with all_sites as (with ");
    snapshot.push_events(&mut query, "events");
    query.push(" select * from events), events as not materialized (select * from all_sites");
    if let Some(place) = place {
        query.push_numbered(" where site = {n}", place as u64 + 1);
    }
    query.push(") ").push(sql);
    let mut found = 0;
    snapshot.stream(&query, |columns| found = columns.numbers("found")[0]).expect("an answer");
    found
}

fn opened(snapshot: &Snapshot, period: Period) -> i64 {
    let beside = Beside { limit: 20, compare: None };
    abandonment::answer(snapshot, &carts_of(period), beside).expect("an answer").total.opened as i64
}

fn overview(snapshot: &Snapshot, period: Period) -> i64 {
    let question = overview::Question { asked: carts_of(period), compare: None, unit: CalendarUnit::Day, limit: 10 };
    overview::answer(snapshot, &question).expect("an answer").total.visitors as i64
}

fn carts_of(period: Period) -> CartScope {
    let timeouts = Timeouts::new(30 * MINUTE_MS, HOUR_MS, 30 * DAY_MS).expect("they ascend");
    CartScope {
        scope: Scope { period, ..scope(shops::ASKED) },
        as_of: None,
        timeouts,
        filters: Vec::new(),
        segment: Segment::everybody(),
        site_currency: Currency::parse("EUR").expect("a currency"),
        currency: None,
    }
}

/// All of the shops' past.
fn period() -> Period {
    let to: jiff::Timestamp = shops::NOW.parse().expect("a moment");
    let to = Timestamp::from_ms(to.as_millisecond());
    Period::new(to.plus_ms(-i64::from(shops::DAYS) * DAY_MS), to).expect("90 days")
}

fn last_days(days: i64) -> Period {
    Period::new(period().to().plus_ms(-days * DAY_MS), period().to()).expect("some days")
}

fn scope(place: usize) -> Scope {
    // Sites are numbered as they were added.
    let site = SiteId(place as u32 + 1);
    Scope { site, period: period(), time_zone: TimeZone::UTC, session_gap_ms: 30 * MINUTE_MS }
}

fn funnel() -> Funnel {
    let steps = STEPS.map(|name| Step {
        target: Target::Event(EventName::parse(name).expect("a name")),
        filters: Vec::new(),
        label: name.to_owned(),
        presence: Presence::Required,
    });
    Funnel::new(steps.to_vec(), Funnel::WINDOW_SECONDS_DEFAULT, Unit::Visitor).expect("a funnel")
}

fn entered(snapshot: &Snapshot, scope: Scope, funnel: Funnel, breakdown: Option<Field>) -> i64 {
    let breakdown = breakdown.map(|field| Breakdown {
        column: BreakdownColumn::of(&field).expect("few values"),
        field,
        at: BreakdownAt::Step(1),
        limit: NonZeroUsize::new(10).expect("not zero"),
    });
    let segment = Segment::everybody();
    let question = Question { scope, funnel, segment, breakdown, trend: None, compare: None };
    let answer = funnel::answer(snapshot, &question).expect("an answer");
    answer.steps.last().expect("four steps").reached as i64
}

/// CPU time of the first round, which nobody had asked before; CPU time and time of the quietest of those that follow;
/// and what was found.
fn quietest(ask: impl Fn() -> i64) -> (Duration, Duration, Duration, i64) {
    let cpu = cpu_time();
    let found = ask();
    let first = cpu_time() - cpu;
    let round = |_| {
        let (cpu, wall) = (cpu_time(), Instant::now());
        assert_eq!(ask(), found, "the same question has the same answer");
        let wall = wall.elapsed();
        (cpu_time() - cpu, wall)
    };
    let (cpu, wall) = (0..ROUNDS).map(round).min().expect("some rounds");
    (first, cpu, wall, found)
}

/// User and system time of the threads that this process has at present: finer than that of the process, for short work.
fn cpu_time() -> Duration {
    // A thread that waits has been counted to the end.
    std::thread::sleep(Duration::from_millis(2));
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux lists the threads of a process").flatten();
    let spent = |thread: std::fs::DirEntry| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    threads.filter_map(spent).sum()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
