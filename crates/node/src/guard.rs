//! How much of the node one address and one connection may use.
//!
//! Invariant: what is taken is given back when its [`Permit`] is dropped, and an address that uses
//! nothing and has paid for everything is forgotten. This file must never know what a request asks
//! for, nor read a clock.

use crate::budget::{Budget, Spent};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Addresses that are remembered before those are looked for that can be forgotten.
const ADDRESSES_MIN: usize = 1_024;

/// What the operator set for the sockets.
#[derive(Clone, Debug)]
pub struct SocketLimits {
    /// WebSocket connections in all.
    pub connections: usize,
    /// WebSocket connections of one address.
    pub connections_per_address: usize,
    /// Requests of one address that may be in work at once.
    pub requests_per_address: usize,
    /// What the requests of one address may cost.
    pub cost_per_address: Budget,
    /// Bytes of one frame or body; those of the largest transaction or block must fit.
    pub frame_bytes: usize,
    /// Subscriptions of one connection.
    pub subscriptions: usize,
    /// Whether a proxy is in front, which says in `X-Forwarded-For` who asks.
    pub is_behind_proxy: bool,
    /// Whether messages are compressed for clients that can read that.
    pub is_compressing: bool,
    /// Seconds after which the head is too old for the node to be healthy.
    pub head_age_max: u32,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            connections: 20_000,
            connections_per_address: 100,
            requests_per_address: 100,
            cost_per_address: Budget { per_second: 250_000, burst: 5_000_000 },
            frame_bytes: 16 << 20,
            subscriptions: 1_000,
            is_behind_proxy: false,
            is_compressing: true,
            head_age_max: 30,
        }
    }
}

impl SocketLimits {
    /// For a node on the developer's own machine, whose clock may be moved.
    pub fn of_a_developer() -> Self {
        Self {
            connections: 12_000,
            connections_per_address: usize::MAX,
            requests_per_address: usize::MAX,
            cost_per_address: Budget { per_second: 0, burst: 0 },
            head_age_max: u32::MAX,
            ..Self::default()
        }
    }
}

/// Something that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Connection,
    Request,
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// There are that many connections already.
    Connections(usize),
    /// The address has that many connections already.
    ConnectionsOfAddress(usize),
    /// The address has that many requests in work already.
    RequestsOfAddress(usize),
    /// The address has spent what it may and earns enough for the next request in this time.
    CostOfAddress(Duration),
    /// The connection has more than that many subscriptions.
    Subscriptions(usize),
}

