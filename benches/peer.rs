//! The peer's answers: `peer.py` runs ClickHouse's engine in a process of its own.

use std::path::Path;
use std::process::Command;

use styk::store::Store;

/// One question's answer.
pub(crate) struct Theirs {
    pub(crate) name: String,
    pub(crate) cpu_ms: f64,
    pub(crate) found: i64,
}

/// All answers of the peer, filled into `folder` the first time; none where no Python is named.
pub(crate) fn answers(store: &Store, folder: &Path) -> Vec<Theirs> {
    let Some(python) = std::env::var_os("STYK_BENCH_PYTHON") else {
        println!("without the peer: STYK_BENCH_PYTHON names no Python that has chdb");
        return Vec::new();
    };
    let rows = folder.join("rows");
    if !rows.exists() {
        std::fs::create_dir_all(&rows).expect("a folder for the rows");
        super::export(store, &rows);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peer.py");
    let output = Command::new(python).arg(script).arg(folder).stderr(std::process::Stdio::inherit()).output();
    let output = output.expect("Python starts");
    assert!(output.status.success(), "the peer failed");
    let text = String::from_utf8(output.stdout).expect("it says text");
    let (about, answers): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    about.iter().for_each(|line| println!("{}", line.trim_start_matches("# ")));
    answers.into_iter().map(theirs).collect()
}

fn theirs(line: &str) -> Theirs {
    let [name, cpu_ms, found] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
    Theirs {
        name: name.to_owned(),
        cpu_ms: cpu_ms.parse().expect("milliseconds"),
        found: found.parse().expect("a number"),
    }
}
