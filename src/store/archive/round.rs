//! What a finished round wrote, and the file that says so.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::domain::id::SiteId;
use crate::domain::time::Timestamp;

/// The version of the columns (`facts.sql`), written into every file and every round.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// A finished round: what was stored of the sequences from `first_sequence` to before `next_sequence`, in files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Of its files.
    pub schema_version: u32,
    /// Where it begins: the end of the round before.
    pub first_sequence: u64,
    /// Where it ends, excluded.
    pub next_sequence: u64,
    /// The newest arrival among its records, duplicates too.
    #[serde(rename = "received_through_ms")]
    pub received_through: Timestamp,
    /// Its events, a file for each site and day of arrival.
    pub files: Vec<RoundFile>,
    /// Its failed events, if there are any.
    pub failed: Option<RoundFile>,
    /// What the journal could not give any more.
    pub unreadable: Vec<Unreadable>,
    /// What was taken out again, for each site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Removed>,
}

/// Events of a site that were taken out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The site; 0 where nobody knows it.
    pub site: SiteId,
    /// How many.
    pub events: u64,
}

/// A file of a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundFile {
    /// Where it lies in the archive, with `/` between folders.
    pub path: String,
    /// Events in it.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Sequences that were damaged in the journal when their turn came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// The first.
    pub from_sequence: u64,
    /// The first behind them.
    pub to_sequence: u64,
    /// So many of them were loaded before, and are now in the store alone.
    pub stored: u64,
}

/// A round's file: the round, and the hash of its text.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    sha256: String,
    #[serde(borrow)]
    round: &'a RawValue,
}

impl Round {
    /// Events in all its files.
    pub fn events(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// The round as the text of its file.
    pub(super) fn seal(&self) -> Vec<u8> {
        let round = serde_json::value::to_raw_value(self).expect("plain values always encode");
        let sealed = Sealed { sha256: sha256_text(round.get().as_bytes()), round: &round };
        serde_json::to_vec(&sealed).expect("plain values always encode")
    }

    /// The round of the file with this text, which is named after `first_sequence` and `next_sequence`.
    pub(super) fn unseal(text: &[u8], first_sequence: u64, next_sequence: u64) -> Result<Self, Fault> {
        let sealed: Sealed<'_> = serde_json::from_slice(text).map_err(|_| Fault::Damaged)?;
        if sealed.sha256 != sha256_text(sealed.round.get().as_bytes()) {
            return Err(Fault::Damaged);
        }
        // A newer version may have other fields: it is whole, but not ours to read.
        let Version { schema_version } = serde_json::from_str(sealed.round.get()).map_err(|_| Fault::Damaged)?;
        if schema_version != SCHEMA_VERSION {
            return Err(Fault::UnknownVersion);
        }
        let round: Self = serde_json::from_str(sealed.round.get()).map_err(|_| Fault::Damaged)?;
        let named_right = (round.first_sequence, round.next_sequence) == (first_sequence, next_sequence);
        if named_right { Ok(round) } else { Err(Fault::Damaged) }
    }
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

pub(super) fn sha256_text(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Something of the archive that cannot be read: which file, and what is lost with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The file.
    pub path: PathBuf,
    /// The first sequence that the file may hold.
    pub from_sequence: u64,
    /// The first behind them.
    pub to_sequence: u64,
    /// How many events it held, where that is known.
    pub events: Option<u64>,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a file of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such file.
    Missing,
    /// Its bytes are not those that were written.
    Damaged,
    /// A newer Styk wrote it.
    UnknownVersion,
    /// It begins before the round in front of it ends.
    Overlapping,
    /// The round is whole, but the journal was damaged before the round could take these events.
    NeverArchived,
}

impl Fault {
    fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Damaged => "is damaged",
            Self::UnknownVersion => "was written by a newer Styk",
            Self::Overlapping => "overlaps the round before it",
            Self::NeverArchived => "says that the journal was damaged",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Missing | Self::Damaged => "put it back from a backup",
            Self::UnknownVersion => "run that Styk",
            Self::Overlapping => "move the file away that does not belong there",
            Self::NeverArchived => "keep a backup of the store, which alone has them",
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "archive file `{}` {}: ", self.path.display(), self.fault.as_str())?;
        match self.events {
            Some(events) => write!(formatter, "{events} events")?,
            None => write!(formatter, "all events")?,
        }
        let (from, to) = (self.from_sequence, self.to_sequence);
        write!(formatter, " of the sequences {from} to {to} (excluded) are not readable; {}", self.fault.remedy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round() -> Round {
        let file = RoundFile { path: "1/2026-11-24/a.parquet".into(), rows: 7, bytes: 512, sha256: "ab".into() };
        Round {
            schema_version: SCHEMA_VERSION,
            first_sequence: 0,
            next_sequence: 9,
            received_through: Timestamp::from_ms(5),
            files: vec![file],
            failed: None,
            unreadable: Vec::new(),
            removed: vec![Removed { site: SiteId(1), events: 2 }],
        }
    }

    #[test]
    fn a_round_file_with_any_bit_flipped_is_damaged() {
        let sealed = round().seal();
        assert_eq!(Round::unseal(&sealed, 0, 9), Ok(round()));
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Round::unseal(&flipped, 0, 9), Err(Fault::Damaged), "bit {bit}");
        }
        for cut in 0..sealed.len() {
            assert_eq!(Round::unseal(&sealed[..cut], 0, 9), Err(Fault::Damaged), "cut at {cut}");
        }
    }

    #[test]
    fn a_renamed_round_is_damaged_and_a_newer_one_is_named_so() {
        assert_eq!(Round::unseal(&round().seal(), 0, 10), Err(Fault::Damaged));
        let newer = Round { schema_version: SCHEMA_VERSION + 1, ..round() };
        assert_eq!(Round::unseal(&newer.seal(), 0, 9), Err(Fault::UnknownVersion));
    }
}
