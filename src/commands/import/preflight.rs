//! Before anything is sent: does every file have the columns that its rows are to be made of?

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use super::Error;
use super::mapping::{Mapping, Needed};
use super::row::shown;
use super::table::Table;

/// How many columns a message lists.
const LISTED_MAX: usize = 40;

/// Reads `table` until all columns that `mapping` needs were seen: the header of CSV, and of the others as many rows as
/// it takes, because a row may leave out what it has no value for. A file without rows lacks nothing.
pub(super) fn check(table: &Table, mapping: &Mapping) -> Result<(), Error> {
    let mut missing = mapping.needed();
    let path = table.path();
    let unreadable = |source| Error::Read { path: path.to_owned(), source };
    if let Some(header) = table.header().map_err(unreadable)? {
        refuse_twins(path, mapping, &header)?;
        missing.retain(|needed| !header.iter().any(|column| needed.column.as_deref() == Some(column)));
        return refuse_missing(path, missing, header.iter().map(String::as_str));
    }
    let mut columns = BTreeSet::new();
    let read = table.read(&mut |row| {
        for (column, _) in row.cells.into_iter().flatten() {
            missing.retain(|needed| needed.column.as_deref() != Some(&column));
            if columns.len() < LISTED_MAX && !columns.contains(&*column) {
                columns.insert(column.into_owned());
            }
        }
        if missing.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    read.map_err(unreadable)?;
    if columns.is_empty() {
        return Ok(());
    }
    refuse_missing(path, missing, columns.iter().map(String::as_str))
}

fn refuse_missing<'a>(path: &Path, missing: Vec<Needed>, columns: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let Some(Needed { field, column }) = missing.into_iter().next() else { return Ok(()) };
    Err(Error::NoColumn {
        path: path.to_owned(),
        field,
        column,
        columns: columns.filter(|column| !column.is_empty()).take(LISTED_MAX).map(shown).collect::<Vec<_>>().join(", "),
    })
}

/// Of two columns with one name nobody can say which is meant.
fn refuse_twins(path: &Path, mapping: &Mapping, header: &[String]) -> Result<(), Error> {
    for (number, column) in header.iter().enumerate() {
        if !mapping.fields_of(column).is_empty() && header[..number].contains(column) {
            return Err(Error::TwinColumns { path: path.to_owned(), column: shown(column) });
        }
    }
    Ok(())
}
