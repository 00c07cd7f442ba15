//! The slow, obvious cart: for any moment, looks at all that a person did until then and decides by the rules of
//! SEMANTICS. It shares no code with the ledger; what happens between two moments it finds out by trying.

use std::collections::{BTreeMap, BTreeSet};

/// One event of a person.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) visitor: u64,
    pub(crate) at_ms: i64,
    pub(crate) name: &'static str,
    /// Touchpoint, channel, campaign, device.
    pub(crate) codes: [u32; 4],
    pub(crate) cart_id: Option<&'static str>,
    pub(crate) order: Option<&'static str>,
    /// Product, pieces, price of one.
    pub(crate) items: Vec<(&'static str, u64, Option<Price>)>,
    pub(crate) value: Option<Price>,
    pub(crate) stage: Option<&'static str>,
    pub(crate) field: Option<&'static str>,
}

/// Minor units and currency.
pub(crate) type Price = (i64, &'static str);

/// The time-outs, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) idle: i64,
    pub(crate) abandoned_after: i64,
    pub(crate) expires_after: i64,
    pub(crate) session_gap: i64,
}

/// What became of a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    /// Place of the event that opened it.
    pub(crate) opened_by: usize,
    pub(crate) cart_id: Option<String>,
    pub(crate) state: &'static str,
    pub(crate) lines: BTreeMap<String, u64>,
    pub(crate) amounts: BTreeMap<String, i128>,
    pub(crate) step: usize,
    pub(crate) abandonments: usize,
    pub(crate) abandoned_at_ms: Option<i64>,
    pub(crate) returned_by: u32,
    /// Touchpoint, channel, campaign, device; field; reason.
    pub(crate) place: ([u32; 4], Option<String>, Option<String>),
    pub(crate) bought_at_ms: Option<i64>,
    /// What the purchase says that it was worth.
    pub(crate) paid: Option<(i64, String)>,
}

const STEPS: [&str; 4] = ["cart", "checkout", "shipping", "payment"];
const SHOWING: [&str; 4] = ["view_cart", "begin_checkout", "add_shipping_info", "add_payment_info"];
const STAGING: [&str; 3] = ["checkout_stage", "checkout_leave", "payment_redirect"];
const REASONS: [&str; 6] =
    ["payment_failed", "coupon_denied", "shipping_quoted", "out_of_stock", "form_error", "error"];

/// The carts of one person, whose `events` ascend in time, as of a moment.
pub(crate) fn fates(events: &[Seen], times: Times, as_of_ms: i64) -> Vec<Fate> {
    let known = events.iter().filter(|event| event.at_ms <= as_of_ms).count();
    let events = &events[..known];
    assign(events).iter().map(|cart| fate(events, cart, times, as_of_ms)).collect()
}

/// The events that are about one cart, in order; the first opened it, and a purchase is the last.
#[derive(Clone, Debug, Default)]
struct About {
    events: Vec<usize>,
    id: Option<&'static str>,
}

fn is_bought(events: &[Seen], cart: &About) -> bool {
    cart.events.iter().any(|&event| events[event].name == "purchase")
}

fn is_full(events: &[Seen], cart: &About) -> bool {
    !content(events, &cart.events).0.is_empty()
}

/// What the cart is worth that these events of a visitor touched last, of those not bought.
pub(crate) fn carried(events: &[Seen]) -> BTreeMap<String, i128> {
    let carts = assign(events).into_iter().filter(|cart| !is_bought(events, cart));
    let latest = carts.max_by_key(|cart| cart.events.last().copied());
    latest.map(|cart| content(events, &cart.events).1).unwrap_or_default()
}

/// Which events are about which cart.
fn assign(events: &[Seen]) -> Vec<About> {
    let mut carts: Vec<About> = Vec::new();
    let mut orders = BTreeSet::new();
    for (place, event) in events.iter().enumerate() {
        let purchase = event.name == "purchase";
        let about_carts = purchase
            || SHOWING.contains(&event.name)
            || ["add_to_cart", "remove_from_cart"].contains(&event.name)
            || (STAGING.contains(&event.name) && event.stage.is_some());
        let repeated = purchase && event.order.is_some_and(|order| !orders.insert(order));
        if !about_carts || repeated {
            // It may still give a cart its name: whoever leaves without saying where does.
            let named = STAGING.contains(&event.name).then(|| chosen(events, &carts, event, false)).flatten();
            if let Some(cart) = named {
                carts[cart].id = carts[cart].id.or(event.cart_id);
            }
            continue;
        }
        let opens = event.name == "add_to_cart"
            || (["view_cart", "begin_checkout"].contains(&event.name) && !event.items.is_empty());
        let cart = match chosen(events, &carts, event, purchase) {
            Some(cart) => cart,
            None if opens => {
                carts.push(About::default());
                carts.len() - 1
            }
            None => continue,
        };
        carts[cart].events.push(place);
        carts[cart].id = carts[cart].id.or(event.cart_id);
    }
    carts
}

