//! `styk serve`: runs until it is told to stop, or until the disk refuses.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::{LogLevel, Settings};
use crate::server::{self, Running};

/// After so many tasks it is looked for what has come in meanwhile. Who is not seen is not seen to wait, and how long
/// requests wait decides whether some are sent away.
const TASKS_BETWEEN_LOOKS: u32 = 8;

/// The journal's disk has refused; starting again reads what is really there.
const DISK_REFUSED: u8 = 70;

pub(super) fn run(settings: &Settings, data: &Path) -> anyhow::Result<ExitCode> {
    log_as_json(settings.serve.log_level);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(serving_threads())
        .event_interval(TASKS_BETWEEN_LOOKS)
        .enable_all()
        .build()
        .context("no threads to run on")?;
    runtime.block_on(async {
        let running = server::start(settings, data).await?;
        // Whoever reads that the server listens may end it at once.
        let terminate = termination()?;
        // In one piece: programs wait for this line.
        std::io::stderr().write_all(format!("styk listens on http://{}\n", running.address).as_bytes())?;
        print_setup_link(&running)?;
        if running.control.sites().is_empty() {
            eprintln!("there is no site yet: styk site add KEY --domain HOST");
        }
        until_stopped(running, terminate).await
    })
}

/// All processors but one, which the journal and the load keep busy: with a thread more than there are processors
/// for, requests wait for each other's wake-ups.
fn serving_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().saturating_sub(1).max(1))
}

/// SIGTERM, from now on; needs a runtime.
pub(super) fn termination() -> anyhow::Result<Signal> {
    signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")
}

/// Waits for Ctrl-C, SIGTERM or a disk that refuses; then closes everything in order.
pub(super) async fn until_stopped(mut running: Running, mut terminate: Signal) -> anyhow::Result<ExitCode> {
    let refused = tokio::select! {
        _ = tokio::signal::ctrl_c() => false,
        _ = terminate.recv() => false,
        () = running.poisoned() => true,
    };
    eprintln!("stopping …");
    running.stop().await;
    Ok(if refused { ExitCode::from(DISK_REFUSED) } else { ExitCode::SUCCESS })
}

/// While there is no user, a link that makes the first one.
fn print_setup_link(running: &Running) -> anyhow::Result<()> {
    if let Some(token) = running.control.setup_token()? {
        eprintln!("first run: choose your password at http://{}/setup#{token}", running.address);
    }
    Ok(())
}

/// Logs are JSON lines on stderr, without anything of visitors.
fn log_as_json(level: LogLevel) {
    tracing_subscriber::fmt().json().with_max_level(tracing::Level::from(level)).with_writer(std::io::stderr).init();
}
