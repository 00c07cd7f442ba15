//! The register of touchpoints: at which named place an event met the visitor, and at which stage of buying.

use std::cell::OnceCell;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::known_source::lower_case;
use super::rules::{Pattern, RulesError, text_version, words};

/// The name of the file, for messages.
const FILE: &str = "touchpoints.toml";

words! {
    /// How far a visitor is on the way to being a loyal customer.
    pub enum Stage {
        /// Gets to know the shop.
        Awareness = "awareness",
        /// Looks and compares.
        Consideration = "consideration",
        /// Cart, checkout, payment.
        Purchase = "purchase",
        /// Delivery, returns, service.
        PostPurchase = "post_purchase",
        /// Comes back and tells others.
        Loyalty = "loyalty",
    }
}

words! {
    /// Where a touchpoint is.
    pub enum Kind {
        /// On a screen.
        Online = "online",
        /// At a counter, on the telephone, in a letter.
        Offline = "offline",
    }
}

words! {
    /// Whether the shop decides what happens there.
    pub enum Control {
        /// It does.
        Controlled = "controlled",
        /// Others do: search engines, reviewers, friends.
        Uncontrolled = "uncontrolled",
    }
}

words! {
    /// Who carries a touchpoint.
    pub enum Media {
        /// Bought by the click or view.
        Paid = "paid",
        /// The shop's own.
        Owned = "owned",
        /// Given by others.
        Earned = "earned",
    }
}

/// A place where visitor and brand meet, as the register describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Touchpoint {
    /// Names it in data and reports; unique in the register.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// The stage its events belong to.
    pub stage: Stage,
    /// Online or offline.
    pub kind: Kind,
    /// Controlled or not.
    pub control: Control,
    /// Paid, owned or earned.
    pub media: Media,
    /// What it is for, in the shop's words.
    pub purpose: Option<String>,
    /// Its part in the journey, in the shop's words.
    pub role: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How much it matters to the shop, 1 to 10.
    pub weight: u8,
    /// Any one of them recognises it; none: only events that name it themselves.
    #[serde(default)]
    rules: Vec<RuleText>,
}

/// The register of a site.
///
/// Invariant: keys are unique, weights lie in 1..=10.
#[derive(Debug)]
pub struct Register {
    version: u64,
    touchpoints: Vec<Touchpoint>,
    by_key: HashMap<String, usize>,
    /// Rules in the order of the file; those that ask for an event, by that event.
    by_event: HashMap<String, Vec<Rule>>,
    for_any_event: Vec<Rule>,
}

/// What of an event tells its touchpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Touch<'a> {
    /// The event's name.
    pub event: &'a str,
    /// The path of its page, from `/`, without query.
    pub page_path: Option<&'a str>,
    /// The channel by which this very event arrived; `None` when it is no arrival, else a visitor who came by
    /// newsletter would be at the newsletter on every page.
    pub channel: Option<&'a str>,
    /// Source of that arrival.
    pub source: Option<&'a str>,
    /// Medium of that arrival.
    pub medium: Option<&'a str>,
    /// Campaign of that arrival.
    pub campaign: Option<&'a str>,
    /// The touchpoint key that the sender gave.
    pub explicit: Option<&'a str>,
    /// The sender's own properties: the text of one JSON object.
    pub properties: Option<&'a str>,
}

/// Where an event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched<'a> {
    /// The touchpoint's key.
    pub key: &'a str,
    /// Its stage; [`Stage::Consideration`] when it is not registered.
    pub stage: Stage,
    /// Whether the register knows it.
    pub standing: Standing,
}

/// Whether the register knows a touchpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Registered,
    /// It does not; the key is the sender's, or the event's name.
    Unregistered,
}

impl Register {
    /// The most touchpoints and the most rules of each that a register may hold.
    pub const ENTRIES_MAX: usize = 1_000;

