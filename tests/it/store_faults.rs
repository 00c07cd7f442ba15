//! Disks that are full or refuse, and kills in the middle of a write: the store mends itself, collecting never stops.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::program::{Program, Shop, wait_for};
use crate::store_damage::{see, send, store_file, visits};

/// Writes to the file all the time.
const SETTINGS: &[(&str, &str)] = &[("STYK_STORE_FLUSH_ROWS", "100"), ("STYK_STORE_MERGE_RUNS", "2")];

/// Whether this test can run here; says loudly when not.
fn can(name: &str, tool: &str) -> bool {
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let found = Command::new("which").arg(tool).stdout(Stdio::null()).status().unwrap().success();
    if !(root && found) {
        eprintln!("SKIPPED: `{name}` needs root and {tool}");
    }
    root && found
}

/// Interferes with what a running program does to some files; ends when dropped.
struct Strace(Child);

impl Strace {
    fn attach(program: &Program, paths: &[PathBuf], inject: &str) -> Self {
        let process = program.pid().to_string();
        let mut command = Command::new("strace");
        command.args(["-f", "-q", "-p", &process, "-o", "/dev/null", "-e", &format!("inject={inject}")]);
        for path in paths {
            command.arg("-P").arg(path);
        }
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        wait_for("strace", || {
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
            tracer.is_none_or(|number| number.trim() != "0")
        });
        Self(child)
    }
}

impl Drop for Strace {
    fn drop(&mut self) {
        // Lets go of the program first, as it does on Ctrl-C; one whose program is gone may wait for it for ever.
        Command::new("kill").args(["-INT", &self.0.id().to_string()]).status().ok();
        for _ in 0..100 {
            if self.0.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A small file system in memory; gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(path: &Path, size: &str) -> Self {
        fs::create_dir_all(path).unwrap();
        let size = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).status().unwrap();
        assert!(mounted.success());
        Self(path.to_owned())
    }

    /// Leaves so many bytes free.
    fn fill(&self, bytes_left: u64) -> PathBuf {
        let filler = self.0.join("filler");
        let output = Command::new("df").args(["--output=avail", "-B1"]).arg(&self.0).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let free: u64 = text.lines().last().unwrap().trim().parse().unwrap();
        fs::write(&filler, vec![1; usize::try_from(free.saturating_sub(bytes_left)).unwrap()]).unwrap();
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

#[test]
fn a_disk_that_refuses_to_sync_closes_the_store_for_a_while_and_collecting_goes_on() {
    if !can("a disk that refuses to sync", "strace") {
        return;
    }
    let shop = Shop::new();
    let program = shop.start(SETTINGS);
    send(&shop, &program, &visits(0, 300));
    program.wait_until_loaded();
    let file = store_file(shop.data.path());
    let log = file.with_extension("duckdb.wal");
    {
        let _strace = Strace::attach(&program, &[file, log], "fsync,fdatasync:error=EIO");
        send(&shop, &program, &visits(300, 300));
        wait_for("the store to be opened again", || 0 < program.metric("styk_store_reopened_total"));
        // Collecting does not notice.
        send(&shop, &program, &visits(600, 300));
    }
    let seen = see(&shop, &program);
    assert_eq!(seen.row_count(), 1_800);
    assert_eq!(seen.reached(3), 300);
    // A fault of the disk is neither the file's nor an event's.
    assert_eq!(program.metric("styk_store_quarantined_total"), 0);
    assert_eq!(program.metric("styk_load_failed_total"), 0);
    assert_eq!(program.metric("styk_load_loaded_total"), 1_800, "each event is counted once");
    assert_eq!(program.terminate().status.code(), Some(0));
    assert!(see(&shop, &shop.start(SETTINGS)) == seen);
}

#[test]
fn on_a_full_disk_events_stay_in_memory_until_there_is_space() {
    if !can("a full disk", "mount") {
        return;
    }
    let shop = Shop::new();
    let disk = SmallDisk::mount(&shop.data.path().join("store"), "96m");
    let program = shop.start(&[("STYK_STORE_FLUSH_ROWS", "500")]);
    send(&shop, &program, &visits(0, 300));
    program.wait_until_loaded();
    let filler = disk.fill(4 << 20);
    send(&shop, &program, &visits(300, 600));
    program.wait_until_loaded();
    wait_for("the full disk to be noticed", || program.log().contains("new events stay in memory for now"));
    let seen = see(&shop, &program);
    assert_eq!(seen.row_count(), 1_800);
    assert_eq!(program.metric("styk_store_reopened_total"), 0);

    fs::remove_file(filler).unwrap();
    assert_eq!(program.terminate().status.code(), Some(0));
    let program = shop.start(&[]);
    assert!(see(&shop, &program) == seen);
    assert_eq!(program.metric("styk_load_loaded_total"), 0, "all of it is in the file");
    drop(program);
}

#[test]
fn killed_at_any_write_to_the_file_it_opens_with_everything_acknowledged() {
    if !can("killed at any write", "strace") {
        return;
    }
    let shop = Shop::new();
    let mut program = shop.start(SETTINGS);
    let mut acknowledged = HashSet::new();
    let mut visitor = 0;
    for nth in [1, 2, 3, 4, 5, 7, 9, 12, 16, 21, 27, 34] {
        let file = store_file(shop.data.path());
        let log = file.with_extension("duckdb.wal");
        let strace = Strace::attach(&program, &[file, log], &format!("pwrite64:signal=SIGKILL:when={nth}"));
        loop {
            let events = visits(visitor, 60);
            visitor += 60;
            let body = json!({ "site": Shop::SITE, "events": events });
            match program.post("/v1/events", &shop.collect_key, &body) {
                Ok(answer) if answer.status == 202 => {
                    acknowledged.extend(events.iter().map(|event| event["properties"]["note"].to_string()));
                }
                Ok(answer) => panic!("{}: {}", answer.status, answer.text()),
                Err(_) => break,
            }
        }
        program.wait_for_end();
        drop(strace);
        program = shop.start(SETTINGS);
        program.wait_until_loaded();
    }
    let rows = shop.export_rows(&program);
    let ids: HashSet<String> = rows.iter().map(|row| row["event_id"].to_string()).collect();
    assert_eq!(ids.len(), rows.len(), "nothing is there twice");
    let notes = |row: &serde_json::Value| {
        let properties: serde_json::Value = serde_json::from_str(row["properties"].as_str().unwrap()).unwrap();
        properties["note"].to_string()
    };
    let stored: HashSet<String> = rows.iter().map(notes).collect();
    assert_eq!(acknowledged.difference(&stored).count(), 0);
    assert_eq!(program.metric("styk_store_quarantined_total"), 0, "a kill damages no file");
}
