//! One person in the contract's words.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::super::carts::CartAnswer;
use super::super::data_through;
use super::super::orders::FiguresAnswer;
use super::orders::Orders;
use super::query::timeline_query;
use super::sessions::{Session, Sessions};
use super::{Cursor, Question};
use crate::domain::channel::DIRECT;
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::store::{self, Code, NO_CODE, Snapshot};

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "VisitorAnswer")]
pub struct Answer {
    /// The shop's id of the person; null for a visitor that is no customer's.
    pub customer: Option<String>,
    /// Its browsers, by number.
    pub visitors: Vec<BrowserAnswer>,
    /// How its first session began.
    pub first_touch: TouchAnswer,
    /// How its last session began.
    pub last_touch: TouchAnswer,
    /// How many there are.
    pub sessions_total: u64,
    /// How many it has of all kinds.
    pub events_total: u64,
    /// How many it opened.
    pub carts_total: u64,
    /// How many it made.
    pub orders_total: u64,
    /// What those came to, less what was given back: minor units by currency.
    pub order_value_minor: BTreeMap<String, i64>,
    /// One page of what it did, latest first.
    pub timeline: Vec<EventAnswer>,
    /// The sessions of that page, latest first.
    pub sessions: Vec<SessionAnswer>,
    /// What to send as `before` for the next page; null on the last one.
    pub next: Option<String>,
    /// The newest hundred.
    pub carts: Vec<CartAnswer>,
    /// The newest hundred.
    pub orders: Vec<OrderAnswer>,
    /// Nothing after it is known of.
    pub as_of: String,
    /// How this was reached.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// A browser of the person.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say all")]
pub struct BrowserAnswer {
    pub visitor: String,
    pub first_seen_at: String,
    pub last_seen_at: String,
    pub sessions: u64,
    pub events: u64,
    /// What it said it is, at the beginning of sessions.
    pub devices: Vec<String>,
}

/// How a session began.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say all")]
pub struct TouchAnswer {
    pub at: String,
    pub channel: String,
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub touchpoint: Option<String>,
}

/// A session, as far as it is the person's.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SessionAnswer {
    /// Whose.
    pub visitor: String,
    /// Of the visitor's sessions, from 1.
    pub session: u64,
    /// How it began.
    #[serde(flatten)]
    pub touch: TouchAnswer,
    /// Its last event.
    pub last_at: String,
    /// On what, when it began.
    pub device: Option<String>,
    /// How many it has.
    pub events: u64,
}

/// Something that the person did.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say all")]
pub struct EventAnswer {
    pub at: String,
    pub event: String,
    pub visitor: String,
    /// Of the visitor's sessions, from 1.
    pub session: u64,
    pub touchpoint: Option<String>,
    pub stage: Option<String>,
    pub page: Option<String>,
    pub device: Option<String>,
    /// Null where it names no value.
    pub value_minor: Option<i64>,
    pub currency: Option<String>,
    pub cart_id: Option<String>,
    pub transaction_id: Option<String>,
}

/// An order, as the orders report has it.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say all")]
pub struct OrderAnswer {
    pub at: String,
    pub transaction_id: Option<String>,
    /// `placed`, `partly_refunded`, `refunded` or `cancelled`.
    pub status: &'static str,
    pub visitor: String,
    pub touchpoint: Option<String>,
    /// What it was worth when it was placed; null where nobody told.
    pub value_minor: Option<i64>,
    /// What is left of that; null where nobody told.
    pub net_minor: Option<i64>,
    pub currency: Option<String>,
}

/// How what is told of a person was reached.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule of SEMANTICS, by its name")]
#[schemars(rename = "VisitorMethod")]
pub struct Method {
    pub report: &'static str,
    pub person: &'static str,
    pub identity: &'static str,
    pub identity_rule: &'static str,
    pub touch: &'static str,
    pub order: &'static str,
    pub carts: &'static str,
    pub ties: &'static str,
    pub time_zone: String,
    pub session_gap_seconds: i64,
}

/// A page of the timeline: events, their sessions, and where it ends if there are more.
pub(super) struct Timeline {
    events: Vec<EventAnswer>,
    sessions: BTreeSet<(u64, u64)>,
    next: Option<Cursor>,
}

pub(super) struct Words<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) question: &'a Question,
}

