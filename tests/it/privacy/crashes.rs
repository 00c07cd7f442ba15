//! An erasure that is killed at any of its steps is finished by the next start.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::json;

use super::story::{ANN, BOB, DAYS, EVENTS, Past};
use crate::faults::strace::{Attached, fault};
use crate::faults::{rounds, say};
use crate::program::{Program, wait_for};

/// Points that are tried in `./check`.
const FEW_POINTS: usize = 12;
/// By these a file takes the place of another or goes.
const CALLS: &str = "?rename,?renameat,?renameat2,?unlink,?unlinkat,?rmdir";

/// The same past once more, in a folder of its own.
fn copy(past: &Past) -> Past {
    let copy = past.keys();
    let from = past.data().join(".");
    assert!(Command::new("cp").arg("-a").args([&from, copy.data()]).status().unwrap().success());
    copy
}

fn erased(program: &Program, past: &Past) -> bool {
    let answer = program.try_get("/v1/sites/one/erasures/1", &past.admin);
    answer.is_ok_and(|answer| answer.status == 200 && answer.json()["status"] == "done")
}

/// Asks for Ann's erasure, and has the load's calls told or the program killed at one of them. Gives what was
/// called, and whether the program was killed.
fn erase(past: &Past, options: &[String]) -> (String, bool) {
    let program = past.start();
    let attached = Attached::to(&program, "load", options);
    let answer = program.post("/v1/sites/one/erasures", &past.admin, &json!({ "customer": "zzann-customer" }));
    // The answer may not come any more.
    drop(answer);
    let mut by_itself = false;
    wait_for("the end of the erasure, or of the server", || {
        by_itself = program.try_get("/livez", "").is_err();
        by_itself || erased(&program, past)
    });
    let calls = attached.log();
    drop(attached);
    program.kill9();
    (calls, by_itself)
}

#[test]
fn a_kill_at_any_step_leaves_an_erasure_that_the_next_start_finishes() {
    let past = Past::new();
    past.leave_copies_of_damage();
    let (calls, _) = erase(&copy(&past), &["-e".to_owned(), format!("trace={CALLS}")]);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in calls.lines() {
        let line = line
            .split_once(' ')
            .filter(|(pid, _)| pid.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(line, |(_, rest)| rest);
        if let Some((call, _)) = line.trim_start().split_once('(') {
            *counts.entry(call).or_default() += 1;
        }
    }
    assert!(3 < counts.values().sum::<usize>(), "{calls}");
    let points = counts.iter().flat_map(|(call, count)| (1..=*count).map(move |number| (*call, number)));
    let all: Vec<_> = points.collect();
    let mut killed = 0;
    for &(call, number) in all.iter().step_by(all.len().div_ceil(rounds(FEW_POINTS, all.len()))) {
        let copy = copy(&past);
        let (_, by_itself) = erase(&copy, &fault(call, &format!("{call}:signal=SIGKILL:when={number}")));
        killed += usize::from(by_itself);
        let program = copy.start();
        wait_for("the erasure after a crash", || erased(&program, &copy));
        assert_eq!(copy.places(ANN), [""; 0], "killed at {call} {number}");
        assert_eq!(copy.rows_with(&program, BOB), EVENTS * DAYS as usize, "killed at {call} {number}");
        copy.check(&program, (EVENTS * DAYS as usize) as u64);
        let receipt = program.get("/v1/sites/one/erasures/1", &copy.admin).json();
        for part in ["store_events", "archive_events", "journal_events"] {
            assert_eq!(receipt["removed"][part], EVENTS * DAYS as usize, "{part}, killed at {call} {number}");
        }
    }
    say(&format!("erasure killed at call N: {} points in all, {killed} killed", all.len()));
    assert!(3 < killed, "{killed} of {}", all.len());
}
