//! What is told of one person as text, for terminals.

use serde_json::Value;

use super::cart_text::{amounts, line};
use super::text::{DASH, freshness, list, place, table, whole, words};

/// Who it is, first and last touch, browsers, carts, orders, and a page of what it did.
///
/// `answer` is the API's JSON; what it lacks shows as a dash.
pub fn visitor_table(answer: &Value) -> String {
    let mut text = String::new();
    let who =
        answer["customer"].as_str().map_or("a visitor that is no customer's".to_owned(), |id| format!("customer {id}"));
    let [sessions, events, carts, orders] =
        ["sessions_total", "events_total", "carts_total", "orders_total"].map(|name| whole(&answer[name]));
    let value = amounts(&answer["order_value_minor"]);
    line(
        &mut text,
        &format!("{who}: {sessions} sessions, {events} events, {carts} carts, {orders} orders for {value}"),
    );
    for (name, touch) in [("first touch", &answer["first_touch"]), ("last touch", &answer["last_touch"])] {
        let [at, channel, campaign] = ["at", "channel", "campaign"].map(|name| words(&touch[name]));
        let touchpoint = place(answer, &touch["touchpoint"]);
        line(&mut text, &format!("{name}: {at}, {channel}, campaign {campaign}, at {touchpoint}"));
    }
    line(&mut text, &format!("\n{}", browsers(answer)));
    for part in [carts_of(answer), orders_of(answer)].into_iter().flatten() {
        line(&mut text, &format!("\n{part}"));
    }
    line(&mut text, &format!("\n{}", timeline(answer)));
    if let Some(next) = answer["next"].as_str() {
        line(&mut text, &format!("\n--before {next} for what was before"));
    }
    let as_of = answer["as_of"].as_str().unwrap_or(DASH);
    line(&mut text, &format!("\n{} · as of {as_of} · {}", words(&answer["method"]["identity"]), freshness(answer)));
    text
}

fn browsers(answer: &Value) -> String {
    let mut table = table(&["visitor", "first seen at", "last seen at", "sessions", "events", "devices"]);
    for browser in list(answer, "visitors") {
        let devices: Vec<&str> = list(browser, "devices").iter().filter_map(Value::as_str).collect();
        let [visitor, first, last] = ["visitor", "first_seen_at", "last_seen_at"].map(|name| words(&browser[name]));
        table.add_row([
            visitor,
            first,
            last,
            whole(&browser["sessions"]),
            whole(&browser["events"]),
            devices.join(" "),
        ]);
    }
    table.to_string()
}

fn carts_of(answer: &Value) -> Option<String> {
    let mut table = table(&["cart", "state", "value", "opened at", "last active at"]);
    for cart in list(answer, "carts") {
        let [number, state, opened, last] =
            ["cart", "state", "opened_at", "last_activity_at"].map(|name| words(&cart[name]));
        table.add_row([number, state, amounts(&cart["value_minor"]), opened, last]);
    }
    (!table.is_empty()).then(|| table.to_string())
}

fn orders_of(answer: &Value) -> Option<String> {
    let mut table = table(&["ordered at", "order", "status", "value", "left of it", "touchpoint"]);
    for order in list(answer, "orders") {
        let [at, number, status] = ["at", "transaction_id", "status"].map(|name| words(&order[name]));
        let touchpoint = place(answer, &order["touchpoint"]);
        table.add_row([at, number, status, value(order, "value_minor"), value(order, "net_minor"), touchpoint]);
    }
    (!table.is_empty()).then(|| table.to_string())
}

fn timeline(answer: &Value) -> String {
    let mut table = table(&["at", "event", "touchpoint", "page", "value", "device", "visitor", "session"]);
    for event in list(answer, "timeline") {
        let [at, name, page, device, visitor] =
            ["at", "event", "page", "device", "visitor"].map(|name| words(&event[name]));
        let touchpoint = place(answer, &event["touchpoint"]);
        table.add_row([
            at,
            name,
            touchpoint,
            page,
            value(event, "value_minor"),
            device,
            visitor,
            whole(&event["session"]),
        ]);
    }
    table.to_string()
}

fn value(of: &Value, name: &str) -> String {
    let sums = of["currency"].as_str().map(|currency| serde_json::json!({ currency: of[name] }));
    amounts(&sums.unwrap_or_default())
}
