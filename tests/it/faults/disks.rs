//! Real disks: one that breaks, one that gets full and has room again, and a slow one.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::mount::{Mount, can_mount};
use super::strace::{Threads, fault, wrapper};
use super::traffic::{Drill, EVENT};
use super::{SETTINGS, launch, rounds, say, stop};
use crate::metrics::metric;
use crate::program::{Program, Shop, wait_for};

const DISK_FULL: &str = r#"styk_events_shed_total{reason="disk_full"}"#;
const MIB: u64 = 1 << 20;

fn free_bytes(place: &Path) -> u64 {
    let space = rustix::fs::statvfs(place).unwrap();
    space.f_bavail * space.f_frsize
}

/// A file `ballast` that takes all but `left_bytes` of the disk that it lies on.
pub(crate) fn ballast(place: &Path, left_bytes: u64) {
    let bytes = free_bytes(place).saturating_sub(left_bytes);
    let written = fs::write(place.join("ballast"), vec![1; usize::try_from(bytes).unwrap()]);
    // Somebody else may have taken a part of it meanwhile: then it is full sooner.
    assert!(written.is_ok() || free_bytes(place) == 0, "{written:?}");
}

/// A file that takes all there is left of the disk that it lies on.
fn fill(place: &Path) {
    let mut file = fs::File::create(place.join("ballast")).unwrap();
    let full = loop {
        if let Err(error) = file.write_all(&[1; 4096]) {
            break error;
        }
    };
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
}

/// Whether it has ended, and waits to be asked how.
fn has_ended(program: &Program) -> bool {
    fs::read_to_string(format!("/proc/{}/stat", program.pid())).is_ok_and(|stat| stat.contains(") Z "))
}

/// The image of the disk lies on another that has no room for it: what cannot be written is refused (see `mount`). Where
/// that hits a record the program ends; where it hits the zeros ahead of the records it waits for better days.
#[test]
fn a_disk_that_breaks_ends_the_program_or_is_refused_for_and_loses_nothing() {
    if !can_mount("a disk that breaks") {
        return;
    }
    let mut random = fastrand::Rng::with_seed(21);
    for _ in 0..rounds(2, 50) {
        let (seed, left_kib) = (random.u64(..1 << 60), random.u64(512..8_192));
        break_a_disk(seed, left_kib << 10);
    }
}

/// Its disk breaks when `left_bytes` more are written.
fn break_a_disk(seed: u64, left_bytes: u64) {
    let below = Mount::tmpfs(96);
    let disk = Mount::ext4(200, below.path());
    let mut drill = Drill::new_in(disk.path(), seed);
    let program = drill.shop.start(SETTINGS);
    ballast(below.path(), left_bytes);
    let mut waits = false;
    let end = drill.send_while_at(&program.base_url(), |_| {
        wait_for("the disk to break", || {
            waits = program.try_get("/metrics", "").is_ok_and(|page| 20 < metric(&page.text(), DISK_FULL));
            waits || has_ended(&program)
        });
        program.kill9()
    });
    // Where DuckDB meets the broken disk first and cannot undo what it began, it aborts the program on the spot.
    let aborted = end.status.signal() == Some(6) && end.log.contains("duckdb::IOException");
    let ended = end.status.code() == Some(70) && end.log.contains("the disk refused a write");
    assert!(aborted || ended || waits, "{}\n{}", end.status, end.log);

    fs::remove_file(below.path().join("ballast")).unwrap();
    disk.mount_again();
    // The store may not open again; then it is built anew from the journal.
    let program = drill.shop.start(SETTINGS);
    let compared = drill.check(&program);
    drill.send_while(&program, |traffic| wait_for("traffic", || 1_000 <= traffic.acknowledged()));
    drill.check(&program);
    stop(program);
    say(&format!(
        "a disk that breaks: {}, {} events acknowledged before it, 0 lost",
        end.status, compared.acknowledged
    ));
}

