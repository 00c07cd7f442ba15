//! Where somebody is: the session of the last event, and what was seen in it.

use foldhash::HashMap;

use super::act::{Act, Reason};
use super::row::CartRow;

/// Where somebody was at a moment. Codes are those of the rows; 0 is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Of the last event that was not passive.
    pub touchpoint: u32,
    /// What the session came by: its first event's.
    pub channel: u32,
    /// The same.
    pub campaign: u32,
    /// The first that the session named.
    pub device: u32,
    /// The last field of a form that the session named.
    pub field: Option<String>,
    /// The last trouble of the session.
    pub reason: Option<Reason>,
}

/// The latest session of each browser of one person.
#[derive(Debug, Default)]
pub(super) struct Visits {
    sessions: HashMap<u64, Session>,
    /// The browser of the last event.
    visitor: u64,
    touchpoint: u32,
}

#[derive(Debug)]
struct Session {
    last_at_ms: i64,
    place: Place,
}

impl Visits {
    /// Takes the next event of the person. A pause of more than `session_gap_ms` of that browser begins another session.
    pub(super) fn note(&mut self, row: &CartRow<'_>, session_gap_ms: i64) {
        let begin = || {
            let place = Place { channel: row.channel, campaign: row.campaign, ..Place::default() };
            Session { last_at_ms: row.at_ms, place }
        };
        let session = self.sessions.entry(row.visitor).or_insert_with(begin);
        if session_gap_ms < row.at_ms - session.last_at_ms {
            *session = begin();
        }
        session.last_at_ms = row.at_ms;
        let place = &mut session.place;
        if place.device == 0 {
            place.device = row.device;
        }
        if let Some(field) = row.field {
            place.field = Some(field.to_owned());
        }
        if let Act::Trouble(reason) = row.act {
            place.reason = Some(reason);
        }
        if row.act != Act::Passive {
            self.touchpoint = row.touchpoint;
        }
        self.visitor = row.visitor;
    }

    /// Where the person is after the last event.
    pub(super) fn place(&self) -> Place {
        let session = self.sessions.get(&self.visitor).map(|session| session.place.clone());
        Place { touchpoint: self.touchpoint, ..session.unwrap_or_default() }
    }
}
