//! The shipped channel rules against GA4's list of default channels, and against real referrers.

use proptest::prelude::*;
use styk::domain::channel::{Arrived, Channels, DIRECT, Entry};
use styk::domain::event::ClickId;
use styk::domain::rules::RulesError;

const SHIPPED: &str = include_str!("../../config/channels.toml");

fn shipped() -> Channels {
    Channels::parse(SHIPPED).unwrap()
}

/// `source / medium / campaign`, where `-` is nothing.
fn tagged(text: &str) -> Entry<'_> {
    let mut parts = text.split(" / ").map(|part| Some(part).filter(|part| *part != "-"));
    let mut next = || parts.next().flatten();
    Entry { source: next(), medium: next(), campaign: next(), click: None, referrer_host: None, site_domains: &[] }
}

fn referred(host: &str) -> Entry<'_> {
    Entry { referrer_host: Some(host), ..tagged("-") }
}

#[test]
fn campaigns_get_the_channels_of_ga4() {
    let channels = shipped();
    let table = [
        ("(direct) / (none)", DIRECT),
        ("direct / -", DIRECT),
        ("google / cpc / 2026-Cross-Network-pl", "Cross-network"),
        ("amazon / cpc", "Paid Shopping"),
        ("newsite / ppc / eshop-spring", "Paid Shopping"),
        ("newsite / cpc / bishop-tour", "Paid Other"),
        ("google / cpc", "Paid Search"),
        ("google / retargeting", "Paid Search"),
        ("bing / paid-search", "Paid Search"),
        ("www.google.pl / CPC", "Paid Search"),
        ("facebook / cpc", "Paid Social"),
        ("ig / paid", "Paid Social"),
        ("youtube / cpv-cpm", "Paid Video"),
        ("partner / display", "Display"),
        ("partner / banner", "Display"),
        ("partner / expandable", "Display"),
        ("partner / interstitial", "Display"),
        ("partner / cpm", "Display"),
        ("partner / cpa", "Paid Other"),
        ("google / cpm", "Paid Search"),
        ("ceneo / -", "Organic Shopping"),
        ("partner / - / shopping-week", "Organic Shopping"),
        ("facebook / post", "Organic Social"),
        ("partner / social", "Organic Social"),
        ("partner / social-network", "Organic Social"),
        ("partner / social-media", "Organic Social"),
        ("partner / sm", "Organic Social"),
        ("partner / social network", "Organic Social"),
        ("partner / social media", "Organic Social"),
        ("youtube / -", "Organic Video"),
        ("partner / in-video-link", "Organic Video"),
        ("chatgpt.com / -", "AI Assistants"),
        ("perplexity / organic", "AI Assistants"),
        ("google / organic", "Organic Search"),
        ("partner / organic", "Organic Search"),
        ("newsletter / email", "Email"),
        ("Newsletter / E-Mail", "Email"),
        ("newsletter / e_mail", "Email"),
        ("e mail / monday", "Email"),
        ("partner / affiliate", "Affiliates"),
        ("partner / referral", "Referral"),
        ("partner / app", "Referral"),
        ("partner / link", "Referral"),
        ("partner / audio", "Audio"),
        ("sms / -", "SMS"),
        ("partner / sms", "SMS"),
        ("partner / web-push", "Mobile Push"),
        ("firebase / -", "Mobile Push"),
        ("partner / notification", "Mobile Push"),
        ("partner / -", "Unassigned"),
        ("żółw / ŻÓŁTY", "Unassigned"),
        ("- / - / spring", "Unassigned"),
    ];
    for (text, expected) in table {
        assert_eq!(channels.arrived(&tagged(text)).unwrap().channel, expected, "{text}");
    }
    let untested: Vec<_> = channels.names().filter(|name| !table.iter().any(|(_, tested)| tested == name)).collect();
    assert!(untested.is_empty(), "add a line for each of {untested:?}");
}

