//! Credit offer accept: borrows from an offer against collateral, which makes a deal.
//!
//! Signed by: the active authority of `borrower`, who pays the fee.

use super::{auto_repayment, check_fee, check_positive, validate_auto_repay};
use crate::Rejected;
use crate::ids::{AccountId, CreditOfferId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Wire};

/// Borrows from a credit offer.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CreditOfferAccept {
    /// Fee.
    pub fee: Asset,
    /// Account that borrows.
    pub borrower: AccountId,
    /// The offer.
    pub offer_id: CreditOfferId,
    /// What is borrowed.
    pub borrow_amount: Asset,
    /// What is locked for it.
    pub collateral: Asset,
    /// The highest fee rate that is accepted, in millionths.
    pub max_fee_rate: u32,
    /// The shortest time to repay that is accepted, in seconds.
    pub min_duration_seconds: u32,
    /// Options added later.
    pub extensions: CreditOfferAcceptExtensions,
}

/// Options of borrowing added after its launch.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct CreditOfferAcceptExtensions {
    /// What is repaid by itself at the end; see [`auto_repayment`].
    pub auto_repay: Option<u8>,
}

fee_parameters! {
    /// Fee of borrowing, in smallest units of the core asset.
    pub struct CreditOfferAcceptFee {
        /// Per deal.
        fee: u64 = 100_000,
    }
}

impl Stateless for CreditOfferAccept {
    const NAME: &'static str = "credit_offer_accept";
    type Fee = CreditOfferAcceptFee;

    paid_by!(borrower);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        check_positive(self.borrow_amount.amount, asked::credit::BORROW_AMOUNT)?;
        check_positive(self.collateral.amount, asked::credit::COLLATERAL_AMOUNT)?;
        validate_auto_repay(self.auto_repay(), asked::credit::ACCEPT_AUTO_REPAY)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.borrower);
    }
}

impl CreditOfferAccept {
    /// What is repaid by itself when the deal ends; see [`auto_repayment`].
    pub fn auto_repay(&self) -> u8 {
        self.extensions.auto_repay.unwrap_or(auto_repayment::NONE)
    }
}
