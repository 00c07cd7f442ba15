//! The checker itself, on made-up files: each rule finds what it is for, and lets good code pass.

use super::source::Source;
use super::{Exception, Violation, layout, usage};

/// Checks that `rule` finds exactly `expected` (`line: part of the message`) in one file.
#[track_caller]
fn check(rule: impl Fn(&[Source]) -> Vec<Violation>, path: &str, text: &str, expected: &[&str]) {
    let found = rule(&[Source::new(path, text)]);
    let lines: Vec<String> = found.iter().map(|it| format!("{}: {}", it.line, it.message)).collect();
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, expected) in lines.iter().zip(expected) {
        let (number, part) = expected.split_once(": ").expect("`line: part of the message`");
        assert!(line.starts_with(&format!("{number}: ")) && line.contains(part), "{line} is not {expected}");
    }
}

fn powers(sources: &[Source]) -> Vec<Violation> {
    usage::powers(sources, &[])
}

#[test]
fn an_arrow_that_is_not_in_the_table_is_found_however_it_is_written() {
    let one = &["1: `collect` may not use `store`"];
    check(usage::arrows, "src/collect/a.rs", "use crate::store::Row;\n", one);
    check(
        usage::arrows,
        "src/collect/a.rs",
        "use crate::{\n    domain::id, store::{self, Row},\n};\n",
        &["2: `store`"],
    );
    check(usage::arrows, "src/collect/a.rs", "use super::super::store;\n", one);
    check(usage::arrows, "src/collect/mod.rs", "use super::store::Row;\n", one);
    check(usage::arrows, "src/collect/a.rs", "fn f() -> crate::store::Row { g() }\n", one);
    check(usage::arrows, "src/domain/id.rs", "use crate::config::Settings;\n", &["1: may not use `config`"]);
    check(usage::arrows, "src/newcomer/mod.rs", "\n", &["1: `newcomer` has no row"]);
    let in_tests = "#[cfg(test)]\nmod tests {\n    use super::super::super::store;\n}\n";
    check(usage::arrows, "src/collect/a.rs", in_tests, &["3: `store`"]);
}

#[test]
fn arrows_in_the_table_own_modules_and_mere_mentions_pass() {
    let good = "//! [`store`](crate::store)\nuse crate::{domain::id, journal};\nuse super::parse;\n\
                /* crate::store */\nfn f() { g(\"crate::store\", r#\"crate::store\"#, '\\'') }\nuse crate::collect::x;\n\
                #[cfg(test)]\nmod tests {\n    use super::super::store_of;\n    use super::*;\n}\n";
    check(usage::arrows, "src/collect/a.rs", good, &[]);
    check(usage::arrows, "src/server/mod.rs", "use crate::store::Row;\n", &[]);
    check(usage::arrows, "src/commands/ask.rs", "use crate::{report, store};\n", &[]);
}

#[test]
fn outside_crates_and_powers_are_found_outside_their_modules() {
    check(powers, "src/load/a.rs", "fn f() {\n    duckdb::Connection::open();\n}\n", &["2: only for store"]);
    check(powers, "src/analyze/a.rs", "use axum::Router;\n", &["1: only for collect, report, route, server"]);
    check(powers, "src/report/a.rs", "use std::{fmt, fs::File};\n", &["1: `std::fs::File` is only for journal"]);
    check(powers, "src/report/a.rs", "use rusqlite::Row;\n", &["1: only for control"]);
    check(powers, "src/report/a.rs", "use tokio::fs;\n", &["1: `tokio::fs`"]);
    check(powers, "src/load/a.rs", "fn f() { std::time::Instant::now(); }\n", &["1: only for server"]);
    check(powers, "src/load/a.rs", "fn f() { Zoned::now(); }\n", &["1: `Zoned::now`"]);
    check(powers, "src/config.rs", "fn f() { println!(\"x\"); }\n", &["1: `println!` is only for commands"]);
}

#[test]
fn powers_pass_in_their_modules_in_tests_and_in_other_words() {
    check(powers, "src/store/a.rs", "use duckdb::Connection;\nuse std::fs;\n", &[]);
    check(powers, "src/server/a.rs", "fn f() { Instant::now(); self.duckdb(); }\n", &[]);
    check(powers, "src/commands/a.rs", "fn f() { println!(); }\n", &[]);
    check(powers, "src/report/a.rs", "// std::fs\nfn f() { eprintln!(\"std::fs\"); now(); }\n", &[]);
    check(powers, "src/report/a.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\nfn f() {}\n", &[]);
    let behind = "#[cfg(test)]\nmod tests {\n    fn f() { \"}\"; '{'; }\n}\nuse std::fs;\n";
    check(powers, "src/report/a.rs", behind, &["5: `std::fs`"]);
}

#[test]
fn an_exception_excuses_one_thing_in_one_file_and_may_not_outlive_it() {
    let exception = || Exception { path: "src/load/a.rs", touches: "…Instant::now", reason: "measures itself" };
    let rule = |sources: &[Source]| usage::powers(sources, &[exception()]);
    check(rule, "src/load/a.rs", "fn f() { Instant::now(); }\n", &[]);
    check(rule, "src/load/a.rs", "fn f() { Instant::now(); println!(); }\n", &["1: `println!`"]);
    check(rule, "src/load/a.rs", "fn f() {}\n", &["1: remove its exception (measures itself)"]);
}

