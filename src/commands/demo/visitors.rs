//! Who comes: devices, countries, consent, accounts, and the channels that bring people.

use super::chance::{Dice, Purpose};
use super::wire::Text;

/// Somebody with a browser. The same number of the same seed is always the same person.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// First-party id of the browser.
    pub(super) visitor: Text,
    /// The account they could log in to.
    pub(super) account: Option<Text>,
    /// What they answered to the consent question.
    pub(super) consent: &'static str,
    /// What they hold in their hands.
    pub(super) device: Device,
    /// What their browser calls itself.
    pub(super) user_agent: &'static str,
    /// ISO 3166 alpha-2.
    pub(super) country: &'static str,
    /// BCP 47 tag.
    pub(super) language: &'static str,
    /// An address from the documentation ranges.
    pub(super) ip: Text,
}

/// A class of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Device {
    Phone,
    Desktop,
    Tablet,
}

/// How a session came about: GA4's channels, and what the shop does itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    OrganicSearch,
    Direct,
    PaidSearch,
    Email,
    OrganicSocial,
    /// Paid social on Instagram.
    Instagram,
    /// Paid social on Facebook.
    Facebook,
    Referral,
    Affiliates,
    Display,
    OrganicVideo,
    /// The mail that reminds of a cart left behind.
    CartReminder,
    /// The newsletter of the second story.
    Newsletter,
}

/// What the browser shows of the way somebody came.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Appended to the first page's path: empty, or starts with `?`.
    pub(super) query: String,
    /// Referrer of the first page.
    pub(super) referrer: Option<&'static str>,
}

impl Person {
    /// The person `number` of `seed`.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let mut dice = Dice::new(seed, Purpose::Person, number);
        let visitor = dice.uuid().to_string().into();
        let device = dice.pick(DEVICES);
        let user_agent = dice.pick(user_agents(device));
        let (country, own_language) = dice.pick(COUNTRIES);
        let language = if dice.happens(0.07) { "en-GB" } else { own_language };
        let consent = dice.pick(CONSENTS);
        let account = dice.happens(0.22).then(|| format!("C-{}", 100_000 + number).into());
        let ip = address(&mut dice).into();
        Self { visitor, account, consent, device, user_agent, country, language, ip }
    }

    /// Whether the shop may recognise this browser on another day.
    pub(super) fn is_recognisable(&self) -> bool {
        self.consent == "granted"
    }
}

impl Channel {
    /// What brings somebody to the shop for the first time.
    pub(super) fn first(dice: &mut Dice) -> Self {
        dice.pick(FIRST_CHANNELS)
    }

    /// What brings somebody back who came through `first`.
    pub(super) fn again(dice: &mut Dice, first: Self) -> Self {
        dice.pick(&[
            (45, Self::Direct),
            (20, first),
            (15, Self::Email),
            (14, Self::OrganicSearch),
            (6, Self::PaidSearch),
        ])
    }

    /// How keen these visitors are on buying, compared with the average.
    pub(super) fn keenness(self) -> f64 {
        match self {
            Self::Email | Self::CartReminder => 1.25,
            Self::Direct => 1.15,
            Self::OrganicSearch | Self::PaidSearch | Self::Affiliates => 1.05,
            Self::Referral => 1.0,
            Self::OrganicSocial | Self::OrganicVideo => 0.75,
            Self::Instagram | Self::Facebook => 0.7,
            Self::Display | Self::Newsletter => 0.5,
        }
    }

    /// The address line and referrer that such an arrival leaves behind.
    pub(super) fn entry(self, dice: &mut Dice) -> Entry {
        let referrer = match self {
            Self::OrganicSearch => Some(dice.pick(SEARCH_ENGINES)),
            Self::PaidSearch => Some("https://www.google.com/"),
            Self::OrganicSocial => Some(dice.pick(SOCIAL_NETWORKS)),
            Self::Instagram => Some("https://l.instagram.com/"),
            Self::Facebook => Some("https://l.facebook.com/"),
            Self::Referral => Some(dice.pick(BLOGS)),
            Self::Affiliates => Some("https://www.preisvergleich.example/outdoor"),
            Self::OrganicVideo => Some("https://www.youtube.com/"),
            Self::Direct | Self::Email | Self::Display | Self::CartReminder | Self::Newsletter => None,
        };
        Entry { query: self.query(dice), referrer }
    }

    fn query(self, dice: &mut Dice) -> String {
        let campaign = match self {
            Self::OrganicSearch | Self::Direct | Self::OrganicSocial | Self::Referral | Self::OrganicVideo => {
                return String::new();
            }
            Self::PaidSearch => dice.pick(SEARCH_CAMPAIGNS),
            Self::Instagram => {
                "utm_source=instagram&utm_medium=paid_social&utm_campaign=autumn-layers&utm_content=reel"
            }
            Self::Facebook => {
                "utm_source=facebook&utm_medium=paid_social&utm_campaign=autumn-layers&utm_content=carousel"
            }
            Self::Email => dice.pick(MAIL_CAMPAIGNS),
            Self::Affiliates => "utm_source=preisvergleich&utm_medium=affiliate&utm_campaign=price-feed",
            Self::Display => "utm_source=outdoor-magazine&utm_medium=display&utm_campaign=autumn-banner",
            Self::CartReminder => "utm_source=shop-mail&utm_medium=email&utm_campaign=cart-reminder",
            Self::Newsletter => "utm_source=newsletter&utm_medium=email&utm_campaign=first-snow-preview",
        };
        match self {
            Self::PaidSearch => format!("?{campaign}&gclid=Cj0K{:016x}", dice.bits()),
            Self::Instagram | Self::Facebook => format!("?{campaign}&fbclid=IwAR{:016x}", dice.bits()),
            _ => format!("?{campaign}"),
        }
    }
}

