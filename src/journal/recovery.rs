//! What opening the journal finds and mends.

use std::io;
use std::path::{Path, PathBuf};

use super::file::{self, SegmentFile, TORN};
use super::record::Record;
use super::segment::{self, OpenEnd, StoreId};
use super::walk::{Gap, OpenSegment, Reason, Step, Walk};
use super::{Error, Options};

/// Copies of torn tails that are kept; the oldest sequences go first.
const TORN_COPIES_MAX: usize = 8;

/// The journal as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// What the next record begins with.
    pub next_sequence: u64,
    /// The end of a write that a crash cut short, so that nobody was told of it.
    pub torn: Option<Torn>,
    /// Damage, in the order of sequences. Reported at every start until the files are gone.
    pub gaps: Vec<Gap>,
}

/// A torn tail, cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// What the first record in it would have begun with.
    pub sequence: u64,
    pub segment: PathBuf,
    /// Where it began, in bytes.
    pub offset: u64,
    pub bytes: u64,
    /// The file that keeps what was cut.
    pub copy: PathBuf,
}

/// Where the writer goes on.
pub(super) struct Place {
    pub(super) store_id: StoreId,
    pub(super) next_sequence: u64,
    /// The segment to fill further; `None` asks for a new one.
    pub(super) segment: Option<OpenEnd>,
}

/// Reads the whole journal, cuts a torn tail, and tells where writing goes on.
pub(super) fn recover(options: &Options) -> Result<(Recovery, Place), Error> {
    let directory = &options.directory;
    file::prepare_directory(directory).map_err(Error::io("prepare", directory))?;

    let lowest = segment::list(directory)?.first().copied();
    let mut walk = Walk::open(directory.clone(), lowest.unwrap_or(0))?;
    let mut gaps = read_all(&mut walk, u64::MAX, |_| ())?;
    let expected = walk.expected();
    let store_id = walk.store_id().unwrap_or_else(StoreId::random);
    let mut torn = None;
    let mut end = None;
    if let Some(mut last) = walk.into_segment() {
        // A killed process may leave records written but not synced. They are about to be called
        // durable, so they had better be.
        last.sync()?;
        if last.fault.is_none() {
            torn = cut_torn_tail(directory, &mut last, expected)?;
        }
        let damaged = |gap: &Gap| gap.segment == last.path() && gap.reason != Reason::Missing;
        // What comes after damage begins a new segment, so that it does not depend on a bad one.
        if !gaps.iter().any(damaged) {
            end = Some(open_end(&mut last)?);
        }
    }

    let next_sequence = expected.max(options.next_sequence_min);
    if expected < next_sequence {
        gaps.push(Gap {
            from_sequence: expected,
            to_sequence: next_sequence,
            segment: segment::path(directory, next_sequence),
            offset: 0,
            reason: Reason::BehindStore,
        });
        end = None;
    }
    let place = Place { store_id, next_sequence, segment: end };
    let recovery = Recovery { next_sequence, torn, gaps };
    Ok((recovery, place))
}

/// Walks to `bound` or to the end and returns the damage on the way.
pub(super) fn read_all(walk: &mut Walk, bound: u64, mut each: impl FnMut(&Record)) -> Result<Vec<Gap>, Error> {
    let mut gaps: Vec<Gap> = Vec::new();
    loop {
        let gap = match walk.step(bound)? {
            Step::Record(record) => {
                each(&record);
                continue;
            }
            Step::Gap(gap) => gap,
            Step::Tail | Step::Bound => break,
        };
        // A gap inside the segment says more than that its header is broken.
        gaps.pop_if(|last| last.is_empty() && last.segment == gap.segment);
        gaps.push(gap);
    }
    if let Some(last) = walk.segment()
        && last.fault.is_some()
        && walk.expected() <= last.first_sequence
    {
        // Nobody knows how many records it holds. At least its name must not be given out again.
        gaps.push(walk.skip_to(walk.expected() + 1)?);
    }
    Ok(gaps)
}

/// Cuts off what follows the last record of the journal's `last` segment, keeping a copy.
fn cut_torn_tail(directory: &Path, last: &mut OpenSegment, sequence: u64) -> Result<Option<Torn>, Error> {
    let segment = last.path().to_owned();
    let offset = last.offset;
    let bytes = last.used_end()? - offset;
    if bytes == 0 {
        return Ok(None);
    }
    let mut copy = segment.clone().into_os_string();
    copy.push(format!("{TORN}{sequence:020}"));
    let copy = PathBuf::from(copy);
    match SegmentFile::create(&copy, &last.bytes_to_end()?, bytes) {
        // From a start that crashed right here, so it may be the better one.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        created => drop(created.map_err(Error::io("create", &copy))?),
    }
    let file = SegmentFile::open_to_write(segment.clone()).map_err(Error::io("open", &segment))?;
    file.cut_at(offset).map_err(Error::io("cut", &segment))?;
    drop_old_copies(directory)?;
    Ok(Some(Torn { sequence, segment, offset, bytes, copy }))
}

fn drop_old_copies(directory: &Path) -> Result<(), Error> {
    let mut names = file::file_names(directory).map_err(Error::io("list", directory))?;
    names.retain(|name| name.contains(TORN));
    let superfluous = names.len().saturating_sub(TORN_COPIES_MAX);
    for name in &names[..superfluous] {
        let path = directory.join(name);
        file::remove(&path).map_err(Error::io("remove", &path))?;
    }
    Ok(())
}

fn open_end(last: &mut OpenSegment) -> Result<OpenEnd, Error> {
    let path = last.path().to_owned();
    let file = SegmentFile::open_to_write(path.clone()).map_err(Error::io("open", &path))?;
    let (first_sequence, offset) = (last.first_sequence, last.offset);
    Ok(OpenEnd::new(file, first_sequence, offset, last.begun_block()?))
}
