//! Vesting balance creation: an account locks an amount for itself or another to withdraw as it
//! vests.
//!
//! Signed by: the active authority of `creator`, who pays the fee and gives the amount.

use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, TimePointSec, Wire};

refusals! {
    /// Why a vesting balance is not created, whatever the state.
    pub enum VestingBalanceCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
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
