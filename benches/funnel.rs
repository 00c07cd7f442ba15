//! What a funnel of four steps over a million events costs, in CPU time: alone, by device, by channel (which needs
//! sessions), by session, over several runs instead of one, and with each refinement; and what a row costs the matcher.
//!
//! `cargo bench --bench funnel`. Means of several rounds; Linux only.

mod cpu;

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use styk::analyze::Scope;
use styk::analyze::funnel::{self, Breakdown, BreakdownAt, BreakdownColumn, Question};
use styk::domain::filter::{ArrivalField, CodedField, Field};
use styk::domain::funnel::{Exclusion, Funnel, Hold, Matcher, Order, Plan, Presence, Step, StepRow, Target, Unit};
use styk::domain::id::{EventId, SiteId, VisitorId};
use styk::domain::name::EventName;
use styk::domain::segment::Segment;
use styk::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Period, Timestamp};
use styk::store::{Code, NO_CODE, Options, Row, RowBatch, Store, Writer};

const EVENTS: u64 = 1_000_000;
const VISITORS: u64 = 100_000;
const ROUNDS: u32 = 5;
const SITE: SiteId = SiteId(1);
/// 2026-10-01.
const BEGIN_MS: i64 = 1_790_812_800_000;
const DAYS: i64 = 30;
const STEPS: [&str; 4] = ["view_item", "add_to_cart", "begin_checkout", "purchase"];

fn main() {
    println!("{EVENTS} events of {VISITORS} visitors in {DAYS} days, 4 steps, window 7 days, {ROUNDS} rounds\n");
    println!("{:<38}{:>10}{:>10}{:>12}{:>12}", "", "CPU ms", "wall ms", "entered", "converted");
    for (name, runs) in [("one run", 1), ("eight runs", 8)] {
        let directory = tempfile::tempdir().expect("a directory");
        let store = filled_store(&directory, runs);
        let device = Field::Coded(CodedField::Device);
        let channel = Field::Arrival(ArrivalField::Channel);
        let asked = |what: &str, funnel, field| ask(&format!("{name}: {what}"), &store, funnel, field);
        asked("visitors", funnel(Unit::Visitor), None);
        asked("visitors by device", funnel(Unit::Visitor), Some(device));
        asked("visitors by channel", funnel(Unit::Visitor), Some(channel));
        asked("sessions", funnel(Unit::Session), None);
        asked("visitors, strict", funnel(Unit::Visitor).in_order(Order::Strict), None);
        asked("visitors, any", funnel(Unit::Visitor).in_order(Order::Any), None);
        asked("visitors, exclusion", funnel(Unit::Visitor).excluding(page_view()).expect("no step"), None);
        let hold = Hold::default().and("device").expect("a field");
        asked("visitors, hold", funnel(Unit::Visitor).holding(hold), None);
    }
    time_matcher();
}

