//! The archive's folder: names of its files, making them durable, and what is in it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::round::hexadecimal;

/// Marks a file that is still being made.
pub(super) const UNFINISHED: &str = ".unfinished";
pub(super) const ROUNDS: &str = "rounds";
pub(super) const FAILED: &str = "failed";
/// Where DuckDB sorts what does not fit into memory.
pub(super) const SCRATCH: &str = "tmp";

/// Comes between the name of a file and the number of its version, from the second on.
const VERSION_MARK: char = '~';

const ROUND_ENDING: &str = ".json";
const PARQUET_ENDING: &str = ".parquet";

/// `00000000000000000000-00000000000000500000`: the sequences of a round, in order also as text.
pub(super) fn range_name(first_sequence: u64, next_sequence: u64) -> String {
    format!("{first_sequence:020}-{next_sequence:020}")
}

/// Takes a name of [`range_name`] apart, with or without the number of a version.
fn parse_range(name: &str) -> Option<(u64, u64)> {
    let (range, version) = name.split_once(VERSION_MARK).unwrap_or((name, "0"));
    version.parse::<u32>().ok()?;
    let (first, next) = range.split_once('-')?;
    let number = |digits: &str| (digits.len() == 20).then(|| digits.parse::<u64>().ok())?;
    let range = (number(first)?, number(next)?);
    (range.0 <= range.1).then_some(range)
}

pub(super) fn parquet_path(folder: &str, first_sequence: u64, next_sequence: u64) -> String {
    format!("{folder}/{}{PARQUET_ENDING}", range_name(first_sequence, next_sequence))
}

/// The name of the file that takes the place of the one at `path`.
pub(super) fn next_version(path: &str) -> String {
    let whole = path.strip_suffix(PARQUET_ENDING).unwrap_or(path);
    let (name, version) = whole.split_once(VERSION_MARK).unwrap_or((whole, "1"));
    let version = version.parse::<u32>().unwrap_or(1).saturating_add(1);
    format!("{name}{VERSION_MARK}{version}{PARQUET_ENDING}")
}

pub(super) fn round_path(first_sequence: u64, next_sequence: u64) -> String {
    format!("{ROUNDS}/{}{ROUND_ENDING}", range_name(first_sequence, next_sequence))
}

/// The path of a file of the archive, from its root.
pub(super) fn path_inside(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// The name under which the file at `path` is made.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(UNFINISHED);
    PathBuf::from(name)
}

/// Makes the folder of the file at `path`, and what leads to it from `root`, so that a power cut does not undo it.
pub(super) fn make_folder_of(root: &Path, path: &Path) -> io::Result<()> {
    let folder = path.parent().expect("every path here is a file inside the archive");
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    for above in folder.ancestors().skip(1) {
        sync_folder(above)?;
        if above == root.parent().unwrap_or(root) {
            break;
        }
    }
    Ok(())
}

/// Gives the unfinished file of `path` its name: on disk when this returns, whole or not at all after any crash.
pub(super) fn publish(path: &Path) -> io::Result<()> {
    let unfinished = unfinished(path);
    File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_folder(path.parent().expect("every path here is a file inside the archive"))
}

/// Writes a small file that appears whole or not at all.
pub(super) fn write_small(path: &Path, text: &[u8]) -> io::Result<()> {
    fs::write(unfinished(path), text)?;
    publish(path)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    // An empty parent is the working directory.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

/// Length and sha256 of the file at `path`; `None` when there is none.
pub(super) fn hash_file(path: &Path) -> io::Result<Option<(u64, String)>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let (mut hasher, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 256 << 10]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Some((bytes, hexadecimal(&hasher.finalize())))),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A round's file: the sequences it is named after, and its text.
pub(super) struct RoundText {
    pub(super) first_sequence: u64,
    pub(super) next_sequence: u64,
    pub(super) path: PathBuf,
    pub(super) text: Vec<u8>,
}

/// The files of all rounds, by sequence.
pub(super) fn round_texts(root: &Path) -> io::Result<Vec<RoundText>> {
    let mut texts = Vec::new();
    for name in names(&root.join(ROUNDS))? {
        if let Some((first_sequence, next_sequence)) = name.strip_suffix(ROUND_ENDING).and_then(parse_range) {
            let path = root.join(ROUNDS).join(name);
            let text = fs::read(&path)?;
            texts.push(RoundText { first_sequence, next_sequence, path, text });
        }
    }
    Ok(texts)
}

/// A file's path inside the archive, and the sequences of its round. An unfinished file has no round, whatever its name
/// says.
pub(super) type DataFile = (String, Option<(u64, u64)>);

/// Every Parquet file, and every unfinished file.
pub(super) fn data_files(root: &Path) -> io::Result<Vec<DataFile>> {
    let mut found = Vec::new();
    for folder in data_folders(root)? {
        for name in names(&root.join(&folder))? {
            let range = name.strip_suffix(PARQUET_ENDING).and_then(parse_range);
            if range.is_some() || name.ends_with(UNFINISHED) {
                found.push((format!("{folder}/{name}"), range));
            }
        }
    }
    Ok(found)
}

fn data_folders(root: &Path) -> io::Result<Vec<String>> {
    let mut folders = vec![ROUNDS.to_owned(), FAILED.to_owned()];
    for site in names(root)?.into_iter().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())) {
        folders.extend(names(&root.join(&site))?.into_iter().map(|day| format!("{site}/{day}")));
    }
    Ok(folders)
}

/// Removes what a killed process left in the scratch folder. Nobody else may be using it.
pub(super) fn clear_scratch(root: &Path) -> io::Result<()> {
    match fs::remove_dir_all(root.join(SCRATCH)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Names in `folder`, in order; none when there is no such folder.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}
