//! The shop of `styk demo`, read as the collect endpoint would read it: is it believable, and are its stories there?

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use styk::commands::demo::{History, Simulation, Stories};

const DAYS: u32 = 60;
const VISITORS: u32 = 40_000;

#[derive(Deserialize)]
struct Batch {
    site: String,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    name: String,
    occurred_at: String,
    visitor: String,
    consent: String,
    url: Option<String>,
    referrer: Option<String>,
    user_agent: Option<String>,
    ip: Option<String>,
    cart_id: Option<String>,
    transaction_id: Option<String>,
    value: Option<String>,
    currency: Option<String>,
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    properties: HashMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Item {
    price: String,
    quantity: i64,
}

impl Event {
    fn at_ms(&self) -> i64 {
        self.occurred_at.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn is_on_phone(&self) -> bool {
        let agent = self.user_agent.as_deref().unwrap_or_default();
        agent.contains("Mobile") && !agent.contains("iPad")
    }

    fn came_by(&self, campaign: &str) -> bool {
        self.url.as_deref().is_some_and(|url| url.contains(&format!("utm_campaign={campaign}")))
    }

    fn property_minor(&self, name: &str) -> i64 {
        minor(self.properties[name].as_str().unwrap())
    }
}

/// The whole demo at one seed, read back from its JSON once for all tests.
struct Shop {
    events: Vec<Event>,
    bytes_max: usize,
    events_max: usize,
    stories: Stories,
}

impl Shop {
    fn named(&self, name: &str) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.name == name)
    }

    fn visitors_of(&self, name: &str) -> HashSet<&str> {
        self.named(name).map(|event| event.visitor.as_str()).collect()
    }

    fn by_visitor(&self) -> HashMap<&str, Vec<&Event>> {
        let mut visitors: HashMap<&str, Vec<&Event>> = HashMap::new();
        for event in &self.events {
            visitors.entry(&event.visitor).or_default().push(event);
        }
        visitors
    }
}

fn simulation(seed: u64, visitors: u32) -> Simulation {
    let (site, origin) = ("shop".to_owned(), "https://shop.example".to_owned());
    Simulation { seed, now: "2026-11-22T16:20:00Z".parse().unwrap(), days: DAYS, visitors, site, origin }
}

fn shop() -> &'static Shop {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    SHOP.get_or_init(|| {
        let history = History::new(&simulation(1, VISITORS));
        let stories = history.stories().clone();
        let (mut events, mut bytes_max, mut events_max) = (Vec::new(), 0, 0);
        for batch in history {
            let json = serde_json::to_vec(&batch).unwrap();
            let read: Batch = serde_json::from_slice(&json).unwrap();
            assert_eq!(read.site, "shop");
            bytes_max = bytes_max.max(json.len());
            events_max = events_max.max(read.events.len());
            events.extend(read.events);
        }
        Shop { events, bytes_max, events_max, stories }
    })
}

fn minor(text: &str) -> i64 {
    let (whole, cents) = text.split_once('.').unwrap();
    assert_eq!(cents.len(), 2, "{text}");
    whole.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap()
}

fn rate(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[track_caller]
fn check_band(what: &str, value: f64, low: f64, high: f64) {
    assert!((low..=high).contains(&value), "{what} is {value:.4}, expected {low} to {high}");
}

#[test]
fn it_has_the_size_that_was_promised_in_batches_the_endpoint_takes() {
    let shop = shop();
    check_band("events", shop.events.len() as f64, 500_000.0, 700_000.0);
    assert_eq!(shop.by_visitor().len(), VISITORS as usize);
    assert!(
        shop.events_max <= 500 && shop.bytes_max < 900 * 1024,
        "{} events, {} bytes",
        shop.events_max,
        shop.bytes_max
    );
}

#[test]
fn the_same_seed_makes_the_same_shop_and_another_seed_another() {
    let json = |seed| serde_json::to_string(&History::new(&simulation(seed, 400)).collect::<Vec<_>>()).unwrap();
    assert!(json(1) == json(1));
    assert!(json(1) != json(2));
}

#[test]
fn events_are_told_apart_ascend_and_fill_the_sixty_days_up_to_now() {
    let shop = shop();
    let ids: HashSet<&str> = shop.events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids.len(), shop.events.len());
    let times: Vec<i64> = shop.events.iter().map(Event::at_ms).collect();
    assert!(times.is_sorted());
    let now = simulation(1, 1).now;
    let (first, last) = (times[0], times[times.len() - 1]);
    assert!(now.as_millisecond() - i64::from(DAYS) * 86_400_000 <= first && last <= now.as_millisecond());
    for hours_ago in 0..3 {
        let end_ms = (now - hours_ago.hours()).as_millisecond();
        let in_hour = times.iter().filter(|&&at_ms| end_ms - 3_600_000 < at_ms && at_ms <= end_ms).count();
        assert!(150 < in_hour, "{in_hour} events {hours_ago} hours ago");
    }
}

