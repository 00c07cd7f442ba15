//! Answers as text tables, for terminals.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets};
use serde_json::Value;

/// What stands where a number does not apply.
pub(super) const DASH: &str = "–";

/// A funnel's answer as a table: a row a step, then the breakdown, then how it was reached.
///
/// `answer` is the API's JSON; what it lacks shows as a dash.
pub fn funnel_table(answer: &Value) -> String {
    let mut text = format!("{}\n", steps_table(answer));
    if !list(answer, "breakdown").is_empty() {
        write!(text, "\n{}\n", breakdown_table(answer)).expect("writing to a string does not fail");
    }
    if !list(answer, "trend").is_empty() {
        write!(text, "\n{}\n", trend_table(answer)).expect("writing to a string does not fail");
    }
    if answer["compare"].is_object() {
        writeln!(text, "\n{}", comparison(answer)).expect("writing to a string does not fail");
    }
    if let Some(unlinked) = answer["unlinked_visitors"].as_u64().filter(|&unlinked| 0 < unlinked) {
        writeln!(text, "\n{unlinked} visitors entered who are linked to no customer: left out")
            .expect("writing to a string does not fail");
    }
    let method = &answer["method"];
    let through = freshness(answer);
    writeln!(
        text,
        "\n{}{} · {} to {} ({}) · window {} · {through}",
        method["unit"].as_str().unwrap_or(DASH),
        refinements(method),
        method["from"].as_str().unwrap_or(DASH),
        method["to"].as_str().unwrap_or(DASH),
        method["time_zone"].as_str().unwrap_or(DASH),
        duration(&method["window_seconds"]),
    )
    .expect("writing to a string does not fail");
    text
}

fn steps_table(answer: &Value) -> Table {
    // A column that most funnels would leave empty.
    let excluding = answer["method"]["excluded"].is_string();
    let head = ["step", "", "reached", "of first", "of previous", "dropped", "in progress", "excluded", "median time"];
    let shown = |name: &&str| excluding || *name != "excluded";
    let mut table = table(&head.into_iter().filter(|name| shown(name)).collect::<Vec<_>>());
    for step in list(answer, "steps") {
        let cells = [
            whole(&step["step"]),
            label(answer, step),
            whole(&step["reached"]),
            percent(&step["conversion_rate"]),
            percent(&step["step_rate"]),
            whole(&step["drop_off"]),
            whole(&step["in_progress"]),
            whole(&step["excluded"]),
            duration(&step["seconds_from_previous"]["median"]),
        ];
        table.add_row(head.iter().zip(cells).filter(|(name, _)| shown(name)).map(|(_, cell)| cell));
    }
    flush_right(table, 2)
}

/// A step's own name, else what its touchpoint is called.
fn label(answer: &Value, step: &Value) -> String {
    let unnamed = step["label"] == step["touchpoint"];
    if unnamed { place_and_key(answer, &step["touchpoint"]) } else { words(&step["label"]) }
}

/// A row a calendar unit: the whole, then the rate of each row of the breakdown.
fn trend_table(answer: &Value) -> Table {
    let parts = list(answer, "breakdown");
    let values: Vec<String> = parts.iter().map(|part| words(&part["value"])).collect();
    let head = ["", "entered", "converted", "rate"].into_iter().chain(values.iter().map(String::as_str)).chain([""]);
    let mut table = table(&head.collect::<Vec<_>>());
    for (place, bucket) in list(answer, "trend").iter().enumerate() {
        let rates = parts.iter().map(|part| percent(&part["trend"][place]["rate"]));
        let open = if bucket["complete"] == true { "" } else { "incomplete" };
        let counts = [whole(&bucket["entered"]), whole(&bucket["converted"]), percent(&bucket["rate"])];
        table.add_row([words(&bucket["from"])].into_iter().chain(counts).chain(rates).chain([open.to_owned()]));
    }
    flush_right(table, 1)
}

