//! What the reference says about blocks that do not enter the chain.

use crate::{ChainRefusal, SigningRefusal};
use carbyne_protocol::reference_words;

reference_words! { ChainRefusal {
    Unlinkable => "block does not link to known chain",
    WrongDepth { sessions, blocks } => "{sessions} == {blocks}",
    PartsTooDeep => "block does not link to known chain",
    BeforeSlot => "new_block.timestamp >= fork_entry.next_block_time: ",
    WrongWitness =>
        "new_block.witness == scheduled_witness.first: Witness produced block at wrong time",
    WrongSignature => "new_block.validate_signee( scheduled_witness.second ): ",
    NothingToPop => "_head: no block to pop",
    CannotRewind { to } => "there is no block {to} to go back to",
    TransactionTooLarge =>
        "fc::raw::pack_size( trx ) < (1024 * 1024): Transaction exceeds maximum transaction size.",
    PayerWaits => "this account has too much waiting for a block, try again later",
    PoolFull => "too much waits for a block that pays more for its bytes, try again later",
    PaysLess => "dropped for transactions that pay more for their bytes, since too much waited",
    NoSlot => "slot_num > 0: ",
    WrongKey => "witness_id(*this).signing_key == block_signing_private_key.get_public_key(): ",
    UnknownObject { id } => "there is no object {id}",
    UnreadableObject { reason } => "{reason}",
    NoSuchAction { action } => "{action} is not \"write\", \"update\" or \"delete\"",
} }

reference_words! { SigningRefusal {
    AnotherSigned { witness, time } =>
        "another block of {witness} was signed for the slot at {time}",
    Forgotten { witness, time } =>
        "a block of {witness} for the slot at {time} may have been signed",
    Leased { holder } => "{holder} makes the blocks",
    NotMyKey => "the signer does not have this key",
    NoAnswer { reason } => "the signer gave no answer: {reason}",
    NotRecorded { reason } => "what is to be signed could not be brought to disk: {reason}",
} }