    /// Reads the text of a `touchpoints.toml`.
    ///
    /// # Errors
    /// [`RulesError`], naming the key and what to write instead.
    pub fn parse(toml: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(toml).map_err(|source| RulesError::Shape { file: FILE, source })?;
        if Self::ENTRIES_MAX < file.touchpoint.len() {
            return Err(fault("touchpoint", format!("has {} entries", file.touchpoint.len()), "keep at most 1000"));
        }
        let mut register = Self {
            version: text_version(toml),
            touchpoints: Vec::with_capacity(file.touchpoint.len()),
            by_key: HashMap::new(),
            by_event: HashMap::new(),
            for_any_event: Vec::new(),
        };
        let mut rank = 0;
        for (at, mut touchpoint) in file.touchpoint.into_iter().enumerate() {
            touchpoint.check(at)?;
            if register.by_key.insert(touchpoint.key.clone(), at).is_some() {
                let key = format!("touchpoint[{at}].key");
                return Err(fault(&key, format!("`{}` is taken", touchpoint.key), "give each touchpoint its own key"));
            }
            for text in std::mem::take(&mut touchpoint.rules) {
                let (event, rule) = text.parse(at, rank);
                rank += 1;
                match event {
                    Some(event) => register.by_event.entry(event).or_default().push(rule),
                    None => register.for_any_event.push(rule),
                }
            }
            register.touchpoints.push(touchpoint);
        }
        Ok(register)
    }

    /// Changes with the text; rows derived under another version are to be derived again.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The touchpoints in the order of the file.
    pub fn touchpoints(&self) -> &[Touchpoint] {
        &self.touchpoints
    }

    /// What people call the touchpoint of this key; `None` when the register does not know it.
    pub fn name_of(&self, key: &str) -> Option<&str> {
        self.by_key.get(key).map(|&at| self.touchpoints[at].name.as_str())
    }

    /// Where an event happened: at the touchpoint it names itself, else at the first whose rules fit, else at
    /// the built-in one that is called as the event.
    pub fn touch_of<'a>(&'a self, touch: &Touch<'a>) -> Touched<'a> {
        if let Some(key) = touch.explicit.filter(|key| !key.is_empty()) {
            return self.called(key);
        }
        let properties = OnceCell::new();
        let first = |rules: &'a [Rule]| rules.iter().find(|rule| rule.fits(touch, &properties));
        let by_event = self.by_event.get(touch.event).map_or(&[][..], Vec::as_slice);
        let rules = [first(by_event), first(&self.for_any_event)];
        match rules.into_iter().flatten().min_by_key(|rule| rule.rank) {
            Some(rule) => self.registered(rule.touchpoint),
            None => self.called(touch.event),
        }
    }

    /// The touchpoint of this key, registered or not.
    fn called<'a>(&'a self, key: &'a str) -> Touched<'a> {
        match self.by_key.get(key) {
            Some(&at) => self.registered(at),
            None => Touched { key, stage: Stage::Consideration, standing: Standing::Unregistered },
        }
    }

    fn registered(&self, at: usize) -> Touched<'_> {
        let touchpoint = &self.touchpoints[at];
        Touched { key: &touchpoint.key, stage: touchpoint.stage, standing: Standing::Registered }
    }
}

impl Touchpoint {
    fn check(&self, at: usize) -> Result<(), RulesError> {
        let key = |field: &str| format!("touchpoint[{at}].{field}");
        if self.key.trim().is_empty() || self.name.trim().is_empty() {
            return Err(fault(&key("key"), "or `name` is empty".to_owned(), "give the touchpoint both"));
        }
        if !(1..=10).contains(&self.weight) {
            return Err(fault(&key("weight"), format!("is {}", self.weight), "use 1 to 10"));
        }
        if Register::ENTRIES_MAX < self.rules.len() {
            return Err(fault(&key("rules"), format!("has {} entries", self.rules.len()), "keep at most 1000"));
        }
        match self.rules.iter().position(RuleText::asks_for_nothing) {
            Some(rule) => {
                let remedy = "give an event, page, channel, source, medium, campaign or property, or delete the rule";
                Err(fault(&key(&format!("rules[{rule}]")), "asks for nothing".to_owned(), remedy))
            }
            None => Ok(()),
        }
    }
}

/// Everything given must hold. The event it asks for is the key it is stored under.
#[derive(Debug)]
struct Rule {
    touchpoint: usize,
    /// Its place among all rules of the file.
    rank: usize,
    page: Option<Pattern>,
    channel: Option<String>,
    source: Option<Pattern>,
    medium: Option<Pattern>,
    campaign: Option<Pattern>,
    property: Option<Property>,
}

