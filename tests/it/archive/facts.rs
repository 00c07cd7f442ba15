//! Facts survive: whatever was accepted is read back from Parquet as it was, and in the order of sequences.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use styk::domain::event::{
    Actor, Arrival, Batch, Campaign, ClickId, Clock, Commerce, Consent, CountryCode, Event, EventTime, Item, Sender,
};
use styk::domain::id::{EventId, SiteId, VisitorId};
use styk::domain::money::{Currency, Money};
use styk::domain::name::{EventName, Label};
use styk::domain::page::PageUrl;
use styk::domain::time::Timestamp;
use styk::store::FailedEvent;
use styk::store::archive::{Archive, RoundEnd};

/// From the year 1 to the year 9999.
const MOMENTS: std::ops::Range<i64> = -62_135_596_800_000..253_402_300_800_000;

fn label() -> impl Strategy<Value = Option<Label>> {
    of("\\PC{1,40}").prop_map(|text| text.and_then(|text| Label::parse(&text).ok()))
}

fn item() -> impl Strategy<Value = Item> {
    let labels = (label(), label(), label(), label(), label());
    (labels, of(any::<i64>()), of(currency()), 1..=1_000_000_u32).prop_map(
        |((item_id, item_name, item_category, item_brand, item_variant), price_minor, currency, quantity)| Item {
            item_id,
            item_name,
            item_category,
            item_brand,
            item_variant,
            price_minor,
            currency,
            quantity,
        },
    )
}

fn currency() -> impl Strategy<Value = Currency> {
    select(vec!["EUR", "JPY", "KWD", "PLN"]).prop_map(|code| Currency::parse(code).unwrap())
}

fn commerce() -> impl Strategy<Value = Commerce> {
    let value = of((-Money::MINOR_MAX..=Money::MINOR_MAX, currency()));
    (value, label(), label(), vec(item(), 0..3)).prop_map(|(value, cart_id, transaction_id, items)| Commerce {
        value: value.map(|(minor, currency)| Money::from_minor(minor, currency).unwrap()),
        cart_id,
        transaction_id,
        items,
    })
}

fn actor() -> impl Strategy<Value = Actor> {
    let consent = select(vec![Consent::Cookieless, Consent::Pending, Consent::Granted, Consent::Denied]);
    // Anything may stand in a user agent, even what no browser sends.
    (any::<u64>(), label(), consent, of(any::<String>()), label(), of("[A-Z]{2}")).prop_map(
        |(visitor, customer, consent, user_agent, language, country)| Actor {
            visitor: VisitorId(visitor),
            customer,
            consent,
            user_agent,
            language,
            country: country.map(|letters| CountryCode::parse(&letters).unwrap()),
        },
    )
}

