//! Networks that limits count together, so that whoever owns a whole network has no more tries than anybody else.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network whose addresses are counted as one.
///
/// Of IPv4 each address counts alone. Of IPv6 a connection is given at least a /64 (RFC 6177, RFC 7421), and may draw
/// a new address from it for every request; a customer is often given a /48.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkGroup(Network);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Network {
    Address(Ipv4Addr),
    /// The upper 64 bits.
    Link(u64),
    /// The upper 48 bits, the rest zero.
    Site(u64),
}

impl NetworkGroup {
    /// The smallest network that counts as one: the address itself of IPv4, the /64 of IPv6. An IPv4 address that is
    /// written as IPv6 (`::ffff:203.0.113.9`) is taken for what it is.
    pub fn narrow(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => Network::Address(address),
            IpAddr::V6(address) => Network::Link(upper_half(address)),
        })
    }

    /// The /48 of IPv6. Of IPv4 there is no wider one: neighbours there have nothing in common.
    pub fn wide(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => Some(Self(Network::Site(upper_half(address) & !0xffff))),
        }
    }
}

fn upper_half(address: Ipv6Addr) -> u64 {
    let [first, second, third, fourth, ..] = address.segments().map(u64::from);
    first << 48 | second << 32 | third << 16 | fourth
}

/// As networks are written: `203.0.113.9`, `2001:db8:0:1::/64`, `2001:db8::/48`. Two groups are written alike only
/// when they are one.
impl fmt::Display for NetworkGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = |upper: u64| Ipv6Addr::from_bits(u128::from(upper) << 64);
        match self.0 {
            Network::Address(address) => address.fmt(f),
            Network::Link(upper) => write!(f, "{}/64", first(upper)),
            Network::Site(upper) => write!(f, "{}/48", first(upper)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NetworkGroup;
    use std::net::{IpAddr, Ipv6Addr};

    fn narrow(address: &str) -> String {
        NetworkGroup::narrow(address.parse().expect("an address")).to_string()
    }

    fn wide(address: &str) -> Option<String> {
        NetworkGroup::wide(address.parse().expect("an address")).map(|group| group.to_string())
    }

    #[test]
    fn each_ipv4_address_counts_alone_however_it_is_written() {
        assert_eq!(narrow("203.0.113.9"), "203.0.113.9");
        assert_eq!(narrow("::ffff:203.0.113.9"), "203.0.113.9");
        assert_ne!(narrow("203.0.113.9"), narrow("203.0.113.10"));
        assert_eq!(wide("203.0.113.9"), None);
        assert_eq!(wide("::ffff:203.0.113.9"), None);
    }

    #[test]
    fn a_thousand_addresses_of_one_link_are_one_network() {
        let first: Ipv6Addr = "2001:db8:1:2::".parse().expect("an address");
        for n in 0..1000_u128 {
            let address = Ipv6Addr::from_bits(first.to_bits() + n * 0x1234_5678_9abc);
            let group = NetworkGroup::narrow(IpAddr::V6(address));
            assert_eq!(group.to_string(), "2001:db8:1:2::/64");
        }
        assert_ne!(narrow("2001:db8:1:2::1"), narrow("2001:db8:1:3::1"));
    }

    #[test]
    fn a_site_of_ipv6_is_its_first_48_bits() {
        assert_eq!(wide("2001:db8:1:2::1").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(wide("2001:db8:1:ffff:ffff::1"), wide("2001:db8:1::"));
        assert_ne!(wide("2001:db8:2::1"), wide("2001:db8:1::1"));
        assert_ne!(wide("2001:db8:1::1"), Some(narrow("2001:db8:1::1")));
    }
}