impl Rule {
    fn fits(&self, touch: &Touch<'_>, properties: &OnceCell<Map<String, Value>>) -> bool {
        let caseless = |asked: &Option<Pattern>, text: Option<&str>| {
            asked.as_ref().is_none_or(|asked| text.is_some_and(|text| asked.matches(&lower_case(text))))
        };
        self.page.as_ref().is_none_or(|page| touch.page_path.is_some_and(|path| page.matches(path)))
            && self.channel.as_deref().is_none_or(|channel| touch.channel == Some(channel))
            && caseless(&self.source, touch.source)
            && caseless(&self.medium, touch.medium)
            && caseless(&self.campaign, touch.campaign)
            && self.property.as_ref().is_none_or(|property| {
                // Read when the first rule asks, and once for all rules; text that is no object holds nothing.
                let read = || touch.properties.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
                property.holds(properties.get_or_init(read))
            })
    }
}

/// A property that must have this value; numbers and booleans are compared as they are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Property {
    key: String,
    value: String,
}

impl Property {
    fn holds(&self, properties: &Map<String, Value>) -> bool {
        match properties.get(&self.key) {
            Some(Value::String(text)) => *text == self.value,
            Some(value @ (Value::Number(_) | Value::Bool(_))) => {
                let written = value.to_string();
                written == self.value
            }
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => false,
        }
    }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    touchpoint: Vec<Touchpoint>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    event: Option<String>,
    page: Option<String>,
    channel: Option<String>,
    source: Option<String>,
    medium: Option<String>,
    campaign: Option<String>,
    property: Option<Property>,
}

impl RuleText {
    fn asks_for_nothing(&self) -> bool {
        let texts = [&self.event, &self.page, &self.channel, &self.source, &self.medium, &self.campaign];
        texts.iter().all(|text| text.is_none()) && self.property.is_none()
    }

    fn parse(self, touchpoint: usize, rank: usize) -> (Option<String>, Rule) {
        let caseless = |text: Option<String>| text.map(|text| Pattern::parse(&text.to_lowercase()));
        let rule = Rule {
            touchpoint,
            rank,
            page: self.page.as_deref().map(Pattern::parse),
            channel: self.channel,
            source: caseless(self.source),
            medium: caseless(self.medium),
            campaign: caseless(self.campaign),
            property: self.property,
        };
        (self.event, rule)
    }
}

fn fault(key: &str, fault: String, remedy: &'static str) -> RulesError {
    RulesError::Value { file: FILE, key: key.to_owned(), fault, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: &str, rest: &str) -> String {
        let fixed = "kind='online'\ncontrol='controlled'\nmedia='owned'";
        format!("[[touchpoint]]\nkey='{key}'\nname='N'\nstage='purchase'\nweight=5\n{fixed}\n{rest}\n")
    }

    #[test]
    fn the_first_touchpoint_of_the_file_wins_whatever_its_rules_ask_for() {
        let text = entry("hats", "rules=[{page='/hats/*'}]") + &entry("item", "rules=[{event='view_item'}]");
        let touch = Touch { event: "view_item", page_path: Some("/hats/1"), ..Touch::default() };
        assert_eq!(Register::parse(&text).unwrap().touch_of(&touch).key, "hats");
        let text = entry("item", "rules=[{event='view_item'}]") + &entry("hats", "rules=[{page='/hats/*'}]");
        assert_eq!(Register::parse(&text).unwrap().touch_of(&touch).key, "item");
    }

    #[test]
    fn a_property_is_compared_as_it_is_written() {
        let rules = "rules=[{event='call', property={key='minutes', value='2'}}]";
        let register = Register::parse(&entry("short_call", rules)).unwrap();
        let key = |properties| register.touch_of(&Touch { event: "call", properties, ..Touch::default() }).key;
        assert_eq!(key(Some(r#"{"minutes":2}"#)), "short_call");
        assert_eq!(key(Some(r#"{"minutes":"2"}"#)), "short_call");
        for other in [None, Some(r#"{"minutes":2.5}"#), Some(r#"{"minutes":[2]}"#), Some("[]"), Some("{"), Some("")] {
            assert_eq!(key(other), "call", "{other:?}");
        }
    }
}
