//! The order ledger against the slow, obvious order, over random small shops as of random moments.

use std::collections::BTreeMap;

use fastrand::Rng;
use styk::domain::cart::Line;
use styk::domain::money::{Currency, Money};
use styk::domain::order::{Kind, Ledger, OrderRow, Settled};

use crate::order_reference::{Account, Bought, Price, Said, accounts};

/// Shops compared; each has up to four order numbers.
const SHOPS: u64 = 30_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const NAMES: [&str; 10] = [
    "purchase",
    "purchase",
    "purchase",
    "purchase",
    "refund",
    "refund",
    "refund",
    "order_cancelled",
    "order_book_entry",
    "order_book_entry",
];

#[test]
fn every_order_equals_what_the_rules_say_of_it() {
    let mut rng = Rng::with_seed(18);
    let (mut orders, mut seen) = (0, BTreeMap::new());
    for _ in 0..SHOPS {
        let said = shop(&mut rng);
        let as_of_ms = said[rng.usize(..said.len())].at_ms + [0, -1, 1, 100 * DAY][rng.usize(..4)];
        let mut expected = accounts(&said, as_of_ms);
        let found = settled(&said, as_of_ms);
        let mut found: Vec<Account> = found.iter().map(|settled| told(settled, &said)).collect();
        // A cancellation of nothing comes to nothing.
        found.retain(|account| *account != Account::default());
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "as of {as_of_ms}: {said:#?}");
        for account in &expected {
            if let Some(order) = &account.order {
                orders += 1;
                *seen.entry(order.status).or_insert(0) += 1;
            }
            *seen.entry("lost").or_insert(0) += account.lost.len();
            *seen.entry("book").or_insert(0) += usize::from(account.book.is_some());
        }
    }
    assert!(20_000 <= orders, "{orders} orders");
    // What hardly occurs would hardly be compared.
    assert!(seen.len() == 6 && seen.values().all(|&times| 200 <= times), "{seen:?}");
}

#[test]
fn the_order_of_arrival_within_a_moment_alone_decides_a_tie() {
    let said = |place, value, server| Said {
        value: Some((value, "EUR")),
        ..event("purchase", Some("T".to_owned()), (1_000, place, server))
    };
    let worth = |said: &[Said]| settled(said, 5_000)[0].order.clone().unwrap().value.unwrap().minor();
    assert_eq!(worth(&[said(1, 100, false), said(2, 200, false)]), 100);
    assert_eq!(worth(&[said(2, 200, false), said(1, 100, false)]), 100);
    assert_eq!(worth(&[said(1, 100, false), said(2, 200, true)]), 200, "a server comes before pages");
}

/// What the ledger gives for these events, which it gets number by number in time order.
fn settled(said: &[Said], as_of_ms: i64) -> Vec<Settled> {
    let mut sorted: Vec<&Said> = said.iter().collect();
    sorted.sort_by_key(|said| (said.number.clone(), said.at_ms, said.place));
    let mut ledger = Ledger::new(as_of_ms);
    let mut found = Vec::new();
    for said in sorted {
        let lines: Vec<Line> =
            said.items.iter().map(|(product, pieces, price)| line(product, *pieces, *price)).collect();
        let row = OrderRow {
            kind: Kind::of(said.name).unwrap(),
            transaction_id: said.number.as_deref(),
            at_ms: said.at_ms,
            sequence: said.place,
            trusted: said.server,
            touchpoint: 0,
            visitor: said.visitor,
            person: said.visitor + 100,
            customer: said.customer,
            cart_id: said.cart,
            value: said.value.map(money),
            lines: &lines,
            fits: true,
        };
        ledger.push(&row, &mut |settled| found.push(settled));
    }
    ledger.finish(&mut |settled| found.push(settled));
    found
}

fn line(product: &str, quantity: u64, price: Option<Price>) -> Line {
    Line { product: product.to_owned(), name: None, quantity, price: price.map(money) }
}

fn money((minor, currency): Price) -> Money {
    Money::from_minor(minor, Currency::parse(currency).unwrap()).unwrap()
}

/// What the ledger says in the reference's words.
fn told(settled: &Settled, said: &[Said]) -> Account {
    let amount = |money: Money| (money.minor(), money.currency().to_string());
    let order = settled.order.as_ref().map(|order| {
        let person = order.person - 100;
        let owner =
            said.iter().find(|said| said.visitor == person && said.customer.map(str::to_owned) == order.customer);
        assert!(owner.is_some(), "the buyer is one of those who reported it, and the customer is theirs");
        assert_eq!(
            order.net_minor(),
            order.value.map_or(0, Money::minor) - order.refunded_minor - order.cancelled_minor
        );
        Bought {
            number: order.transaction_id.clone(),
            at_ms: order.at_ms,
            booked: order.booked,
            visitor: order.visitor,
            customer: order.customer.clone(),
            cart: order.cart_id.clone(),
            worth: order.value.map(amount),
            refunded: order.refunded_minor,
            cancelled: order.cancelled_minor,
            status: order.status.as_str(),
            products: order.lines.iter().map(|line| line.product.clone()).collect(),
            pages: order.page_reports,
            servers: order.server_reports,
        }
    });
    Account {
        order,
        book: settled.entry.as_ref().map(|entry| (entry.at_ms, entry.value.map(amount))),
        lost: settled.unmatched.iter().map(|refund| (refund.at_ms, refund.amount.map(amount))).collect(),
    }
}

fn event(name: &'static str, number: Option<String>, (at_ms, place, server): (i64, u64, bool)) -> Said {
    let (visitor, customer, cart, value, items) = (place % 3, None, None, None, Vec::new());
    Said { name, number, at_ms, place, server, visitor, customer, cart, value, items }
}

/// Up to twelve events about up to four orders, in no order of time: refunds come before purchases, too.
fn shop(rng: &mut Rng) -> Vec<Said> {
    // Some shops send numbers always, some never, some now and then; some have a server that reports.
    let (numbers, servers, events) = (rng.u32(0..=10), rng.u32(0..=10), rng.u64(1..=12));
    let event = |place| {
        let name = NAMES[rng.usize(..NAMES.len())];
        let number = (rng.u32(0..10) < numbers).then(|| format!("T{}", rng.u8(1..=3)));
        let at_ms = 1_000 * DAY + [0, 0, 1, MINUTE, DAY, 40 * DAY][rng.usize(..6)] * rng.i64(0..3);
        let server = rng.u32(0..10) < servers;
        let one_of = |rng: &mut Rng, words: [&'static str; 2]| rng.bool().then(|| words[rng.usize(..2)]);
        Said {
            visitor: rng.u64(0..3),
            customer: one_of(rng, ["ann", "bob"]),
            cart: one_of(rng, ["c1", "c2"]),
            value: rng.bool().then(|| price(rng)),
            items: items(rng),
            ..event(name, number, (at_ms, place, server))
        }
    };
    (0..events).map(event).collect()
}

fn items(rng: &mut Rng) -> Vec<(&'static str, u64, Option<Price>)> {
    let item = |rng: &mut Rng| {
        let price = (0 < rng.u8(0..4)).then(|| price(rng));
        (["cap", "boot"][rng.usize(..2)], rng.u64(1..=2), price)
    };
    (0..[0, 0, 1, 1, 2][rng.usize(..5)]).map(|_| item(rng)).collect()
}

fn price(rng: &mut Rng) -> Price {
    ([0, 100, 250, 1_000][rng.usize(..4)], ["EUR", "EUR", "EUR", "PLN"][rng.usize(..4)])
}
