//! Files of rows that somebody brings: opened for reading, gzip undone, and known by their state.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

/// A file read from its start; one whose name ends in `.gz` is unpacked on the way.
pub struct InputFile {
    reader: Box<dyn Read + Send>,
    bytes: u64,
    bytes_read: Arc<AtomicU64>,
}

impl InputFile {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// When it is missing, is a folder, or may not be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let bytes_read = Arc::new(AtomicU64::new(0));
        let counted = Counted { file, bytes_read: Arc::clone(&bytes_read) };
        let packed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
        let reader: Box<dyn Read + Send> =
            if packed { Box::new(MultiGzDecoder::new(counted)) } else { Box::new(counted) };
        Ok(Self { reader, bytes: metadata.len(), bytes_read })
    }

    /// How long the file is on disk, in bytes.
    pub fn bytes_total(&self) -> u64 {
        self.bytes
    }

    /// How much of it was read, in bytes on disk.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }
}

impl Read for InputFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl fmt::Debug for InputFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("InputFile").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

struct Counted {
    file: File,
    bytes_read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.file.read(buffer)?;
        self.bytes_read.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

/// A text that names the file at `path` in the state it is in: where it lies, how long it is, when it was changed.
///
/// # Errors
/// When there is no such file.
pub fn file_state(path: &Path) -> io::Result<String> {
    let path = path.canonicalize()?;
    let metadata = path.metadata()?;
    Ok(format!("{}\n{}\n{:?}", path.display(), metadata.len(), metadata.modified()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    #[test]
    fn gzip_is_undone_member_by_member_and_its_bytes_are_counted() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("rows.csv.GZ");
        let packed = |text: &str| {
            let mut packer = GzEncoder::new(Vec::new(), Compression::default());
            packer.write_all(text.as_bytes()).unwrap();
            packer.finish().unwrap()
        };
        std::fs::write(&path, [packed("a,b\n"), packed("1,2\n")].concat()).unwrap();
        let mut file = InputFile::open(&path).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "a,b\n1,2\n");
        assert_eq!(file.bytes_read(), file.bytes_total());
    }

    #[test]
    fn a_folder_is_no_file_and_a_changed_file_is_another() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(InputFile::open(place.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        let path = place.path().join("rows.csv");
        std::fs::write(&path, "a").unwrap();
        let before = file_state(&path).unwrap();
        assert_eq!(file_state(&path).unwrap(), before);
        std::fs::write(&path, "ab").unwrap();
        assert_ne!(file_state(&path).unwrap(), before);
    }
}
