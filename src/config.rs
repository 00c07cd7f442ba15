//! Settings: what was written, where it came from, and what it means to each stage.
//!
//! Order: defaults < file < environment < flags. `config/default.toml` is the only place where a default exists.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::domain::cart::{BadTimeouts, Timeouts};
use crate::domain::link::Identity;
use crate::domain::time::{DAY_MS, MINUTE_MS};
use crate::{analyze, collect, domain::network::Network, journal, load, report, route, store};

/// The manual of all settings, with their defaults.
pub const DEFAULT_TOML: &str = include_str!("../config/default.toml");

/// Exactly what `default.toml` holds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "`config/default.toml` documents each key")]
pub struct Settings {
    pub serve: Serve,
    pub collect: Collect,
    pub journal: Journal,
    pub load: Load,
    pub store: Store,
    pub archive: Archive,
    pub retention: Retention,
    pub analyze: Analyze,
}

macro_rules! section {
    ($name:ident { $($key:ident: $kind:ty),* $(,)? }) => {
        /// A section of the settings.
        #[derive(Clone, Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        #[expect(missing_docs, reason = "`config/default.toml` documents each key")]
        pub struct $name { $(pub $key: $kind),* }
    };
}

/// The least grave of what is logged.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say all")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

impl From<LogLevel> for tracing::Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}

section!(Serve {
    listen: std::net::SocketAddr,
    connections_max: usize,
    client_connections_max: usize,
    header_seconds: u64,
    body_seconds: u64,
    idle_seconds: u64,
    unread_seconds: u64,
    secure_cookies: bool,
    log_level: LogLevel,
    metrics: route::MetricsFor,
});
section!(Collect {
    script_path: String,
    events_path: String,
    trusted_proxies: Vec<String>,
    client_events_per_second: std::num::NonZeroU32,
    client_events_burst: std::num::NonZeroU32,
    site_events_per_second: std::num::NonZeroU32,
    site_events_burst: std::num::NonZeroU32,
    server_events_per_second: std::num::NonZeroU32,
    server_events_burst: std::num::NonZeroU32,
    whole_events_per_second: std::num::NonZeroU32,
    whole_events_burst: std::num::NonZeroU32,
    clients_max: usize,
    bodies_mib_max: usize,
});
section!(Journal {
    segment_mib: u64,
    queue_records_max: usize,
    queue_mib_max: usize,
    free_mib_min: u64,
    keep_hours: u64
});
section!(Load { texts_max: u32, remembered_events_max: usize });
section!(Store {
    threads: u32,
    memory_mib: u32,
    flush_rows: u64,
    flush_after_seconds: u64,
    flushed_grace_seconds: u64,
    merge_runs: usize,
    merge_rows_max: u64,
    kept_mib: u32,
});
section!(Archive { round_events_max: u64, look_seconds: u64 });
section!(Retention { settle_seconds: u64 });
section!(Analyze {
    session_gap_minutes: u32,
    identity: Identity,
    cart_idle_minutes: u32,
    cart_abandoned_after_minutes: u32,
    cart_expires_after_days: u32,
    questions_at_once: usize,
    questions_waiting_max: usize,
    question_seconds_max: u64,
});

/// Settings and where each came from, key by key (`journal.segment_mib`).
#[derive(Clone, Debug)]
pub struct Read {
    /// The settings in force.
    pub settings: Settings,
    /// Value and origin of each key, in order.
    pub origins: BTreeMap<String, (String, String)>,
}

