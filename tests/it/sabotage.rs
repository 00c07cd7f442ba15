//! The patches of `tests/sabotage` still fit the source, and name tests that there are. `./check sabotage` runs them.

use std::path::{Path, PathBuf};
use std::process::Command;

fn patches() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sabotage");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut patches: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "patch")).collect();
    patches.sort();
    patches
}

#[test]
fn every_patch_applies_and_names_tests_that_there_are() {
    let listed = Command::new(std::env::current_exe().unwrap()).args(["--list", "--format", "terse"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let tests: Vec<_> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let mut wrong = Vec::new();
    for patch in patches() {
        let name = patch.file_name().unwrap().to_string_lossy().into_owned();
        let git = Command::new("git")
            .args(["apply", "--check"])
            .arg(&patch)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        if !git.status.success() {
            wrong.push(format!("{name} does not apply: {}", String::from_utf8_lossy(&git.stderr)));
        }
        let text = std::fs::read_to_string(&patch).unwrap();
        let red = text.lines().find_map(|line| line.strip_prefix("red: ")).unwrap_or_default();
        let filters: Vec<_> = red.split_whitespace().filter(|word| *word != "full").collect();
        if filters.is_empty() || !filters.iter().all(|filter| tests.iter().any(|test| test.contains(filter))) {
            wrong.push(format!("{name} names no test, or one that is not there: `{red}`"));
        }
    }
    assert!(wrong.is_empty(), "mend the patch, or the test it names:\n{}", wrong.join("\n"));
    assert!(12 <= patches().len());
}
