//! Answers about carts as text tables, for terminals.

use std::fmt::Write;

use comfy_table::Table;
use serde_json::Value;

use super::text::{DASH, flush_right, freshness, list, percent, place, table, whole, words};
use crate::domain::money::{Currency, Money};

/// The breakdowns in the order in which they are printed, and their heads.
const BREAKDOWNS: &[(&str, &str)] = &[
    ("last_touchpoint", "left from"),
    ("step", "furthest step"),
    ("last_field", "last field"),
    ("reason", "reason"),
    ("channel", "channel"),
    ("device", "device"),
    ("campaign", "campaign"),
    ("product", "left behind"),
    ("recovered_by", "recovered by"),
];

/// An abandonment answer: all carts, each breakdown, then how it was reached.
///
/// `answer` is the API's JSON; what it lacks shows as a dash.
pub fn abandonment_table(answer: &Value) -> String {
    let total = &answer["total"];
    let mut text = String::new();
    let states = ["open", "idle", "abandoned", "expired", "recovered", "purchased", "emptied"];
    let states: Vec<String> = states.iter().map(|state| format!("{} {state}", whole(&total[*state]))).collect();
    line(&mut text, &format!("{} carts: {}", whole(&total["opened"]), states.join(", ")));
    for (name, part, base, rate) in [
        ("Cart", "ever_abandoned", "opened", "cart_abandonment_rate"),
        ("Checkout", "checkouts_abandoned", "checkouts", "checkout_abandonment_rate"),
    ] {
        let (part, base, rate) = (whole(&total[part]), whole(&total[base]), percent(&total[rate]));
        line(&mut text, &format!("{name} abandonment rate {rate}: {part} of {base}"));
    }
    let [lost, recovered, recoverable] = values(total);
    line(&mut text, &format!("Lost {lost}; still recoverable {recoverable}; recovered {recovered}"));
    if answer["compare"].is_object() {
        line(&mut text, &compared(&answer["compare"]));
    }
    for (by, head) in BREAKDOWNS {
        let rows = list(&answer["breakdown"], by);
        if !rows.is_empty() {
            let touched = ["last_touchpoint", "recovered_by"].contains(by);
            let name = |row: &Value| if touched { place(answer, &row["value"]) } else { words(&row["value"]) };
            let rows = rows.iter().map(|row| (name(row), row));
            line(&mut text, &format!("\n{}", figures_table(head, rows)));
        }
    }
    let days = list(answer, "days").iter();
    let days = days.map(|day| {
        let date: String = words(&day["from"]).chars().take("2026-11-22".len()).collect();
        (if day["complete"] == true { date } else { format!("{date} (incomplete)") }, day)
    });
    line(&mut text, &format!("\n{}", figures_table("opened on", days)));
    line(&mut text, &footer(answer));
    text
}

fn figures_table<'a>(head: &str, rows: impl Iterator<Item = (String, &'a Value)>) -> Table {
    let mut table = table(&[head, "carts", "abandoned", "rate", "recovered", "lost", "recoverable", "recovered for"]);
    for (name, row) in rows {
        let [lost, recovered, recoverable] = values(row);
        table.add_row([
            name,
            whole(&row["opened"]),
            whole(&row["ever_abandoned"]),
            percent(&row["cart_abandonment_rate"]),
            whole(&row["recovered"]),
            lost,
            recoverable,
            recovered,
        ]);
    }
    flush_right(table, 1)
}

/// The same of the period compared with, in one line.
fn compared(before: &Value) -> String {
    let total = &before["total"];
    let [lost, recovered, _] = values(total);
    let day = |value: &Value| words(value).chars().take("2026-11-22".len()).collect::<String>();
    let rates = ["cart_abandonment_rate", "checkout_abandonment_rate"].map(|name| percent(&total[name]));
    format!(
        "Before ({} to {}): {} carts, cart abandonment rate {}, checkout {}; lost {lost}; recovered {recovered}",
        day(&before["from"]),
        day(&before["to"]),
        whole(&total["opened"]),
        rates[0],
        rates[1],
    )
}

fn values(figures: &Value) -> [String; 3] {
    ["value_lost_minor", "value_recovered_minor", "value_recoverable_minor"].map(|name| amounts(&figures[name]))
}

/// A list of carts; of one, its history too.
pub fn carts_table(answer: &Value) -> String {
    let mut text = String::new();
    let mut table =
        table(&["cart", "state", "value", "pieces", "step", "left from", "reason", "opened at", "owner", "cart id"]);
    for cart in list(answer, "carts") {
        let owner = if cart["customer"].is_string() { &cart["customer"] } else { &cart["visitor"] };
        table.add_row([
            words(&cart["cart"]),
            words(&cart["state"]),
            amounts(&cart["value_minor"]),
            whole(&cart["quantity"]),
            words(&cart["step"]),
            place(answer, &cart["last_touchpoint"]),
            words(&cart["reason"]),
            words(&cart["opened_at"]),
            words(owner),
            words(&cart["cart_id"]),
        ]);
    }
    line(&mut text, &table.to_string());
    let of_one = list(answer, "carts").iter().flat_map(|cart| list(cart, "history"));
    let mut history = super::text::table(&["at", "what", "at touchpoint", "pieces", "value"]);
    for entry in of_one {
        let value = amounts(&entry["value_minor"]);
        let (at, what, touchpoint) = (words(&entry["at"]), words(&entry["what"]), place(answer, &entry["touchpoint"]));
        history.add_row([at, what, touchpoint, whole(&entry["quantity"]), value]);
    }
    if !history.is_empty() {
        line(&mut text, &format!("\n{history}"));
    }
    let (shown, all) = (list(answer, "carts").len(), whole(&answer["carts_total"]));
    let next = answer["next_offset"].as_u64().map_or(String::new(), |next| format!("; --offset {next} for more"));
    line(&mut text, &format!("\n{shown} of {all} carts{next}"));
    line(&mut text, &footer(answer));
    text
}

fn footer(answer: &Value) -> String {
    let method = &answer["method"];
    let word = |value: &Value| value.as_str().unwrap_or(DASH).to_owned();
    format!(
        "\ncarts opened {} to {} ({}) · abandoned after {} min · as of {} · {}",
        word(&method["from"]),
        word(&method["to"]),
        word(&method["time_zone"]),
        method["cart_abandoned_after_seconds"].as_i64().unwrap_or_default() / 60,
        word(&answer["as_of"]),
        freshness(answer),
    )
}

/// `{"EUR":1990}` as `19.90 EUR`; nothing as a dash.
pub(super) fn amounts(value: &Value) -> String {
    let amount = |(code, minor): (&String, &Value)| {
        let money = Money::from_minor(minor.as_i64()?, Currency::parse(code)?)?;
        Some(format!("{money} {code}"))
    };
    let amounts: Vec<String> = value.as_object().into_iter().flatten().filter_map(amount).collect();
    if amounts.is_empty() { DASH.to_owned() } else { amounts.join(" + ") }
}

/// Appends a line.
pub(super) fn line(text: &mut String, words: &str) {
    writeln!(text, "{words}").expect("writing to a string does not fail");
}
