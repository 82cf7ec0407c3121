//! Bid collateral: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::bid_collateral`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::reference_words as asked;
use carbyne_objects::CollateralBid;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId, CollateralBidId};
use carbyne_protocol::money::{Price, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::bid_collateral::BidCollateral;
use carbyne_wire::{Id, Text};

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

fn check_asset(operation: &BidCollateral, ledger: &Ledger) -> Result<(), Rejected> {
    let debt = ledger.get(operation.debt_covered.asset_id)?;
    ensure!(
        debt.is_market_issued(),
        BidCollateralRefusal::NotMarketIssued { symbol: debt.symbol.clone() }
    );
    let (asset, bitasset) = (debt.id, ledger.bitasset(debt)?);
    ensure!(debt.can_bid_collateral(), BidCollateralRefusal::Disabled { asset });
    ensure!(bitasset.is_globally_settled(), BidCollateralRefusal::NotGloballySettled { asset });
    let (offered, backing) =
        (operation.additional_collateral.asset_id, bitasset.options.short_backing_asset);
    ensure!(offered == backing, BidCollateralRefusal::WrongCollateral { asset: offered, backing });
    ensure!(!bitasset.is_prediction_market, BidCollateralRefusal::PredictionMarket { asset });
    Ok(())
}

/// The collateral of an earlier bid comes back before that of the new one is taken.
fn check_balance(
    operation: &BidCollateral,
    ledger: &Ledger,
    earlier: Option<i64>,
) -> Result<(), Rejected> {
    let bid = operation.additional_collateral.amount;
    let has = ledger.balance(operation.bidder, operation.additional_collateral.asset_id);
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

fn check_lists(operation: &BidCollateral, ledger: &Ledger) -> Result<(), Rejected> {
    check_authorized(
        ledger,
        operation.bidder,
        operation.debt_covered.asset_id,
        asked::asset::DEBT_ASSET,
    )?;
    check_authorized(
        ledger,
        operation.bidder,
        operation.additional_collateral.asset_id,
        asked::asset::COLLATERAL_ASSET,
    )
}

impl Evaluate for BidCollateral {
    /// The earlier bid of the account.
    type Plan = Option<CollateralBidId>;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Self::Plan, Rejected> {
        check_asset(self, ledger)?;
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
        check_balance(self, ledger, collateral)?;
        check_lists(self, ledger)?;
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