#[test]
fn referrers_get_a_name_and_a_channel() {
    let channels = shipped();
    let table = [
        ("www.google.pl", "google", "organic", "Organic Search"),
        ("www.google.co.uk", "google", "organic", "Organic Search"),
        ("com.google.android.googlequicksearchbox", "google", "organic", "Organic Search"),
        ("www.bing.com", "bing", "organic", "Organic Search"),
        ("duckduckgo.com", "duckduckgo", "organic", "Organic Search"),
        ("www.ecosia.org", "ecosia", "organic", "Organic Search"),
        ("yandex.ru", "yandex", "organic", "Organic Search"),
        ("search.yahoo.com", "yahoo", "organic", "Organic Search"),
        ("search.seznam.cz", "seznam", "organic", "Organic Search"),
        ("l.facebook.com", "facebook", "referral", "Organic Social"),
        ("m.facebook.com", "facebook", "referral", "Organic Social"),
        ("l.instagram.com", "instagram", "referral", "Organic Social"),
        ("t.co", "x", "referral", "Organic Social"),
        ("lnkd.in", "linkedin", "referral", "Organic Social"),
        ("pl.pinterest.com", "pinterest", "referral", "Organic Social"),
        ("old.reddit.com", "reddit", "referral", "Organic Social"),
        ("www.youtube.com", "youtube", "referral", "Organic Video"),
        ("allegro.pl", "allegro", "referral", "Organic Shopping"),
        ("www.amazon.co.uk", "amazon", "referral", "Organic Shopping"),
        ("shopping.google.com", "google-shopping", "referral", "Organic Shopping"),
        ("www.idealo.de", "idealo", "referral", "Organic Shopping"),
        ("chatgpt.com", "chatgpt", "referral", "AI Assistants"),
        ("claude.ai", "claude", "referral", "AI Assistants"),
        ("gemini.google.com", "gemini", "referral", "AI Assistants"),
        ("copilot.microsoft.com", "copilot", "referral", "AI Assistants"),
        ("www.perplexity.ai", "perplexity", "referral", "AI Assistants"),
        ("grok.com", "grok", "referral", "AI Assistants"),
        ("chat.deepseek.com", "deepseek", "referral", "AI Assistants"),
        ("mail.google.com", "gmail", "referral", "Email"),
        ("outlook.live.com", "outlook", "referral", "Email"),
        ("docs.google.com", "docs.google.com", "referral", "Referral"),
        ("www.blog.example", "blog.example", "referral", "Referral"),
        ("netflix.com.evil.example", "netflix.com.evil.example", "referral", "Referral"),
        ("sklep-żółw.pl", "sklep-żółw.pl", "referral", "Referral"),
    ];
    for (host, source, medium, channel) in table {
        let arrived = Arrived { channel, source: source.into(), medium: medium.into() };
        assert_eq!(channels.arrived(&referred(host)), Some(arrived), "{host}");
    }
}

#[test]
fn the_shop_itself_and_payment_hosts_are_no_arrival() {
    let channels = shipped();
    let site_domains = ["www.shop.pl".to_owned(), "Shop.EXAMPLE".to_owned()];
    let own = ["shop.pl", "www.shop.pl", "blog.shop.pl", "shop.example", "pay.shop.example.", ""];
    let paying =
        ["www.paypal.com", "checkout.stripe.com", "secure.payu.com", "go.przelewy24.pl", "blik.com", "pay.google.com"];
    for host in own.into_iter().chain(paying) {
        assert_eq!(channels.arrived(&Entry { site_domains: &site_domains, ..referred(host) }), None, "{host}");
    }
    let outside = Entry { site_domains: &site_domains, ..referred("notshop.pl") };
    assert_eq!(channels.arrived(&outside).unwrap().channel, "Referral");
    let campaign = Entry { referrer_host: Some("www.paypal.com"), ..tagged("newsletter / email") };
    assert_eq!(channels.arrived(&campaign).unwrap().channel, "Email");
    assert_eq!(channels.arrived(&Entry { source: Some(""), ..tagged("-") }), None);
}

