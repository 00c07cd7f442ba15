//! The architecture, as a test: who may use whom, what only some modules may touch, and how files look.
//!
//! **To add an arrow or an exception**, argue for it in the commit and change the table here. `checker` proves on
//! made-up files that each rule finds what it is for and lets good code pass.

mod checker;
mod layout;
mod paths;
mod source;
mod usage;

use std::fmt;
use std::fs;
use std::path::Path;

use source::Source;

/// Who may use whom. Read a row as "collect may use domain, journal and control".
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("journal", &[]),
    ("route", &[]),
    ("store", &["domain"]),
    ("control", &["domain"]),
    ("collect", &["domain", "journal", "control", "route"]),
    ("load", &["domain", "journal", "store", "control"]),
    ("analyze", &["domain", "store"]),
    ("report", &["domain", "analyze", "control", "route"]),
];

/// The rim wires everything, so it may use everything.
const RIM: &[&str] = &["main", "lib", "cli", "commands", "config", "server"];

/// Outside crates and powers that only some modules may touch. `…` stands for any path in front.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("duckdb", &["store"]),
    ("rusqlite", &["control"]),
    ("axum", &["collect", "report", "route", "server"]),
    ("std::fs", FILES),
    ("std::os::unix::fs", FILES),
    ("rustix::fs", FILES),
    ("tokio::fs", FILES),
    ("…SystemTime::now", CLOCK),
    ("…Instant::now", CLOCK),
    ("…Timestamp::now", CLOCK),
    ("…Zoned::now", CLOCK),
    ("…println!", &["commands"]),
    ("…print!", &["commands"]),
];
const FILES: &[&str] = &["journal", "store", "control", "config"];
const CLOCK: &[&str] = &["server"];

/// A file that may touch one thing all the same, and why.
struct Exception {
    path: &'static str,
    touches: &'static str,
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[Exception {
    path: "src/commands/demo/mod.rs",
    touches: "…Instant::now",
    reason: "prints how long filling the shop took; no event and no number is told this time",
}];

/// What a rule found, where, and how to mend it.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    line: usize,
    message: String,
}

impl Violation {
    /// At a place in a file's text.
    fn at(source: &Source, place: usize, message: String) -> Self {
        Self { path: source.path.clone(), line: source.line_of(place), message }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

#[test]
fn modules_use_only_what_they_may() {
    check(&["src"], usage::arrows);
}

#[test]
fn crates_files_the_clock_and_stdout_are_touched_only_where_they_may_be() {
    check(&["src"], |sources| usage::powers(sources, EXCEPTIONS));
}

#[test]
fn nothing_leaks_allows_dares_or_waits_to_be_written() {
    check(&["src", "tests/it", "benches"], usage::banned);
}

#[test]
fn local_days_never_come_from_duckdb() {
    check(&["src"], usage::time_zones_in_sql);
}

#[test]
fn files_are_named_after_what_they_hold() {
    check(&["src", "tests", "benches", "js-snippet/src"], layout::names);
}

#[test]
fn files_and_functions_stay_short() {
    check(&["src", "tests", "benches", "js-snippet/src"], layout::lengths);
}

#[test]
fn rust_files_say_what_they_are_and_are_part_of_the_program() {
    check(&["src", "tests/it"], layout::first_lines);
    check(&["src", "tests/it"], layout::orphans);
}

#[test]
fn each_stage_says_what_it_promises() {
    check(&["src"], layout::promises);
}

#[test]
fn each_setting_is_read() {
    let manual = read("config/default.toml");
    check(&["src"], |sources| usage::unread_settings(&manual, sources));
}

/// Fails with everything that `rule` finds in the files of these folders.
#[track_caller]
fn check(folders: &[&str], rule: impl Fn(&[Source]) -> Vec<Violation>) {
    let sources: Vec<Source> = folders.iter().flat_map(|folder| sources_in(folder)).collect();
    assert!(!sources.is_empty(), "no file in {folders:?}: has a folder moved?");
    let found: Vec<String> = rule(&sources).iter().map(Violation::to_string).collect();
    assert!(found.is_empty(), "{} places to mend:\n{}", found.len(), found.join("\n"));
}

/// The files people write in a folder and those below: not what is installed, vendored or only data.
fn sources_in(folder: &str) -> Vec<Source> {
    let Ok(entries) = fs::read_dir(project().join(folder)) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut sources = Vec::new();
    for name in names.iter().filter(|name| !["node_modules", "vendor", "fixtures"].contains(&name.as_str())) {
        let path = format!("{folder}/{name}");
        if project().join(&path).is_dir() {
            sources.extend(sources_in(&path));
        } else if [".rs", ".js", ".sql", ".css", ".html"].iter().any(|ending| name.ends_with(ending)) {
            sources.push(Source::new(&path, &read(&path)));
        }
    }
    sources
}

fn read(path: &str) -> String {
    fs::read_to_string(project().join(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
