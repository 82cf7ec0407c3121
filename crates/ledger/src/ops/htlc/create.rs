//! HTLC create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::htlc::create`].

use super::{HtlcRefusal, options};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use carbyne_objects::{HashLock, Htlc, HtlcConditions, HtlcTransfer, TimeLock};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::HtlcId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::htlc::create::HtlcCreate;
use carbyne_wire::{Id, TimePointSec};

fn check_limits(operation: &HtlcCreate, ledger: &Ledger) -> Result<(), Rejected> {
    let options = options(ledger)?;
    let (seconds, max) = (operation.claim_period_seconds, options.max_timeout_secs);
    ensure!(seconds <= max, HtlcRefusal::TooLong { seconds, max });
    let (size, max) = (operation.preimage_size, options.max_preimage_size);
    ensure!(u32::from(size) <= max, HtlcRefusal::PreimageTooLarge { size, max });
    Ok(())
}

fn check_asset(operation: &HtlcCreate, ledger: &Ledger) -> Result<(), Rejected> {
    let asset = ledger.get(operation.amount.asset_id)?;
    let (from, to) = (ledger.get(operation.from)?, ledger.get(operation.to)?);
    ensure!(
        !asset.is_transfer_restricted() || from.id == asset.issuer || to.id == asset.issuer,
        HtlcRefusal::Restricted { asset: asset.id }
    );
    for (account, role) in [(from, "from"), (to, "to")] {
        ensure!(
            is_authorized_asset(account, asset),
            HtlcRefusal::Unauthorized { account: account.id, asset: asset.id, role }
        );
    }
    Ok(())
}

fn contract(operation: &HtlcCreate, now: TimePointSec) -> Htlc {
    let expiration = now.wrapping_add(operation.claim_period_seconds);
    Htlc {
        id: Id(0),
        transfer: HtlcTransfer {
            from: operation.from,
            to: operation.to,
            amount: operation.amount.amount,
            asset_id: operation.amount.asset_id,
        },
        conditions: HtlcConditions {
            hash_lock: HashLock {
                preimage_hash: operation.preimage_hash.clone(),
                preimage_size: operation.preimage_size,
            },
            time_lock: TimeLock { expiration },
        },
        memo: operation.extensions.memo.clone(),
    }
}

impl Evaluate for HtlcCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        check_limits(self, ledger)?;
        let (account, needs) = (self.from, self.amount.amount);
        let has = ledger.balance(account, self.amount.asset_id);
        ensure!(has >= needs, HtlcRefusal::InsufficientFunds { account, has, needs });
        check_asset(self, ledger)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.from, self.amount.negated())?;
        let contract = contract(self, ledger.head_time()?);
        let id: HtlcId = ledger.create(contract);
        Ok(OperationResult::Object(id.into()))
    }
}
