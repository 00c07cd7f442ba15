//! Files that only this user may read, replaced whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use tempfile::NamedTempFile;

use super::error::Error;

const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_DIR: u32 = 0o700;

/// Makes `dir` and its parents; one that exists keeps its mode.
pub(super) fn create_private_dir(dir: &Path) -> Result<(), Error> {
    DirBuilder::new().recursive(true).mode(PRIVATE_DIR).create(dir).map_err(Error::file(dir))
}

/// Opens the file at `path` for reading and writing, makes it when missing, and closes it to others.
pub(super) fn open_private(path: &Path) -> Result<File, Error> {
    let open = || -> io::Result<File> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(PRIVATE_FILE).open(path)?;
        if file.metadata()?.permissions().mode() & 0o777 != PRIVATE_FILE {
            file.set_permissions(Permissions::from_mode(PRIVATE_FILE))?;
        }
        Ok(file)
    };
    open().map_err(Error::file(path))
}

/// The file's text; `None` when there is no such file.
pub(super) fn read_text(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path)(error)),
    }
}

/// Replaces the file at `path`, or makes it: on disk when this returns, and whole after any crash.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let replace = || -> io::Result<()> {
        let (file, dir) = write_beside(path, text)?;
        file.persist(path)?;
        dir.sync_all()
    };
    replace().map_err(Error::file(path))
}

/// Makes the file at `path` unless there is one; returns the text that is there then.
pub(super) fn create_or_read(path: &Path, text: &str) -> Result<String, Error> {
    let create = || -> io::Result<()> {
        let (file, dir) = write_beside(path, text)?;
        match file.persist_noclobber(path) {
            Ok(_) => dir.sync_all(),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.error),
        }
    };
    create().map_err(Error::file(path))?;
    fs::read_to_string(path).map_err(Error::file(path))
}

/// Removes the file at `path`, if there is one.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::file(path)(error)),
        _ => Ok(()),
    }
}

/// A synced file of mode 0600 with `text` in the folder of `path`, and that folder.
fn write_beside(path: &Path, text: &str) -> io::Result<(NamedTempFile, File)> {
    let dir = path.parent().expect("every path here is a file inside the data directory");
    let mut file = NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok((file, File::open(dir)?))
}
