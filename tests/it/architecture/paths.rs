//! The paths that code names: `use std::{fs, io::Read};` names `std::fs` and `std::io::Read`.

/// A path in code, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CodePath {
    /// As written with its group taken apart; `.leak` for a method, `println!` for a macro.
    pub(super) path: String,
    /// Place in the code.
    pub(super) place: usize,
}

impl CodePath {
    /// Whether it names `wanted` or something in it. A `wanted` that begins with `…` may be reached through any path.
    pub(super) fn names(&self, wanted: &str) -> bool {
        match wanted.strip_prefix('…') {
            Some(end) => self.path == end || self.path.ends_with(&format!("::{end}")),
            None => self.path == wanted || self.path.starts_with(&format!("{wanted}::")),
        }
    }
}

/// Every path that `code` (without comments and literals) names, in order.
pub(super) fn paths(code: &str) -> Vec<CodePath> {
    let mut found = Vec::new();
    let mut place = 0;
    while place < code.len() {
        place = match word_length(&code[place..]) {
            0 => place + code[place..].chars().next().map_or(1, char::len_utf8),
            _ => {
                let method = code[..place].ends_with('.') && !code[..place].ends_with("..");
                read_path(code, place, if method { "." } else { "" }, &mut found)
            }
        };
    }
    found
}

/// Reads the path at `place`, every member of its group included, and gives the place behind it.
fn read_path(code: &str, place: usize, prefix: &str, found: &mut Vec<CodePath>) -> usize {
    let mut end = place + word_length(&code[place..]);
    let mut path = format!("{prefix}{}", &code[place..end]);
    while let Some(segment) = code[end..].strip_prefix("::") {
        let begin = end + 2;
        if segment.starts_with('{') {
            return read_group(code, begin, &format!("{path}::"), found);
        }
        let length = if segment.starts_with('*') { 1 } else { word_length(segment) };
        if length == 0 {
            break;
        }
        end = begin + length;
        path = format!("{path}::{}", &code[begin..end]);
    }
    if code[end..].starts_with('!') && !code[end..].starts_with("!=") {
        path.push('!');
    }
    // In a group, `self` is the path before it.
    let path = path.strip_suffix("::self").map(str::to_owned).unwrap_or(path);
    found.push(CodePath { path, place });
    end
}

/// Reads `{a, b::{c, d}}` at `open`.
fn read_group(code: &str, open: usize, prefix: &str, found: &mut Vec<CodePath>) -> usize {
    let mut place = open + 1;
    while place < code.len() {
        let rest = &code[place..];
        if rest.starts_with('}') {
            return place + 1;
        }
        // The other name of a member is no path.
        if rest.starts_with("as ") {
            place += 3;
            place += code[place..].len() - code[place..].trim_start().len();
            place += word_length(&code[place..]);
        } else if word_length(rest) > 0 {
            place = read_path(code, place, prefix, found);
        } else {
            place += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    place
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}
