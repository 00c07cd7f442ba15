//! Networks of the internet: an address, or all that begin alike.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// A network such as `10.0.0.0/8` or `::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// With all bits past the prefix zero; IPv4 as mapped into IPv6.
    address: u128,
    /// Bits of `address` that count.
    prefix: u32,
}

impl Network {
    /// Takes an address, or an address and the length of its prefix; `None` when it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        if bits < prefix {
            return None;
        }
        let prefix = prefix + 128 - bits;
        Some(Self { address: mapped(address) & mask(prefix), prefix })
    }

    /// Whether `address` is one of the network's.
    pub fn contains(self, address: IpAddr) -> bool {
        mapped(address) & mask(self.prefix) == self.address
    }

    /// Its first address, and how many bits of that count.
    fn written(self) -> (IpAddr, u32) {
        match Ipv6Addr::from(self.address).to_ipv4_mapped() {
            Some(address) if MAPPED_PREFIX <= self.prefix => (address.into(), self.prefix - MAPPED_PREFIX),
            _ => (Ipv6Addr::from(self.address).into(), self.prefix),
        }
    }

    /// Whether it has more addresses than anybody calls his own: more than a `/8` of IPv4, or a `/16` of IPv6.
    pub fn spans_the_world(self) -> bool {
        let (address, prefix) = self.written();
        prefix < if address.is_ipv4() { 8 } else { 16 }
    }
}

/// In front of an IPv4 address that is mapped into IPv6.
const MAPPED_PREFIX: u32 = 96;

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, prefix) = self.written();
        let whole = if address.is_ipv4() { 32 } else { 128 };
        if prefix == whole { write!(formatter, "{address}") } else { write!(formatter, "{address}/{prefix}") }
    }
}

fn mapped(address: IpAddr) -> u128 {
    let address: Ipv6Addr = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    u128::from(address)
}

fn mask(prefix: u32) -> u128 {
    u128::MAX.checked_shl(128 - prefix).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_an_address_and_a_prefix() {
        let inside = |network: &str, address: &str| Network::parse(network).unwrap().contains(address.parse().unwrap());
        assert!(inside("10.1.2.3/8", "10.255.0.1") && !inside("10.1.2.3/8", "11.0.0.1"));
        assert!(inside("0.0.0.0/0", "1.2.3.4") && !inside("0.0.0.0/0", "2001:db8::1"));
        assert!(inside("::/0", "2001:db8::1") && inside("fc00::/7", "fd00::1"));
    }

    #[test]
    fn a_network_is_written_as_people_write_it() {
        let written = |text: &str| Network::parse(text).map(|network| network.to_string());
        for same in ["203.0.113.7", "10.0.0.0/8", "2001:db8::/32", "::1", "0.0.0.0/0", "::/0"] {
            assert_eq!(written(same).as_deref(), Some(same));
        }
        assert_eq!(written(" 10.1.2.3/8 ").as_deref(), Some("10.0.0.0/8"));
        assert_eq!(written("::ffff:203.0.113.7").as_deref(), Some("203.0.113.7"));
        for bad in ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "shop.example", "10.0.0.0/8/8", "::1/129"] {
            assert_eq!(written(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn what_holds_a_part_of_the_world_is_told() {
        let spans = |text: &str| Network::parse(text).unwrap().spans_the_world();
        assert!(spans("0.0.0.0/0") && spans("0.0.0.0/7") && spans("::/0") && spans("2000::/3"));
        assert!(!spans("10.0.0.0/8") && !spans("203.0.113.7") && !spans("2001:db8::/32"));
    }
}
