//! The journals that are written here: small enough to begin several segments, and never too full.

use std::path::Path;

use styk::journal::Options;

/// A journal in the data directory `data`.
pub(crate) fn options(data: &Path) -> Options {
    Options {
        directory: data.join("journal"),
        segment_bytes: 64 << 20,
        queue_records_max: 4_096,
        queue_bytes_max: 64 << 20,
        free_bytes_min: 0,
        next_sequence_min: 0,
    }
}
