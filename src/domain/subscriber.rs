//! Who shares an address, as far as an address can tell.

use std::net::{IpAddr, Ipv6Addr};

/// What one subscriber has, and nobody else: an IPv4 address, or the first 64 bits of an IPv6 address.
///
/// Whoever counts by address counts by this one, or a subscriber has 2^64 tries where others have one.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_is_an_ipv4_address_or_an_ipv6_network() {
        let same = |one: &str, other: &str| subscriber(one.parse().unwrap()) == subscriber(other.parse().unwrap());
        assert!(same("2001:db8:1:2::3", "2001:db8:1:2:ffff::9"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("2001:db8:1:2::3", "2001:db8:1:3::3"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }
}
