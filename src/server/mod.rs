//! The running program: opens everything in order, listens, and closes everything in the opposite order.
//!
//! **Promise.** What was accepted before a stop is on disk and gets loaded; a disk that refuses ends the program.
//!
//! **Shape.** [`start`] wires the stages together and gives a [`Running`]; `connections` is the accept loop, `places`
//! says who is let in and for how long, `watched` is a connection's socket; `status` is what monitors and the status
//! screen read (`accounts` joins the stages' counts, `metrics` and `status_answer` say them), `install` what is pasted
//! into a shop's pages and whether events come from there, `description` what tools read of the API, `erasures` how
//! people are erased, `settings` what the program was started with.
//!
//! **Never.** No logic of any stage. It is the only place that reads the clock.
//!
//! **To add a stage**, open it in [`start`] and close it in [`Running::stop`].

mod accounts;
mod connections;
mod description;
mod erasures;
mod framing;
mod install;
mod lag;
mod metrics;
mod open_files;
mod place;
mod places;
mod settings;
mod status;
mod status_answer;
mod upkeep;
mod watched;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

use self::connections::Connections;
use self::lag::Lag;
use self::status::Status;
use crate::analyze::ask::Questions;
use crate::collect;
use crate::config::{self, Settings};
use crate::control::{self, Control, Published, ServerFile};
use crate::domain::channel::Channels;
use crate::domain::time::Timestamp;
use crate::domain::touchpoint::Register;
use crate::journal::{self, Journal};
use crate::load::{self, Archiving, Loader};
use crate::report;
use crate::report::door::Door;
use crate::route;
use crate::store::Store;

/// How often changes made by another process are looked for.
const REFRESH_EVERY: Duration = Duration::from_millis(200);

const CHANNELS_TOML: &str = include_str!("../../config/channels.toml");
const TOUCHPOINTS_TOML: &str = include_str!("../../config/touchpoints.toml");

/// The only clock: everything else is told the time.
pub fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

/// A server that listens.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The secret that opens every site, of this run.
    pub admin_secret: String,
    /// Sites, keys and users.
    pub control: Control,
    stop: watch::Sender<bool>,
    serving: tokio::task::JoinHandle<()>,
    loading: JoinHandle<()>,
    archiving: JoinHandle<()>,
    watching: tokio::task::JoinHandle<()>,
    poisoned: watch::Receiver<bool>,
    published: Published,
    // Dropped last: nobody else may open the data directory before everything is closed.
    _lock: control::DirLock,
}

/// Opens the data directory, loads what the journal holds beyond the store, and listens.
///
/// # Errors
/// What could not be opened, and why: another server runs on the directory, a file is damaged, the address is taken.
pub async fn start(settings: &Settings, data: &Path) -> anyhow::Result<Running> {
    let lock = control::lock_data_dir(data)?;
    let control = Control::open(data)?;
    let store = Store::new(settings.store_options(data.join("store")));
    let journal_directory = data.join("journal");
    let taken = store.next_sequence_min().max(load::next_unarchived(&settings.archive_options(data)));
    let options = settings.journal_options(journal_directory.clone(), taken);
    let (journal, recovery) = Journal::open(options)?;
    report_recovery(&recovery);

    let (poison, poisoned) = watch::channel(false);
    let ground = (journal_directory, settings.archive_options(data).directory);
    let terms = report::Terms { pauses: settings.pauses()?, register: Arc::new(Register::parse(TOUCHPOINTS_TOML)?) };
    let loading = start_loading(settings, &control, store.clone(), (&journal, ground), (&terms, poisoned.clone()))?;
    let (stop, stopped) = watch::channel(false);
    let archiving = Archiving::new(settings.archive_options(data), store.clone(), loading.turn.clone());
    let archive = archiving.progress();
    let questions = Questions::new(store.clone(), settings.question_options());
    let listener = TcpListener::bind(settings.serve.listen)
        .await
        .with_context(|| format!("cannot listen on {}; `--listen` chooses another address", settings.serve.listen))?;
    let address = listener.local_addr()?;
    let admin_secret = control.admin_secret().to_owned();
    let published = ServerFile { address, secret: admin_secret.clone() }.publish(data)?;

    let archiving = start_archiving(archiving, stopped.clone())?;
    let watching = tokio::spawn(watch_journal(journal.clone(), poison));
    let status = Status {
        tally: Arc::new(collect::Tally::new()),
        limits: Arc::new(collect::Limits::new(&settings.quotas())),
        progress: Arc::clone(&loading.progress),
        archive,
        durable: journal.durable(),
        journal,
        places: connections::places(settings)?,
        gaps: recovery.gaps.into(),
        lag: Arc::new(Lag::default()),
        control: control.clone(),
        door: Door::new(control.clone(), now, settings.door_options()),
        questions,
        started_at: now(),
        metrics_for: settings.serve.metrics,
        free_bytes_min: settings.journal_options(PathBuf::new(), 0).free_bytes_min,
    };
    let places = Arc::clone(&status.places);
    let collector = Arc::new(collector(settings, &status)?);
    let refreshing = tokio::spawn(refresh(status.clone(), stopped.clone()));
    let mut upkeep = upkeep::routes(&status.door, &loading.requests, &store);
    let erasures = erasures::routes(&status.door, &loading.erasing);
    upkeep.extend(report::within(erasures, settings.body_deadline()));
    let router = router(settings, &collector, status, terms, upkeep)?;
    let connections = Connections::new(settings, places, collector, router)?;
    let serving = tokio::spawn(async move {
        connections.accept(listener, stopped).await;
        refreshing.abort();
    });
    Ok(Running {
        address,
        admin_secret,
        control,
        stop,
        serving,
        loading: loading.thread,
        archiving,
        watching,
        poisoned,
        published,
        _lock: lock,
    })
}

