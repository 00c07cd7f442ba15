//! The funnel's rules (SEMANTICS.md, "Funnel"), one story each, and the cases where other systems differ.
//!
//! A funnel is written `A B? C`: letters are event names, `?` marks an optional step. A story is written
//! `A0 AB10 X20`: an event that meets the steps named A at second 0, one that meets A and B at 10, one that meets
//! none at 20.

use styk::domain::funnel::{Matcher, Outcome, Plan, StepRow};

fn plan(funnel: &str, window_seconds: i64) -> Plan {
    let optional: Vec<bool> = funnel.split(' ').map(|step| step.ends_with('?')).collect();
    Plan::new(optional, window_seconds * 1_000).expect("the funnel of a test is valid")
}

/// The rows of `unit` that `story` tells. Each carries its place in the story as its breakdown.
fn rows(funnel: &str, unit: u64, story: &str) -> Vec<StepRow> {
    let events = (0..).zip(story.split_whitespace());
    events
        .map(|(breakdown, event)| {
            let names = event.trim_end_matches(|c: char| c.is_ascii_digit());
            let seconds: i64 = event[names.len()..].parse().expect("an event ends in its second");
            let steps = (0..).zip(funnel.split(' '));
            let met = steps.filter(|(_, step)| names.contains(&step[..1]));
            StepRow {
                unit,
                at_ms: seconds * 1_000,
                steps: met.fold(0, |set, (bit, _)| set | 1 << bit),
                breakdown,
                amount_minor: 0,
                currency: 0,
            }
        })
        .collect()
}

fn outcomes(plan: Plan, rows: impl IntoIterator<Item = StepRow>) -> Vec<String> {
    let mut told = Vec::new();
    let mut finished = |outcome: &Outcome| {
        let filled = outcome.filled.iter();
        let steps: Vec<String> = filled.map(|filled| format!("{}@{}", filled.step, filled.at_ms / 1_000)).collect();
        told.push(format!("{} open until {}", steps.join(" "), outcome.open_until_ms / 1_000));
    };
    let mut matcher = Matcher::new(plan);
    for row in rows {
        matcher.push(row, &mut finished);
    }
    matcher.finish(&mut finished);
    told
}

/// Checks the attempt that counts, `step@second …`, within a window of an hour.
#[track_caller]
fn check(funnel: &str, story: &str, expected: &str) {
    let told = outcomes(plan(funnel, 3_600), rows(funnel, 7, story));
    let expected: Vec<&str> = expected.split(" | ").filter(|outcome| !outcome.is_empty()).collect();
    assert_eq!(told, expected, "{story} in {funnel}");
}

/// The places in the story of the events that filled the steps.
fn chosen_events(funnel: &str, story: &str) -> Vec<u32> {
    let mut chosen = Vec::new();
    let mut finished = |outcome: &Outcome| chosen.extend(outcome.filled.iter().map(|filled| filled.breakdown));
    let mut matcher = Matcher::new(plan(funnel, 3_600));
    for row in rows(funnel, 7, story) {
        matcher.push(row, &mut finished);
    }
    matcher.finish(&mut finished);
    chosen
}

#[test]
fn cases_in_which_other_systems_differ_follow_our_rules() {
    for (funnel, story, expected) in [
        ("A B C", "A0 B10 C20", "1@0 2@10 3@20 open until 3600"),
        ("A B C", "A5 B5 C5", "1@5 2@5 3@5 open until 3605"),
        ("A B C", "C5 B5 A5", "1@5 2@5 3@5 open until 3605"),
        ("A B C", "B0 A10 C20", "1@10 open until 3610"),
        ("A B", "A0 B3600", "1@0 2@3600 open until 3600"),
        ("A B", "A0 B3601", "1@0 open until 3600"),
        ("A B C", "A0 B3000 C6000", "1@0 2@3000 open until 3600"),
        ("A B", "A0 A3000 B6000", "1@3000 2@6000 open until 6600"),
        ("A B", "AB0", "1@0 open until 3600"),
        ("A B", "AB0 AB10", "1@0 2@10 open until 3600"),
        ("A B", "AB5 AB5", "1@5 2@5 open until 3605"),
        ("A B C", "A0 X5 B10 C20", "1@0 2@10 3@20 open until 3600"),
        ("A B C", "A0 X5 A10 B20 C30", "1@10 2@20 3@30 open until 3610"),
        ("A B C", "A0 B10 B20 C30", "1@0 2@10 3@30 open until 3600"),
        ("A B C", "A0 C10 B20 C30", "1@0 2@20 3@30 open until 3600"),
    ] {
        check(funnel, story, expected);
    }
}

