//! Files copied to a safe place and back: a folder of copies with a list of their checksums, which is written last.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The list. A folder without it is no backup: it was not finished.
const LIST: &str = "backup.json";
/// Copied at once.
const PIECE_BYTES: usize = 1 << 20;

/// A backup that is being written.
#[derive(Debug)]
pub struct Backup {
    directory: PathBuf,
    list: List,
}

/// A finished backup whose every file is as it was written.
#[derive(Debug)]
pub struct Sealed {
    directory: PathBuf,
    list: List,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct List {
    /// The first sequence of the journal that is not in the backup.
    next_sequence: u64,
    /// Length and SHA-256 of each file, by its path.
    files: BTreeMap<String, (u64, String)>,
}

impl Backup {
    /// Begins a backup in `directory`, which is made when missing.
    ///
    /// # Errors
    /// [`io::ErrorKind::DirectoryNotEmpty`], when something is there; what the file system says.
    pub fn begin(directory: &Path) -> io::Result<Self> {
        if !folder_is_empty(directory)? {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        create_folder(directory)?;
        Ok(Self { directory: directory.to_owned(), list: List::default() })
    }

    /// Copies the first `bytes_max` bytes of the file at `source`. One that is gone by now is left out.
    ///
    /// # Errors
    /// What the file system says.
    pub fn add(&mut self, source: &Path, name: &str, bytes_max: u64) -> io::Result<()> {
        let from = match File::open(source) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        let mark = copy(from.take(bytes_max), &self.directory.join(name))?;
        self.list.files.insert(name.to_owned(), mark);
        Ok(())
    }

    /// Takes in a file that `write` puts into the backup's folder itself.
    ///
    /// # Errors
    /// What `write` and the file system say.
    pub fn add_written<E: From<io::Error>>(
        &mut self,
        name: &str,
        write: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = self.directory.join(name);
        write(&path)?;
        File::open(&path)?.sync_all()?;
        let mark = read_mark(&path)?;
        self.list.files.insert(name.to_owned(), mark);
        Ok(())
    }

    /// Reads everything again, compares it, and writes the list: only then it is a backup.
    ///
    /// # Errors
    /// What the file system says; [`io::ErrorKind::InvalidData`] for a file that is not as it was written.
    pub fn seal(mut self, next_sequence: u64) -> io::Result<Sealed> {
        self.list.next_sequence = next_sequence;
        compare(&self.directory, &self.list)?;
        sync_folders(&self.directory, &self.list)?;
        let mut file = create_file(&self.directory.join(LIST))?;
        file.write_all(&serde_json::to_vec_pretty(&self.list)?)?;
        file.sync_all()?;
        File::open(&self.directory)?.sync_all()?;
        Ok(Sealed { directory: self.directory, list: self.list })
    }
}

impl Sealed {
    /// Opens the backup in `directory` and compares every file with the list.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], when there is no list; [`io::ErrorKind::InvalidData`] for a file that has changed.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let list: List = serde_json::from_slice(&fs::read(directory.join(LIST))?)?;
        compare(directory, &list)?;
        Ok(Self { directory: directory.to_owned(), list })
    }

    /// The first sequence of the journal that is not in it.
    pub fn next_sequence(&self) -> u64 {
        self.list.next_sequence
    }

    /// How many files there are.
    pub fn files(&self) -> usize {
        self.list.files.len()
    }

    /// How long they are together, in bytes.
    pub fn bytes(&self) -> u64 {
        self.list.files.values().map(|(bytes, _)| bytes).sum()
    }

