//! Why a block does not enter the chain, apart from its content.

use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::refusals;
use carbyne_wire::{Hash160, ObjectId, TimePointSec};

refusals! {
    /// Why a block, a transaction or a step back is refused by the chain.
    pub enum ChainRefusal {
        /// The block before is not known.
        Unlinkable { block: Hash160, previous: Hash160 } [UNLINKABLE_BLOCK]:
            "the block {block} follows {previous}, which is not known",
        /// The branch of the block parts from the chain below the blocks that can be undone.
        PartsTooDeep { block: Hash160, undoable: u32 }:
            "the branch of {block} parts below the {undoable} blocks that can be undone",
        /// The block comes before the first slot after the block before it.
        BeforeSlot { time: TimePointSec, first: TimePointSec }:
            "the block's time {time} is before its first slot at {first}",
        /// The witness was not due.
        WrongWitness { witness: WitnessId, scheduled: WitnessId }:
            "{witness} made the block, {scheduled} was due",
        /// The block is not signed by the key of its witness.
        WrongSignature { witness: WitnessId }:
            "the block is not signed by the key of {witness}",
        /// Something opened an undo session and left it open: a fault in the program.
        WrongDepth { sessions: usize, blocks: usize }:
            "the state can be undone {sessions} times, the chain {blocks} times",
        /// There is no block that could be undone.
        NothingToPop: "there is no block that could be undone",
        /// Blocks between there and the head block cannot be undone any more, or there is no such
        /// block yet.
        CannotRewind { to: u32, head: u32, undoable: u32 }:
            "the chain cannot go back to block {to}: it is at block {head}, and the newest \
             {undoable} blocks can be undone",
        /// The transaction is too large to be looked at; sizes in bytes.
        TransactionTooLarge { size: usize, limit: usize }:
            "the transaction has {size} bytes, less than {limit} are allowed",
        /// As much of its payer waits for a block as may.
        PayerWaits: "this account has too much waiting for a block, try again later",
        /// Whatever waits for a block pays more for its bytes.
        PoolFull: "too much waits for a block that pays more for its bytes, try again later",
        /// It waited for a block when there was no more room, and paid least for its bytes.
        PaysLess: "dropped for transactions that pay more for their bytes, since too much waited",
        /// The time asked for is in no slot after the head block.
        NoSlot { time: TimePointSec }: "{time} is in no slot after the head block",
        /// The key is not that of the witness.
        WrongKey { witness: WitnessId }: "this is not the signing key of {witness}",
        /// The object that is to be changed from outside the rules is not there.
        UnknownObject { id: ObjectId }: "there is no object {id}",
        /// What it is to become is no such object.
        UnreadableObject { reason: String }: "{reason}",
        /// The change is of no kind that is known.
        NoSuchAction { action: String }: "{action} is not \"write\", \"update\" or \"delete\"",
    }
}
