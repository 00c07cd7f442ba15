//! What came of one unit.

use super::row::StepRow;

/// A step, and what the event that filled it carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Counted from 1.
    pub step: u8,
    /// When, in milliseconds since 1970 (UTC).
    pub at_ms: i64,
    /// Code of its value of the breakdown.
    pub breakdown: u32,
    /// Its amount, in minor units of `currency`.
    pub amount_minor: i64,
    /// Code of the currency; [`NO_CURRENCY`](super::NO_CURRENCY) if the event carries no amount.
    pub currency: u32,
}

impl Filled {
    /// `step`, filled by `row`.
    pub(super) fn by(row: &StepRow, step: usize) -> Self {
        Self {
            step: step as u8,
            at_ms: row.at_ms,
            breakdown: row.breakdown,
            amount_minor: row.amount_minor,
            currency: row.currency,
        }
    }
}

/// The attempt that counts, of one unit that entered the funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// Whose attempt it is.
    pub unit: u64,
    /// The filled steps, ascending. Step 1 is always there; the last one is the unit's deepest step.
    pub filled: &'a [Filled],
    /// When the window of the unit's last attempt at that depth closes: the latest start among its
    /// attempts at the deepest step that nothing ended, plus the window. [`i64::MIN`] if all were ended.
    pub open_until_ms: i64,
    /// Whether each of its attempts at that depth was ended by an excluded event.
    pub excluded: bool,
}
