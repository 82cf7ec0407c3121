//! Credit offer create: sets an amount aside for others to borrow against collateral.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee. The fee has a part per
//! 1,024 bytes of the operation.

use super::{
    check_fee, check_positive, validate_borrowers, validate_collateral, validate_duration,
    validate_min_deal_amount,
};
use crate::Rejected;
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Price, Shares};
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatMap, FlatSet, Pack, TimePointSec, Wire};

/// Makes a credit offer.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditOfferCreate {
    /// Fee.
    pub fee: Asset,
    /// Account that lends.
    pub owner_account: AccountId,
    /// The asset it lends.
    pub asset_type: AssetId,
    /// What is put in, in smallest units.
    pub balance: i64,
    /// Fee on what is borrowed, in millionths.
    pub fee_rate: u32,
    /// Seconds until a deal must be repaid.
    pub max_duration_seconds: u32,
    /// The least to borrow in one deal, in smallest units.
    pub min_deal_amount: i64,
    /// Whether it can be accepted.
    pub enabled: bool,
    /// When it is disabled by itself.
    pub auto_disable_time: TimePointSec,
    /// What can be collateral, and at what price at least.
    pub acceptable_collateral: FlatMap<AssetId, Price>,
    /// Who may borrow, and how much at most, in smallest units; anybody if empty.
    pub acceptable_borrowers: FlatMap<AccountId, i64>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an offer, in smallest units of the core asset.
    pub struct CreditOfferCreateFee {
        /// Per offer.
        fee: u64 = 100_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 100_000,
    }
}

impl Stateless for CreditOfferCreate {
    const NAME: &'static str = "credit_offer_create";
    type Fee = CreditOfferCreateFee;

    paid_by!(owner_account);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(data_fee(self.packed_len(), fee.price_per_kbyte.into())?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_positive(self.balance, asked::credit::BALANCE)?;
        validate_duration(self.max_duration_seconds, asked::credit::CREATE_DURATION)?;
        validate_min_deal_amount(self.min_deal_amount, &asked::credit::CREATE_MIN_DEAL)?;
        validate_collateral(&self.acceptable_collateral, Some(self.asset_type))?;
        validate_borrowers(&self.acceptable_borrowers)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner_account);
    }
}
