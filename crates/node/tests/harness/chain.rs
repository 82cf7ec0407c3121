//! A chain whose every block is known beforehand: fixed genesis, fixed keys, fixed transactions.

use anyhow::{Context, Result, anyhow};
use carbyne_chain::ChainEvent;
use carbyne_core::{Input, Now, Production};
use carbyne_crypto::PrivateKey;
use carbyne_ledger::Trust;
use carbyne_node::core::public_keys;
use carbyne_node::genesis::{Recipe, make};
use carbyne_node::home::Home;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::balance::BalanceClaim;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_protocol::recovered::{Recover, RecoveredTransaction};
use carbyne_protocol::transaction::{SignedTransaction, ref_block_prefix};
use carbyne_wire::{Dialect, Digest, Hash160, TimePointSec};
use std::sync::Arc;

/// Few, so that blocks become irreversible soon.
const WITNESSES: usize = 3;
/// The funded account.
pub const ACCOUNT: &str = "dev";
/// What a transfer costs with the fees of a genesis that is made, and more.
const FEE: i64 = 10_000_000;
/// No time at all: blocks come in the next slot, whenever that is.
const NOW: Now = Now(0);

/// The keys of the witnesses.
pub fn witness_keys() -> Vec<PrivateKey> {
    (0..WITNESSES).map(|n| PrivateKey::from_seed(&format!("known witness {n}"))).collect()
}

/// The key of the funded account.
pub fn account_key() -> PrivateKey {
    PrivateKey::from_seed("known account")
}

/// The genesis, with a maintenance every few blocks.
pub fn genesis() -> Vec<u8> {
    genesis_with(60)
}

/// The genesis, with so many seconds between two maintenances.
pub fn genesis_with(maintenance_interval: u32) -> Vec<u8> {
    genesis_of(TimePointSec(1_700_000_000), 5, maintenance_interval)
}

/// The genesis of that time, with so many seconds between two blocks and two maintenances.
pub fn genesis_of(time: TimePointSec, block_interval: u8, maintenance_interval: u32) -> Vec<u8> {
    let text = make(&Recipe {
        dialect: Dialect::REFERENCE,
        time,
        witnesses: &public_keys(&witness_keys()),
        account: ACCOUNT,
        account_key: account_key().public_key(),
        others: &[],
        block_interval,
        maintenance_interval,
        features: None,
    });
    text.into_bytes()
}

/// Makes the next block with one transaction and brings it to disk.
pub fn produce(home: &mut Home) -> Result<(u32, Hash160)> {
    let number = home.chain().head_number();
    produce_with(home, i64::from(number))
}

/// Makes the next block with a transfer of so much, unless it is the first, and brings it to disk.
pub fn produce_with(home: &mut Home, amount: i64) -> Result<(u32, Hash160)> {
    let number = home.chain().head_number();
    let operation = if number == 0 { claim(home)? } else { transfer(home, amount)? };
    let transaction = signed(
        operation,
        (number, home.chain().head_id()),
        home.chain().ledger().head_time().map_err(|rejected| anyhow!("{rejected}"))?,
        &account_key(),
        home.chain().chain_id(),
    );
    home.step(NOW, Input::Transaction(Arc::new(transaction), Trust::Nobody))?;
    produce_waiting(home)?;
    Ok((home.chain().head_number(), home.chain().head_id()))
}

/// Makes the next block of what waits and brings it to disk.
pub fn produce_waiting(home: &mut Home) -> Result<Vec<ChainEvent>> {
    home.core.set_producers(witness_keys(), Production::None);
    home.step(NOW, Input::Produce { seconds: 0 })
}

/// A transaction of one operation on top of a head block.
pub fn signed(
    operation: Operation,
    head: (u32, Hash160),
    head_time: TimePointSec,
    key: &PrivateKey,
    chain_id: &Digest<32>,
) -> RecoveredTransaction {
    let mut transaction = SignedTransaction {
        ref_block_num: head.0 as u16,
        ref_block_prefix: ref_block_prefix(&head.1),
        expiration: head_time.wrapping_add(600),
        operations: [operation].into(),
        ..SignedTransaction::default()
    };
    transaction.sign(key, chain_id);
    RecoveredTransaction::new(transaction, chain_id, Recover::Signatures)
}

fn claim(home: &Home) -> Result<Operation> {
    let balance = home.chain().ledger().tables.claims.iter().next().context("a balance")?;
    Ok(BalanceClaim {
        fee: Asset::core(0),
        deposit_to_account: account(home, ACCOUNT)?,
        balance_to_claim: balance.id,
        balance_owner_key: account_key().public_key(),
        total_claimed: balance.balance,
    }
    .into())
}

/// A transfer of the funded account.
pub fn transfer(home: &Home, amount: i64) -> Result<Operation> {
    Ok(a_transfer(account(home, ACCOUNT)?, account(home, "init0")?, amount))
}

/// A transfer with a fee that suffices.
pub fn a_transfer(from: AccountId, to: AccountId, amount: i64) -> Operation {
    let (fee, amount) = (Asset::core(FEE), Asset::core(amount));
    Transfer { fee, from, to, amount, ..Transfer::default() }.into()
}

fn account(home: &Home, name: &str) -> Result<AccountId> {
    home.chain().ledger().tables.accounts.index().find(&name.into()).context("an account")
}
