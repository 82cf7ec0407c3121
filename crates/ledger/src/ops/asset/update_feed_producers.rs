//! Asset update feed producers: who may publish the price of a SmartCoin.
//!
//! Signed by: the active authority of `issuer`, who pays the fee.

use super::{check_fee, check_issuer, check_market_issued};
use crate::evaluate::{Context, Evaluate};
use crate::feeds::update_bitasset_current_feed;
use crate::ids::{AccountId, AssetId};
use crate::market::{BlackSwan, check_call_orders};
use crate::money::Asset;
use crate::objects::flag;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

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

/// Names the feed producers of a SmartCoin.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetUpdateFeedProducers {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// The asset.
    pub asset_to_update: AssetId,
    /// All producers; feeds of those that stay are kept.
    pub new_feed_producers: FlatSet<AccountId>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an update, in smallest units of the core asset.
    pub struct AssetUpdateFeedProducersFee {
        /// Per update.
        fee: u64 = 50_000_000,
    }
}

impl Stateless for AssetUpdateFeedProducers {
    const NAME: &'static str = "asset_update_feed_producers";
    type Fee = AssetUpdateFeedProducersFee;

    paid_by!(issuer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.issuer);
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
