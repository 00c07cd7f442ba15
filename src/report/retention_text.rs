//! An answer about retention as text tables, for terminals.

use std::fmt::Write;

use serde_json::Value;

use super::cart_text::{amounts, line};
use super::text::{DASH, flush_right, freshness, list, percent, table, whole, words};

/// The triangle, the cohorts together, loyalty, then how it was reached. A `*` stands behind what may still grow.
///
/// `answer` is the API's JSON; what it lacks shows as a dash.
pub fn retention_table(answer: &Value) -> String {
    let mut text = String::new();
    line(&mut text, &triangle(answer));
    line(&mut text, loyalty(&answer["loyalty"], &answer["method"]).trim_end());
    if let Some(unlinked) = answer["unlinked_visitors"].as_u64() {
        line(&mut text, &format!("{unlinked} visitors came who are linked to no customer: left out"));
    }
    let method = &answer["method"];
    let word = |name: &str| method[name].as_str().unwrap_or(DASH).to_owned();
    let (unit, by, cohort, returning) = (word("unit"), word("by"), word("cohort"), word("returning"));
    line(&mut text, &format!("\n{unit} · {cohort}, by {by} · came back {returning} · * may still grow"));
    let (from, to, zone) = (word("from"), word("to"), word("time_zone"));
    let as_of = answer["as_of"].as_str().unwrap_or(DASH);
    line(&mut text, &format!("firsts from {from} to {to} ({zone}) · as of {as_of} · {}", freshness(answer)));
    text
}

fn triangle(answer: &Value) -> String {
    let cohorts = list(answer, "cohorts");
    let cells = cohorts.iter().map(|cohort| list(cohort, "cells").len()).max().unwrap_or(0);
    let after: Vec<String> = (0..cells).map(|after| format!("+{after}")).collect();
    let head = ["cohort", "size", "value each", "came back"].into_iter().chain(after.iter().map(String::as_str));
    let mut table = table(&head.collect::<Vec<_>>());
    let star = |of: &Value| if of["complete"] == false { "*" } else { "" };
    for cohort in cohorts {
        let date: String = words(&cohort["from"]).chars().take("2026-11-22".len()).collect();
        let own = [
            format!("{date}{}", star(cohort)),
            whole(&cohort["size"]),
            amounts(&cohort["value_each_minor"]),
            percent(&cohort["returned"]["rate"]),
        ];
        let cells = list(cohort, "cells").iter().map(|cell| format!("{}{}", percent(&cell["rate"]), star(cell)));
        table.add_row(own.into_iter().chain(cells));
    }
    let together = list(answer, "total");
    if !together.is_empty() {
        let own = ["together".to_owned(), whole(&together[0]["size"]), String::new(), String::new()];
        table.add_row(own.into_iter().chain(together.iter().map(|total| percent(&total["rate"]))));
    }
    flush_right(table, 1).to_string()
}

fn loyalty(loyalty: &Value, method: &Value) -> String {
    let rate = |name: &str| format!("{} ({})", whole(&loyalty[name]["count"]), percent(&loyalty[name]["rate"]));
    let mut text = String::new();
    let mut say = |words: &str| writeln!(text, "{words}").expect("writing to a string does not fail");
    say(&format!(
        "\nIn the period {} came, {} of them new; {} came again",
        whole(&loyalty["people"]),
        whole(&loyalty["new"]),
        rate("returning"),
    ));
    say(&format!("{} bought; {} not for the first time", whole(&loyalty["buyers"]), rate("repeat_buyers")));
    say(&format!(
        "To date {} bought {} times, for {} each; {} not for {} days",
        whole(&loyalty["buyers_to_date"]),
        whole(&loyalty["orders_to_date"]),
        amounts(&loyalty["value_each_minor"]),
        rate("churned"),
        whole(&method["churned_after_days"]),
    ));
    let times = list(loyalty, "bought_times").iter().map(|told| {
        let more = if told["or_more"] == true { " or more" } else { "" };
        format!("{} with {}{more}", whole(&told["count"]), whole(&told["orders"]))
    });
    let times = times.collect::<Vec<_>>().join(", ");
    if !times.is_empty() {
        say(&format!("By number of orders: {times}"));
    }
    text
}
