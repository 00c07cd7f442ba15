//! The people behind a bar of a funnel as a text table, for terminals.

use serde_json::Value;

use super::text::{freshness, list, table, whole, words};

/// The people as a table: a row each, and when each step was filled.
///
/// `answer` is the API's JSON; what it lacks shows as a dash.
pub fn people_table(answer: &Value) -> String {
    let people = list(answer, "visitors");
    let steps =
        people.iter().flat_map(|person| list(person, "steps")).filter_map(|filled| filled["step"].as_u64()).max();
    let steps: Vec<u64> = (1..=steps.unwrap_or(0)).collect();
    let mut head = vec!["visitor".to_owned(), "customer".to_owned(), "session".to_owned()];
    head.extend(steps.iter().map(|step| format!("step {step}")));
    head.extend(["then", "last field"].map(str::to_owned));
    let mut rows = table(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for person in people {
        let at = |step: &u64| {
            let filled = list(person, "steps").iter().find(|filled| filled["step"].as_u64() == Some(*step));
            words(filled.map_or(&Value::Null, |filled| &filled["at"]))
        };
        let named = [words(&person["visitor"]), words(&person["customer"]), whole(&person["session"])];
        let after = [words(&person["next"]["event"]), words(&person["last_field"])];
        rows.add_row(named.into_iter().chain(steps.iter().map(at)).chain(after));
    }
    let more = if answer["next"].is_string() {
        format!(" · go on with --after {}", words(&answer["next"]))
    } else {
        String::new()
    };
    let shown = people.len();
    format!("{rows}\n\n{shown} of {} · {}{more}\n", whole(&answer["total"]), freshness(answer))
}
