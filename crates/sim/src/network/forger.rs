//! Blocks that no node may take: each is wrong in one way, and all else is as it should be.

use anyhow::{Result, anyhow};
use carbyne_chain::Chain;
use carbyne_crypto::PrivateKey;
use carbyne_protocol::recovered::RecoveredBlock;
use carbyne_protocol::transaction::{
    BlockHeader, ProcessedTransaction, SignedBlock, SignedTransaction,
};
use carbyne_store::simulated::Chance;
use carbyne_wire::{Digest, TimePointSec};

/// What is wrong.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    /// The signature is of somebody else.
    Signature,
    /// The header says other transactions.
    Root,
    /// A transaction that was not valid.
    Transaction,
    /// A slot of long ago.
    Past,
    /// A slot of a time to come.
    Future,
    /// A block before it that nobody knows.
    Previous,
    /// A witness who is not due.
    Witness,
}

const ALL: [Wrong; 7] = [
    Wrong::Signature,
    Wrong::Root,
    Wrong::Transaction,
    Wrong::Past,
    Wrong::Future,
    Wrong::Previous,
    Wrong::Witness,
];

/// A block that follows the head block and is not valid.
pub(super) fn forge(
    chain: &Chain,
    now: TimePointSec,
    keys: &[PrivateKey],
    chance: &mut Chance,
) -> Result<Option<SignedBlock>> {
    let to_error = |rejected| anyhow!("{rejected}");
    let Some(slot) = chain.slot_at(now).map_err(to_error)? else { return Ok(None) };
    let wrong = ALL[chance.below(ALL.len() as u64) as usize];
    let signing_key = chain.signing_key(slot.witness).map_err(to_error)?;
    let due = keys.iter().find(|key| key.public_key() == signing_key);
    let key = match (wrong, due, keys.first()) {
        (Wrong::Signature | Wrong::Witness, _, Some(key)) => key,
        (_, Some(due), _) => due,
        // Only the witness who is due can do the rest.
        _ => return Ok(None),
    };
    let mut header = BlockHeader {
        previous: chain.head_id(),
        timestamp: slot.time,
        witness: slot.witness,
        ..BlockHeader::default()
    };
    match wrong {
        Wrong::Past => header.timestamp = TimePointSec(slot.time.0 - 3_600),
        Wrong::Future => header.timestamp = TimePointSec(slot.time.0 + 3_600),
        Wrong::Previous => header.previous.0[7] ^= 1,
        Wrong::Witness => header.witness.0 += 1,
        Wrong::Signature | Wrong::Root | Wrong::Transaction => {}
    }
    Ok(Some(sign(header, wrong, key, due.is_some())))
}

fn sign(header: BlockHeader, wrong: Wrong, key: &PrivateKey, is_due: bool) -> SignedBlock {
    let mut block = RecoveredBlock::unsigned(header, []).block().clone();
    if matches!(wrong, Wrong::Transaction) {
        let transaction = SignedTransaction { ref_block_num: 7, ..SignedTransaction::default() };
        let operation_results = Vec::new();
        block
            .transactions
            .push(ProcessedTransaction { transaction: transaction.into(), operation_results });
        block.signed_header.header.transaction_merkle_root = block.merkle_root();
    }
    if matches!(wrong, Wrong::Root) {
        block.signed_header.header.transaction_merkle_root = Digest([9; 20]);
    }
    let digest = block.signed_header.header.digest();
    let stranger = PrivateKey::from_seed("a stranger");
    let key = if matches!(wrong, Wrong::Signature) && is_due { &stranger } else { key };
    block.signed_header.witness_signature = key.sign(&digest.0);
    block
}
