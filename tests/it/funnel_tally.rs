//! What the tally says of attempts: counts, those in progress, rates, amounts and times.

use styk::domain::funnel::{
    Bin, Durations, Filled, NO_CURRENCY, Outcome, Plan, StepTally, Tally, conversion_rate, drop_off_rate, step_rate,
};

const HOUR: i64 = 3_600_000;
const EUR: u32 = 1;
const PLN: u32 = 2;

fn plan(optional: &[bool]) -> Plan {
    Plan::new(optional.to_vec(), HOUR).expect("the plan of a test is valid")
}

fn step(step: u8, at_ms: i64) -> Filled {
    Filled { step, at_ms, breakdown: 0, amount_minor: 0, currency: NO_CURRENCY }
}

/// Tallies attempts that started at 0, with events known up to `high_water_ms`.
fn tally(plan: &Plan, high_water_ms: i64, attempts: &[&[Filled]]) -> Tally {
    let mut tally = Tally::new(plan);
    for filled in attempts {
        tally.add(&Outcome { unit: 1, filled, open_until_ms: HOUR, excluded: false }, high_water_ms);
    }
    tally
}

fn counts(steps: &[StepTally]) -> Vec<[u64; 3]> {
    steps.iter().map(|step| [step.reached, step.drop_off, step.in_progress]).collect()
}

#[test]
fn rule_11_a_unit_is_in_progress_until_its_window_has_passed() {
    let three = plan(&[false; 3]);
    let attempts: [&[Filled]; 3] = [&[step(1, 0)], &[step(1, 0), step(2, 5)], &[step(1, 0), step(2, 5), step(3, 9)]];
    let still_open = tally(&three, HOUR, &attempts).steps();
    assert_eq!(counts(&still_open), [[3, 0, 1], [2, 0, 1], [1, 0, 0]]);
    let closed = tally(&three, HOUR + 1, &attempts).steps();
    assert_eq!(counts(&closed), [[3, 1, 0], [2, 1, 0], [1, 0, 0]]);
}

#[test]
fn rule_8_a_skipped_step_is_neither_reached_nor_left() {
    let skippable = plan(&[false, true, false]);
    let attempts: [&[Filled]; 3] = [&[step(1, 0), step(3, 9)], &[step(1, 0), step(2, 5)], &[step(1, 0)]];
    let steps = tally(&skippable, HOUR + 1, &attempts).steps();
    assert_eq!(counts(&steps), [[3, 1, 0], [1, 1, 0], [1, 0, 0]]);
    assert_eq!(step_rate(&skippable, &steps, 3), Some(1.0 / 3.0), "of those at the required step before");
    assert_eq!(step_rate(&skippable, &steps, 2), Some(1.0 / 3.0));
    let skipper = steps[2].from_previous.expect("one unit got here");
    assert_eq!(skipper.mean_ms, 9.0, "since step 1, the last one it filled");
}

#[test]
fn rule_15_an_empty_base_has_no_rate() {
    let two = plan(&[false; 2]);
    let nobody = tally(&two, 0, &[]).steps();
    assert_eq!(conversion_rate(&nobody, 1), None);
    assert_eq!(conversion_rate(&nobody, 2), None);
    assert_eq!(step_rate(&two, &nobody, 2), None);
    assert_eq!(drop_off_rate(&nobody[0]), None);
}

#[test]
fn rule_15_rates_are_shares_of_step_1_and_of_the_step_before() {
    let three = plan(&[false; 3]);
    let (entered, second, third) = ([step(1, 0)], [step(1, 0), step(2, 5)], [step(1, 0), step(2, 5), step(3, 9)]);
    let steps = tally(&three, HOUR + 1, &[&entered, &entered, &second, &third]).steps();
    let conversion_rates: Vec<_> = (1..=3).map(|step| conversion_rate(&steps, step)).collect();
    assert_eq!(conversion_rates, [Some(1.0), Some(0.5), Some(0.25)]);
    let step_rates: Vec<_> = (1..=3).map(|step| step_rate(&three, &steps, step)).collect();
    assert_eq!(step_rates, [None, Some(0.5), Some(0.5)]);
    let drop_off_rates: Vec<_> = steps.iter().map(drop_off_rate).collect();
    assert_eq!(drop_off_rates, [Some(0.5), Some(0.5), Some(0.0)]);
}

#[test]
fn rule_16_times_are_told_from_the_step_before_and_from_step_1() {
    let three = plan(&[false; 3]);
    let attempts: Vec<[Filled; 3]> = [40, 10, 20, 30].map(|ms| [step(1, 0), step(2, 100), step(3, 100 + ms)]).to_vec();
    let attempts: Vec<&[Filled]> = attempts.iter().map(|filled| &filled[..]).collect();
    let mut tally = tally(&three, 0, &attempts);
    let steps = tally.steps();
    // Ranks of four durations: the median at 1.5, p75 at 2.25, p90 at 2.7.
    let expected = Durations { median_ms: 25.0, p75_ms: 32.5, p90_ms: 37.0, mean_ms: 25.0 };
    assert_eq!(steps[2].from_previous, Some(expected));
    let expected = Durations { median_ms: 125.0, p75_ms: 132.5, p90_ms: 137.0, mean_ms: 125.0 };
    assert_eq!(steps[2].from_first, Some(expected));
    assert_eq!((steps[0].from_previous, steps[0].from_first), (None, None));
    assert_eq!(tally.steps(), steps, "asking again changes nothing");
}

#[test]
fn rule_16_the_histogram_ends_with_its_last_conversion() {
    let two = plan(&[false; 2]);
    let took = |ms| [step(1, 0), step(2, ms)];
    let attempts = [took(0), took(9_999), took(10_000), took(70_000)];
    let attempts: Vec<&[Filled]> = attempts.iter().map(|filled| &filled[..]).collect();
    let bin = |from_ms, to_ms, count| Bin { from_ms, to_ms, count };
    let bins = tally(&two, 0, &attempts).conversion_histogram();
    assert_eq!(bins, [bin(0, 10_000, 2), bin(10_000, 30_000, 1), bin(30_000, 60_000, 0), bin(60_000, 300_000, 1)]);
    let at_the_end = tally(&two, 0, &[&took(HOUR)]).conversion_histogram();
    assert_eq!(at_the_end.last(), Some(&bin(1_800_000, HOUR, 1)), "the end of the window is inside it");
    assert_eq!(tally(&two, 0, &[&[step(1, 0)]]).conversion_histogram(), []);
}

#[test]
fn amounts_of_different_currencies_are_never_added() {
    let two = plan(&[false; 2]);
    let paid = |amount_minor, currency| [step(1, 0), Filled { amount_minor, currency, ..step(2, 5) }];
    let attempts = [paid(1_990, EUR), paid(i64::MAX, EUR), paid(500, PLN), paid(77, NO_CURRENCY)];
    let attempts: Vec<&[Filled]> = attempts.iter().map(|filled| &filled[..]).collect();
    let steps = tally(&two, 0, &attempts).steps();
    let amounts: Vec<_> = steps[1].amounts.clone().into_iter().collect();
    assert_eq!(amounts, [(EUR, 1_990 + i128::from(i64::MAX)), (PLN, 500)]);
    assert!(steps[0].amounts.is_empty());
}
