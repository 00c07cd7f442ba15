//! A source file taken apart: code, literals and comments, each at its own place in the text.

use std::ops::Range;

/// A text file of the project. The parts of a Rust file are as long as its text: what belongs to another part is
/// blank, so that a place in one part is the same place in all.
#[derive(Debug)]
pub(super) struct Source {
    /// From the project's folder, such as `src/collect/parse.rs`.
    pub(super) path: String,
    /// All of it.
    pub(super) text: String,
    /// Without comments, and with the insides of literals blank.
    pub(super) code: String,
    /// Only the insides of literals.
    pub(super) literals: String,
    /// Only comments, documentation included.
    pub(super) comments: String,
    /// The places of `#[cfg(test)] mod … { … }`.
    tests: Vec<Range<usize>>,
}

impl Source {
    /// Takes a file apart. Of a file that is not Rust, everything is code.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let [code, literals, comments] = match path.ends_with(".rs") {
            true => parts(text),
            false => [text.to_owned(), String::new(), String::new()],
        };
        let tests = test_modules(&code);
        Self { path: path.to_owned(), text: text.to_owned(), code, literals, comments, tests }
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The module directly under `src` that the file belongs to, such as `collect`; none for other files.
    pub(super) fn stage(&self) -> Option<&str> {
        self.module_path().and_then(|path| path.split('/').next())
    }

    /// The names of the modules around the file's items, such as `collect/parse`.
    pub(super) fn module_path(&self) -> Option<&str> {
        let path = self.path.strip_prefix("src/")?.strip_suffix(".rs")?;
        Some(path.strip_suffix("/mod").unwrap_or(path))
    }

    /// The file's name without its ending.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }

    /// The line, from 1, of a place in the text.
    pub(super) fn line_of(&self, place: usize) -> usize {
        1 + self.text.as_bytes()[..place].iter().filter(|byte| **byte == b'\n').count()
    }

    /// Whether a place lies in a module that is only compiled for tests.
    pub(super) fn is_test(&self, place: usize) -> bool {
        self.stem() == "tests" || self.tests.iter().any(|range| range.contains(&place))
    }
}

/// The place behind the bracket that closes the one at `open`, or the end of the code.
pub(super) fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (place, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return place + 1;
        }
    }
    code.len()
}

fn test_modules(code: &str) -> Vec<Range<usize>> {
    let places = code.match_indices("#[cfg(test)]").filter_map(|(place, attribute)| {
        let item = code[place + attribute.len()..].trim_start();
        let open = code.len() - item.len() + item.find(['{', ';'])?;
        (item.starts_with("mod ") && code[open..].starts_with('{')).then(|| place..closing(code, open))
    });
    places.collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Literal,
    Comment,
}

/// Code, literals and comments of a Rust text.
fn parts(text: &str) -> [String; 3] {
    let mut masks = [const { String::new() }; 3];
    let mut rest = text;
    while !rest.is_empty() {
        let (part, length) = next_part(rest, masks[0].as_bytes().last().copied());
        let (piece, behind) = rest.split_at(length);
        // A literal's quotes stay in the code, so that it still reads as an expression.
        let inside = quoted(piece);
        for (mask, own) in masks.iter_mut().zip([Part::Code, Part::Literal, Part::Comment]) {
            for (place, character) in piece.char_indices() {
                let shown = match own {
                    Part::Code if part == Part::Literal => !inside.contains(&place),
                    Part::Literal => part == own && inside.contains(&place),
                    _ => part == own,
                };
                match shown || character == '\n' {
                    true => mask.push(character),
                    false => mask.extend(std::iter::repeat_n(' ', character.len_utf8())),
                }
            }
        }
        rest = behind;
    }
    masks
}

/// The first part of `rest` and its length; `before` is the last character of code in front of it.
fn next_part(rest: &str, before: Option<u8>) -> (Part, usize) {
    let in_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if rest.starts_with("//") {
        return (Part::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Part::Comment, block_comment(rest));
    }
    if !in_word && let Some(length) = raw_string(rest) {
        return (Part::Literal, length);
    }
    match rest.as_bytes()[0] {
        b'"' => (Part::Literal, until_unescaped(rest, '"')),
        b'\'' if is_character(rest) => (Part::Literal, until_unescaped(rest, '\'')),
        _ => (Part::Code, rest.chars().next().map_or(1, char::len_utf8)),
    }
}

/// Whether `'` begins a character and not a lifetime.
fn is_character(rest: &str) -> bool {
    let mut characters = rest.chars().skip(1);
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

fn until_unescaped(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, character) in rest.char_indices().skip(1) {
        if character == quote && !escaped {
            return place + quote.len_utf8();
        }
        escaped = character == '\\' && !escaped;
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let opened = rest.strip_prefix("br").or_else(|| rest.strip_prefix("cr")).or_else(|| rest.strip_prefix('r'))?;
    let hashes = opened.len() - opened.trim_start_matches('#').len();
    let inside = opened[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |place| place + end.len());
    Some(rest.len() - inside.len() + length)
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut place) = (0_usize, 0);
    while place < rest.len() {
        match &rest.as_bytes()[place..] {
            [b'/', b'*', ..] => (depth, place) = (depth + 1, place + 2),
            [b'*', b'/', ..] => (depth, place) = (depth - 1, place + 2),
            _ => place += 1,
        }
        if depth == 0 {
            return place;
        }
    }
    rest.len()
}

/// Where the text between a literal's quotes lies.
fn quoted(piece: &str) -> Range<usize> {
    let quotes = ['"', '\''];
    match (piece.find(quotes), piece.rfind(quotes)) {
        (Some(first), Some(last)) if first < last => first + 1..last,
        _ => 0..0,
    }
}
