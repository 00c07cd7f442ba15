//! Lines of text of bounded length, with their numbers; in CSV a line goes on while a quoted text is open.

use std::io::{self, Read};

use super::row::BadRow;

/// The longest row that is read, in bytes.
pub(super) const ROW_BYTES_MAX: usize = 256 * 1024;

const CHUNK_BYTES: usize = 64 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What may hide the end of a line.
#[derive(Clone, Copy)]
pub(super) enum Quotes {
    /// Nothing: a newline ends the line.
    Unknown,
    /// A text in quotes, which begins a cell behind this delimiter.
    Around { delimiter: u8 },
}

/// The lines of `R`. Empty ones are counted and skipped; the newline, or CR and newline, is cut off.
pub(super) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    /// Where the next line begins in `buffer`.
    start: usize,
    /// The next line's number, from 1.
    number: u64,
    /// Whether `input` has no more.
    ended: bool,
}

/// A line, which may hold newlines between quotes.
pub(super) struct Line<'a> {
    /// The number of its first line in the file, from 1.
    pub(super) number: u64,
    /// Its bytes, or why they cannot be had.
    pub(super) bytes: Result<&'a [u8], BadRow>,
}

/// Where a scan for the end of a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scan {
    CellStart,
    Cell,
    Quoted,
    /// Behind a quote inside a quoted text: its end, or the first of two.
    QuoteInQuoted,
}

impl<R: Read> Lines<R> {
    /// Begins at the start of `input`, behind a byte order mark.
    pub(super) fn new(input: R) -> io::Result<Self> {
        let mut lines = Self { input, buffer: Vec::new(), start: 0, number: 1, ended: false };
        while lines.buffer.len() < BYTE_ORDER_MARK.len() && !lines.ended {
            lines.fill()?;
        }
        if lines.buffer.starts_with(BYTE_ORDER_MARK) {
            lines.start = BYTE_ORDER_MARK.len();
        }
        Ok(lines)
    }

    /// What the lines come from.
    pub(super) fn input(&self) -> &R {
        &self.input
    }

