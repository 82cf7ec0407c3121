//! Bytes that clients have sent and that are being answered, or that they have not taken yet.

use super::{Excess, Guard};
use crate::budget::units;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So much every message and every answer may have uncounted, so that short ones pass however much
/// others send.
const FREE_BYTES: usize = 4_096;
/// Bytes are counted so many at a time.
const STEP_BYTES: usize = 65_536;

/// An account of bytes that are under way, until it is dropped.
#[derive(Debug)]
pub struct InFlight {
    guard: Arc<Guard>,
    address: IpAddr,
    bytes: usize,
    counted: usize,
}

impl InFlight {
    pub(super) fn new(guard: Arc<Guard>, address: IpAddr) -> Self {
        Self { guard, address, bytes: 0, counted: 0 }
    }

    /// Counts bytes that came, and has the address pay for taking them.
    pub fn receive(&mut self, bytes: usize) -> Result<(), Excess> {
        let counted = self.counted;
        self.grow(bytes)?;
        let units = units(Duration::ZERO, self.counted - counted);
        if units == 0 {
            return Ok(());
        }
        let wait = self.guard.charge(self.address, units, Instant::now());
        wait.map_or(Ok(()), |wait| Err(Excess::CostOfAddress(wait)))
    }

    /// Counts more bytes, if there may be more.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Excess> {
        self.bytes = self.bytes.saturating_add(bytes);
        let wanted = self.bytes.saturating_sub(FREE_BYTES).next_multiple_of(STEP_BYTES);
        let more = wanted.saturating_sub(self.counted);
        if more == 0 {
            return Ok(());
        }
        let limits = &self.guard.limits;
        let mut used = self.guard.used.lock();
        if used.bytes.saturating_add(more) > limits.bytes {
            return Err(Excess::Bytes);
        }
        let of_address = used.addresses.entry(self.address).or_default();
        if of_address.bytes.saturating_add(more) > limits.bytes_per_address {
            return Err(Excess::BytesOfAddress);
        }
        of_address.bytes += more;
        used.bytes += more;
        self.counted = wanted;
        Ok(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if self.counted == 0 {
            return;
        }
        let mut used = self.guard.used.lock();
        used.bytes -= self.counted;
        if let Some(of_address) = used.addresses.get_mut(&self.address) {
            of_address.bytes -= self.counted;
        }
        used.forget_unused(self.address);
    }
}

#[cfg(test)]
mod tests {
    use super::super::SocketLimits;
    use super::*;

    #[test]
    fn who_sends_more_than_it_earns_is_refused() {
        let guard = Arc::new(Guard::new(SocketLimits::default()));
        let address = "192.0.2.1".parse().expect("an address");
        let sent = (0..10_000).position(|_| guard.in_flight(address).receive(1_000_000).is_err());
        // A hundred bytes cost a unit, and five million units may be spent at once.
        assert!(sent.is_some_and(|count| (400..=700).contains(&count)), "{sent:?}");
    }

    #[test]
    fn bytes_under_way_are_bounded_for_an_address_and_in_all_and_come_back() {
        let bounds = (3 * STEP_BYTES, 2 * STEP_BYTES);
        let limits =
            SocketLimits { bytes: bounds.0, bytes_per_address: bounds.1, ..Default::default() };
        let guard = Arc::new(Guard::new(limits));
        let account = |text: &str| guard.in_flight(text.parse().expect("an address"));
        let mut one = account("192.0.2.1");
        assert_eq!(one.grow(2 * STEP_BYTES), Ok(()));
        assert_eq!(one.grow(FREE_BYTES), Ok(()));
        assert_eq!(one.grow(1), Err(Excess::BytesOfAddress));
        assert_eq!(account("192.0.2.1").grow(FREE_BYTES), Ok(()));
        let mut other = account("192.0.2.2");
        assert_eq!(other.grow(STEP_BYTES + FREE_BYTES), Ok(()));
        assert_eq!(other.grow(1), Err(Excess::Bytes));
        drop(one);
        assert_eq!(other.grow(1), Ok(()));
        drop(other);
        assert!(guard.used.lock().addresses.is_empty());
        assert_eq!(guard.used.lock().bytes, 0);
    }
}
