//! How far a long reading has come, kept beside the data so that it can go on after an interruption.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// A small file that says how many rows are done.
///
/// Losing it costs time, never rows: who reads again from the start must be able to repeat itself unharmed.
/// So it is replaced as a whole but not synced.
#[derive(Debug)]
pub struct Bookmark {
    directory: PathBuf,
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Page {
    rows_done: u64,
}

impl Bookmark {
    /// The bookmark `name` in `directory`, which is made when it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(directory: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self { directory: directory.to_owned(), path: directory.join(format!("{name}.json")) })
    }

    /// How many rows are done; 0 when none are, or when the file was damaged.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn rows_done(&self) -> io::Result<u64> {
        match fs::read(&self.path) {
            Ok(text) => Ok(serde_json::from_slice(&text).map_or(0, |page: Page| page.rows_done)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Says that the first `rows_done` rows are done.
    ///
    /// # Errors
    /// When the file cannot be replaced; the one before is whole then.
    pub fn advance(&self, rows_done: u64) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.directory)?;
        file.write_all(&serde_json::to_vec(&Page { rows_done })?)?;
        file.persist(&self.path)?;
        Ok(())
    }

    /// Says that all is done: the next reading begins at the start.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn finish(self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_is_found_again_until_all_is_done() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("new");
        let open = || Bookmark::open(&directory, "a").unwrap();
        assert_eq!(open().rows_done().unwrap(), 0);
        open().advance(500).unwrap();
        open().advance(1_000).unwrap();
        assert_eq!(open().rows_done().unwrap(), 1_000);
        assert_eq!(Bookmark::open(&directory, "b").unwrap().rows_done().unwrap(), 0);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "no temporary file stays");
        open().finish().unwrap();
        open().finish().unwrap();
        assert_eq!(open().rows_done().unwrap(), 0);
    }

    #[test]
    fn a_damaged_bookmark_counts_as_none() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a.json"), "{\"rows_do").unwrap();
        assert_eq!(Bookmark::open(place.path(), "a").unwrap().rows_done().unwrap(), 0);
    }
}
