//! A file that is at fault: told from a disk or a system that is, and moved out of the way.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use duckdb::Connection;

use super::database::{FILE, Store, WAL};
use super::{Doing, Error};
use crate::domain::time::Timestamp;

/// So many files are kept in quarantine; the oldest goes first.
const KEPT_MAX: usize = 3;

impl Store {
    /// Whether `error`, which opening the file or reading all of it gave, is the file's own fault, so that a new
    /// file would fare better. A full disk, a missing permission and a program that holds the file are not.
    pub fn is_file_at_fault(&self, error: &Error) -> bool {
        match error {
            Error::Miscounted { .. } | Error::Foreign => true,
            Error::Database { source, .. } => {
                !names_surroundings(&source.to_string()) && self.may_write_file() && self.makes_files()
            }
            Error::Newer { .. }
            | Error::Closed
            | Error::Full { .. }
            | Error::Cancelled
            | Error::File { .. }
            | Error::Unverified { .. }
            | Error::NotUnderstood
            | Error::Lost(_) => false,
        }
    }

    /// Moves the file, with its log, to `quarantine/<time>/`, and gives that folder. The store must be closed.
    ///
    /// # Errors
    /// [`Error::File`]; then the file may still be where it was.
    pub fn quarantine(&self, now: Timestamp) -> Result<PathBuf, Error> {
        let directory = self.directory();
        let all = directory.join("quarantine");
        move_away(directory, &all, now).doing("move its file to `quarantine`")
    }

    fn may_write_file(&self) -> bool {
        let path = self.directory().join(FILE);
        let opened = OpenOptions::new().read(true).write(true).open(path);
        !opened.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
    }

    /// Whether a file of DuckDB can be made in the same folder at present.
    fn makes_files(&self) -> bool {
        let Ok(place) = tempfile::tempdir_in(self.directory()) else { return false };
        let path = place.path().join("trial.duckdb").to_string_lossy().replace('\'', "''");
        let made = Connection::open_in_memory().and_then(|connection| {
            connection.execute_batch(&format!(
                "attach '{path}' as trial; create table trial.numbers as select range from range(1000);
                 checkpoint trial; detach trial"
            ))
        });
        made.is_ok()
    }
}

/// What DuckDB says of a full disk. It has no codes for these.
const FULL_DISK: &str = "No space left";

impl Error {
    /// Whether it would not have come to this with more space on the disk.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Full { .. } => true,
            Self::Database { source, .. } => source.to_string().contains(FULL_DISK),
            Self::File { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}

/// Whether the fault lies around the file, by what DuckDB says.
pub(super) fn names_surroundings(message: &str) -> bool {
    let surroundings = [
        FULL_DISK,
        "Could not set lock",
        "Could not write",
        "fsync failed",
        "Out of Memory",
        "Permission denied",
        "Too many open files",
    ];
    surroundings.iter().any(|words| message.contains(words))
}

fn move_away(directory: &Path, all: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let name = now.to_string().replace(':', "-");
    let place = (1..).map(|number| all.join(format!("{name}-{number}"))).find(|place| !place.exists());
    let place = place.expect("numbers do not end");
    fs::create_dir_all(&place)?;
    // The log first: should the second move fail, the file is still found without it, and sound up to there.
    for name in [WAL, FILE] {
        match fs::rename(directory.join(name), place.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    File::open(directory)?.sync_all()?;
    drop_old(all)?;
    Ok(place)
}

fn drop_old(all: &Path) -> io::Result<()> {
    let mut places = fs::read_dir(all)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    places.sort();
    let superfluous = places.len().saturating_sub(KEPT_MAX);
    places[..superfluous].iter().try_for_each(fs::remove_dir_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_files_are_kept_with_their_logs() {
        let place = tempfile::tempdir().unwrap();
        let all = place.path().join("quarantine");
        let mut moved = PathBuf::new();
        for day in 0..5 {
            fs::write(place.path().join(FILE), format!("file {day}")).unwrap();
            fs::write(place.path().join(WAL), format!("log {day}")).unwrap();
            moved = move_away(place.path(), &all, Timestamp::from_ms(day * 86_400_000)).unwrap();
        }
        assert!(!place.path().join(FILE).exists() && !place.path().join(WAL).exists());
        assert_eq!(fs::read_to_string(moved.join(FILE)).unwrap(), "file 4");
        assert_eq!(fs::read_to_string(moved.join(WAL)).unwrap(), "log 4");
        assert_eq!(fs::read_dir(&all).unwrap().count(), KEPT_MAX);
        assert_eq!(moved.file_name().unwrap(), "1970-01-05T00-00-00.000Z-1");
    }

    #[test]
    fn a_full_disk_is_not_the_files_fault() {
        assert!(names_surroundings("IO Error: Could not write file \"a\": No space left on device"));
        assert!(names_surroundings("IO Error: Could not set lock on file \"a\": Conflicting lock is held"));
        assert!(!names_surroundings("IO Error: Corrupt database file: computed checksum 1 does not match 2"));
    }
}
