//! One server a data directory.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::error::Error;
use super::files;

/// Holds a data directory for one server; let go when dropped, and by the system when the program dies.
#[derive(Debug)]
pub struct DirLock {
    _file: File,
}

/// Takes the data directory for this program, making it when missing.
///
/// # Errors
/// [`Error::Locked`] when a server holds it; [`Error::File`] when its lock file cannot be used.
pub fn lock_data_dir(dir: &Path) -> Result<DirLock, Error> {
    files::create_private_dir(dir)?;
    let path = dir.join("lock");
    let file = files::open_private(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(DirLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(Error::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(Error::file(&path)(error)),
    }
}
