//! One event as the archive keeps it: what was sent, and nothing that follows from it.

use std::borrow::Cow;

use duckdb::ToSql;
use duckdb::arrow::array::{Array, AsArray};
use duckdb::arrow::datatypes::{ArrowPrimitiveType, Int64Type, UInt32Type, UInt64Type};
use duckdb::arrow::record_batch::RecordBatch;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::encoding;
use crate::domain::event::{
    Actor, Arrival, Batch, Campaign, ClickId, Clock, Commerce, Consent, CountryCode, Event, EventTime, Item, Sender,
};
use crate::domain::id::{EventId, SiteId, VisitorId};
use crate::domain::money::{Currency, Money};
use crate::domain::name::{EventName, Label};
use crate::domain::page::PageUrl;
use crate::domain::time::Timestamp;
use crate::store::row::Moment;

/// The columns of the files, as a table's definition.
pub(super) const COLUMNS: &str = include_str!("facts.sql");

/// All columns in the order of `facts.sql`, in types that [`Fact::read`] takes apart.
pub(super) const READ_COLUMNS: &str = "site, sequence, epoch_ms(received_at), trusted, visitor, epoch_ms(occurred_at),
    time_replaced, sender_sequence, event_id::varchar, event, consent, customer, user_agent, language, country, page,
    referrer_host, source, medium, campaign, term, content, click, sent_channel, sent_touchpoint, value_minor,
    currency, cart_id, transaction_id, items, properties";

/// An event with what its batch says about it. Made from a file it equals what went into the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    pub(super) sequence: u64,
    pub(super) site: SiteId,
    pub(super) received_at: Timestamp,
    pub(super) sender: Sender,
    pub(super) event: Event,
}

/// Appends the event at `sequence`; the order of values is the order of columns.
pub(super) fn append(
    batch: &Batch,
    sequence: u64,
    event: &Event,
    appender: &mut duckdb::Appender<'_>,
) -> duckdb::Result<()> {
    let (actor, arrival, commerce) = (&event.actor, &event.arrival, &event.commerce);
    let campaign = &arrival.campaign;
    let (received_at, occurred_at) = (Moment(batch.received_at), Moment(event.time.occurred_at));
    let (trusted, replaced) = (batch.sender == Sender::Server, event.time.clock == Clock::Replaced);
    let id = event.id.to_string();
    let (name, consent) = (event.name.as_str(), actor.consent.as_str());
    let texts: [Option<&str>; 14] = [
        label_text(&actor.customer),
        actor.user_agent.as_deref(),
        label_text(&actor.language),
        actor.country.as_ref().map(CountryCode::as_str),
        event.page.as_ref().map(PageUrl::as_str),
        label_text(&arrival.referrer_host),
        label_text(&campaign.source),
        label_text(&campaign.medium),
        label_text(&campaign.campaign),
        label_text(&campaign.term),
        label_text(&campaign.content),
        campaign.click.map(ClickId::as_str),
        label_text(&arrival.channel),
        label_text(&event.touchpoint),
    ];
    let value_minor = commerce.value.map(Money::minor);
    let currency = commerce.value.map(Money::currency);
    let currency = currency.as_ref().map(Currency::as_str);
    let (cart_id, transaction_id) = (label_text(&commerce.cart_id), label_text(&commerce.transaction_id));
    let items = items_text(&commerce.items);

    let mut values: Vec<&dyn ToSql> = Vec::with_capacity(31);
    values.extend([&batch.site.0 as &dyn ToSql, &sequence, &received_at, &trusted, &actor.visitor.0]);
    values.extend([&occurred_at as &dyn ToSql, &replaced, &event.time.sender_sequence, &id, &name, &consent]);
    values.extend(texts.iter().map(|text| text as &dyn ToSql));
    values.extend([&value_minor as &dyn ToSql, &currency, &cart_id, &transaction_id, &items, &event.properties]);
    appender.append_row(values.as_slice())
}

impl Fact {
    /// Takes a row of [`READ_COLUMNS`] apart; `None` where a word is not one that this program writes.
    pub(super) fn read(rows: &RecordBatch, row: usize) -> Option<Self> {
        let mut cells = Cells { rows, row, column: 0 };
        let site = SiteId(cells.number::<UInt32Type>()?);
        let sequence = cells.number::<UInt64Type>()?;
        let received_at = Timestamp::from_ms(cells.number::<Int64Type>()?);
        let sender = if cells.flag() { Sender::Server } else { Sender::Browser };
        let visitor = VisitorId(cells.number::<UInt64Type>()?);
        let time = EventTime {
            occurred_at: Timestamp::from_ms(cells.number::<Int64Type>()?),
            clock: if cells.flag() { Clock::Replaced } else { Clock::Kept },
            sender_sequence: cells.number::<UInt32Type>()?,
        };
        let id = EventId::parse(cells.text()?)?;
        let name = EventName::from_stored(cells.text()?);
        let consent = Consent::parse(cells.text()?)?;
        let actor = Actor {
            visitor,
            consent,
            customer: cells.label(),
            user_agent: cells.text().map(str::to_owned),
            language: cells.label(),
            country: cells.parsed(CountryCode::parse)?,
        };
        let page = cells.text().map(PageUrl::from_stored);
        let referrer_host = cells.label();
        let campaign = Campaign {
            source: cells.label(),
            medium: cells.label(),
            campaign: cells.label(),
            term: cells.label(),
            content: cells.label(),
            click: cells.parsed(ClickId::parse)?,
        };
        let arrival = Arrival { referrer_host, campaign, channel: cells.label() };
        let touchpoint = cells.label();
        let commerce = cells.commerce()?;
        let properties = cells.text().map(str::to_owned);
        let event = Event { id, name, time, actor, page, arrival, touchpoint, commerce, properties };
        Some(Self { sequence, site, received_at, sender, event })
    }