/// The mean of `ROUNDS` rounds of `work`: CPU time of all threads, and time.
fn mean(mut work: impl FnMut()) -> (Duration, Duration) {
    let (cpu, wall) = (cpu::of_process("self"), Instant::now());
    for _ in 0..ROUNDS {
        work();
    }
    ((cpu::of_process("self") - cpu) / ROUNDS, wall.elapsed() / ROUNDS)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn funnel(unit: Unit) -> Funnel {
    let steps = STEPS.map(|name| Step {
        target: Target::Event(EventName::parse(name).expect("a name")),
        filters: Vec::new(),
        label: name.to_owned(),
        presence: Presence::Required,
    });
    Funnel::new(steps.to_vec(), Funnel::WINDOW_SECONDS_DEFAULT, unit).expect("a funnel")
}

/// Six of ten events, between the last two steps.
fn page_view() -> Exclusion {
    let target = Target::Event(EventName::parse("page_view").expect("a name"));
    Exclusion { target, filters: Vec::new(), after_step: Some(3), before_step: None }
}

fn ask(name: &str, store: &Store, funnel: Funnel, breakdown: Option<Field>) {
    let period = Period::new(Timestamp::from_ms(BEGIN_MS), Timestamp::from_ms(BEGIN_MS + DAYS * DAY_MS));
    let scope = Scope {
        site: SITE,
        period: period.expect("30 days"),
        time_zone: TimeZone::UTC,
        session_gap_ms: 30 * MINUTE_MS,
    };
    let breakdown = breakdown.map(|field| Breakdown {
        column: BreakdownColumn::of(&field).expect("few values"),
        field,
        at: BreakdownAt::Step(1),
        limit: NonZeroUsize::new(10).expect("not zero"),
    });
    let question = Question { scope, funnel, segment: Segment::everybody(), breakdown, trend: None, compare: None };
    let answer = || {
        let snapshot = store.snapshot().expect("a snapshot");
        funnel::answer(&snapshot, &question).expect("an answer")
    };
    let reached = answer().steps.iter().map(|step| step.reached).collect::<Vec<_>>();
    let (cpu, wall) = mean(|| assert_eq!(answer().steps[3].reached, reached[3]));
    println!("{name:<38}{:>10.1}{:>10.1}{:>12}{:>12}", milliseconds(cpu), milliseconds(wall), reached[0], reached[3]);
}

/// A store with all events in so many runs of the file.
fn filled_store(directory: &tempfile::TempDir, runs: u64) -> Store {
    let options = Options {
        directory: directory.path().to_owned(),
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
    let mut writer = store.open().expect("a store");
    let mut shop = Traffic::new(&writer);
    let mut rows = Vec::new();
    for sequence in 0..EVENTS {
        rows.push(shop.row(sequence));
        let run_ends = (sequence + 1) % (EVENTS / runs) == 0;
        if run_ends || rows.len() == RowBatch::ROWS_MAX {
            append(&mut writer, &rows, sequence + 1);
            rows.clear();
        }
        if run_ends {
            let now = Timestamp::from_ms(BEGIN_MS);
            writer.flush(now).expect("a flush");
            writer.tidy(now).expect("rows leave memory");
        }
    }
    store
}

fn append(writer: &mut Writer, rows: &[Row<'_>], next_sequence: u64) {
    let received_through = Timestamp::from_ms(BEGIN_MS + DAYS * DAY_MS);
    let batch = RowBatch { rows, failed: &[], said: &Default::default(), next_sequence, received_through };
    writer.append(&batch, Timestamp::from_ms(BEGIN_MS)).expect("rows fit");
}

/// Makes believable rows: of ten events of a visitor six are page views, and every step loses some.
struct Traffic {
    random: fastrand::Rng,
    page_view: Code,
    steps: [Code; 4],
    devices: [Code; 3],
    channels: [Code; 5],
    currency: Code,
}

impl Traffic {
    fn new(writer: &Writer) -> Self {
        let code = |text| writer.code(text);
        Self {
            random: fastrand::Rng::with_seed(1),
            page_view: code("page_view"),
            steps: STEPS.map(code),
            devices: ["mobile", "desktop", "tablet"].map(code),
            channels: ["Organic Search", "Paid Search", "Email", "Referral", "Organic Social"].map(code),
            currency: code("EUR"),
        }
    }

    fn row(&mut self, sequence: u64) -> Row<'static> {
        // In order of arrival, as the journal has them; every day has its own visitors.
        let (day, visitors_a_day) = (sequence * DAYS as u64 / EVENTS, VISITORS / DAYS as u64);
        let visitor = day * visitors_a_day + self.random.u64(..visitors_a_day);
        let step = match self.random.u8(..100) {
            0..60 => None,
            60..80 => Some(0),
            80..90 => Some(1),
            90..96 => Some(2),
            _ => Some(3),
        };
        let sells = step.is_some();
        let spread = DAYS * DAY_MS / EVENTS as i64 * sequence as i64;
        let occurred_at = Timestamp::from_ms(BEGIN_MS + spread - self.random.i64(0..HOUR_MS) + HOUR_MS);
        let mut codes = [NO_CODE; Row::CODED_COLUMNS.len()];
        let mut set = |column: &str, code: Code| {
            let index = Row::CODED_COLUMNS.iter().position(|name| *name == column).expect("a coded column");
            codes[index] = code;
        };
        set("name", step.map_or(self.page_view, |step| self.steps[step]));
        set("device", self.devices[(visitor % 3) as usize]);
        if self.random.u8(..4) == 0 {
            set("channel", self.channels[(visitor % 5) as usize]);
        }
        Row {
            site: SITE,
            visitor: VisitorId(visitor.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            occurred_at,
            sequence,
            received_at: occurred_at,
            event_id: EventId::from_u128(self.random.u128(..)),
            codes,
            trusted: false,
            time_replaced: false,
            sender_sequence: 1,
            value_minor: sells.then_some(1_990),
            currency: if sells { self.currency } else { NO_CODE },
            customer: None,
            cart_id: None,
            transaction_id: None,
            items: sells.then_some(Cow::Borrowed(r#"[{"item_id":"SKU1","quantity":1}]"#)),
            properties: None,
        }
    }
}

/// Rows straight into the matcher, without a store.
fn time_matcher() {
    let mut random = fastrand::Rng::with_seed(1);
    let rows: Vec<_> = (0..EVENTS)
        .map(|number| StepRow {
            unit: number / 4,
            at_ms: BEGIN_MS + (number % 4) as i64 * HOUR_MS,
            steps: 1 << random.u32(..4),
            breakdown: 0,
            amount_minor: 1_990,
            currency: 1,
        })
        .collect();
    let plan = Plan::new(vec![false; STEPS.len()], 7 * DAY_MS).expect("a plan");
    let (cpu, _) = mean(|| {
        let (mut matcher, mut filled) = (Matcher::new(plan.clone()), 0);
        for row in &rows {
            matcher.push(*row, &mut |outcome| filled += outcome.filled.len());
        }
        matcher.finish(&mut |outcome| filled += outcome.filled.len());
        std::hint::black_box(filled);
    });
    println!("\nmatcher alone, 4 rows a unit: {:.1} ns a row", cpu.as_secs_f64() * 1e9 / EVENTS as f64);
}
