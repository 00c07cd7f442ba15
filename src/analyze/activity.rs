//! Who was where, and when: a few columns of every event of a site, which most reports pass over.
//!
//! They are kept for the next question ([`Part`]) where all of the site fits into what may be kept; else they are read as
//! they come, and DuckDB, which can use the disk for it, sorts them.

use std::ops::Range;

use super::relation::without_book;
use crate::domain::id::SiteId;
use crate::store::{self, Code, Columns, KeptRows, Part, Query, Snapshot};

/// What a row takes in memory, in bytes: three numbers and seven codes.
const ROW_BYTES: u64 = 3 * 8 + 7 * 4;

/// The events of a site. The shop's order book is not among them: nobody did it.
pub(super) enum Activity<'a> {
    Kept(KeptRows),
    Streamed { snapshot: &'a Snapshot, part: Part },
}

/// Some rows, column by column.
pub(super) struct ActivityColumns<'a> {
    pub(super) visitors: &'a [u64],
    pub(super) times: &'a [i64],
    pub(super) sequences: &'a [u64],
    pub(super) names: &'a [Code],
    pub(super) touchpoints: &'a [Code],
    pub(super) channels: &'a [Code],
    pub(super) campaigns: &'a [Code],
    pub(super) devices: &'a [Code],
    pub(super) pages: &'a [Code],
    pub(super) countries: &'a [Code],
}

impl<'a> ActivityColumns<'a> {
    fn new(columns: &'a Columns) -> Self {
        Self {
            visitors: columns.unsigned("visitor"),
            times: columns.numbers("at_ms"),
            sequences: columns.unsigned("sequence"),
            names: columns.codes("name"),
            touchpoints: columns.codes("touchpoint"),
            channels: columns.codes("channel"),
            campaigns: columns.codes("campaign"),
            devices: columns.codes("device"),
            pages: columns.codes("page"),
            countries: columns.codes("country"),
        }
    }

    /// The first row behind those of the visitor of a row, of the rows up to `end`; a visitor's lie together.
    pub(super) fn end_of_visitor(&self, row: usize, end: usize) -> usize {
        let visitor = self.visitors[row];
        let same = |place: &usize| self.visitors[*place] == visitor;
        // Most visitors have few rows: strides grow from one.
        let (mut last, mut stride) = (row, 1);
        while let Some(next) = Some(last + stride).filter(|next| *next < end).filter(same) {
            (last, stride) = (next, 2 * stride);
        }
        let behind = end.min(last + stride);
        last + 1 + self.visitors[last + 1..behind].partition_point(|other| *other == visitor)
    }

    /// The rows whose events were in a time.
    pub(super) fn within(&self, time: Range<i64>) -> impl Iterator<Item = usize> + use<'_> {
        (0..self.times.len()).filter(move |&row| time.contains(&self.times[row]))
    }
}

/// The part.
fn part(snapshot: &Snapshot, site: SiteId) -> Part {
    let mut columns = Query::new();
    columns.push("name, touchpoint, channel, campaign, device, page, country");
    Part::new(site, columns, without_book(snapshot))
}

/// The SQL and values behind [`Activity`].
pub(super) fn query(snapshot: &Snapshot, site: SiteId) -> Query {
    part(snapshot, site).query(snapshot)
}

impl<'a> Activity<'a> {
    /// Reads what is kept of the site, and what came since.
    ///
    /// # Errors
    /// [`store::Error`], when the store refuses or the question is cancelled.
    pub(super) fn read(snapshot: &'a Snapshot, site: SiteId) -> Result<Self, store::Error> {
        let part = part(snapshot, site);
        if snapshot.may_keep(snapshot.stored_rows(site)?.saturating_mul(ROW_BYTES)) {
            Ok(Self::Kept(snapshot.kept_rows(&part)?))
        } else {
            Ok(Self::Streamed { snapshot, part })
        }
    }

    /// Whether to have the rows in order costs no more than to have them.
    pub(super) fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// Gives `each` all rows, in whatever order they come.
    ///
    /// # Errors
    /// [`store::Error`], when the store refuses or the question is cancelled.
    pub(super) fn each_piece(&self, mut each: impl FnMut(&ActivityColumns<'_>)) -> Result<(), store::Error> {
        match self {
            Self::Kept(rows) => {
                rows.pieces().for_each(|columns| each(&ActivityColumns::new(columns)));
                Ok(())
            }
            Self::Streamed { snapshot, part } => {
                snapshot.stream(&part.unsorted_query(snapshot), |columns| each(&ActivityColumns::new(&columns)))
            }
        }
    }

    /// Gives `each` all rows visitor by visitor, in time order: so many neighbours at a time.
    ///
    /// # Errors
    /// [`store::Error`], when the store refuses or the question is cancelled.
    pub(super) fn ascending(
        &self,
        mut each: impl FnMut(&ActivityColumns<'_>, Range<usize>),
    ) -> Result<(), store::Error> {
        match self {
            Self::Kept(rows) => {
                let pieces: Vec<ActivityColumns<'_>> = rows.pieces().map(ActivityColumns::new).collect();
                rows.ascending(|piece, range| each(&pieces[piece], range));
                Ok(())
            }
            Self::Streamed { snapshot, part } => snapshot.stream(&part.query(snapshot), |columns| {
                each(&ActivityColumns::new(&columns), 0..columns.rows());
            }),
        }
    }
}
