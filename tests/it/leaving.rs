//! Who asks and leaves before the answer takes nothing with them: the question stops, and all else goes on.

use serde_json::{Value, json};

use crate::program::{Shop, wait_for};
use crate::store_damage::{send, visits};

/// A question that takes seconds: hundreds of conditions on each event, all of which hold.
fn long_question() -> Value {
    let condition =
        |number: usize| json!({ "field": format!("properties.unheard_of_{number}"), "op": "exists", "value": false });
    let step = |step: usize| {
        let conditions: Vec<Value> = (0..20).map(|number| condition(20 * step + number)).collect();
        json!({ "event": "view_item", "where": conditions })
    };
    json!({ "from": "2026-11-20", "to": "2026-11-21", "steps": (0..20).map(step).collect::<Vec<_>>() })
}

#[test]
fn the_question_of_a_client_that_leaves_stops_and_collecting_goes_on() {
    let shop = Shop::new();
    let program = shop.start(&[]);
    send(&shop, &program, &visits(0, 6_000));
    program.wait_until_loaded();
    assert_eq!(program.metric("styk_questions_stopped_total"), 0);

    let body = long_question().to_string();
    let request = format!(
        "POST /v1/sites/{}/reports/funnel HTTP/1.1\r\nhost: styk\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        Shop::SITE,
        shop.read_key,
        body.len(),
    );
    let asking = program.converse(request.as_bytes());
    wait_for("the question to begin", || 0 < program.metric("styk_questions_running"));
    drop(asking);
    wait_for("the question to stop", || program.metric("styk_questions_stopped_total") == 1);
    wait_for("its place to be free", || program.metric("styk_questions_running") == 0);

    send(&shop, &program, &visits(20_000, 30));
    program.wait_until_loaded();
    assert_eq!(shop.visitors_with(&program, "view_item"), 6_030);
}
