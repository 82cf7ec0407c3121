//! Where a node is: an IPv4 address and a port. The protocol has no room for any other.

use carbyne_wire::Wire;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddrV4};

/// An IPv4 address and a port.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Wire)]
pub struct Endpoint {
    /// The address as a number, its first byte the most significant.
    pub address: u32,
    /// The port; 0 if the node takes no connections.
    pub port: u16,
}

impl Endpoint {
    /// The same address with another port.
    pub fn with_port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Whether a node on another network can reach the address (reference: `fc/network/ip.cpp`:
    /// private, multicast and loopback addresses are not).
    pub fn is_public(self) -> bool {
        let address = self.ip();
        let is_for_few = address.is_private() || address.is_link_local() || address.is_multicast();
        let is_here = address.is_loopback() || address.is_unspecified();
        !(is_for_few || is_here)
    }

    /// The address.
    pub fn ip(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.address)
    }
}

impl From<SocketAddrV4> for Endpoint {
    fn from(address: SocketAddrV4) -> Self {
        Self { address: address.ip().to_bits(), port: address.port() }
    }
}

impl From<Endpoint> for SocketAddrV4 {
    fn from(endpoint: Endpoint) -> Self {
        Self::new(endpoint.ip(), endpoint.port)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SocketAddrV4::from(*self).fmt(f)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::Pack;

    #[test]
    fn the_first_byte_of_an_address_comes_last() {
        let endpoint = Endpoint::from(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9_390));
        assert_eq!(endpoint.to_bytes(), [1, 0, 0, 127, 0xae, 0x24]);
        assert_eq!(endpoint.to_string(), "127.0.0.1:9390");
    }

    #[test]
    fn addresses_that_others_cannot_reach_are_known() {
        let is_public = |text: &str| {
            let address: SocketAddrV4 = text.parse().unwrap();
            Endpoint::from(address).is_public()
        };
        assert!(is_public("104.236.44.210:1776") && is_public("172.32.0.1:1"));
        for text in ["10.1.2.3:1", "172.16.0.1:1", "192.168.0.1:1", "169.254.1.1:1", "0.0.0.0:1"] {
            assert!(!is_public(text), "{text}");
        }
    }
}