#[test]
fn click_ids_fill_what_the_address_leaves_out() {
    let channels = shipped();
    let check = |entry: Entry<'_>, click, source: &str, medium: &str, channel: &str| {
        let arrived = Arrived { channel, source: source.into(), medium: medium.into() };
        assert_eq!(channels.arrived(&Entry { click: Some(click), ..entry }), Some(arrived));
    };
    check(tagged("-"), ClickId::Google, "google", "cpc", "Paid Search");
    check(referred("www.youtube.com"), ClickId::Google, "google", "cpc", "Paid Search");
    check(tagged("google / organic"), ClickId::Google, "google", "organic", "Paid Search");
    check(tagged("google / - / cross-network"), ClickId::Google, "google", "cpc", "Cross-network");
    check(tagged("-"), ClickId::Microsoft, "bing", "cpc", "Paid Search");
    check(tagged("bing / -"), ClickId::Microsoft, "bing", "cpc", "Paid Search");
    check(tagged("newsletter / email"), ClickId::Google, "newsletter", "email", "Email");
    check(tagged("-"), ClickId::TikTok, "tiktok", "cpc", "Paid Social");
    check(tagged("-"), ClickId::Meta, "facebook", "referral", "Organic Social");
    check(referred("l.instagram.com"), ClickId::Meta, "instagram", "referral", "Organic Social");
    check(tagged("facebook / paid_social"), ClickId::Meta, "facebook", "paid_social", "Paid Social");
}

#[test]
fn what_is_sent_wins_over_the_referrer() {
    let channels = shipped();
    let entry = Entry { referrer_host: Some("www.google.com"), ..tagged("Partner / -") };
    let arrived = channels.arrived(&entry).unwrap();
    assert_eq!((arrived.channel, &*arrived.source, &*arrived.medium), ("Referral", "partner", "referral"));
    let entry = Entry { referrer_host: Some("www.google.com"), ..tagged("- / - / profile") };
    let arrived = channels.arrived(&entry).unwrap();
    assert_eq!((arrived.channel, &*arrived.source, &*arrived.medium), ("Organic Search", "google", "organic"));
}

#[test]
fn a_mistake_in_the_file_is_named_with_its_remedy() {
    let check = |from: &str, to: &str, expected: &str| {
        assert!(SHIPPED.contains(from), "{from}");
        let error = Channels::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err();
        let text = match &error {
            RulesError::Shape { source, .. } => format!("{error}: {source}"),
            RulesError::Value { .. } => error.to_string(),
        };
        assert!(text.starts_with("channels.toml") && text.contains(expected), "{text}");
    };
    check("category = \"search\"", "category = \"serach\"", "is not one of: search, social");
    check("click = \"google\"", "click = \"googel\"", "use google, microsoft, meta or tiktok");
    check("name = \"Direct\"", "name = \"Straight\"", "none named `Direct`");
    check("\"ecosia.org\"", "\"bing.*\"", "`bing.*` twice");
    check("when = [{ category = \"ai\" }]", "", "the last channel");
    check("name = \"Unassigned\"", "name = \"Unassigned\"\nwhen = [{}]", "asks for nothing");
    check("[plain]", "[plane]", "unknown field `plane`");
}

#[test]
fn a_changed_file_has_another_version() {
    assert_eq!(shipped().version(), shipped().version());
    assert_ne!(Channels::parse(&SHIPPED.replace("Affiliates", "Partners")).unwrap().version(), shipped().version());
}

proptest! {
    #[test]
    fn any_text_gets_a_channel_of_the_list(
        source in proptest::option::of("\\PC{0,30}"), medium in proptest::option::of("\\PC{0,30}"),
        campaign in proptest::option::of("\\PC{0,30}"), host in proptest::option::of("[a-zA-Zż.]{0,30}|\\PC{0,30}"),
        domain in "[a-z.]{0,5}|\\PC{0,10}",
    ) {
        let channels = shipped();
        let domains = [domain];
        let entry = Entry {
            source: source.as_deref(), medium: medium.as_deref(), campaign: campaign.as_deref(), click: None,
            referrer_host: host.as_deref(), site_domains: &domains,
        };
        let arrived = channels.arrived(&entry);
        let sent = [&source, &medium, &campaign].iter().any(|text| text.as_deref().is_some_and(|text| !text.is_empty()));
        prop_assert!(arrived.is_some() || !sent);
        prop_assert!(arrived.is_none_or(|arrived| channels.names().any(|name| name == arrived.channel)));
    }
}
