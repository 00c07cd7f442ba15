//! Rows about everything that answers: reports, fields, exports, pages, signing in.

use serde_json::{Value, json};

use super::target::{Senders, good_event, post, request};
use super::{Row, row};

const FUNNEL: &str = "/v1/sites/shop/reports/funnel";

/// The rows.
pub(super) fn rows(senders: &Senders) -> Vec<Row> {
    let parts = [
        keys(senders),
        filters(senders),
        questions(senders),
        bodies(senders),
        exports(senders),
        sites(senders),
        pages(senders),
    ];
    parts.into_iter().flatten().chain(signing_in(senders)).collect()
}

/// A good question.
fn question() -> Value {
    json!({ "from": "2026-11-01", "to": "2026-12-01", "steps": [{ "event": "view_item" }, { "event": "purchase" }] })
}

/// A good question with one part replaced, asked with the read key.
fn with(senders: &Senders, part: &str, value: Value) -> Vec<u8> {
    let mut question = question();
    question[part] = value;
    post(FUNNEL, &senders.read, question.to_string())
}

fn keys(senders: &Senders) -> Vec<Row> {
    let event = good_event("hostile").to_string();
    let collecting = |headers: &str| post("/v1/events", headers, &event);
    let asking = |headers: &str| post(FUNNEL, headers, "{}");
    let with_cookie = |headers: &str| asking(&format!("{}{headers}", senders.cookie));
    let long = format!("authorization: Bearer {}\r\n", "h".repeat(8_000));
    vec![
        row(48, "no key, asking", asking(""), "401 sign_in_required"),
        row(48, "a wrong key, asking", asking("authorization: Bearer hostile\r\n"), "401 sign_in_required"),
        row(48, "a revoked key, asking", asking(&senders.revoked), "401 sign_in_required"),
        row(48, "a wrong key, collecting", collecting("authorization: Bearer hostile\r\n"), "401 unauthorized"),
        row(48, "a revoked key, collecting", collecting(&senders.revoked), "401 unauthorized"),
        row(401, "a read key, collecting", collecting(&senders.read), "403 wrong_scope"),
        row(401, "a collect key, asking", asking(&senders.collect), "403 scope"),
        row(402, "another scheme", collecting("authorization: Basic aG9zdGlsZTo=\r\n"), "401 unauthorized"),
        row(402, "a scheme without a key", collecting("authorization: Bearer\r\n"), "401 unauthorized"),
        row(402, "a key of 8 KB", collecting(&long), "401 unauthorized"),
        row(402, "a key outside ASCII", collecting("authorization: Bearer żółw\r\n"), "401 unauthorized"),
        row(
            402,
            "two keys: the first counts",
            collecting(&format!("{}{}", senders.revoked, senders.collect)),
            "401 unauthorized",
        ),
        row(
            49,
            "a page elsewhere, with the cookie",
            with_cookie("origin: https://hostile.example\r\nsec-fetch-site: cross-site\r\n"),
            "403 cross_site",
        ),
        row(49, "a page that does not say, with the cookie", with_cookie(""), "403 cross_site"),
        row(
            49,
            "our own page, with the cookie",
            with_cookie("origin: http://shop.example\r\nsec-fetch-site: same-origin\r\n"),
            "400 bad_request",
        ),
        row(
            403,
            "a cookie that is none",
            asking("cookie: styk_login=hostile; styk_login=\r\n"),
            "401 sign_in_required",
        ),
        row(
            403,
            "a cookie of 8 KB",
            asking(&format!("cookie: styk_login={}\r\n", "h".repeat(8_000))),
            "401 sign_in_required",
        ),
        row(403, "a cookie without a name", asking("cookie: =;;==; hostile\r\n"), "401 sign_in_required"),
    ]
}

