//! Keys of history on disk: a kind, and behind it numbers and texts in a form whose bytes sort as
//! they do.

use carbyne_wire::Text;
use smallvec::SmallVec;

/// What stands under a key; its first byte. Never renumbered: disks hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The block that history stands at, and the next numbers of rows.
    Head = 0,
    /// Operations, which stand in rows; only their numbers are kept here.
    Operation = 2,
    /// Entries of accounts, likewise.
    Entry = 5,
    /// What every so many entries of an account are about.
    AccountChunk = 7,
    /// Places of transactions.
    Transaction = 9,
    /// Fills by number.
    Fill = 10,
    /// Fills by market.
    FillByMarket = 11,
    /// Candles by number.
    Bucket = 12,
    /// Candles by market, width and time.
    BucketByKey = 13,
    /// The last 24 hours of markets by number.
    MarketTicker = 14,
    /// The same by market.
    MarketTickerByPair = 15,
    /// Where the 24 hours of markets begin.
    TickerMeta = 16,
    /// Operations of pools by number.
    PoolOperation = 17,
    /// The same by pool and count.
    PoolPlace = 18,
    /// The same by pool, operation type and count.
    PoolTypePlace = 19,
    /// Sums of pools.
    PoolTicker = 20,
    /// Where the 24 hours of pools begin.
    PoolTickerMeta = 21,
    /// Stored values by number.
    Storage = 22,
    /// Stored values by parts of their names.
    StorageByName = 23,
    /// The last 24 hours of markets by volume, the largest first.
    MarketTickerByVolume = 24,
    /// How far the record of operations goes, and how much of it the tree leads to.
    Record = 25,
    /// The newest entry of each account.
    AccountHead = 26,
}

/// How many kinds there are.
pub(crate) const KINDS: usize = Kind::AccountHead as usize + 1;

/// A key, part by part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(SmallVec<[u8; 32]>);

impl Key {
    /// The key of a kind without any further part: no other key of the kind comes before it.
    pub(crate) fn new(kind: Kind) -> Self {
        Self(SmallVec::from_slice(&[kind as u8]))
    }

    /// A number below 2^48, which instance numbers and counts are; any above counts as the largest.
    #[must_use]
    pub(crate) fn number(self, number: u64) -> Self {
        const LARGEST: u64 = (1 << 48) - 1;
        let bytes = number.min(LARGEST).to_be_bytes();
        self.bytes(&bytes[2..])
    }

    /// A byte.
    #[must_use]
    pub(crate) fn byte(self, byte: u8) -> Self {
        self.bytes(&[byte])
    }

    /// A small number.
    #[must_use]
    pub(crate) fn short(self, number: u32) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    /// A number of either sign.
    #[must_use]
    pub(crate) fn signed(self, number: i64) -> Self {
        // With the sign turned round, negative numbers come first.
        self.bytes(&(number ^ i64::MIN).to_be_bytes())
    }

    /// A text. Sorts by length first: one text never is the beginning of another.
    #[must_use]
    pub(crate) fn text(self, text: &Text) -> Self {
        let bytes = text.as_bytes();
        self.short(u32::try_from(bytes.len()).unwrap_or(u32::MAX)).bytes(bytes)
    }

    /// Bytes of a length that all keys of the kind share.
    #[must_use]
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The number in the last six bytes of a key.
pub(crate) fn last_number(key: &[u8]) -> u64 {
    let tail = &key[key.len().saturating_sub(6)..];
    tail.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys with these numbers sort as the numbers do.
    fn check<T: Copy>(numbers: &[T], key: impl Fn(T) -> Key) {
        assert!(numbers.is_sorted_by(|a, b| key(*a) < key(*b)));
    }

    #[test]
    fn keys_sort_as_their_parts() {
        let key = || Key::new(Kind::Fill);
        check(&[0, 1, 255, 256, 1 << 40, u64::MAX], |n| key().number(n));
        check(&[i64::MIN, -256, -255, -1, 0, 1, 256, i64::MAX], |n| key().signed(n));
        check(&[0, 255, 256, u32::MAX], |n| key().short(n).number(7));
        check(&["", "b", "aa", "ab"], |text| key().text(&text.into()).byte(0));
    }

    #[test]
    fn the_last_number_is_read_back() {
        for number in [0, 1, 256, (1 << 48) - 1] {
            let key = Key::new(Kind::AccountChunk).number(5).number(number);
            assert_eq!(last_number(key.as_bytes()), number);
        }
    }
}