#[test]
fn rates_from_step_to_step_are_believable() {
    let shop = shop();
    check_band("conversion", rate(shop.visitors_of("purchase").len(), VISITORS as usize), 0.025, 0.035);
    let step = |from, to, low, high| {
        let before = shop.visitors_of(from);
        let after = shop.visitors_of(to);
        let got_there = before.intersection(&after).count();
        check_band(&format!("{from} to {to}"), rate(got_there, before.len()), low, high);
    };
    step("view_item", "add_to_cart", 0.25, 0.35);
    step("add_to_cart", "begin_checkout", 0.45, 0.55);
    step("begin_checkout", "add_shipping_info", 0.72, 0.85);
    step("add_shipping_info", "add_payment_info", 0.75, 0.85);
    step("add_payment_info", "purchase", 0.76, 0.9);
}

#[test]
fn phones_are_most_visitors_and_buy_half_as_often() {
    let visitors = shop().by_visitor();
    let bought = |events: &[&Event]| events.iter().any(|event| event.name == "purchase");
    let (phones, others): (Vec<_>, Vec<_>) =
        visitors.values().partition(|events| events.iter().any(|event| event.is_on_phone()));
    check_band("share of phones", rate(phones.len(), visitors.len()), 0.57, 0.63);
    let conversion = |group: &[&Vec<&Event>]| rate(group.iter().filter(|events| bought(events)).count(), group.len());
    check_band("phones against others", conversion(&phones) / conversion(&others), 0.35, 0.6);
}

#[test]
fn a_quarter_returns_after_a_break() {
    let visitors = shop().by_visitor();
    let returns = |events: &&Vec<&Event>| {
        let online: Vec<i64> = events.iter().filter(|event| event.url.is_some()).map(|event| event.at_ms()).collect();
        online.windows(2).any(|pair| 30 * 60_000 < pair[1] - pair[0])
    };
    check_band("returning", rate(visitors.values().filter(returns).count(), visitors.len()), 0.24, 0.32);
}

#[test]
fn an_order_has_a_number_and_costs_its_items_less_discount_plus_shipping() {
    let shop = shop();
    let mut orders = HashSet::new();
    let mut values = Vec::new();
    for purchase in shop.named("purchase") {
        assert!(orders.insert(purchase.transaction_id.as_deref().unwrap()), "an order number came twice");
        let items: i64 = purchase.items.iter().map(|item| minor(&item.price) * item.quantity).sum();
        let value = minor(purchase.value.as_deref().unwrap());
        assert!(0 < items);
        assert_eq!(value, items - purchase.property_minor("discount") + purchase.property_minor("shipping"));
        assert_eq!(purchase.currency.as_deref(), Some("EUR"));
        values.push(value);
    }
    values.sort_unstable();
    check_band("median order", values[values.len() / 2] as f64, 5_000.0, 8_000.0);
    check_band(
        "largest order over median",
        rate(values[values.len() - 1] as usize, values[values.len() / 2] as usize),
        4.0,
        30.0,
    );
    let refunds: Vec<_> = shop.named("refund").collect();
    check_band("refunds", rate(refunds.len(), orders.len()), 0.02, 0.07);
    assert!(refunds.iter().all(|refund| orders.contains(refund.transaction_id.as_deref().unwrap())));
}

#[test]
fn a_cart_that_is_recovered_by_mail_keeps_its_id_over_sessions() {
    let mut recovered = 0;
    for events in shop().by_visitor().values() {
        let Some(reminded) = events.iter().position(|event| event.came_by("cart-reminder")) else { continue };
        let (before, after) = events.split_at(reminded);
        let left = before.iter().rev().find(|event| event.name == "add_to_cart").unwrap();
        assert!(60 * 60_000 <= after[0].at_ms() - left.at_ms(), "reminded within the hour");
        let taken_up = after.iter().find(|event| event.name == "view_cart").unwrap();
        assert_eq!(taken_up.cart_id, left.cart_id);
        if let Some(purchase) = after.iter().find(|event| event.name == "purchase") {
            assert_eq!(purchase.cart_id, left.cart_id);
            recovered += 1;
        }
    }
    assert!(30 < recovered, "{recovered} carts recovered");
}