    /// The event as a batch of its own.
    pub(super) fn into_batch(self) -> Batch {
        Batch { site: self.site, received_at: self.received_at, sender: self.sender, events: vec![self.event] }
    }
}

/// A mark of everything that is known of the event at `sequence`. Marks of many events are added up, so that their
/// order does not matter.
pub(super) fn mark(sequence: u64, alone: &Batch) -> u128 {
    let mut hasher = Sha256::new();
    hasher.update(sequence.to_le_bytes());
    hasher.update(encoding::encode(alone));
    u128::from_le_bytes(hasher.finalize()[..16].try_into().expect("a sha256 has 32 bytes"))
}

/// The cells of a row, from the first column on.
struct Cells<'a> {
    rows: &'a RecordBatch,
    row: usize,
    column: usize,
}

impl<'a> Cells<'a> {
    /// The next column; `None` where this row has no value in it.
    fn next(&mut self) -> Option<&'a dyn Array> {
        let column = self.rows.column(self.column);
        self.column += 1;
        column.is_valid(self.row).then(|| column.as_ref())
    }

    fn number<T: ArrowPrimitiveType>(&mut self) -> Option<T::Native> {
        self.next().map(|column| column.as_primitive::<T>().value(self.row))
    }

    fn flag(&mut self) -> bool {
        self.next().is_some_and(|column| column.as_boolean().value(self.row))
    }

    fn text(&mut self) -> Option<&'a str> {
        self.next().map(|column| column.as_string::<i32>().value(self.row))
    }

    fn label(&mut self) -> Option<Label> {
        self.text().map(Label::from_stored)
    }

    /// What `parse` makes of the text: no text gives `Some(None)`, a text that it does not take gives `None`.
    fn parsed<T>(&mut self, parse: fn(&str) -> Option<T>) -> Option<Option<T>> {
        match self.text() {
            Some(text) => parse(text).map(Some),
            None => Some(None),
        }
    }

    fn commerce(&mut self) -> Option<Commerce> {
        let value_minor = self.number::<Int64Type>();
        let currency = self.parsed(Currency::parse)?;
        let value = match value_minor.zip(currency) {
            Some((minor, currency)) => Some(Money::from_minor(minor, currency)?),
            None => None,
        };
        Some(Commerce {
            value,
            cart_id: self.label(),
            transaction_id: self.label(),
            items: match self.text() {
                Some(text) => items_of(text)?,
                None => Vec::new(),
            },
        })
    }
}

fn label_text(label: &Option<Label>) -> Option<&str> {
    label.as_ref().map(Label::as_str)
}

/// An item in the file: one JSON object, names as in GA4, nothing that is missing.
#[derive(Serialize, Deserialize)]
struct ItemFact<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    item_id: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    item_name: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    item_category: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    item_brand: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    item_variant: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price_minor: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    currency: Option<Cow<'a, str>>,
    quantity: u32,
}

fn items_text(items: &[Item]) -> Option<String> {
    fn text(label: &Option<Label>) -> Option<Cow<'_, str>> {
        label_text(label).map(Cow::Borrowed)
    }
    if items.is_empty() {
        return None;
    }
    let facts = items.iter().map(|item| ItemFact {
        item_id: text(&item.item_id),
        item_name: text(&item.item_name),
        item_category: text(&item.item_category),
        item_brand: text(&item.item_brand),
        item_variant: text(&item.item_variant),
        price_minor: item.price_minor,
        currency: item.currency.as_ref().map(|currency| Cow::Borrowed(currency.as_str())),
        quantity: item.quantity,
    });
    Some(serde_json::to_string(&facts.collect::<Vec<_>>()).expect("plain values always encode"))
}

fn items_of(text: &str) -> Option<Vec<Item>> {
    let label = |text: Option<Cow<'_, str>>| text.map(|text| Label::from_stored(&text));
    let facts: Vec<ItemFact<'_>> = serde_json::from_str(text).ok()?;
    let items = facts.into_iter().map(|fact| {
        let currency = match &fact.currency {
            Some(code) => Some(Currency::parse(code)?),
            None => None,
        };
        Some(Item {
            item_id: label(fact.item_id),
            item_name: label(fact.item_name),
            item_category: label(fact.item_category),
            item_brand: label(fact.item_brand),
            item_variant: label(fact.item_variant),
            price_minor: fact.price_minor,
            currency,
            quantity: fact.quantity,
        })
    });
    items.collect()
}