impl Words<'_> {
    pub(super) fn answer(
        &self,
        sessions: &Sessions,
        orders: &Orders,
        timeline: Timeline,
        (carts, carts_total): (Vec<CartAnswer>, u64),
    ) -> Answer {
        let (first, last) = sessions.touches.as_ref().expect("a person has a session");
        let mut shown: Vec<&Session> = timeline.sessions.iter().filter_map(|key| sessions.all.get(key)).collect();
        shown.sort_by_key(|session| std::cmp::Reverse((session.from_ms, session.visitor, session.number)));
        Answer {
            customer: sessions.customer.clone(),
            visitors: self.browsers(sessions),
            first_touch: self.touch(first),
            last_touch: self.touch(last),
            sessions_total: sessions.all.len() as u64,
            events_total: sessions.events,
            carts_total,
            orders_total: orders.figures.orders,
            order_value_minor: FiguresAnswer::new(&orders.figures, self.question.carts.currency).net_minor,
            timeline: timeline.events,
            sessions: shown.into_iter().map(|session| self.session(session)).collect(),
            next: timeline.next.map(|next| next.to_string()),
            carts,
            orders: orders.newest.iter().map(|order| self.order(order)).collect(),
            as_of: self.moment(self.question.carts.as_of(self.snapshot).as_ms()),
            method: self.method(),
            data_through: data_through(self.snapshot),
        }
    }

    fn moment(&self, at_ms: i64) -> String {
        Timestamp::from_ms(at_ms).show_in(&self.question.carts.scope.time_zone)
    }

    fn text(&self, code: Code) -> Option<String> {
        self.snapshot.text(code).map(|text| text.to_string())
    }

    /// A value is there if and only if it has a currency.
    fn value(&self, minor: i64, currency: Code) -> Option<i64> {
        (currency != NO_CODE).then_some(minor)
    }

    fn browsers(&self, sessions: &Sessions) -> Vec<BrowserAnswer> {
        let browsers = sessions.browsers.iter().map(|(visitor, browser)| BrowserAnswer {
            visitor: visitor.to_string(),
            first_seen_at: self.moment(browser.first_ms),
            last_seen_at: self.moment(browser.last_ms),
            sessions: browser.sessions,
            events: browser.events,
            devices: browser.devices.iter().filter_map(|device| self.text(*device)).collect(),
        });
        browsers.collect()
    }

    fn touch(&self, session: &Session) -> TouchAnswer {
        TouchAnswer {
            at: self.moment(session.from_ms),
            channel: self.text(session.channel).unwrap_or_else(|| DIRECT.to_owned()),
            source: self.text(session.source),
            medium: self.text(session.medium),
            campaign: self.text(session.campaign),
            touchpoint: self.text(session.touchpoint),
        }
    }

    fn session(&self, session: &Session) -> SessionAnswer {
        SessionAnswer {
            visitor: session.visitor.to_string(),
            session: session.number,
            touch: self.touch(session),
            last_at: self.moment(session.to_ms),
            device: self.text(session.device),
            events: session.events,
        }
    }

    /// One page of what the person did.
    pub(super) fn timeline(&self) -> Result<Timeline, store::Error> {
        let mut timeline = Timeline { events: Vec::new(), sessions: BTreeSet::new(), next: None };
        let (limit, mut end) = (self.question.limit.get(), None);
        self.snapshot.stream(&timeline_query(self.snapshot, self.question), |columns| {
            let [sequences, visitors, sessions] = ["sequence", "visitor", "session"].map(|name| columns.unsigned(name));
            let [times, amounts] = ["at_ms", "value_minor"].map(|name| columns.numbers(name));
            let codes = ["name", "touchpoint", "stage", "page", "device", "currency"].map(|name| columns.codes(name));
            for row in 0..columns.rows() {
                if timeline.events.len() == limit {
                    timeline.next = end;
                    return;
                }
                end = Some(Cursor { at_ms: times[row], sequence: sequences[row] });
                timeline.sessions.insert((visitors[row], sessions[row]));
                let [name, touchpoint, stage, page, device, currency] = codes.map(|codes| codes[row]);
                let text = |name: &str| columns.text(name, row).map(str::to_owned);
                timeline.events.push(EventAnswer {
                    at: self.moment(times[row]),
                    event: self.text(name).unwrap_or_default(),
                    visitor: visitors[row].to_string(),
                    session: sessions[row],
                    touchpoint: self.text(touchpoint),
                    stage: self.text(stage),
                    page: self.text(page),
                    device: self.text(device),
                    value_minor: self.value(amounts[row], currency),
                    currency: self.text(currency),
                    cart_id: text("cart_id"),
                    transaction_id: text("transaction_id"),
                });
            }
        })?;
        Ok(timeline)
    }

    fn order(&self, order: &Order) -> OrderAnswer {
        OrderAnswer {
            at: self.moment(order.at_ms),
            transaction_id: order.transaction_id.clone(),
            status: order.status.as_str(),
            visitor: order.visitor.to_string(),
            touchpoint: self.text(order.touchpoint),
            value_minor: order.value.map(Money::minor),
            net_minor: order.net().map(Money::minor),
            currency: order.value.map(|value| value.currency().as_str().to_owned()),
        }
    }

    fn method(&self) -> Method {
        let (scope, identity) = (&self.question.carts.scope, self.snapshot.identity());
        Method {
            report: "visitor",
            person: "a customer on all its browsers, or a visitor that is no customer's",
            identity: identity.as_str(),
            identity_rule: identity.rule(),
            touch: "how a session began: its channel and campaign, and the touchpoint of its first event",
            order: "as in the orders report: each once, by transaction_id, less what was given back until as_of; those of the person by identity",
            carts: "as in the carts report: of the customer whom the visitor named last, for all time",
            ties: "events of the same millisecond in the order of their arrival",
            time_zone: scope.time_zone.iana_name().unwrap_or("UTC").to_owned(),
            session_gap_seconds: scope.session_gap_ms / 1_000,
        }
    }
}
