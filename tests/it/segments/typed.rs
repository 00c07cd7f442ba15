//! Segments and conditions as they are typed: every report of the command line says what the API says, and wrong ones are
//! told what to type.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::program;

/// What is typed, and the API's question for it.
fn asked() -> (Vec<&'static str>, Value) {
    let typed = vec![
        "--where",
        "channel=Email,Direct",
        "--where",
        "device!=tablet",
        "--segment",
        "did add_to_cart where value>=5.00",
        "--segment",
        "did not page:/imprint/*, ever",
        "--segment",
        "no cart recovered",
        "--time-zone",
        "Europe/Warsaw",
    ];
    let question = json!({
        "where": [
            { "field": "channel", "op": "in", "value": ["Email", "Direct"] },
            { "field": "device", "op": "ne", "value": "tablet" },
        ],
        "segment": [
            { "did": { "event": "add_to_cart", "where": [{ "field": "value", "op": "gte", "value": "5.00" }] } },
            { "did_not": { "page": "/imprint/*" }, "within": "ever" },
            { "no_cart": "recovered", "within": "period" },
        ],
        "time_zone": "Europe/Warsaw",
    });
    (typed, question)
}

/// Thirty visitors: some come by mail, some leave cheap carts, some read the imprint, some buy.
fn events() -> Vec<Value> {
    let event = |number: u64, minute: u64, name: &str| {
        let mail = if number.is_multiple_of(2) { "?utm_source=news&utm_medium=email" } else { "" };
        let page = if number.is_multiple_of(5) { "/imprint/us" } else { "/caps" };
        let value = if number.is_multiple_of(3) { "4.00" } else { "19.90" };
        json!({
            "visitor": format!("v{number}"), "name": name, "url": format!("https://shop.example{page}{mail}"),
            "occurred_at": format!("2024-11-{:02}T10:{minute:02}:00Z", 18 + number % 3), "value": value, "currency": "EUR",
            "items": [{ "item_id": "CAP", "price": value, "quantity": 1 }],
        })
    };
    let of = |number: u64| {
        let names = ["view_item", "add_to_cart", "begin_checkout", "purchase"];
        let length = 1 + usize::try_from(number % 4).unwrap();
        (0..).zip(names.into_iter().take(length)).map(move |(minute, name)| event(number, minute, name))
    };
    (0..30).flat_map(of).collect()
}

/// A server that has them all.
fn start() -> (program::Shop, program::Program) {
    let shop = program::Shop::new();
    let program = shop.start(&[]);
    let answer = shop.send(&program, &json!({ "site": program::Shop::SITE, "events": events() }));
    assert_eq!(answer.status, 202, "{}", answer.text());
    program.wait_until_loaded();
    (shop, program)
}

#[test]
fn every_report_takes_conditions_and_segments_as_the_api_does() {
    let (shop, program) = start();
    let steps: Vec<Value> =
        ["view_item", "add_to_cart", "begin_checkout", "purchase"].map(|event| json!({ "event": event })).to_vec();
    let reports = [
        ("funnel", json!({ "steps": steps, "filter_scope": "every_step" }), "/steps/0/reached"),
        ("abandonment", json!({}), "/total/opened"),
        ("carts", json!({}), "/carts_total"),
        ("overview", json!({ "compare": "previous" }), "/total/visitors"),
        ("orders", json!({}), "/total/orders"),
        ("dropoff", json!({}), "/total/sessions"),
        ("retention", json!({}), "/loyalty/people"),
        ("live", json!({ "as_of": "2024-11-19T10:10:00Z" }), "/visitors_30_minutes"),
    ];
    for (report, more, figure) in reports {
        let (mut typed, mut question) = asked();
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        match report {
            "live" => typed.extend(["--as-of", "2024-11-19T10:10:00Z"]),
            _ => {
                typed.extend(["--from", "2024-11-18", "--to", "2024-11-22"]);
                (question["from"], question["to"]) = (json!("2024-11-18"), json!("2024-11-22"));
            }
        }
        if report == "funnel" {
            typed.extend(["--filter-scope", "every_step"]);
        }
        let answer = program.post(&format!("/v1/sites/shop/reports/{report}"), &shop.read_key, &question).unwrap();
        assert_eq!(answer.status, 200, "{report}: {}", answer.text());
        let said = [&["report", report, "--site", "shop", "--json"], &typed[..]].concat();
        let said: Value = serde_json::from_str(&program::run(shop.data.path(), &said)).unwrap();
        assert_eq!(said, answer.json(), "{report}");
        let everybody = [&["report", report, "--site", "shop", "--json"], &typed[10..]].concat();
        let everybody: Value = serde_json::from_str(&program::run(shop.data.path(), &everybody)).unwrap();
        let count = |answer: &Value| answer.pointer(figure).and_then(Value::as_u64).unwrap();
        assert!(count(&said) < count(&everybody), "{report}: the conditions leave somebody out");
    }
}

