//! The archive: facts in Parquet, rounds, damage, and when a segment of the journal may go.

mod damage;
mod facts;
pub(crate) mod place;
mod rounds;
mod running;
mod segments;

use styk::domain::event::{Actor, Arrival, Clock, Commerce, Consent, Event, EventTime};
use styk::domain::id::{EventId, VisitorId};
use styk::domain::name::EventName;
use styk::domain::time::Timestamp;

/// An event of which nothing but its name and its fresh id matters.
pub(crate) fn plain_event(name: &str) -> Event {
    Event {
        id: EventId::random(),
        name: EventName::parse(name).unwrap(),
        time: EventTime { occurred_at: Timestamp::from_ms(1_795_400_000_000), clock: Clock::Kept, sender_sequence: 0 },
        actor: Actor {
            visitor: VisitorId(7),
            customer: None,
            consent: Consent::Cookieless,
            user_agent: None,
            language: None,
            country: None,
        },
        page: None,
        arrival: Arrival::default(),
        touchpoint: None,
        commerce: Commerce::default(),
        properties: None,
    }
}
