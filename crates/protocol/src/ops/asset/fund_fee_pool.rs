//! Asset fund fee pool: adds core to the pool that lets holders of an asset pay fees with it.
//!
//! Signed by: the active authority of `from_account`, who pays the fee, in core.

use super::{check_fee, check_positive};
use crate::Rejected;
use crate::constants::CORE;
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why a fee pool is not funded.
    pub enum AssetFundFeePoolRefusal {
        /// A fee that would itself need a fee pool.
        FeeNotInCore { asset: AssetId }: "the fee must be paid in the core asset, not in {asset}",
    }
}

/// Adds core to the fee pool of an asset.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetFundFeePool {
    /// Fee, paid by `from_account`, in core.
    pub fee: Asset,
    /// Who gives.
    pub from_account: AccountId,
    /// The asset.
    pub asset_id: AssetId,
    /// How much, in smallest units of core.
    pub amount: i64,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of funding a pool, in smallest units of the core asset.
    pub struct AssetFundFeePoolFee {
        /// Per funding.
        fee: u64 = 100_000,
    }
}

impl Stateless for AssetFundFeePool {
    const NAME: &'static str = "asset_fund_fee_pool";
    type Fee = AssetFundFeePoolFee;

    paid_by!(from_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let asset = self.fee.asset_id;
        ensure!(asset == CORE, AssetFundFeePoolRefusal::FeeNotInCore { asset });
        check_positive(self.amount, asked::asset::FUND_AMOUNT)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.from_account);
    }
}
