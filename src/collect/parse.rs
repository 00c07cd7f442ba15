//! A body becomes events and refusals. Pure: the time, the keys and what the connection shows are arguments.

use super::arrival::Pages;
use super::commerce::parse_commerce;
use super::identity::Identity;
use super::json::Json;
use super::params::{PARAMETERS, spread_params};
use super::properties::parse_properties;
use super::read;
use super::refusal::Refusal;
use super::tape::{EVENT_DEPTH_MAX, Tape};
use super::time::Arrived;
use super::wire::{List, WireContext, WireObject};
use crate::domain::event::{Event, Sender};
use crate::domain::id::EventId;
use crate::domain::money::Currency;
use crate::domain::name::EventName;
use crate::domain::personal::looks_personal;
use crate::domain::time::Timestamp;

/// The most events of one request.
pub const EVENTS_MAX: usize = 1_000;

/// A body's JSON, read once.
pub(super) enum Document<'a> {
    /// A batch, or an event that is its own batch.
    One(Tape<'a>),
    /// JSON lines of events, each of which may be wrong by itself.
    Lines {
        /// The first [`EVENTS_MAX`] of them.
        first: Vec<Result<Tape<'a>, Refusal>>,
        /// How many there are.
        length: usize,
    },
}

impl<'a> Document<'a> {
    /// Reads one object; from servers also JSON lines.
    ///
    /// # Errors
    /// A [`Refusal`] of the whole body.
    pub(super) fn read(body: &'a [u8], sender: Sender) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| Refusal::BadUtf8)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii();
        if text.is_empty() {
            return Err(Refusal::EmptyBody);
        }
        match Tape::read(text) {
            Err(Refusal::BadJson) if sender == Sender::Server && starts_with_event_line(text) => {
                let mut lines = text.lines().map(str::trim_ascii).filter(|line| !line.is_empty());
                let first: Vec<_> = lines.by_ref().take(EVENTS_MAX).map(Tape::read).collect();
                let length = first.len() + lines.count();
                Ok(Self::Lines { first, length })
            }
            read => read.map(Self::One),
        }
    }
}

/// Whether the first of several lines is an event of its own.
fn starts_with_event_line(text: &str) -> bool {
    let Some((first, _)) = text.split_once('\n') else { return false };
    let Ok(tape) = Tape::read(first) else { return false };
    WireObject::read(Json::root(&tape)).is_ok_and(|object| object.name.is_some() && object.events.is_none())
}

/// A body whose events can be counted, before any of them is looked at.
pub(super) struct WireBatch<'a> {
    /// What all events share. Its own event fields mean nothing.
    pub(super) shared: WireObject<'a>,
    /// The first [`EVENTS_MAX`] events.
    events: Vec<Result<Json<'a>, Refusal>>,
    /// How many events there are.
    pub(super) length: usize,
}

impl<'a> WireBatch<'a> {
    /// Finds the events of `document`.
    ///
    /// # Errors
    /// A [`Refusal`] of the whole body.
    pub(super) fn read(document: &'a Document<'_>) -> Result<Self, Refusal> {
        let root = match document {
            Document::One(tape) => Json::root(tape),
            Document::Lines { first, length } => {
                let events = first.iter().map(|line| line.as_ref().map(Json::root).map_err(|fault| *fault)).collect();
                return Ok(Self { shared: WireObject::default(), events, length: *length });
            }
        };
        let object = WireObject::read(root)?;
        match object.events {
            Some(events) => {
                let List::<EVENTS_MAX> { first, length } = List::read(events)?;
                let events = first.into_iter().map(Ok).collect();
                if length == 0 { Err(Refusal::NoEvents) } else { Ok(Self { shared: object, events, length }) }
            }
            None if object.name.is_some() => {
                let shared = WireObject { site: object.site, sent_at: object.sent_at, ..WireObject::default() };
                Ok(Self { shared, events: vec![Ok(root)], length: 1 })
            }
            None => Err(Refusal::NotAnEvent),
        }
    }
}

/// What the events of a batch are read with.
pub(super) struct Context<'a> {
    /// Who the actors are.
    pub(super) identity: Identity<'a>,
    /// The public name of the site; an event that names another is refused.
    pub(super) site_key: &'a str,
    /// What amounts without a currency are in.
    pub(super) currency: Currency,
    /// When the request came in.
    pub(super) received_at: Timestamp,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// In the order they were sent.
    pub(super) events: Vec<Event>,
    /// Position in the batch, and why.
    pub(super) refused: Vec<(usize, Refusal)>,
    /// Fields that nobody knows.
    pub(super) unknown_fields: u32,
}

