//! strace as a maker of faults: it kills the program at a certain system call, or makes calls fail, short or slow.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::program::{Program, wait_for};

/// How long strace may take to leave a program alone.
const LETS_GO_WITHIN: Duration = Duration::from_secs(2);

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

/// Only calls on the files at `paths` are traced.
pub(crate) fn only_on(paths: &[&Path], options: Vec<String>) -> Vec<String> {
    let plain = |path: &&Path| path.to_str().expect("temporary folders have plain names").to_owned();
    paths.iter().flat_map(|path| ["-P".to_owned(), plain(path)]).chain(options).collect()
}

/// strace on a running server, or some threads of it; dropped, it leaves them alone.
pub(crate) struct Attached {
    strace: Child,
    place: TempDir,
}

impl Attached {
    /// Returns once all threads of that name are traced.
    pub(crate) fn to(program: &Program, thread_name: &str, options: &[String]) -> Self {
        // A thread gives itself its name, once it is its turn.
        wait_for(thread_name, || !threads(program, thread_name).is_empty());
        let threads = threads(program, thread_name);
        let traced: Vec<_> = threads.iter().flat_map(|thread| ["-p", thread]).collect();
        Self::start(&traced, threads.len(), options)
    }

    /// Returns once the whole program is traced; what threads it starts later will be too.
    pub(crate) fn to_all(program: &Program, options: &[String]) -> Self {
        Self::start(&["-f", "-p", &program.pid().to_string()], 1, options)
    }

    fn start(traced: &[&str], attached: usize, options: &[String]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let said = place.path().join("said");
        let strace = Command::new("strace")
            .args(["-e", "signal=none", "-o"])
            .arg(log_in(&place))
            .args(options)
            .args(traced)
            .stdin(Stdio::null())
            .stderr(fs::File::create(&said).unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("strace cannot be run ({error}); ./check installs it"));
        wait_for("strace", || attached <= fs::read_to_string(&said).unwrap().matches(" attached").count());
        Self { strace, place }
    }

    /// The calls seen so far, a line each.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(log_in(&self.place)).unwrap()
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // Asked to end, it lets go of the threads first; one whose program is gone may wait for it for ever.
        Command::new("kill").arg(self.strace.id().to_string()).stderr(Stdio::null()).status().ok();
        let ends = Instant::now() + LETS_GO_WITHIN;
        while Instant::now() < ends && self.strace.try_wait().is_ok_and(|ended| ended.is_none()) {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.strace.kill().ok();
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
