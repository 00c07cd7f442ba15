//! The secrets that visitor ids are made with: one for ever, one a day.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::{files, secret};
use crate::domain::time::{DAY_MS, MINUTE_MS, Timestamp};

const SECRET: &str = "secret";

/// A clock may go back this many days and keep its salt. One that goes back further was wrong before, and must
/// not keep one salt alive until that wrong day comes.
const BACK_DAYS_MAX: i64 = 1;

/// How long to wait before a salt that could not be written is written again.
const RETRY_MS: i64 = MINUTE_MS;

/// What visitor ids are made with. Not to be shown or logged, so it has no `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VisitorKeys {
    /// The same for the life of the installation.
    pub secret: [u8; 32],
    /// The same for one UTC day, then gone: without it nobody can link the ids of two days.
    pub salt: [u8; 32],
}

pub(super) struct Salts {
    secret: [u8; 32],
    path: PathBuf,
    current: Mutex<Option<Current>>,
}

struct Current {
    day: i64,
    salt: [u8; 32],
    /// When to write it to disk; `None` when it is there.
    write_at: Option<Timestamp>,
}

/// The file `salt`. `day` counts UTC days since 1970.
#[derive(Serialize, Deserialize)]
struct SaltFile {
    day: i64,
    salt: String,
}

/// The installation's secret in `dir`; `None` where there is none.
pub(super) fn read_secret(dir: &Path) -> Result<Option<[u8; 32]>, Error> {
    let path = dir.join(SECRET);
    let text = files::read_text(&path)?;
    text.map(|text| secret::parse(&text).ok_or_else(|| damaged(&path))).transpose()
}

fn damaged(path: &Path) -> Error {
    let path = path.display();
    Error::Invalid(format!(
        "file `{path}` is damaged; restore it from a backup, or delete it: all visitors then count as new"
    ))
}

impl Salts {
    /// Reads the installation's secret, or makes it. The salt is left alone until it is asked for, so that a
    /// command beside a running server never replaces it.
    pub(super) fn open(dir: &Path) -> Result<Self, Error> {
        let secret = match read_secret(dir)? {
            Some(secret) => secret,
            None => {
                let path = dir.join(SECRET);
                let text = files::create_or_read(&path, &secret::random_text())?;
                secret::parse(&text).ok_or_else(|| damaged(&path))?
            }
        };
        Ok(Self { secret, path: dir.join("salt"), current: Mutex::new(None) })
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    pub(super) fn keys(&self, now: Timestamp) -> VisitorKeys {
        let day = now.as_ms().div_euclid(DAY_MS);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let known = current.take().or_else(|| self.read());
        let mut salt = match known {
            Some(known) if (known.day - BACK_DAYS_MAX..=known.day).contains(&day) => known,
            _ => Current { day, salt: secret::random_bytes(), write_at: Some(now) },
        };
        if salt.write_at.is_some_and(|write_at| write_at <= now) {
            salt.write_at = self.write(&salt).err().map(|_| now.plus_ms(RETRY_MS));
        }
        let keys = VisitorKeys { secret: self.secret, salt: salt.salt };
        *current = Some(salt);
        keys
    }

    fn read(&self) -> Option<Current> {
        let text = files::read_text(&self.path).unwrap_or_else(|error| {
            tracing::warn!(?error, "salt file does not read; a new salt is drawn");
            None
        })?;
        let file: SaltFile = serde_json::from_str(&text).ok()?;
        Some(Current { day: file.day, salt: secret::parse(&file.salt)?, write_at: None })
    }

    /// Collecting goes on when the disk refuses: the salt in memory is good, only a restart would draw another.
    fn write(&self, current: &Current) -> Result<(), Error> {
        let file = SaltFile { day: current.day, salt: secret::show(&current.salt) };
        let text = serde_json::to_string(&file).expect("a number and a text are always JSON");
        files::replace(&self.path, &text).inspect_err(|error| {
            tracing::error!(?error, "salt of the day is not on disk yet");
        })
    }
}
