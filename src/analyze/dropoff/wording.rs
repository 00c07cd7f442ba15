//! The answer in the contract's names.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::cart_figures::money;
use super::super::{NONE, OTHER, shown};
use super::{Method, Question};
use crate::domain::channel::DIRECT;
use crate::domain::dropoff::{By, Figures, Tally, Unit};
use crate::domain::statistics::{Share, p_value};
use crate::domain::time::Period;
use crate::store::{Code, NO_CODE, Snapshot};

/// The answer. Shapes and names as in the API's contract.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DropoffAnswer")]
pub struct Answer {
    /// `session` or `visitor`.
    pub unit: &'static str,
    /// All of them, each once.
    pub total: FiguresAnswer,
    /// The touchpoints with most at stake at exit first; one that was asked for alone.
    pub touchpoints: Vec<TouchpointAnswer>,
    /// How many touchpoints there are, shown or not.
    pub touchpoints_total: u64,
    /// The other period; null where nothing is compared.
    pub compare: Option<Comparison>,
    /// How the numbers were reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// What came of the units at one touchpoint.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DropoffTouchpoint")]
pub struct TouchpointAnswer {
    /// Its key; `(none)` where an event has none.
    pub touchpoint: String,
    /// What came of them.
    #[serde(flatten)]
    pub figures: FiguresAnswer,
    /// Where those that went on were next, most first, `(other)` last.
    pub continuations: Vec<Next>,
    /// The same by each thing that was asked for: `device`, `channel`. Null where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<BTreeMap<&'static str, Vec<Part>>>,
}

/// The units of one touchpoint with one value.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DropoffPart")]
pub struct Part {
    /// The value; `(none)` where there is none.
    pub value: String,
    /// What came of them.
    #[serde(flatten)]
    pub figures: FiguresAnswer,
    /// Where those that went on were next.
    pub continuations: Vec<Next>,
}

/// Where units went on to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DropoffNext")]
pub struct Next {
    /// The touchpoint after.
    pub touchpoint: String,
    /// How many.
    #[serde(flatten)]
    pub units: Units,
    /// Of all that were at the touchpoint before.
    pub rate: f64,
}

/// How many, by the name of what is counted.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DropoffUnits")]
pub struct Units {
    /// Sessions; not there where visitors are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u64>,
    /// Visitors; not there where sessions are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitors: Option<u64>,
}

/// What came of some units.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DropoffFigures")]
pub struct FiguresAnswer {
    /// How many; each is in exactly one of `went_on`, `exits`, `ended_converted` and `in_progress`.
    #[serde(flatten)]
    pub units: Units,
    /// Were somewhere else after.
    pub went_on: u64,
    /// It was the last touchpoint, and they had not converted.
    pub exits: u64,
    /// Those of the exits that left something of worth in the cart.
    pub exits_with_cart: u64,
    /// It was the last touchpoint, and they had converted.
    pub ended_converted: u64,
    /// It is the last touchpoint so far; the session is still open.
    pub in_progress: u64,
    /// Exits, of all; null when there are none.
    pub drop_off_rate: Option<f64>,
    /// Converted there or later.
    pub converted: u64,
    /// These, of all; null when there are none.
    pub conversion_rate: Option<f64>,
    /// What was in the carts of the exits: minor units by currency.
    pub value_at_exit_minor: BTreeMap<String, i64>,
}

/// The other period.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DropoffComparison")]
pub struct Comparison {
    /// When it begins.
    pub from: String,
    /// When it is over.
    pub to: String,
    /// All units of it.
    pub total: FiguresAnswer,
    /// Whether the two drop-off rates of `total` differ by chance; null where one has fewer than 30 units.
    pub p_value: Option<f64>,
    /// The same touchpoints in the same order.
    pub touchpoints: Vec<ComparedTouchpoint>,
}

/// One touchpoint in the other period.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DropoffComparedTouchpoint")]
pub struct ComparedTouchpoint {
    /// Its key.
    pub touchpoint: String,
    /// What came of the units of that period.
    #[serde(flatten)]
    pub figures: FiguresAnswer,
    /// Whether its two drop-off rates differ by chance; null where one has fewer than 30 units.
    pub p_value: Option<f64>,
}

/// The code of a touchpoint's name in answers.
pub(super) fn code_of(snapshot: &Snapshot, text: &str) -> Option<Code> {
    if text == NONE { Some(NO_CODE) } else { snapshot.code(text) }
}

/// Says figures of one question.
pub(super) struct Words<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) question: &'a Question,
}

