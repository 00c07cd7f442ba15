//! What is known of the file without opening it: which one is ours, and how far the journal was given out.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The small file `nameplate.json` beside the store's file.
///
/// It is written before what it speaks of: sequences below `next_sequence_min` may be in the file, or in one that
/// is lost, and are never given out again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Nameplate {
    /// The id that our file bears; empty while there was none.
    pub(super) file_id: String,
    /// The first sequence that no file of ours can hold.
    pub(super) next_sequence_min: u64,
}

impl Nameplate {
    /// The plate in `directory`; a fresh one when there is none. One that does not read is as good as none.
    pub(super) fn read(directory: &Path) -> Self {
        let text = match fs::read(path_in(directory)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::default(),
            Err(error) => {
                tracing::error!(%error, "the store's nameplate cannot be read");
                return Self::default();
            }
        };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            tracing::error!(%error, "the store's nameplate is damaged");
            Self::default()
        })
    }

    /// Replaces the plate in `directory`: on disk when this returns, and whole after any crash.
    pub(super) fn write(&self, directory: &Path) -> io::Result<()> {
        let unfinished = directory.join("nameplate.new");
        let mut file = File::create(&unfinished)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        fs::rename(unfinished, path_in(directory))?;
        File::open(directory)?.sync_all()
    }
}

fn path_in(directory: &Path) -> PathBuf {
    directory.join("nameplate.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_is_read_back_and_a_damaged_one_is_as_none() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(Nameplate::read(place.path()), Nameplate::default());
        let plate = Nameplate { file_id: "a".to_owned(), next_sequence_min: 7 };
        plate.write(place.path()).unwrap();
        assert_eq!(Nameplate::read(place.path()), plate);
        fs::write(path_in(place.path()), "{").unwrap();
        assert_eq!(Nameplate::read(place.path()), Nameplate::default());
    }
}
