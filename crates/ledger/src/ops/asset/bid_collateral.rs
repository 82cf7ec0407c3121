//! Bid collateral: offers to take over debt of a globally settled SmartCoin for additional collateral (BSIP 18).
//!
//! Signed by: the active authority of `bidder`, who pays the fee. A bid of no debt takes back an earlier one.

use super::{AssetRefusal, check_authorized, check_fee};
use crate::evaluate::{Context, Evaluate};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, AssetId, CollateralBidId};
use crate::money::{Asset, Price, Shares};
use crate::objects::CollateralBid;
use crate::ops::{FeeParameters, OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Id, Wire};

refusals! {
    /// Why a bid is refused.
    pub enum BidCollateralRefusal {
        /// A bid for debt without collateral, or for negative debt.
        EmptyBid { debt: i64, collateral: i64 }: "a bid of {collateral} for a debt of {debt}",
        /// The issuer forbids bids.
        Disabled { asset: AssetId }: "Collateral bidding is disabled for {asset}",
        /// There is no fund to bid for.
        NotGloballySettled { asset: AssetId }: "Cannot bid since {asset} is not globally settled",
        /// Something else than the collateral.
        WrongCollateral { asset: AssetId, backing: AssetId }:
            "the collateral is {backing}, not {asset}",
        /// Prediction markets end with their settlement.
        PredictionMarket { asset: AssetId }: "Cannot bid on a prediction market, {asset}",
        /// Nothing to take back.
        NoBid { bidder: AccountId, asset: AssetId }: "{bidder} has no bid for {asset} to cancel",
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

impl BidCollateral {
    fn check_asset(&self, ledger: &Ledger) -> Result<(), Rejected> {
        let debt = ledger.get(self.debt_covered.asset_id)?;
        let (asset, bitasset) = (debt.id, ledger.bitasset(debt)?);
        ensure!(debt.can_bid_collateral(), BidCollateralRefusal::Disabled { asset });
        ensure!(bitasset.is_globally_settled(), BidCollateralRefusal::NotGloballySettled { asset });
        let (offered, backing) =
            (self.additional_collateral.asset_id, bitasset.options.short_backing_asset);
        ensure!(
            offered == backing,
            BidCollateralRefusal::WrongCollateral { asset: offered, backing }
        );
        ensure!(!bitasset.is_prediction_market, BidCollateralRefusal::PredictionMarket { asset });
        let bidder = ledger.get(self.bidder)?;
        check_authorized(bidder, debt)?;
        check_authorized(bidder, ledger.get(backing)?)
    }

    /// The collateral of an earlier bid comes back before that of the new one is taken.
    fn check_balance(&self, ledger: &Ledger, earlier: i64) -> Result<(), Rejected> {
        let (account, asset) = (self.bidder, self.additional_collateral.asset_id);
        let needs = self.additional_collateral.amount.minus(earlier)?;
        let has = ledger.balance(account, asset);
        ensure!(
            self.additional_collateral.amount <= 0 || has >= needs,
            AssetRefusal::InsufficientBalance { account, asset, has, needs }
        );
        Ok(())
    }
}

impl Evaluate for BidCollateral {
    /// The earlier bid of the account.
    type Plan = Option<CollateralBidId>;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Self::Plan, Rejected> {
        self.check_asset(ledger)?;
        let (bidder, asset) = (self.bidder, self.debt_covered.asset_id);
        let earlier = ledger.tables.collateral_bids.index().find(asset, bidder);
        ensure!(
            earlier.is_some() || self.debt_covered.amount > 0,
            BidCollateralRefusal::NoBid { bidder, asset }
        );
        let collateral = match earlier {
            Some(bid) => ledger.get(bid)?.additional_collateral().amount,
            None => 0,
        };
        self.check_balance(ledger, collateral)?;
        Ok(earlier)
    }

    fn apply(
        &self,
        earlier: Self::Plan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        if let Some(bid) = earlier {
            ledger.take_back_bid(bid)?;
        }
        if self.debt_covered.amount == 0 {
            return Ok(OperationResult::Void);
        }
        ledger.adjust_balance(self.bidder, self.additional_collateral.negated())?;
        let _: CollateralBidId = ledger.create(CollateralBid {
            id: Id(0),
            bidder: self.bidder,
            inv_swan_price: Price::of(self.additional_collateral, self.debt_covered)?,
        });
        Ok(OperationResult::Void)
    }
}