/// The conversion of two periods in one line.
fn comparison(answer: &Value) -> String {
    let (now, before) = (&answer["conversion"], &answer["compare"]);
    let sure = match before["p_value"].as_f64() {
        None => "too few for a comparison".to_owned(),
        Some(p) if p < 0.001 => "p < 0.001".to_owned(),
        Some(p) => format!("p = {p:.3}"),
    };
    format!(
        "converted: {}, and {} of {} from {} to {} ({sure})",
        percent(&now["rate"]),
        percent(&before["conversion"]["rate"]),
        whole(&before["steps"][0]["reached"]),
        words(&before["from"]),
        words(&before["to"]),
    )
}

/// What the numbers were asked for beyond plain steps.
fn refinements(method: &Value) -> String {
    let order = method["order"].as_str().filter(|order| *order != "sequential");
    let held: Vec<String> = list(method, "hold").iter().map(words).collect();
    let order = order.map(|order| format!(" · order {order}"));
    let held = (!held.is_empty()).then(|| format!(" · same {}", held.join(", ")));
    [order, held].into_iter().flatten().collect()
}

/// What people call the touchpoint of this key; the key where the register does not know it.
pub(super) fn place(answer: &Value, key: &Value) -> String {
    let name = key.as_str().and_then(|key| answer["touchpoint_names"][key].as_str());
    name.map_or_else(|| words(key), str::to_owned)
}

/// The same with the key that flags take.
pub(super) fn place_and_key(answer: &Value, key: &Value) -> String {
    let (name, key) = (place(answer, key), words(key));
    if name == key { key } else { format!("{name} ({key})") }
}

/// How far the data reaches.
pub(super) fn freshness(answer: &Value) -> String {
    let through = answer["data_through"].as_str();
    through.map_or("nothing has arrived yet".to_owned(), |through| format!("data through {through}"))
}

fn breakdown_table(answer: &Value) -> Table {
    let labels = list(answer, "steps").iter().map(|step| words(&step["label"]));
    let head: Vec<String> = [String::new()].into_iter().chain(labels).chain(["converted".to_owned()]).collect();
    let mut table = table(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for row in list(answer, "breakdown") {
        let reached = list(row, "steps").iter().map(|step| whole(&step["reached"]));
        let rate = percent(&row["conversion"]["rate"]);
        table.add_row([words(&row["value"])].into_iter().chain(reached).chain([rate]));
    }
    flush_right(table, 1)
}

/// An empty table under this head.
pub(super) fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(head);
    table
}

/// Numbers stand at the right: every column from `first` on.
pub(super) fn flush_right(mut table: Table, first: usize) -> Table {
    for column in table.column_iter_mut().skip(first) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The list of this name; empty where there is none.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// Text from outside; control characters must not reach a terminal.
pub fn words(value: &Value) -> String {
    value.as_str().unwrap_or(DASH).chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// `18240` as `18,240`.
pub(super) fn whole(value: &Value) -> String {
    let Some(number) = value.as_u64() else { return DASH.to_owned() };
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `0.388` as `38.8%`.
pub(super) fn percent(value: &Value) -> String {
    value.as_f64().map_or_else(|| DASH.to_owned(), |rate| format!("{:.1}%", rate * 100.0))
}

/// Seconds as people say them: the two largest units.
fn duration(value: &Value) -> String {
    let Some(seconds) = value.as_f64() else { return DASH.to_owned() };
    let whole = seconds.round() as u64;
    let parts = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let Some(first) = parts.iter().position(|(size, _)| *size <= whole) else { return format!("{seconds:.1} s") };
    let (size, unit) = parts[first];
    let rest = parts.get(first + 1).map(|(next, unit)| (whole % size / next, unit));
    match rest {
        Some((count, next)) if 0 < count => format!("{} {unit} {count} {next}", whole / size),
        _ => format!("{} {unit}", whole / size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        let shown = |number: u64| whole(&Value::from(number));
        assert_eq!(
            (shown(0), shown(999), shown(18_240), shown(1_000_000)),
            ("0".into(), "999".into(), "18,240".into(), "1,000,000".into())
        );
        let shown = |seconds: f64| duration(&Value::from(seconds));
        assert_eq!(shown(0.25), "0.2 s");
        assert_eq!(shown(59.6), "1 min");
        assert_eq!(shown(192.0), "3 min 12 s");
        assert_eq!(shown(604_800.0), "7 d");
        assert_eq!(percent(&Value::Null), "–");
    }
}
