//! Asset update issuer: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::update_issuer`].

use super::{AssetRefusal, check_updater};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::reference_words as asked;
use carbyne_objects::AssetObject;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{COMMITTEE_ACCOUNT, CORE};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::update_issuer::AssetUpdateIssuer;

refusals! {
    /// Why an asset is not handed over.
    pub enum AssetUpdateIssuerRefusal {
        /// Nobody to hand it to.
        UnknownIssuer { account: AccountId }: "there is no account {account} to be the new issuer",
    }
}

/// A SmartCoin of the committee must be backed by the core asset, at most through one other.
fn check_committee_asset(ledger: &Ledger, asset: &AssetObject) -> Result<(), Rejected> {
    let mut asked = asked::asset::ISSUER_COMMITTEE_BACKING;
    let mut backing = ledger.get(ledger.bitasset(asset)?.options.short_backing_asset)?;
    if backing.is_market_issued() {
        backing = ledger.get(ledger.bitasset(backing)?.options.short_backing_asset)?;
        asked = asked::asset::ISSUER_COMMITTEE_BACKING_BACKING;
    }
    ensure!(backing.id == CORE, AssetRefusal::CommitteeNeedsCore { backing: backing.id, asked });
    Ok(())
}

impl Evaluate for AssetUpdateIssuer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.asset_to_update)?;
        let account = self.new_issuer;
        ensure!(
            ledger.find(account).is_some(),
            AssetUpdateIssuerRefusal::UnknownIssuer { account }
        );
        if asset.is_market_issued() && self.new_issuer == COMMITTEE_ACCOUNT {
            check_committee_asset(ledger, asset)?;
        }
        check_updater(asset, self.issuer)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.asset_to_update, |asset| asset.issuer = self.new_issuer)?;
        Ok(OperationResult::Void)
    }
}
