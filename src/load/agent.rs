//! What a `User-Agent` tells: the class of device, the browser's family, the system's family.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use lru::LruCache;
use uaparser::{Client, Parser, UserAgentParser};

use crate::domain::event::Actor;

/// The patterns of uap-core 0.18.0; its licence lies beside it.
const PATTERNS: &[u8] = include_bytes!("../../config/agents.yaml");

/// How many agents are remembered: a parse costs about half a millisecond, and a shop's visitors share few agents.
const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(10_000).expect("ten thousand is not zero");

/// The family of whatever no pattern knows.
const OTHER: &str = "Other";

/// A class of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    /// A computer; also an iPad that asks for desktop pages, which says it is a Mac.
    Desktop,
    /// A telephone.
    Mobile,
    /// A tablet.
    Tablet,
    /// A big screen in a living room: television, set-top box, games console.
    Tv,
    /// A program that nobody sits in front of.
    Bot,
    /// Nothing known.
    Unknown,
}

impl Device {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::Tv => "tv",
            Self::Bot => "bot",
            Self::Unknown => "unknown",
        }
    }
}

/// What a user agent tells. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its class.
    pub device: Device,
    /// The browser's family, such as `Chrome Mobile`; `Other` when not known.
    pub browser: Arc<str>,
    /// The system's family, such as `Android`; `Other` when not known.
    pub os: Arc<str>,
}

/// Reads user agents, each distinct one once.
pub struct Agents {
    /// Built at the first agent: it takes 0.2 s and, once used, 60 MB, and a start should not wait for it.
    parser: OnceLock<UserAgentParser>,
    remembered: LruCache<Box<str>, Agent>,
}

impl Default for Agents {
    fn default() -> Self {
        Self::new()
    }
}

impl Agents {
    /// Makes a reader that remembers nothing yet.
    pub fn new() -> Self {
        Self { parser: OnceLock::new(), remembered: LruCache::new(REMEMBERED_MAX) }
    }

    /// What `user_agent` tells, of its first [`Actor::USER_AGENT_BYTES_MAX`] bytes. Total: any text has an answer.
    pub fn agent_of(&mut self, user_agent: Option<&str>) -> Agent {
        let Some(text) = user_agent.filter(|text| !text.trim().is_empty()) else {
            return Agent { device: Device::Unknown, browser: Arc::from(OTHER), os: Arc::from(OTHER) };
        };
        let text = &text[..text.floor_char_boundary(Actor::USER_AGENT_BYTES_MAX)];
        if let Some(agent) = self.remembered.get(text) {
            return agent.clone();
        }
        let client = self.parser.get_or_init(build_parser).parse(text);
        let agent = Agent {
            device: device_of(text, &client),
            browser: family(&client.user_agent.family),
            os: family(&client.os.family),
        };
        self.remembered.put(Box::from(text), agent.clone());
        agent
    }
}

/// Without Unicode classes, as other uap programs do: agents are ASCII but for a few names, and `uaparser` says
/// that the classes make the patterns larger.
fn build_parser() -> UserAgentParser {
    UserAgentParser::builder()
        .with_unicode_support(false)
        .build_from_bytes(PATTERNS)
        .expect("config/agents.yaml is compiled in, and a test reads it")
}

fn family(text: &str) -> Arc<str> {
    if text.is_empty() { Arc::from(OTHER) } else { Arc::from(text) }
}

/// The class: uap-core knows bots, but has no word for the others, so it follows from families and a few marks.
fn device_of(text: &str, client: &Client<'_>) -> Device {
    let device = client.device.family.as_ref();
    let os = client.os.family.as_ref();
    let browser = client.user_agent.family.as_ref();
    if device == "Spider" || names_a_program(browser) {
        Device::Bot
    } else if TV_SYSTEMS.contains(&os)
        || TV_DEVICES.iter().any(|tv| device.contains(tv))
        || TV_MARKS.iter().any(|mark| text.contains(mark))
    {
        Device::Tv
    } else if device.starts_with("iPad") || device.starts_with("Kindle") || device == "Generic Tablet" {
        Device::Tablet
    } else if MOBILE_DEVICES.contains(&device) || MOBILE_SYSTEMS.contains(&os) || text.contains("Mobile") {
        Device::Mobile
    } else if os == "Android" {
        // Google's advice to device makers: a telephone says `Mobile`, a tablet does not.
        Device::Tablet
    } else if DESKTOP_SYSTEMS.iter().any(|system| os.starts_with(system)) || text.contains("X11") {
        Device::Desktop
    } else {
        Device::Unknown
    }
}

