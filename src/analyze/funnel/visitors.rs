//! The people behind a bar of a funnel: who reached a step, who left there, who is still on the way.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Serialize;

use super::afterwards::{Left, Next, afterwards};
use super::rows::{UnitKey, each_outcome};
use super::tallies::{Part, Tallies, value_of};
use super::wording::Words;
use super::{Method, Question, data_through, method};
use crate::analyze::people::{Named, push_customers};
use crate::analyze::relation::{Rows, push_rows};
use crate::domain::funnel::{Outcome, Standing, Unit};
use crate::domain::time::Timestamp;
use crate::store::{self, Query, Snapshot, Value};

/// Who is asked for.
#[derive(Clone, Debug)]
pub struct PeopleQuestion {
    /// The funnel.
    pub question: Question,
    /// The bar.
    pub step: usize,
    /// Which part of it.
    pub sought: Sought,
    /// Of a breakdown, the row; all rows if there is none.
    pub value: Option<String>,
    /// At most so many people.
    pub limit: NonZeroUsize,
    /// Those behind this one, as the page before said.
    pub after: Option<Cursor>,
}

/// Which part of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// All who reached the step.
    Reached,
    /// Who went no further, in one of these ways.
    Left(Standing),
}

/// Where a page ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// A visitor's number, and a session's.
    Visitor(u64, u64),
    /// A customer's name.
    Customer(String),
}

/// Who it is, some at a time.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FunnelPeople")]
pub struct People {
    /// How many there are on all pages.
    pub total: u64,
    /// In an order that does not change from page to page.
    pub visitors: Vec<Person>,
    /// What to send as `after` for the next page; null on the last one.
    pub next: Option<String>,
    /// How the numbers were reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// One unit of the funnel.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Person {
    /// The visitor, as exports have it; null where customers are counted.
    pub visitor: Option<String>,
    /// The customer that the visitor was last seen as.
    pub customer: Option<String>,
    /// Of the visitor's sessions, from 1; null where sessions are not counted.
    pub session: Option<u64>,
    /// When each step was filled, in the attempt that counts.
    pub steps: Vec<PersonStep>,
    /// What came after the last of them, engagement, scrolling and surveys apart; null where nothing did. Of a session,
    /// in it.
    pub next: Option<Next>,
    /// The field of a form that was named last after that.
    pub last_field: Option<String>,
}

/// A step and when it was filled.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the struct's doc says all")]
pub struct PersonStep {
    pub step: u8,
    pub at: String,
}

/// Lists who stands where it is asked for.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn people(snapshot: &Snapshot, asked: &PeopleQuestion) -> Result<People, store::Error> {
    let (question, limit) = (&asked.question, asked.limit.get());
    let row = RowSought::find(snapshot, asked)?;
    let after = match &asked.after {
        None => None,
        Some(Cursor::Visitor(visitor, session)) => Some((*visitor, *session)),
        Some(Cursor::Customer(name)) => Some((customers_up_to(snapshot, question, name)?, 0)),
    };
    let (mut total, mut page, mut left, mut more) = (0, Vec::new(), Vec::new(), false);
    let high_water_ms = snapshot.received_through().as_ms();
    each_outcome(snapshot, question, |unit, outcome| {
        let open_until_ms = outcome.open_until_ms.min(unit.ends_ms);
        let outcome = Outcome { open_until_ms, ..*outcome };
        if !(row.holds(question, &outcome) && asked.seeks(&outcome, high_water_ms)) {
            return;
        }
        total += 1;
        if after.is_none_or(|after| after < (unit.unit, unit.part)) {
            if page.len() < limit {
                page.push((*unit, person(question, unit, &outcome)));
                left.push(Left { unit: *unit, at_ms: last_at_ms(&outcome) });
            } else {
                more = true;
            }
        }
    })?;
    name_customers(snapshot, question, &mut page)?;
    for ((_, person), after) in page.iter_mut().zip(afterwards(snapshot, question, &left)?) {
        (person.next, person.last_field) = (after.next, after.last_field);
    }
    Ok(People {
        total,
        next: page.last().filter(|_| more).map(|(unit, person)| cursor(question, unit, person).to_string()),
        visitors: page.into_iter().map(|(_, person)| person).collect(),
        method: method::method(question, snapshot.identity()),
        data_through: data_through(snapshot),
    })
}

impl PeopleQuestion {
    fn seeks(&self, outcome: &Outcome<'_>, high_water_ms: i64) -> bool {
        match self.sought {
            Sought::Reached => outcome.filled.iter().any(|filled| usize::from(filled.step) == self.step),
            Sought::Left(standing) => {
                let steps = self.question.funnel.steps().len();
                outcome.deepest() == self.step && outcome.standing(steps, high_water_ms) == standing
            }
        }
    }
}

/// The row of a breakdown that is asked for.
enum RowSought {
    All,
    /// These parts, or all but them.
    Parts {
        parts: Vec<Part>,
        within: bool,
    },
}

