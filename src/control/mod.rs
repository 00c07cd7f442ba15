//! Who may do what: sites, keys, users, logins, share links, the secrets that visitor ids are made with, who was erased
//! and who is not whom; and what a site keeps of its own: saved funnels, annotations.
//!
//! **Promise.** A secret is stored only as a hash, works the moment it is made, and stops working within a
//! second of being revoked, by whichever program revoked it. A site's number is never given to another site.
//! Yesterday's visitor salt is nowhere.
//!
//! **Shape.** A small SQLite file, `control.sqlite`, that the server and the commands may open at the same time.
//! Sites and keys are held in memory, so that admitting an event touches no file; [`Control::refresh`] reads
//! them again when another program has changed them. Beside it lie `secret` and `salt`
//! ([`Control::visitor_keys`]), `lock` ([`lock_data_dir`]) and `server.json` ([`ServerFile`]), all of mode 0600.
//!
//! **Never.** No event, no report, no HTTP. No clock: the caller says what time it is.
//!
//! **To change it**, add a numbered file to `migrations/`; one that was released is never edited.

mod annotations;
mod database;
mod deed;
mod domains;
mod erasures;
mod error;
mod excluded;
mod files;
mod funnels;
mod keys;
mod lock;
mod logins;
mod named;
mod passwords;
mod registry;
mod salt;
mod secret;
mod server_file;
mod setup;
mod shares;
mod sites;
mod team;
mod unlinks;
mod users;

use std::path::Path;
use std::sync::Arc;

use crate::domain::time::Timestamp;

pub use annotations::{ANNOTATIONS_PER_SITE_MAX, Annotation, AnnotationChange, AnnotationId};
pub use deed::Deed;
pub use erasures::{Erasure, ErasureId, NewErasure};
pub use error::Error;
pub use funnels::{FUNNELS_PER_SITE_MAX, FunnelChange, FunnelId, SavedFunnel};
pub use keys::{Grant, Key, KeyId, Scope};
pub use lock::{DirLock, lock_data_dir};
pub use logins::LOGIN_DAYS;
pub use salt::VisitorKeys;
pub use server_file::{Published, ServerFile, read_server_file};
pub use setup::SetupError;
pub use shares::{FrozenReport, SHARE_DAYS_MAX, SHARE_PREFIX, Share, ShareId};
pub use sites::{NewSite, Site, SiteChange};
pub use team::{PASSWORD_LINK_DAYS, PasswordLink};
pub use unlinks::{Doer, UnlinkFact};
pub use users::{Role, User, UserChange, UserId};

const FILE: &str = "control.sqlite";

/// The control file and what is held of it in memory; clones share one connection.
///
/// Its calls may write to disk, so async code makes them where blocking is allowed. The exceptions answer from
/// memory: [`site`](Self::site), [`site_by_id`](Self::site_by_id), [`sites`](Self::sites), [`grant`](Self::grant),
/// [`admin_secret`](Self::admin_secret) and, but for the first call of a day, [`visitor_keys`](Self::visitor_keys).
#[derive(Clone)]
pub struct Control(Arc<Shared>);

struct Shared {
    database: database::Database,
    salts: salt::Salts,
    admin_secret: String,
}

impl Control {
    /// Opens the control file of `data_dir`, making the folder, the file and the installation's secret when missing.
    ///
    /// # Errors
    /// [`Error::File`] and [`Error::Database`] when the folder or a file cannot be used, [`Error::Newer`] when a
    /// newer program wrote the file.
    pub fn open(data_dir: &Path) -> Result<Self, Error> {
        files::create_private_dir(data_dir)?;
        Ok(Self(Arc::new(Shared {
            database: database::Database::open(&data_dir.join(FILE))?,
            salts: salt::Salts::open(data_dir)?,
            admin_secret: secret::random_text(),
        })))
    }

    /// Takes in what another program has changed since; the server calls it every second.
    ///
    /// # Errors
    /// [`Error::Database`]; what is in memory stays as it was.
    pub fn refresh(&self) -> Result<(), Error> {
        self.0.database.refresh()
    }

    /// What visitor ids are made with at `now`; the first call of a new UTC day replaces the salt.
    pub fn visitor_keys(&self, now: Timestamp) -> VisitorKeys {
        self.0.salts.keys(now)
    }

    /// What the ids of visitors who are known for longer than a day are made with. Not to be shown or logged.
    pub fn visitor_secret(&self) -> &[u8; 32] {
        self.0.salts.secret()
    }

    /// Writes a whole copy of the control file, as it is at this moment, to `path`, where nothing may be yet.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn copy_to(&self, path: &Path) -> Result<(), Error> {
        self.0.database.copy_to(path)
    }

    /// The secret by which this computer's commands speak to the server that holds this value; new with every
    /// [`open`](Self::open).
    pub fn admin_secret(&self) -> &str {
        &self.0.admin_secret
    }
}
