//! The program killed, or told to stop, at random moments under traffic.

use std::thread;
use std::time::Duration;

use super::traffic::{Compared, Drill};
use super::{SETTINGS, Starts, check_log, launch, rounds, say, stop};

const SEED: u64 = 20_261_122;
/// A shop is given up after so many rounds: comparing all of its events takes longer each time.
const ROUNDS_A_SHOP: usize = 10;

#[test]
fn kill_9_at_any_moment_loses_nothing_and_doubles_nothing() {
    let rounds = rounds(40, 500);
    let mut random = fastrand::Rng::with_seed(SEED);
    let (mut starts, mut done) = (Starts::default(), Totals::default());
    while done.rounds < rounds {
        let mut drill = Drill::new_in(&std::env::temp_dir(), random.u64(..1 << 60));
        let mut program = drill.shop.start(SETTINGS);
        let mut compared = Compared::default();
        for _ in 0..ROUNDS_A_SHOP.min(rounds - done.rounds) {
            let end = drill.send_while_at(&program.base_url(), |traffic| {
                traffic.wait_for_a_moment(&mut random);
                program.kill9()
            });
            check_log(&end);
            // Some starts do not come to their end either.
            while random.u8(..) < 48 {
                let launch = launch(&drill.shop, &[], &[]);
                thread::sleep(Duration::from_micros(random.u64(..300_000)));
                check_log(&launch.kill9());
            }
            program = starts.start(&drill.shop);
            compared = drill.check(&program);
            done.rounds += 1;
        }
        done.add(compared);
        stop(program);
        drill.check(&starts.start(&drill.shop));
    }
    done.tell("SIGKILL");
    starts.tell("SIGKILL");
}

#[test]
fn a_stop_under_traffic_is_clean_and_loses_nothing() {
    let rounds = rounds(4, 50);
    let mut random = fastrand::Rng::with_seed(SEED + 1_000);
    let (mut starts, mut done) = (Starts::default(), Totals::default());
    while done.rounds < rounds {
        let mut drill = Drill::new_in(&std::env::temp_dir(), random.u64(..1 << 60));
        let mut program = drill.shop.start(SETTINGS);
        let mut compared = Compared::default();
        for _ in 0..ROUNDS_A_SHOP.min(rounds - done.rounds) {
            drill.send_while_at(&program.base_url(), |traffic| {
                traffic.wait_for_a_moment(&mut random);
                stop(program);
            });
            program = starts.start(&drill.shop);
            compared = drill.check(&program);
            done.rounds += 1;
        }
        done.add(compared);
    }
    done.tell("SIGTERM");
    starts.tell("SIGTERM");
}

/// What all rounds come to.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) rounds: usize,
    compared: Compared,
}

impl Totals {
    pub(super) fn add(&mut self, compared: Compared) {
        self.compared.acknowledged += compared.acknowledged;
        self.compared.unheard += compared.unheard;
    }

    /// Says so; a test that lost something never comes here.
    pub(super) fn tell(&self, fault: &str) {
        let Compared { acknowledged, unheard } = self.compared;
        let rounds = self.rounds;
        say(&format!(
            "{fault}: {rounds} rounds, {acknowledged} events acknowledged, 0 lost, 0 doubled, {unheard} more stored unheard"
        ));
    }
}
