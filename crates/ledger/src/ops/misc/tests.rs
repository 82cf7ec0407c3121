//! Data and conditions in a small chain.

use crate::ops::sandbox::{check, ledger, push_with};
use crate::{Questions, Trust};
use carbyne_objects::BlockSummary;
use carbyne_protocol::ids::{AccountId, BlockSummaryId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::misc::assert::{
    AccountNameEqLit, Assert, AssetSymbolEqLit, BlockIdPredicate, Predicate,
};
use carbyne_protocol::ops::misc::custom::Custom;
use carbyne_wire::{Digest, Hash160, Id};

const ANN: AccountId = Id(6);

fn claim(predicate: Predicate) -> Operation {
    let predicates = vec![predicate];
    Assert { fee_paying_account: ANN, predicates, ..Default::default() }.into()
}

fn name(account: u64, name: &str) -> Operation {
    let (account_id, name) = (Id(account), name.into());
    claim(Predicate::AccountNameEqLit(AccountNameEqLit { account_id, name }))
}

fn symbol(asset: u64, symbol: &str) -> Operation {
    let (asset_id, symbol) = (Id(asset), symbol.into());
    claim(Predicate::AssetSymbolEqLit(AssetSymbolEqLit { asset_id, symbol }))
}

fn block(id: Hash160) -> Operation {
    claim(Predicate::BlockId(BlockIdPredicate { id }))
}

#[test]
fn conditions_hold_or_refuse() {
    let mut ledger = ledger(1);
    let not_allowed = "AssertRefusal::PredicateNotAllowed";
    check(
        &mut ledger,
        &[
            (name(6, "account-6"), "ok"),
            (name(6, "Account 6"), "AssertRefusal::AccountName"),
            (name(99, ""), "LedgerRefusal::UnknownObject"),
            (symbol(0, "ASSET0"), not_allowed),
        ],
    );
    ledger.modify_global(|global| global.parameters.max_predicate_opcode = 3).unwrap();
    let known = Digest([0; 20]);
    let _: BlockSummaryId = ledger.create(BlockSummary { block_id: known, ..Default::default() });
    let mut other = known;
    other.0[19] = 1;
    let mut later = known;
    later.0[3] = 1;
    check(
        &mut ledger,
        &[
            (symbol(0, "ASSET0"), "ok"),
            (symbol(0, "ASSET1"), "AssertRefusal::AssetSymbol"),
            (block(known), "ok"),
            (block(other), "AssertRefusal::UnknownBlock"),
            (block(later), "LedgerRefusal::UnknownObject"),
        ],
    );
    let trusted = push_with(&mut ledger, vec![name(6, "Account 6")], Trust::Except(Questions::ALL));
    assert!(trusted.is_ok());
}

#[test]
fn data_costs_something() {
    let fee = Asset::core(1);
    let free = Custom { payer: ANN, ..Default::default() };
    let paid = Custom { fee, ..free.clone() };
    let refused = "CustomRefusal::FeeNotPositive";
    check(&mut ledger(1), &[(free.into(), refused), (paid.into(), "ok")]);
}
