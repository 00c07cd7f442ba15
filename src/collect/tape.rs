//! JSON texts, read once: whether they are valid, how deep they nest, and where their values lie.
//!
//! One pass makes a [`Tape`]; whatever is asked later is found on it (`json.rs`) without looking at the text again. It
//! is our own because the libraries either make values of everything, which rounds amounts of money, or read a nested
//! value anew at each level; a quarter of a request's time went there. serde_json is the judge in the tests, and says
//! what is wrong with a text that has no tape.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::refusal::Refusal;

/// The deepest an event may nest, counted from its own object.
pub(super) const EVENT_DEPTH_MAX: usize = 16;
/// The deepest a body may nest. What lies between this and [`EVENT_DEPTH_MAX`] is one event's fault alone.
pub(super) const BODY_DEPTH_MAX: usize = 256;
/// Room for so many values is made at once: more than an event has.
const VALUES_EXPECTED: usize = 128;

/// The bytes that are not just themselves inside of a string.
const MEANS_SOMETHING: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < b' ' {
        table[byte as usize] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

/// A valid JSON object, and where all values in it lie.
#[derive(Debug)]
pub(super) struct Tape<'a> {
    pub(super) text: &'a str,
    /// In the order they begin: names before their values, lists and objects before what they hold.
    pub(super) spans: Vec<Span>,
    /// Of the deepest list or object.
    pub(super) depth: usize,
}

/// Where a value lies, or the name of a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The span behind this one and all that lies in it.
    pub(super) next: u32,
    /// A text with escapes in it.
    pub(super) escaped: bool,
}

impl<'a> Tape<'a> {
    /// Reads `text`, which must be one object, with nothing but white space behind it.
    ///
    /// # Errors
    /// [`Refusal::TooDeep`] beyond [`BODY_DEPTH_MAX`]; [`Refusal::ControlChar`] for a raw control character inside a
    /// string; [`Refusal::NotAnEvent`] for another kind of value; [`Refusal::BadJson`] for text that is no JSON.
    pub(super) fn read(text: &'a str) -> Result<Self, Refusal> {
        let mut reader = Reader {
            bytes: text.as_bytes(),
            at: 0,
            spans: Vec::with_capacity(VALUES_EXPECTED),
            open: Vec::with_capacity(EVENT_DEPTH_MAX),
            depth: 0,
        };
        let read = text.starts_with('{') && u32::try_from(text.len()).is_ok() && reader.read_all().is_some();
        if read { Ok(Self { text, spans: reader.spans, depth: reader.depth }) } else { Err(fault(text)) }
    }
}

/// Reads a text from its beginning to its end. `None` anywhere means that it is not valid.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    spans: Vec<Span>,
    /// The lists and objects that have not ended yet.
    open: Vec<u32>,
    depth: usize,
}

impl Reader<'_> {
    fn read_all(&mut self) -> Option<()> {
        loop {
            self.skip_spaces();
            match self.byte()? {
                bracket @ (b'{' | b'[') => {
                    self.begin()?;
                    self.skip_spaces();
                    match self.byte()? {
                        b'}' | b']' => {}
                        _ if bracket == b'[' => continue,
                        _ => {
                            self.name()?;
                            continue;
                        }
                    }
                }
                b'"' => self.string()?,
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => return None,
            }
            if self.end_values()? {
                return Some(());
            }
        }
    }

    /// Goes on behind a value, or to the bracket that ends an empty one, up to the next value. Whether all has ended.
    fn end_values(&mut self) -> Option<bool> {
        loop {
            self.skip_spaces();
            let Some(&open) = self.open.last() else { return (self.at == self.bytes.len()).then_some(true) };
            let next = self.spans.len() as u32;
            let span = &mut self.spans[open as usize];
            // In ASCII a closing bracket is the second after the opening one.
            let closing = self.bytes[span.start as usize] + 2;
            match *self.bytes.get(self.at)? {
                byte if byte == closing => {
                    self.at += 1;
                    span.end = self.at as u32;
                    span.next = next;
                    self.open.pop();
                }
                b',' => {
                    self.at += 1;
                    if closing == b'}' {
                        self.skip_spaces();
                        self.name()?;
                    }
                    return Some(false);
                }
                _ => return None,
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    /// Notes a value that starts here and reaches to `end`, and goes on behind it.
    fn note(&mut self, end: usize, escaped: bool) {
        let next = self.spans.len() as u32 + 1;
        self.spans.push(Span { start: self.at as u32, end: end as u32, next, escaped });
        self.at = end;
    }

    fn begin(&mut self) -> Option<()> {
        self.open.push(self.spans.len() as u32);
        self.note(self.at + 1, false);
        self.depth = self.depth.max(self.open.len());
        (self.depth <= BODY_DEPTH_MAX).then_some(())
    }

    /// The name of a field, and its colon.
    fn name(&mut self) -> Option<()> {
        (self.byte()? == b'"').then_some(())?;
        self.string()?;
        self.skip_spaces();
        (self.byte()? == b':').then_some(())?;
        self.at += 1;
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        let (mut at, mut escaped) = (self.at + 1, false);
        loop {
            at += self.bytes.get(at..)?.iter().position(|byte| MEANS_SOMETHING[usize::from(*byte)])?;
            match self.bytes[at] {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    at += match self.bytes.get(at + 1)? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                        b'u' if self.bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
                        _ => return None,
                    };
                }
                _ => return None,
            }
        }
        self.note(at + 1, escaped);
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let digits_end = |start: usize| {
            let digits = self.bytes.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (0 < digits).then_some(start + digits)
        };
        let first = self.at + usize::from(self.bytes[self.at] == b'-');
        let mut end = digits_end(first)?;
        if self.bytes[first] == b'0' && first + 1 < end {
            return None;
        }
        if self.bytes.get(end) == Some(&b'.') {
            end = digits_end(end + 1)?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(end) {
            let signed = matches!(self.bytes.get(end + 1), Some(b'+' | b'-'));
            end = digits_end(end + 1 + usize::from(signed))?;
        }
        self.note(end, false);
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes[self.at..].starts_with(word).then_some(())?;
        self.note(self.at + word.len(), false);
        Some(())
    }
}

/// What is wrong with `text`, which is not one valid object.
fn fault(text: &str) -> Refusal {
    if let Err(refusal) = depth(text.as_bytes(), BODY_DEPTH_MAX) {
        return refusal;
    }
    let checked = if text.starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text).map(|_| ())
    } else {
        serde_json::from_str::<BTreeMap<String, IgnoredAny>>(text).map(|_| ())
    };
    match checked.map_err(|error| error.classify()) {
        Err(serde_json::error::Category::Data) => Refusal::NotAnEvent,
        _ => Refusal::BadJson,
    }
}

/// The depth of the deepest list or object of `json`, which need not be valid JSON.
///
/// # Errors
/// [`Refusal::TooDeep`] beyond `depth_max`; [`Refusal::ControlChar`] for a raw control character inside a string,
/// which JSON forbids.
pub(super) fn depth(json: &[u8], depth_max: usize) -> Result<usize, Refusal> {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(byte) = json.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
                if depth_max < depth {
                    return Err(Refusal::TooDeep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = string_end(json, at);
                if json[at..end].iter().any(|byte| *byte < b' ') {
                    return Err(Refusal::ControlChar);
                }
                at = end;
            }
            _ => {}
        }
    }
    Ok(deepest)
}

/// Behind the quote that ends the string whose first byte is at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        match bytes[at] {
            b'"' => return at + 1,
            _ => at += 2,
        }
    }
    bytes.len()
}