impl fmt::Display for Excess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connections(most) => {
                write!(out, "the node has {most} connections already, try again later")
            }
            Self::ConnectionsOfAddress(most) => {
                write!(out, "your address has {most} connections already")
            }
            Self::RequestsOfAddress(most) => {
                write!(out, "your address has {most} requests in work already, wait for answers")
            }
            Self::CostOfAddress(wait) => {
                let milliseconds = wait.as_nanos().div_ceil(1_000_000);
                write!(
                    out,
                    "your address has asked for too much work, try again in {milliseconds} ms"
                )
            }
            Self::Subscriptions(most) => {
                write!(out, "a connection may have {most} subscriptions")
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Used {
    connections: usize,
    requests: usize,
    spent: Spent,
}

#[derive(Debug, Default)]
struct Total {
    connections: usize,
    addresses: BTreeMap<IpAddr, Used>,
    /// Addresses that were left when those were last forgotten that can be.
    remembered: usize,
}

impl Used {
    fn can_be_forgotten(&self, now: Instant) -> bool {
        self.connections == 0 && self.requests == 0 && self.spent.is_paid(now)
    }
}

impl Total {
    /// Forgets what can be forgotten, whenever there are twice as many addresses as after the last
    /// time.
    fn forget(&mut self, now: Instant) {
        if self.addresses.len() >= ADDRESSES_MIN.max(2 * self.remembered) {
            self.addresses.retain(|_, used| !used.can_be_forgotten(now));
            self.remembered = self.addresses.len();
        }
    }
}

/// Keeps count of what addresses use.
#[derive(Debug)]
pub struct Guard {
    /// What the operator set.
    pub limits: SocketLimits,
    used: Mutex<Total>,
}

/// The right to what was taken, until it is dropped.
#[derive(Debug)]
pub struct Permit {
    guard: Arc<Guard>,
    address: IpAddr,
    what: What,
}

impl Guard {
    /// Nothing is used yet.
    pub fn new(limits: SocketLimits) -> Self {
        Self { limits, used: Mutex::default() }
    }

    /// A connection for an address, if it may have one.
    pub fn connect(self: &Arc<Self>, address: IpAddr) -> Result<Permit, Excess> {
        let address = network(address);
        let limits = &self.limits;
        let mut used = self.used.lock();
        if used.connections >= limits.connections {
            return Err(Excess::Connections(limits.connections));
        }
        let most = limits.connections_per_address;
        if used.addresses.get(&address).is_some_and(|used| used.connections >= most) {
            return Err(Excess::ConnectionsOfAddress(most));
        }
        used.connections += 1;
        used.addresses.entry(address).or_default().connections += 1;
        Ok(Permit { guard: self.clone(), address, what: What::Connection })
    }

    /// A request for an address, if it may have one.
    pub fn request(self: &Arc<Self>, address: IpAddr, now: Instant) -> Result<Permit, Excess> {
        let address = network(address);
        let most = self.limits.requests_per_address;
        let mut used = self.used.lock();
        used.forget(now);
        if let Some(used) = used.addresses.get(&address) {
            if used.requests >= most {
                return Err(Excess::RequestsOfAddress(most));
            }
            if let Some(wait) = self.limits.cost_per_address.wait(used.spent, now) {
                return Err(Excess::CostOfAddress(wait));
            }
        }
        used.addresses.entry(address).or_default().requests += 1;
        Ok(Permit { guard: self.clone(), address, what: What::Request })
    }

    /// Has an address pay for what it asked.
    pub fn charge(&self, address: IpAddr, units: u64, now: Instant) {
        let mut used = self.used.lock();
        let of_address = used.addresses.entry(network(address)).or_default();
        self.limits.cost_per_address.charge(&mut of_address.spent, units, now);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut used = self.guard.used.lock();
        let Some(of_address) = used.addresses.get_mut(&self.address) else { return };
        match self.what {
            What::Connection => of_address.connections -= 1,
            What::Request => of_address.requests -= 1,
        }
        if *of_address == Used::default() {
            used.addresses.remove(&self.address);
        }
        if self.what == What::Connection {
            used.connections -= 1;
        }
    }
}

/// What counts as one address: in IPv6 everybody gets a network of 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Arc<Guard> {
        Arc::new(Guard::new(SocketLimits {
            connections: 3,
            connections_per_address: 2,
            requests_per_address: 1,
            ..SocketLimits::default()
        }))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_taken_is_limited_and_given_back() {
        let (guard, now) = (guard(), Instant::now());
        let one = address("192.0.2.1");
        let first = guard.connect(one).unwrap();
        let _second = guard.connect(one).unwrap();
        assert_eq!(guard.connect(one).unwrap_err(), Excess::ConnectionsOfAddress(2));
        let _other = guard.connect(address("192.0.2.2")).unwrap();
        assert_eq!(guard.connect(address("192.0.2.3")).unwrap_err(), Excess::Connections(3));
        drop(first);
        let request = guard.request(one, now).unwrap();
        assert_eq!(guard.request(one, now).unwrap_err(), Excess::RequestsOfAddress(1));
        drop(request);
        assert!(guard.request(one, now).is_ok() && guard.connect(one).is_ok());
    }

    #[test]
    fn an_address_that_uses_nothing_is_forgotten() {
        let guard = guard();
        drop(guard.connect(address("192.0.2.1")).unwrap());
        assert!(guard.used.lock().addresses.is_empty());
    }

    #[test]
    fn an_address_that_spent_too_much_waits_and_others_do_not() {
        let (guard, now) = (guard(), Instant::now());
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        guard.charge(one, 5_000_000 + 250_000, now);
        let wait = Excess::CostOfAddress(Duration::from_secs(1));
        assert_eq!(guard.request(one, now).unwrap_err(), wait);
        let text = "your address has asked for too much work, try again in 1000 ms";
        assert_eq!(wait.to_string(), text);
        assert!(guard.request(other, now).is_ok());
        assert!(guard.request(one, now + Duration::from_secs(1)).is_ok());
    }

    #[test]
    fn an_address_is_forgotten_when_it_has_paid() {
        let (guard, now) = (guard(), Instant::now());
        for n in 0..ADDRESSES_MIN as u32 {
            guard.charge(IpAddr::from(n.to_be_bytes()), 250_000, now);
        }
        let one = address("192.0.2.1");
        drop(guard.request(one, now).unwrap());
        assert_eq!(guard.used.lock().addresses.len(), ADDRESSES_MIN);
        for n in 0..ADDRESSES_MIN as u32 {
            guard.charge(IpAddr::from((n + 5_000).to_be_bytes()), 1, now);
        }
        drop(guard.request(one, now + Duration::from_secs(1)).unwrap());
        assert!(guard.used.lock().addresses.is_empty());
    }

    #[test]
    fn neighbours_in_a_network_of_ipv6_are_one() {
        assert_eq!(network(address("2001:db8::1")), network(address("2001:db8::2:1")));
        assert_ne!(network(address("2001:db8::1")), network(address("2001:db8:0:1::1")));
        assert_eq!(network(address("::ffff:192.0.2.1")), address("192.0.2.1"));
    }
}