    /// Copies all files into `data`, which must be empty or missing, and compares them again.
    ///
    /// # Errors
    /// [`io::ErrorKind::DirectoryNotEmpty`], when something is there; what the file system says.
    pub fn restore(&self, data: &Path) -> io::Result<()> {
        if !folder_is_empty(data)? {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        create_folder(data)?;
        for name in self.list.files.keys() {
            copy(File::open(self.directory.join(name))?, &data.join(name))?;
        }
        compare(data, &self.list)?;
        sync_folders(data, &self.list)
    }
}

/// Whether the folder holds nothing, or is not there.
///
/// # Errors
/// What the file system says.
pub fn folder_is_empty(directory: &Path) -> io::Result<bool> {
    match fs::read_dir(directory) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn compare(directory: &Path, list: &List) -> io::Result<()> {
    for (name, mark) in &list.files {
        if !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
            let message = format!("`{name}` lies outside of the backup");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        if read_mark(&directory.join(name))? != *mark {
            let message = format!("`{name}` is not as it was written");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
    }
    Ok(())
}

/// Makes the files' names durable: syncs the folders that they lie in, and what leads there.
fn sync_folders(directory: &Path, list: &List) -> io::Result<()> {
    let folders: BTreeSet<&Path> = list.files.keys().flat_map(|name| Path::new(name).ancestors().skip(1)).collect();
    folders.into_iter().try_for_each(|folder| File::open(directory.join(folder))?.sync_all())
}

/// Copies what `from` gives into a new file, synced; zeros take no space.
fn copy(mut from: impl Read, path: &Path) -> io::Result<(u64, String)> {
    create_folder(path.parent().unwrap_or(Path::new(".")))?;
    let mut file = create_file(path)?;
    let (mut bytes, mut hasher, mut piece) = (0, Sha256::new(), vec![0; PIECE_BYTES]);
    loop {
        let length = from.read(&mut piece)?;
        let read = &piece[..length];
        if read.is_empty() {
            break;
        }
        hasher.update(read);
        if read.iter().all(|byte| *byte == 0) {
            file.seek_relative(length as i64)?;
        } else {
            file.write_all(read)?;
        }
        bytes += length as u64;
    }
    file.set_len(bytes)?;
    file.sync_all()?;
    Ok((bytes, shown(hasher)))
}

fn read_mark(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let bytes = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher)?;
    Ok((bytes, shown(hasher)))
}

fn shown(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn create_folder(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_comes_back_as_it_was_and_a_changed_one_does_not() {
        let place = tempfile::tempdir().unwrap();
        let (source, kept, data) = (place.path().join("a"), place.path().join("b"), place.path().join("c"));
        fs::create_dir_all(source.join("deep")).unwrap();
        fs::write(source.join("deep/one"), [&[0; 3 * PIECE_BYTES][..], b"end"].concat()).unwrap();
        fs::write(source.join("two"), "0123456789").unwrap();
        let mut backup = Backup::begin(&kept).unwrap();
        backup.add(&source.join("deep/one"), "deep/one", u64::MAX).unwrap();
        backup.add(&source.join("two"), "two", 4).unwrap();
        backup.add(&source.join("gone"), "gone", 4).unwrap();
        assert!(Sealed::open(&kept).is_err(), "not sealed yet");
        assert_eq!(backup.seal(7).unwrap().files(), 2);
        assert_eq!(Backup::begin(&kept).unwrap_err().kind(), io::ErrorKind::DirectoryNotEmpty);

        let sealed = Sealed::open(&kept).unwrap();
        sealed.restore(&data).unwrap();
        assert_eq!(sealed.next_sequence(), 7);
        assert_eq!(fs::read(data.join("deep/one")).unwrap(), fs::read(source.join("deep/one")).unwrap());
        assert_eq!(fs::read_to_string(data.join("two")).unwrap(), "0123");
        assert_eq!(sealed.restore(&data).unwrap_err().kind(), io::ErrorKind::DirectoryNotEmpty);

        let list = fs::read_to_string(kept.join(LIST)).unwrap();
        fs::write(kept.join(LIST), list.replace("deep/one", "../a/deep/one")).unwrap();
        assert!(Sealed::open(&kept).unwrap_err().to_string().contains("outside of the backup"));
        fs::write(kept.join(LIST), list).unwrap();
        fs::write(kept.join("two"), "0124").unwrap();
        assert_eq!(Sealed::open(&kept).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
