//! Space on the disk, looked at before anything is written: a checkpoint that finds none breaks the database.

use std::path::Path;

use super::database::{FILE, WAL};
use super::{Doing, Error};

/// What stays free whatever is written: others write between the look and the writing.
const RESERVE_BYTES: u64 = 8 << 20;
/// The most that a row in memory takes in the file before it is packed, on average.
const ROW_BYTES: u64 = 256;
/// A checkpoint is due when the log is this long.
pub(super) const LOG_BYTES_MAX: u64 = 16 << 20;

/// Refuses when so many rows may not fit.
pub(super) fn demand_for_rows(directory: &Path, rows: u64) -> Result<(), Error> {
    demand(directory, rows.saturating_mul(ROW_BYTES))
}

/// Refuses when what the log holds may not fit into the file.
pub(super) fn demand_for_checkpoint(directory: &Path) -> Result<(), Error> {
    demand(directory, log_bytes(directory).saturating_mul(2))
}

/// Refuses when a copy of the file may not fit beside it.
pub(super) fn demand_for_copy(directory: &Path) -> Result<(), Error> {
    demand(directory, std::fs::metadata(directory.join(FILE)).map_or(0, |metadata| metadata.len()))
}

/// How long the log is.
pub(super) fn log_bytes(directory: &Path) -> u64 {
    std::fs::metadata(directory.join(WAL)).map_or(0, |metadata| metadata.len())
}

fn demand(directory: &Path, bytes: u64) -> Result<(), Error> {
    let space = rustix::fs::statvfs(directory).map_err(std::io::Error::from).doing("ask for free space")?;
    let free_bytes = space.f_bavail.saturating_mul(space.f_frsize);
    let needed_bytes = bytes.saturating_add(RESERVE_BYTES);
    if needed_bytes <= free_bytes { Ok(()) } else { Err(Error::Full { free_bytes, needed_bytes }) }
}