fn address(dice: &mut Dice) -> String {
    match dice.pick(&[(32, Some("203.0.113")), (22, Some("198.51.100")), (11, Some("192.0.2")), (35, None)]) {
        Some(network) => format!("{network}.{}", 1 + dice.below(254)),
        None => format!("2001:db8:{:x}:{:x}::{:x}", dice.below(0x1_0000), dice.below(0x1_0000), 1 + dice.below(0xFFFF)),
    }
}

fn user_agents(device: Device) -> &'static [(u32, &'static str)] {
    match device {
        Device::Phone => PHONES,
        Device::Desktop => DESKTOPS,
        Device::Tablet => TABLETS,
    }
}

const DEVICES: &[(u32, Device)] = &[(60, Device::Phone), (35, Device::Desktop), (5, Device::Tablet)];

const CONSENTS: &[(u32, &str)] = &[(73, "granted"), (13, "denied"), (8, "cookieless"), (6, "pending")];

const COUNTRIES: &[(u32, (&str, &str))] = &[
    (38, ("PL", "pl-PL")),
    (24, ("DE", "de-DE")),
    (12, ("CZ", "cs-CZ")),
    (6, ("AT", "de-AT")),
    (5, ("SK", "sk-SK")),
    (4, ("NL", "nl-NL")),
    (3, ("FR", "fr-FR")),
    (3, ("GB", "en-GB")),
    (2, ("LT", "lt-LT")),
    (2, ("PL", "uk-UA")),
    (1, ("DK", "da-DK")),
];

const FIRST_CHANNELS: &[(u32, Channel)] = &[
    (31, Channel::OrganicSearch),
    (21, Channel::Direct),
    (15, Channel::PaidSearch),
    (5, Channel::Email),
    (10, Channel::OrganicSocial),
    (5, Channel::Instagram),
    (3, Channel::Facebook),
    (5, Channel::Referral),
    (2, Channel::Affiliates),
    (2, Channel::Display),
    (1, Channel::OrganicVideo),
];

const SEARCH_ENGINES: &[(u32, &str)] = &[
    (84, "https://www.google.com/"),
    (7, "https://www.bing.com/"),
    (5, "https://search.seznam.cz/"),
    (3, "https://duckduckgo.com/"),
    (1, "https://www.ecosia.org/"),
];

const SOCIAL_NETWORKS: &[(u32, &str)] = &[
    (44, "https://l.instagram.com/"),
    (34, "https://l.facebook.com/"),
    (12, "https://www.pinterest.com/"),
    (10, "https://www.reddit.com/"),
];

const BLOGS: &[(u32, &str)] = &[
    (40, "https://gorskie-szlaki.example/buty-na-jesien"),
    (35, "https://huettentour.example/packliste"),
    (25, "https://trailnotes.example/best-daypacks"),
];

const SEARCH_CAMPAIGNS: &[(u32, &str)] = &[
    (40, "utm_source=google&utm_medium=cpc&utm_campaign=brand"),
    (35, "utm_source=google&utm_medium=cpc&utm_campaign=rain-jackets&utm_term=rain+jacket"),
    (25, "utm_source=google&utm_medium=cpc&utm_campaign=hiking-boots&utm_term=hiking+boots"),
];

const MAIL_CAMPAIGNS: &[(u32, &str)] = &[
    (60, "utm_source=newsletter&utm_medium=email&utm_campaign=weekly-trail-mail"),
    (40, "utm_source=shop-mail&utm_medium=email&utm_campaign=welcome-series"),
];

const PHONES: &[(u32, &str)] = &[
    (
        20,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    ),
    (
        8,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1",
    ),
    (
        4,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1",
    ),
    (
        42,
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    ),
    (
        12,
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    ),
    (6, "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"),
    (
        8,
        "Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    ),
];

const DESKTOPS: &[(u32, &str)] = &[
    (
        46,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
    (
        15,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    ),
    (11, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"),
    (
        13,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    ),
    (
        9,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
    (3, "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"),
    (
        3,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0",
    ),
];

const TABLETS: &[(u32, &str)] = &[
    (
        60,
        "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
    ),
    (
        40,
        "Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_stays_who_they_are() {
        let (first, again) = (Person::new(5, 17), Person::new(5, 17));
        assert_eq!((first.visitor, first.user_agent, first.ip), (again.visitor, again.user_agent, again.ip));
        assert_ne!(Person::new(5, 18).visitor, Person::new(5, 17).visitor);
    }

    #[test]
    fn addresses_belong_to_nobody() {
        let mut dice = Dice::new(1, Purpose::Person, 0);
        for _ in 0..1_000 {
            let ip = address(&mut dice);
            let network_known =
                ["203.0.113.", "198.51.100.", "192.0.2.", "2001:db8:"].iter().any(|n| ip.starts_with(n));
            assert!(network_known && ip.parse::<std::net::IpAddr>().is_ok(), "{ip}");
        }
    }

    #[test]
    fn each_paid_arrival_says_who_was_paid() {
        let mut dice = Dice::new(1, Purpose::Deeds, 0);
        let paid = Channel::PaidSearch.entry(&mut dice);
        assert!(paid.query.contains("utm_medium=cpc") && paid.query.contains("&gclid="), "{}", paid.query);
        let organic = Channel::OrganicSearch.entry(&mut dice);
        assert_eq!((organic.query.as_str(), organic.referrer.is_some()), ("", true));
        let newsletter = Channel::Newsletter.entry(&mut dice);
        assert_eq!(newsletter.query, "?utm_source=newsletter&utm_medium=email&utm_campaign=first-snow-preview");
    }
}
