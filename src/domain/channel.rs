//! How a visitor came: GA4's ordered channel rules over what an event says of its arrival.
//!
//! The rules and the lists of sources are data (`config/channels.toml`); this file reads and applies them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

use super::event::ClickId;
use super::known_source::{Category, Known, KnownSources, lower_case};
use super::rules::{Pattern, RulesError, find_short, text_version};

/// The channel of a session that began without an arrival.
pub const DIRECT: &str = "Direct";

/// The name of the file, for messages.
const FILE: &str = "channels.toml";

/// The channel rules of a site.
///
/// Invariant: a channel called [`DIRECT`] is among them, and the last one takes whatever comes.
#[derive(Debug)]
pub struct Channels {
    version: u64,
    sources: KnownSources,
    channels: Vec<Channel>,
}

/// What an event says of how its visitor came to the page. Empty texts count as absent.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// `utm_source`.
    pub source: Option<&'a str>,
    /// `utm_medium`.
    pub medium: Option<&'a str>,
    /// `utm_campaign`.
    pub campaign: Option<&'a str>,
    /// Which ad network's click id the address carried.
    pub click: Option<ClickId>,
    /// The referring page's host, lower case.
    pub referrer_host: Option<&'a str>,
    /// The site's own hosts; their subdomains count as own too.
    pub site_domains: &'a [String],
}

/// An arrival. Texts are lower case, so that `Google` and `google` are one row of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived<'a> {
    /// One of [`Channels::names`].
    pub channel: &'a str,
    /// The sender's `utm_source`, else the network's or referrer's name (`google`, `blog.example`); empty when
    /// nothing says it.
    pub source: Cow<'a, str>,
    /// The sender's `utm_medium`, else `cpc`, `organic` or `referral`; empty when nothing says it.
    pub medium: Cow<'a, str>,
}

impl Channels {
    /// Reads the text of a `channels.toml`.
    ///
    /// # Errors
    /// [`RulesError`], naming the key and what to write instead.
    pub fn parse(toml: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(toml).map_err(|source| RulesError::Shape { file: FILE, source })?;
        let sources = KnownSources::new(file.sources, file.plain.hosts, file.payment.hosts).map_err(|text| {
            let remedy = "write each lower-case word, host or `name.*` once in the whole file, without scheme and path";
            fault("sources", format!("hold `{text}` twice or in a form that matches nothing"), remedy)
        })?;
        let channels: Vec<_> =
            file.channel.into_iter().enumerate().map(|(at, channel)| channel.parse(at)).collect::<Result<_, _>>()?;
        if !channels.iter().any(|channel| channel.name == DIRECT) {
            let remedy = "keep one of that name: sessions without an arrival get it";
            return Err(fault("channel", format!("has none named `{DIRECT}`"), remedy));
        }
        let last = channels.len() - 1;
        if let Some(at) = channels.iter().enumerate().position(|(at, channel)| channel.when.is_empty() != (at == last))
        {
            let remedy = "the last channel, and no other, has no `when`, because it takes the rest";
            return Err(fault(&format!("channel[{at}].when"), "is in the wrong place".to_owned(), remedy));
        }
        Ok(Self { version: text_version(toml), sources, channels })
    }

