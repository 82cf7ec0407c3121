//! Vesting balance creation: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::vesting::create`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use carbyne_objects::{CddVesting, LinearVesting, VestingBalance, VestingPolicy};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId, VestingBalanceId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::vesting::create::{VestingBalanceCreate, VestingPolicyInitializer};
use carbyne_wire::TimePointSec;

refusals! {
    /// Why a vesting balance is not created.
    pub enum VestingBalanceCreateRefusal {
        /// Only the issuer may send or receive the asset.
        Restricted { asset: AssetId }: "only the issuer of {asset} may send or receive it",
        /// The creator may not hold the asset.
        CreatorUnauthorized { account: AccountId, asset: AssetId }:
            "the creator {account} may not hold {asset}",
        /// The owner may not hold the asset.
        OwnerUnauthorized { account: AccountId, asset: AssetId }:
            "the owner {account} may not hold {asset}",
    }
}

/// The policy of a balance of `amount` smallest units that is made at `now`.
fn policy(initializer: &VestingPolicyInitializer, amount: i64, now: TimePointSec) -> VestingPolicy {
    match initializer {
        VestingPolicyInitializer::Linear(linear) => VestingPolicy::Linear(LinearVesting {
            begin_timestamp: linear.begin_timestamp,
            vesting_cliff_seconds: linear.vesting_cliff_seconds,
            vesting_duration_seconds: linear.vesting_duration_seconds,
            begin_balance: amount,
        }),
        VestingPolicyInitializer::Cdd(cdd) => VestingPolicy::Cdd(CddVesting {
            vesting_seconds: cdd.vesting_seconds,
            start_claim: cdd.start_claim,
            coin_seconds_earned: 0,
            coin_seconds_earned_last_update: now,
        }),
        VestingPolicyInitializer::Instant => VestingPolicy::Instant,
    }
}

impl Evaluate for VestingBalanceCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let creator = ledger.get(self.creator)?;
        let owner = ledger.get(self.owner)?;
        let asset = ledger.get(self.amount.asset_id)?;
        ensure!(
            !asset.is_transfer_restricted(),
            VestingBalanceCreateRefusal::Restricted { asset: asset.id }
        );
        ensure!(
            is_authorized_asset(creator, asset),
            VestingBalanceCreateRefusal::CreatorUnauthorized {
                account: creator.id,
                asset: asset.id
            }
        );
        ensure!(
            is_authorized_asset(owner, asset),
            VestingBalanceCreateRefusal::OwnerUnauthorized { account: owner.id, asset: asset.id }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let now = ledger.head_time()?;
        ledger.adjust_balance(self.creator, self.amount.negated())?;
        let id: VestingBalanceId = ledger.create(VestingBalance {
            owner: self.owner,
            balance: self.amount,
            policy: policy(&self.policy, self.amount.amount, now),
            ..VestingBalance::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
