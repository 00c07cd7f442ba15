//! Where visitors were, where they went on to, where they left, and what they had in the cart.
//!
//! SEMANTICS ("Drop-off per touchpoint"): the sessions that touched something in the period, or the visitors with all
//! they touched over the lookback. The pass is [`session_query`](super::session_query)'s, the rules are those of
//! [`dropoff`](crate::domain::dropoff), and [`wording`] says it with the contract's names.

mod method;
mod wording;

use std::num::NonZeroUsize;

pub use self::method::Method;
use self::method::method;
use self::wording::Words;
pub use self::wording::{Answer, ComparedTouchpoint, Comparison, FiguresAnswer, Next, Part, TouchpointAnswer};
use super::data_through;
pub use super::session_query::SessionScope;
use super::session_query::{each_session, session_query};
use crate::domain::dropoff::{By, Journeys, Tally, Unit};
use crate::domain::money::Currency;
use crate::domain::time::Period;
use crate::store::{self, Query, Snapshot};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whom, when and by which rules.
    pub asked: SessionScope,
    /// What is counted.
    pub unit: Unit,
    /// The one touchpoint that is shown; all of them when left out.
    pub touchpoint: Option<String>,
    /// By what it is broken down.
    pub by: Vec<By>,
    /// The period that it is compared with.
    pub compare: Option<Period>,
    /// The one currency that is shown; all of them when left out.
    pub currency: Option<Currency>,
    /// So many touchpoints.
    pub limit: NonZeroUsize,
    /// So many values of each list below a touchpoint, then `(other)`.
    pub next_limit: NonZeroUsize,
}

impl Question {
    /// The currency by which touchpoints are sorted.
    fn sorting_currency(&self) -> Currency {
        self.currency.unwrap_or(self.asked.site_currency)
    }
}

/// Adds up what came of everybody at each touchpoint.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, question: &Question) -> Result<Answer, store::Error> {
    let tally = tally(snapshot, question, question.asked.scope.period)?;
    let before = question.compare.map(|period| Ok((period, self::tally(snapshot, question, period)?)));
    let before = before.transpose()?;
    let words = Words { snapshot, question };
    let shown = words.touchpoints(&tally);
    Ok(Answer {
        unit: question.unit.as_str(),
        total: words.figures(&tally.total),
        touchpoints_total: tally.touchpoints.len() as u64,
        compare: before.map(|(period, before)| words.comparison(period, &tally, &before, &shown)),
        touchpoints: shown.into_iter().map(|(_, answer)| answer).collect(),
        method: method(question),
        data_through: data_through(snapshot),
    })
}

/// The SQL and values that [`answer`] runs.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub fn query(snapshot: &Snapshot, question: &Question) -> Result<Query, store::Error> {
    session_query(snapshot, &question.asked)
}

fn tally(snapshot: &Snapshot, question: &Question, period: Period) -> Result<Tally, store::Error> {
    let mut asked = question.asked.clone();
    asked.scope.period = period;
    let touchpoint = question.touchpoint.as_ref().and_then(|text| wording::code_of(snapshot, text));
    let broken_down = touchpoint.map(|touchpoint| (touchpoint, question.by.clone()));
    let mut tally = Tally::new(snapshot.received_through().as_ms(), asked.scope.session_gap_ms, broken_down);
    let mut journeys = Journeys::new(question.unit);
    let mut each = |journey: &_| tally.add(journey);
    each_session(snapshot, &asked, |session| journeys.push(session, &mut each))?;
    journeys.finish(&mut each);
    Ok(tally)
}
