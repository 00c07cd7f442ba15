//! Dice: the few distributions that the simulated shop draws from, always the same for the same seed.

use std::f64::consts::TAU;

use uuid::{Builder, Uuid};

/// A stream of chance. Streams with different numbers do not follow each other.
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    /// The stream `number` of `seed`; `purpose` keeps streams of different uses apart.
    pub(super) fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let mixed = mix(mix(mix(seed) ^ purpose as u64) ^ number);
        Self(fastrand::Rng::with_seed(mixed))
    }

    /// Whether something comes true that does so at this rate (0 to 1).
    pub(super) fn happens(&mut self, rate: f64) -> bool {
        self.unit() < rate
    }

    /// Anything in `0.0..1.0`, all equally likely.
    pub(super) fn unit(&mut self) -> f64 {
        self.0.f64()
    }

    /// One of `choices`, each as likely as its weight says.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[(u32, T)]) -> T {
        let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.0.u32(0..total);
        for &(weight, choice) in choices {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        unreachable!("what is drawn is below the sum of the weights")
    }

    /// One of `choices`, all equally likely.
    pub(super) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.0.usize(0..choices.len())]
    }

    /// A whole number in `0..end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0.u64(0..end)
    }

    /// 1 or more, with this mean; each further one equally likely (geometric). Cut at 40.
    pub(super) fn at_least_one(&mut self, mean: f64) -> u32 {
        let more_rate = 1.0 - 1.0 / mean;
        let mut count = 1;
        while count < 40 && self.happens(more_rate) {
            count += 1;
        }
        count
    }

    /// How long people take: log-normal around `median`, wider with `spread` (sigma of the logarithm).
    pub(super) fn around(&mut self, median: f64, spread: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        median * (spread * radius * (TAU * self.unit()).cos()).exp()
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// A UUID (version 4 in form).
    pub(super) fn uuid(&mut self) -> Uuid {
        Builder::from_random_bytes(self.0.u128(..).to_le_bytes()).into_uuid()
    }
}

/// What a stream of chance decides.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// Who somebody is.
    Person = 1,
    /// What somebody does after arriving.
    Deeds = 2,
    /// When people arrive.
    Arrivals = 3,
}

/// The finaliser of splitmix64: neighbouring numbers become unrelated ones.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_stream_repeats_and_others_differ() {
        let first = |seed, purpose, number| Dice::new(seed, purpose, number).uuid();
        assert_eq!(first(1, Purpose::Deeds, 2), first(1, Purpose::Deeds, 2));
        assert_ne!(first(1, Purpose::Deeds, 2), first(1, Purpose::Deeds, 3));
        assert_ne!(first(1, Purpose::Deeds, 2), first(1, Purpose::Person, 2));
        assert_ne!(first(1, Purpose::Deeds, 2), first(2, Purpose::Deeds, 2));
    }

    #[test]
    fn draws_have_the_promised_middle() {
        let mut dice = Dice::new(7, Purpose::Deeds, 0);
        let below = (0..10_000).filter(|_| dice.around(20.0, 0.8) < 20.0).count();
        assert!((4_800..5_200).contains(&below), "{below} of 10,000 below the median");
        let sum: u32 = (0..10_000).map(|_| dice.at_least_one(3.0)).sum();
        assert!((28_500..31_500).contains(&sum), "{sum} in 10,000 draws of mean 3");
        let heavy = (0..10_000).filter(|_| dice.pick(&[(3, true), (1, false)])).count();
        assert!((7_300..7_700).contains(&heavy), "{heavy} of 10,000 where 3 of 4 were due");
    }
}
