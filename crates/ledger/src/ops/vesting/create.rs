//! Vesting balance creation: an account locks an amount for itself or another to withdraw as it
//! vests.
//!
//! Signed by: the active authority of `creator`, who pays the fee and gives the amount.

use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use crate::ids::{AccountId, AssetId, VestingBalanceId};
use crate::money::Asset;
use crate::objects::{CddVesting, LinearVesting, VestingBalance, VestingPolicy};
use crate::ops::{OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, TimePointSec, Wire};

refusals! {
    /// Why a vesting balance is not created.
    pub enum VestingBalanceCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
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

/// How a new balance is to vest.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum VestingPolicyInitializer {
    /// Evenly over a period that may have a cliff.
    Linear(LinearVestingInitializer),
    /// By the coin-seconds it lies there.
    Cdd(CddVestingInitializer),
    /// At once.
    Instant,
}

impl Default for VestingPolicyInitializer {
    fn default() -> Self {
        Self::Linear(LinearVestingInitializer::default())
    }
}

/// A period over which a balance vests evenly.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LinearVestingInitializer {
    /// When the period begins.
    pub begin_timestamp: TimePointSec,
    /// Seconds from the beginning in which nothing can be withdrawn.
    pub vesting_cliff_seconds: u32,
    /// Seconds until all of it can be withdrawn.
    pub vesting_duration_seconds: u32,
}

/// A period after which a deposit is vested.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct CddVestingInitializer {
    /// Nothing can be withdrawn until after this moment.
    pub start_claim: TimePointSec,
    /// Seconds after which a deposit is vested.
    pub vesting_seconds: u32,
}

impl VestingPolicyInitializer {
    /// The policy of a balance of `amount` smallest units that is made at `now`.
    fn policy(&self, amount: i64, now: TimePointSec) -> VestingPolicy {
        match self {
            Self::Linear(linear) => VestingPolicy::Linear(LinearVesting {
                begin_timestamp: linear.begin_timestamp,
                vesting_cliff_seconds: linear.vesting_cliff_seconds,
                vesting_duration_seconds: linear.vesting_duration_seconds,
                begin_balance: amount,
            }),
            Self::Cdd(cdd) => VestingPolicy::Cdd(CddVesting {
                vesting_seconds: cdd.vesting_seconds,
                start_claim: cdd.start_claim,
                coin_seconds_earned: 0,
                coin_seconds_earned_last_update: now,
            }),
            Self::Instant => VestingPolicy::Instant,
        }
    }
}

/// Locks an amount.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct VestingBalanceCreate {
    /// Fee, paid by `creator`.
    pub fee: Asset,
    /// Who gives the amount.
    pub creator: AccountId,
    /// Who may withdraw it.
    pub owner: AccountId,
    /// What is locked.
    pub amount: Asset,
    /// How it vests.
    pub policy: VestingPolicyInitializer,
}

fee_parameters! {
    /// Fee of a vesting balance, in smallest units of the core asset.
    pub struct VestingBalanceCreateFee {
        /// Per balance.
        fee: u64 = 100_000,
    }
}

impl Stateless for VestingBalanceCreate {
    const NAME: &'static str = "vesting_balance_create";
    type Fee = VestingBalanceCreateFee;

    paid_by!(creator);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.amount.amount);
        ensure!(fee >= 0, VestingBalanceCreateRefusal::NegativeFee { fee });
        ensure!(amount > 0, VestingBalanceCreateRefusal::AmountNotPositive { amount });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.creator, self.owner]);
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
            policy: self.policy.policy(self.amount.amount, now),
            ..VestingBalance::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
