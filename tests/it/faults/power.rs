//! Power cuts: the file system forgets what was not synced, at random moments under traffic.
//!
//! The program is frozen a moment before its disk is cut: without power nothing runs on and nobody is answered. What a
//! program makes of a disk that dies while it lives is another test (`disks`).

use super::kills::Totals;
use super::mount::{Mount, can_mount};
use super::traffic::{Compared, Drill};
use super::{SETTINGS, Starts, rounds, stop};

const SEED: u64 = 20_261_125;
const ROUNDS_A_DISK: usize = 10;
const DISK_MIB: u32 = 160;

#[test]
fn a_power_cut_at_any_moment_loses_nothing_and_doubles_nothing() {
    if !can_mount("power cuts") {
        return;
    }
    let rounds = rounds(5, 100);
    let mut random = fastrand::Rng::with_seed(SEED);
    let (mut starts, mut done) = (Starts::default(), Totals::default());
    while done.rounds < rounds {
        let place = tempfile::tempdir().unwrap();
        let disk = Mount::ext4(DISK_MIB, place.path());
        let mut drill = Drill::new_in(disk.path(), random.u64(..1 << 60));
        let mut program = drill.shop.start(SETTINGS);
        let mut compared = Compared::default();
        for _ in 0..ROUNDS_A_DISK.min(rounds - done.rounds) {
            drill.send_while_at(&program.base_url(), |traffic| {
                traffic.wait_for_a_moment(&mut random);
                program.freeze();
                disk.cut_power();
                program.kill9()
            });
            disk.mount_again();
            program = starts.start(&drill.shop);
            compared = drill.check(&program);
            done.rounds += 1;
        }
        done.add(compared);
        stop(program);
    }
    done.tell("power cut");
    starts.tell("power cut");
}
