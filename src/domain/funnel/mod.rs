//! Funnels: ordered steps with a conversion window, and who gets how far.
//!
//! **Promise.** One definition of every number, the one of SEMANTICS ("Funnel"); a [`Funnel`] that exists is
//! a funnel that can be asked.
//!
//! **Shape.** [`Funnel`] says what is asked. [`Matcher`] takes one visitor's step rows after the other, in
//! one pass, and gives the attempt that counts; [`RefinedMatcher`] does so for orders `strict` and `any`, exclusions and
//! held values, and costs more. [`Tally`] adds the outcomes up.
//!
//! **Never.** No SQL, no clock: the rows come sorted from `analyze`, the high-water mark is an argument.
//!
//! **To change a rule**, change the exhaustive search in `tests/it/reference.rs` first, see the property
//! test fail, then change the matcher.

mod any;
mod breaks;
mod durations;
mod found;
mod matcher;
mod order;
mod outcome;
mod paths;
mod plan;
mod refined;
mod refinements;
mod row;
mod runs;
mod tally;
mod ties;

pub use durations::{Bin, Durations};
pub use matcher::Matcher;
pub use order::{Order, PASSIVE_EVENTS, PASSIVE_PREFIX};
pub use outcome::{Filled, Outcome};
pub use plan::Plan;
pub use refined::RefinedMatcher;
pub use refinements::{BadExclusion, BadHold, Exclusion, Hold};
pub use row::{EventRow, NO_CURRENCY, NOT_HELD, StepRow};
pub use tally::{Standing, StepTally, Tally, conversion_rate, drop_off_rate, step_rate};

use super::filter::Filter;
use super::name::{EventName, Label};
use super::touchpoint::Stage;

/// What fills a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// An event of this name.
    Event(EventName),
    /// Any event at this touchpoint.
    Touchpoint(Label),
    /// Any event in this stage.
    Stage(Stage),
    /// Any event on a page whose path fits this pattern; `*` stands for any characters.
    Page(Label),
}

/// Whether a step may be skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Without it nobody gets further.
    Required,
    /// May be skipped.
    Optional,
}

/// One position in a funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What fills it.
    pub target: Target,
    /// What else must be true of the event.
    pub filters: Vec<Filter>,
    /// How reports call it.
    pub label: String,
    /// Whether it may be skipped.
    pub presence: Presence,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Browsers.
    Visitor,
    /// People the shop knows; visitors without a customer are left out.
    Customer,
    /// All steps inside one session.
    Session,
}

impl Unit {
    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Customer => "customer",
            Self::Session => "session",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Visitor, Self::Customer, Self::Session].into_iter().find(|unit| unit.as_str() == text)
    }
}

/// Which step events the funnel's own filter acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterScope {
    /// On step 1 alone, so that a breakdown's rows add up to the total.
    Entry,
    /// On the events of every step.
    EveryStep,
}

impl FilterScope {
    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::EveryStep => "every_step",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Entry, Self::EveryStep].into_iter().find(|scope| scope.as_str() == text)
    }
}

/// A funnel that can be asked. Invariants: 2 to 20 steps, the first and the last required, window 1 s to 366 days.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    steps: Vec<Step>,
    window_seconds: u32,
    unit: Unit,
    filters: Vec<Filter>,
    filter_scope: FilterScope,
    order: Order,
    exclusions: Vec<Exclusion>,
    hold: Hold,
}

/// Why a funnel was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFunnel {
    /// Fewer than two steps, or more than twenty.
    #[error("a funnel has 2 to 20 steps; this one has {0}")]
    Steps(usize),
    /// Window out of range.
    #[error("the window is 1 second to 366 days (31622400 seconds)")]
    Window,
    /// The first or the last step is optional.
    #[error("the first and the last step cannot be optional")]
    OptionalEnd,
}

impl Funnel {
    /// The fewest steps.
    pub const STEPS_MIN: usize = 2;
    /// The most steps.
    pub const STEPS_MAX: usize = 20;
    /// The longest window: 366 days.
    pub const WINDOW_SECONDS_MAX: u32 = 366 * 86_400;
    /// The window where none is asked for: 7 days.
    pub const WINDOW_SECONDS_DEFAULT: u32 = 7 * 86_400;

