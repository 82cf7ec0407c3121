//! Asset issue: the issuer of a user-issued asset creates some of it for an account.
//!
//! Signed by: the active authority of `issuer`, who pays the fee. The fee has a part per 1,024
//! bytes of memo.

use super::{AssetRefusal, check_fee, check_issuer, check_positive};
use crate::constants::{CORE, MAX_SHARE_SUPPLY};
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Shares};
use crate::ops::transfer::Memo;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Pack, Wire};

refusals! {
    /// Why an asset is not issued.
    pub enum AssetIssueRefusal {
        /// Nobody issues the core asset.
        CoreAsset: "the core asset cannot be issued",
        /// Its supply comes from debt positions.
        MarketIssued { asset: AssetId }: "{asset} is a SmartCoin: it is borrowed, not issued",
        /// Its supply comes from deposits in a pool.
        PoolShare { asset: AssetId }:
            "{asset} is the share of a pool: it comes from deposits, not from its issuer",
        /// The asset takes no new supply.
        NoNewSupply { asset: AssetId }: "no new supply of {asset} may be created",
        /// More than the asset may have.
        MaxSupplyExceeded { current_supply: i64, amount: i64, max_supply: i64 }:
            "{amount} more than the {current_supply} there are would be above the maximum supply \
             {max_supply}",
    }
}

/// Creates some of an asset.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetIssue {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// How much of what.
    pub asset_to_issue: Asset,
    /// Who gets it.
    pub issue_to_account: AccountId,
    /// A message for the receiver.
    pub memo: Option<Box<Memo>>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an issue, in smallest units of the core asset.
    pub struct AssetIssueFee {
        /// Per issue.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of memo; a missing memo counts as one byte.
        price_per_kbyte: u32 = 100_000,
    }
}

impl Stateless for AssetIssue {
    const NAME: &'static str = "asset_issue";
    type Fee = AssetIssueFee;

    paid_by!(issuer);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(data_fee(self.memo.packed_len(), fee.price_per_kbyte.into())?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let Asset { amount, asset_id } = self.asset_to_issue;
        let asked = asked::asset::ISSUE_MOST;
        ensure!(amount <= MAX_SHARE_SUPPLY, AssetRefusal::AmountTooLarge { amount, asked });
        check_positive(amount, asked::asset::ISSUE_AMOUNT)?;
        ensure!(asset_id != CORE, AssetIssueRefusal::CoreAsset);
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.issuer, self.issue_to_account]);
    }
}

impl Evaluate for AssetIssue {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.asset_to_issue.asset_id)?;
        check_issuer(asset, self.issuer, asked::asset::ISSUE_ISSUER)?;
        ensure!(!asset.is_market_issued(), AssetIssueRefusal::MarketIssued { asset: asset.id });
        ensure!(
            !asset.is_liquidity_pool_share_asset(),
            AssetIssueRefusal::PoolShare { asset: asset.id }
        );
        ensure!(asset.can_create_new_supply(), AssetIssueRefusal::NoNewSupply { asset: asset.id });
        let asked = asked::asset::ISSUE_RECEIVER;
        check_authorized(ledger, self.issue_to_account, asset.id, asked)?;
        let current_supply = ledger.get(asset.dynamic_asset_data_id)?.current_supply;
        let (amount, max_supply) = (self.asset_to_issue.amount, asset.options.max_supply);
        ensure!(
            current_supply.plus(amount)? <= max_supply,
            AssetIssueRefusal::MaxSupplyExceeded { current_supply, amount, max_supply }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.issue_to_account, self.asset_to_issue)?;
        ledger.adjust_supply(self.asset_to_issue)?;
        Ok(OperationResult::Void)
    }
}
