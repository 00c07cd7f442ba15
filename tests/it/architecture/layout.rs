//! How files look: their names, their first lines, their length, and their place among the modules.

use super::Violation;
use super::source::{Source, closing};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
/// A stage says what it promises within so many lines.
const PROMISE_LINES_MAX: usize = 25;

const BANNED_NAMES: &[&str] = &["util", "common", "helper", "misc", "types", "manager"];

/// Files and folders whose name says nothing.
pub(super) fn names(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources {
        let bad = |segment: &&str| BANNED_NAMES.iter().any(|name| segment.starts_with(name));
        if let Some(segment) = source.path.split('/').find(bad) {
            let message = format!("`{segment}` says nothing: name it after what it holds, next to who uses it");
            found.push(Violation::at(source, 0, message));
        }
    }
    found
}

/// Rust files that do not begin with what they are.
pub(super) fn first_lines(sources: &[Source]) -> Vec<Violation> {
    let silent = sources.iter().filter(|source| source.is_rust() && !source.text.starts_with("//! "));
    let message = "begins without `//!`: say in one sentence what the file holds";
    silent.map(|source| Violation::at(source, 0, message.to_owned())).collect()
}

/// Files and functions that are too long.
pub(super) fn lengths(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        if FILE_LINES_MAX < lines {
            let message = format!("{lines} lines, at most {FILE_LINES_MAX}: split the file by subject");
            found.push(Violation { path: source.path.clone(), line: FILE_LINES_MAX + 1, message });
        }
        for function in functions(source) {
            if FUNCTION_LINES_MAX < function.lines {
                let (name, lines) = (function.name, function.lines);
                let message = format!("`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}: name a part of it");
                found.push(Violation::at(source, function.place, message));
            }
        }
    }
    found
}

struct Function<'a> {
    name: &'a str,
    place: usize,
    lines: usize,
}

/// The functions of a Rust file that have a body.
fn functions(source: &Source) -> Vec<Function<'_>> {
    let code = if source.is_rust() { source.code.as_str() } else { "" };
    let mut found = Vec::new();
    for (place, keyword) in code.match_indices("fn ") {
        let begins_word = !code[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let signature = &code[place + keyword.len()..];
        let name = &signature[..signature.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(signature.len())];
        if let Some(open) = body(code, place).filter(|_| begins_word && !name.is_empty()) {
            let lines = code[place..closing(code, open)].matches('\n').count() + 1;
            found.push(Function { name, place, lines });
        }
    }
    found
}

/// Where the body of the function at `place` opens; none where it ends in `;`.
fn body(code: &str, place: usize) -> Option<usize> {
    let mut at = place;
    while at < code.len() {
        match code.as_bytes()[at] {
            b'{' => return Some(at),
            b';' => return None,
            // Arguments and arrays may hold `;` of their own.
            b'(' | b'[' => at = closing(code, at),
            _ => at += 1,
        }
    }
    None
}

/// Rust files that no `mod` names: they are not compiled, so nothing checks them.
pub(super) fn orphans(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust() && !is_root(&source.path)) {
        let path = source.path.strip_suffix("/mod.rs").or_else(|| source.path.strip_suffix(".rs")).unwrap_or_default();
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        let parents = ["mod.rs", "lib.rs", "main.rs"].map(|file| format!("{folder}/{file}"));
        let sibling = format!("{folder}.rs");
        let mut around = sources.iter().filter(|other| parents.contains(&other.path) || other.path == sibling);
        let declared = format!("mod {name};");
        if !around.any(|parent| parent.code.lines().any(|line| line.trim_end().ends_with(&declared))) {
            let message = format!("no `{declared}` in {folder}: declare the module, or delete the file");
            found.push(Violation::at(source, 0, message));
        }
    }
    found
}

/// Cargo names these itself.
fn is_root(path: &str) -> bool {
    ["src/lib.rs", "src/main.rs", "tests/it/main.rs"].contains(&path)
}

/// Stages whose first lines leave out what they promise, their shape, what they never do, or how to change them.
pub(super) fn promises(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    let stages = sources.iter().filter(|source| {
        let in_src = source.path.strip_prefix("src/").and_then(|path| path.strip_suffix("/mod.rs"));
        in_src.is_some_and(|stage| !stage.contains('/'))
    });
    for source in stages {
        let top: Vec<&str> =
            source.text.lines().take(PROMISE_LINES_MAX).take_while(|line| line.starts_with("//!")).collect();
        for wanted in ["**Promise.**", "**Shape.**", "**Never.**", "**To "] {
            if !top.iter().any(|line| line.contains(wanted)) {
                let wanted = wanted.trim_matches('*').trim_end();
                let message =
                    format!("no `**{wanted}…**` in the first {PROMISE_LINES_MAX} lines: say it where readers begin");
                found.push(Violation::at(source, 0, message));
            }
        }
    }
    found
}
