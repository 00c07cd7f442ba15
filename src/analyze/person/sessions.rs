//! A person's sessions, and what they say of its browsers and touches.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Question;
use super::query::sessions_query;
use crate::store::{self, Code, Columns, Snapshot};

/// All sessions of a person.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    /// Who it is, if it is a customer.
    pub(super) customer: Option<String>,
    /// Events of all of them.
    pub(super) events: u64,
    /// By browser.
    pub(super) browsers: BTreeMap<u64, Browser>,
    /// By browser and number.
    pub(super) all: HashMap<(u64, u64), Session>,
    /// How the first one began, and the last one.
    pub(super) touches: Option<(Session, Session)>,
}

/// A browser.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) sessions: u64,
    pub(super) events: u64,
    pub(super) devices: BTreeSet<Code>,
}

/// A session, as far as it is the person's, and how it began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    pub(super) visitor: u64,
    pub(super) number: u64,
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    pub(super) events: u64,
    pub(super) channel: Code,
    pub(super) source: Code,
    pub(super) medium: Code,
    pub(super) campaign: Code,
    pub(super) touchpoint: Code,
    pub(super) device: Code,
}

impl Sessions {
    /// The numbers of the browsers.
    pub(super) fn visitors(&self) -> Vec<u64> {
        self.browsers.keys().copied().collect()
    }

    fn add(&mut self, session: Session) {
        self.events += session.events;
        let browser = self.browsers.entry(session.visitor).or_insert(Browser {
            first_ms: session.from_ms,
            last_ms: session.to_ms,
            sessions: 0,
            events: 0,
            devices: BTreeSet::new(),
        });
        browser.last_ms = browser.last_ms.max(session.to_ms);
        browser.sessions += 1;
        browser.events += session.events;
        browser.devices.insert(session.device);
        // They come earliest first.
        self.touches = Some((self.touches.map_or(session, |(first, _)| first), session));
        self.all.insert((session.visitor, session.number), session);
    }
}

/// Reads them.
pub(super) fn read(snapshot: &Snapshot, question: &Question) -> Result<Sessions, store::Error> {
    let mut sessions = Sessions::default();
    snapshot.stream(&sessions_query(snapshot, question), |columns| {
        if sessions.customer.is_none() && columns.rows() != 0 {
            sessions.customer = columns.text("customer", 0).map(str::to_owned);
        }
        each_session(&columns, |session| sessions.add(session));
    })?;
    Ok(sessions)
}

fn each_session(columns: &Columns, mut each: impl FnMut(Session)) {
    let [visitors, numbers, events] = ["visitor", "session", "events"].map(|name| columns.unsigned(name));
    let [from, to] = ["from_ms", "to_ms"].map(|name| columns.numbers(name));
    let codes = ["channel", "source", "medium", "campaign", "touchpoint", "device"].map(|name| columns.codes(name));
    for row in 0..columns.rows() {
        let [channel, source, medium, campaign, touchpoint, device] = codes.map(|codes| codes[row]);
        each(Session {
            visitor: visitors[row],
            number: numbers[row],
            from_ms: from[row],
            to_ms: to[row],
            events: events[row],
            channel,
            source,
            medium,
            campaign,
            touchpoint,
            device,
        });
    }
}
