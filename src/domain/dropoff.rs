//! Drop-off per touchpoint: who was there, who went on and where to, who left, and what they had in the cart.
//!
//! **Promise.** SEMANTICS ("Drop-off per touchpoint"). Each unit that touched a touchpoint has exactly one outcome there
//! ([`Outcome`]), so the outcomes add up to the units.
//!
//! **Shape.** A [`Journey`] is a session, or what a visitor did over the lookback ([`Journeys`] makes either of sessions);
//! [`Tally`] books journeys.
//!
//! **Never.** No SQL, no clock: the sessions come from [`session`](super::session), the moment is an argument.
//!
//! **To change a rule**, change `tests/it/dropoff_reference.rs` first, see the property test fail, then change this.

use std::collections::HashMap;

use super::cart::{Amounts, Sums};
use super::session::{Session, Touch};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Each session that touched something in the period.
    Session,
    /// Each visitor who touched something in the period, with all they touched over the lookback: so many milliseconds
    /// back from the last touch of their last session in the period.
    Visitor {
        /// How long.
        lookback_ms: i64,
    },
}

impl Unit {
    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Visitor { .. } => "visitor",
        }
    }
}

/// What one unit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// What its last session came by, as a code; so is the next.
    pub channel: u32,
    /// On what.
    pub device: u32,
    /// Where it was; at least one is counted.
    pub touches: Vec<Touch>,
    /// The place of the touch with its last order.
    pub last_order: Option<usize>,
    /// What was in the cart at its end.
    pub cart: Amounts,
    /// Its last event.
    pub ended_at_ms: i64,
}

/// Makes journeys of sessions, which come visitor by visitor and in order of time.
#[derive(Debug)]
pub struct Journeys {
    unit: Unit,
    /// Those of one visitor; none where each is a journey of its own.
    sessions: Vec<Session>,
}

impl Journeys {
    /// Journeys of such units.
    pub fn new(unit: Unit) -> Self {
        Self { unit, sessions: Vec::new() }
    }

    /// Takes the next session; `each` gets what is a journey by now, if one of its events fits.
    pub fn push(&mut self, session: Session, each: &mut impl FnMut(&Journey)) {
        match self.unit {
            Unit::Session => journey_of(&[session], i64::MIN).iter().for_each(each),
            Unit::Visitor { .. } => {
                if self.sessions.last().is_some_and(|last| last.visitor != session.visitor) {
                    self.finish(each);
                }
                self.sessions.push(session);
            }
        }
    }

    /// Gives the last visitor's journey.
    pub fn finish(&mut self, each: &mut impl FnMut(&Journey)) {
        let counted = |session: &Session| session.touches.iter().any(|touch| touch.counted);
        if let (Unit::Visitor { lookback_ms }, Some(last)) = (self.unit, self.sessions.iter().rposition(counted)) {
            let end_ms = self.sessions[last].touches.last().expect("a touch is counted").until_ms;
            self.sessions.truncate(last + 1);
            let since_ms = end_ms.saturating_sub(lookback_ms);
            // Within the lookback all touches count.
            self.sessions.iter_mut().flat_map(|session| &mut session.touches).for_each(|touch| touch.counted = true);
            journey_of(&self.sessions, since_ms).iter().for_each(each);
        }
        self.sessions.clear();
    }
}

/// What these sessions of a visitor are together from a moment on; none if nothing of it counts, or fits.
fn journey_of(sessions: &[Session], since_ms: i64) -> Option<Journey> {
    let last = sessions.last()?;
    let fits = sessions.iter().any(|session| session.fitted_at_ms.is_some_and(|at_ms| since_ms <= at_ms));
    let (mut touches, mut last_order) = (Vec::new(), None);
    for session in sessions {
        // What ends before the moment is in front.
        let before = session.touches.partition_point(|touch| touch.until_ms < since_ms);
        if let Some(order) = session.last_order.filter(|order| since_ms <= order.at_ms) {
            last_order = Some(touches.len() + order.touch - before);
        }
        touches.extend_from_slice(&session.touches[before..]);
    }
    let counts = fits && touches.iter().any(|touch: &Touch| touch.counted);
    counts.then(|| Journey {
        channel: last.channel,
        device: last.device,
        touches,
        last_order,
        cart: last.cart.clone(),
        ended_at_ms: last.ended_at_ms,
    })
}

/// What came of a unit at a touchpoint that it touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// After its last touch there it was somewhere else: there.
    WentOn(u32),
    /// It was its last touchpoint, and it had not converted.
    Exit,
    /// It was its last touchpoint, and it had converted.
    Converted,
    /// It is its last touchpoint so far: the session may go on.
    InProgress,
}

