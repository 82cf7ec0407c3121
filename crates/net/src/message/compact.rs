//! Messages between Carbyne nodes about blocks whose transactions the other already has.

use carbyne_wire::{Bytes, Digest, Hash160, Wire};

/// What a transaction is called in a block in short form: how the hash of its message begins.
pub type ShortName = Digest<8>;

/// Asks for a block in short form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct FetchCompact {
    /// The hash of its message.
    pub block: Hash160,
}

/// A block in short form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct CompactBlock {
    /// The hash of its message.
    pub block: Hash160,
    /// Its header with the signature, packed.
    pub header: Bytes,
    /// Its transactions, in order.
    pub transactions: Vec<CompactTransaction>,
    /// Its id.
    pub id: Hash160,
}

/// A transaction of a block in short form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct CompactTransaction {
    /// What it is called.
    pub name: ShortName,
    /// What its operations gave back, packed.
    pub results: Bytes,
    /// The transaction, packed, if the receiver is not known to have it; else nothing.
    pub given: Bytes,
}

/// Asks for transactions of a block that came in short form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct FetchMissing {
    /// The hash of the block's message.
    pub block: Hash160,
    /// Their places in the block, rising.
    pub places: Vec<u32>,
}

/// Transactions of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Missing {
    /// The hash of the block's message.
    pub block: Hash160,
    /// The transactions, packed, in the order in which they were asked for.
    pub transactions: Vec<Bytes>,
}
