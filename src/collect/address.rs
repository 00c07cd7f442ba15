//! Whose address a request comes from, past the proxies that the operator trusts.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use crate::domain::network::Network;

/// The other end of the connection. `server` adds it to every request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct PeerAddress(pub SocketAddr);

/// The rightmost address of `X-Forwarded-For` that no trusted proxy has, reading it back from `peer` as far as
/// trusted proxies have written it. What stands further left is hearsay.
pub fn client_address(headers: &HeaderMap, peer: SocketAddr, trusted: &[Network]) -> IpAddr {
    let trusts = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.ip().to_canonical();
    if trusted.is_empty() || !trusts(client) {
        return client;
    }
    // Several lines are one list: each proxy may add to the last line, or add a line.
    for line in headers.get_all("x-forwarded-for").iter().rev() {
        for hop in line.to_str().unwrap_or("?").rsplit(',') {
            let Some(hop) = parse_hop(hop.trim()) else { return client };
            client = hop;
            if !trusts(client) {
                return client;
            }
        }
    }
    client
}

/// Some proxies write ports, too.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().or_else(|_| text.parse().map(|with_port: SocketAddr| with_port.ip())).ok();
    address.or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, lines: &[&str], expected: &str) {
        let headers: HeaderMap =
            lines.iter().map(|line| ("x-forwarded-for".parse().unwrap(), line.parse().unwrap())).collect();
        let trusted = ["10.0.0.0/8", "::1"].map(|text| Network::parse(text).unwrap());
        let client = client_address(&headers, format!("{peer}:1").parse().unwrap(), &trusted);
        assert_eq!(client.to_string(), expected, "{peer} {lines:?}");
    }

    #[test]
    fn the_rightmost_untrusted_hop_is_the_client() {
        check("10.0.0.1", &["1.1.1.1, 2.2.2.2, 3.3.3.3"], "3.3.3.3");
        check("10.0.0.1", &["1.1.1.1", "2.2.2.2, 3.3.3.3", "10.9.9.9, 10.8.8.8"], "3.3.3.3");
        check("[::1]", &["2001:db8::7"], "2001:db8::7");
        check("[::ffff:10.0.0.1]", &["[2001:db8::7]:443, 10.0.0.2:80"], "2001:db8::7");
        check("10.0.0.1", &["10.0.0.2"], "10.0.0.2");
        check("10.0.0.1", &[], "10.0.0.1");
    }

    #[test]
    fn a_stranger_cannot_choose_his_address() {
        check("9.9.9.9", &["1.1.1.1"], "9.9.9.9");
        check("10.0.0.1", &["1.1.1.1, garbage"], "10.0.0.1");
        check("10.0.0.1", &["1.1.1.1, unknown, 10.0.0.2"], "10.0.0.2");
    }
}
