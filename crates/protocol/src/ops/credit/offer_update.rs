//! Credit offer update: puts something into an offer or takes something out, or changes its terms.
//! Deals that stand keep the terms they were made with.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee. The fee has a part per
//! 1,024 bytes of the operation.

use super::{
    CreditRefusal, check_fee, validate_borrowers, validate_collateral, validate_duration,
    validate_min_deal_amount,
};
use crate::Rejected;
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, AssetId, CreditOfferId};
use crate::money::{Asset, Price, Shares};
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatMap, FlatSet, Pack, TimePointSec, Wire};

/// Changes a credit offer.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditOfferUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that owns the offer.
    pub owner_account: AccountId,
    /// The offer.
    pub offer_id: CreditOfferId,
    /// What is put in; negative takes out.
    pub delta_amount: Option<Asset>,
    /// New fee on what is borrowed, in millionths.
    pub fee_rate: Option<u32>,
    /// New number of seconds until a deal must be repaid.
    pub max_duration_seconds: Option<u32>,
    /// The new least to borrow in one deal, in smallest units.
    pub min_deal_amount: Option<i64>,
    /// Whether it can be accepted.
    pub enabled: Option<bool>,
    /// When it is disabled by itself.
    pub auto_disable_time: Option<TimePointSec>,
    /// What can be collateral now, and at what price at least.
    pub acceptable_collateral: Option<FlatMap<AssetId, Price>>,
    /// Who may borrow now, and how much at most, in smallest units.
    pub acceptable_borrowers: Option<FlatMap<AccountId, i64>>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of changing an offer, in smallest units of the core asset.
    pub struct CreditOfferUpdateFee {
        /// Per change.
        fee: u64 = 100_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 100_000,
    }
}

impl Stateless for CreditOfferUpdate {
    const NAME: &'static str = "credit_offer_update";
    type Fee = CreditOfferUpdateFee;

    paid_by!(owner_account);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(data_fee(self.packed_len(), fee.price_per_kbyte.into())?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        ensure!(self.changes_something(), CreditRefusal::NothingToUpdate);
        ensure!(
            self.delta_amount.is_none_or(|delta| delta.amount != 0),
            CreditRefusal::DeltaIsZero
        );
        validate_duration(self.max_duration_seconds.unwrap_or(0), asked::credit::UPDATE_DURATION)?;
        validate_min_deal_amount(
            self.min_deal_amount.unwrap_or(0),
            &asked::credit::UPDATE_MIN_DEAL,
        )?;
        if let Some(acceptable) = &self.acceptable_collateral {
            validate_collateral(acceptable, None)?;
        }
        self.acceptable_borrowers.as_ref().map_or(Ok(()), validate_borrowers)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner_account);
    }
}

impl CreditOfferUpdate {
    fn changes_something(&self) -> bool {
        self.delta_amount.is_some()
            || self.fee_rate.is_some()
            || self.max_duration_seconds.is_some()
            || self.min_deal_amount.is_some()
            || self.enabled.is_some()
            || self.auto_disable_time.is_some()
            || self.acceptable_collateral.is_some()
            || self.acceptable_borrowers.is_some()
    }
}
