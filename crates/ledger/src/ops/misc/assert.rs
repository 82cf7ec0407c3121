//! Assert: a transaction that holds it is refused unless its conditions are true.
//!
//! Signed by: the active authority of `fee_paying_account`. `required_auths` names accounts but
//! asks for no signature of theirs. The fee is per condition.

use crate::evaluate::{Context, Evaluate};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, AssetId, BlockSummaryId};
use crate::money::Asset;
use crate::ops::{OperationResult, Stateless};
use crate::transaction::num_from_id;
use crate::trust::Questions;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Hash160, Text, Wire};

refusals! {
    /// Why a condition does not hold.
    pub enum AssertRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A kind of condition that the committee has not allowed.
        PredicateNotAllowed { tag: u64, limit: u16 }:
            "conditions of kind {tag} are not allowed, only those below {limit}",
        /// An account has another name.
        AccountName { account: AccountId, name: Text }: "the name of {account} is not '{name}'",
        /// An asset has another symbol.
        AssetSymbol { asset: AssetId, symbol: Text }: "the symbol of {asset} is not '{symbol}'",
        /// A block is not one of the last 65,536 of this chain.
        UnknownBlock { id: Hash160 }: "{id} is none of the last 65,536 blocks",
    }
}

/// A condition on the state.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum Predicate {
    /// An account has a name.
    AccountNameEqLit(AccountNameEqLit),
    /// An asset has a symbol.
    AssetSymbolEqLit(AssetSymbolEqLit),
    /// A block is part of the chain.
    BlockId(BlockIdPredicate),
}

impl Default for Predicate {
    fn default() -> Self {
        Self::AccountNameEqLit(AccountNameEqLit::default())
    }
}

/// An account has a name.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountNameEqLit {
    /// The account.
    pub account_id: AccountId,
    /// The name.
    pub name: Text,
}

/// An asset has a symbol.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetSymbolEqLit {
    /// The asset.
    pub asset_id: AssetId,
    /// The symbol.
    pub symbol: Text,
}

/// A block is one of the last 65,536 of the chain.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BlockIdPredicate {
    /// Id of the block.
    pub id: Hash160,
}

/// Asserts conditions.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Assert {
    /// Fee, paid by `fee_paying_account`.
    pub fee: Asset,
    /// Who pays.
    pub fee_paying_account: AccountId,
    /// The conditions.
    pub predicates: Vec<Predicate>,
    /// Not looked at.
    pub required_auths: FlatSet<AccountId>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of conditions, in smallest units of the core asset.
    pub struct AssertFee {
        /// Per condition.
        fee: u64 = 100_000,
    }
}

impl Predicate {
    fn check(&self, ledger: &Ledger) -> Result<(), Rejected> {
        match self {
            Self::AccountNameEqLit(predicate) => {
                let account = ledger.get(predicate.account_id)?;
                ensure!(
                    account.name == predicate.name,
                    AssertRefusal::AccountName { account: account.id, name: account.name.clone() }
                );
            }
            Self::AssetSymbolEqLit(predicate) => {
                let asset = ledger.get(predicate.asset_id)?;
                ensure!(
                    asset.symbol == predicate.symbol,
                    AssertRefusal::AssetSymbol { asset: asset.id, symbol: asset.symbol.clone() }
                );
            }
            Self::BlockId(predicate) => {
                let id = predicate.id;
                let summary: BlockSummaryId =
                    carbyne_wire::Id(u64::from(num_from_id(&id) & 0xffff));
                ensure!(ledger.get(summary)?.block_id == id, AssertRefusal::UnknownBlock { id });
            }
        }
        Ok(())
    }
}

impl Stateless for Assert {
    const NAME: &'static str = "assert";
    type Fee = AssertFee;

    paid_by!(fee_paying_account);

    fn calculate_fee(&self, fee: &AssertFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        // The reference multiplies without looking for an overflow.
        Ok(fee.fee.wrapping_mul(self.predicates.len() as u64) as i64)
    }

    fn validate(&self) -> Result<(), Rejected> {
        // Names and symbols that nothing could have are not refused here: the reference drops what
        // it finds out.
        ensure!(self.fee.amount >= 0, AssertRefusal::NegativeFee { fee: self.fee.amount });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.fee_paying_account);
    }
}

impl Evaluate for Assert {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        if !ledger.run.trust.asks(Questions::ASSERTIONS) {
            return Ok(());
        }
        let limit = ledger.parameters()?.max_predicate_opcode;
        self.predicates.iter().try_for_each(|predicate| {
            let tag = predicate.tag();
            let is_allowed = tag < u64::from(limit);
            ensure!(is_allowed, AssertRefusal::PredicateNotAllowed { tag, limit });
            predicate.check(ledger)
        })
    }

    fn apply(&self, (): (), _: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        Ok(OperationResult::Void)
    }
}
