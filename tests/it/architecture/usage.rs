//! What code may name: other stages, outside crates, powers, and what nobody may.

use super::paths::{CodePath, paths};
use super::source::Source;
use super::{Exception, MAY_USE, ONLY_IN, RIM, Violation};

/// Stages that use a stage without an arrow to it.
pub(super) fn arrows(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust()) {
        let stage = source.stage().unwrap_or_default();
        if RIM.contains(&stage) {
            continue;
        }
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == stage) else {
            let message = format!("`{stage}` has no row in MAY_USE: say there what it may use, or move the file");
            found.push(Violation::at(source, 0, message));
            continue;
        };
        for path in paths(&source.code) {
            let Some(used) = stage_named(source, &path) else { continue };
            let known = RIM.contains(&used) || MAY_USE.iter().any(|(name, _)| *name == used);
            if known && used != stage && !allowed.contains(&used) {
                let message =
                    format!("`{stage}` may not use `{used}`: move the code, or argue for a new arrow in MAY_USE");
                found.push(Violation::at(source, path.place, message));
            }
        }
    }
    // `store::{Row, Query}` is one mistake.
    found.dedup();
    found
}

/// The module under `src` that a path leads to, if it leads to the root and down again.
fn stage_named<'a>(source: &Source, path: &'a CodePath) -> Option<&'a str> {
    let segments: Vec<&str> = path.path.split("::").collect();
    let up = segments.iter().take_while(|segment| **segment == "super").count();
    let depth = source.module_path()?.split('/').count();
    // Inside a module of tests there is one step more to the root.
    let depth = depth + usize::from(source.is_test(path.place));
    match segments.first()? {
        &"crate" => segments.get(1).copied(),
        _ if up == depth => segments.get(up).copied(),
        _ => None,
    }
}

/// Outside crates and powers touched where they may not be, and exceptions that are no longer needed.
pub(super) fn powers(sources: &[Source], exceptions: &[Exception]) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut needed = vec![false; exceptions.len()];
    for source in sources.iter().filter(|source| source.is_rust()) {
        let stage = source.stage().unwrap_or_default();
        for path in paths(&source.code).into_iter().filter(|path| !source.is_test(path.place)) {
            let touched = ONLY_IN.iter().find(|(power, _)| path.names(power));
            let Some((power, places)) = touched.filter(|(_, places)| !places.contains(&stage)) else { continue };
            let excused = exceptions.iter().position(|it| it.path == source.path && it.touches == *power);
            if let Some(exception) = excused {
                needed[exception] = true;
                continue;
            }
            let message = format!(
                "`{}` is only for {}: have one of them do it, or pass the result in",
                path.path,
                places.join(", ")
            );
            found.push(Violation::at(source, path.place, message));
        }
    }
    for (exception, _) in exceptions.iter().zip(needed).filter(|(_, needed)| !needed) {
        let message = format!("no longer touches `{}`: remove its exception ({})", exception.touches, exception.reason);
        found.push(Violation { path: exception.path.to_owned(), line: 1, message });
    }
    found
}

/// What no Rust code may name, and what to do instead.
const BANNED: &[(&str, &str)] = &[
    ("…String::leak", LEAK),
    (".leak", LEAK),
    ("unsafe", "write it safely; for a measured gain, one named module may be excused here"),
    ("…todo!", "write it now, or leave it out"),
    ("…unimplemented!", "write it now, or leave it out"),
    ("…dbg!", "remove it; `tracing` is for what should stay"),
];
const LEAK: &str = "leaked text would pass for SQL of ours (`Query`); give the text an owner";

/// Banned names, silenced lints, and notes of work left undone.
pub(super) fn banned(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust()) {
        for path in paths(&source.code) {
            if let Some((name, remedy)) = BANNED.iter().find(|(name, _)| path.names(name)) {
                let message = format!("`{}` is banned: {remedy}", name.trim_start_matches(['…', '.']));
                found.push(Violation::at(source, path.place, message));
            }
        }
        for place in allowances(&source.code) {
            let message = "`allow` is banned: mend the code, or use `#[expect(…, reason = \"…\")]`".to_owned();
            found.push(Violation::at(source, place, message));
        }
        for note in ["TODO", "FIXME"] {
            for (place, _) in source.comments.match_indices(note) {
                let message = format!("`{note}` is banned: do it now, or open an issue");
                found.push(Violation::at(source, place, message));
            }
        }
    }
    found
}

/// The places of attributes that silence a lint.
fn allowances(code: &str) -> Vec<usize> {
    let attributes = code.match_indices('#').filter_map(|(place, _)| {
        let behind = code[place + 1..].trim_start_matches('!');
        let open = code.len() - behind.len();
        behind.starts_with('[').then(|| (place, &code[open..super::source::closing(code, open)]))
    });
    attributes.filter(|(_, attribute)| paths(attribute).iter().any(|it| it.path == "allow")).map(|it| it.0).collect()
}

/// SQL that leaves local time to DuckDB: it would need icu, and costs 13 times as much.
pub(super) fn time_zones_in_sql(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources {
        let sql = match source.is_rust() {
            true => source.literals.to_lowercase(),
            false if source.path.ends_with(".sql") => without_sql_comments(&source.text).to_lowercase(),
            false => continue,
        };
        for name in ["timestamptz", "at time zone", "timestamp with time zone"] {
            for (place, _) in sql.match_indices(name) {
                let message =
                    format!("`{name}` is banned in SQL: keep UTC `timestamp`, and write offsets that Rust computed");
                found.push(Violation::at(source, place, message));
            }
        }
    }
    found
}

fn without_sql_comments(sql: &str) -> String {
    let lines = sql.split('\n').map(|line| match line.split_once("--") {
        Some((statement, comment)) => format!("{statement}{}", " ".repeat(comment.len() + 2)),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Keys of the manual (`config/default.toml`) that no code of the rim reads.
pub(super) fn unread_settings(manual: &str, sources: &[Source]) -> Vec<Violation> {
    let sections: toml::Table = manual.parse().expect("config/default.toml is TOML");
    let keys = sections.iter().flat_map(|(section, keys)| {
        let keys = keys.as_table().unwrap_or_else(|| panic!("`{section}` of config/default.toml is a section"));
        keys.keys().map(move |key| (section, key))
    });
    let rim = sources.iter().filter(|source| source.stage().is_some_and(|stage| RIM.contains(&stage)));
    let read: Vec<String> = rim
        .flat_map(|source| {
            let paths = paths(&source.code).into_iter().filter(|path| !source.is_test(path.place));
            paths.map(|path| path.path).collect::<Vec<_>>()
        })
        .collect();
    let unread = keys.filter(|(_, key)| !read.contains(&format!(".{key}")));
    let violation = |(section, key): (&String, &String)| Violation {
        path: "config/default.toml".to_owned(),
        line: setting_line(manual, section, key),
        message: format!("no code reads `{section}.{key}`: read it in src/config.rs, or remove the key"),
    };
    let mut found: Vec<Violation> = unread.map(violation).collect();
    found.sort_by_key(|violation| violation.line);
    found
}

fn setting_line(manual: &str, section: &str, key: &str) -> usize {
    let (header, setting) = (format!("[{section}]"), format!("{key} ="));
    let mut lines = (1..).zip(manual.lines()).skip_while(|(_, line)| *line != header);
    lines.find(|(_, line)| line.starts_with(&setting)).map_or(1, |(number, _)| number)
}