/// The cart that an event is about, of those not bought; a purchase that does not name it needs something in it.
fn chosen(events: &[Seen], carts: &[About], event: &Seen, purchase: bool) -> Option<usize> {
    let free = |cart: &usize| !is_bought(events, &carts[*cart]);
    let fit = |cart: &usize| free(cart) && (!purchase || is_full(events, &carts[*cart]));
    let all = 0..carts.len();
    match event.cart_id {
        Some(id) => all
            .clone()
            .find(|cart| free(cart) && carts[*cart].id == Some(id))
            .or_else(|| all.clone().find(|cart| fit(cart) && carts[*cart].id.is_none())),
        None => all.filter(fit).max_by_key(|&cart| carts[cart].events.last().copied()),
    }
}

/// What is in a cart after these events, and what it is worth.
fn content(events: &[Seen], about: &[usize]) -> (BTreeMap<String, u64>, BTreeMap<String, i128>) {
    let mut lines: BTreeMap<String, (u64, Option<Price>)> = BTreeMap::new();
    let mut amounts: BTreeMap<String, i128> = BTreeMap::new();
    for event in about.iter().map(|&event| &events[event]) {
        let unnamed = vec![("", 1, event.value)];
        let items = if event.items.is_empty() { &unnamed } else { &event.items };
        match event.name {
            "add_to_cart" => {
                for (product, pieces, price) in items {
                    let line = lines.entry((*product).to_owned()).or_default();
                    *line = (line.0 + pieces, price.or(line.1));
                }
                change(&mut amounts, event.value, &event.items, 1);
            }
            "remove_from_cart" => {
                let mut gone = Vec::new();
                for (product, pieces, price) in items {
                    if let Some(line) = lines.get_mut(*product) {
                        let taken = line.0.min(*pieces);
                        gone.push((*product, taken, price.or(line.1)));
                        line.0 -= taken;
                    }
                    lines.retain(|_, line| 0 < line.0);
                }
                if !gone.is_empty() {
                    change(&mut amounts, event.value, &gone, -1);
                }
                if lines.is_empty() {
                    amounts.clear();
                }
            }
            name if SHOWING.contains(&name) && !event.items.is_empty() => {
                (lines, amounts) = Default::default();
                for (product, pieces, price) in &event.items {
                    let line = lines.entry((*product).to_owned()).or_default();
                    *line = (line.0 + pieces, price.or(line.1));
                }
                change(&mut amounts, event.value, &event.items, 1);
            }
            name if SHOWING.contains(&name) && !lines.is_empty() && event.value.is_some() => {
                amounts.clear();
                change(&mut amounts, event.value, &[], 1);
            }
            _ => {}
        }
    }
    (lines.into_iter().map(|(product, line)| (product, line.0)).collect(), amounts)
}

