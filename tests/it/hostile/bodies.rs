//! Rows about the body as a whole: how it is encoded, whether it is JSON, whether it is a batch.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::target::{Senders, event, from_page, post};
use super::{Row, row};

/// The rows.
pub(super) fn rows(senders: &Senders) -> Vec<Row> {
    let parts = [shapes(senders), texts(), encodings(senders), batches(senders), json_of_a_kind(), lines(senders)];
    parts.into_iter().flatten().collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn batch_of(events: impl IntoIterator<Item = Value>) -> Vec<u8> {
    from_page(json!({ "site": "shop", "events": events.into_iter().collect::<Vec<_>>() }).to_string())
}

/// One event, as a body.
const ONE: &str = r#"{"site":"shop","name":"hostile","url":"https://shop.example/"}"#;

fn shapes(senders: &Senders) -> Vec<Row> {
    let utf16: Vec<u8> = format!("\u{feff}{ONE}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        row(1, "an empty body", from_page(""), "400 empty_body"),
        row(1, "white space", from_page(" \r\n\t"), "400 empty_body"),
        row(1, "an empty body with a key", post("/v1/events", &senders.collect, ""), "400 empty_body"),
        row(2, "null", from_page("null"), "400 not_an_event"),
        row(2, "a list", from_page("[]"), "400 not_an_event"),
        row(2, "a number", from_page("5"), "400 not_an_event"),
        row(2, "a text", from_page("\"hostile\""), "400 not_an_event"),
        row(2, "an empty object", from_page("{}"), "400 not_an_event"),
        row(2, "a list of events", from_page(format!("[{ONE}]")), "400 not_an_event"),
        row(3, "truncated JSON", from_page(&ONE[..30]), "400 bad_json"),
        row(4, "text behind the JSON", from_page(format!("{ONE} hostile")), "400 bad_json"),
        row(4, "a second object behind the JSON", from_page(format!("{ONE}{ONE}")), "400 bad_json"),
        row(5, "10,000 lists in each other", from_page("[".repeat(10_000)), "400 too_deep"),
        row(5, "10,000 objects in each other", from_page("{\"a\":".repeat(10_000)), "400 too_deep"),
        row(201, "a byte order mark", from_page(format!("\u{feff}{ONE}")), "202"),
        row(201, "two byte order marks", from_page(format!("\u{feff}\u{feff}{ONE}")), "400 bad_json"),
        row(202, "UTF-16", from_page(utf16), "400 bad_utf8"),
        row(203, "a NUL behind the JSON", from_page(format!("{ONE}\0")), "400 bad_json"),
        row(203, "a NUL in a text", from_page(ONE.replace("hostile", "hos\0tile")), "400 control_char"),
        row(204, "a form", from_page("site=shop&name=hostile"), "400 bad_json"),
        row(204, "XML", from_page("<?xml version=\"1.0\"?><hostile/>"), "400 bad_json"),
    ]
}

fn texts() -> Vec<Row> {
    let long = |field: &str, chars: usize| event(&format!(r#""{field}":"{}""#, "x".repeat(chars)));
    let property = |json: &str| event(&format!(r#""properties":{json}"#));
    let deep = |depth: usize| property(&format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth)));
    let many = |count: usize| {
        let fields: Vec<_> = (0..count).map(|number| format!("\"k{number}\":1")).collect();
        property(&format!("{{{}}}", fields.join(",")))
    };
    let (begin, end) = ONE.as_bytes().split_at(25);
    let invalid = [begin, b"\xff\xfe", end].concat();
    let overlong = [begin, b"\xc0\xaf", end].concat();
    vec![
        row(6, "200 objects in each other, in properties", deep(200), "400 too_deep"),
        row(6, "six objects in each other, in properties", deep(6), "400 too_deep"),
        row(7, "unknown fields", event(r#""hostile":{"x":[1]},"title":5"#), "202"),
        row(8, "bytes that are not UTF-8", from_page(invalid), "400 bad_utf8"),
        row(8, "a slash in two bytes too many", from_page(overlong), "400 bad_utf8"),
        row(9, "a lone surrogate in a name", event(r#""name":"\ud800""#), "400 bad_utf8"),
        row(9, "a lone surrogate in a property", property(r#"{"a":"\udc00"}"#), "400 bad_utf8"),
        row(9, "a lone surrogate in a field's name", event(r#""\ud800":1"#), "400 bad_utf8"),
        row(10, "\\u0000 in a name", event(r#""name":"hos\u0000tile""#), "400 control_char"),
        row(10, "\\u0000 in a property", property(r#"{"a":"\u0000"}"#), "400 control_char"),
        row(10, "\\u0000 in a property's name", property(r#"{"a\u0000":1}"#), "400 control_char"),
        row(11, "right-to-left, zero width, an emoji", event(r#""name":"\u202e\u200b😀""#), "202"),
        row(12, "a text of 1 MB", property(&format!("{{\"a\":\"{}\"}}", "x".repeat(1_000_000))), "400 value_too_long"),
        row(12, "a cart of 201 characters", long("cart_id", 201), "400 value_too_long"),
        row(13, "10,000 properties", many(10_000), "400 too_many_props"),
        row(13, "65 properties", many(65), "400 too_many_props"),
        row(205, "64 properties", many(64), "202"),
        row(206, "a name of 65 characters", long("name", 65), "400 bad_name"),
        row(206, "a name of spaces", event(r#""name":"  ""#), "400 bad_name"),
        row(206, "a name that is a number", event(r#""name":5"#), "400 bad_text"),
        row(206, "a name with a newline", event(r#""name":"hos\ntile""#), "400 control_char"),
        row(206, "a name with DEL", event(r#""name":"hos\u007ftile""#), "400 control_char"),
        row(207, "a pair of surrogates", event(r#""name":"\ud83d\ude00""#), "202"),
        row(207, "a pair of surrogates, the wrong way round", event(r#""name":"\ude00\ud83d""#), "400 bad_utf8"),
        row(208, "a field's name of 500 KB", event(&format!("\"{}\":1", "h".repeat(500_000))), "202"),
        row(
            208,
            "a property's name of 500 KB",
            property(&format!("{{\"{}\":1}}", "h".repeat(500_000))),
            "400 bad_properties",
        ),
        row(209, "properties named __proto__ and constructor", property(r#"{"__proto__":1,"constructor":{}}"#), "202"),
        row(209, "a property without a name", property(r#"{"":1}"#), "400 bad_properties"),
        row(209, "properties that are a list", property("[1]"), "400 bad_properties"),
        row(209, "properties that are a text", property("\"hostile\""), "400 bad_properties"),
    ]
}

fn encodings(senders: &Senders) -> Vec<Row> {
    let encoded = |encoding: &str, body: &[u8]| {
        post("/s", &format!("origin: https://shop.example\r\ncontent-encoding: {encoding}\r\n"), body)
    };
    let with_key = |encoding: &str, body: &[u8]| {
        post("/v1/events", &format!("{}content-encoding: {encoding}\r\n", senders.collect), body)
    };
    let one = gzip(ONE.as_bytes());
    // 1 MB that becomes 1 GB: a member becomes 16 MiB, and the decoder takes one after the other.
    let bomb = gzip(&vec![b' '; 16 << 20]).repeat(62);
    let zstd_bomb = zstd::encode_all(std::io::repeat(b' ').take(512 << 20), 3).unwrap();
    let [mut wrong_sum, mut wrong_length] = [one.clone(), one.clone()];
    let end = one.len();
    wrong_sum[end - 8] ^= 1;
    wrong_length[end - 1] ^= 1;
    vec![
        row(17, "a gzip bomb", encoded("gzip", &bomb), "413 too_large"),
        row(18, "a zstd bomb", with_key("zstd", &zstd_bomb), "413 too_large"),
        row(18, "a zstd bomb from a browser", encoded("zstd", &zstd_bomb), "415 bad_encoding"),
        row(19, "gzip twice", encoded("gzip", &gzip(&one)), "415 bad_encoding"),
        row(19, "gzip twice, and said so", encoded("gzip, gzip", &gzip(&one)), "415 bad_encoding"),
        row(19, "two lines that say gzip", encoded("gzip\r\ncontent-encoding: gzip", &one), "415 bad_encoding"),
        row(20, "brotli", encoded("br", ONE.as_bytes()), "415 bad_encoding"),
        row(211, "gzip", encoded("GZIP", &one), "202"),
        row(211, "no encoding, in words", encoded("identity", ONE.as_bytes()), "202"),
        row(211, "deflate", encoded("deflate", ONE.as_bytes()), "415 bad_encoding"),
        row(211, "an encoding nobody has heard of", encoded("hostile", ONE.as_bytes()), "415 bad_encoding"),
        row(212, "gzip that nobody said", from_page(&one), "415 bad_encoding"),
        row(212, "no gzip where gzip was said", encoded("gzip", ONE.as_bytes()), "400 bad_encoding"),
        row(213, "gzip cut off", encoded("gzip", &one[..end - 5]), "400 bad_encoding"),
        row(213, "gzip with bytes behind it", encoded("gzip", &[&one[..], b"hostile"].concat()), "400 bad_encoding"),
        row(213, "gzip with a wrong sum", encoded("gzip", &wrong_sum), "400 bad_encoding"),
        row(213, "gzip with a wrong length", encoded("gzip", &wrong_length), "400 bad_encoding"),
        row(214, "gzip of nothing", encoded("gzip", &gzip(b"")), "400 empty_body"),
        row(214, "nothing where gzip was said", encoded("gzip", b""), "400 bad_encoding"),
        row(
            214,
            "gzip in two members",
            encoded("gzip", &[gzip(&ONE.as_bytes()[..9]), gzip(&ONE.as_bytes()[9..])].concat()),
            "202",
        ),
        row(215, "zstd with a window of 128 MiB", with_key("zstd", &zstd_with_window(27)), "400 bad_encoding"),
        row(215, "zstd with a window of 8 MiB", with_key("zstd", &zstd_with_window(23)), "202"),
        row(
            215,
            "zstd cut off",
            with_key("zstd", &zstd::encode_all(ONE.as_bytes(), 3).unwrap()[..20]),
            "400 bad_encoding",
        ),
        row(
            215,
            "zstd with bytes behind it",
            with_key("zstd", &[zstd::encode_all(ONE.as_bytes(), 3).unwrap(), b"hostile".to_vec()].concat()),
            "400 bad_encoding",
        ),
    ]
}

/// One event, in a frame that asks its reader for this much memory.
fn zstd_with_window(log: u32) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(log).unwrap();
    encoder.write_all(ONE.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn batches(senders: &Senders) -> Vec<Row> {
    let named = |name: &str| json!({ "name": name, "url": "https://shop.example/" });
    let mut one_bad: Vec<_> = (0..50).map(|_| named("hostile")).collect();
    one_bad[3]["value"] = json!("9223372036854775807");
    let with_key = |body: &str| post("/v1/events", &senders.collect, body);
    vec![
        row(24, "1,001 events", batch_of((0..1_001).map(|_| named("hostile"))), "413 too_many_events"),
        row(24, "1,000 events", batch_of((0..1_000).map(|_| named("hostile"))), "202"),
        row(25, "one bad event of 50", batch_of(one_bad), "202 money_out_of_range"),
        row(221, "no events", batch_of([]), "400 no_events"),
        row(221, "events that are none", batch_of([json!(5), json!([]), json!({})]), "400 not_an_event bad_name"),
        row(
            221,
            "events that are an object",
            from_page(r#"{"site":"shop","events":{"name":"hostile"}}"#),
            "400 not_an_event",
        ),
        row(221, "events that are a text", from_page(r#"{"site":"shop","events":"hostile"}"#), "400 not_an_event"),
        row(
            222,
            "events twice: the last counts",
            from_page(format!(r#"{{"site":"shop","events":[],"events":[{ONE}]}}"#)),
            "202",
        ),
        row(222, "a name twice: the last counts", event(r#""name":"","name":"hostile""#), "202"),
        row(46, "a site that is none", from_page(ONE.replace("shop\",", "hostile\",")), "404 unknown_site"),
        row(46, "no site", from_page(r#"{"name":"hostile"}"#), "404 unknown_site"),
        row(223, "a site with a Cyrillic letter", from_page(ONE.replace("\"shop\"", "\"shоp\"")), "404 unknown_site"),
        row(223, "a site in wide letters", from_page(ONE.replace("\"shop\"", "\"ｓｈｏｐ\"")), "404 unknown_site"),
        row(223, "a site in capitals", from_page(ONE.replace("\"shop\"", "\"SHOP\"")), "404 unknown_site"),
        row(223, "a site with a NUL", from_page(ONE.replace("\"shop\"", r#""shop\u0000""#)), "404 unknown_site"),
        row(223, "a site with a space", from_page(ONE.replace("\"shop\"", "\"shop \"")), "404 unknown_site"),
        row(223, "a site in escapes", from_page(ONE.replace("\"shop\"", r#""\u0073hop""#)), "202"),
        row(224, "a site that is a number", from_page(ONE.replace("\"shop\"", "5")), "404 unknown_site"),
        row(224, "a site that is a list", from_page(ONE.replace("\"shop\"", "[\"shop\"]")), "404 unknown_site"),
        row(224, "null for a site, with a key", with_key(r#"{"site":null,"name":"hostile"}"#), "202"),
        row(
            224,
            "an event that names another site",
            from_page(format!(r#"{{"site":"shop","events":[{ONE},{{"site":"rival","name":"hostile"}}]}}"#)),
            "202 unknown_site",
        ),
    ]
}

/// JSON as it should not be.
fn json_of_a_kind() -> Vec<Row> {
    let property = |value: &str| event(&format!(r#""properties":{{"a":{value}}}"#));
    vec![
        row(231, "single quotes", from_page(ONE.replace('"', "'")), "400 bad_json"),
        row(231, "a comment", from_page(format!("{ONE} // hostile")), "400 bad_json"),
        row(231, "a comma too many", from_page(ONE.replace('}', ",}")), "400 bad_json"),
        row(231, "no quotes around a name", from_page(ONE.replace("\"site\"", "site")), "400 bad_json"),
        row(232, "NaN", property("NaN"), "400 bad_json"),
        row(232, "Infinity", property("-Infinity"), "400 bad_json"),
        row(232, "hex", property("0x10"), "400 bad_json"),
        row(232, "a plus", property("+1"), "400 bad_json"),
        row(232, "a leading zero", property("01"), "400 bad_json"),
        row(232, "no digit before the point", property(".5"), "400 bad_json"),
        row(232, "True", property("True"), "400 bad_json"),
        row(233, "1E400", property("1E400"), "400 bad_number"),
        row(233, "1E400 in a list", property("[1E400]"), "400 bad_number"),
        row(233, "1E-400", property("1E-400"), "202"),
        row(233, "-0", property("-0"), "202"),
        row(233, "-0.0e0", property("[-0.0e0]"), "202"),
        row(233, "a number of 50 digits", property(&"9".repeat(50)), "400 bad_number"),
        row(233, "2^64", property("18446744073709551616"), "202"),
        row(234, "a tab in a text, as it is", property("\"hos\ttile\""), "400 control_char"),
        row(234, "an unknown escape", property(r#""\x41""#), "400 bad_json"),
        row(234, "half an escape", property(r#""\u00""#), "400 bad_json"),
        row(234, "a line separator", property("\"hostile\u{2028}\""), "202"),
        row(234, "a character that is none", property("\"hostile\u{ffff}\""), "202"),
    ]
}

/// JSON lines, which servers may send.
fn lines(senders: &Senders) -> Vec<Row> {
    let sent = |body: &str| post("/v1/events", &senders.collect, body);
    let line = "{\"name\":\"hostile\"}\n";
    vec![
        row(241, "lines", sent(&line.repeat(3)), "202"),
        row(
            241,
            "lines that end in CR LF, and empty ones",
            sent(&format!("{line}\n{line}").replace('\n', "\r\n")),
            "202",
        ),
        row(241, "1,001 lines", sent(&line.repeat(1_001)), "413 too_many_events"),
        row(241, "a line that is none", sent(&format!("{line}hostile\n{line}")), "202 bad_json"),
        row(241, "a line cut off", sent(&format!("{line}{{\"name\":\"hos")), "202 bad_json"),
        row(241, "lines from a browser", from_page(line.repeat(2)), "400 bad_json"),
    ]
}
