//! The archive: every stored event of closed days as it was sent, in Parquet files that any tool reads.
//!
//! **Promise.** The archive holds facts, never what follows from them: reading an event gives exactly what was
//! accepted, so channels, touchpoints and devices can be derived again by other rules. Each stored event of an
//! archived round is in one file, once; each failed one is in `failed/`. A file never changes; what must go is left out
//! of another that takes its place ([`Archive::remove`]). Damage is reported as a [`Loss`] and the rest is read. With
//! the journal behind it, the archive is all that the store is made from.
//!
//! **Shape.** Work goes in rounds; a round is a range of sequences, and begins where the one before ended:
//!
//! ```text
//! archive/3/2026-11-24/00000000000000000000-00000000000000081920.parquet   site 3, arrived on that day (UTC)
//! archive/failed/00000000000000000000-00000000000000081920.parquet         what could not be loaded
//! archive/rounds/00000000000000000000-00000000000000081920.json            these files count: rows, bytes, sha256
//! ```
//!
//! A file of events is sorted by visitor, time and sequence; an event that came late lies in the day it arrived. A day
//! has several files where it was long, where a clock jumped, or where its last requests were written behind the
//! first ones of the next day. Files are written under another name, read back, synced and only then renamed; the
//! round's own file comes last. Files without a round are what a crash left: [`Archive::remove_leftovers`].
//!
//! **To change the columns**, raise `SCHEMA_VERSION` in `round.rs`, and keep reading the files of the old one.
//!
//! # Why rounds, and not a file a day that grows
//!
//! What is never changed cannot be torn: a reader beside Styk sees whole files only, a backup may copy while Styk
//! runs, and how far the archive is follows from its files alone, so that the store can be deleted.

mod check;
mod fact;
mod failed;
mod folder;
mod read;
mod removal;
mod round;
mod scratch;
mod sequences;
mod stored;
mod verified;
mod write;

use std::path::{Path, PathBuf};

pub use self::check::{ArchiveCheck, StoreCheck};
pub use self::read::{ArchiveReader, Part};
pub use self::removal::ToRemove;
pub use self::round::{Fault, Loss, Removed, Round, RoundFile, Unreadable};
pub use self::sequences::Sequences;
pub use self::write::{RoundEnd, RoundWriter, SiteDay};

use super::{Doing, Error};

/// The archive in a folder, as its rounds say. Other programs may read the files at any time; one writes.
#[derive(Debug)]
pub struct Archive {
    root: PathBuf,
    /// By sequence, without holes.
    links: Vec<Link>,
}

/// A stretch of sequences.
#[derive(Clone, Debug)]
enum Link {
    Round(Round),
    /// A round that cannot be read.
    Lost(Loss),
}

impl Link {
    fn next_sequence(&self) -> u64 {
        match self {
            Self::Round(round) => round.next_sequence,
            Self::Lost(loss) => loss.to_sequence,
        }
    }
}