/// Adds (or, of sign -1, takes) what an event says it is about, else its items at their prices. Nothing gets below 0.
fn change(
    amounts: &mut BTreeMap<String, i128>,
    value: Option<Price>,
    items: &[(&'static str, u64, Option<Price>)],
    sign: i128,
) {
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    match value {
        Some((minor, currency)) => *sums.entry(currency).or_default() += i128::from(minor),
        None => {
            for (_, pieces, price) in items {
                let Some((minor, currency)) = price else { continue };
                *sums.entry(*currency).or_default() += i128::from(*minor) * i128::from(*pieces);
            }
        }
    }
    for (currency, minor) in sums {
        let sum = amounts.entry(currency.to_owned()).or_default();
        *sum = (*sum + sign * minor).max(0);
    }
    amounts.retain(|_, minor| *minor != 0);
}

fn fate(events: &[Seen], cart: &About, times: Times, as_of_ms: i64) -> Fate {
    let opened_by = cart.events[0];
    // Whatever a cart was in a pause, it was in the last moment of it.
    let ends = events[opened_by + 1..].iter().map(|event| event.at_ms - 1);
    let ends: Vec<i64> = ends.filter(|&end| events[opened_by].at_ms <= end).chain([as_of_ms]).collect();
    let gone: Vec<i64> =
        ends.into_iter().filter(|&end| ["abandoned", "expired"].contains(&state(events, cart, times, end))).collect();
    let left_at: BTreeSet<i64> = gone.iter().map(|&end| last_activity(events, end)).collect();
    let bought = cart.events.iter().copied().find(|&event| events[event].name == "purchase");
    let settled = match (bought, gone.last()) {
        (Some(_), Some(_)) => "recovered",
        (Some(_), None) => "purchased",
        (None, _) => state(events, cart, times, as_of_ms),
    };
    let place_after = match (gone.last(), bought) {
        (Some(&end), _) => until(events, end),
        (None, Some(purchase)) => purchase + 1,
        (None, None) => events.len(),
    };
    let back = |&end: &i64| events.iter().find(|event| end < event.at_ms && !is_passive(event.name));
    let step_of = |event: &Seen| {
        let stage = event.stage.filter(|_| STAGING.contains(&event.name));
        let stage = stage.and_then(|stage| STEPS.iter().position(|step| *step == stage));
        SHOWING.iter().position(|name| *name == event.name).or(stage).unwrap_or(0)
    };
    let (lines, amounts) = content(events, &cart.events);
    Fate {
        opened_by,
        cart_id: cart.id.map(str::to_owned),
        state: settled,
        lines,
        amounts,
        step: cart.events.iter().map(|&event| step_of(&events[event])).max().unwrap(),
        abandonments: left_at.len(),
        abandoned_at_ms: left_at.last().map(|at_ms| at_ms + times.abandoned_after),
        returned_by: gone.last().and_then(back).map_or(0, |event| event.codes[0]),
        place: place(&events[..place_after], times.session_gap),
        bought_at_ms: bought.map(|purchase| events[purchase].at_ms),
        paid: bought.and_then(|purchase| events[purchase].value).map(|(minor, code)| (minor, code.to_owned())),
    }
}

/// How many events there were by a moment.
fn until(events: &[Seen], moment_ms: i64) -> usize {
    events.iter().filter(|event| event.at_ms <= moment_ms).count()
}

fn last_activity(events: &[Seen], moment_ms: i64) -> i64 {
    events[until(events, moment_ms) - 1].at_ms
}

/// The table of SEMANTICS, but for what a bought cart is called.
fn state(events: &[Seen], cart: &About, times: Times, moment_ms: i64) -> &'static str {
    let known = until(events, moment_ms);
    let about: Vec<usize> = cart.events.iter().copied().filter(|&event| event < known).collect();
    if about.iter().any(|&event| events[event].name == "purchase") {
        return "bought";
    }
    let (lines, amounts) = content(events, &about);
    let age = moment_ms - last_activity(events, moment_ms);
    match age {
        _ if lines.is_empty() => "emptied",
        age if age < times.idle => "open",
        age if age < times.abandoned_after || amounts.is_empty() => "idle",
        age if age < times.expires_after => "abandoned",
        _ => "expired",
    }
}

pub(crate) fn is_passive(name: &str) -> bool {
    ["engagement", "scroll", "web_vital"].contains(&name) || name.starts_with("survey_")
}

/// Where somebody is after these events: what the session of the last one says.
fn place(events: &[Seen], session_gap: i64) -> ([u32; 4], Option<String>, Option<String>) {
    let visitor = events.last().unwrap().visitor;
    let own: Vec<&Seen> = events.iter().filter(|event| event.visitor == visitor).collect();
    let begins = (1..own.len()).rev().find(|&place| session_gap < own[place].at_ms - own[place - 1].at_ms).unwrap_or(0);
    let session = &own[begins..];
    let touchpoint = events.iter().rev().find(|event| !is_passive(event.name)).map_or(0, |event| event.codes[0]);
    let device = session.iter().map(|event| event.codes[3]).find(|&device| device != 0).unwrap_or(0);
    let field = session.iter().rev().find_map(|event| event.field);
    let reason = session.iter().rev().map(|event| event.name).find(|name| REASONS.contains(name));
    let codes = [touchpoint, session[0].codes[1], session[0].codes[2], device];
    (codes, field.map(str::to_owned), reason.map(str::to_owned))
}
