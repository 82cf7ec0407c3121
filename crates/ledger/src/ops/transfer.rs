//! Transfer: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::transfer`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, may_hold};
use carbyne_objects::AssetObject;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountBalanceId, AccountId, AssetId};
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
    fn of(transfer: &Transfer, ledger: &Ledger, asset: &AssetObject) -> Self {
        let name =
            |id: AccountId| ledger.find(id).map(|account| account.name.clone()).unwrap_or_default();
        let amount = asset.pretty(transfer.amount.amount);
        Self { amount, from: name(transfer.from), to: name(transfer.to) }
    }
}

impl fmt::Display for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { amount, from, to } = self;
        write!(f, "Unable to transfer {amount} from {from} to {to}")
    }
}

/// Words for a balance that is too small.
fn insufficient(transfer: &Transfer, asset: &AssetObject, has: i64, trip: Trip) -> TransferRefusal {
    let (from, to) = (trip.from.clone(), trip.to.clone());
    let needs = asset.pretty(transfer.amount.amount);
    TransferRefusal::InsufficientBalance { has: asset.pretty(has), needs, from, to, trip }
}

impl Evaluate for Transfer {
    /// Where it is said what the sender has.
    type Plan = Option<AccountBalanceId>;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Self::Plan, Rejected> {
        let (from, to) = (self.from, self.to);
        let (sender, receiver) = (ledger.brief(from)?, ledger.brief(to)?);
        let asset = ledger.get(self.amount.asset_id)?;
        let trip = || Trip::of(self, ledger, asset);
        ensure!(
            may_hold(ledger, from, sender, asset)?,
            TransferRefusal::FromNotWhitelisted { account: from, asset: asset.id, trip: trip() }
        );
        ensure!(
            may_hold(ledger, to, receiver, asset)?,
            TransferRefusal::ToNotWhitelisted { account: to, asset: asset.id, trip: trip() }
        );
        ensure!(
            !asset.is_transfer_restricted() || from == asset.issuer || to == asset.issuer,
            TransferRefusal::Restricted { asset: asset.id, trip: trip() }
        );
        let place = ledger.balance_id(from, asset.id);
        let has = place.and_then(|id| ledger.find(id)).map_or(0, |balance| balance.balance);
        ensure!(has >= self.amount.amount, insufficient(self, asset, has, trip()));
        Ok(place)
    }

    fn apply(
        &self,
        place: Self::Plan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance_at(place, self.from, self.amount.negated())?;
        ledger.adjust_balance(self.to, self.amount)?;
        Ok(OperationResult::Void)
    }
}