    /// Changes with the text; rows derived under another version are to be derived again.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The channels' names in the order of the rules.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(|channel| channel.name.as_str())
    }

    /// How the visitor came.
    ///
    /// `None` when the event says nothing about an arrival: no campaign, no click id, and no referrer from
    /// outside (the shop's own hosts and payment hosts are not outside). A session that starts with such an
    /// event is [`DIRECT`]; any other such event belongs to the running session.
    pub fn arrived<'a>(&'a self, entry: &Entry<'a>) -> Option<Arrived<'a>> {
        let (source, medium) = self.origin(entry)?;
        let known = self.sources.find(&source);
        let (name, category) = match known {
            Some(Known::Listed { name, category }) => (name.as_str(), Some(*category)),
            Some(Known::Plain | Known::Payment) | None => (source.as_ref(), None),
        };
        let campaign = lower_case(entry.campaign.unwrap_or_default());
        let facts = Facts { name, category, medium: &medium, campaign: &campaign, click: entry.click };
        let channel = self.channels.iter().find(|channel| channel.takes(&facts)).expect("the last channel takes all");
        Some(Arrived { channel: &channel.name, source, medium })
    }

    /// Source and medium: what the sender wrote, completed by the click id and then by the referrer.
    fn origin<'a>(&'a self, entry: &Entry<'a>) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
        let sent = |text: Option<&'a str>| text.filter(|text| !text.is_empty());
        let (source, medium) = (sent(entry.source), sent(entry.medium));
        let referrer = self.referrer(entry);
        let paid = entry.click.and_then(paid_click);
        // Meta marks unpaid links too, on Facebook and Instagram alike: only without a referrer is it a source.
        let unpaid = (entry.click == Some(ClickId::Meta)).then_some("facebook");
        let says_something = source.or(medium).or(sent(entry.campaign)).is_some() || entry.click.is_some();
        if !says_something && referrer.is_none() {
            return None;
        }
        let derived_medium = match (paid, &referrer) {
            (Some(_), _) => "cpc",
            (None, Some(referrer)) if source.is_none() => referrer.medium,
            (None, Some(_)) => "referral",
            (None, None) if unpaid.is_some() => "referral",
            (None, None) => "",
        };
        let source = match (source, paid, referrer) {
            (Some(source), _, _) => lower_case(source),
            (None, Some(network), _) => Cow::Borrowed(network),
            (None, None, Some(referrer)) => referrer.name,
            (None, None, None) => Cow::Borrowed(unpaid.unwrap_or_default()),
        };
        Some((source, medium.map_or(Cow::Borrowed(derived_medium), lower_case)))
    }

    /// The referrer, when it is from outside.
    fn referrer<'a>(&'a self, entry: &Entry<'a>) -> Option<Referrer<'a>> {
        let host = entry.referrer_host?.trim_end_matches('.');
        if host.is_empty() || entry.site_domains.iter().any(|domain| lies_under(host, domain)) {
            return None;
        }
        match self.sources.find(&lower_case(host)) {
            Some(Known::Payment) => None,
            Some(Known::Listed { name, category: Category::Search }) => {
                Some(Referrer { name: Cow::Borrowed(name), medium: "organic" })
            }
            Some(Known::Listed { name, .. }) => Some(Referrer { name: Cow::Borrowed(name), medium: "referral" }),
            Some(Known::Plain) | None => Some(Referrer { name: lower_case(without_www(host)), medium: "referral" }),
        }
    }
}

/// A referrer from outside.
struct Referrer<'a> {
    name: Cow<'a, str>,
    medium: &'static str,
}

/// The network whose click ids stand only on paid clicks.
fn paid_click(click: ClickId) -> Option<&'static str> {
    match click {
        ClickId::Google => Some("google"),
        ClickId::Microsoft => Some("bing"),
        ClickId::TikTok => Some("tiktok"),
        ClickId::Meta => None,
    }
}

fn without_www(host: &str) -> &str {
    match host.split_at_checked(4) {
        Some((www, rest)) if www.eq_ignore_ascii_case("www.") && !rest.is_empty() => rest,
        _ => host,
    }
}

/// Whether `host` is `domain` or one of its subdomains, `www.` or not, in any case.
fn lies_under(host: &str, domain: &str) -> bool {
    let (host, domain) = (lower_case(host), lower_case(without_www(domain)));
    !domain.is_empty()
        && host.strip_suffix(domain.as_ref()).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('.'))
}

/// What the rules look at, all in lower case.
struct Facts<'a> {
    name: &'a str,
    category: Option<Category>,
    medium: &'a str,
    campaign: &'a str,
    click: Option<ClickId>,
}

/// One rule. No condition at all takes everything.
#[derive(Debug)]
struct Channel {
    name: String,
    when: Vec<Condition>,
}

impl Channel {
    fn takes(&self, facts: &Facts<'_>) -> bool {
        self.when.is_empty() || self.when.iter().any(|condition| condition.holds(facts))
    }
}

/// Everything given must hold; an empty list is not given.
#[derive(Debug)]
struct Condition {
    category: Option<Category>,
    source: Vec<String>,
    medium: Vec<Test>,
    campaign: Vec<Test>,
    click: Option<ClickId>,
}

impl Condition {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let any = |tests: &[Test], text: &str| tests.is_empty() || tests.iter().any(|test| test.holds(text));
        self.category.is_none_or(|category| facts.category == Some(category))
            && self.click.is_none_or(|click| facts.click == Some(click))
            && (self.source.is_empty() || self.source.iter().any(|source| source == facts.name))
            && any(&self.medium, facts.medium)
            && any(&self.campaign, facts.campaign)
    }
}

/// What a medium or campaign is compared with.
#[derive(Debug)]
enum Test {
    Paid,
    Shop,
    Pattern(Pattern),
}