fn filters(senders: &Senders) -> Vec<Row> {
    let filter = |field: &str, op: &str, value: Value| {
        with(senders, "where", json!([{ "field": field, "op": op, "value": value }]))
    };
    let stranger = json!({ "field": "cart_id", "op": "eq", "value": "'; DROP TABLE events;--" });
    let many = vec![json!({ "field": "event", "op": "eq", "value": "hostile" }); 21];
    vec![
        row(41, "SQL as a value", filter("event", "eq", json!("'; DROP TABLE events;--")), "200"),
        row(41, "a condition as a value", filter("cart_id", "contains", json!("%' OR 1=1")), "200"),
        row(41, "SQL in a segment", with(senders, "segment", json!([{ "did": { "where": [stranger] } }])), "200"),
        row(
            42,
            "SQL as a cart's state",
            with(senders, "segment", json!([{ "cart": "open'--hostile" }])),
            "400 bad_request",
        ),
        row(42, "SQL as a field", filter("1) UNION SELECT hostile", "eq", json!("x")), "400 bad_request"),
        row(42, "SQL as an operator", filter("event", "= 1; drop table hostile", json!("x")), "400 bad_request"),
        row(42, "SQL as a time zone", with(senders, "time_zone", json!("UTC'--hostile")), "400 bad_request"),
        row(
            42,
            "a limit of -1",
            with(senders, "breakdown", json!({ "field": "device", "limit": -1 })),
            "400 bad_request",
        ),
        row(
            42,
            "a limit of 1e9",
            with(senders, "breakdown", json!({ "field": "device", "limit": 1_000_000_000 })),
            "400 bad_request",
        ),
        row(411, "a NUL in a value", filter("event", "eq", json!("hos\0tile")), "200"),
        row(411, "a value of 50 KB", filter("page", "contains", json!("h".repeat(50_000))), "200"),
        row(411, "wild cards in a value", filter("page", "starts_with", json!("%_\\%")), "200"),
        row(411, "5,000 values", filter("event", "in", json!(vec!["h"; 5_000])), "400 bad_request"),
        row(411, "no values: none fits", filter("event", "in", json!([])), "200"),
        row(411, "an object as a value", filter("event", "eq", json!({ "hostile": 1 })), "400 bad_request"),
        row(411, "a list in a list", filter("event", "in", json!([["hostile"]])), "400 bad_request"),
        row(411, "null", filter("event", "eq", json!(null)), "400 bad_request"),
        row(412, "a property with a quote", filter("properties.a'b\"c", "eq", json!("x")), "200"),
        row(412, "a property that is a path", filter("properties.$.a[0]..*", "eq", json!("x")), "200"),
        row(412, "a property without a name", filter("properties.", "eq", json!("x")), "400 bad_request"),
        row(412, "a value that is no amount", filter("value", "gt", json!("hostile")), "400 bad_request"),
        row(
            412,
            "an amount of 1E400",
            post(
                FUNNEL,
                &senders.read,
                question()
                    .to_string()
                    .replace("\"steps\"", r#""where":[{"field":"value","op":"gt","value":1E400}],"steps""#),
            ),
            "400 bad_request",
        ),
        row(412, "21 conditions", with(senders, "where", json!(many)), "400 bad_request"),
    ]
}

fn questions(senders: &Senders) -> Vec<Row> {
    let steps = |value: Value| with(senders, "steps", value);
    let window = |value: Value| with(senders, "window_seconds", value);
    let from = |value: &str| with(senders, "from", json!(value));
    let zone = |value: &str| with(senders, "time_zone", json!(value));
    let page = |pattern: String| steps(json!([{ "page": pattern }, { "event": "purchase" }]));
    vec![
        row(421, "1,000 steps", steps(json!(vec![json!({ "event": "hostile" }); 1_000])), "400 bad_request"),
        row(421, "no steps", steps(json!([])), "400 bad_request"),
        row(421, "steps that are a text", steps(json!("hostile")), "400 bad_request"),
        row(421, "a step of two kinds", steps(json!([{ "event": "a", "page": "/hostile" }])), "400 bad_request"),
        row(421, "20 steps of one name", steps(json!(vec![json!({ "event": "view_item" }); 20])), "200"),
        row(422, "a window of 0", window(json!(0)), "400 bad_request"),
        row(422, "a window below 0", window(json!(-1)), "400 bad_request"),
        row(422, "a window of 2^64 - 1", window(json!(u64::MAX)), "400 bad_request"),
        row(422, "half a second", window(json!(0.5)), "400 bad_request"),
        row(423, "a period that ends before it begins", from("2999-01-01"), "400 bad_request"),
        row(423, "a date that is none", from("2026-02-30"), "400 bad_request"),
        row(423, "the year 0", from("0000-01-01"), "400 bad_request"),
        row(423, "the year 9999", from("9999-12-31"), "400 bad_request"),
        row(423, "words for a date", from("hostile"), "400 bad_request"),
        row(423, "1,030 years", with(senders, "to", json!("2999-12-31")), "200"),
        row(424, "a path for a time zone", zone("../../../etc/passwd"), "400 bad_request"),
        row(424, "a time zone with a NUL", zone("UTC\0hostile"), "400 bad_request"),
        row(424, "no time zone", zone(""), "400 bad_request"),
        row(425, "a page of 200 wild cards", page("*a".repeat(100)), "200"),
        row(425, "a page of 201 characters", page(format!("/{}", "h".repeat(200))), "400 bad_request"),
        row(425, "a page with SQL", page("/%' or '1'='1".to_owned()), "200"),
        row(
            426,
            "a breakdown by something else",
            with(senders, "breakdown", json!({ "field": "hostile" })),
            "400 bad_request",
        ),
        row(
            426,
            "a breakdown by any property",
            with(senders, "breakdown", json!({ "field": "properties.hostile" })),
            "400 bad_request",
        ),
        row(
            426,
            "a breakdown of nothing",
            with(senders, "breakdown", json!({ "field": "device", "limit": 0 })),
            "400 bad_request",
        ),
        row(427, "an unknown part", with(senders, "hostile", json!(1)), "400 bad_request"),
    ]
}

fn bodies(senders: &Senders) -> Vec<Row> {
    let sent = |body: &str| post(FUNNEL, &senders.read, body);
    let shown = |query: &str| post(&format!("{FUNNEL}?{query}"), &senders.read, question().to_string());
    let twice = question().to_string().replace("\"to\"", "\"from\":\"hostile\",\"to\"");
    vec![
        row(431, "no question", sent(""), "400 bad_request"),
        row(431, "a list", sent("[]"), "400 bad_request"),
        row(431, "JSON cut off", sent("{\"from\":\"hostile"), "400 bad_request"),
        row(431, "10,000 lists in each other", sent(&"[".repeat(10_000)), "400 bad_request"),
        row(431, "a part twice", sent(&twice), "400 bad_request"),
        row(
            431,
            "a lone surrogate",
            sent(&question().to_string().replace("purchase", r"\ud800hostile")),
            "400 bad_request",
        ),
        row(431, "a question of 64 KiB and a byte", sent(&" ".repeat((64 << 10) + 1)), "413 body_too_large"),
        row(432, "?show=hostile", shown("show=hostile"), "200"),
        row(432, "?show=sql", shown("show=sql"), "200"),
        row(432, "?show twice", shown("show=sql&show=hostile"), "400 bad_request"),
        row(432, "a query that is none", shown("%zz&&=hostile&show"), "200"),
        row(433, "a report that is none", post("/v1/sites/shop/reports/hostile", &senders.read, "{}"), "404 not_found"),
        row(433, "GET of a report", request(&format!("GET {FUNNEL}"), &senders.read, ""), "405 method_not_allowed"),
    ]
}

fn exports(senders: &Senders) -> Vec<Row> {
    let got = |path: &str| request(&format!("GET /v1/sites/shop/export/{path}"), &senders.read, "");
    vec![
        row(50, "..", got(".."), "404 not_found"),
        row(50, "a path", got("../../etc/passwd"), "404 not_found"),
        row(50, "a path, escaped", got("..%2f..%2fetc%2fpasswd"), "404 not_found"),
        row(50, "dots, escaped", got("%2e%2e"), "404 not_found"),
        row(50, "a NUL, escaped", got("events%00"), "404 not_found"),
        row(50, "a NUL as it is", got("\0"), "400"),
        row(50, "a name that is none", got("hostile"), "404 not_found"),
        row(50, "bytes that are not UTF-8, escaped", got("%ff%fe"), "404 unknown_site"),
        row(441, "a format that is none", got("events?format=hostile"), "400 bad_request"),
        row(441, "a format twice", got("events?format=csv&format=hostile"), "400 bad_request"),
        row(441, "a format that is a path", got("events?format=../hostile"), "400 bad_request"),
        row(441, "a date that is none", got("events?from=hostile"), "400 bad_request"),
        row(441, "a period that ends before it begins", got("events?from=2026-11-02&to=2026-11-01"), "400 bad_request"),
        row(441, "no days at all", got("events?format=jsonl&from=1970-01-01&to=1970-01-02"), "200"),
        row(441, "a file's name", got("events.csv"), "404 not_found"),
        row(442, "HEAD", request("HEAD /v1/sites/shop/export/events?format=csv", &senders.read, ""), "200"),
        row(442, "POST", post("/v1/sites/shop/export/events", &senders.read, "hostile"), "405 method_not_allowed"),
    ]
}

fn sites(senders: &Senders) -> Vec<Row> {
    let rival = |line: &str| request(line, &senders.rival_read, "");
    let fields = |site: &str| rival(&format!("GET /v1/sites/{site}/fields"));
    let event = json!({ "site": "shop", "events": [good_event("hostile")] }).to_string();
    vec![
        row(51, "another's fields", fields("shop"), "404 unknown_site"),
        row(51, "another's export", rival("GET /v1/sites/shop/export/events?format=csv"), "404 unknown_site"),
        row(51, "another's report", post(FUNNEL, &senders.rival_read, "{}"), "404 unknown_site"),
        row(51, "another's events", post("/v1/events", &senders.rival_collect, event), "404 unknown_site"),
        row(51, "a site that is none", fields("hostile"), "404 unknown_site"),
        row(51, "another's site with a NUL", fields("shop%00"), "404 unknown_site"),
        row(51, "another's site by a path", fields("rival%2f..%2fshop"), "404 unknown_site"),
        row(451, "no site", fields(""), "404 unknown_site"),
        row(451, "a site of 8 KB", fields(&"h".repeat(8_000)), "404 unknown_site"),
        row(451, "a site in capitals", fields("RIVAL"), "404 unknown_site"),
    ]
}

fn pages(senders: &Senders) -> Vec<Row> {
    let got = |path: &str| request(&format!("GET {path}"), "", "");
    vec![
        row(461, "a file above the assets", got("/assets/../../etc/passwd"), "404 not_found"),
        row(461, "the same, escaped", got("/assets/%2e%2e/%2e%2e/etc/passwd"), "404 not_found"),
        row(461, "the same, with backslashes", got("/assets/..\\..\\etc\\passwd"), "404 not_found"),
        row(461, "the assets themselves", got("/assets/"), "404 not_found"),
        row(462, "a page that is none", got("/hostile"), "404 not_found"),
        row(462, "an address of the dashboard with markup", got("/sites/%3Cscript%3Ehostile"), "200"),
        row(463, "POST of the metrics", post("/metrics", "", "hostile"), "405 method_not_allowed"),
        row(463, "a range of the snippet", request("GET /s.js", "range: bytes=0-hostile\r\n", ""), "200"),
        row(464, "what a browser asks for by itself", got("/favicon.ico"), "404 not_found"),
        row(464, "settings that others leave lying about", got("/.env"), "404 not_found"),
        row(
            465,
            "the dashboard, in chunks",
            request("GET /", &format!("{}te: trailers\r\n", senders.cookie), ""),
            "200",
        ),
    ]
}

fn signing_in(senders: &Senders) -> Vec<Row> {
    let login = |body: &str| post("/v1/login", "", body);
    let form = |email: &str, password: &str| json!({ "email": email, "password": password }).to_string();
    let elsewhere = "origin: https://hostile.example\r\nsec-fetch-site: cross-site\r\n";
    let set_up = json!({ "token": "hostile", "email": "eve@hostile.example", "password": "hostile horse" }).to_string();
    vec![
        row(471, "no form", login(""), "400 bad_json"),
        row(471, "a list", login("[]"), "400 bad_json"),
        row(471, "a password that is a number", login(r#"{"email":"a@b.example","password":5}"#), "400 bad_json"),
        row(471, "a form of 5 KB", login(&form("a@b.example", &"h".repeat(5_000))), "413 body_too_large"),
        row(
            472,
            "nobody",
            login(&form("hostile@shop.example", "hostile horse battery")),
            "401 wrong_email_or_password",
        ),
        row(
            472,
            "a wrong password",
            login(&form("ann@shop.example", "hostile horse battery")),
            "401 wrong_email_or_password",
        ),
        row(472, "a NUL in the password", login(&form("ann@shop.example", "hos\0tile")), "401 wrong_email_or_password"),
        row(472, "SQL for an e-mail", login(&form("' or 1=1 --hostile", "x")), "401 wrong_email_or_password"),
        row(
            473,
            "from a page elsewhere",
            post("/v1/login", elsewhere, form("ann@shop.example", "x")),
            "403 cross_site",
        ),
        row(
            473,
            "signing out from elsewhere",
            post("/v1/logout", &format!("{}{elsewhere}", senders.cookie), ""),
            "403 cross_site",
        ),
        row(474, "a set-up link that was used", post("/v1/setup", "", set_up), "403 link_used"),
        row(475, "who am I, without a cookie", request("GET /v1/me", "", ""), "401 sign_in_required"),
    ]
}
