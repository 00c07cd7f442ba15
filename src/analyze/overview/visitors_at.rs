//! How many visitors were at each value of a place, while visitors go by one after the other.
//!
//! # Why
//! Codes are small numbers: a table of them that remembers the last visitor at each takes a third of the time of a set
//! for every visitor.

use crate::store::{Code, NO_CODE};

/// The visitors at each value of one place.
#[derive(Default)]
pub(super) struct VisitorsAt {
    by_code: Vec<Met>,
    /// The last visitor who was anywhere.
    last: u32,
    nowhere: u64,
}

#[derive(Clone, Copy, Default)]
struct Met {
    visitors: u32,
    /// The last of them.
    last: u32,
}

impl VisitorsAt {
    /// The visitor of this number was there; numbers ascend from 1.
    pub(super) fn add(&mut self, visitor: u32, code: Code) {
        if code == NO_CODE {
            return;
        }
        let place = code as usize;
        if self.by_code.len() <= place {
            self.by_code.resize(place + 1, Met::default());
        }
        let met = &mut self.by_code[place];
        met.visitors += u32::from(met.last != visitor);
        (met.last, self.last) = (visitor, visitor);
    }

    /// The visitor of this number, who was counted, has gone.
    pub(super) fn leave(&mut self, visitor: u32) {
        self.nowhere += u64::from(self.last != visitor);
    }

    /// The values at which anybody was, and how many; [`NO_CODE`] is of those who were at none.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Code, u64)> {
        let met = (0..).zip(&self.by_code).map(|(code, met)| (code, u64::from(met.visitors)));
        met.chain([(NO_CODE, self.nowhere)]).filter(|(_, visitors)| *visitors != 0)
    }
}
