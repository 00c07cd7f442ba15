//! Sets of sequences, small enough to compare all that is stored with all that is archived.

use std::ops::Range;

/// A set of sequences below a bound: a bit each, 12 MiB for a hundred million.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequences {
    words: Vec<u64>,
}

impl Sequences {
    /// The set of all sequences in these ranges.
    pub fn of(ranges: &[Range<u64>]) -> Self {
        let mut set = Self::default();
        ranges.iter().for_each(|range| range.clone().for_each(|sequence| set.insert(sequence)));
        set
    }

    /// Adds one.
    pub fn insert(&mut self, sequence: u64) {
        let word = usize::try_from(sequence / 64).expect("a set of what fits a disk");
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (sequence % 64);
    }

    /// Those that are not in `other`.
    pub fn without(&self, other: &Self) -> Self {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        Self { words: self.words.iter().zip(others).map(|(word, other)| word & !other).collect() }
    }

    /// Those below `bound`.
    pub fn below(&self, bound: u64) -> Self {
        let whole = usize::try_from(bound / 64).unwrap_or(usize::MAX);
        let mut words: Vec<u64> = self.words.iter().copied().take(whole.saturating_add(1)).collect();
        if let Some(last) = words.get_mut(whole) {
            *last &= (1 << (bound % 64)) - 1;
        }
        Self { words }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The same set as ranges, in order, with gaps between them.
    pub fn ranges(&self) -> Vec<Range<u64>> {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for (number, word) in (0_u64..).zip(&self.words).filter(|(_, word)| **word != 0) {
            for bit in (0..64).filter(|bit| word >> bit & 1 == 1) {
                let sequence = number * 64 + bit;
                match ranges.last_mut() {
                    Some(last) if last.end == sequence => last.end += 1,
                    _ => ranges.push(sequence..sequence + 1),
                }
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_comes_back_as_its_ranges() {
        let set = Sequences::of(&[0..3, 60..130, 1_000..1_001]);
        assert_eq!((set.count(), set.ranges()), (74, vec![0..3, 60..130, 1_000..1_001]));
        assert_eq!(set.without(&Sequences::of(&[1..64, 129..5_000])).ranges(), [0..1, 64..129]);
        assert_eq!(set.below(62).ranges(), [0..3, 60..62]);
        assert_eq!(set.below(64).ranges(), [0..3, 60..64]);
        assert_eq!(set.below(9_000), set);
        assert_eq!(Sequences::default().ranges(), []);
    }
}
