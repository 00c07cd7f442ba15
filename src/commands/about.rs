//! Whom a report is about, in the API's words.

use serde_json::{Value, json};

use crate::cli::{AboutArgs, FieldCondition, VisitorCondition};

/// Adds what was typed to a question; a saved one keeps what it has besides.
pub(super) fn ask_about(about: &AboutArgs, question: &mut Value) {
    if let Some(zone) = &about.time_zone {
        question["time_zone"] = json!(zone);
    }
    append(question, "where", about.conditions.iter().map(condition).collect());
    append(question, "segment", about.segment.iter().map(visitor_condition).collect());
}

fn append(question: &mut Value, field: &str, mut typed: Vec<Value>) {
    if typed.is_empty() {
        return;
    }
    match &mut question[field] {
        Value::Array(known) => known.append(&mut typed),
        other => *other = Value::Array(typed),
    }
}

/// A condition on an event in the API's words.
pub(super) fn condition(typed: &FieldCondition) -> Value {
    let value = match &typed.values[..] {
        [one] => json!(one),
        several => json!(several),
    };
    json!({ "field": typed.field, "op": typed.op, "value": value })
}

fn visitor_condition(typed: &VisitorCondition) -> Value {
    let VisitorCondition { kind, sought, conditions, within } = typed;
    let sought = match *kind {
        "did" | "did_not" => {
            let mut deed = json!({ "where": conditions.iter().map(condition).collect::<Vec<_>>() });
            if let Some((kind, text)) = sought.as_deref().map(kind_of) {
                deed[kind] = json!(text);
            }
            deed
        }
        _ => json!(sought),
    };
    json!({ *kind: sought, "within": within })
}

/// `page:/checkout/*`, or an event's name alone.
pub(super) fn kind_of(text: &str) -> (&str, &str) {
    match text.split_once(':') {
        Some((kind @ ("event" | "page" | "touchpoint" | "stage"), text)) => (kind, text),
        _ => ("event", text),
    }
}