impl RowSought {
    fn find(snapshot: &Snapshot, asked: &PeopleQuestion) -> Result<Self, store::Error> {
        let question = &asked.question;
        let (Some(value), Some(breakdown)) = (&asked.value, &question.breakdown) else { return Ok(Self::All) };
        let words = Words { snapshot, funnel: &question.funnel, plan: question.funnel.plan() };
        let tallies = Tallies::fill(snapshot, question, None)?;
        let (_, rows) = tallies.into_total_and_parts(Some(breakdown.limit.get()));
        let parts = rows.into_iter().map(|(part, _)| part);
        let (sought, others): (Vec<Part>, Vec<Part>) =
            parts.partition(|part| words.value_of(*part, Some(breakdown)) == *value);
        Ok(match sought[..] {
            [Part::Other] => Self::Parts { parts: others, within: false },
            _ => Self::Parts { parts: sought, within: true },
        })
    }

    fn holds(&self, question: &Question, outcome: &Outcome<'_>) -> bool {
        match (self, &question.breakdown) {
            (Self::Parts { parts, within }, Some(breakdown)) => {
                let part = value_of(breakdown.at, outcome).map_or(Part::NotReached, Part::Value);
                parts.contains(&part) == *within
            }
            _ => true,
        }
    }
}

fn person(question: &Question, unit: &UnitKey, outcome: &Outcome<'_>) -> Person {
    let counted = question.funnel.unit();
    let steps = outcome.filled.iter();
    let at = |at_ms| Timestamp::from_ms(at_ms).show_in(&question.scope.time_zone);
    Person {
        visitor: (counted != Unit::Customer).then(|| unit.unit.to_string()),
        customer: None,
        session: (counted == Unit::Session).then_some(unit.part),
        steps: steps.map(|filled| PersonStep { step: filled.step, at: at(filled.at_ms) }).collect(),
        next: None,
        last_field: None,
    }
}

fn last_at_ms(outcome: &Outcome<'_>) -> i64 {
    outcome.filled.iter().map(|filled| filled.at_ms).max().unwrap_or_default()
}

fn cursor(question: &Question, unit: &UnitKey, person: &Person) -> Cursor {
    match (question.funnel.unit(), &person.customer) {
        (Unit::Customer, Some(name)) => Cursor::Customer(name.clone()),
        _ => Cursor::Visitor(unit.unit, unit.part),
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Visitor(visitor, session) => write!(formatter, "{visitor}.{session}"),
            Self::Customer(name) => formatter.write_str(name),
        }
    }
}

impl Cursor {
    /// Takes what a page said, of a funnel that counts `unit`.
    pub fn parse(text: &str, unit: Unit) -> Option<Self> {
        if unit == Unit::Customer {
            return Some(Self::Customer(text.to_owned()));
        }
        let (visitor, session) = text.split_once('.')?;
        Some(Self::Visitor(visitor.parse().ok()?, session.parse().ok()?))
    }
}

fn customers_query(snapshot: &Snapshot, question: &Question) -> Query {
    let mut query = Query::new();
    push_rows(&mut query, snapshot, &question.scope, Rows::Plain);
    push_customers(&mut query, snapshot.identity(), Named::Ever);
    query
}

/// The number of the last customer whose name is not behind `name`.
fn customers_up_to(snapshot: &Snapshot, question: &Question, name: &str) -> Result<u64, store::Error> {
    let mut query = customers_query(snapshot, question);
    query
        .push("\nselect coalesce(max(customer_number), 0)::ubigint as number from customers where linked_customer <= ");
    query.push_value(Value::Text(name.to_owned()));
    let mut number = 0;
    snapshot.stream(&query, |columns| number = columns.unsigned("number").first().copied().unwrap_or(number))?;
    Ok(number)
}

/// Says which customers these people are.
fn name_customers(
    snapshot: &Snapshot,
    question: &Question,
    page: &mut [(UnitKey, Person)],
) -> Result<(), store::Error> {
    let of_customers = question.funnel.unit() == Unit::Customer;
    let mut query = customers_query(snapshot, question);
    query.push(if of_customers {
        "\nselect customer_number::ubigint as unit, any_value(linked_customer) as customer from customers\nwhere customer_number in ("
    } else {
        "\nselect linked_visitor as unit, max_by(linked_customer, linked_from) as customer from customers\nwhere linked_visitor in ("
    });
    query.push_numbers(page.iter().map(|(unit, _)| unit.unit));
    query.push(if of_customers { ")\ngroup by customer_number" } else { ")\ngroup by linked_visitor" });
    let mut names = HashMap::new();
    snapshot.stream(&query, |columns| {
        for (row, &unit) in columns.unsigned("unit").iter().enumerate() {
            names.insert(unit, columns.text("customer", row).map(str::to_owned));
        }
    })?;
    for (unit, person) in page {
        person.customer = names.get(&unit.unit).cloned().flatten();
    }
    Ok(())
}