impl Words<'_> {
    pub(super) fn figures(&self, figures: &Figures) -> FiguresAnswer {
        FiguresAnswer {
            units: self.units(figures.reached),
            went_on: figures.went_on,
            exits: figures.exits,
            exits_with_cart: figures.exits_with_cart,
            ended_converted: figures.ended_converted,
            in_progress: figures.in_progress,
            drop_off_rate: rate(figures.exits, figures.reached),
            converted: figures.converted,
            conversion_rate: rate(figures.converted, figures.reached),
            value_at_exit_minor: money(&figures.value_at_exit, self.question.currency),
        }
    }

    fn units(&self, count: u64) -> Units {
        let sessions = self.question.unit == Unit::Session;
        Units { sessions: sessions.then_some(count), visitors: (!sessions).then_some(count) }
    }

    /// The touchpoints that are shown, each with its code.
    pub(super) fn touchpoints(&self, tally: &Tally) -> Vec<(Code, TouchpointAnswer)> {
        let named = tally.touchpoints.iter().map(|(&code, figures)| (shown(self.snapshot, code), code, figures));
        let wanted = named.filter(|(name, ..)| self.question.touchpoint.as_ref().is_none_or(|wanted| wanted == name));
        let mut rows: Vec<_> = wanted.collect();
        rows.sort_by(|(one, _, a), (other, _, b)| self.size(b).cmp(&self.size(a)).then_with(|| one.cmp(other)));
        rows.truncate(self.question.limit.get());
        let row = |(touchpoint, code, figures): (String, Code, &Figures)| {
            let by = (!self.question.by.is_empty()).then(|| self.parts(tally));
            let continuations = self.continuations(figures);
            (code, TouchpointAnswer { touchpoint, figures: self.figures(figures), continuations, by })
        };
        rows.into_iter().map(row).collect()
    }

    /// The biggest leak in money comes first; where none is known, the most exits.
    fn size(&self, figures: &Figures) -> (i128, u64, u64) {
        let value = figures.value_at_exit.get(&self.question.sorting_currency()).copied().unwrap_or_default();
        (value, figures.exits, figures.reached)
    }

    fn parts(&self, tally: &Tally) -> BTreeMap<&'static str, Vec<Part>> {
        let of = |by: By| {
            let own = tally.parts.iter().filter(|((own, _), _)| *own == by);
            let mut rows: Vec<_> = own.map(|((_, code), figures)| (self.value(by, *code), figures.clone())).collect();
            rows.sort_by(|(one, a), (other, b)| b.reached.cmp(&a.reached).then_with(|| one.cmp(other)));
            let rest = rows.split_off(self.question.next_limit.get().min(rows.len()));
            if !rest.is_empty() {
                let mut other = Figures::default();
                rest.iter().for_each(|(_, figures)| other.add_figures(figures));
                rows.push((OTHER.to_owned(), other));
            }
            let part = |(value, figures): (String, Figures)| Part {
                value,
                continuations: self.continuations(&figures),
                figures: self.figures(&figures),
            };
            (by.as_str(), rows.into_iter().map(part).collect())
        };
        self.question.by.iter().copied().map(of).collect()
    }

    fn value(&self, by: By, code: Code) -> String {
        match (by, code) {
            (By::Channel, NO_CODE) => DIRECT.to_owned(),
            _ => shown(self.snapshot, code),
        }
    }

    fn continuations(&self, figures: &Figures) -> Vec<Next> {
        let named = figures.next.iter().map(|(&code, &units)| (shown(self.snapshot, code), units));
        let mut rows: Vec<(String, u64)> = named.collect();
        rows.sort_by(|(one, a), (other, b)| (Reverse(a), one).cmp(&(Reverse(b), other)));
        let rest = rows.split_off(self.question.next_limit.get().min(rows.len()));
        if !rest.is_empty() {
            rows.push((OTHER.to_owned(), rest.iter().map(|(_, units)| units).sum()));
        }
        let next = |(touchpoint, units): (String, u64)| {
            let rate = units as f64 / figures.reached as f64;
            Next { touchpoint, units: self.units(units), rate }
        };
        rows.into_iter().map(next).collect()
    }

    pub(super) fn comparison(
        &self,
        period: Period,
        now: &Tally,
        before: &Tally,
        rows: &[(Code, TouchpointAnswer)],
    ) -> Comparison {
        let nothing = Figures::default();
        let compared = |(code, row): &(Code, TouchpointAnswer)| {
            let [now, before] = [now, before].map(|tally| tally.touchpoints.get(code).unwrap_or(&nothing));
            ComparedTouchpoint {
                touchpoint: row.touchpoint.clone(),
                figures: self.figures(before),
                p_value: p_value(share(now), share(before)),
            }
        };
        let zone = &self.question.asked.scope.time_zone;
        Comparison {
            from: period.from().show_in(zone),
            to: period.to().show_in(zone),
            total: self.figures(&before.total),
            p_value: p_value(share(&now.total), share(&before.total)),
            touchpoints: rows.iter().map(compared).collect(),
        }
    }
}

/// Of those that were there, those that left.
fn share(figures: &Figures) -> Share {
    Share { part: figures.exits, total: figures.reached }
}

fn rate(part: u64, base: u64) -> Option<f64> {
    (base != 0).then(|| part as f64 / base as f64)
}
