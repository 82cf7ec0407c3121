//! Messages about items: transactions, blocks and their ids.

use carbyne_protocol::transaction::SignedBlock;
use carbyne_wire::{Hash160, Pack, PackError, Reader, Wire};

/// A block and its id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockMessage {
    /// The block.
    pub block: SignedBlock,
    /// Its id, as the sender says.
    pub id: Hash160,
}

impl Pack for BlockMessage {
    fn pack(&self, out: &mut Vec<u8>) {
        self.block.pack(out);
        self.id.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        let block = Pack::unpack(input)?;
        Ok(Self { block, id: Pack::unpack(input)? })
    }
}

/// What an item is, and its hash: of the payload, or in a sync the id of the block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Wire)]
pub struct ItemId {
    /// The number of its message.
    pub kind: u32,
    /// Its hash.
    pub hash: Hash160,
}

/// New items of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Inventory {
    /// The number of their message.
    pub item_type: u32,
    /// Their hashes.
    pub item_hashes_available: Vec<Hash160>,
}

/// Ids of blocks that follow a synopsis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct IdsInventory {
    /// How many more there are.
    pub total_remaining_item_count: u32,
    /// The number of the blocks' message.
    pub item_type: u32,
    /// The ids: the first is the last block that both have, except from an empty chain.
    pub item_hashes_available: Vec<Hash160>,
}

/// Asks for ids of blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct FetchIds {
    /// The number of the blocks' message.
    pub item_type: u32,
    /// Some ids of the asker's chain, the oldest first.
    pub blockchain_synopsis: Vec<Hash160>,
}

/// Asks for items of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct FetchItems {
    /// The number of their message.
    pub item_type: u32,
    /// Their hashes, or ids of blocks.
    pub items_to_fetch: Vec<Hash160>,
}

/// An item that was asked for is not here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub struct ItemNotAvailable {
    /// The item.
    pub requested_item: ItemId,
}
