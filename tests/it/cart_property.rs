//! The cart ledger against the slow, obvious cart, over random small histories as of random moments.

use std::collections::BTreeMap;

use fastrand::Rng;
use styk::domain::cart::{Act, Cart, CartRow, Ledger, Line, Step, Timeouts, What};
use styk::domain::money::{Currency, Money};

use crate::cart_reference::{Fate, Price, Seen, Times, fates};

/// Streams compared; each holds up to three people.
const STREAMS: u64 = 30_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const TIMES: Times =
    Times { idle: 30 * MINUTE, abandoned_after: 60 * MINUTE, expires_after: 30 * DAY, session_gap: 30 * MINUTE };

#[test]
fn every_cart_equals_what_the_rules_say_of_it() {
    let mut rng = Rng::with_seed(5);
    let (mut people, mut seen) = (0, BTreeMap::new());
    for _ in 0..STREAMS {
        let histories: Vec<Vec<Seen>> = (0..rng.usize(1..=3)).map(|_| history(&mut rng)).collect();
        let as_of_ms = moment(&histories, &mut rng);
        let times = if rng.bool() { TIMES } else { Times { idle: MINUTE, abandoned_after: 2 * MINUTE, ..TIMES } };
        let found = ledger_of(&histories, times, as_of_ms);
        for (person, history) in histories.iter().enumerate() {
            people += 1;
            let expected = fates(history, times, as_of_ms);
            let carts: Vec<&Cart> = found.iter().filter(|(owner, _)| *owner == person).map(|(_, cart)| cart).collect();
            let fates: Vec<Fate> = carts.iter().map(|cart| told(cart)).collect();
            assert_eq!(fates, expected, "as of {as_of_ms}, {times:?}: {history:#?}");
            carts.iter().for_each(|cart| check_history(cart));
            expected.iter().for_each(|fate| *seen.entry(fate.state).or_insert(0) += 1);
        }
    }
    assert!(20_000 <= people, "{people} histories");
    // A state that hardly occurs would hardly be compared.
    assert!(seen.len() == 7 && seen.values().all(|&carts| 200 <= carts), "{seen:?}");
}

/// A cart's history is in order, begins with its opening, and ends with what is in it.
fn check_history(cart: &Cart) {
    let history = &cart.history;
    assert!(history.is_sorted_by_key(|entry| entry.at_ms), "{cart:#?}");
    assert_eq!((history[0].what, history[0].at_ms), (What::Opened, cart.opened_at_ms));
    let abandoned = history.iter().filter(|entry| entry.what == What::Abandoned).count();
    assert_eq!(abandoned, cart.abandonments as usize);
    let last = history.last().unwrap();
    assert_eq!((last.quantity, &last.amounts), (cart.content.quantity(), cart.content.amounts()), "{cart:#?}");
}

/// The carts that the ledger makes of these people's events, each with its owner.
fn ledger_of(histories: &[Vec<Seen>], times: Times, as_of_ms: i64) -> Vec<(usize, Cart)> {
    let timeouts = Timeouts::new(times.idle, times.abandoned_after, times.expires_after).unwrap();
    let mut ledger = Ledger::new(timeouts, times.session_gap, as_of_ms);
    let mut carts = Vec::new();
    let mut each = |cart: Cart| carts.push((usize::try_from(cart.id / 100).unwrap(), cart));
    for (person, history) in histories.iter().enumerate() {
        for (place, event) in history.iter().enumerate() {
            row_of(event, (person, place), true, |row| ledger.push(row, &mut each));
        }
    }
    ledger.finish(&mut each);
    carts
}

