//! Credit offer create: sets an amount aside for others to borrow against collateral.
//!
//! Signed by: the active authority of `owner_account`, who pays the fee. The fee has a part per
//! 1,024 bytes of the operation.

use super::*;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::fees::{FeeSchedule, data_fee};
use crate::money::Asset;
use crate::objects::CreditOffer;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Pack, Wire};

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

impl Evaluate for CreditOfferCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        if self.enabled {
            check_auto_disable_time(
                ledger,
                self.auto_disable_time,
                asked::credit::CREATE_DISABLE_TIME,
            )?;
        }
        for collateral in self.acceptable_collateral.keys() {
            ledger.get(*collateral)?;
        }
        for borrower in self.acceptable_borrowers.keys() {
            ledger.get(*borrower)?;
        }
        let asked = asked::credit::CREATE_ACCOUNT;
        check_authorized(ledger, self.owner_account, self.asset_type, asked)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let amount = Asset::new(self.balance, self.asset_type);
        ledger.adjust_balance(self.owner_account, amount.negated())?;
        let offer: CreditOfferId = ledger.create(CreditOffer {
            owner_account: self.owner_account,
            asset_type: self.asset_type,
            total_balance: self.balance,
            current_balance: self.balance,
            fee_rate: self.fee_rate,
            max_duration_seconds: self.max_duration_seconds,
            min_deal_amount: self.min_deal_amount,
            enabled: self.enabled,
            auto_disable_time: self.auto_disable_time,
            acceptable_collateral: self.acceptable_collateral.clone(),
            acceptable_borrowers: self.acceptable_borrowers.clone(),
            ..CreditOffer::default()
        });
        Ok(OperationResult::Object(offer.into()))
    }
}