    /// The bytes up to the first newline, or as many as a row may have; the next line stays the same.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        loop {
            let rest = &self.buffer[self.start..];
            let end = rest.iter().position(|&byte| byte == b'\n');
            if end.is_some() || self.ended || ROW_BYTES_MAX < rest.len() {
                let end = end.unwrap_or(rest.len());
                return Ok(&self.buffer[self.start..][..end]);
            }
            self.fill()?;
        }
    }

    /// The next line that is not empty; `None` at the end.
    ///
    /// After a line that is too long, or a quote that nothing closes, reading goes on at the very next newline, so
    /// that one slip does not swallow the rows behind it.
    pub(super) fn next(&mut self, quotes: Quotes) -> io::Result<Option<Line<'_>>> {
        loop {
            let number = self.number;
            let Some(end) = self.find_end(quotes)? else {
                let bytes = Err(self.skip_line()?);
                return Ok(Some(Line { number, bytes }));
            };
            let start = self.start;
            if start == end && end == self.buffer.len() {
                return Ok(None);
            }
            let newlines = self.buffer[start..end].iter().filter(|&&byte| byte == b'\n').count();
            self.number += 1 + newlines as u64;
            self.start = (end + 1).min(self.buffer.len());
            let bytes = &self.buffer[start..end];
            let length = bytes.strip_suffix(b"\r").unwrap_or(bytes).len();
            if 0 < length {
                return Ok(Some(Line { number, bytes: Ok(&self.buffer[start..start + length]) }));
            }
        }
    }

    /// The index of the newline that ends the line, or of the file's end; `None` when the row is too long, or a
    /// quote is open at the file's end.
    fn find_end(&mut self, quotes: Quotes) -> io::Result<Option<usize>> {
        let mut scan = Scan::CellStart;
        let mut scanned = 0;
        loop {
            let rest = &self.buffer[self.start..];
            for (offset, &byte) in rest.iter().enumerate().skip(scanned) {
                if byte == b'\n' && scan != Scan::Quoted {
                    return Ok((offset <= ROW_BYTES_MAX).then_some(self.start + offset));
                }
                if let Quotes::Around { delimiter } = quotes {
                    scan = scan.behind(byte, delimiter);
                }
            }
            scanned = rest.len();
            if ROW_BYTES_MAX < scanned || (self.ended && scan == Scan::Quoted) {
                return Ok(None);
            }
            if self.ended {
                return Ok(Some(self.buffer.len()));
            }
            self.fill()?;
        }
    }

    /// Goes behind the next newline and says what was wrong with the row that began here.
    fn skip_line(&mut self) -> io::Result<BadRow> {
        self.number += 1;
        let rest = &self.buffer[self.start..];
        if let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            self.start += end + 1;
            return Ok(if ROW_BYTES_MAX < end { BadRow::TooLong } else { BadRow::OpenQuote });
        }
        let bad = if ROW_BYTES_MAX < rest.len() { BadRow::TooLong } else { BadRow::OpenQuote };
        loop {
            self.start = self.buffer.len();
            if self.ended {
                return Ok(bad);
            }
            self.fill()?;
            if let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
                self.start = end + 1;
                return Ok(bad);
            }
        }
    }

    /// Drops what was read and takes a chunk more; keeps the index of what is left at 0.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let filled = self.buffer.len();
        self.buffer.resize(filled + CHUNK_BYTES, 0);
        let read = loop {
            match self.input.read(&mut self.buffer[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(filled + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        Ok(())
    }
}

impl Scan {
    /// As the csv crate has it: a quote is one only at the start of a cell, and two inside quotes stand for one.
    fn behind(self, byte: u8, delimiter: u8) -> Self {
        match self {
            Self::Quoted if byte == b'"' => Self::QuoteInQuoted,
            Self::Quoted => Self::Quoted,
            Self::CellStart | Self::QuoteInQuoted if byte == b'"' => Self::Quoted,
            _ if byte == delimiter => Self::CellStart,
            _ => Self::Cell,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives few bytes at a time, as a pipe would.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let bytes = buffer.len().min(1 + self.0.len() / 100);
            self.0.read(&mut buffer[..bytes])
        }
    }

    /// Each line's number with its text or what is wrong with it.
    fn lines(text: &[u8], quotes: Quotes) -> Vec<(u64, Result<String, BadRow>)> {
        let mut lines = Lines::new(Drops(text)).unwrap();
        let mut found = Vec::new();
        while let Some(line) = lines.next(quotes).unwrap() {
            found.push((line.number, line.bytes.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())));
        }
        found
    }

    fn good(number: u64, text: &str) -> (u64, Result<String, BadRow>) {
        (number, Ok(text.to_owned()))
    }

    const COMMA: Quotes = Quotes::Around { delimiter: b',' };

    #[test]
    fn lines_keep_their_numbers_past_empty_ones_and_quoted_newlines() {
        let text = b"\xef\xbb\xbfa,b\r\n\r\n\n1,\"x\ny\"\n2,z\"\n\"q\"\"\n\",5\nend";
        let expected =
            [good(1, "a,b"), good(4, "1,\"x\ny\""), good(6, "2,z\""), good(7, "\"q\"\"\n\",5"), good(9, "end")];
        assert_eq!(lines(text, COMMA), expected);
        assert_eq!(lines(b"\"a\nb\"\n", Quotes::Unknown), [good(1, "\"a"), good(2, "b\"")]);
        assert_eq!(lines(b"", COMMA), []);
        assert_eq!(lines(b"\n\r\n", COMMA), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out_alone() {
        let long = "x".repeat(1024 * 1024);
        let text = format!("a\n{long}\nb\n{}\nc", "y".repeat(ROW_BYTES_MAX));
        let expected = [good(1, "a"), (2, Err(BadRow::TooLong)), good(3, "b"), good(4, &"y".repeat(ROW_BYTES_MAX))];
        assert_eq!(lines(text.as_bytes(), COMMA)[..4], expected);
        assert_eq!(lines(text.as_bytes(), COMMA)[4..], [good(5, "c")]);
        assert_eq!(lines(long.as_bytes(), COMMA), [(1, Err(BadRow::TooLong))]);
    }

    #[test]
    fn a_quote_that_nothing_closes_costs_its_own_line_only() {
        assert_eq!(lines(b"\"a,b\nc\nd", COMMA), [(1, Err(BadRow::OpenQuote)), good(2, "c"), good(3, "d")]);
        let far = format!("\"a\n{}", "b\n".repeat(ROW_BYTES_MAX));
        let found = lines(far.as_bytes(), COMMA);
        assert_eq!((found.len(), &found[0]), (1 + ROW_BYTES_MAX, &(1, Err(BadRow::OpenQuote))));
        assert_eq!(found.last(), Some(&good(1 + ROW_BYTES_MAX as u64, "b")));
    }
}