#[test]
fn rule_1_each_unit_counts_once_and_alone() {
    let funnel = "A B";
    let stream = [rows(funnel, 1, "A0 B1 A2 B3"), rows(funnel, 2, "B4"), rows(funnel, 3, "A4"), rows(funnel, 0, "B4")];
    let told = outcomes(plan(funnel, 60), stream.concat());
    assert_eq!(told, ["1@0 2@1 open until 62", "1@4 open until 64"]);
}

#[test]
fn rule_2_every_first_step_opens_an_attempt_and_nothing_else_does() {
    check("A B C", "A0 A4000 B5000 C6000", "1@4000 2@5000 3@6000 open until 7600");
    check("A B C", "B0 C1 X2", "");
    check("A B C", "", "");
}

#[test]
fn rule_3_the_window_runs_from_step_1_and_includes_its_end() {
    check("A B C", "A0 B3599 C3600", "1@0 2@3599 3@3600 open until 3600");
    check("A B C", "A0 B3599 C3601", "1@0 2@3599 open until 3600");
    let late = [StepRow { at_ms: 10_001, ..rows("A B", 7, "B0")[0] }];
    let told = outcomes(plan("A B", 10), rows("A B", 7, "A0").into_iter().chain(late));
    assert_eq!(told, ["1@0 open until 10"], "one millisecond is too late");
}

#[test]
fn rule_4_other_events_may_lie_between_steps() {
    check("A B C", "A0 C1 X2 B3 A4 X5 C6", "1@0 2@3 3@6 open until 3600");
}

#[test]
fn rule_5_simultaneous_events_count_in_the_order_that_takes_the_attempt_furthest() {
    check("A B C D", "A0 D9 C9 B9", "1@0 2@9 3@9 4@9 open until 3600");
    check("A B C D", "A0 B5 D9 C9 A9", "1@0 2@5 3@9 4@9 open until 3600");
    check("A B C", "B0 A0 C9 B9", "1@0 2@0 3@9 open until 3600");
    check("A B C", "ABC5 AC5 C5", "1@5 2@5 3@5 open until 3605");
}

#[test]
fn rule_6_one_event_fills_one_step_so_a_repeated_step_needs_two_events() {
    check("A A", "A0", "1@0 open until 3600");
    check("A A", "A0 A9", "1@0 2@9 open until 3600");
    check("A A A", "A5 A5", "1@5 2@5 open until 3605");
    check("A B C", "ABC0 BC9", "1@0 2@9 open until 3600");
    check("A B C", "A5 BC5", "1@5 2@5 open until 3605");
    assert_eq!(
        chosen_events("A B C", "A0 BC9 B9"),
        [0, 2, 1],
        "the event that meets both steps is used for the later one"
    );
}

#[test]
fn rule_7_the_deepest_attempt_counts() {
    check("A B C", "A0 B1 A4000 B4001 C4002", "1@4000 2@4001 3@4002 open until 7600");
    check("A B C", "A0 B1 C2 A4000", "1@0 2@1 3@2 open until 3600");
}

#[test]
fn rule_7_among_equals_the_first_to_get_there_counts() {
    check("A B C", "A0 B9 A10 B11", "1@0 2@9 open until 3610");
}

#[test]
fn rule_7_among_those_the_latest_start_counts() {
    check("A B", "A0 A5 B9", "1@5 2@9 open until 3605");
    check("A B C", "A0 B1 A5 B6 C9", "1@5 2@6 3@9 open until 3605");
    check("A B C", "A0 B1 A5 C9", "1@0 2@1 3@9 open until 3600");
}

#[test]
fn the_earliest_times_and_then_the_earliest_rows_settle_what_the_rules_leave_open() {
    check("A B C", "A0 B1 B2 C9", "1@0 2@1 3@9 open until 3600");
    assert_eq!(chosen_events("A B C", "A0 B5 B5 C9 C9"), [0, 1, 3]);
    assert_eq!(chosen_events("A B", "AB5 A5 B5"), [0, 2]);
    assert_eq!(chosen_events("A B", "AB5 A5"), [1, 0]);
}

