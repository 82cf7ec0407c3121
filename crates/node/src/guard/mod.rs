//! How much of the node one address and one connection may use.
//!
//! Invariant: what is taken is given back when its [`Permit`], [`InFlight`] or [`Turn`] is dropped,
//! and an address that uses nothing and has paid for everything is forgotten. This room must never
//! know what a request asks for, nor read a clock.

mod excess;
mod in_flight;
mod limits;
mod turns;

pub use excess::Excess;
pub use in_flight::InFlight;
pub use limits::SocketLimits;
pub use turns::{Lane, Turn, threads};

use crate::budget::Spent;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use turns::Turns;

/// Addresses that are remembered before those are looked for that can be forgotten.
const ADDRESSES_MIN: usize = 1_024;

/// Something that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Socket,
    Connection,
    Request,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Used {
    sockets: usize,
    connections: usize,
    requests: usize,
    /// Bytes of messages and answers that are under way.
    bytes: usize,
    spent: Spent,
}

#[derive(Debug, Default)]
struct Total {
    sockets: usize,
    bytes: usize,
    addresses: BTreeMap<IpAddr, Used>,
    /// Addresses that were left when those were last forgotten that can be.
    remembered: usize,
}

impl Used {
    fn can_be_forgotten(&self, now: Instant) -> bool {
        self.spent.is_paid(now) && Self { spent: Spent::default(), ..*self } == Self::default()
    }

    fn count(&mut self, what: What) -> &mut usize {
        match what {
            What::Socket => &mut self.sockets,
            What::Connection => &mut self.connections,
            What::Request => &mut self.requests,
        }
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

    /// Forgets an address that uses nothing and never spent anything.
    fn forget_unused(&mut self, address: IpAddr) {
        if self.addresses.get(&address) == Some(&Used::default()) {
            self.addresses.remove(&address);
        }
    }

    fn used(&self, address: IpAddr, what: What) -> usize {
        let mut used = self.addresses.get(&address).copied().unwrap_or_default();
        *used.count(what)
    }

    fn take(&mut self, address: IpAddr, what: What) {
        *self.addresses.entry(address).or_default().count(what) += 1;
        self.sockets += usize::from(what == What::Socket);
    }
}

/// Keeps count of what addresses use.
#[derive(Debug)]
pub struct Guard {
    /// What the operator set.
    pub limits: SocketLimits,
    used: Mutex<Total>,
    turns: Turns,
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
        Self { limits, used: Mutex::default(), turns: Turns::new() }
    }

    /// A socket for an address, if it may have one; behind a proxy all are the proxy's.
    pub fn accept(self: &Arc<Self>, address: IpAddr) -> Result<Permit, Excess> {
        let limits = &self.limits;
        let most = if limits.is_behind_proxy { usize::MAX } else { limits.sockets_per_address };
        let address = network(address);
        let mut used = self.used.lock();
        if used.sockets >= limits.connections {
            return Err(Excess::Connections(limits.connections));
        }
        if used.used(address, What::Socket) >= most {
            return Err(Excess::ConnectionsOfAddress(most));
        }
        used.take(address, What::Socket);
        Ok(Permit { guard: self.clone(), address, what: What::Socket })
    }

    /// A WebSocket for an address, if it may have one.
    pub fn connect(self: &Arc<Self>, address: IpAddr, now: Instant) -> Result<Permit, Excess> {
        let address = network(address);
        let most = self.limits.connections_per_address;
        let mut used = self.used.lock();
        if used.used(address, What::Connection) >= most {
            return Err(Excess::ConnectionsOfAddress(most));
        }
        let spent = used.addresses.get(&address).map(|used| used.spent).unwrap_or_default();
        if let Some(wait) = self.limits.cost_per_address.wait(spent, now) {
            return Err(Excess::CostOfAddress(wait));
        }
        used.take(address, What::Connection);
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
        used.take(address, What::Request);
        Ok(Permit { guard: self.clone(), address, what: What::Request })
    }

    /// An account of bytes that are under way for an address.
    pub fn in_flight(self: &Arc<Self>, address: IpAddr) -> InFlight {
        InFlight::new(self.clone(), network(address))
    }

    /// The turn of an address to have work done; who has spent least comes first.
    pub async fn turn(self: &Arc<Self>, address: IpAddr, lane: Lane) -> Turn {
        turns::turn(self.clone(), network(address), lane).await
    }

    /// Has an address pay for what it asked; how long it must wait now, if it must.
    pub fn charge(&self, address: IpAddr, units: u64, now: Instant) -> Option<Duration> {
        let mut used = self.used.lock();
        let of_address = used.addresses.entry(network(address)).or_default();
        self.limits.cost_per_address.charge(&mut of_address.spent, units, now);
        self.limits.cost_per_address.wait(of_address.spent, now)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut used = self.guard.used.lock();
        let Some(of_address) = used.addresses.get_mut(&self.address) else { return };
        *of_address.count(self.what) -= 1;
        used.sockets -= usize::from(self.what == What::Socket);
        used.forget_unused(self.address);
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
            sockets_per_address: 2,
            connections_per_address: 1,
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
        let first = guard.accept(one).unwrap();
        let _second = guard.accept(one).unwrap();
        assert_eq!(guard.accept(one).unwrap_err(), Excess::ConnectionsOfAddress(2));
        let _other = guard.accept(address("192.0.2.2")).unwrap();
        assert_eq!(guard.accept(address("192.0.2.3")).unwrap_err(), Excess::Connections(3));
        drop(first);
        let first = guard.connect(one, now).unwrap();
        assert_eq!(guard.connect(one, now).unwrap_err(), Excess::ConnectionsOfAddress(1));
        drop(first);
        let request = guard.request(one, now).unwrap();
        assert_eq!(guard.request(one, now).unwrap_err(), Excess::RequestsOfAddress(1));
        drop(request);
        assert!(guard.request(one, now).is_ok() && guard.connect(one, now).is_ok());
    }

    #[test]
    fn behind_a_proxy_its_sockets_are_those_of_everybody() {
        let limits = SocketLimits { is_behind_proxy: true, ..guard().limits.clone() };
        let (guard, proxy) = (Arc::new(Guard::new(limits)), address("192.0.2.1"));
        let taken: Vec<_> = (0..3).map(|_| guard.accept(proxy).unwrap()).collect();
        assert_eq!(guard.accept(proxy).unwrap_err(), Excess::Connections(3));
        drop(taken);
        assert!(guard.used.lock().addresses.is_empty());
    }

    #[test]
    fn an_address_that_uses_nothing_is_forgotten() {
        let guard = guard();
        drop(guard.connect(address("192.0.2.1"), Instant::now()).unwrap());
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
