//! What loading costs: rows per CPU second from the journal to the store's file, against a raw DuckDB appender that
//! appends the same rows, same columns, to a file.
//!
//! `cargo bench --bench load`. The load decodes, enriches, looks for duplicates, commits to memory, sorts and flushes;
//! the appender gets finished rows and sorts nothing. CPU time of all threads; Linux only.

mod cpu;
mod journals;

use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};

use duckdb::types::{TimeUnit, Value};
use styk::control::{Control, NewSite};
use styk::domain::channel::Channels;
use styk::domain::encoding;
use styk::domain::event::{Actor, Arrival, Batch, Campaign, Clock, Commerce, Consent, Event, EventTime, Item, Sender};
use styk::domain::id::{EventId, SiteId, VisitorId};
use styk::domain::money::{Currency, Money};
use styk::domain::name::{EventName, Label, SiteKey};
use styk::domain::page::PageUrl;
use styk::domain::time::Timestamp;
use styk::domain::touchpoint::Register;
use styk::journal::{self, Journal, NewRecord};
use styk::load::{self, Loader};
use styk::store::{self, Store};
use tokio::sync::watch;

const EVENTS: u64 = 1_000_000;
const EVENTS_OF_A_BATCH: u64 = 10;
const AGENTS: &str = include_str!("../tests/fixtures/agents.txt");
const EVENTS_SQL: &str = include_str!("../src/store/events.sql");

fn main() {
    let data = tempfile::tempdir().expect("a directory");
    let control = Control::open(data.path()).expect("a control file");
    let site = NewSite {
        key: SiteKey::parse("shop").expect("a key"),
        domains: vec!["shop.example".to_owned()],
        time_zone: "UTC".to_owned(),
        currency: eur(),
    };
    let site = control.add_site(site).expect("a site").id;
    println!("{EVENTS} events, {EVENTS_OF_A_BATCH} in a request\n");
    println!("{:<34}{:>8}{:>9}{:>14}{:>12}{:>8}", "", "CPU s", "wall s", "rows/CPU s", "us/row", "ratio");

    fill_journal(data.path(), site);
    let load = time_load(data.path(), control);
    let rows = read_rows(&data.path().join("store/events.duckdb"));
    assert_eq!(rows.len() as u64, EVENTS, "everything was loaded");
    let raw = time_appender(&data.path().join("raw.duckdb"), &rows, "");
    let decoding = time_decoding(data.path());

    let print = |name: &str, cost: Cost| {
        let per_second = EVENTS as f64 / cost.cpu.as_secs_f64();
        let ratio = raw.cpu.div_duration_f64(cost.cpu);
        let (cpu, wall) = (cost.cpu.as_secs_f64(), cost.wall.as_secs_f64());
        println!("{name:<34}{cpu:>8.2}{wall:>9.2}{per_second:>14.0}{:>12.2}{ratio:>8.2}", 1e6 / per_second);
    };
    print("raw appender to a file", raw);
    print("styk's load, flushed", load);
    println!();
    print("  of it, reading the journal", decoding);
    print("raw appender to memory", time_appender(Path::new(":memory:"), &rows, ""));
    print("raw appender, sorted", time_appender(&data.path().join("sorted.duckdb"), &rows, SORT));
}

/// What a run is born with: a second table, sorted.
const SORT: &str = "create table run as select * from events order by site, visitor, occurred_at, sequence;
                    drop table events;";

#[derive(Clone, Copy)]
struct Cost {
    cpu: Duration,
    wall: Duration,
}

fn measure(work: impl FnOnce()) -> Cost {
    let (cpu, wall) = (cpu::of_process("self"), Instant::now());
    work();
    Cost { cpu: cpu::of_process("self") - cpu, wall: wall.elapsed() }
}

fn eur() -> Currency {
    Currency::parse("EUR").expect("a currency")
}