#[test]
fn rule_8_optional_steps_may_be_skipped_and_count_when_filled() {
    check("A B? C", "A0 C9", "1@0 3@9 open until 3600");
    check("A B? C", "A0 B5 C9", "1@0 2@5 3@9 open until 3600");
    check("A B? C", "A0 B5", "1@0 2@5 open until 3600");
    check("A B? C? D", "A0 C5 B6 D9", "1@0 2@6 4@9 open until 3600");
    check("A B? C? D? E", "A0 C5 D6 B7 E9", "1@0 3@5 4@6 5@9 open until 3600");
    check("A B? C", "A0 BC5", "1@0 3@5 open until 3600");
    check("A B? C? D", "A5 BC5 D5", "1@5 2@5 4@5 open until 3605");
    check("A B? C", "A0 B1 A5 C9", "1@5 3@9 open until 3605");
}

#[test]
fn rule_8_the_first_and_the_last_step_are_never_optional() {
    for refused in [[true, false, false], [false, false, true]] {
        assert_eq!(Plan::new(refused.to_vec(), 1_000), None);
    }
    assert_eq!(Plan::new(vec![false], 1_000), None, "one step is no funnel");
    assert_eq!(Plan::new(vec![false; 21], 1_000), None, "21 steps are too many");
    assert_eq!(Plan::new(vec![false; 2], 0), None, "a window has a length");
    assert!(Plan::new(vec![false; 20], 1).is_some());
}

#[test]
fn rule_11_the_window_of_the_latest_attempt_at_the_deepest_step_says_until_when_a_unit_may_go_on() {
    check("A B C", "A0 B1 A100 B101 A200", "1@0 2@1 open until 3700");
    check("A B C", "A0 A50", "1@0 open until 3650");
}

#[test]
fn ten_thousand_events_at_one_time_are_matched_like_a_few() {
    let funnel = "A B C? D E";
    let crowd = |unit, event: &str| rows(funnel, unit, &format!("{event} ").repeat(10_000));
    let far = [crowd(1, "ABDE5"), rows(funnel, 1, "C5")].concat();
    assert_eq!(outcomes(plan(funnel, 60), far), ["1@5 2@5 3@5 4@5 5@5 open until 65"]);
    let blocked = [crowd(2, "A5"), crowd(2, "E5"), crowd(2, "BC5"), rows(funnel, 2, "A9 D9")].concat();
    assert_eq!(outcomes(plan(funnel, 60), blocked), ["1@5 2@5 3@5 4@9 open until 65"]);
    let scarce = [crowd(3, "A5"), rows(funnel, 3, "BD5"), crowd(3, "E5")].concat();
    assert_eq!(outcomes(plan(funnel, 60), scarce), ["1@5 2@5 open until 65"], "one event cannot be both B and D");
}

#[test]
fn twenty_steps_in_one_crowd_are_all_filled_when_each_event_can_go_to_one_of_two() {
    // Event k meets steps k and k+1, the last one only its own: a single way to fill all, in reverse stream order.
    let chain = (1..=20).rev().map(|step| StepRow {
        unit: 1,
        at_ms: 5_000,
        steps: 1 << (step - 1) | 1 << step,
        breakdown: step,
        amount_minor: 0,
        currency: 0,
    });
    let optional: Vec<bool> = (1..=20).map(|step| step % 3 == 0).collect();
    let plan = Plan::new(optional, 1_000).expect("steps 1 and 20 are required");
    let expected: Vec<String> = (1..=20).map(|step| format!("{step}@5")).collect();
    assert_eq!(outcomes(plan, chain), [format!("{} open until 6", expected.join(" "))]);
}

#[test]
fn a_row_that_no_step_of_the_funnel_can_use_still_separates_units() {
    let funnel = "A B";
    let stream = [rows(funnel, 1, "A0"), rows(funnel, 2, "X1"), rows(funnel, 1, "B2")];
    assert_eq!(outcomes(plan(funnel, 60), stream.concat()), ["1@0 open until 60"]);
}