#[test]
fn banned_code_is_found_and_its_name_in_words_is_not() {
    let bad = "fn f() {\n    text.leak();\n    String::leak(text);\n    unsafe { g() }\n    todo!()\n}\n";
    let expected = &["2: `leak`", "3: `String::leak`", "4: `unsafe` is banned", "5: write it now"];
    check(usage::banned, "src/load/a.rs", bad, expected);
    check(usage::banned, "src/load/a.rs", "#![allow(dead_code)]\n", &["1: `#[expect("]);
    check(usage::banned, "src/load/a.rs", "#[cfg_attr(test,\n    allow(unused))]\nfn f() {}\n", &["1: `allow`"]);
    check(usage::banned, "src/load/a.rs", "fn f() {}\n// TODO: all of it\n/* FIXME */\n", &["2: `TODO`", "3: `FIXME`"]);
    let good = "//! Never `unsafe`, never todo!.\n#[expect(dead_code, reason = \"allow\")]\n\
                fn allow(leak: &str) -> bool { allowed(\"TODO dbg!\", 'u', leak) }\n";
    check(usage::banned, "src/load/a.rs", good, &[]);
}

#[test]
fn local_time_in_sql_is_found_in_rust_and_in_sql_files() {
    let rust = "const A: &str = \"\nselect at AT TIME ZONE $zone\n\";\n";
    check(usage::time_zones_in_sql, "src/analyze/a.rs", rust, &["2: `at time zone`"]);
    check(usage::time_zones_in_sql, "src/store/a.sql", "-- no timestamptz\na TIMESTAMPTZ", &["2: `timestamptz`"]);
    check(usage::time_zones_in_sql, "src/store/a.rs", "/// No `timestamptz`.\nconst A: &str = \"timestamp\";\n", &[]);
}

#[test]
fn names_that_say_nothing_are_found() {
    for path in ["src/load/utils.rs", "src/common/mod.rs", "tests/it/helpers.rs", "src/store/types.rs"] {
        check(layout::names, path, "", &["1: says nothing"]);
    }
    check(layout::names, "src/commands/manage.rs", "", &[]);
    check(layout::names, "src/load/uncommon.rs", "", &[]);
}

#[test]
fn long_files_and_functions_are_found_and_the_longest_that_fit_pass() {
    check(layout::lengths, "src/a.rs", &"\n".repeat(400), &[]);
    check(layout::lengths, "src/a.js", &"\n".repeat(401), &["401: 401 lines"]);
    let function =
        |lines: usize| format!("\nfn long(a: [u8; 2])\nwhere\n{{{}}}\n", "\n    g(\"}\");".repeat(lines - 3));
    check(layout::lengths, "src/a.rs", &function(70), &[]);
    check(layout::lengths, "src/a.rs", &function(71), &["2: `long` has 71 lines"]);
    let declared = format!("trait T {{\n    fn short();\n{}}}\n", "\n".repeat(90));
    check(layout::lengths, "src/a.rs", &declared, &[]);
}

#[test]
fn a_file_without_a_first_sentence_is_found() {
    check(layout::first_lines, "src/a.rs", "use std::fmt;\n", &["1: begins without"]);
    check(layout::first_lines, "src/a.rs", "//! What it is.\n", &[]);
    check(layout::first_lines, "src/a.sql", "select 1\n", &[]);
}

#[test]
fn a_file_that_no_mod_names_is_found() {
    let parent = Source::new("src/load/mod.rs", "pub(super) mod seen;\n// mod lost;\n");
    let seen = Source::new("src/load/seen.rs", "mod deep;\n");
    let deep = Source::new("src/load/seen/deep.rs", "");
    let lost = Source::new("src/load/lost.rs", "");
    let lib = Source::new("src/lib.rs", "pub mod load;\n");
    let found = layout::orphans(&[lib, parent, seen, deep, lost]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].path, "src/load/lost.rs");
}

#[test]
fn a_stage_without_a_promise_is_found() {
    let good = "//! A stage.\n//!\n//! **Promise.** a\n//! **Shape.** b\n//! **Never.** c\n//! **To add one**, d\n";
    check(layout::promises, "src/load/mod.rs", good, &[]);
    check(layout::promises, "src/load/mod.rs", &good.replace("Never", "Ever"), &["1: no `**Never.…**`"]);
    let late = good.replace("//!\n", &"//!\n".repeat(25));
    check(layout::promises, "src/load/mod.rs", &late, &["1: Promise", "1: Shape", "1: Never", "1: To"]);
    check(layout::promises, "src/load/deep/mod.rs", "//! A part.\n", &[]);
}

#[test]
fn a_setting_that_nobody_reads_is_found() {
    let manual = "[store]\n# How many.\nthreads = 2\nlost = 1\n";
    let rule = |sources: &[Source]| usage::unread_settings(manual, sources);
    let config = "struct Store { threads: u32, lost: u32 }\nfn f() { self.store.threads; }\n\
                  #[cfg(test)]\nmod tests { fn g() { it.lost; } }\n";
    check(rule, "src/config.rs", config, &["4: no code reads `store.lost`"]);
    check(rule, "src/load/mod.rs", config, &["3: `store.threads`", "4: `store.lost`"]);
}