/// Reads every event of `batch`, whose length must have been checked. A bad event never spoils a good one.
///
/// # Errors
/// A [`Refusal`] of the whole body, when what its events share cannot be read.
pub(super) fn parse_batch(mut batch: WireBatch<'_>, context: &Context<'_>) -> Result<Parsed, Refusal> {
    let mut parsed = Parsed { events: Vec::with_capacity(batch.events.len()), ..Parsed::default() };
    let arrived = Arrived::new(context.received_at, context.identity.sender, batch.shared.sent_at)?;
    spread_context(&mut batch.shared)?;
    parsed.unknown_fields = batch.shared.unknown_fields;
    let mut reader = Reader { context, shared: &batch.shared, arrived, pages: Pages::default() };
    for (index, json) in batch.events.iter().enumerate() {
        match json.and_then(|json| reader.read(json, &mut parsed.unknown_fields)) {
            Ok(event) => parsed.events.push(event),
            Err(refusal) => parsed.refused.push((index, refusal)),
        }
    }
    Ok(parsed)
}

/// Reads the events of one batch.
struct Reader<'a, 'b> {
    context: &'b Context<'b>,
    shared: &'b WireObject<'a>,
    arrived: Arrived,
    pages: Pages<'a>,
}

impl<'a> Reader<'a, '_> {
    fn read(&mut self, json: Json<'a>, unknown_fields: &mut u32) -> Result<Event, Refusal> {
        json.check_depth(EVENT_DEPTH_MAX)?;
        let mut wire = WireObject::read(json)?;
        spread_context(&mut wire)?;
        *unknown_fields += wire.unknown_fields;
        inherit(&mut wire, self.shared);
        let wording = spread_params(&mut wire)?;
        if let Some(site) = wire.site
            && read::text(site)? != self.context.site_key
        {
            return Err(Refusal::OtherSite);
        }
        let id = match wire.id {
            Some(id) => EventId::parse(&read::text_or_number(id)?).ok_or(Refusal::BadId)?,
            None => EventId::random(),
        };
        let name = event_name(&wire)?;
        let time = self.arrived.event_time(&wire)?;
        let (page, arrival) = self.pages.place(&wire)?;
        let actor = self.context.identity.actor(&wire, id)?;
        let commerce = parse_commerce(&wire, self.context.currency, wording)?;
        Ok(Event {
            id,
            name,
            time,
            page,
            arrival,
            touchpoint: read::name(wire.touchpoint)?,
            commerce: self.context.identity.commerce(commerce, &actor),
            actor,
            properties: match (wire.properties, wire.params) {
                (Some(properties), _) => parse_properties(properties, &[])?,
                (None, Some(params)) => parse_properties(params, PARAMETERS)?,
                (None, None) => None,
            },
        })
    }
}

fn event_name(event: &WireObject<'_>) -> Result<EventName, Refusal> {
    let text = read::text(event.name.ok_or(Refusal::BadName)?)?;
    if text.chars().any(char::is_control) {
        return Err(Refusal::ControlChar);
    }
    // A name cannot hold what stands for something redacted, so one that is a secret is none.
    EventName::parse(&text).ok().filter(|name| !looks_personal(name.as_str())).ok_or(Refusal::BadName)
}

/// Puts the fields of `context` where the event's own would stand.
fn spread_context(object: &mut WireObject<'_>) -> Result<(), Refusal> {
    let Some(context) = object.context.take() else { return Ok(()) };
    let context = WireContext::read(context).map_err(|_| Refusal::BadContext)?;
    object.url = object.url.or(context.url);
    object.referrer = object.referrer.or(context.referrer);
    object.language = object.language.or(context.language);
    object.unknown_fields += context.unknown_fields;
    Ok(())
}

/// Gives `event` the batch's fields that it does not carry itself.
fn inherit<'a>(event: &mut WireObject<'a>, shared: &WireObject<'a>) {
    event.visitor = event.visitor.or(shared.visitor);
    event.customer = event.customer.or(shared.customer);
    event.consent = event.consent.or(shared.consent);
    event.currency = event.currency.or(shared.currency);
    event.campaign = event.campaign.or(shared.campaign);
    event.ip = event.ip.or(shared.ip);
    event.user_agent = event.user_agent.or(shared.user_agent);
    event.country = event.country.or(shared.country);
    event.url = event.url.or(shared.url);
    event.referrer = event.referrer.or(shared.referrer);
    event.language = event.language.or(shared.language);
}