/// Programs that drive no screen. `okhttp` and `axios` are missing: apps send events with them.
fn names_a_program(browser: &str) -> bool {
    const PROGRAMS: [&str; 7] =
        ["HeadlessChrome", "PhantomJS", "curl", "Wget", "Go-http-client", "libwww-perl", "Scrapy"];
    let ends_as_bot = browser.len().checked_sub(3).and_then(|at| browser.get(at..));
    PROGRAMS.contains(&browser)
        || browser.starts_with("Python")
        || ends_as_bot.is_some_and(|end| end.eq_ignore_ascii_case("bot"))
}

const TV_SYSTEMS: [&str; 6] = ["tvOS", "ATV OS X", "Chromecast", "Roku", "Web0S", "FireTV"];
const TV_DEVICES: [&str; 5] = ["TV", "BRAVIA", "Roku", "AFT", "PlayStation "];
const TV_MARKS: [&str; 6] = ["SmartTV", "SMART-TV", "GoogleTV", "Android TV", "CrKey", "Xbox;"];
const MOBILE_DEVICES: [&str; 2] = ["Generic Smartphone", "Generic Feature Phone"];
const MOBILE_SYSTEMS: [&str; 9] = [
    "iOS",
    "Windows Phone",
    "Windows Mobile",
    "BlackBerry OS",
    "KaiOS",
    "Symbian OS",
    "Symbian^3",
    "Firefox OS",
    "HarmonyOS",
];
const DESKTOP_SYSTEMS: [&str; 8] = ["Windows", "Mac OS", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD"];

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::test_runner::{Config, TestRunner};

    use super::*;

    /// Lines of device, tab, user agent.
    const AGENTS: &str = include_str!("../../tests/fixtures/agents.txt");

    #[test]
    fn real_agents_get_their_device() {
        let mut agents = Agents::new();
        let read: Vec<_> = AGENTS.lines().map(|line| line.split_once('\t').expect("device, tab, agent")).collect();
        assert!(100 <= read.len());
        let wrong: Vec<_> = read
            .iter()
            .map(|(expected, text)| (agents.agent_of(Some(text)).device.as_str(), expected, text))
            .filter(|(found, expected, _)| found != *expected)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(agents.remembered.len(), read.len());

        let phone = agents.agent_of(Some(
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        ));
        assert_eq!((&*phone.browser, &*phone.os), ("Chrome Mobile", "Android"));
        assert_eq!(agents.remembered.len(), read.len(), "a known agent is not read again");
    }

    #[test]
    fn any_text_has_an_answer() {
        let agents = RefCell::new(Agents::new());
        let unknown = agents.borrow_mut().agent_of(None);
        assert_eq!((unknown.device, &*unknown.browser, &*unknown.os), (Device::Unknown, "Other", "Other"));
        assert_eq!(agents.borrow_mut().agent_of(Some(" ")), unknown);
        let long = "ż".repeat(5_000);
        assert_eq!(agents.borrow_mut().agent_of(Some(&long)), unknown);
        let remembered = agents.borrow().remembered.iter().map(|(text, _)| text.len()).max();
        assert_eq!(remembered, Some(Actor::USER_AGENT_BYTES_MAX));

        // Random text alone would reach few patterns, so it is put into real agents.
        let lines: Vec<_> = AGENTS.lines().collect();
        let strategy = (0..lines.len(), 0usize..200, "\\PC{0,20}");
        let mut runner = TestRunner::new(Config::with_cases(64));
        runner
            .run(&strategy, |(line, at, noise)| {
                let (head, tail) = lines[line].split_at(lines[line].floor_char_boundary(at));
                let text = format!("{head}{noise}{tail}");
                let agent = agents.borrow_mut().agent_of(Some(&text));
                proptest::prop_assert!(!agent.browser.is_empty() && !agent.os.is_empty());
                proptest::prop_assert_eq!(agents.borrow_mut().agent_of(Some(&text)), agent);
                Ok(())
            })
            .unwrap();
    }
}