impl Test {
    fn parse(text: &str) -> Self {
        match text {
            "@paid" => Self::Paid,
            "@shop" => Self::Shop,
            _ => Self::Pattern(Pattern::parse(&text.to_lowercase())),
        }
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Paid => names_paid_clicks(text),
            Self::Shop => names_a_shop(text),
            Self::Pattern(pattern) => pattern.matches(text),
        }
    }
}

/// GA4's `^(.*cp.*|ppc|retargeting|paid.*)$`.
fn names_paid_clicks(text: &str) -> bool {
    find_short(text, "cp").is_some() || text == "ppc" || text == "retargeting" || text.starts_with("paid")
}

/// GA4's `^(.*(([^a-df-z]|^)shop|shopping).*)$`: `shop` begins a word, or follows an `e` as in `eshop`.
fn names_a_shop(text: &str) -> bool {
    let begins_a_word = |at: usize| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|before| before == 'e' || !before.is_ascii_lowercase())
    };
    // Most campaigns name no shop at all.
    find_short(text, "shop").is_some()
        && text.match_indices("shop").any(|(at, shop)| begins_a_word(at) || text[at + shop.len()..].starts_with("ping"))
}

fn fault(key: &str, fault: String, remedy: &'static str) -> RulesError {
    RulesError::Value { file: FILE, key: key.to_owned(), fault, remedy }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    channel: Vec<ChannelText>,
    sources: BTreeMap<Category, BTreeMap<String, Vec<String>>>,
    plain: Hosts,
    payment: Hosts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hosts {
    hosts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelText {
    name: String,
    #[serde(default)]
    when: Vec<ConditionText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionText {
    category: Option<Category>,
    #[serde(default)]
    source: Vec<String>,
    #[serde(default)]
    medium: Vec<String>,
    #[serde(default)]
    campaign: Vec<String>,
    click: Option<String>,
}

impl ChannelText {
    fn parse(self, at: usize) -> Result<Channel, RulesError> {
        if self.name.trim().is_empty() {
            return Err(fault(&format!("channel[{at}].name"), "is empty".to_owned(), "give the channel a name"));
        }
        let when = self.when.into_iter().map(|condition| condition.parse(at)).collect::<Result<_, _>>()?;
        Ok(Channel { name: self.name, when })
    }
}

impl ConditionText {
    fn parse(self, at: usize) -> Result<Condition, RulesError> {
        let click = match self.click.as_deref() {
            None => None,
            Some("google") => Some(ClickId::Google),
            Some("microsoft") => Some(ClickId::Microsoft),
            Some("meta") => Some(ClickId::Meta),
            Some("tiktok") => Some(ClickId::TikTok),
            Some(other) => {
                let key = format!("channel[{at}].when.click");
                return Err(fault(&key, format!("is `{other}`"), "use google, microsoft, meta or tiktok"));
            }
        };
        let tests = |texts: Vec<String>| texts.iter().map(|text| Test::parse(text)).collect::<Vec<_>>();
        let condition = Condition {
            category: self.category,
            source: self.source.iter().map(|source| source.to_lowercase()).collect(),
            medium: tests(self.medium),
            campaign: tests(self.campaign),
            click,
        };
        let given = condition.category.is_some() || condition.click.is_some() || !condition.source.is_empty();
        if !given && condition.medium.is_empty() && condition.campaign.is_empty() {
            let remedy = "give a category, source, medium, campaign or click, or delete it";
            return Err(fault(
                &format!("channel[{at}].when"),
                "holds a condition that asks for nothing".to_owned(),
                remedy,
            ));
        }
        Ok(condition)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_shop_begins_a_word_or_follows_an_e() {
        for text in ["shop", "eshop", "my shop", "1shop", "żshop", "workshop shop", "shopping", "bishopping", "shops"]
        {
            assert!(names_a_shop(text), "{text}");
        }
        for text in ["", "bishop", "workshop", "ashop", "sho", "workshoppin"] {
            assert!(!names_a_shop(text), "{text}");
        }
    }

    proptest! {
        /// The two regular expressions, said with stars; no other letters occur here.
        #[test]
        fn paid_clicks_and_shops_are_what_the_patterns_say(text in "(shop|ping|shopping|cp|ppc|paid|retargeting|[adefz1 ż]){0,5}") {
            let any = |patterns: &[&str]| patterns.iter().any(|pattern| Pattern::parse(pattern).matches(&text));
            prop_assert_eq!(names_paid_clicks(&text), any(&["*cp*", "ppc", "retargeting", "paid*"]));
            let shops = ["shop*", "*shopping*", "*eshop*", "*1shop*", "* shop*", "*żshop*"];
            prop_assert_eq!(names_a_shop(&text), any(&shops));
        }
    }
}
