//! Where the running server is, for the commands of the same user on the same computer.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::files;

/// What a command needs to speak to the running server. A server that was killed leaves its file behind, so an
/// address that does not answer means that none runs.
#[derive(Clone, Serialize, Deserialize)]
pub struct ServerFile {
    /// Where it listens.
    pub address: SocketAddr,
    /// [`Control::admin_secret`](super::Control::admin_secret) of that run.
    pub secret: String,
}

/// Takes the file away again when dropped.
#[derive(Debug)]
pub struct Published {
    path: PathBuf,
}

impl ServerFile {
    /// Writes `server.json` into the data directory `dir`, which this program has [locked](super::lock_data_dir).
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn publish(&self, dir: &Path) -> Result<Published, Error> {
        let path = file_in(dir);
        let text = serde_json::to_string(self).expect("an address and a text are always JSON");
        files::replace(&path, &text)?;
        Ok(Published { path })
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        if let Err(error) = files::remove(&self.path) {
            tracing::warn!(?error, "server file stays behind");
        }
    }
}

/// The last server of the data directory `dir`; `None` when none ran, or the last one stopped in order.
///
/// # Errors
/// [`Error::File`] when it cannot be read, [`Error::Invalid`] when it is not what a server writes.
pub fn read_server_file(dir: &Path) -> Result<Option<ServerFile>, Error> {
    let path = file_in(dir);
    let Some(text) = files::read_text(&path)? else {
        return Ok(None);
    };
    match serde_json::from_str(&text) {
        Ok(file) => Ok(Some(file)),
        Err(_) => Err(Error::Invalid(format!("file `{}` is damaged; restart the server", path.display()))),
    }
}

fn file_in(dir: &Path) -> PathBuf {
    dir.join("server.json")
}