/// Writes all events as requests would bring them.
fn fill_journal(data: &Path, site: SiteId) {
    let (writer, _) = Journal::open(journals::options(data)).expect("a journal");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut shop = Traffic::new(site);
    runtime.block_on(async {
        let mut waiting = tokio::task::JoinSet::new();
        for number in 0..EVENTS / EVENTS_OF_A_BATCH {
            let batch = shop.batch(number);
            let record = NewRecord {
                stream: 0,
                kind: encoding::VERSION,
                count: NonZeroU32::new(EVENTS_OF_A_BATCH as u32).expect("not zero"),
                received_at_ms: batch.received_at.as_ms(),
                payload: &encoding::encode(&batch),
            };
            waiting.spawn(writer.append(&record));
            if 2_000 < waiting.len() {
                let appended = waiting.join_next().await.expect("some are waiting");
                appended.expect("no task panics").expect("the disk takes it");
            }
        }
        while let Some(appended) = waiting.join_next().await {
            appended.expect("no task panics").expect("the disk takes it");
        }
    });
}

/// Loads the whole journal into a new store, and flushes.
fn time_load(data: &Path, control: Control) -> Cost {
    let options = store::Options {
        directory: data.join("store"),
        threads: 2,
        memory_mib: 1_024,
        flush_rows: 122_880,
        flush_after: Duration::from_secs(300),
        flushed_grace: Duration::from_secs(1),
        merge_runs: 4,
        merge_rows_max: 1_000_000,
        kept_mib: 128,
    };
    let store = Store::new(options);
    let options = load::Options {
        journal_directory: data.join("journal"),
        archive_directory: data.join("archive"),
        texts_max: 1_000_000,
        remembered_events_max: 14_000_000,
        channels: Channels::parse(include_str!("../config/channels.toml")).expect("channels"),
        register: Register::parse(include_str!("../config/touchpoints.toml")).expect("touchpoints").into(),
        sealer: journal::Sealer::default(),
        turn: load::Turn::default(),
        settle: Duration::from_secs(600),
    };
    let loader = Loader::open(options, control, store, EVENTS, styk::server::now);
    let progress = loader.progress();
    let (synced, durable) = watch::channel(EVENTS);
    measure(|| {
        let thread = std::thread::spawn(move || loader.run(durable, &watch::channel(false).1));
        while progress.counts().next_sequence < EVENTS {
            std::thread::sleep(Duration::from_millis(5));
        }
        // The load flushes and ends when nobody writes to the journal any more.
        drop(synced);
        thread.join().expect("the load does not panic");
    })
}

fn time_decoding(data: &Path) -> Cost {
    let mut reader = journal::Reader::open(&data.join("journal"), 0).expect("a journal");
    measure(|| {
        let mut events = 0;
        while events < EVENTS {
            for read in reader.next_records(EVENTS, 4 << 20).expect("the journal reads") {
                let journal::Read::Record(record) = read else { panic!("a gap in a new journal") };
                events += encoding::decode(record.kind, &record.payload).expect("it decodes").events.len() as u64;
            }
        }
    })
}

/// All rows of all runs, as values for an appender.
fn read_rows(file: &Path) -> Vec<Vec<Value>> {
    let connection = duckdb::Connection::open(file).expect("the store's file");
    let mut statement = connection.prepare("select run from manifest").expect("a manifest");
    let runs: Vec<u32> =
        statement.query_map([], |row| row.get(0)).expect("runs").collect::<Result<_, _>>().expect("numbers");
    let mut rows = Vec::new();
    for run in runs {
        // By arrival, as an appender would get them.
        let sql = format!("select * replace (event_id::varchar as event_id) from run_{run} order by sequence");
        let mut statement = connection.prepare(&sql).expect("a run");
        let mut found = statement.query([]).expect("its rows");
        while let Some(row) = found.next().expect("a row") {
            let values = (0..34).map(|column| row.get::<_, Value>(column).expect("a value"));
            rows.push(values.map(milliseconds).collect());
        }
    }
    rows
}

/// Moments as the load has them.
fn milliseconds(value: Value) -> Value {
    match value {
        Value::Timestamp(TimeUnit::Microsecond, moment) => Value::Timestamp(TimeUnit::Millisecond, moment / 1_000),
        other => other,
    }
}

