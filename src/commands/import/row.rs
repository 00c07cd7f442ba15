//! A row as its file has it, and what can be wrong with one.

use std::borrow::Cow;
use std::ops::ControlFlow;

use serde_json::value::RawValue;

/// One row of a file.
pub(super) struct Row<'a> {
    /// Its first line in the file, or its row in a Parquet file; from 1.
    pub(super) number: u64,
    /// How much of the file was read up to here, in bytes; 0 where that is not known.
    pub(super) bytes_read: u64,
    /// What stands before the cents in its texts: `.` or `,`.
    pub(super) decimal_mark: char,
    /// Its cells by column, without the empty ones; or why there are none.
    pub(super) cells: Result<Vec<(Cow<'a, str>, Cell<'a>)>, BadRow>,
}

/// Takes one row; says whether to go on.
pub(super) type Each<'a> = dyn FnMut(Row<'_>) -> ControlFlow<()> + 'a;

/// What stands in one column of a row; never empty, never `null`.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    /// Text of a CSV file, without space around it.
    Text(&'a str),
    /// JSON as it was written.
    Json(&'a RawValue),
}

/// The name of a column as a terminal may show it: what is no letter but an order to it is replaced.
pub(super) fn shown(column: &str) -> String {
    column.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Why a row is left out. No reason holds anything of the row itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum BadRow {
    /// Longer than a row may be.
    #[error("is longer than 256 KiB")]
    TooLong,
    /// A quote without its partner.
    #[error("begins a text in quotes that does not end")]
    OpenQuote,
    /// Bytes that are no text.
    #[error("is not UTF-8")]
    NotUtf8,
    /// Cells beyond the header's.
    #[error("has more cells than the header; put quotes around texts that hold the delimiter")]
    MoreCells,
    /// Not one JSON object.
    #[error("is not one JSON object")]
    NotJson,
    /// No name.
    #[error("has no `name`")]
    NoName,
    /// No time.
    #[error("has no `occurred_at`")]
    NoTime,
    /// A time in a form that nobody knows.
    #[error(
        "has a time in another form than 2026-11-22T10:00:00+01:00, 2026-11-22 10:00:00, 2026-11-22 or epoch seconds"
    )]
    BadTime,
    /// A time that cannot have been yet, or before 1970.
    #[error("has a time in the future or before 1970")]
    ImpossibleTime,
    /// `items` or `properties` without a JSON form.
    #[error("has `{field}` that are not JSON")]
    NotJsonCell {
        /// Which.
        field: &'static str,
    },
    /// `properties` is not an object, so that none can be added.
    #[error("has `properties` that are no object")]
    PropertiesNotObject,
    /// The server's answer.
    #[error("was refused: {message} ({code})")]
    Refused {
        /// The stable code, such as `bad_money`.
        code: String,
        /// What to change.
        message: String,
    },
}
