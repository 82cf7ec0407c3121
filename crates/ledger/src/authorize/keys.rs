//! The keys that authorities may ask for, and which of them were of use.
//!
//! Invariant: a question costs the logarithm of the number of keys, however many there are. Never
//! knows what an authority is.

use carbyne_crypto::{Address, PublicKey};
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// So few are found faster by looking at each.
const FEW: usize = 8;

/// Keys that signed and keys that could, each with a mark if an authority had use for it. The
/// place of a key is its number in the first list, and behind its end in the second.
pub(super) struct Keys<'a> {
    signed: &'a [PublicKey],
    available: &'a [PublicKey],
    used: SmallVec<[bool; FEW]>,
    /// Places of many keys, in the order of their bytes: an address would be two hashes for each
    /// comparison.
    by_bytes: Vec<usize>,
    /// Places by every address of the keys, made at the first question about an address.
    by_address: Option<BTreeMap<Address, usize>>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(signed: &'a [PublicKey], available: &'a [PublicKey]) -> Self {
        let count = signed.len().saturating_add(available.len());
        let mut keys = Self {
            signed,
            available,
            used: SmallVec::from_elem(false, count),
            by_bytes: Vec::new(),
            by_address: None,
        };
        if count > FEW {
            let mut places: Vec<usize> = (0..count).collect();
            // Stable, so that of equal keys the one that signed comes first.
            places.sort_by_key(|place| keys.bytes(*place));
            keys.by_bytes = places;
        }
        keys
    }

    /// Whether a key signed, or could; marks it as used.
    pub(super) fn agree(&mut self, key: &PublicKey) -> bool {
        let place = self.place(key);
        self.mark(place)
    }

    /// Whether a key with that address signed, or could; marks it as used. Where none did, the
    /// reference reads behind the end of its list; here nobody agreed.
    pub(super) fn agree_by_address(&mut self, address: &Address) -> bool {
        let place = self.by_address().get(address).copied();
        self.mark(place)
    }

    /// The first key that signed and was of no use.
    pub(super) fn first_unused(&self) -> Option<PublicKey> {
        self.signed.iter().zip(&self.used).find(|(_, is_used)| !**is_used).map(|(key, _)| *key)
    }

    /// The keys that did not sign, could, and were of use.
    pub(super) fn used_available(&self) -> impl Iterator<Item = PublicKey> {
        let used = self.used.iter().skip(self.signed.len());
        self.available.iter().zip(used).filter(|(_, is_used)| **is_used).map(|(key, _)| *key)
    }

    fn all(&self) -> impl Iterator<Item = &'a PublicKey> {
        self.signed.iter().chain(self.available)
    }

    fn bytes(&self, place: usize) -> Option<&'a [u8; 33]> {
        let behind = place.saturating_sub(self.signed.len());
        let key = self.signed.get(place).or_else(|| self.available.get(behind));
        key.map(|key| &key.0)
    }

    fn place(&self, key: &PublicKey) -> Option<usize> {
        if self.by_bytes.is_empty() {
            return self.all().position(|known| known == key);
        }
        let wanted = Some(&key.0);
        let at = self.by_bytes.partition_point(|place| self.bytes(*place) < wanted);
        self.by_bytes.get(at).copied().filter(|place| self.bytes(*place) == wanted)
    }

    fn by_address(&mut self) -> &BTreeMap<Address, usize> {
        let (signed, available) = (self.signed, self.available);
        self.by_address.get_or_insert_with(|| {
            let keys = signed.iter().chain(available).enumerate();
            let pairs = keys.flat_map(|(at, key)| key.addresses().map(move |one| (one, at)));
            let mut pairs: Vec<(Address, usize)> = pairs.collect();
            // Those that signed go in last and stay.
            pairs.reverse();
            pairs.into_iter().collect()
        })
    }

    fn mark(&mut self, place: Option<usize>) -> bool {
        let used = place.and_then(|place| self.used.get_mut(place));
        used.map(|used| *used = true).is_some()
    }
}
