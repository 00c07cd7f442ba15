//! What the operator sees: a bar while it lasts, bad rows as they come, and one summary.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressStyle};

use super::row::{BadRow, shown};
use super::table::Table;

/// How many bad rows are named one by one.
const BAD_ROWS_NAMED: u64 = 20;

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows read and not skipped.
    pub rows: u64,
    /// Rows that an interrupted import had sent before.
    pub skipped: u64,
    /// Rows the server took; those it had already count, and change nothing.
    pub accepted: u64,
    /// Rows left out, by reason.
    pub bad: BTreeMap<BadRow, u64>,
    /// Columns that filled no field.
    pub ignored_columns: BTreeSet<String>,
}

impl Summary {
    /// How many rows were left out.
    pub fn bad_rows(&self) -> u64 {
        self.bad.values().sum()
    }

    /// Whether something came in, or nothing was wrong.
    pub fn succeeded(&self) -> bool {
        0 < self.accepted || self.bad.is_empty()
    }
}

/// One line, such as `3 of 4 rows are in; 1 was left out; ignored columns: Note`.
impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} rows are in", self.accepted, self.rows)?;
        if 0 < self.skipped {
            write!(formatter, ", besides {} from before the interruption", self.skipped)?;
        }
        match self.bad_rows() {
            0 => {}
            1 => write!(formatter, "; 1 was left out")?,
            bad => write!(formatter, "; {bad} were left out")?,
        }
        if !self.ignored_columns.is_empty() {
            let columns: Vec<_> = self.ignored_columns.iter().map(|column| shown(column)).collect();
            write!(formatter, "; ignored columns: {}", columns.join(", "))?;
        }
        Ok(())
    }
}

/// Writes to the operator and keeps count.
pub(super) struct Report<'a> {
    talk: &'a mut dyn Write,
    bar: ProgressBar,
    pub(super) summary: Summary,
}

impl<'a> Report<'a> {
    pub(super) fn new(talk: &'a mut dyn Write) -> Self {
        Self { talk, bar: ProgressBar::hidden(), summary: Summary::default() }
    }

    /// Shows a bar for a file of `bytes` length, or how many rows were read where the length says nothing. On what is
    /// no terminal nothing is shown.
    pub(super) fn begin(&mut self, table: &Table, bytes: Option<u64>) {
        let (bar, form) = match bytes {
            Some(bytes) => (ProgressBar::new(bytes), "{msg} {bar:30} {percent}% {bytes_per_sec}, {eta} left"),
            None => (ProgressBar::no_length(), "{msg} {pos} rows {per_sec}"),
        };
        let style = ProgressStyle::with_template(form).expect("the form is written here");
        bar.set_style(style);
        bar.set_message(table.path().display().to_string());
        self.bar = bar;
    }

    /// Moves the bar.
    pub(super) fn move_to(&self, bytes_read: u64) {
        if self.bar.length().is_some() { self.bar.set_position(bytes_read) } else { self.bar.inc(1) }
    }

    /// Takes the bar away.
    pub(super) fn end(&mut self) {
        self.bar.finish_and_clear();
    }

    /// Counts a bad row, and names the first ones.
    pub(super) fn bad_row(&mut self, table: &Table, place: u64, bad: BadRow) -> io::Result<()> {
        if self.summary.bad_rows() < BAD_ROWS_NAMED {
            self.say(&format!("{} {} {place} {bad}", table.path().display(), table.counted_in()))?;
        }
        *self.summary.bad.entry(bad).or_default() += 1;
        Ok(())
    }

    /// Writes a line above the bar.
    pub(super) fn say(&mut self, line: &str) -> io::Result<()> {
        self.bar.suspend(|| writeln!(self.talk, "{line}"))
    }

    /// Writes the summary, with a count for each reason when not all bad rows were named.
    pub(super) fn close(mut self) -> io::Result<Summary> {
        if BAD_ROWS_NAMED < self.summary.bad_rows() {
            self.say("rows left out, by reason (the row …):")?;
            for (bad, rows) in self.summary.bad.clone() {
                self.say(&format!("{rows:>8}  {bad}"))?;
            }
        }
        self.say(&self.summary.to_string())?;
        Ok(self.summary)
    }
}