fn arrival() -> impl Strategy<Value = Arrival> {
    let click = of(select(vec![ClickId::Google, ClickId::Microsoft, ClickId::Meta, ClickId::TikTok]));
    (label(), label(), label(), label(), label(), label(), click, label()).prop_map(
        |(referrer_host, source, medium, campaign, term, content, click, channel)| Arrival {
            referrer_host,
            campaign: Campaign { source, medium, campaign, term, content, click },
            channel,
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let time = (MOMENTS, any::<bool>(), any::<u32>()).prop_map(|(occurred_at, kept, sender_sequence)| EventTime {
        occurred_at: Timestamp::from_ms(occurred_at),
        clock: if kept { Clock::Kept } else { Clock::Replaced },
        sender_sequence,
    });
    let page = of("https://shop\\.example/\\PC{0,20}(\\?q=\\PC{0,8})?").prop_map(|url| PageUrl::parse(&url?).ok());
    let name = "[a-z_]{1,20}".prop_map(|name| EventName::parse(&name).unwrap());
    (any::<u128>(), name, time, actor(), page, arrival(), label(), commerce(), of(any::<String>())).prop_map(
        |(id, name, time, actor, page, arrival, touchpoint, commerce, properties)| Event {
            id: EventId::from_u128(id),
            name,
            time,
            actor,
            page,
            arrival,
            touchpoint,
            commerce,
            properties,
        },
    )
}

fn batch() -> impl Strategy<Value = Batch> {
    // Few sites and days, so that files hold several events.
    (0..3_u32, 0..3_i64, 0..86_400_000_i64, any::<bool>(), vec(event(), 1..4)).prop_map(
        |(site, day, ms, server, events)| Batch {
            site: SiteId(site),
            received_at: Timestamp::from_ms(1_763_942_400_000 + day * 86_400_000 + ms),
            sender: if server { Sender::Server } else { Sender::Browser },
            events,
        },
    )
}

#[test]
fn every_event_is_read_back_as_it_was_accepted() {
    let mut runner = TestRunner::new(Config::with_cases(24));
    let batches = vec((batch(), 0..3_u64), 1..12);
    runner
        .run(&batches, |batches| {
            let place = tempfile::tempdir().unwrap();
            // What a path may hold and SQL or a pattern would take for its own.
            let root = place.path().join("it's [1] archive?");
            let mut archive = Archive::open(&root).unwrap();
            let mut written = Vec::new();
            let mut sequence = 0;
            for (batch, duplicates) in batches {
                sequence += duplicates;
                let first = sequence;
                sequence += batch.events.len() as u64;
                written.push((first, batch));
            }
            let mut round = archive.begin_round().unwrap();
            let events = written.iter().flat_map(|(first, batch)| {
                (*first..).zip(&batch.events).map(move |(sequence, event)| (sequence, batch, event))
            });
            round.append(events).unwrap();
            let end = RoundEnd {
                next_sequence: sequence,
                received_through: Timestamp::from_ms(7),
                unreadable: Vec::new(),
                removed: Vec::new(),
            };
            round.finish(end, &|| true).unwrap().unwrap();
            prop_assert_eq!(single_events(&read_all(&archive)), single_events(&written));
            prop_assert_eq!(single_events(&read_all(&Archive::open(&root).unwrap())), single_events(&written));
            Ok(())
        })
        .unwrap();
}

fn read_all(archive: &Archive) -> Vec<(u64, Batch)> {
    let mut reader = archive.read(0).unwrap();
    let mut read = Vec::new();
    while let Some(part) = reader.next_part().unwrap() {
        assert_eq!(part.losses, []);
        read.extend(part.batches);
    }
    read
}

/// Each event alone: where batches are cut does not matter.
fn single_events(batches: &[(u64, Batch)]) -> Vec<(u64, Batch)> {
    let events = batches.iter().flat_map(|(first, batch)| {
        (*first..)
            .zip(&batch.events)
            .map(|(sequence, event)| (sequence, Batch { events: vec![event.clone()], ..*batch }))
    });
    events.collect()
}

#[test]
fn parts_are_small_and_failed_events_come_in_their_place() {
    let place = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(place.path()).unwrap();
    let received_at = Timestamp::from_ms(1_763_942_400_000);
    let mut runner = TestRunner::deterministic();
    let event = event().new_tree(&mut runner).unwrap().current();
    let batch = Batch { site: SiteId(1), received_at, sender: Sender::Server, events: vec![event; 5_000] };
    // Forty at one sequence are more than come at once.
    let failed: Vec<_> = (0..200_u64).map(|number| failed_at(if number < 40 { 100 } else { number + 3_000 })).collect();
    let mut round = archive.begin_round().unwrap();
    round.append((0..).zip(&batch.events).map(|(sequence, event)| (sequence, &batch, event))).unwrap();
    round.append_failed(&failed).unwrap();
    let end =
        RoundEnd { next_sequence: 6_000, received_through: received_at, unreadable: Vec::new(), removed: Vec::new() };
    let round = round.finish(end, &|| true).unwrap().unwrap();
    assert_eq!((round.events(), round.failed.unwrap().rows), (5_000, 200));

    let mut reader = archive.read(0).unwrap();
    let (mut events, mut failures, mut next_sequence) = (0, Vec::new(), 0);
    while let Some(part) = reader.next_part().unwrap() {
        let range = next_sequence..part.next_sequence;
        next_sequence = part.next_sequence;
        let sequences = part.batches.iter().flat_map(|(first, batch)| *first..*first + batch.events.len() as u64);
        let sequences: Vec<u64> = sequences.collect();
        assert!(sequences.len() <= 2_000 && sequences.iter().all(|sequence| range.contains(sequence)));
        assert!(part.failed.iter().all(|failed| range.contains(&failed.sequence)));
        assert_eq!(part.received_through, received_at);
        events += sequences.len();
        failures.extend(part.failed);
    }
    assert_eq!((events, next_sequence), (5_000, 6_000));
    assert_eq!(failures, failed);

    let part = archive.read(4_990).unwrap().next_part().unwrap().unwrap();
    assert_eq!((part.batches[0].0, part.batches[0].1.events.len()), (4_990, 10));
}

fn failed_at(sequence: u64) -> FailedEvent {
    FailedEvent {
        site: SiteId(0),
        sequence,
        event_id: (sequence == 100).then(|| EventId::from_u128(7)),
        reason: "not_decodable".into(),
        payload: vec![0, 1, 255, 39],
        received_at: Timestamp::from_ms(1_763_942_400_000),
        events: 1,
        kind: 1,
    }
}
