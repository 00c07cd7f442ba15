//! strace as a maker of faults: it kills the program at a certain system call, or makes calls fail, short or slow.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::program::{Program, wait_for};

/// Which threads of a program that is started are traced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Threads {
    /// The one that starts and stops everything.
    Main,
    All,
}

/// What to start the server behind, so that the calls it makes are traced with `options` and told in `log`.
pub(super) fn wrapper(threads: Threads, log: &Path, options: &[String]) -> Vec<String> {
    let log = log.to_str().expect("temporary folders have plain names");
    // `-D`: the server is our child, and strace is not between us.
    let mut words: Vec<_> = ["strace", "-D", "-qqq", "-o", log, "-e", "signal=none"].map(str::to_owned).into();
    if threads == Threads::All {
        words.extend(["-f", "--seccomp-bpf"].map(str::to_owned));
    }
    words.extend_from_slice(options);
    words.push("--".to_owned());
    words
}

/// Traces `calls`, separated by commas; `fault`, such as `fdatasync:error=EIO:when=3`, is made.
pub(crate) fn fault(calls: &str, fault: &str) -> Vec<String> {
    ["-e", &format!("trace={calls}"), "-e", &format!("inject={fault}")].map(str::to_owned).into()
}

/// Only calls on the file at `path` are traced.
pub(super) fn only_on(path: &Path, options: Vec<String>) -> Vec<String> {
    let path = path.to_str().expect("temporary folders have plain names").to_owned();
    ["-P".to_owned(), path].into_iter().chain(options).collect()
}

/// strace on some threads of a running server; dropped, it leaves them alone.
pub(crate) struct Attached {
    strace: Child,
    place: TempDir,
}

impl Attached {
    /// Returns once all threads of that name are traced.
    pub(crate) fn to(program: &Program, thread_name: &str, options: &[String]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let said = place.path().join("said");
        // A thread gives itself its name, once it is its turn.
        wait_for(thread_name, || !threads(program, thread_name).is_empty());
        let threads = threads(program, thread_name);
        let strace = Command::new("strace")
            .args(["-e", "signal=none", "-o"])
            .arg(log_in(&place))
            .args(options)
            .args(threads.iter().flat_map(|thread| ["-p", thread]))
            .stdin(Stdio::null())
            .stderr(fs::File::create(&said).unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("strace cannot be run ({error}); ./check installs it"));
        let attached = || fs::read_to_string(&said).unwrap().matches(" attached").count();
        wait_for("strace", || attached() == threads.len());
        Self { strace, place }
    }

    /// The calls seen so far, a line each.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(log_in(&self.place)).unwrap()
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // Asked to end, it lets go of the threads first.
        Command::new("kill").arg(self.strace.id().to_string()).stderr(Stdio::null()).status().ok();
        self.strace.wait().ok();
    }
}

fn log_in(place: &TempDir) -> PathBuf {
    place.path().join("log")
}

/// The numbers of a server's threads of one name.
fn threads(program: &Program, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(format!("/proc/{}/task", program.pid())).unwrap() {
        let entry = entry.unwrap();
        if fs::read_to_string(entry.path().join("comm")).is_ok_and(|comm| comm.trim_end() == name) {
            found.push(entry.file_name().into_string().unwrap());
        }
    }
    found
}
