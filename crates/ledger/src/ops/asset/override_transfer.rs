//! Override transfer: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::override_transfer`].

use super::{AssetRefusal, check_issuer};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::reference_words as asked;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AssetId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::override_transfer::OverrideTransfer;

refusals! {
    /// Why an override is refused.
    pub enum OverrideTransferRefusal {
        /// The flags do not allow it.
        NotPermitted { asset: AssetId } [OVERRIDE_TRANSFER_NOT_PERMITTED]:
            "the flags of {asset} do not let its issuer transfer what others hold",
    }
}

impl Evaluate for OverrideTransfer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.amount.asset_id)?;
        ensure!(asset.can_override(), OverrideTransferRefusal::NotPermitted { asset: asset.id });
        check_issuer(asset, self.issuer, asked::asset::OVERRIDE_ISSUER)?;
        let from = ledger.get(self.from)?;
        // What the giver may hold does not matter, or a blacklisted account could not be emptied.
        let asked = asked::asset::OVERRIDE_RECEIVER;
        check_authorized(ledger, self.to, asset.id, asked)?;
        let asked = asked::asset::OVERRIDE_BALANCE;
        let (has, needs) = (ledger.balance(from.id, asset.id), self.amount.amount);
        ensure!(
            has >= needs,
            AssetRefusal::InsufficientBalance { account: from.id, has, needs, asked }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.from, self.amount.negated())?;
        ledger.adjust_balance(self.to, self.amount)?;
        Ok(OperationResult::Void)
    }
}
