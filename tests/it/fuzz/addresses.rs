//! Pure readers of text: page addresses, forwarded addresses, amounts of money.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue};
use styk::collect::client_address;
use styk::domain::money::{BadMoney, Currency, Money, Sign};
use styk::domain::network::Network;
use styk::domain::page::{PageUrl, referrer_host};
use styk::domain::personal::looks_like_email;

/// An address that was scrubbed is short, has no user, fragment or e-mail in it, and is not changed by scrubbing again.
pub(crate) fn url(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    referrer_host(text);
    let Ok(scrubbed) = PageUrl::parse(text) else { return };
    let shown = scrubbed.as_str();
    assert!(shown.len() <= PageUrl::BYTES_MAX, "{} bytes", shown.len());
    assert!(shown.starts_with("http://") || shown.starts_with("https://"), "{shown}");
    assert!(!shown.contains('#') && !scrubbed.host().contains('@'), "{shown}");
    assert!(scrubbed.path().starts_with('/'), "{shown}");
    assert!(!looks_like_email(scrubbed.path()), "{shown}");
    for pair in scrubbed.query().split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').expect("pairs are written with their sign");
        // Not the pair: its sign could stand in a name before an `@`.
        assert!(PageUrl::keeps(key) && !looks_like_email(value), "{shown}");
    }
    assert_eq!(PageUrl::parse(shown).as_ref().map(PageUrl::as_str), Ok(shown));
}

/// Lines of `X-Forwarded-For`: from a stranger they change nothing; from a trusted proxy the client is a hop they name
/// or the proxy itself, and never a trusted proxy while a stranger stands further right.
pub(crate) fn forwarded(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|&byte| byte == b'\n').take(8) {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        headers.append("x-forwarded-for", value);
    }
    let trusted = [Network::parse("10.0.0.0/8").unwrap(), Network::parse("2001:db8::/32").unwrap()];
    let trusts = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let stranger: SocketAddr = "192.0.2.1:1".parse().unwrap();
    assert_eq!(client_address(&headers, stranger, &trusted), stranger.ip());
    let proxy: SocketAddr = "10.0.0.1:1".parse().unwrap();
    let client = client_address(&headers, proxy, &trusted);
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
    let hops: Vec<Option<IpAddr>> = hops.map(|hop| hop.trim().parse().ok()).collect();
    if let Some(Some(rightmost)) = hops.first()
        && !trusts(rightmost.to_canonical())
    {
        assert_eq!(client, rightmost.to_canonical());
    }
    let plain = hops.iter().all(Option::is_some);
    let strangers = || hops.iter().flatten().map(|hop| hop.to_canonical()).filter(|hop| !trusts(*hop));
    if plain {
        assert_eq!(trusts(client), strangers().next().is_none(), "{client}");
    }
}

/// An amount is exact, is shown as it is read, and reads again as it is shown.
pub(crate) fn money(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for (code, decimals) in [("JPY", 0), ("EUR", 2), ("KWD", 3)] {
        let currency = Currency::parse(code).unwrap();
        let parsed = Money::parse(text, currency, Sign::Any);
        if let Ok(money) = parsed {
            assert!(money.minor().abs() <= Money::MINOR_MAX);
            assert_eq!(Money::parse(&money.to_string(), currency, Sign::Any), Ok(money), "{text}");
        }
        match (plain_minor(text, decimals), parsed) {
            (Some(minor), Ok(money)) => assert_eq!(minor, i128::from(money.minor()), "{text}"),
            (Some(minor), Err(error)) => {
                assert!(error == BadMoney::OutOfRange && i128::from(Money::MINOR_MAX) < minor.abs(), "{text}: {error}");
            }
            (None, _) => {}
        }
    }
}

/// The slow, obvious reading of `-12.3400`: digits, a point and digits, none of them lost.
fn plain_minor(text: &str, decimals: usize) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || decimals < part.len() || 30 < whole.len() {
        return None;
    }
    let minor: i128 = format!("{whole}{part}{}", "0".repeat(decimals - part.len())).parse().ok()?;
    Some(if text.starts_with('-') { -minor } else { minor })
}