#[test]
fn the_first_story_is_there_payment_fails_on_phones_for_three_days() {
    let shop = shop();
    let paid = |during_outage: bool| {
        let steps = |name: &str| -> HashSet<&str> {
            let then = |event: &&Event| shop.stories.payment_outage.contains(&event.at_ms()) == during_outage;
            shop.named(name)
                .filter(|event| event.is_on_phone())
                .filter(then)
                .map(|event| event.visitor.as_str())
                .collect()
        };
        let tried = steps("add_payment_info");
        assert!(20 < tried.len(), "{} tried to pay", tried.len());
        rate(tried.intersection(&steps("purchase")).count(), tried.len())
    };
    check_band("paid on phones during the outage", paid(true), 0.0, 0.2);
    check_band("paid on phones at other times", paid(false), 0.7, 1.0);
    let timed_out = |event: &&Event| event.properties["reason"] == "provider_timeout";
    let failures: Vec<_> = shop.named("payment_failed").filter(timed_out).collect();
    assert!(20 < failures.len(), "{} payments timed out", failures.len());
    assert!(failures.iter().all(|event| event.is_on_phone() && shop.stories.payment_outage.contains(&event.at_ms())));
}

#[test]
fn the_second_story_is_there_a_newsletter_brings_visitors_who_do_not_buy() {
    let shop = shop();
    let clicks: Vec<_> = shop.events.iter().filter(|event| event.came_by("first-snow-preview")).collect();
    assert!(clicks.iter().all(|event| shop.stories.newsletter_day.contains(&event.at_ms())));
    let readers: HashSet<&str> = clicks.iter().map(|event| event.visitor.as_str()).collect();
    let bought = shop.named("purchase").filter(|event| readers.contains(event.visitor.as_str())).count();
    assert!(600 <= readers.len() && bought <= 3, "{} readers, {bought} orders", readers.len());
}

#[test]
fn nothing_in_it_belongs_to_a_real_person_and_only_consenting_browsers_come_back_another_day() {
    let shop = shop();
    let reserved = ["203.0.113.", "198.51.100.", "192.0.2.", "2001:db8:"];
    for event in &shop.events {
        assert!(event.url.as_deref().is_none_or(|url| url.starts_with("https://shop.example/")));
        assert!(event.ip.as_deref().is_none_or(|ip| reserved.iter().any(|network| ip.starts_with(network))));
    }
    let granted = shop.by_visitor().values().filter(|events| events[0].consent == "granted").count();
    check_band("consent", rate(granted, VISITORS as usize), 0.7, 0.76);
    for events in shop.by_visitor().values().filter(|events| events[0].consent != "granted") {
        let online: Vec<i64> = events.iter().filter(|event| event.url.is_some()).map(|event| event.at_ms()).collect();
        assert!(online[online.len() - 1] - online[0] < 86_400_000, "seen again on another day");
        assert!(events.iter().all(|event| event.consent == events[0].consent));
    }
}

#[test]
fn visitors_come_by_the_usual_mix_of_channels() {
    let visitors = shop().by_visitor();
    let share = |came: &dyn Fn(&str, &str) -> bool| {
        let first_pages = visitors.values().map(|events| {
            (events[0].url.as_deref().unwrap_or_default(), events[0].referrer.as_deref().unwrap_or_default())
        });
        rate(first_pages.filter(|(url, referrer)| came(url, referrer)).count(), visitors.len())
    };
    let untagged = |url: &str| !url.contains("utm_");
    let from_search =
        |referrer: &str| ["google", "bing", "seznam", "duckduckgo", "ecosia"].iter().any(|s| referrer.contains(s));
    check_band("organic search", share(&|url, referrer| untagged(url) && from_search(referrer)), 0.27, 0.33);
    check_band("direct", share(&|url, referrer| untagged(url) && referrer.is_empty()), 0.17, 0.23);
    check_band("paid search", share(&|url, _| url.contains("utm_medium=cpc") && url.contains("gclid=")), 0.13, 0.17);
    check_band("paid social", share(&|url, _| url.contains("utm_medium=paid_social")), 0.06, 0.1);
    check_band("email", share(&|url, _| url.contains("utm_medium=email")), 0.06, 0.1);
    check_band("others", share(&|url, _| url.contains("affiliate") || url.contains("utm_medium=display")), 0.02, 0.06);
}

#[test]
fn visitors_also_call_walk_into_stores_and_answer_surveys() {
    let shop = shop();
    for (name, at_least) in
        [("call", 80), ("store_visit", 60), ("survey_nps", 50), ("survey_csat", 100), ("search", 5_000)]
    {
        let count = shop.named(name).count();
        assert!(at_least <= count, "{count} events `{name}`");
    }
    for call in shop.named("call").chain(shop.named("store_visit")) {
        assert!(call.url.is_none() && call.user_agent.is_none() && call.ip.is_none());
    }
    assert!(shop.named("survey_nps").all(|event| (0..=10).contains(&event.properties["score"].as_i64().unwrap())));
    assert!(shop.named("survey_csat").all(|event| (1..=5).contains(&event.properties["score"].as_i64().unwrap())));
}
