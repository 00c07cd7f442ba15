//! What the server logs holds nothing of visitors, of those who sign in, or of what they sent.

use std::io::Read;
use std::path::Path;

use serde_json::json;
use styk::control::{Control, Role};

use crate::program::{Program, Shop};

/// Texts that stand for a person or a secret. None may be found in the log, in any letter case.
const PERSONAL: &[&str] = &[
    "jane.doe@mail.example",
    "jane.doe",
    "203.0.113.77",
    "2001:db8:77::77",
    "nosybrowser",
    "tok-5f1c0ffee",
    "opensesame",
    "secret-path",
    "visitor-77",
    "cart-77",
    "coupon-77",
    "styk_read_guess",
    "styk_share_guess",
];

#[test]
fn the_log_tells_nothing_of_anybody() {
    let shop = Shop::new();
    let control = Control::open(shop.data.path()).unwrap();
    control.add_user("jane.doe@mail.example", "opensesame opensesame", Role::Viewer).unwrap();
    let program = shop.start(&[
        ("STYK_SERVE_LOG_LEVEL", "debug"),
        ("STYK_COLLECT_CLIENT_EVENTS_PER_SECOND", "1"),
        ("STYK_COLLECT_CLIENT_EVENTS_BURST", "1"),
    ]);
    let statuses: Vec<u16> = requests(&shop).iter().map(|request| ask(&program, request)).collect();
    for expected in [202, 204, 400, 401, 403, 404, 405, 413, 415, 429] {
        assert!(statuses.contains(&expected), "no {expected} in {statuses:?}");
    }
    program.wait_until_loaded();
    let secrets = [shop.collect_key.clone(), shop.read_key.clone(), admin_secret(shop.data.path())];
    let log = program.terminate().log.to_lowercase();
    assert!(log.contains("styk listens on"), "{log}");
    assert!(log.contains(r#""level":"debug""#), "nothing at debug level: is the level heard?\n{log}");
    for personal in PERSONAL.iter().copied().chain(secrets.iter().map(String::as_str)) {
        assert!(!log.contains(&personal.to_lowercase()), "`{personal}` in the log:\n{log}");
    }
}

/// What people and attackers send: good and bad, with all that is personal in every place that takes text.
fn requests(shop: &Shop) -> Vec<String> {
    let event = json!({
        "site": "shop", "name": "page_view", "visitor": "visitor-77", "customer": "jane.doe@mail.example",
        "url": "https://shop.example/secret-path?email=jane.doe@mail.example&token=tok-5f1c0ffee#tok-5f1c0ffee",
        "referrer": "https://other.example/secret-path?q=jane.doe", "cart_id": "cart-77",
        "properties": { "coupon": "coupon-77", "mail": "jane.doe@mail.example" },
    });
    let trusted = json!({ "name": "purchase", "ip": "203.0.113.77", "user_agent": "NosyBrowser/7", "value": "1" });
    let many = json!({ "site": "shop", "events": vec![event.clone(); 1_000] });
    let question = json!({ "from": "jane.doe", "to": "tok-5f1c0ffee", "steps": [{ "event": "secret-path" }] });
    let sign_in = |password: &str| json!({ "email": "Jane.Doe@mail.example", "password": password }).to_string();
    let set_up = json!({ "token": "tok-5f1c0ffee", "email": "jane.doe@mail.example", "password": "opensesame" });
    let key = |secret: &str| format!("authorization: Bearer {secret}\r\n");
    let collect = key(&shop.collect_key);
    let funnel = "POST /v1/sites/shop/reports/funnel?show=tok-5f1c0ffee";
    vec![
        request("POST /v1/events", "", &event.to_string()),
        request("POST /v1/events", "", &many.to_string()),
        request("POST /v1/events", &collect, &trusted.to_string()),
        request("POST /v1/events", &collect, "{\"name\": jane.doe@mail.example tok-5f1c0ffee"),
        request("POST /v1/events", &collect, &"jane.doe ".repeat(200_000)),
        request("POST /v1/events", &format!("{collect}content-encoding: br\r\n"), "jane.doe"),
        request("POST /v1/events", &format!("{collect}content-encoding: gzip\r\n"), "jane.doe"),
        request("POST /v1/events", &key("styk_read_guess"), &event.to_string()),
        request("POST /s", "origin: https://secret-path.example\r\n", &event.to_string()),
        request("POST /v1/login", "", &sign_in("opensesame wrong")),
        request("POST /v1/login", "", &sign_in("opensesame opensesame")),
        request("POST /v1/login", "", "{\"email\": \"jane.doe@mail.example\", \"password\": [\"opensesame\"]}"),
        request("POST /v1/login", "origin: https://secret-path.example\r\n", &sign_in("opensesame opensesame")),
        request("POST /v1/setup", "", &set_up.to_string()),
        request(funnel, &key(&shop.read_key), &question.to_string()),
        request(funnel, &key("styk_share_guess"), &question.to_string()),
        request("GET /v1/sites/shop/export/events?from=jane.doe&format=tok-5f1c0ffee", &key(&shop.read_key), ""),
        request("GET /v1/sites/secret-path/fields", &key(&shop.read_key), ""),
        request("GET /v1/me", "cookie: styk_login=tok-5f1c0ffee\r\n", ""),
        request("GET /secret-path/jane.doe@mail.example?token=tok-5f1c0ffee", "", ""),
        request("DELETE /v1/events?token=tok-5f1c0ffee", "", ""),
        "jane.doe@mail.example tok-5f1c0ffee\r\n\r\n".to_owned(),
    ]
}

fn request(line: &str, headers: &str, body: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\nuser-agent: NosyBrowser/7\r\n\
         x-forwarded-for: 203.0.113.77, 2001:db8:77::77\r\nreferer: https://shop.example/secret-path?q=jane.doe\r\n\
         {headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The status, once the server has closed.
fn ask(program: &Program, request: &str) -> u16 {
    let mut answer = Vec::new();
    // A refusal may close the connection before all was read.
    program.converse(request.as_bytes()).read_to_end(&mut answer).ok();
    String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

fn admin_secret(data: &Path) -> String {
    let file = std::fs::read_to_string(data.join("server.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    file["secret"].as_str().unwrap().to_owned()
}
