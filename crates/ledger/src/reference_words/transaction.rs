//! What the reference says about transactions and blocks.

use crate::authorize::AuthorityRefusal;
use crate::block::{BlockRefusal, TransactionRefusal};

reference_words! { TransactionRefusal {
    Duplicate { id } => "Transaction '{id}' is already in the database",
    ReferenceBlock => "trx.ref_block_prefix == tapos_block_summary.block_id._hash[1].value(): ",
    ExpiresTooLate => "trx.expiration <= now + chain_parameters.maximum_time_until_expiration: ",
    Expired => "now <= trx.expiration: ",
    TooLarge =>
        "head_block_time() <= HARDFORK_CORE_1573_TIME || trx.get_packed_size() <= \
         chain_parameters.maximum_transaction_size: Transaction exceeds maximum transaction size.",
} }

reference_words! { BlockRefusal {
    TooLarge =>
        "fc::raw::pack_size(next_block) <= \
         get_global_properties().parameters.maximum_block_size: ",
    MerkleRoot =>
        "(skip & skip_merkle_check) || next_block.transaction_merkle_root == \
         next_block.calculate_merkle_root(): ",
    Previous => "head_block_id() == next_block.previous: ",
    NotLater => "head_block_time() < next_block.timestamp: ",
    Signature => "next_block.validate_signee( witness.signing_key ): ",
    NoSlot => "slot_num > 0: ",
    WrongWitness => "next_block.witness == scheduled_witness: Witness produced block at wrong time",
    TooMuchUndo =>
        "The database does not have enough undo history to support a blockchain with so many \
         missed blocks. Please add a checkpoint if you would like to continue applying blocks \
         beyond this point.",
} }

reference_words! { AuthorityRefusal {
    CommitteeSigned => "Committee account may only propose transactions",
    MissingOther => "Missing Authority",
    MissingOwner { account } => "Missing Owner Authority {account}",
    MissingActive { account } => "Missing Active Authority {account}",
    IrrelevantSignature => "Unnecessary signature(s) detected",
} }
