//! What keeping events costs the server and its clients: CPU time per request and per event, how long an
//! acknowledgement takes, memory, and the time from a start to the first 202.
//!
//! `cargo bench --bench collect [-- single]`; `single` stops after the first table. The yardstick is a bare axum handler
//! that reads the body, answers 202 and keeps nothing. A second one keeps the body, not understood, in Styk's journal,
//! and answers once it is on disk: what durability costs whoever does nothing with events. All servers are processes of
//! their own, so that only their CPU time counts; the client is the same, 64 connections that stay open, one request in
//! flight on each. Figures of one run belong together. Linux only.

mod cpu;
mod journals;
mod servers;
mod traffic;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use servers::Server;
use traffic::{BATCH_EVENTS, CONNECTIONS};

const REQUESTS: usize = 60_000;
const WARM_UP: usize = 10_000;
const ROUNDS: usize = 3;
const BATCHES: usize = 20_000;
/// So long events come in at a steady rate while acknowledgements are timed.
const STEADY: Duration = Duration::from_secs(15);
/// What the load, the flushes and the reports compete with.
const STORED_EVENTS: usize = BATCHES * BATCH_EVENTS;

fn main() {
    // Cargo itself adds `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    match arguments.next().as_deref() {
        Some(servers::BARE_SERVER) => return servers::serve_bare(),
        Some(servers::KEEPING_SERVER) => return servers::serve_keeping(arguments.next().expect("a directory").into()),
        Some("single") => return compare_single_events(),
        _ => compare_single_events(),
    }
    let styk = Server::styk();
    println!(
        "\nfirst 202 after a start on an empty directory {:>10.0} ms",
        styk.until_first_answer.as_secs_f64() * 1e3
    );
    println!("memory, idle                                  {:>10.1} MB", styk.resident_bytes() as f64 / 1e6);
    time_steady("1,000 events/s, nothing else", &styk, 1 << 41);
    measure_batches(&styk);
    for (place, people) in [1, 20].into_iter().enumerate() {
        let asking = styk.keep_asking(people);
        let first = (1 << 42) + (place << 40);
        time_steady(&format!("the same, while {people} ask about {STORED_EVENTS}"), &styk, first);
        println!("  with load, flushes with checkpoints and {} reports in that time", asking.stop());
    }
}

/// One event a request, against the bare handler.
fn compare_single_events() {
    let (mut bare, mut keeping, mut styk) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(Cost::of(&Server::bare(), REQUESTS, traffic::single));
        keeping.push(Cost::of(&Server::keeping(), REQUESTS, traffic::single));
        styk.push(Cost::of(&Server::styk(), REQUESTS, traffic::single));
    }
    let (bare, keeping, styk) = (median(bare), median(keeping), median(styk));
    println!("{CONNECTIONS} connections, {REQUESTS} requests of one event, median of {ROUNDS} rounds\n");
    println!("{:<28}{:>12}{:>14}{:>10}", "", "CPU us/req", "requests/s", "ratio");
    let row = |name: &str, cost: Duration, rate: f64| {
        println!("{name:<28}{:>12.1}{rate:>14.0}{:>10.2}", microseconds(cost), cost.div_duration_f64(bare.cpu));
    };
    row("bare axum, keeps nothing", bare.cpu, bare.per_second);
    row("bare axum and our journal", keeping.cpu, keeping.per_second);
    row("styk, 202 after the sync", styk.until_answered, styk.per_second);
    row("styk, loading included", styk.cpu, styk.per_second);
    println!("\nstyk by thread, CPU us/req:");
    for (name, time) in &styk.threads {
        println!("  {name:<26}{:>12.1}", microseconds(*time));
    }
}

/// Batches of 50 events, which is what a busy page or a shop's server sends.
fn measure_batches(server: &Server) {
    let cost = Cost::of(server, BATCHES, traffic::batch);
    let per_core_second = |time: Duration| BATCH_EVENTS as f64 / time.as_secs_f64();
    println!("\n{CONNECTIONS} connections, {BATCHES} requests of {BATCH_EVENTS} events\n");
    println!("{:<28}{:>14}{:>24}", "", "CPU us/event", "events/core-second");
    for (name, time) in [("styk, 202 after the sync", cost.until_answered), ("styk, loading included", cost.cpu)] {
        println!("{name:<28}{:>14.2}{:>24.0}", microseconds(time) / BATCH_EVENTS as f64, per_core_second(time));
    }
}

/// How long acknowledgements take at a steady 1,000 events a second.
fn time_steady(name: &str, server: &Server, first: usize) {
    let mut waits = traffic::steady(server.address, first, STEADY);
    waits.sort_unstable();
    let at = |share: f64| waits[(share * (waits.len() - 1) as f64) as usize].as_secs_f64() * 1e3;
    println!("ack in ms, {name}: p50 {:.2}, p99 {:.2}, worst {:.2}", at(0.5), at(0.99), at(1.0));
}

/// What one request costs.
struct Cost {
    /// Of all threads, until everything is loaded.
    cpu: Duration,
    /// Without the threads that load, which nobody waits for.
    until_answered: Duration,
    per_second: f64,
    threads: BTreeMap<String, Duration>,
}

impl Cost {
    fn of(server: &Server, requests: usize, request: fn(usize) -> Vec<u8>) -> Self {
        let warm_up = WARM_UP.min(requests / 10);
        traffic::send(server.address, 0..warm_up, request);
        let (cpu, threads, since) = (server.wait_until_idle(), server.threads(), Instant::now());
        traffic::send(server.address, warm_up..warm_up + requests, request);
        let per_second = requests as f64 / since.elapsed().as_secs_f64();
        let cpu = (server.wait_until_idle() - cpu) / requests as u32;
        let mut spent = server.threads();
        for (name, time) in &mut spent {
            *time = time.saturating_sub(threads.get(name).copied().unwrap_or_default()) / requests as u32;
        }
        spent.retain(|_, time| Duration::from_nanos(50) < *time);
        // DuckDB's own threads bear the name of the thread that opened it: `styk`.
        let loading = |name: &str| matches!(name, "load" | "styk");
        let until_answered = spent.iter().filter(|(name, _)| !loading(name)).map(|(_, time)| *time).sum();
        Self { cpu, until_answered, per_second, threads: spent }
    }
}

fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by_key(|cost| cost.cpu);
    costs.swap_remove(costs.len() / 2)
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
