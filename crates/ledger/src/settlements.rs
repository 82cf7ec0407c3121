//! Giving back what waits for a settlement: force settlement orders and bids for collateral.

use crate::Ledger;
use carbyne_objects::CollateralBid;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetId, CollateralBidId, ForceSettlementId};
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::asset::bid_collateral::BidCollateral;
use carbyne_protocol::ops::asset::settle_cancel::AssetSettleCancel;

impl Ledger {
    /// Gives a force settlement order back to its owner.
    pub(crate) fn cancel_settle_order(&mut self, order: ForceSettlementId) -> Result<(), Rejected> {
        let cancelled = self.remove(order)?;
        self.adjust_balance(cancelled.owner, cancelled.balance)?;
        self.run.push_virtual(AssetSettleCancel {
            settlement: order,
            account: cancelled.owner,
            amount: cancelled.balance,
            ..AssetSettleCancel::default()
        });
        Ok(())
    }

    /// Gives a bid's collateral back because its owner wants that.
    pub(crate) fn take_back_bid(
        &mut self,
        bid: CollateralBidId,
    ) -> Result<CollateralBid, Rejected> {
        let bid = self.remove(bid)?;
        self.adjust_balance(bid.bidder, bid.additional_collateral())?;
        Ok(bid)
    }

    /// Gives a bid's collateral back because the chain no longer takes it, and records that.
    pub(crate) fn cancel_bid(&mut self, bid: CollateralBidId) -> Result<(), Rejected> {
        let bid = self.take_back_bid(bid)?;
        self.run.push_virtual(BidCollateral {
            bidder: bid.bidder,
            additional_collateral: bid.additional_collateral(),
            debt_covered: Asset::new(0, bid.debt_type()),
            ..BidCollateral::default()
        });
        Ok(())
    }

    /// Cancels all bids for a SmartCoin, that with the most collateral per debt first.
    pub(crate) fn cancel_bids(&mut self, asset: AssetId) -> Result<(), Rejected> {
        let bids: Vec<_> = self.tables.collateral_bids.index().of_asset(asset).collect();
        bids.into_iter().try_for_each(|bid| self.cancel_bid(bid))
    }
}
