//! Bid collateral: offers to take over debt of a globally settled SmartCoin for additional
//! collateral (BSIP 18).
//!
//! Signed by: the active authority of `bidder`, who pays the fee. A bid of no debt takes back an
//! earlier one.

use super::check_fee;
use crate::Rejected;
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::{FeeParameters, Stateless};
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why a bid is refused, whatever the state.
    pub enum BidCollateralRefusal {
        /// A bid for debt without collateral, or for negative debt.
        EmptyBid { debt: i64, collateral: i64 }: "a bid of {collateral} for a debt of {debt}",
    }
}

/// Bids collateral for debt.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BidCollateral {
    /// Fee, paid by `bidder`.
    pub fee: Asset,
    /// Who bids.
    pub bidder: AccountId,
    /// What the bidder adds.
    pub additional_collateral: Asset,
    /// What the bidder takes over; nothing to take an earlier bid back.
    pub debt_covered: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a bid, in smallest units of the core asset.
    pub struct BidCollateralFee {
        /// Per bid.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for BidCollateral {
    const NAME: &'static str = "bid_collateral";
    type Fee = BidCollateralFee;

    paid_by!(bidder);
    flat_fee!();

    /// A schedule older than the operation charges what updating a debt position costs.
    fn missing_fee(schedule: &FeeSchedule) -> Self::Fee {
        match schedule.find(3) {
            Some(FeeParameters::CallOrderUpdate(parameters)) => {
                BidCollateralFee { fee: parameters.fee }
            }
            _ => BidCollateralFee::default(),
        }
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let (debt, collateral) = (self.debt_covered.amount, self.additional_collateral.amount);
        ensure!(
            debt == 0 || debt > 0 && collateral > 0,
            BidCollateralRefusal::EmptyBid { debt, collateral }
        );
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.bidder);
    }
}
