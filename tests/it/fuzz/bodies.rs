//! Bodies of requests: batches of events, and questions.

use crate::hostile_parse::shop::Shop as Collecting;
use crate::shop::Shop as Asked;

/// A shop whose questions have something to find.
pub(crate) fn asked() -> Asked {
    Asked::open_with("ann 10:00 view_item value=1.00\nann 10:01 purchase")
}

/// Any body of a page or of a server: 202 with a receipt that fits, or 4xx with a code; never anything else.
pub(crate) fn body(shop: &Collecting, bytes: &[u8]) {
    let Some((&sender, body)) = bytes.split_first() else { return };
    let before = shop.tally.counts();
    let answer = match sender & 1 {
        0 => shop.send(body.to_vec()),
        _ => shop.send_with_key(body.to_vec()),
    };
    let counts = shop.tally.counts();
    let refused = counts.refused.iter().map(|(_, events)| events);
    let shed = counts.shed.iter().map(|(_, events)| events);
    assert_eq!(counts.received, counts.accepted + refused.chain(shed).sum::<u64>());
    let accepted = counts.accepted - before.accepted;
    match answer.status {
        202 => assert!(0 < accepted, "{}", answer.body),
        400 | 403 | 404 | 413 | 415 => assert_eq!(accepted, 0, "{}", answer.body),
        status => panic!("{status}: {}", answer.body),
    }
}

/// Any question to the funnel: an answer, or 400 with what to change.
pub(crate) fn question(shop: &Asked, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let reply = shop.ask(text);
    assert!(matches!(reply.status, 200 | 400 | 413), "{}: {}", reply.status, reply.text);
}
