//! The best path to each step, of one unit: all that the matcher remembers between two times.

use std::cmp::Ordering;

use super::outcome::Filled;
use super::plan::STEPS_MAX;

/// A way to reach a step now: a path to an earlier step, lengthened by rows of the present time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// The step whose path is lengthened; 0 for an attempt that opens now. The reached step itself
    /// stands for the path that is already there.
    pub(super) from: usize,
    /// When step 1 was filled.
    pub(super) start_ms: i64,
    /// The set of optional steps that are filled.
    pub(super) optional: u32,
}

/// What the comparison needs of a path; its steps lie in [`Paths::filled`].
#[derive(Clone, Copy, Debug)]
struct Head {
    start_ms: i64,
    optional: u32,
    len: usize,
}

const NO_HEAD: Head = Head { start_ms: 0, optional: 0, len: 0 };
const NOT_FILLED: Filled = Filled { step: 0, at_ms: 0, breakdown: 0, amount_minor: 0, currency: 0 };

/// The best path that ends at each step, by rules 3 to 6 of [`matcher`](super::matcher).
///
/// Step 0 is where attempts open: its path is empty, always there, and starts at the present time.
#[derive(Debug)]
pub(super) struct Paths {
    steps: usize,
    /// Bit k: there is a path to step k.
    reached: u32,
    heads: [Head; STEPS_MAX + 1],
    /// The step whose first path was saved when a later one replaced it or it was lost, and that path's length.
    saved: (usize, usize),
    /// `steps` places for each step, so that a path can be copied but never has to be allocated. The places of step 0
    /// hold the saved path.
    filled: Vec<Filled>,
}

impl Paths {
    pub(super) fn new(steps: usize) -> Self {
        Self {
            steps,
            reached: 1,
            heads: [NO_HEAD; STEPS_MAX + 1],
            saved: (0, 0),
            filled: vec![NOT_FILLED; (steps + 1) * steps],
        }
    }

    /// Forgets every path.
    pub(super) fn clear(&mut self) {
        self.reached = 1;
        self.saved = (0, 0);
    }

    /// Says what the present time is. It may not lie before an earlier one.
    pub(super) fn open_at(&mut self, at_ms: i64) {
        self.heads[0].start_ms = at_ms;
    }

    /// The deepest step that a path reached; 0 if there was none.
    pub(super) fn deepest(&self) -> usize {
        // A path that was lost there was saved.
        (self.reached.ilog2() as usize).max(self.saved.0)
    }

    /// The set of steps that a path reaches.
    pub(super) fn reached(&self) -> u32 {
        self.reached >> 1
    }

    /// The set of steps that stand directly behind a reached one.
    pub(super) fn next_steps(&self) -> u32 {
        // Bit k of `reached` is step k; bit k of a set is step k + 1.
        self.reached
    }

    /// The path to `step`.
    pub(super) fn path(&self, step: usize) -> &[Filled] {
        let first = step * self.steps;
        &self.filled[first..first + self.heads[step].len]
    }

    /// The path that reached the deepest step first; empty if no step is reached.
    pub(super) fn first_to_deepest(&self) -> &[Filled] {
        match self.saved {
            (step, len) if step == self.deepest() => &self.filled[..len],
            _ => self.path(self.deepest()),
        }
    }

    /// When the path to `step` started.
    pub(super) fn start_ms(&self, step: usize) -> i64 {
        self.heads[step].start_ms
    }

    /// The set of optional steps that the path to `step` fills.
    pub(super) fn optional(&self, step: usize) -> u32 {
        self.heads[step].optional
    }

    /// The steps from `first` to before `end` that a path reaches, ascending. Step 0 always is reached.
    pub(super) fn reached_between(&self, first: usize, end: usize) -> impl Iterator<Item = usize> + use<> {
        let mut rest = self.reached & ((1 << end) - (1 << first));
        std::iter::from_fn(move || {
            let step = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            (step < u32::BITS).then_some(step as usize)
        })
    }

    /// When the path to `step` started, if its window is still open.
    pub(super) fn start_within(&self, window_ms: i64, step: usize) -> Option<i64> {
        let start_ms = self.heads[step].start_ms;
        let age_ms = self.heads[0].start_ms.saturating_sub(start_ms);
        (age_ms <= window_ms).then_some(start_ms)
    }

    /// The path that already ends at `step`, as a way to get there.
    pub(super) fn standing(&self, step: usize) -> Option<Way> {
        let Head { start_ms, optional, .. } = self.heads[step];
        (self.reached >> step & 1 == 1).then_some(Way { from: step, start_ms, optional })
    }

    /// Whether `left` is a better way to the same step than `right`, by rules 3 to 5.
    ///
    /// Rule 6 cannot differ: two ways with equal times lengthen the same path, which holds the best rows.
    pub(super) fn prefers(&self, left: &Way, right: &Way) -> bool {
        let optionals = |way: &Way| way.optional.count_ones();
        match left.start_ms.cmp(&right.start_ms).then_with(|| optionals(left).cmp(&optionals(right))) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal if left.optional == right.optional => self.is_earlier(left, right),
            Ordering::Equal => {
                let lowest_difference = (left.optional ^ right.optional).trailing_zeros();
                left.optional >> lowest_difference & 1 == 1
            }
        }
    }

    /// Whether the times of `left` come first. Both fill the same steps; behind its path, each has the present time.
    fn is_earlier(&self, left: &Way, right: &Way) -> bool {
        let now_ms = self.heads[0].start_ms;
        let longer = self.heads[left.from].len.max(self.heads[right.from].len);
        let times = |way: &Way| {
            let known = self.path(way.from).iter().map(|filled| filled.at_ms);
            known.chain(std::iter::repeat(now_ms)).take(longer)
        };
        times(left).lt(times(right))
    }

    /// Makes `way`, with the steps `added` to its path, the path to `step`.
    pub(super) fn lengthen(&mut self, way: Way, step: usize, added: impl IntoIterator<Item = Filled>) {
        self.save(step);
        let known = self.heads[way.from].len;
        let (source, target) = (way.from * self.steps, step * self.steps);
        if known != 0 {
            self.filled.copy_within(source..source + known, target);
        }
        let mut len = known;
        for filled in added {
            self.filled[target + len] = filled;
            len += 1;
        }
        self.heads[step] = Head { start_ms: way.start_ms, optional: way.optional, len };
        self.reached |= 1 << step;
    }

    /// Forgets the path to `step`, if there is one.
    pub(super) fn lose(&mut self, step: usize) {
        self.save(step);
        self.reached &= !(1 << step);
    }

    /// Saves the path to `step` before it goes, if it is the first to the deepest step.
    fn save(&mut self, step: usize) {
        if step == self.deepest() && step != self.saved.0 {
            let first = self.heads[step].len;
            self.filled.copy_within(step * self.steps..step * self.steps + first, 0);
            self.saved = (step, first);
        }
    }
}
