//! Transfer: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::transfer`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use carbyne_objects::{Account, AssetObject};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::transfer::Transfer;
use carbyne_wire::Text;
use std::fmt;

refusals! {
    /// Why a transfer is refused.
    pub enum TransferRefusal {
        /// The sender may not hold the asset.
        FromNotWhitelisted {
            account: AccountId,
            asset: AssetId,
            trip: Trip,
        } [TRANSFER_FROM_NOT_WHITELISTED]:
            "the sender {account} may not hold {asset}",
        /// The receiver may not hold the asset.
        ToNotWhitelisted {
            account: AccountId,
            asset: AssetId,
            trip: Trip,
        } [TRANSFER_TO_NOT_WHITELISTED]:
            "the receiver {account} may not hold {asset}",
        /// Only the issuer may send or receive the asset.
        Restricted { asset: AssetId, trip: Trip } [TRANSFER_RESTRICTED_ASSET]:
            "only the issuer of {asset} may send or receive it",
        /// The sender has less than the amount.
        InsufficientBalance { has: String, needs: String, from: Text, to: Text, trip: Trip }:
            "'{from}' has {has}, not {needs} for '{to}'",
    }
}

/// What was to go from whom to whom, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    amount: String,
    from: Text,
    to: Text,
}

impl Trip {
    fn of(from: &Account, to: &Account, asset: &AssetObject, amount: i64) -> Self {
        Self { amount: asset.pretty(amount), from: from.name.clone(), to: to.name.clone() }
    }
}

impl fmt::Display for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { amount, from, to } = self;
        write!(f, "Unable to transfer {amount} from {from} to {to}")
    }
}

impl Evaluate for Transfer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let from = ledger.get(self.from)?;
        let to = ledger.get(self.to)?;
        let asset = ledger.get(self.amount.asset_id)?;
        let trip = || Trip::of(from, to, asset, self.amount.amount);
        ensure!(
            is_authorized_asset(from, asset),
            TransferRefusal::FromNotWhitelisted { account: from.id, asset: asset.id, trip: trip() }
        );
        ensure!(
            is_authorized_asset(to, asset),
            TransferRefusal::ToNotWhitelisted { account: to.id, asset: asset.id, trip: trip() }
        );
        ensure!(
            !asset.is_transfer_restricted() || from.id == asset.issuer || to.id == asset.issuer,
            TransferRefusal::Restricted { asset: asset.id, trip: trip() }
        );
        let has = ledger.balance(from.id, asset.id);
        ensure!(
            has >= self.amount.amount,
            TransferRefusal::InsufficientBalance {
                has: asset.pretty(has),
                needs: asset.pretty(self.amount.amount),
                from: from.name.clone(),
                to: to.name.clone(),
                trip: trip(),
            }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.from, self.amount.negated())?;
        ledger.adjust_balance(self.to, self.amount)?;
        Ok(OperationResult::Void)
    }
}
