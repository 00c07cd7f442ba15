//! Ids that follow from what a row says.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// How many different rows are remembered, twice, to tell repeated ones apart; some 70 MB at most.
///
/// A row that is repeated further apart than this many others gets the id of the first one and counts as that.
const ROWS_REMEMBERED: usize = 1_800_000;

/// Gives ids to the rows of one file. The same rows in the same order get the same ids.
pub(super) struct Fingerprints<'a> {
    site: &'a str,
    /// How often each row came, by the first bits of its digest.
    recent: HashMap<u64, u32>,
    /// The same from before `recent` was begun.
    former: HashMap<u64, u32>,
    remembered_max: usize,
}

impl<'a> Fingerprints<'a> {
    pub(super) fn new(site: &'a str) -> Self {
        Self { site, recent: HashMap::new(), former: HashMap::new(), remembered_max: ROWS_REMEMBERED }
    }

    /// The id of the next row that says `text`: of site, text, and how often the same text came before.
    pub(super) fn next_id(&mut self, text: &str) -> Uuid {
        let digest = Sha256::new().chain_update(self.site).chain_update([0]).chain_update(text).finalize();
        let times_before = self.count(u64::from_le_bytes(first_bytes(&digest)));
        let digest = Sha256::new().chain_update(digest).chain_update(times_before.to_le_bytes()).finalize();
        Builder::from_custom_bytes(first_bytes(&digest)).into_uuid()
    }

    fn count(&mut self, row: u64) -> u32 {
        if !self.recent.contains_key(&row) {
            if self.recent.len() == self.remembered_max {
                self.former = std::mem::take(&mut self.recent);
            }
            let known = self.former.get(&row).copied().unwrap_or(0);
            self.recent.insert(row, known);
        }
        let times = self.recent.entry(row).or_default();
        *times += 1;
        *times - 1
    }
}

fn first_bytes<const LENGTH: usize>(digest: &[u8]) -> [u8; LENGTH] {
    digest[..LENGTH].try_into().expect("a digest has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_follows_from_site_text_and_repetition() {
        let mut ids = Fingerprints::new("shop");
        let (first, second, other) = (ids.next_id("a"), ids.next_id("a"), ids.next_id("b"));
        // Written down: another build must give the same ids.
        assert_eq!(first.to_string(), "b5d92569-1536-8622-8475-fa1a70a658b7");
        assert_ne!(first, second);
        assert_ne!(first, other);
        let mut again = Fingerprints::new("shop");
        assert_eq!([again.next_id("a"), again.next_id("a"), again.next_id("b")], [first, second, other]);
        assert_ne!(Fingerprints::new("shop2").next_id("a"), first);
        assert_eq!(first.get_version_num(), 8);
    }

    #[test]
    fn memory_is_bounded_and_near_repetitions_are_told_apart() {
        let mut ids = Fingerprints { remembered_max: 10, ..Fingerprints::new("shop") };
        let first = ids.next_id("a");
        for number in 0..9 {
            ids.next_id(&number.to_string());
        }
        let second = ids.next_id("a");
        for number in 9..18 {
            ids.next_id(&number.to_string());
        }
        let third = ids.next_id("a");
        assert_ne!(first, second);
        assert_ne!(second, third);
        for number in 0..100 {
            ids.next_id(&number.to_string());
            assert!(ids.recent.len() <= 10 && ids.former.len() <= 10);
        }
        assert_eq!(ids.next_id("a"), first, "forgotten, so counted as the first");
    }
}