    /// A funnel over `steps` in order `sequential`, without filters of its own.
    ///
    /// # Errors
    /// [`BadFunnel`], when an invariant does not hold.
    pub fn new(steps: Vec<Step>, window_seconds: u32, unit: Unit) -> Result<Self, BadFunnel> {
        if !(Self::STEPS_MIN..=Self::STEPS_MAX).contains(&steps.len()) {
            return Err(BadFunnel::Steps(steps.len()));
        }
        if !(1..=Self::WINDOW_SECONDS_MAX).contains(&window_seconds) {
            return Err(BadFunnel::Window);
        }
        let ends = [&steps[0], &steps[steps.len() - 1]];
        if ends.iter().any(|step| step.presence == Presence::Optional) {
            return Err(BadFunnel::OptionalEnd);
        }
        Ok(Self {
            steps,
            window_seconds,
            unit,
            filters: Vec::new(),
            filter_scope: FilterScope::Entry,
            order: Order::Sequential,
            exclusions: Vec::new(),
            hold: Hold::default(),
        })
    }

    /// The same funnel with filters of its own.
    #[must_use]
    pub fn filtered(self, filters: Vec<Filter>, filter_scope: FilterScope) -> Self {
        Self { filters, filter_scope, ..self }
    }

    /// The same funnel with events in another order. Exclusions come after it.
    #[must_use]
    pub fn in_order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// The same funnel with one exclusion more.
    ///
    /// # Errors
    /// [`BadExclusion`], when it does not fit the funnel's order and steps.
    pub fn excluding(mut self, exclusion: Exclusion) -> Result<Self, BadExclusion> {
        if self.exclusions.len() == Exclusion::MAX {
            return Err(BadExclusion::TooMany);
        }
        let named = exclusion.after_step.or(exclusion.before_step);
        if self.order == Order::Any && named.is_some() {
            return Err(BadExclusion::RangeInAnyOrder);
        }
        let (after, before) = exclusion.range(self.steps.len());
        if !(1..before).contains(&after) || self.steps.len() < before {
            return Err(BadExclusion::InsideOut(self.steps.len()));
        }
        let same = |step: &&Step| {
            let all = exclusion.filters.is_empty() || exclusion.filters == step.filters;
            all && exclusion.target == step.target
        };
        if let Some(index) = self.steps[after - 1..before].iter().position(|step| same(&step)) {
            return Err(BadExclusion::IsStep(after + index));
        }
        self.exclusions.push(exclusion);
        Ok(self)
    }

    /// The same funnel, all events of an attempt alike in these fields.
    #[must_use]
    pub fn holding(self, hold: Hold) -> Self {
        Self { hold, ..self }
    }

    /// The steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The conversion window.
    pub fn window_seconds(&self) -> u32 {
        self.window_seconds
    }

    /// What is counted.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The funnel's own filters.
    pub fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// What the filters act on.
    pub fn filter_scope(&self) -> FilterScope {
        self.filter_scope
    }

    /// How the events of an attempt follow each other.
    pub fn order(&self) -> Order {
        self.order
    }

    /// What ends an attempt.
    pub fn exclusions(&self) -> &[Exclusion] {
        &self.exclusions
    }

    /// Bit k-1: `exclusion` ends an attempt whose last filled step is k.
    pub fn ends(&self, exclusion: &Exclusion) -> u32 {
        let (after, before) = exclusion.range(self.steps.len());
        (after..before).fold(0, |set, step| set | plan::bit(step))
    }

    /// What all events of an attempt have in common.
    pub fn hold(&self) -> &Hold {
        &self.hold
    }

    /// Whether it takes a [`RefinedMatcher`].
    pub fn is_refined(&self) -> bool {
        self.order != Order::Sequential || !self.exclusions.is_empty() || !self.hold.fields().is_empty()
    }

    /// What the matcher needs to know.
    pub fn plan(&self) -> Plan {
        let optional = self.steps.iter().map(|step| step.presence == Presence::Optional).collect();
        let plan = Plan::new(optional, i64::from(self.window_seconds) * 1_000);
        plan.expect("a funnel keeps the plan's invariants").in_order(self.order)
    }
}
