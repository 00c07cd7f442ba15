//! Campaign parameters of an address.

use std::borrow::Cow;

use super::event::{Campaign, ClickId};
use super::name::Label;
use super::personal::{looks_personal, percent_decoded};

impl Campaign {
    /// Reads the query of an address as it was sent, with or without the `?` and what stands before it.
    ///
    /// Of `utm_…` the first wins, too long values are cut, and what looks like an e-mail address or a secret is
    /// left out. A click id only says which network it came from.
    pub fn from_address(address: &str) -> Self {
        let mut campaign = Self::default();
        let address = address.split_once('#').map_or(address, |(before, _)| before);
        let query = address.split_once('?').map_or(address, |(_, query)| query);
        for pair in query.split('&') {
            let Some((key, value)) = pair.split_once('=') else { continue };
            campaign.click = campaign.click.or(click_id(key));
            let place = match key {
                "utm_source" => &mut campaign.source,
                "utm_medium" => &mut campaign.medium,
                "utm_campaign" => &mut campaign.campaign,
                "utm_term" => &mut campaign.term,
                "utm_content" => &mut campaign.content,
                _ => continue,
            };
            if place.is_none() {
                *place = label(value);
            }
        }
        campaign
    }

    /// This campaign, with what it lacks taken from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            source: self.source.or(other.source),
            medium: self.medium.or(other.medium),
            campaign: self.campaign.or(other.campaign),
            term: self.term.or(other.term),
            content: self.content.or(other.content),
            click: self.click.or(other.click),
        }
    }
}

fn click_id(key: &str) -> Option<ClickId> {
    match key {
        "gclid" | "gbraid" | "wbraid" => Some(ClickId::Google),
        "msclkid" => Some(ClickId::Microsoft),
        "fbclid" => Some(ClickId::Meta),
        "ttclid" => Some(ClickId::TikTok),
        _ => None,
    }
}

fn label(value: &str) -> Option<Label> {
    let text =
        if value.contains(['%', '+']) { percent_decoded(&value.replace('+', " ")).into() } else { Cow::from(value) };
    if looks_personal(&text) {
        return None;
    }
    Label::describe(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_is_read_from_an_address() {
        let campaign = Campaign::from_address(
            "https://shop.example/?utm_source=news+letter&utm_medium=e-mail&utm_campaign=%C5%BC%C3%B3%C5%82w\
             &utm_source=second&utm_term=ann%40b.example&utm_content=&gclid=secret#utm_term=no",
        );
        let text = |label: &Option<Label>| label.as_ref().map(|label| label.as_str().to_owned());
        assert_eq!(text(&campaign.source).as_deref(), Some("news letter"));
        assert_eq!(text(&campaign.medium).as_deref(), Some("e-mail"));
        assert_eq!(text(&campaign.campaign).as_deref(), Some("żółw"));
        assert_eq!((campaign.term, campaign.content), (None, None));
        assert_eq!(campaign.click, Some(ClickId::Google));
        assert_eq!(Campaign::from_address("https://shop.example/"), Campaign::default());
    }

    #[test]
    fn what_was_said_wins_over_what_the_address_says() {
        let said = Campaign { source: Label::parse("said").ok(), ..Campaign::default() };
        let merged = said.or(Campaign::from_address("?utm_source=address&utm_medium=cpc&msclkid=1"));
        assert_eq!(merged.source.unwrap().as_str(), "said");
        assert_eq!(merged.medium.unwrap().as_str(), "cpc");
        assert_eq!(merged.click, Some(ClickId::Microsoft));
    }
}
