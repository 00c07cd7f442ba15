//! What ends attempts before their windows close: excluded events, and in order `strict` every other event.

use super::order::Order;
use super::plan::STEPS_MAX;
use super::row::EventRow;
use super::ties::steps_of;

/// How an attempt ended, or all of one unit's at its deepest step: then the greatest of them, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// An excluded event ended it.
    Excluded,
    /// Another event came between.
    Interrupted,
    /// Nothing ended it before its window closed, or closes, then.
    Closes(i64),
}

/// Something that ends attempts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Break {
    /// Where it stands: places before it are its past.
    pub(super) place: i64,
    pub(super) at_ms: i64,
    /// How those end whose windows are still open.
    pub(super) end: End,
}

/// All breaks of one unit.
#[derive(Debug)]
pub(super) struct Breaks {
    order: Order,
    /// At k-1: the excluded events that end an attempt whose last filled step is k. In order `any`, all at step 1.
    excluded: [Vec<Break>; STEPS_MAX],
    /// In order `strict`: all events that are not passive.
    others: Vec<Break>,
    /// Whether there are any.
    any: bool,
}

impl Breaks {
    pub(super) fn new(order: Order) -> Self {
        Self { order, excluded: Default::default(), others: Vec::new(), any: false }
    }

    /// Takes the events of a unit in the place of those of another.
    pub(super) fn read(&mut self, rows: &[EventRow], places: &[i64]) {
        if std::mem::take(&mut self.any) {
            self.excluded.iter_mut().chain([&mut self.others]).for_each(Vec::clear);
        }
        for (row, &place) in rows.iter().zip(places) {
            let found = |end| Break { place, at_ms: row.step.at_ms, end };
            self.any |= row.ends != 0 || self.order == Order::Strict && !row.passive;
            for step in steps_of(if self.order == Order::Any { u32::from(row.ends != 0) } else { row.ends }) {
                self.excluded[step - 1].push(found(End::Excluded));
            }
            if self.order == Order::Strict && !row.passive {
                self.others.push(found(End::Interrupted));
            }
        }
    }

    /// The first break after `place` of an attempt whose last filled step is `step`.
    pub(super) fn first_after(&self, place: i64, step: usize) -> Option<Break> {
        let first = |breaks: &[Break]| breaks.get(breaks.partition_point(|it| it.place <= place)).copied();
        match (first(&self.excluded[step - 1]), first(&self.others)) {
            // An event that is both is an exclusion.
            (Some(excluded), Some(other)) if other.place < excluded.place => Some(other),
            (excluded, other) => excluded.or(other),
        }
    }

    /// [`Self::first_after`] for order `any`, where an exclusion holds during the whole attempt.
    pub(super) fn first_after_any(&self, place: i64) -> Option<Break> {
        self.first_after(place, 1)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        !self.any
    }
}