impl Archive {
    /// Reads the files of all rounds in `root`, of which nothing need exist. Changes nothing.
    ///
    /// Damaged and missing ones are no error: see [`losses`](Self::losses).
    ///
    /// # Errors
    /// [`Error::File`], when the file system refuses.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let mut archive = Self { root: root.to_owned(), links: Vec::new() };
        for file in folder::round_texts(root).doing("read the rounds of the archive")? {
            let expected = archive.next_sequence();
            if expected < file.first_sequence {
                let path = root.join(folder::round_path(expected, file.first_sequence));
                archive.lose(path, expected..file.first_sequence, Fault::Missing);
            }
            let range = file.first_sequence.max(expected)..file.next_sequence.max(expected);
            if file.first_sequence < expected {
                archive.lose(file.path, range, Fault::Overlapping);
                continue;
            }
            match Round::unseal(&file.text, file.first_sequence, file.next_sequence) {
                Ok(round) => archive.links.push(Link::Round(round)),
                Err(fault) => archive.lose(file.path, range, fault),
            }
        }
        Ok(archive)
    }

    fn lose(&mut self, path: PathBuf, sequences: std::ops::Range<u64>, fault: Fault) {
        let loss = Loss { path, from_sequence: sequences.start, to_sequence: sequences.end, events: None, fault };
        self.links.push(Link::Lost(loss));
    }

    /// The first sequence that no round has taken: the journal goes on there, and the next round begins there.
    pub fn next_sequence(&self) -> u64 {
        self.links.last().map_or(0, Link::next_sequence)
    }

    /// The end of the chain of rounds that can be read; below it, the journal is no longer needed.
    pub fn archived_through(&self) -> u64 {
        let sound = self.links.iter().map_while(|link| match link {
            Link::Round(round) => Some(round.next_sequence),
            Link::Lost(_) => None,
        });
        sound.last().unwrap_or(0)
    }

    /// The rounds that can be read, by sequence.
    pub fn rounds(&self) -> impl Iterator<Item = &Round> {
        self.links.iter().filter_map(|link| match link {
            Link::Round(round) => Some(round),
            Link::Lost(_) => None,
        })
    }

    /// The rounds that cannot be read, by sequence. Their events are not read either, even where the files are there.
    pub fn losses(&self) -> impl Iterator<Item = &Loss> {
        self.links.iter().filter_map(|link| match link {
            Link::Round(_) => None,
            Link::Lost(loss) => Some(loss),
        })
    }

    /// Reads events in the order of sequences, from `from_sequence` on. **The interface for rebuilding the store:**
    /// read to the end, then go on with the journal at [`next_sequence`](Self::next_sequence).
    ///
    /// One round at a time is checked, sorted on disk and given out in small parts, so that memory stays bounded.
    ///
    /// # Errors
    /// [`Error`], when there is no room to sort in.
    pub fn read(&self, from_sequence: u64) -> Result<ArchiveReader<'_>, Error> {
        ArchiveReader::begin(self, from_sequence)
    }

    /// Begins the next round.
    ///
    /// # Errors
    /// [`Error`], when there is no room to sort in.
    pub fn begin_round(&mut self) -> Result<RoundWriter<'_>, Error> {
        RoundWriter::begin(self)
    }

    /// Removes what a crash left behind: files of a round that was never finished. Gives how many.
    ///
    /// Only files that begin where no round has been. The caller is the only writer, and knows that the journal
    /// still has what they hold.
    ///
    /// # Errors
    /// [`Error::File`], when the file system refuses.
    pub fn remove_leftovers(&self) -> Result<usize, Error> {
        let doing = "remove what a crash left in the archive";
        folder::clear_scratch(&self.root).doing(doing)?;
        let leftovers = self.files_without_round()?;
        let removable =
            leftovers.iter().filter(|(_, range)| range.is_none_or(|(first, _)| self.next_sequence() <= first));
        let mut removed = 0;
        for (path, _) in removable {
            folder::remove(&self.root.join(path)).doing(doing)?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Where everything of it lies in its folder, for a copy: the rounds that were there when this was opened, and
    /// every finished file, which may be of a later one.
    ///
    /// # Errors
    /// [`Error::File`], when the file system refuses.
    pub fn paths(&self) -> Result<Vec<String>, Error> {
        let rounds = self.links.iter().map(|link| match link {
            Link::Round(round) => folder::round_path(round.first_sequence, round.next_sequence),
            Link::Lost(loss) => folder::path_inside(&self.root, &loss.path),
        });
        let rounds: Vec<String> = rounds.collect();
        let files = folder::data_files(&self.root).doing("list the files of the archive")?;
        let finished = files.into_iter().filter(|(_, range)| range.is_some()).map(|(path, _)| path);
        Ok(rounds.into_iter().chain(finished).collect())
    }

    /// Writes the round's own file: whole, or as it was before.
    fn write_round(&self, round: &Round) -> Result<(), Error> {
        let path = self.root.join(folder::round_path(round.first_sequence, round.next_sequence));
        let written =
            folder::make_folder_of(&self.root, &path).and_then(|()| folder::write_small(&path, &round.seal()));
        written.doing("write a round of the archive")
    }

    /// Files that no round names, with the sequences of finished ones.
    fn files_without_round(&self) -> Result<Vec<folder::DataFile>, Error> {
        let mut files = folder::data_files(&self.root).doing("list the files of the archive")?;
        let mut named: Vec<&str> =
            self.rounds().flat_map(|round| round.files.iter().chain(&round.failed)).map(|file| &*file.path).collect();
        named.sort_unstable();
        files.retain(|(path, _)| named.binary_search(&path.as_str()).is_err());
        Ok(files)
    }
}
