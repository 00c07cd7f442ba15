//! Answers about orders as text tables, for terminals.

use serde_json::Value;

use super::cart_text::{amounts, line};
use super::text::{DASH, flush_right, freshness, list, table, whole, words};

/// An orders answer: what they come to, the list, the difference to the order book, then how it was reached.
///
/// `answer` is the API's JSON; what it lacks shows as a dash.
pub fn orders_table(answer: &Value) -> String {
    let mut text = String::new();
    let mut totals = table(&["", "orders", "refunded", "cancelled", "gross", "given back", "net", "average"]);
    for (name, row) in [
        ("all", &answer["total"]),
        ("new buyers", &answer["by_buyer"]["new"]),
        ("returning", &answer["by_buyer"]["returning"]),
    ] {
        totals.add_row([
            name.to_owned(),
            whole(&row["orders"]),
            whole(&row["orders_refunded"]),
            whole(&row["orders_cancelled"]),
            amounts(&row["gross_minor"]),
            amounts(&row["refunded_minor"]),
            amounts(&row["net_minor"]),
            amounts(&row["average_order_value_minor"]),
        ]);
    }
    line(&mut text, &flush_right(totals, 1).to_string());
    let (new, returning) = (whole(&answer["buyers"]["new"]), whole(&answer["buyers"]["returning"]));
    let (repeated, unmatched) = (whole(&answer["repeated_reports"]), whole(&answer["unmatched_refunds"]["refunds"]));
    line(&mut text, &format!("\n{new} new and {returning} returning buyers; {repeated} repeated reports left out"));
    if unmatched != "0" {
        let value = amounts(&answer["unmatched_refunds"]["value_minor"]);
        line(&mut text, &format!("{unmatched} refunds are taken off no order: {value}"));
    }
    line(&mut text, &format!("\n{}", order_list(answer)));
    let (shown, all) = (list(answer, "orders").len(), whole(&answer["orders_total"]));
    let next = answer["next_offset"].as_u64().map_or(String::new(), |next| format!("; --offset {next} for more"));
    line(&mut text, &format!("\n{shown} of {all} orders{next}"));
    if answer["order_book"].is_object() {
        line(&mut text, &order_book(&answer["order_book"]));
    }
    line(&mut text, &footer(answer));
    text
}

fn order_list(answer: &Value) -> String {
    let mut table = table(&["order", "status", "value", "given back", "ordered at", "buyer", "", "seen by"]);
    for order in list(answer, "orders") {
        let money = |name: &str| {
            let currency = order["currency"].as_str().unwrap_or_default();
            amounts(&serde_json::json!({ currency: order[name] }))
        };
        let buyer = if order["customer"].is_string() { &order["customer"] } else { &order["visitor"] };
        let (pages, servers) = (whole(&order["page_reports"]), whole(&order["server_reports"]));
        table.add_row([
            words(&order["transaction_id"]),
            words(&order["status"]),
            money("value_minor"),
            if order["refunded_minor"] == 0 { DASH.to_owned() } else { money("refunded_minor") },
            words(&order["ordered_at"]),
            words(buyer),
            if order["first_order"] == true { "new".to_owned() } else { String::new() },
            format!("{pages} × page, {servers} × server"),
        ]);
    }
    table.to_string()
}

fn order_book(book: &Value) -> String {
    let mut text = String::new();
    let mut days = table(&["order book", "both", "amount differs", "only in book", "only in Styk", "book", "Styk"]);
    let day = |day: &Value| words(&day["from"]).chars().take("2026-11-22".len()).collect::<String>();
    let rows = list(book, "days").iter().map(|row| (day(row), row));
    for (name, row) in rows.chain([("all".to_owned(), &book["total"])]) {
        days.add_row([
            name,
            whole(&row["both"]),
            whole(&row["amount_differs"]),
            whole(&row["only_in_book"]),
            whole(&row["only_in_styk"]),
            amounts(&row["book_minor"]),
            amounts(&row["styk_minor"]),
        ]);
    }
    line(&mut text, &format!("\n{}", flush_right(days, 1)));
    let mut differences = table(&["order", "difference", "at", "book", "Styk"]);
    for difference in list(book, "differences") {
        let money = |minor: &str, currency: &str| {
            let currency = difference[currency].as_str().unwrap_or_default();
            amounts(&serde_json::json!({ currency: difference[minor] }))
        };
        differences.add_row([
            words(&difference["transaction_id"]),
            words(&difference["verdict"]),
            words(&difference["at"]),
            money("book_minor", "book_currency"),
            money("styk_minor", "styk_currency"),
        ]);
    }
    if !differences.is_empty() {
        line(&mut text, &format!("\n{differences}"));
    }
    text
}

fn footer(answer: &Value) -> String {
    let method = &answer["method"];
    format!(
        "\norders placed {} to {} ({}) · as of {} · {}",
        words(&method["from"]),
        words(&method["to"]),
        words(&method["time_zone"]),
        words(&answer["as_of"]),
        freshness(answer),
    )
}
