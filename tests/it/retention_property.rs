//! The retention ledger against the slow, obvious recount, over random small histories across clock changes and the ends
//! of weeks and months.

use std::collections::BTreeMap;

use fastrand::Rng;
use jiff::tz::TimeZone;
use styk::domain::calendar::CalendarUnit;
use styk::domain::money::{Currency, Money};
use styk::domain::retention::{Act, ActRow, Ledger, Plan, Who};
use styk::domain::time::{Period, Timestamp};

use crate::retention_reference::{By, Cohort, Did, Identity, Kind, Loyalty, Person, Rules, Unit, recount};

/// Questions compared; each is about up to four people.
const QUESTIONS: usize = 12_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Nights in which clocks change, or a month and a year end: 2026-03-29, 2026-10-25, 2026-11-01, 2027-01-01 UTC.
const NIGHTS: [i64; 4] = [1_774_742_400_000, 1_792_886_400_000, 1_793_491_200_000, 1_798_761_600_000];
const ZONES: [&str; 5] = ["UTC", "Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];

#[test]
fn every_cohort_equals_a_recount_by_civil_dates() {
    let mut rng = Rng::with_seed(11);
    let (mut people, mut returned, mut cells) = (0, 0, 0);
    for _ in 0..QUESTIONS {
        let rules = random_rules(&mut rng);
        let deeds: BTreeMap<Person, Vec<Did>> =
            (0..rng.u64(1..=4)).map(|person| (Person::Visitor(person), history(&mut rng, &rules))).collect();
        let (cohorts, loyalty) = recount(&deeds, &rules);
        let (found_cohorts, found_loyalty) = ledger_of(&deeds, &rules);
        let told: Vec<Cohort> = cohorts.iter().map(without_completeness).collect();
        assert_eq!(found_cohorts, told, "{rules:#?} {deeds:#?}");
        assert_eq!(found_loyalty, loyalty, "{rules:#?} {deeds:#?}");
        people += deeds.len();
        returned += cohorts.iter().map(|cohort| cohort.returned).sum::<u64>();
        cells += cohorts
            .iter()
            .flat_map(|cohort| &cohort.cells[1.min(cohort.cells.len())..])
            .map(|(count, _)| count)
            .sum::<u64>();
    }
    assert!(25_000 <= people && 4_000 <= returned && 1_200 <= cells, "{people} {returned} {cells} compare little");
}

fn without_completeness(cohort: &Cohort) -> Cohort {
    let cells = cohort.cells.iter().map(|(count, _)| (*count, true)).collect();
    Cohort { complete: true, cells, ..cohort.clone() }
}

fn random_rules(rng: &mut Rng) -> Rules {
    let near = |rng: &mut Rng| NIGHTS[rng.usize(..NIGHTS.len())] + rng.i64(-40..40) * DAY / 2 + rng.i64(-2..3) * HOUR;
    let from = near(rng);
    let kind = |rng: &mut Rng| if rng.bool() { Kind::Visit } else { Kind::Order };
    Rules {
        unit: Unit::Visitor,
        identity: Identity::AllTime,
        cohort: kind(rng),
        returning: kind(rng),
        by: [By::Day, By::Week, By::Month][rng.usize(..3)],
        cells: rng.usize(1..=9),
        churned_after_days: rng.i64(1..40),
        period: from..from + 1 + rng.i64(0..30) * DAY + rng.i64(0..DAY),
        as_of_ms: near(rng).max(from + rng.i64(-DAY..60 * DAY)),
        zone: TimeZone::get(ZONES[rng.usize(..ZONES.len())]).unwrap(),
        session_gap_ms: HOUR / 2,
    }
}

/// What one person did until the moment, mostly around the borders of units.
fn history(rng: &mut Rng, rules: &Rules) -> Vec<Did> {
    // Now and then somebody who buys more often than is told apart.
    let most = if rng.u8(..8) == 0 { 24 } else { 6 };
    let mut deeds: Vec<Did> = (0..rng.usize(0..=most))
        .map(|_| {
            let pause = [0, 1, HOUR, DAY - 1, DAY, 7 * DAY, 31 * DAY][rng.usize(..7)];
            let at_ms =
                (rules.period.start + rng.i64(-1..4) * pause + rng.i64(-1..2) * rng.i64(0..DAY)).min(rules.as_of_ms);
            let kind = if rng.bool() { Kind::Visit } else { Kind::Order };
            let value =
                (kind == Kind::Order && rng.bool()).then(|| (rng.i64(0..5_000), ["EUR", "PLN"][rng.usize(..2)]));
            Did { at_ms, kind, value }
        })
        .collect();
    // Nobody buys without being there.
    if let Some(at_ms) = deeds.iter().map(|did| did.at_ms).min() {
        deeds.push(Did { at_ms, kind: Kind::Visit, value: None });
    }
    deeds.sort_by_key(|did| (did.at_ms, did.kind == Kind::Order));
    deeds
}

fn ledger_of(deeds: &BTreeMap<Person, Vec<Did>>, rules: &Rules) -> (Vec<Cohort>, Loyalty) {
    let act = |kind| if kind == Kind::Visit { Act::Visit } else { Act::Order };
    let moment = Timestamp::from_ms;
    let by = match rules.by {
        By::Day => CalendarUnit::Day,
        By::Week => CalendarUnit::Week,
        By::Month => CalendarUnit::Month,
    };
    let end = rules.period.end.max(rules.as_of_ms + 1);
    let reach = Period::new(moment(rules.period.start), moment(end + 40 * DAY)).unwrap();
    let mut ledger = Ledger::new(Plan {
        cohort: act(rules.cohort),
        returning: act(rules.returning),
        who: Who::All,
        period: Period::new(moment(rules.period.start), moment(rules.period.end)).unwrap(),
        buckets: by.buckets(reach, &rules.zone, 10_000).unwrap(),
        cells_max: rules.cells,
        as_of_ms: rules.as_of_ms,
        churned_after_ms: rules.churned_after_days * DAY,
    });
    for (person, deeds) in deeds {
        let Person::Visitor(person) = *person else { unreachable!("only visitors are told") };
        for did in deeds {
            let value =
                did.value.map(|(minor, code)| Money::from_minor(minor, Currency::parse(code).unwrap()).unwrap());
            ledger.push(&ActRow { person, at_ms: did.at_ms, act: act(did.kind), value, fits: true });
        }
    }
    let found = ledger.finish();
    let sums = |sums: &BTreeMap<Currency, i128>| sums.iter().map(|(code, minor)| (code.to_string(), *minor)).collect();
    let cohorts = found.cohorts.iter().map(|cohort| Cohort {
        complete: true,
        size: cohort.size,
        returned: cohort.returned,
        orders: cohort.orders,
        value: sums(&cohort.value),
        cells: cohort.cells.iter().map(|count| (*count, true)).collect(),
    });
    let loyalty = &found.loyalty;
    let told = Loyalty {
        people: loyalty.people,
        new: loyalty.new,
        returning: loyalty.returning,
        buyers: loyalty.buyers,
        repeat_buyers: loyalty.repeat_buyers,
        buyers_to_date: loyalty.buyers_to_date,
        orders_to_date: loyalty.orders_to_date,
        value_to_date: sums(&loyalty.value_to_date),
        bought_times: (1..).zip(loyalty.bought_times.iter().copied()).filter(|(_, buyers)| *buyers != 0).collect(),
        churned: loyalty.churned,
    };
    (cohorts.collect(), told)
}