/// What is wrong with the settings; says which, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("the settings file `{path}` cannot be read")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Text that is not TOML.
    #[error("{origin} is not TOML")]
    Toml {
        /// Which text.
        origin: String,
        /// Why.
        #[source]
        source: toml::de::Error,
    },
    /// Something that is no proxy's address.
    #[error("`collect.trusted_proxies`: `{0}` is neither an address nor a network such as 10.0.0.0/8")]
    Proxy(String),
    /// An address that cannot be one.
    #[error(transparent)]
    Path(#[from] collect::BadPath),
    /// Time-outs of carts that contradict each other.
    #[error("`analyze.cart_idle_minutes`, `cart_abandoned_after_minutes` and `cart_expires_after_days` do not fit")]
    Carts(#[source] BadTimeouts),
    /// A key or value that does not fit.
    #[error("the settings do not fit; `styk config` lists every key")]
    Value(#[source] toml::de::Error),
}

/// Reads the settings. `environment` is all of the process's variables; those that begin with `STYK_` and name a
/// section count. `flags` are `(section.key, value)`.
///
/// # Errors
/// [`Error`], naming the file, key and value.
pub fn read(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
    flags: &[(&str, String)],
) -> Result<Read, Error> {
    let mut merged = Merged::default();
    merged.add(parse(DEFAULT_TOML, "the built-in default")?, "default");
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        merged.add(parse(&text, &format!("`{}`", path.display()))?, &format!("file {}", path.display()));
    }
    for (name, text) in environment {
        if let Some(key) = merged.key_of_variable(&name) {
            merged.set(&key, &text, &format!("environment {name}"));
        }
    }
    for (key, text) in flags {
        merged.set(key, text, "flag");
    }
    let settings = Value::Table(merged.table).try_into().map_err(Error::Value)?;
    Ok(Read { settings, origins: merged.origins })
}

fn parse(text: &str, origin: &str) -> Result<Table, Error> {
    text.parse().map_err(|source| Error::Toml { origin: origin.to_owned(), source })
}

#[derive(Default)]
struct Merged {
    table: Table,
    origins: BTreeMap<String, (String, String)>,
}

impl Merged {
    fn add(&mut self, table: Table, origin: &str) {
        for (section, keys) in table {
            let Value::Table(keys) = keys else {
                // A key outside a section: kept as it is, so that reading the settings names it.
                self.table.insert(section, keys);
                continue;
            };
            for (key, value) in keys {
                self.insert(&section, &key, value, origin);
            }
        }
    }

    fn insert(&mut self, section: &str, key: &str, value: Value, origin: &str) {
        self.origins.insert(format!("{section}.{key}"), (value.to_string(), origin.to_owned()));
        let section = self.table.entry(section).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(section) = section {
            section.insert(key.to_owned(), value);
        }
    }

    /// `STYK_JOURNAL_SEGMENT_MIB` is `journal.segment_mib`, if there is such a key.
    fn key_of_variable(&self, name: &str) -> Option<String> {
        let wanted = name.strip_prefix("STYK_")?.to_lowercase();
        self.origins.keys().find(|key| key.replace('.', "_") == wanted).cloned()
    }

    /// Sets a key from text: what reads as a TOML value is one, anything else is a text.
    fn set(&mut self, key: &str, text: &str, origin: &str) {
        let Some((section, key)) = key.split_once('.') else { return };
        let value = format!("value = {text}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("value"))
            .unwrap_or_else(|| Value::String(text.to_owned()));
        self.insert(section, key, value, origin);
    }
}

const MIB: u64 = 1 << 20;

impl Settings {
    /// What the store needs, in `directory`.
    pub fn store_options(&self, directory: PathBuf) -> store::Options {
        store::Options {
            directory,
            threads: self.store.threads,
            memory_mib: self.store.memory_mib,
            flush_rows: self.store.flush_rows,
            flush_after: Duration::from_secs(self.store.flush_after_seconds),
            flushed_grace: Duration::from_secs(self.store.flushed_grace_seconds),
            merge_runs: self.store.merge_runs,
            merge_rows_max: self.store.merge_rows_max,
            kept_mib: self.store.kept_mib,
        }
    }

    /// What the journal needs, in `directory`; it goes on at `next_sequence_min` at least.
    pub fn journal_options(&self, directory: PathBuf, next_sequence_min: u64) -> journal::Options {
        journal::Options {
            directory,
            segment_bytes: self.journal.segment_mib * MIB,
            queue_records_max: self.journal.queue_records_max,
            queue_bytes_max: self.journal.queue_mib_max << 20,
            free_bytes_min: self.journal.free_mib_min * MIB,
            next_sequence_min,
        }
    }

    /// What the archive needs, in the data directory `data`.
    pub fn archive_options(&self, data: &Path) -> load::ArchiveOptions {
        load::ArchiveOptions {
            directory: data.join("archive"),
            journal_directory: data.join("journal"),
            round_events_max: self.archive.round_events_max,
            look_every: Duration::from_secs(self.archive.look_seconds),
            keep: Duration::from_secs(self.journal.keep_hours.saturating_mul(3_600)),
        }
    }

    /// How long the clock must have shown a day before what is too old by then is removed.
    pub fn retention_settle(&self) -> Duration {
        Duration::from_secs(self.retention.settle_seconds)
    }

    /// What collecting is told.
    ///
    /// # Errors
    /// [`Error::Proxy`], for a proxy that is neither an address nor a network; [`Error::Path`].
    pub fn collect_options(&self) -> Result<collect::Options, Error> {
        let network = |text: &String| Network::parse(text).ok_or_else(|| Error::Proxy(text.clone()));
        Ok(collect::Options {
            trusted_proxies: self.collect.trusted_proxies.iter().map(network).collect::<Result<_, _>>()?,
            body_deadline: self.body_deadline(),
            paths: collect::Paths::parse(&self.collect.script_path, &self.collect.events_path)?,
        })
    }

    /// A request's body that is not here by then is given up.
    pub fn body_deadline(&self) -> Duration {
        Duration::from_secs(self.serve.body_seconds)
    }

    /// How much each sender may send.
    pub fn quotas(&self) -> collect::Quotas {
        let (collect, quota) =
            (&self.collect, |events_per_second, burst_events| collect::Quota { events_per_second, burst_events });
        collect::Quotas {
            client: quota(collect.client_events_per_second, collect.client_events_burst),
            site: quota(collect.site_events_per_second, collect.site_events_burst),
            server: quota(collect.server_events_per_second, collect.server_events_burst),
            whole: quota(collect.whole_events_per_second, collect.whole_events_burst),
            clients_max: collect.clients_max,
            bodies_kib_max: collect.bodies_mib_max << 10,
        }
    }

    /// How sign-in cookies travel.
    pub fn door_options(&self) -> report::door::Options {
        report::door::Options { secure_cookies: self.serve.secure_cookies }
    }

    /// How questions are asked.
    pub fn question_options(&self) -> analyze::ask::Options {
        analyze::ask::Options {
            at_once: self.analyze.questions_at_once,
            waiting_max: self.analyze.questions_waiting_max,
            time_max: Duration::from_secs(self.analyze.question_seconds_max),
            identity: self.analyze.identity,
        }
    }

    /// What a pause means: that a session is over, or that a cart was left behind.
    ///
    /// # Errors
    /// [`Error::Carts`], for time-outs that contradict each other.
    pub fn pauses(&self) -> Result<report::Pauses, Error> {
        let analyze = &self.analyze;
        let (idle_ms, abandoned_after_ms) = (
            i64::from(analyze.cart_idle_minutes) * MINUTE_MS,
            i64::from(analyze.cart_abandoned_after_minutes) * MINUTE_MS,
        );
        let expires_after_ms = i64::from(analyze.cart_expires_after_days) * DAY_MS;
        Ok(report::Pauses {
            session_gap_ms: i64::from(analyze.session_gap_minutes) * MINUTE_MS,
            cart_timeouts: Timeouts::new(idle_ms, abandoned_after_ms, expires_after_ms).map_err(Error::Carts)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(environment: &[(&str, &str)], flags: &[(&str, String)]) -> Result<Read, Error> {
        let environment = environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        read(None, environment, flags)
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_defaults() {
        let flags = [("serve.listen", "127.0.0.1:1".to_owned())];
        let environment = [("STYK_SERVE_LISTEN", "127.0.0.1:2"), ("STYK_JOURNAL_SEGMENT_MIB", "8"), ("STYK_DATA", "x")];
        let read = read_with(&environment, &flags).unwrap();
        assert_eq!(read.settings.serve.listen.port(), 1);
        assert_eq!(read.settings.journal.segment_mib, 8);
        assert_eq!(read.origins["journal.segment_mib"].1, "environment STYK_JOURNAL_SEGMENT_MIB");
        assert_eq!(read.origins["store.threads"].1, "default");
    }

    #[test]
    fn time_outs_of_carts_that_contradict_each_other_are_named() {
        let with = |variable, text| read_with(&[(variable, text)], &[]).unwrap().settings.pauses();
        let idle = "STYK_ANALYZE_CART_IDLE_MINUTES";
        assert!(with(idle, "60").is_ok());
        for (variable, text) in [(idle, "61"), (idle, "0"), ("STYK_ANALYZE_CART_EXPIRES_AFTER_DAYS", "0")] {
            let wrong = with(variable, text).unwrap_err().to_string();
            assert!(wrong.contains("cart_idle_minutes") && wrong.contains("cart_expires_after_days"), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_value_and_an_unknown_key_are_named() {
        let wrong = read_with(&[("STYK_STORE_THREADS", "many")], &[]).unwrap_err();
        assert!(format!("{:?}", wrong).contains("threads"), "{wrong:?}");
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("styk.toml");
        std::fs::write(&path, "[store]\nthread = 2\n").unwrap();
        let unknown = read(Some(&path), std::iter::empty(), &[]).unwrap_err();
        assert!(format!("{:?}", unknown).contains("thread"), "{unknown:?}");
    }
}
