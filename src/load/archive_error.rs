//! What can be wrong with the archive.

use std::ops::Range;

use crate::journal;
use crate::store;
use crate::store::archive::SiteDay;

/// Why there was no round, or a segment stayed.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The journal cannot be read.
    #[error("the archive could not read the journal")]
    Journal(#[source] journal::Error),
    /// The store, or the archive itself, refused.
    #[error("the archive could not be written")]
    Store(#[source] store::Error),
    /// What was gathered is not what the store holds.
    #[error(
        "the sequences {} to {} (excluded) are not archived: the store counts {stored} events of site {} on day {} \
         from 1970, the journal gives {gathered}; `styk check` says more",
        range.start, range.end, site_day.site.0, site_day.day
    )]
    Disagree {
        /// The round.
        range: Range<u64>,
        /// Where the counts differ.
        site_day: SiteDay,
        /// Rows in the store.
        stored: u64,
        /// Events that were gathered.
        gathered: u64,
    },
}
