//! Rows about HTTP itself: where a request ends, who it is for, what its head may be.

use super::target::{Senders, from_page, good_event, post, request};
use super::{Row, half_closed, row};

const BODY_BYTES_MAX: usize = 1 << 20;

/// The rows.
pub(super) fn rows(senders: &Senders) -> Vec<Row> {
    let parts = [lengths(senders), heads(senders), framing(), chunks(), hosts(), targets(), connections(), oddities()];
    parts.into_iter().flatten().collect()
}

/// A good body of exactly so many bytes.
fn body_of(bytes: usize) -> String {
    let mut body = good_event("long").to_string();
    body.push_str(&" ".repeat(bytes - body.len()));
    body
}

/// One event, as a body.
fn one() -> String {
    r#"{"site":"shop","name":"hostile","url":"https://shop.example/"}"#.to_owned()
}

/// One event in chunks.
fn chunked(headers: &str, body: &str) -> Vec<u8> {
    let headers = format!("origin: https://shop.example\r\ntransfer-encoding: chunked\r\n{headers}");
    request("POST /s", &headers, body)
}

/// A request of which every line is ours.
fn raw(lines: &[&str], body: &str) -> Vec<u8> {
    format!("{}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()
}

fn lengths(senders: &Senders) -> Vec<Row> {
    let key = &senders.collect;
    let sent = |bytes: usize| post("/v1/events", key, body_of(bytes));
    let said = |length: &str| request("POST /v1/events", &format!("{key}content-length: {length}\r\n"), "hostile");
    let endless = |body: &str| request("POST /v1/events", &format!("{key}transfer-encoding: chunked\r\n"), body);
    let too_long = format!("{:x}\r\n{}\r\n0\r\n\r\n", BODY_BYTES_MAX + 1, body_of(BODY_BYTES_MAX + 1));
    let question = |length: &str| {
        let headers = format!("{}content-length: {length}\r\n", senders.read);
        request("POST /v1/sites/shop/reports/funnel", &headers, "{\"from\":\"hostile")
    };
    vec![
        row(14, "a body of 1 MiB", sent(BODY_BYTES_MAX), "202"),
        row(14, "a body of 1 MiB and a byte", sent(BODY_BYTES_MAX + 1), "413 too_large"),
        row(14, "the same in chunks", endless(&too_long), "413 too_large"),
        row(15, "chunks without end", endless("5\r\nhosti\r\n"), "408 too_slow"),
        row(15, "less than was announced", said("1000"), "408 too_slow"),
        row(15, "a question without end", question("1000"), "408 too_slow"),
        row(16, "a negative length", said("-1"), "400"),
        row(16, "a length that is no number", said("hostile"), "400"),
        row(16, "an exabyte", said("1152921504606846976"), "413 too_large"),
        row(16, "more than a number holds", said("99999999999999999999999"), "400"),
        row(16, "a question of an exabyte", question("1152921504606846976"), "413 body_too_large"),
    ]
}

fn heads(senders: &Senders) -> Vec<Row> {
    let key = &senders.collect;
    // Together with those that every request here has: host, connection, authorization, content-length.
    let headers = |count: usize| (0..count - 4).map(|number| format!("x-{number}: hostile\r\n")).collect::<String>();
    let with = |headers: &str| post("/v1/events", &format!("{key}{headers}"), one());
    let long = |bytes: usize| with(&format!("x-long: {}\r\n", "h".repeat(bytes)));
    vec![
        row(21, "64 headers", with(&headers(64)), "202"),
        row(21, "65 headers", with(&headers(65)), "431 too_many_headers"),
        row(21, "101 headers", with(&headers(101)), "431"),
        row(21, "a header of 64 KiB", long(64 << 10), "431"),
        row(21, "an address of 1 MB", request(&format!("GET /{}", "h".repeat(1 << 20)), "", ""), "414"),
        row(21, "an address of 20 KB", request(&format!("GET /{}", "h".repeat(20_000)), "", ""), "404 not_found"),
        row(101, "a header of 8 KB", long(8 << 10), "202"),
        row(102, "a NUL in a header", with("x-a: hos\0tile\r\n"), "400"),
        row(103, "a lone CR in a header", with("x-a: hos\rtile\r\n"), "400"),
        row(104, "a header folded over two lines", with("x-a: hostile\r\n folded\r\n"), "400"),
        row(105, "a space before the colon", with("x-a : hostile\r\n"), "400"),
        row(106, "a header without a colon", with("hostile\r\n"), "400"),
        row(107, "a header without a name", with(": hostile\r\n"), "400"),
        row(108, "a letter outside ASCII in a header's name", with("x-ż: hostile\r\n"), "400"),
        row(109, "letters outside ASCII in a header", with("x-a: zażółć\r\n"), "202"),
        row(110, "an expectation nobody has heard of", with("expect: hostile\r\n"), "202"),
        row(111, "100-continue", with("expect: 100-continue\r\n"), "100, 202"),
        row(112, "an upgrade to a web socket", with("upgrade: websocket\r\n"), "202"),
        row(113, "an agent of 10 KB", with(&format!("user-agent: {}\r\n", "h".repeat(10_000))), "202"),
    ]
}

/// Requests that two servers in a row could take for different ones.
fn framing() -> Vec<Row> {
    let body = one();
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let length = format!("content-length: {}\r\n", body.len());
    let sent =
        |headers: &str, body: &str| request("POST /s", &format!("origin: https://shop.example\r\n{headers}"), body);
    let hidden = String::from_utf8(from_page(one())).unwrap();
    let both = "POST /s HTTP/1.1\r\nhost: a\r\norigin: https://shop.example\r\ncontent-length: 100\r\n";
    let both = format!("{both}transfer-encoding: chunked\r\n\r\n");
    vec![
        row(121, "a length and chunks: nothing behind the chunks is read", format!("{both}{chunk}{hidden}"), "202"),
        row(
            121,
            "chunks that end before the length: what they hide is not read",
            format!("{both}0\r\n\r\n{hidden}"),
            "400 empty_body",
        ),
        row(122, "two lengths", sent(&format!("{length}content-length: 7\r\n"), &body), "400"),
        row(122, "two lengths in one line", sent("content-length: 7, 7\r\n", "hostile"), "400"),
        row(123, "the same length twice", sent(&format!("{length}{length}"), &body), "202"),
        row(124, "a length with a plus", sent("content-length: +7\r\n", "hostile"), "400"),
        row(124, "a length in hex", sent("content-length: 0x7\r\n", "hostile"), "400"),
        row(125, "another transfer encoding", sent("transfer-encoding: gzip\r\n", &chunk), "400"),
        row(125, "one nobody has heard of", sent("transfer-encoding: hostile\r\n", &chunk), "400"),
        row(
            126,
            "chunked twice in one line",
            sent("transfer-encoding: chunked, chunked\r\n", &chunk),
            "400 bad_framing",
        ),
        row(126, "chunked twice", chunked("transfer-encoding: chunked\r\n", &chunk), "400 bad_framing"),
        row(127, "gzip, then chunked", sent("transfer-encoding: gzip, chunked\r\n", &chunk), "400 bad_framing"),
        row(128, "a transfer encoding before its colon", sent("transfer-encoding : chunked\r\n", &chunk), "400"),
        row(129, "chunks in HTTP/1.0", raw(&["POST /s HTTP/1.0", "transfer-encoding: chunked"], &chunk), "400"),
        row(
            130,
            "lines that end in LF alone",
            format!(
                "POST /s HTTP/1.1\nhost: x\nconnection: close\norigin: https://shop.example\n{}\n{body}",
                length.replace('\r', "")
            ),
            "202",
        ),
    ]
}

fn chunks() -> Vec<Row> {
    let body = one();
    let size = format!("{:x}", body.len());
    let chunk = |size: &str, behind: &str| chunked("", &format!("{size}\r\n{body}{behind}"));
    vec![
        row(141, "a chunk with an extension", chunk(&format!("{size};hostile=1"), "\r\n0\r\n\r\n"), "202"),
        row(
            142,
            "an extension of 20 KB",
            chunk(&format!("{size};{}", "h".repeat(20_000)), "\r\n0\r\n\r\n"),
            "400 cut_off",
        ),
        row(143, "a chunk larger than a number holds", chunk("fffffffffffffffff", ""), "400 cut_off"),
        row(143, "a chunk as large as a number holds", chunk("ffffffffffffffff", ""), "408 too_slow"),
        row(144, "a negative chunk", chunk("-5", ""), "400 cut_off"),
        row(144, "a chunk with 0x", chunk(&format!("0x{size}"), "\r\n0\r\n\r\n"), "400 cut_off"),
        row(145, "a chunk longer than it says", chunk("5", "\r\n0\r\n\r\n"), "400 cut_off"),
        row(146, "a last chunk that does not end", chunk(&size, "\r\n0\r\n"), "408 too_slow"),
        row(147, "trailers", chunk(&size, "\r\n0\r\nx-a: hostile\r\n\r\n"), "202"),
        row(
            148,
            "a chunk of a byte each",
            chunked("", &(body.chars().map(|c| format!("1\r\n{c}\r\n")).collect::<String>() + "0\r\n\r\n")),
            "202",
        ),
        row(149, "no chunk but the last", chunked("", "0\r\n\r\n"), "400 empty_body"),
    ]
}

fn hosts() -> Vec<Row> {
    let length = format!("content-length: {}", one().len());
    let sent = |lines: &[&str]| {
        let lines = [lines, &["connection: close", "origin: https://shop.example", &length]].concat();
        raw(&lines, &one())
    };
    vec![
        row(151, "no host", sent(&["POST /s HTTP/1.1"]), "400 bad_framing"),
        row(152, "two hosts", sent(&["POST /s HTTP/1.1", "host: a", "host: b"]), "400 bad_framing"),
        row(153, "no host, in HTTP/1.0", sent(&["POST /s HTTP/1.0"]), "202"),
        row(154, "another host", sent(&["POST /s HTTP/1.1", "host: hostile.example"]), "202"),
        row(155, "an empty host", sent(&["POST /s HTTP/1.1", "host:"]), "202"),
        row(156, "HTTP/1.2", sent(&["POST /s HTTP/1.2", "host: a"]), "400"),
        row(157, "HTTP/2.0 in words", sent(&["POST /s HTTP/2.0", "host: a"]), "400"),
    ]
}

fn targets() -> Vec<Row> {
    let sent = |line: &str| post(line, "origin: https://shop.example\r\n", one());
    let asked = |line: &str| request(line, "", "");
    vec![
        row(47, "GET", asked("GET /v1/events"), "405 method_not_allowed"),
        row(47, "PUT", asked("PUT /v1/events"), "405 method_not_allowed"),
        row(47, "TRACE", asked("TRACE /v1/events"), "405 method_not_allowed"),
        row(47, "DELETE", asked("DELETE /s"), "405 method_not_allowed"),
        row(47, "OPTIONS", asked("OPTIONS /v1/events"), "204"),
        row(161, "HEAD", asked("HEAD /v1/events"), "405"),
        row(162, "a method in small letters", asked("post /v1/events"), "405 method_not_allowed"),
        row(162, "a method of its own", asked("HOSTILE /v1/events"), "405 method_not_allowed"),
        row(162, "a method that is none", asked("HOS(TILE /v1/events"), "400"),
        row(163, "CONNECT", asked("CONNECT hostile.example:443"), "400 bad_framing"),
        row(164, "OPTIONS of everything", asked("OPTIONS *"), "404 not_found"),
        row(165, "a whole address as the target", sent("http://shop.example/s"), "202"),
        row(165, "another server's address as the target", sent("http://hostile.example/s"), "202"),
        row(166, "a letter of the path escaped", sent("/v1/%65vents"), "404 not_found"),
        row(167, "a slash more at the end", sent("/v1/events/"), "404 not_found"),
        row(167, "a slash more at the start", sent("//v1/events"), "404 not_found"),
        row(167, "dots", sent("/v1/x/../events"), "404 not_found"),
        row(168, "a query", sent("/s?hostile=1&site=rival"), "202"),
        row(168, "a fragment", sent("/s#hostile"), "202"),
        row(169, "a space in the target", asked("GET /hos tile"), "400"),
        row(169, "a NUL in the target", asked("GET /hos\0tile"), "400"),
        row(169, "no slash in the target", asked("GET hostile"), "404 not_found"),
        row(169, "bytes outside ASCII in the target", asked("GET /zażółć"), "404 not_found"),
    ]
}

fn connections() -> Vec<Row> {
    let open = |body: &str| {
        let head =
            format!("POST /s HTTP/1.1\r\nhost: a\r\norigin: https://shop.example\r\ncontent-length: {}", body.len());
        format!("{head}\r\n\r\n{body}")
    };
    let good = open(&one());
    let close = String::from_utf8(from_page(one())).unwrap();
    vec![
        row(171, "three requests at once", format!("{good}{good}{close}"), "202, 202, 202"),
        row(172, "a good request, then nonsense", format!("{good}hostile\r\n\r\n"), "202, 400"),
        row(172, "a bad body, then a good request", format!("{}{close}", open("hostile")), "400 bad_json, 202"),
        row(173, "empty lines before a request", format!("\r\n\r\n{close}"), "202"),
        half_closed(174, "half closed after a request", close.clone(), "202"),
        half_closed(174, "half closed after three requests", format!("{good}{good}{good}"), "202, 202, 202"),
        half_closed(175, "half closed in a body", &close.as_bytes()[..close.len() - 9], "400 cut_off"),
        half_closed(175, "half closed in a head", &close.as_bytes()[..40], "closed"),
        half_closed(175, "nothing at all", Vec::new(), "closed"),
        row(176, "a head that does not go on", &close.as_bytes()[..40], "closed"),
    ]
}

fn oddities() -> Vec<Row> {
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03hostile\r\n\r\n".to_vec();
    vec![
        row(181, "HTTP/0.9", "GET /livez\r\n\r\n", "400"),
        row(182, "HTTP/2's first words", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "closed"),
        row(183, "TLS", hello, "400"),
        row(184, "a line of noise", "hostile\r\n\r\n", "400"),
        row(185, "a GET with a body", request("GET /livez", "content-length: 7\r\n", "hostile"), "200"),
        row(
            186,
            "a form with files",
            post("/s", "origin: https://shop.example\r\ncontent-type: multipart/form-data\r\n", one()),
            "202",
        ),
    ]
}
