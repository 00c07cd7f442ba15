//! The page an event happened on, and how the visitor came to it.

use super::json::Json;
use super::read;
use super::refusal::Refusal;
use super::wire::{Raw, WireCampaign, WireObject};
use crate::domain::event::{Arrival, Campaign};
use crate::domain::name::Label;
use crate::domain::page::{PageUrl, referrer_host};
use crate::domain::personal::REDACTED;

/// Reads pages, and remembers the last few: the events of a batch mostly share them, and reading an address costs
/// more than all the rest of an event.
#[derive(Default)]
pub(super) struct Pages<'a> {
    /// By the JSON text of the address.
    pages: Vec<(&'a str, PageUrl, Campaign)>,
    /// The last referrer, likewise.
    referrer: Option<(&'a str, Option<Label>)>,
}

impl<'a> Pages<'a> {
    /// How many pages are remembered.
    const REMEMBERED_MAX: usize = 8;

    /// The page of `event`, and the arrival that its address, its referrer and its own words tell of.
    ///
    /// # Errors
    /// [`Refusal::BadUrl`], [`Refusal::BadCampaign`], and those of texts.
    pub(super) fn place(&mut self, event: &WireObject<'a>) -> Result<(Option<PageUrl>, Arrival), Refusal> {
        let (page, from_page) = match event.url {
            Some(url) => self.page(url)?.map_or((None, Campaign::default()), |(page, from)| (Some(page), from)),
            None => (None, Campaign::default()),
        };
        let said = event.campaign.map(campaign).transpose()?;
        let arrival = Arrival {
            referrer_host: self.referrer(event.referrer)?,
            campaign: match said {
                Some(said) => said.or(from_page),
                None => from_page,
            },
            channel: read::name(event.channel)?,
        };
        Ok((page, arrival))
    }

    fn page(&mut self, raw: Json<'a>) -> Result<Option<(PageUrl, Campaign)>, Refusal> {
        if let Some((_, page, campaign)) = self.pages.iter().find(|(json, ..)| *json == raw.text()) {
            return Ok(Some((page.clone(), campaign.clone())));
        }
        let text = read::text(raw)?;
        if text.is_empty() {
            return Ok(None);
        }
        let page = PageUrl::parse(&text).map_err(|_| Refusal::BadUrl)?;
        let campaign = Campaign::from_address(&text);
        if self.pages.len() == Self::REMEMBERED_MAX {
            self.pages.remove(0);
        }
        self.pages.push((raw.text(), page.clone(), campaign.clone()));
        Ok(Some((page, campaign)))
    }

    fn referrer(&mut self, raw: Raw<'a>) -> Result<Option<Label>, Refusal> {
        let Some(raw) = raw else { return Ok(None) };
        if let Some((json, host)) = &self.referrer
            && *json == raw.text()
        {
            return Ok(host.clone());
        }
        let host = referrer_host(&read::text(raw)?).and_then(|host| Label::parse(&host).ok());
        self.referrer = Some((raw.text(), host.clone()));
        Ok(host)
    }
}

/// What the sender itself says of the campaign.
fn campaign(raw: Json<'_>) -> Result<Campaign, Refusal> {
    let said = WireCampaign::read(raw).map_err(|_| Refusal::BadCampaign)?;
    let plain = |raw| Ok(read::description(raw)?.filter(|label| !label.as_str().contains(REDACTED)));
    Ok(Campaign {
        source: plain(said.source)?,
        medium: plain(said.medium)?,
        campaign: plain(said.name)?,
        term: plain(said.term)?,
        content: plain(said.content)?,
        click: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::json::json;
    use super::*;

    #[track_caller]
    fn place<'a>(pages: &mut Pages<'a>, fields: &'a str) -> Result<(Option<PageUrl>, Arrival), Refusal> {
        pages.place(&WireObject::read(json(fields)).unwrap())
    }

    #[test]
    fn an_arrival_is_told_by_address_referrer_and_words() {
        let mut pages = Pages::default();
        let fields = r#"{"url":"https:\/\/shop.example/?utm_source=a&utm_medium=b","referrer":"https://WWW.Search.example/?q=x",
            "campaign":{"source":"said","name":"spring","term":"ann@b.example"},"channel":"Email"}"#;
        let (page, arrival) = place(&mut pages, fields).unwrap();
        assert_eq!(page.unwrap().as_str(), "https://shop.example/?utm_source=a&utm_medium=b");
        let text = |label: Option<Label>| label.map(|label| label.to_string());
        assert_eq!(text(arrival.referrer_host).as_deref(), Some("www.search.example"));
        assert_eq!(text(arrival.campaign.source).as_deref(), Some("said"));
        assert_eq!(text(arrival.campaign.medium).as_deref(), Some("b"));
        assert_eq!(text(arrival.campaign.campaign).as_deref(), Some("spring"));
        assert_eq!(arrival.campaign.term, None);
        assert_eq!(text(arrival.channel).as_deref(), Some("Email"));
    }

    #[test]
    fn a_remembered_page_is_the_same_page() {
        let mut pages = Pages::default();
        let first = place(&mut pages, r#"{"url":"https://shop.example/a?utm_source=x"}"#).unwrap();
        assert_eq!(place(&mut pages, r#"{"url":"https://shop.example/a?utm_source=x"}"#).unwrap(), first);
        let other = place(&mut pages, r#"{"url":"https://shop.example/b"}"#).unwrap();
        assert_eq!(other.0.unwrap().path(), "/b");
        assert_eq!(other.1.campaign, Campaign::default());
        assert_eq!(place(&mut pages, r#"{"url":""}"#).unwrap(), (None, Arrival::default()));
        assert_eq!(place(&mut pages, r#"{"url":"javascript:1"}"#), Err(Refusal::BadUrl));
        assert_eq!(place(&mut pages, r#"{"campaign":5}"#), Err(Refusal::BadCampaign));
    }
}
