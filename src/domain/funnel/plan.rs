//! How a funnel is to be filled, and sets of its steps.

use super::order::Order;

/// Steps a funnel has at most.
pub(super) const STEPS_MAX: usize = 20;

/// Which steps may be skipped, how their events follow each other, and how long an attempt lives.
///
/// Holds 2 to 20 steps, the first and the last of them required, and a window of at least 1 ms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    steps: usize,
    optional: u32,
    window_ms: i64,
    order: Order,
}

impl Plan {
    /// `optional[k - 1]` says whether step k may be skipped. None if the promise of [`Plan`] does not hold.
    /// The order is `sequential`.
    pub fn new(optional: Vec<bool>, window_ms: i64) -> Option<Self> {
        let [false, ref middle @ .., false] = optional[..] else {
            return None;
        };
        if STEPS_MAX < optional.len() || window_ms < 1 {
            return None;
        }
        let optional_steps = (2..).zip(middle).filter(|(_, optional)| **optional);
        Some(Self {
            steps: optional.len(),
            optional: optional_steps.fold(0, |set, (step, _)| set | bit(step)),
            window_ms,
            order: Order::Sequential,
        })
    }

    /// The same plan with events in another order.
    #[must_use]
    pub fn in_order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// How the events of an attempt follow each other.
    pub fn order(&self) -> Order {
        self.order
    }

    /// How many steps there are, optional ones included.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// How long an attempt lives, in milliseconds.
    pub fn window_ms(&self) -> i64 {
        self.window_ms
    }

    /// The nearest required step before `step`; 0 for step 1.
    pub fn base_of(&self, step: usize) -> usize {
        highest(!self.optional & (bit(step) - 1))
    }

    /// The set of optional steps.
    pub(super) fn optional(&self) -> u32 {
        self.optional
    }

    /// The set of all steps.
    pub(super) fn all(&self) -> u32 {
        bit(self.steps + 1) - 1
    }

    /// The steps that an attempt fills at least to reach `step`.
    pub(super) fn needed(&self, step: usize) -> u32 {
        (bit(step) - 1) & !self.optional | bit(step)
    }
}

/// Step `step` as a set of steps. Sets of steps have bit k-1 for step k.
pub(super) fn bit(step: usize) -> u32 {
    1 << (step - 1)
}

/// The highest step of a set; 0 if it is empty.
pub(super) fn highest(set: u32) -> usize {
    (u32::BITS - set.leading_zeros()) as usize
}
