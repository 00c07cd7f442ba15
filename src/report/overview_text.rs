//! The overview and the present as text tables, for terminals.

use comfy_table::Table;
use serde_json::Value;

use super::cart_text::{amounts, line};
use super::text::{DASH, flush_right, freshness, list, percent, place, table, whole, words};

/// Where a figure lies in the answer, what it is called, and how it is shown.
type Figure = (&'static str, &'static str, fn(&Value) -> String);

/// The figures in the order in which they are printed.
const FIGURES: &[Figure] = &[
    ("visitors", "visitors", whole),
    ("sessions", "sessions", whole),
    ("page_views", "page views", whole),
    ("orders", "orders", whole),
    ("conversion_rate", "conversion rate", percent),
    ("gross_minor", "gross", amounts),
    ("net_minor", "net", amounts),
    ("average_order_value_minor", "average order value", amounts),
    ("value_left_minor", "left in carts", amounts),
    ("value_recovered_minor", "recovered", amounts),
];

/// The lists in the order in which they are printed.
const LISTS: &[&str] = &["channel", "page", "touchpoint", "device", "country"];

/// An overview answer: the figures, the trend, each list, then how it was reached.
///
/// `answer` is the API's JSON; what it lacks shows as a dash.
pub fn overview_table(answer: &Value) -> String {
    let mut text = String::new();
    let compared = answer["compare"].is_object();
    let head: &[&str] = if compared { &["", "now", "before", "change"] } else { &["", "now"] };
    let mut figures = table(head);
    for (name, title, shown) in FIGURES {
        let mut row = vec![(*title).to_owned(), shown(&answer["total"][*name])];
        if compared {
            row.push(shown(&answer["compare"]["total"][*name]));
            row.push(change(&answer["compare"]["change"][*name]));
        }
        figures.add_row(row);
    }
    line(&mut text, &flush_right(figures, 1).to_string());
    line(&mut text, &format!("\n{}", trend(answer)));
    for by in LISTS {
        if !list(&answer["top"], by).is_empty() {
            line(&mut text, &format!("\n{}", top(answer, by)));
        }
    }
    let method = &answer["method"];
    let (from, to, zone) = (words(&method["from"]), words(&method["to"]), words(&method["time_zone"]));
    let (as_of, fresh) = (words(&answer["as_of"]), freshness(answer));
    line(&mut text, &format!("\n{from} to {to} ({zone}) · as of {as_of} · {fresh}"));
    text
}

/// `0.1` as `+10.0%`; of several currencies each.
fn change(value: &Value) -> String {
    let share = |value: &Value| value.as_f64().map_or(DASH.to_owned(), |share| format!("{:+.1}%", share * 100.0));
    match value.as_object() {
        None => share(value),
        Some(currencies) if currencies.is_empty() => DASH.to_owned(),
        Some(currencies) => {
            let each = |(code, value): (&String, &Value)| format!("{} {code}", share(value));
            currencies.iter().map(each).collect::<Vec<_>>().join(", ")
        }
    }
}

fn trend(answer: &Value) -> Table {
    let mut trend = table(&["from", "visitors", "sessions", "orders", "converted", "net", "left in carts", ""]);
    for bucket in list(&answer["trend"], "buckets") {
        trend.add_row([
            words(&bucket["from"]),
            whole(&bucket["visitors"]),
            whole(&bucket["sessions"]),
            whole(&bucket["orders"]),
            percent(&bucket["conversion_rate"]),
            amounts(&bucket["net_minor"]),
            amounts(&bucket["value_left_minor"]),
            if bucket["complete"] == true { String::new() } else { "incomplete".to_owned() },
        ]);
    }
    flush_right(trend, 1)
}

fn top(answer: &Value, by: &str) -> Table {
    let mut top = table(&[by, "visitors", "orders", "a visitor", "gross", "net"]);
    for row in list(&answer["top"], by) {
        top.add_row([
            if by == "touchpoint" { place(answer, &row["value"]) } else { words(&row["value"]) },
            whole(&row["visitors"]),
            whole(&row["orders"]),
            percent(&row["order_rate"]),
            amounts(&row["gross_minor"]),
            amounts(&row["net_minor"]),
        ]);
    }
    flush_right(top, 1)
}

/// A live answer: who is here, where they are, what is in their carts, and what happened last.
pub fn live_table(answer: &Value) -> String {
    let mut text = String::new();
    let (here, lately) = (whole(&answer["visitors_5_minutes"]), whole(&answer["visitors_30_minutes"]));
    line(&mut text, &format!("{here} visitors in the last 5 minutes, {lately} in the last 30"));
    let (carts, value) = (whole(&answer["open_carts"]["carts"]), amounts(&answer["open_carts"]["value_minor"]));
    line(&mut text, &format!("{carts} open carts: {value}"));
    let minutes: Vec<String> = list(answer, "minutes").iter().map(|minute| whole(&minute["visitors"])).collect();
    line(&mut text, &format!("visitors minute by minute: {}", minutes.join(" ")));
    for (name, title) in [("pages", "page"), ("touchpoints", "touchpoint")] {
        let mut places = table(&[title, "visitors"]);
        for row in list(answer, name) {
            let name = if name == "touchpoints" { place(answer, &row["value"]) } else { words(&row["value"]) };
            places.add_row([name, whole(&row["visitors"])]);
        }
        if !places.is_empty() {
            line(&mut text, &format!("\n{}", flush_right(places, 1)));
        }
    }
    let mut events = table(&["at", "event", "touchpoint", "page", "visitor", "device", "country"]);
    for event in list(answer, "events") {
        let [at, name, page, visitor, device, country] =
            ["at", "event", "page", "visitor", "device", "country"].map(|name| words(&event[name]));
        events.add_row([at, name, place(answer, &event["touchpoint"]), page, visitor, device, country]);
    }
    if !events.is_empty() {
        line(&mut text, &format!("\n{events}"));
    }
    line(&mut text, &format!("\nas of {} · {}", words(&answer["as_of"]), freshness(answer)));
    text
}
