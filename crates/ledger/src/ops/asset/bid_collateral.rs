//! Bid collateral: offers to take over debt of a globally settled SmartCoin for additional
//! collateral (BSIP 18).
//!
//! Signed by: the active authority of `bidder`, who pays the fee. A bid of no debt takes back an
//! earlier one.

use super::check_fee;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, AssetId, CollateralBidId};
use crate::money::{Asset, Price, Shares};
use crate::objects::CollateralBid;
use crate::ops::{FeeParameters, OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Id, Text, Wire};

refusals! {
    /// Why a bid is refused.
    pub enum BidCollateralRefusal {
        /// The asset has no debt to cover.
        NotMarketIssued { symbol: Text }: "{symbol} is no SmartCoin: there is no debt to bid for",
        /// Less than the new bid.
        InsufficientBalance { bid: i64, has: i64 }: "the bid is {bid}, the account has {has}",
        /// Less than the new bid has more than the old one.
        InsufficientForMore { old: i64, new: i64, has: i64 }:
            "the bid would grow from {old} to {new}, the account has {has}",
        /// A bid for debt without collateral, or for negative debt.
        EmptyBid { debt: i64, collateral: i64 }: "a bid of {collateral} for a debt of {debt}",
        /// The issuer forbids bids.
        Disabled { asset: AssetId }: "the issuer of {asset} does not allow bids",
        /// There is no fund to bid for.
        NotGloballySettled { asset: AssetId }:
            "{asset} is not globally settled: there is no fund to bid for",
        /// Something else than the collateral.
        WrongCollateral { asset: AssetId, backing: AssetId }:
            "the bid is in {asset}, the collateral is {backing}",
        /// Prediction markets end with their settlement.
        PredictionMarket { asset: AssetId }:
            "{asset} is a prediction market: it ends with its settlement",
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
        ensure!(
            debt.is_market_issued(),
            BidCollateralRefusal::NotMarketIssued { symbol: debt.symbol.clone() }
        );
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
        Ok(())
    }

    /// The collateral of an earlier bid comes back before that of the new one is taken.
    fn check_balance(&self, ledger: &Ledger, earlier: Option<i64>) -> Result<(), Rejected> {
        let bid = self.additional_collateral.amount;
        let has = ledger.balance(self.bidder, self.additional_collateral.asset_id);
        if bid <= 0 {
            return Ok(());
        }
        match earlier {
            None => ensure!(has >= bid, BidCollateralRefusal::InsufficientBalance { bid, has }),
            Some(old) => ensure!(
                has >= bid.minus(old)?,
                BidCollateralRefusal::InsufficientForMore { old, new: bid, has }
            ),
        }
        Ok(())
    }

    fn check_lists(&self, ledger: &Ledger) -> Result<(), Rejected> {
        check_authorized(
            ledger,
            self.bidder,
            self.debt_covered.asset_id,
            asked::asset::DEBT_ASSET,
        )?;
        check_authorized(
            ledger,
            self.bidder,
            self.additional_collateral.asset_id,
            asked::asset::COLLATERAL_ASSET,
        )
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
            Some(bid) => Some(ledger.get(bid)?.additional_collateral().amount),
            None => None,
        };
        self.check_balance(ledger, collateral)?;
        self.check_lists(ledger)?;
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
        ledger.create_unique::<CollateralBidId>(CollateralBid {
            id: Id(0),
            bidder: self.bidder,
            inv_swan_price: Price::of(self.additional_collateral, self.debt_covered)?,
        })?;
        Ok(OperationResult::Void)
    }
}
