//! What follows from an event: device, channel, touchpoint; and the row that the store keeps.

use std::borrow::Cow;

use serde::Serialize;

use super::agent::Agents;
use crate::control::Site;
use crate::domain::channel::{Channels, DIRECT, Entry};
use crate::domain::event::{Batch, Clock, Event, Item, Sender};
use crate::domain::money::Currency;
use crate::domain::name::Label;
use crate::domain::touchpoint::{Register, Touch};
use crate::store::{Code, NO_CODE, Row, Writer};

/// Stands for every text past the limit.
pub(super) const OTHER: &str = "__other__";

/// Derives rows. Holds the rules for the events of one record.
pub(super) struct Enricher<'a> {
    /// `None` when the site was removed since.
    pub(super) site: Option<&'a Site>,
    pub(super) channels: &'a Channels,
    pub(super) register: &'a Register,
    pub(super) agents: &'a mut Agents,
    pub(super) writer: &'a Writer,
    pub(super) texts_max: u32,
}

impl Enricher<'_> {
    /// The row of `event`.
    pub(super) fn row<'e>(&mut self, batch: &Batch, event: &'e Event, sequence: u64) -> Row<'e> {
        let commerce = &event.commerce;
        let currency = commerce.value.map(|money| money.currency());
        Row {
            site: batch.site,
            visitor: event.actor.visitor,
            occurred_at: event.time.occurred_at,
            sequence,
            received_at: batch.received_at,
            event_id: event.id,
            codes: self.codes(event),
            trusted: batch.sender == Sender::Server,
            time_replaced: event.time.clock == Clock::Replaced,
            sender_sequence: event.time.sender_sequence,
            value_minor: commerce.value.map(|money| money.minor()),
            currency: self.code(currency.as_ref().map(|currency| currency.as_str())),
            customer: event.actor.customer.as_ref().map(Label::as_str),
            cart_id: commerce.cart_id.as_ref().map(Label::as_str),
            transaction_id: commerce.transaction_id.as_ref().map(Label::as_str),
            items: items_text(&commerce.items, currency),
            properties: event.properties.as_deref(),
        }
    }

    /// The coded columns, in the order of [`Row::CODED_COLUMNS`].
    fn codes(&mut self, event: &Event) -> [Code; Row::CODED_COLUMNS.len()] {
        let campaign = &event.arrival.campaign;
        let referrer_host = text(&event.arrival.referrer_host);
        let entry = Entry {
            source: text(&campaign.source),
            medium: text(&campaign.medium),
            campaign: text(&campaign.campaign),
            click: campaign.click,
            referrer_host,
            site_domains: self.site.map_or(&[], |site| &site.domains),
        };
        let arrived = self.channels.arrived(&entry);
        let channel = text(&event.arrival.channel).or(arrived.as_ref().map(|arrived| arrived.channel));
        // A session without a channel is Direct, so naming it says nothing.
        let channel = channel.filter(|&channel| channel != DIRECT);
        let source = arrived.as_ref().map(|arrived| &*arrived.source).or(text(&campaign.source));
        let medium = arrived.as_ref().map(|arrived| &*arrived.medium).or(text(&campaign.medium));
        let touched = self.register.touch_of(&Touch {
            event: event.name.as_str(),
            page_path: event.page.as_ref().map(|page| page.path()),
            channel,
            source,
            medium,
            campaign: text(&campaign.campaign),
            explicit: text(&event.touchpoint),
            properties: event.properties.as_deref(),
        });
        let agent = self.agents.agent_of(event.actor.user_agent.as_deref());
        [
            self.code(Some(event.name.as_str())),
            self.code(Some(touched.key)),
            self.code(Some(touched.stage.as_str())),
            self.code(channel),
            self.code(source),
            self.code(medium),
            self.code(text(&campaign.campaign)),
            self.code(text(&campaign.term)),
            self.code(text(&campaign.content)),
            self.code(referrer_host),
            self.code(event.page.as_ref().map(|page| page.host())),
            self.code(event.page.as_ref().map(|page| page.path())),
            self.code(Some(agent.device.as_str())),
            self.code(Some(&agent.browser)),
            self.code(Some(&agent.os)),
            self.code(event.actor.country.as_ref().map(|country| country.as_str())),
            self.code(text(&event.actor.language)),
            self.code(Some(event.actor.consent.as_str())),
        ]
    }

    /// The code of `text`; past the limit, that of [`OTHER`].
    fn code(&self, text: Option<&str>) -> Code {
        match text {
            None | Some("") => NO_CODE,
            Some(text) => match self.writer.known_code(text) {
                Some(code) => code,
                None if self.texts_max <= self.writer.texts_total() => self.writer.code(OTHER),
                None => self.writer.code(text),
            },
        }
    }
}

fn text(label: &Option<Label>) -> Option<&str> {
    label.as_ref().map(Label::as_str)
}

/// Items as the store keeps them: GA4's names, the price in minor units, nothing that is missing.
#[derive(Serialize)]
struct StoredItem<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    item_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_brand: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_variant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_minor: Option<i64>,
    /// Of the price, where the event's value does not say it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    quantity: u32,
}

fn items_text<'a>(items: &[Item], value_currency: Option<Currency>) -> Option<Cow<'a, str>> {
    if items.is_empty() {
        return None;
    }
    let stored: Vec<_> = items
        .iter()
        .map(|item| StoredItem {
            item_id: text(&item.item_id),
            item_name: text(&item.item_name),
            item_category: text(&item.item_category),
            item_brand: text(&item.item_brand),
            item_variant: text(&item.item_variant),
            price_minor: item.price_minor,
            currency: item.currency.as_ref().filter(|&&own| Some(own) != value_currency).map(Currency::as_str),
            quantity: item.quantity,
        })
        .collect();
    Some(Cow::Owned(serde_json::to_string(&stored).expect("plain values always encode")))
}
