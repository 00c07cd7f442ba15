//! Answers about drop-off as text tables, for terminals.

use comfy_table::Table;
use serde_json::Value;

use super::cart_text::{amounts, line};
use super::text::{DASH, flush_right, freshness, list, percent, place, place_and_key, table, whole, words};

/// A drop-off answer: all touchpoints, where the first of each went on to, the breakdown, then how it was reached.
///
/// `answer` is the API's JSON; what it lacks shows as a dash.
pub fn dropoff_table(answer: &Value) -> String {
    let units = units_of(answer);
    let mut text = String::new();
    let total = &answer["total"];
    line(
        &mut text,
        &format!(
            "{} {units}: {} left ({}) with {} in their carts; {} converted ({}); {} still open",
            whole(&total[units]),
            whole(&total["exits"]),
            percent(&total["drop_off_rate"]),
            amounts(&total["value_at_exit_minor"]),
            whole(&total["converted"]),
            percent(&total["conversion_rate"]),
            whole(&total["in_progress"]),
        ),
    );
    let rows = list(answer, "touchpoints");
    line(&mut text, &format!("\n{}", figures_table(answer, "touchpoint", rows)));
    let all = answer["touchpoints_total"].as_u64().unwrap_or_default();
    if (rows.len() as u64) < all && answer["method"]["breakdown"].is_null() {
        line(&mut text, &format!("\n{} of {all} touchpoints", rows.len()));
    }
    for row in rows {
        for (by, parts) in row["by"].as_object().into_iter().flatten() {
            let parts = parts.as_array().map_or(&[][..], Vec::as_slice);
            line(&mut text, &format!("\n{}", figures_table(answer, by, parts)));
        }
    }
    if answer["compare"].is_object() {
        line(&mut text, &format!("\n{}", compared_table(answer, units)));
    }
    line(&mut text, &footer(answer));
    text
}

/// `sessions` or `visitors`.
fn units_of(answer: &Value) -> &'static str {
    if answer["unit"] == "visitor" { "visitors" } else { "sessions" }
}

fn figures_table(answer: &Value, head: &str, rows: &[Value]) -> Table {
    let units = units_of(answer);
    let mut table =
        table(&[head, "left with", units, "left", "rate", "with cart", "converted", "rate", "open", "went on to"]);
    for row in rows {
        let value = row["value"].as_str().map(str::to_owned);
        table.add_row([
            value.unwrap_or_else(|| place_and_key(answer, &row["touchpoint"])),
            amounts(&row["value_at_exit_minor"]),
            whole(&row[units]),
            whole(&row["exits"]),
            percent(&row["drop_off_rate"]),
            whole(&row["exits_with_cart"]),
            whole(&row["converted"]),
            percent(&row["conversion_rate"]),
            whole(&row["in_progress"]),
            continuations(answer, row),
        ]);
    }
    flush_right(table, 1)
}

/// The first three.
fn continuations(answer: &Value, row: &Value) -> String {
    let shown = list(row, "continuations").iter().take(3);
    let shown = shown.map(|next| format!("{} {}", place(answer, &next["touchpoint"]), whole(&next[units_of(answer)])));
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { DASH.to_owned() } else { shown.join(", ") }
}

fn compared_table(answer: &Value, units: &str) -> Table {
    let before = &answer["compare"];
    let head = format!("{} to {}", words(&before["from"]), words(&before["to"]));
    let mut table = table(&[&head, "left with", units, "left", "rate", "p"]);
    for row in list(before, "touchpoints") {
        let p = row["p_value"].as_f64();
        table.add_row([
            place(answer, &row["touchpoint"]),
            amounts(&row["value_at_exit_minor"]),
            whole(&row[units]),
            whole(&row["exits"]),
            percent(&row["drop_off_rate"]),
            p.map_or_else(|| DASH.to_owned(), |p| format!("{p:.3}")),
        ]);
    }
    flush_right(table, 1)
}

fn footer(answer: &Value) -> String {
    let method = &answer["method"];
    let lookback = method["lookback_days"].as_i64().map_or(String::new(), |days| format!(" over {days} d"));
    format!(
        "\n{}{lookback} · {} to {} ({}) · {}",
        words(&method["unit"]),
        words(&method["from"]),
        words(&method["to"]),
        words(&method["time_zone"]),
        freshness(answer),
    )
}