/// What is known of the units at one touchpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Units that touched it.
    pub reached: u64,
    /// Those that were somewhere else after.
    pub went_on: u64,
    /// Those that left there without having converted.
    pub exits: u64,
    /// Those of them that left something of worth in the cart.
    pub exits_with_cart: u64,
    /// Those that ended there and had converted.
    pub ended_converted: u64,
    /// Those that may still go on.
    pub in_progress: u64,
    /// Those that converted there or later.
    pub converted: u64,
    /// What was in the carts of those that left there.
    pub value_at_exit: Sums,
    /// Where to those that went on.
    pub next: HashMap<u32, u64>,
}

impl Figures {
    fn add(&mut self, outcome: Outcome, converted: bool, cart: &Amounts) {
        self.reached += 1;
        self.converted += u64::from(converted);
        match outcome {
            Outcome::WentOn(next) => {
                self.went_on += 1;
                *self.next.entry(next).or_default() += 1;
            }
            Outcome::Exit => {
                self.exits += 1;
                self.exits_with_cart += u64::from(!cart.is_empty());
                cart.iter().for_each(|(currency, minor)| *self.value_at_exit.entry(currency).or_default() += minor);
            }
            Outcome::Converted => self.ended_converted += 1,
            Outcome::InProgress => self.in_progress += 1,
        }
    }

    /// Adds what others have added up.
    pub fn add_figures(&mut self, other: &Self) {
        let pairs = [
            (&mut self.reached, other.reached),
            (&mut self.went_on, other.went_on),
            (&mut self.exits, other.exits),
            (&mut self.exits_with_cart, other.exits_with_cart),
            (&mut self.ended_converted, other.ended_converted),
            (&mut self.in_progress, other.in_progress),
            (&mut self.converted, other.converted),
        ];
        pairs.into_iter().for_each(|(sum, more)| *sum += more);
        for (&currency, &minor) in &other.value_at_exit {
            *self.value_at_exit.entry(currency).or_default() += minor;
        }
        other.next.iter().for_each(|(&next, &units)| *self.next.entry(next).or_default() += units);
    }
}

/// By what the units at one touchpoint are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// On what.
    Device,
    /// What they came by.
    Channel,
}

impl By {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Device, Self::Channel];

    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Channel => "channel",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }

    fn value(self, journey: &Journey) -> u32 {
        match self {
            Self::Device => journey.device,
            Self::Channel => journey.channel,
        }
    }
}

/// The journeys of a period, added up.
#[derive(Debug)]
pub struct Tally {
    high_water_ms: i64,
    session_gap_ms: i64,
    /// The touchpoint that is broken down, and by what.
    broken_down: Option<(u32, Vec<By>)>,
    /// All units. One that was at a touchpoint that does not count went on there.
    pub total: Figures,
    /// By touchpoint.
    pub touchpoints: HashMap<u32, Figures>,
    /// Of the one touchpoint: by the value of each thing.
    pub parts: HashMap<(By, u32), Figures>,
    /// First and last place of each touchpoint of one journey, and whether it counts.
    places: HashMap<u32, (usize, usize, bool)>,
}

impl Tally {
    /// Nothing yet. A session that ended so late that more may come by `high_water_ms` is in progress.
    pub fn new(high_water_ms: i64, session_gap_ms: i64, broken_down: Option<(u32, Vec<By>)>) -> Self {
        Self {
            high_water_ms,
            session_gap_ms,
            broken_down,
            total: Figures::default(),
            touchpoints: HashMap::new(),
            parts: HashMap::new(),
            places: HashMap::new(),
        }
    }

    /// Books a journey at each touchpoint that counts.
    pub fn add(&mut self, journey: &Journey) {
        self.places.clear();
        for (place, touch) in journey.touches.iter().enumerate() {
            let (_, last, counted) = self.places.entry(touch.touchpoint).or_insert((place, place, false));
            *last = place;
            *counted |= touch.counted;
        }
        let end = self.end(journey);
        let mut of_unit = Outcome::WentOn(0);
        for (&touchpoint, &(first, last, _)) in self.places.iter().filter(|(_, (_, _, counted))| *counted) {
            let outcome = journey.touches.get(last + 1).map_or(end, |next| Outcome::WentOn(next.touchpoint));
            if last + 1 == journey.touches.len() {
                of_unit = outcome;
            }
            let converted = journey.last_order.is_some_and(|order| first <= order);
            self.touchpoints.entry(touchpoint).or_default().add(outcome, converted, &journey.cart);
            let by = self.broken_down.as_ref().filter(|(broken_down, _)| *broken_down == touchpoint);
            for by in by.into_iter().flat_map(|(_, by)| by) {
                let part = self.parts.entry((*by, by.value(journey))).or_default();
                part.add(outcome, converted, &journey.cart);
            }
        }
        self.total.add(of_unit, journey.last_order.is_some(), &journey.cart);
    }

    /// What came of it at its last touchpoint.
    fn end(&self, journey: &Journey) -> Outcome {
        if journey.last_order.is_some() {
            Outcome::Converted
        } else if self.high_water_ms <= journey.ended_at_ms.saturating_add(self.session_gap_ms) {
            Outcome::InProgress
        } else {
            Outcome::Exit
        }
    }
}