/// Gives `take` the row of an event, by the place of its person and its own.
pub(crate) fn row_of(event: &Seen, (person, place): (usize, usize), fits: bool, take: impl FnOnce(&CartRow<'_>)) {
    let lines: Vec<Line> = event.items.iter().map(|(product, pieces, price)| line(product, *pieces, *price)).collect();
    let [touchpoint, channel, campaign, device] = event.codes;
    take(&CartRow {
        person: person as u64 + 7,
        visitor: event.visitor,
        at_ms: event.at_ms,
        sequence: (person * 100 + place) as u64,
        act: Act::of(event.name),
        touchpoint,
        channel,
        campaign,
        device,
        customer: None,
        cart_id: event.cart_id,
        transaction_id: event.order,
        lines: &lines,
        value: event.value.map(money),
        stage: event.stage.and_then(Step::parse),
        field: event.field,
        fits,
    });
}

fn line(product: &str, quantity: u64, price: Option<Price>) -> Line {
    Line { product: product.to_owned(), name: None, quantity, price: price.map(money) }
}

fn money((minor, currency): Price) -> Money {
    Money::from_minor(minor, Currency::parse(currency).unwrap()).unwrap()
}

/// The cart in the reference's words.
fn told(cart: &Cart) -> Fate {
    let place = &cart.place;
    let mut lines = BTreeMap::new();
    cart.content.lines().iter().for_each(|line| *lines.entry(line.product.clone()).or_insert(0) += line.quantity);
    Fate {
        opened_by: usize::try_from(cart.id % 100).unwrap(),
        cart_id: cart.cart_id.clone(),
        state: cart.state.as_str(),
        lines,
        amounts: cart.content.amounts().iter().map(|(currency, minor)| (currency.to_string(), minor)).collect(),
        step: cart.step as usize,
        abandonments: cart.abandonments as usize,
        abandoned_at_ms: cart.abandoned_at_ms,
        returned_by: cart.returned_by,
        place: (
            [place.touchpoint, place.channel, place.campaign, place.device],
            place.field.clone(),
            place.reason.map(|reason| reason.as_str().to_owned()),
        ),
        bought_at_ms: cart.order.as_ref().map(|order| order.at_ms),
        paid: cart.order.as_ref().and_then(|order| order.value).map(|paid| (paid.minor(), paid.currency().to_string())),
    }
}

/// Pauses around everything that a pause decides.
pub(crate) const PAUSES: [i64; 16] = [
    0,
    0,
    1,
    1_000,
    MINUTE,
    2 * MINUTE,
    2 * MINUTE + 1,
    30 * MINUTE - 1,
    30 * MINUTE,
    30 * MINUTE + 1,
    60 * MINUTE - 1,
    60 * MINUTE,
    60 * MINUTE + 1,
    DAY,
    30 * DAY,
    30 * DAY + 1,
];

const NAMES: [&str; 24] = [
    "add_to_cart",
    "add_to_cart",
    "add_to_cart",
    "add_to_cart",
    "remove_from_cart",
    "remove_from_cart",
    "view_cart",
    "begin_checkout",
    "add_shipping_info",
    "add_payment_info",
    "purchase",
    "purchase",
    "refund",
    "page_view",
    "view_item",
    "engagement",
    "survey_nps",
    "payment_failed",
    "out_of_stock",
    "form_error",
    "error",
    "checkout_leave",
    "checkout_stage",
    "payment_redirect",
];

/// Up to ten events of one person on up to three browsers, in order of time.
pub(crate) fn history(rng: &mut Rng) -> Vec<Seen> {
    let mut at_ms = 1_000 * DAY;
    // Some shops name carts and orders always, some never, some now and then.
    let (names_carts, names_orders, visitors) = (rng.u32(0..=10), rng.u32(0..=10), rng.u64(1..=3));
    let events = rng.usize(1..=10);
    let event = |_| {
        at_ms += PAUSES[rng.usize(..PAUSES.len())];
        let name = NAMES[rng.usize(..NAMES.len())];
        let one_of = |rng: &mut Rng, chance: u32, words: [&'static str; 2]| {
            (rng.u32(0..10) < chance).then(|| words[rng.usize(..2)])
        };
        Seen {
            visitor: rng.u64(0..visitors),
            at_ms,
            name,
            codes: [rng.u32(1..9), rng.u32(0..3), rng.u32(0..3), rng.u32(0..3)],
            cart_id: one_of(rng, names_carts, ["c1", "c2"]),
            order: one_of(rng, names_orders, ["t1", "t2"]),
            items: items(rng),
            value: rng.bool().then(|| price(rng)),
            stage: one_of(rng, 5, ["shipping", "payment"]),
            field: one_of(rng, 3, ["street", "zip"]),
        }
    };
    (0..events).map(event).collect()
}

fn items(rng: &mut Rng) -> Vec<(&'static str, u64, Option<Price>)> {
    let item = |rng: &mut Rng| {
        let price = rng.bool().then(|| price(rng));
        (["cap", "boot"][rng.usize(..2)], rng.u64(1..=2), price)
    };
    (0..[0, 1, 1, 1, 2][rng.usize(..5)]).map(|_| item(rng)).collect()
}

fn price(rng: &mut Rng) -> Price {
    ([0, 100, 250][rng.usize(..3)], ["EUR", "EUR", "EUR", "PLN"][rng.usize(..4)])
}

/// A moment that something may depend on.
fn moment(histories: &[Vec<Seen>], rng: &mut Rng) -> i64 {
    let events: Vec<i64> = histories.iter().flatten().map(|event| event.at_ms).collect();
    events[rng.usize(..events.len())] + PAUSES[rng.usize(..PAUSES.len())] - rng.i64(0..2)
}
