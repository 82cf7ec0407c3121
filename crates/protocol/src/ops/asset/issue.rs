//! Asset issue: the issuer of a user-issued asset creates some of it for an account.
//!
//! Signed by: the active authority of `issuer`, who pays the fee. The fee has a part per 1,024
//! bytes of memo.

use super::{AssetRefusal, check_fee, check_positive};
use crate::Rejected;
use crate::constants::{CORE, MAX_SHARE_SUPPLY};
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::AccountId;
use crate::money::{Asset, Shares};
use crate::ops::Stateless;
use crate::ops::transfer::Memo;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Pack, Wire};

refusals! {
    /// Why an asset is not issued, whatever the state.
    pub enum AssetIssueRefusal {
        /// Nobody issues the core asset.
        CoreAsset: "the core asset cannot be issued",
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