/// Appends `rows` in commits of a row group to a new database, then runs `after`, and closes it.
fn time_appender(file: &Path, rows: &[Vec<Value>], after: &str) -> Cost {
    let config = duckdb::Config::default().threads(2).expect("two threads");
    let connection = duckdb::Connection::open_with_flags(file, config).expect("a new database");
    connection.execute_batch(&format!("create table events {EVENTS_SQL}")).expect("a table");
    measure(|| {
        for group in rows.chunks(122_880) {
            let mut appender = connection.appender("events").expect("an appender");
            for row in group {
                appender.append_row(duckdb::appender_params_from_iter(row)).expect("a row");
            }
            appender.flush().expect("rows fit");
        }
        connection.execute_batch(after).expect("the work behind");
        connection.execute_batch("checkpoint").expect("a checkpoint");
    })
}

/// Makes believable events.
struct Traffic {
    site: SiteId,
    random: fastrand::Rng,
    agents: Vec<&'static str>,
    names: Vec<EventName>,
}

impl Traffic {
    fn new(site: SiteId) -> Self {
        let names = [
            "page_view",
            "page_view",
            "page_view",
            "view_item",
            "view_item",
            "add_to_cart",
            "begin_checkout",
            "purchase",
        ];
        Self {
            site,
            random: fastrand::Rng::with_seed(1),
            agents: AGENTS.lines().filter_map(|line| Some(line.split_once('\t')?.1)).collect(),
            names: names.iter().map(|name| EventName::parse(name).expect("a name")).collect(),
        }
    }

    /// What one visitor's browser sends at once.
    fn batch(&mut self, number: u64) -> Batch {
        let received_at = Timestamp::from_ms(styk::server::now().as_ms() - 3_600_000 + (number * 30) as i64);
        let visitor = VisitorId(self.random.u64(..).rotate_left(7) % 60_000 * 0x9e37_79b9_7f4a_7c15);
        let agent = self.random.choice(&self.agents).map(|agent| (*agent).to_owned());
        let arrival = self.arrival();
        let events = (0..EVENTS_OF_A_BATCH)
            .map(|index| self.event(received_at, visitor, &agent, (index == 0).then(|| arrival.clone())));
        let events = events.collect();
        Batch { site: self.site, received_at, sender: Sender::Browser, events }
    }

    fn arrival(&mut self) -> Arrival {
        let label = |text: &str| Some(Label::parse(text).expect("a label"));
        match self.random.u8(..4) {
            0 => Arrival { referrer_host: label("www.google.com"), ..Arrival::default() },
            1 => Arrival {
                campaign: Campaign { source: label("news"), medium: label("email"), ..Campaign::default() },
                ..Arrival::default()
            },
            _ => Arrival::default(),
        }
    }

    fn event(
        &mut self,
        received_at: Timestamp,
        visitor: VisitorId,
        agent: &Option<String>,
        arrival: Option<Arrival>,
    ) -> Event {
        let name = self.random.choice(&self.names).expect("there are names").clone();
        let product = self.random.u32(..500);
        let sells = name.as_str() != "page_view";
        let item = Item {
            item_id: Label::parse(&format!("SKU{product}")).ok(),
            item_name: Label::parse("Cap").ok(),
            item_category: Label::parse("Hats").ok(),
            item_brand: None,
            item_variant: None,
            price_minor: Some(1_990),
            currency: Some(eur()),
            quantity: 1,
        };
        Event {
            id: EventId::from_u128(self.random.u128(..)),
            name,
            time: EventTime {
                occurred_at: received_at.plus_ms(-self.random.i64(0..5_000)),
                clock: Clock::Kept,
                sender_sequence: self.random.u32(1..50),
            },
            actor: Actor {
                visitor,
                customer: None,
                consent: Consent::Granted,
                user_agent: agent.clone(),
                language: Label::parse("pl-pl").ok(),
                country: None,
            },
            page: PageUrl::parse(&format!("https://shop.example/product/{product}")).ok(),
            arrival: arrival.unwrap_or_default(),
            touchpoint: None,
            commerce: Commerce {
                value: sells.then(|| Money::from_minor(1_990, eur()).expect("money")),
                cart_id: sells.then(|| Label::parse(&format!("cart-{:x}", visitor.0)).expect("a label")),
                transaction_id: None,
                items: if sells { vec![item] } else { Vec::new() },
            },
            properties: self.random.bool().then(|| r#"{"coupon":"SPRING","variant":"b"}"#.to_owned()),
        }
    }
}