/// A funnel with every option set: the API's question, and what is typed for it.
fn every_option() -> (Value, Vec<&'static str>) {
    let question = json!({
        "from": "2024-11-18", "to": "2024-11-20", "time_zone": "Europe/Warsaw",
        "steps": [
            { "event": "view_item" },
            { "event": "add_to_cart", "where": [
                { "field": "value", "op": "gte", "value": "4.00" }, { "field": "channel", "op": "in", "value": ["Email", "Direct"] },
            ] },
            { "touchpoint": "checkout", "optional": true },
            { "event": "purchase" },
        ],
        "order": "sequential", "window_seconds": 86_400, "unit": "visitor", "filter_scope": "every_step",
        "exclude": [{ "event": "error", "after_step": 2, "before_step": 4, "where": [{ "field": "properties.fatal", "op": "exists", "value": true }] }],
        "hold": ["item_id", "currency"],
        "where": [{ "field": "device", "op": "ne", "value": "tablet" }],
        "segment": [{ "did_not": { "page": "/imprint/*" }, "within": "ever" }],
        "breakdown": { "field": "channel", "at": "first_touch" }, "trend": "day", "compare": "previous",
    });
    let typed = vec![
        "report",
        "funnel",
        "--json",
        "--site",
        "shop",
        "--from",
        "2024-11-18",
        "--to",
        "2024-11-20",
        "--time-zone",
        "Europe/Warsaw",
        "--window",
        "1d",
        "--filter-scope",
        "every_step",
        "--hold",
        "item_id,currency",
        "--steps",
        "view_item,add_to_cart[value>=4.00 and channel=Email,Direct],touchpoint:checkout?,purchase",
        "--exclude",
        "error[properties.fatal?]@2-4",
        "--where",
        "device!=tablet",
        "--segment",
        "did not page:/imprint/*, ever",
        "--by",
        "channel@first_touch",
        "--trend",
        "day",
        "--compare",
        "previous",
    ];
    (question, typed)
}

#[test]
fn one_funnel_with_every_option_is_typed_as_it_is_asked() {
    let (shop, program) = start();
    let (question, typed) = every_option();
    let asked = program.post("/v1/sites/shop/reports/funnel", &shop.read_key, &question).unwrap();
    assert_eq!(asked.status, 200, "{}", asked.text());
    let answer = asked.json();
    let said: Value = serde_json::from_str(&program::run(shop.data.path(), &typed)).unwrap();
    assert_eq!(said, answer);
    // Of thirty, twenty come on these two days, four of them read the imprint.
    let reached: Vec<u64> =
        answer["steps"].as_array().unwrap().iter().map(|step| step["reached"].as_u64().unwrap()).collect();
    assert_eq!(reached, [16, 11, 7, 4]);
    let rows = answer["breakdown"].as_array().unwrap();
    let entered: u64 = rows.iter().map(|row| row["steps"][0]["reached"].as_u64().unwrap()).sum();
    assert_eq!((rows.len(), entered), (2, 16));
    assert_eq!((answer["trend"].as_array().unwrap().len(), &answer["compare"]["steps"][0]["reached"]), (2, &json!(0)));
    assert_eq!(answer["touchpoint_names"]["checkout"], "Checkout");
    let table = program::run(shop.data.path(), &[&typed[..2], &["--table"], &typed[3..]].concat());
    assert!(table.contains("Checkout (checkout)"), "{table}");
}

#[test]
fn a_condition_that_does_not_read_is_told_which_flag_and_what_to_type() {
    let shop = program::Shop::new();
    let refused = |typed: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_styk"));
        command.arg("--data").arg(shop.data.path()).args(["report", "overview", "--site", "shop"]).args(typed);
        let output = command.stdin(Stdio::null()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = refused(&["--where", "channel"]);
    assert!(code == 2 && said.contains("--where <CONDITION>") && said.contains("channel=Email"), "{said}");
    let (code, said) = refused(&["--segment", "purchase"]);
    assert!(code == 2 && said.contains("--segment <CONDITION>") && said.contains("did add_to_cart"), "{said}");
    let funnel = program::fail(
        shop.data.path(),
        &["report", "funnel", "--site", "shop", "--steps", "view_item[value],purchase"],
    );
    assert!(funnel.contains("`view_item[value]`, in its brackets") && funnel.contains("value>=10.00"), "{funnel}");
    let (code, said) = refused(&["--where", "colour=red"]);
    assert!(code == 1 && said.contains("(--where, `where[0]`)") && said.contains("known are: event"), "{said}");
    let (code, said) = refused(&["--segment", "cart lost"]);
    assert!(
        code == 1 && said.contains("(--segment, `segment[0].cart`)") && said.contains("a cart is open, idle"),
        "{said}"
    );
}
