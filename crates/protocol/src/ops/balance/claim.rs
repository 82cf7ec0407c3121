//! Balance claim: moves a balance of the genesis, or what has vested of it, to an account.
//!
//! Signed by: the active authority of `deposit_to_account`, and the key the balance belongs to.
//! There is no fee: a claim frees memory and cannot be repeated.

use crate::Rejected;
use crate::authority::Authority;
use crate::ids::{AccountId, BalanceId};
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use carbyne_crypto::PublicKey;
use carbyne_wire::{FlatSet, Wire};

refusals! {
    /// Why a claim is refused, whatever the state.
    pub enum BalanceClaimRefusal {
        /// A fee that is not zero of the core asset.
        Fee { fee: i64 }: "a claim has no fee, not {fee}",
        /// No key.
        NoKey: "a claim needs the key the balance belongs to",
    }
}

/// Moves a balance of the genesis, or what has vested of it, to an account.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BalanceClaim {
    /// Zero of the core asset.
    pub fee: Asset,
    /// Account that receives.
    pub deposit_to_account: AccountId,
    /// The balance.
    pub balance_to_claim: BalanceId,
    /// Key the balance belongs to.
    pub balance_owner_key: PublicKey,
    /// What is claimed: all of it, or what has vested.
    pub total_claimed: Asset,
}

fee_parameters! {
    /// A claim has no fee.
    pub struct BalanceClaimFee {}
}

impl Stateless for BalanceClaim {
    const NAME: &'static str = "balance_claim";
    type Fee = BalanceClaimFee;

    paid_by!(deposit_to_account);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(self.fee == Asset::core(0), BalanceClaimRefusal::Fee { fee });
        ensure!(!self.balance_owner_key.is_null(), BalanceClaimRefusal::NoKey);
        Ok(())
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.other.push(Authority::key(self.balance_owner_key));
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.deposit_to_account);
    }
}
