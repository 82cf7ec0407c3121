//! Assert: a transaction that holds it is refused unless its conditions are true.
//!
//! Signed by: the active authority of `fee_paying_account`. `required_auths` names accounts but
//! asks for no signature of theirs. The fee is per condition.

use crate::Rejected;
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Hash160, Text, Wire};

refusals! {
    /// Why a condition does not hold, whatever the state.
    pub enum AssertRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
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