#[test]
pub(crate) fn a_full_disk_refuses_events_early_answers_questions_and_resumes_alone() {
    if !can_mount("a full disk") {
        return;
    }
    let disk = Mount::tmpfs(112);
    let mut drill = Drill::new_in(disk.path(), 22);
    let settings = [("STYK_JOURNAL_FREE_MIB_MIN", "80")];
    let program = launch(&drill.shop, &[], &settings).wait().unwrap_or_else(|end| panic!("{}", end.log));
    drill.send_while(&program, |traffic| {
        wait_for("a full disk", || 20 < traffic.turned_away());
        let refused = program.metric(DISK_FULL);
        assert!(0 < refused);
        let free = free_bytes(disk.path());
        assert!(8 * MIB < free, "{free} bytes are left");
        check_questions(&drill_questions(&program));
    });
    // What is accepted by now is loaded with the room that was kept for that. With none at all it would wait in the
    // journal as soon as memory holds its share, and how much there is depends on how fast events came.
    program.wait_until_loaded();
    // Others take the rest of it.
    fill(disk.path());
    assert_eq!(free_bytes(disk.path()), 0);
    drill.send_while(&program, |traffic| {
        let enough = traffic.turned_away() + 200;
        wait_for("more to be turned away", || enough < traffic.turned_away());
        check_questions(&drill_questions(&program));
    });
    program.wait_until_loaded();
    let before = drill.acknowledged();
    // A question needs no room. An export does, and says so.
    assert!(before as u64 <= drill.shop.visitors_with(&program, EVENT));
    let path = format!("/v1/sites/{}/export/events?format=csv", Shop::SITE);
    let export = program.get(&path, &drill.shop.read_key);
    assert_eq!((export.status, &export.json()["error"]["code"]), (503, &"disk_full".into()), "{}", export.text());
    assert!(export.retry_after.is_some());

    fs::remove_file(disk.path().join("ballast")).unwrap();
    disk.resize(224);
    drill.send_while(&program, |traffic| wait_for("room again", || 2_000 <= traffic.acknowledged()));
    drill.check(&program);
    assert_eq!(program.metric("styk_store_quarantined_total"), 0, "a full disk is not the file's fault");
    assert_eq!(program.terminate().status.code(), Some(0));
    let program = drill.shop.start(&settings);
    let after = drill.check(&program);
    say(&format!("a full disk: {} events before, {} after, 0 lost, no restart", before, after.acknowledged - before));
}

/// What monitors and people see.
fn drill_questions(program: &Program) -> Vec<(&'static str, u16)> {
    ["/livez", "/readyz", "/metrics", "/"].map(|path| (path, program.get(path, "").status)).into()
}

#[track_caller]
fn check_questions(answers: &[(&str, u16)]) {
    for (path, status) in answers {
        assert_eq!(*status, 200, "{path}");
    }
}

#[test]
fn on_a_slow_disk_most_are_sent_away_and_memory_stays_where_it_is() {
    let mut drill = Drill::with_senders(&std::env::temp_dir(), 23, 24);
    let place = tempfile::tempdir().unwrap();
    let slow = fault("fdatasync", "fdatasync:delay_enter=250000");
    let wrapper = wrapper(Threads::All, &place.path().join("log"), &slow);
    let settings = [("STYK_JOURNAL_QUEUE_RECORDS_MAX", "8")];
    let program = launch(&drill.shop, &wrapper, &settings).wait().unwrap_or_else(|end| panic!("{}", end.log));
    let mut resident = Vec::new();
    drill.send_while(&program, |traffic| {
        wait_for("the queue to be full", || 100 < traffic.turned_away());
        while resident.len() < 20 || traffic.acknowledged() < 2_000 {
            resident.push(program.resident_kib() / 1024);
            thread::sleep(Duration::from_millis(100));
        }
    });
    assert!(0 < program.metric(r#"styk_events_shed_total{reason="busy"}"#));
    let compared = drill.check(&program);
    let (first, most) = (resident[0], *resident.iter().max().unwrap());
    say(&format!(
        "a slow disk: {} events acknowledged, 0 lost, resident {first} MiB at first and {most} MiB at most",
        compared.acknowledged
    ));
    assert!(most < first + 150, "{resident:?}");
    stop(program);
    assert_eq!(
        drill.shop.visitors_with(&drill.shop.start(SETTINGS), EVENT),
        (compared.acknowledged + compared.unheard) as u64
    );
}
