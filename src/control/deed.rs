//! Who made, and who changed, what a site keeps of its own.

use rusqlite::Row;

use crate::domain::time::Timestamp;

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// An e-mail address, or what kind of key it was.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Deed {
    /// Reads it from the two columns of these names.
    pub(super) fn read(row: &Row<'_>, by: &str, at: &str) -> rusqlite::Result<Self> {
        Ok(Self { by: row.get(by)?, at: Timestamp::from_ms(row.get(at)?) })
    }
}
