//! The one door from the journal to the file system: nothing else in it names `std::fs`, so
//! whatever can fail or crash does so here.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
#[cfg(target_os = "linux")]
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use super::blocks::{BLOCK_BYTES, Blocks};

/// Marks a file that is still being made; it gets its name once it is whole and synced.
const UNFINISHED: &str = ".new";

/// Marks a segment that was damaged and is no longer needed.
const DAMAGED: &str = ".damaged";

/// Comes between a segment's name and the sequence in the name of a torn tail's copy.
pub(super) const TORN: &str = ".torn-";

/// An open file of the journal, read and written at offsets.
#[derive(Debug)]
pub(super) struct SegmentFile {
    file: File,
    path: PathBuf,
}

impl SegmentFile {
    /// Creates `path` with `contents`, and zeros up to `length` reserved behind them.
    ///
    /// After a crash the file is there whole or not at all. Fails if it exists.
    pub(super) fn create(path: &Path, contents: &[u8], length: u64) -> io::Result<Self> {
        if path.try_exists()? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(UNFINISHED);
        let made = Self::fill(Path::new(&unfinished), contents, length)
            .and_then(|file| fs::rename(&unfinished, path).map(|()| file));
        match made {
            Ok(file) => {
                sync_directory(path.parent().unwrap_or(Path::new(".")))?;
                let path = path.to_owned();
                Ok(Self { file, path })
            }
            Err(error) => {
                // What is left of it may hold the very space that was missing. If this fails
                // too, the next start removes it.
                fs::remove_file(&unfinished).ok();
                Err(error)
            }
        }
    }

    /// Puts a file with `contents` in the place of the one at `path`: after a crash one of the two is there, whole.
    pub(super) fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(UNFINISHED);
        let unfinished = Path::new(&unfinished);
        let replaced = Self::fill(unfinished, contents, contents.len() as u64)
            .and_then(|_| fs::rename(unfinished, path))
            .and_then(|()| sync_directory(path.parent().unwrap_or(Path::new("."))));
        if replaced.is_err() {
            // As in `create`.
            fs::remove_file(unfinished).ok();
        }
        replaced
    }

    fn fill(path: &Path, contents: &[u8], length: u64) -> io::Result<File> {
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(true).open(path)?;
        reserve(&file, length)?;
        file.write_all_at(contents, 0)?;
        file.sync_all()?;
        Ok(file)
    }

    /// Opens `path` for reading.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let file = File::open(&path)?;
        Ok(Self { file, path })
    }

    /// Opens `path` for writing whole blocks.
    pub(super) fn open_to_write(path: PathBuf) -> io::Result<Self> {
        let mut options = File::options();
        options.read(true).write(true);
        let file = match past_cache(&mut options).open(&path) {
            // Some file systems know no such way.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                File::options().read(true).write(true).open(&path)?
            }
            opened => opened?,
        };
        Ok(Self { file, path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces `into` by `length` bytes from `offset`, or fewer where the file ends.
    pub(super) fn read_at(&self, offset: u64, length: usize, into: &mut Vec<u8>) -> io::Result<()> {
        into.resize(length, 0);
        let mut filled = 0;
        while filled < length {
            match self.file.read_at(&mut into[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(bytes) => filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        into.truncate(filled);
        Ok(())
    }

    /// Writes whole blocks at `offset`, where a block begins.
    ///
    /// A write that ends inside of a block is a failure: nobody knows what that block holds.
    pub(super) fn write_blocks(&self, mut blocks: &[u8], mut offset: u64) -> io::Result<()> {
        while !blocks.is_empty() {
            let written = match self.file.write_at(blocks, offset) {
                Ok(written) if 0 < written && written % BLOCK_BYTES == 0 => written,
                Ok(_) => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // The file was opened past the cache, but its disk has blocks of its own kind.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput && self.use_cache()? => continue,
                Err(error) => return Err(error),
            };
            blocks = &blocks[written..];
            offset += written as u64;
        }
        Ok(())
    }

    /// Writes through the cache from now on. False: it did so before.
    #[cfg(target_os = "linux")]
    fn use_cache(&self) -> io::Result<bool> {
        let flags = rustix::fs::fcntl_getfl(&self.file)?;
        rustix::fs::fcntl_setfl(&self.file, flags - rustix::fs::OFlags::DIRECT)?;
        Ok(flags.contains(rustix::fs::OFlags::DIRECT))
    }

    #[cfg(not(target_os = "linux"))]
    fn use_cache(&self) -> io::Result<bool> {
        Ok(false)
    }

    /// Makes the blocks from `offset` to `end` zeros that are on disk.
    pub(super) fn write_zeros(&self, offset: u64, end: u64) -> io::Result<()> {
        let bytes = usize::try_from(end - offset).expect("a batch fits memory");
        self.write_blocks(Blocks::zeros(bytes).padded(), offset)?;
        self.file.sync_all()
    }

    /// Returns once everything written is on disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Gives back what was reserved behind `offset`: nothing more will be written.
    pub(super) fn end_at(&self, offset: u64) -> io::Result<()> {
        self.file.set_len(offset)
    }

    /// Turns everything from `offset` on into zeros, on disk, keeping the length.
    pub(super) fn cut_at(&self, offset: u64) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        self.file.set_len(offset)?;
        self.file.sync_all()?;
        reserve(&self.file, length)?;
        self.file.sync_all()
    }
}

/// Files opened so are written past the system's cache, where there is such a way.
fn past_cache(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(target_os = "linux")]
    options.custom_flags(rustix::fs::OFlags::DIRECT.bits().cast_signed());
    options
}

/// Gives `file` its length and its blocks ahead of time, so that a sync need not.
fn reserve(file: &File, length: u64) -> io::Result<()> {
    match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, length) {
        // Nothing to reserve, or a file system that cannot: then the file grows as it is written.
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(()),
        result => Ok(result?),
    }
}

/// Makes `directory` and whatever leads to it, and removes what a crash left unfinished in it.
pub(super) fn prepare_directory(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    for name in file_names(directory)? {
        if name.ends_with(UNFINISHED) {
            fs::remove_file(directory.join(name))?;
        }
    }
    if let Some(parent) = directory.parent().filter(|path| !path.as_os_str().is_empty()) {
        sync_directory(parent)?;
    }
    sync_directory(directory)
}

/// Names in `directory`, in order; such as are no text are left out.
pub(super) fn file_names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.extend(entry?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

pub(super) fn exists(directory: &Path) -> bool {
    directory.is_dir()
}

/// Gives the file a name that no reader looks for.
pub(super) fn set_aside(path: &Path) -> io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(DAMAGED);
    fs::rename(path, aside)
}

/// Whether a file of this name is a copy of something damaged or torn.
pub(super) fn is_kept_damage(name: &str) -> bool {
    name.ends_with(DAMAGED) || name.contains(TORN)
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Makes created, renamed and removed names in `directory` outlast a power cut.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Bytes that we may still write to the file system of `directory`.
pub(super) fn free_bytes(directory: &Path) -> io::Result<u64> {
    let space = rustix::fs::statvfs(directory)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}
