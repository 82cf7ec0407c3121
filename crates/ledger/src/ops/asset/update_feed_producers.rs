//! Asset update feed producers: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::update_feed_producers`].

use super::{check_issuer, check_market_issued};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::feeds::update_bitasset_current_feed;
use crate::market::{BlackSwan, check_call_orders};
use crate::reference_words as asked;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_protocol::ops::asset::update_feed_producers::AssetUpdateFeedProducers;

refusals! {
    /// Why feed producers are not named.
    pub enum AssetUpdateFeedProducersRefusal {
        /// Too many of them.
        TooMany { count: usize, max: u8 }: "{count} feed producers are more than the {max} allowed",
        /// The committee feeds the asset.
        CommitteeFed { asset: AssetId }: "the committee feeds {asset}, it takes no other producers",
        /// Witnesses feed the asset.
        WitnessFed { asset: AssetId }: "the witnesses feed {asset}, it takes no other producers",
    }
}

impl Evaluate for AssetUpdateFeedProducers {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let max = ledger.parameters()?.maximum_asset_feed_publishers;
        let count = self.new_feed_producers.len();
        ensure!(count <= usize::from(max), AssetUpdateFeedProducersRefusal::TooMany { count, max });
        let asset = ledger.get(self.asset_to_update)?;
        check_market_issued(asset, asked::asset::PRODUCERS_MARKET_ISSUED)?;
        ensure!(
            !asset.has_flag(flag::COMMITTEE_FED_ASSET),
            AssetUpdateFeedProducersRefusal::CommitteeFed { asset: asset.id }
        );
        ensure!(
            !asset.has_flag(flag::WITNESS_FED_ASSET),
            AssetUpdateFeedProducersRefusal::WitnessFed { asset: asset.id }
        );
        let asked = asked::asset::PRODUCERS_ISSUER;
        check_issuer(asset, self.issuer, asked)?;
        self.new_feed_producers.iter().try_for_each(|account| ledger.get(*account).map(drop))
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let asset = ledger.get(self.asset_to_update)?;
        let bitasset = ledger.bitasset(asset)?.id;
        ledger.modify(bitasset, |data| {
            let feeds = std::mem::take(&mut data.feeds);
            let kept = |account| feeds.get(account).copied().unwrap_or_default();
            data.feeds = self.new_feed_producers.iter().map(|id| (*id, kept(id))).collect();
        })?;
        update_bitasset_current_feed(ledger, bitasset, false)?;
        check_call_orders(ledger, self.asset_to_update, BlackSwan::Allowed)?;
        Ok(OperationResult::Void)
    }
}