impl Running {
    /// Ends when the journal's disk has refused: nothing can be accepted any more.
    pub async fn poisoned(&mut self) {
        if self.poisoned.wait_for(|poisoned| *poisoned).await.is_err() {
            // The watcher is gone only while the server stops: there is nothing to wait for.
            std::future::pending::<()>().await;
        }
    }

    /// Stops listening, lets open requests finish, loads what is accepted, and closes everything.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.watching.abort();
        if self.serving.await.is_err() {
            tracing::error!("the accept loop did not end well");
        }
        let archiving = self.archiving;
        if !tokio::task::spawn_blocking(move || archiving.join().is_ok()).await.unwrap_or(false) {
            tracing::error!("the archive did not end well; the next start removes what it did not finish");
        }
        let loading = self.loading;
        let joined = tokio::task::spawn_blocking(move || loading.join().is_ok()).await;
        if !joined.unwrap_or(false) {
            tracing::error!("the load did not end well; the journal has what it did not load");
        }
        // Only now may a command take the data directory for its own.
        drop(self.published);
    }
}

fn start_archiving(archiving: Archiving, stopped: watch::Receiver<bool>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("archive".to_owned()).spawn(move || archiving.run(now, &stopped))
}

struct Loading {
    thread: JoinHandle<()>,
    progress: Arc<load::Progress>,
    requests: load::Requests,
    erasing: load::Erasing,
    turn: load::Turn,
}

fn start_loading(
    settings: &Settings,
    control: &Control,
    store: Store,
    (journal, (journal_directory, archive_directory)): (&journal::Writer, (PathBuf, PathBuf)),
    (terms, disk_refuses): (&report::Terms, watch::Receiver<bool>),
) -> anyhow::Result<Loading> {
    let turn = load::Turn::default();
    let options = load::Options {
        journal_directory,
        archive_directory,
        texts_max: settings.load.texts_max,
        remembered_events_max: settings.load.remembered_events_max,
        channels: Channels::parse(CHANNELS_TOML)?,
        register: Arc::clone(&terms.register),
        sealer: journal.sealer(),
        turn: turn.clone(),
        settle: settings.retention_settle(),
    };
    let durable = journal.durable();
    let accepted = *durable.borrow();
    let loader = Loader::open(options, control.clone(), store, accepted, now);
    let (progress, requests, erasing) = (loader.progress(), loader.requests(), loader.erasing(durable.clone()));
    let thread =
        std::thread::Builder::new().name("load".to_owned()).spawn(move || loader.run(durable, &disk_refuses))?;
    Ok(Loading { thread, progress, requests, erasing, turn })
}

fn collector(settings: &Settings, status: &Status) -> anyhow::Result<collect::Collector> {
    Ok(collect::Collector {
        control: status.control.clone(),
        journal: status.journal.clone(),
        limits: Arc::clone(&status.limits),
        options: settings.collect_options()?,
        now: Arc::new(now),
        tally: Arc::clone(&status.tally),
        fetches: Arc::default(),
    })
}

fn router(
    settings: &Settings,
    collector: &Arc<collect::Collector>,
    status: Status,
    terms: report::Terms,
    upkeep: Vec<route::Route>,
) -> anyhow::Result<Router> {
    let (door, questions) = (status.door.clone(), status.questions.clone());
    let install = install::route(collector, &questions, &door);
    let program = settings::route(settings, &door);
    let report = report::routes(door, questions, terms, now);
    let mut others = report::within(report, settings.body_deadline());
    others.extend(status::routes(status));
    others.extend(upkeep);
    others.extend([install, program]);
    demand_room(&settings.collect, &others)?;
    let mut routes = collect::routes(Arc::clone(collector));
    routes.extend(others);
    routes.push(description::route(&routes));
    Ok(route::router(routes))
}

/// The addresses that a shop may choose must not hide another one, nor lie among others.
fn demand_room(chosen: &config::Collect, others: &[route::Route]) -> anyhow::Result<()> {
    // Adapters lie below the snippet's address without its `.js`.
    let first_part = |path: &str| path.trim_end_matches(".js").split('/').nth(1).map(str::to_owned);
    for (key, path) in [("script_path", &chosen.script_path), ("events_path", &chosen.events_path)] {
        let taken = |route: &route::Route| first_part(&route.endpoint().path) == first_part(path);
        // Where servers send to anyway hides nothing.
        let hides = path != "/v1/events" && others.iter().any(taken);
        anyhow::ensure!(!hides, "`collect.{key}`: `{path}` lies where other pages do; choose another first word");
    }
    Ok(())
}

fn report_recovery(recovery: &journal::Recovery) {
    if let Some(torn) = &recovery.torn {
        tracing::warn!(?torn, "the last write before the stop was not finished; nothing acknowledged is lost");
    }
    for gap in &recovery.gaps {
        tracing::error!(?gap, "the journal is damaged; the file is kept and the rest is read");
    }
}

async fn watch_journal(journal: journal::Writer, poison: watch::Sender<bool>) {
    let error = journal.poisoned().await;
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "the disk refused a write; stopping, so that nothing is promised that is not kept"
    );
    poison.send_replace(true);
}

async fn refresh(status: Status, stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(REFRESH_EVERY);
    while !*stopped.borrow() {
        ticks.tick().await;
        status.lag.note(*status.durable.borrow(), status.progress.counts().next_sequence, now());
        let control = status.control.clone();
        let refreshed = tokio::task::spawn_blocking(move || control.refresh()).await;
        if let Ok(Err(error)) = refreshed {
            tracing::error!(error = &error as &dyn std::error::Error, "sites and keys could not be read again");
        }
    }
}
