//! CSV: the delimiter is found out, the first line names the columns, and each row is parsed alone, so that a bad one
//! ends nothing.

use std::borrow::Cow;
use std::io::{self, Read};

use anyhow::Context;
use csv::{ReaderBuilder, StringRecord, Terminator};

use super::lines::{Lines, Quotes};
use super::row::{BadRow, Cell, Each, Row};
use crate::store::InputFile;

/// The rows behind a header line.
pub(super) struct CsvRows {
    lines: Lines<InputFile>,
    parser: Parser,
    header: Vec<String>,
}

impl CsvRows {
    /// Reads the header line; `None` when there is none.
    pub(super) fn open(input: InputFile) -> anyhow::Result<Option<Self>> {
        let mut lines = Lines::new(input)?;
        let mut parser = Parser::new(find_delimiter(lines.peek()?));
        let Some(line) = lines.next(parser.quotes())? else { return Ok(None) };
        let bad_header = "the header line cannot be read; it must be CSV in UTF-8";
        let header = line.bytes.and_then(|bytes| parser.parse(bytes)).context(bad_header)?;
        let header = header.iter().map(|column| column.trim().to_owned()).collect();
        Ok(Some(Self { lines, parser, header }))
    }

    /// The columns, in order.
    pub(super) fn into_header(self) -> Vec<String> {
        self.header
    }

    /// Gives every row to `each` until it wants no more.
    pub(super) fn read(&mut self, each: &mut Each<'_>) -> anyhow::Result<()> {
        let decimal_mark = if self.parser.delimiter == b';' { ',' } else { '.' };
        loop {
            let bytes_read = self.lines.input().bytes_read();
            let Some(line) = self.lines.next(self.parser.quotes())? else { return Ok(()) };
            let record = line.bytes.and_then(|bytes| self.parser.parse(bytes));
            let cells = record.and_then(|record| cells(&self.header, record));
            if each(Row { number: line.number, bytes_read, decimal_mark, cells }).is_break() {
                return Ok(());
            }
        }
    }
}

/// The cells that hold something, by column; a row may be shorter than the header.
fn cells<'a>(header: &'a [String], record: &'a StringRecord) -> Result<Vec<(Cow<'a, str>, Cell<'a>)>, BadRow> {
    if record.iter().skip(header.len()).any(|cell| !cell.trim().is_empty()) {
        return Err(BadRow::MoreCells);
    }
    let pairs = header.iter().zip(record.iter().map(str::trim));
    let present = pairs.filter(|(_, cell)| !cell.is_empty());
    Ok(present.map(|(column, cell)| (Cow::Borrowed(column.as_str()), Cell::Text(cell))).collect())
}

/// The one of comma, semicolon and tab that stands most often outside quotes in the header line.
fn find_delimiter(header: &[u8]) -> u8 {
    let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
    let mut quoted = false;
    for &byte in header {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && byte == *delimiter);
        }
    }
    // Of equals the last counts: a header of one column is read as comma-separated.
    counts.into_iter().max_by_key(|&(_, count)| count).map_or(b',', |(delimiter, _)| delimiter)
}

/// The csv crate's reader, given one row at a time.
struct Parser {
    delimiter: u8,
    reader: csv::Reader<OneRow>,
    record: StringRecord,
}

impl Parser {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, reader: reader(delimiter), record: StringRecord::new() }
    }

    fn quotes(&self) -> Quotes {
        Quotes::Around { delimiter: self.delimiter }
    }

    /// The cells of the one row in `bytes`, which has no newline at its end.
    fn parse(&mut self, bytes: &[u8]) -> Result<&StringRecord, BadRow> {
        str::from_utf8(bytes).map_err(|_| BadRow::NotUtf8)?;
        let from = self.reader.position().byte();
        self.reader.get_mut().put(bytes);
        let read = self.reader.read_record(&mut self.record);
        let taken = self.reader.position().byte() - from;
        let whole = taken == bytes.len() as u64 + 1 && !self.reader.get_ref().overdrawn;
        if whole && read.is_ok_and(|found| found) {
            return Ok(&self.record);
        }
        // Lines and reader agree on where a row ends. Should they ever not, the next row is not to pay for it.
        self.reader = reader(self.delimiter);
        Err(BadRow::OpenQuote)
    }
}

fn reader(delimiter: u8) -> csv::Reader<OneRow> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).terminator(Terminator::Any(b'\n'));
    builder.from_reader(OneRow::default())
}

/// What the reader sees: the row that was put last, and a newline.
#[derive(Default)]
struct OneRow {
    bytes: Vec<u8>,
    taken: usize,
    /// Whether the reader wanted more than the row: a quote in it is open.
    overdrawn: bool,
}

impl OneRow {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.bytes.push(b'\n');
        self.taken = 0;
        self.overdrawn = false;
    }
}

impl Read for OneRow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = (&self.bytes[self.taken..]).read(buffer)?;
        self.taken += bytes;
        self.overdrawn |= bytes == 0;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_most_frequent_one_outside_quotes() {
        for (header, delimiter) in
            [("a,b;c,d", b','), ("a;b;\"c,d,e,f\"", b';'), ("a\tb,c\td", b'\t'), ("a", b','), ("", b',')]
        {
            assert_eq!(find_delimiter(header.as_bytes()), delimiter, "{header}");
        }
    }

    #[test]
    fn rows_are_parsed_alone_however_long_and_odd() {
        let mut parser = Parser::new(b',');
        let mut parse = |text: &str| -> Result<Vec<String>, BadRow> {
            parser.parse(text.as_bytes()).map(|record| record.iter().map(str::to_owned).collect())
        };
        let long = "x".repeat(20_000);
        assert_eq!(parse("a,\"b\n,\"\"c\"\"\",d\"e").unwrap(), ["a", "b\n,\"c\"", "d\"e"]);
        assert_eq!(parse(&long).unwrap(), [long.as_str()]);
        assert_eq!(parse("\"a\"b\",c").unwrap(), ["ab\"", "c"]);
        assert_eq!(parse("\"never closed"), Err(BadRow::OpenQuote));
        assert_eq!(parse("a\rb, ").unwrap(), ["a\rb", " "]);
        assert_eq!(parse("\"\"").unwrap(), [""]);
    }
}
