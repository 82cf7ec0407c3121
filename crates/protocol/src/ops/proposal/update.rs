//! Proposal update: adds approvals to a proposal or takes them back.
//!
//! Signed by: the fee payer, and everybody whose approval is added or taken back. The fee has a
//! part per 1,024 bytes of the whole operation.

use super::sized_fee;
use crate::Rejected;
use crate::authority::Authority;
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, ProposalId};
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use crate::reference_words as asked;
use crate::reference_words::Asked;
use carbyne_crypto::PublicKey;
use carbyne_wire::{Extensions, FlatMap, FlatSet, Pack, Wire};
use std::collections::BTreeSet;

refusals! {
    /// Why an update of a proposal is refused, whatever the state.
    pub enum ProposalUpdateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// No approval is added or taken back.
        Empty: "an update needs an approval to add or to remove",
        /// An account's approval is added and taken back.
        AccountTwice { account: AccountId, asked: Asked }:
            "the approval of {account} is added and taken back",
        /// A key's approval is added and taken back.
        KeyTwice { key: PublicKey }: "the approval of {key:?} is added and taken back",
    }
}

/// Adds approvals to a proposal or takes them back.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ProposalUpdate {
    /// Fee.
    pub fee: Asset,
    /// Account that pays.
    pub fee_paying_account: AccountId,
    /// The proposal.
    pub proposal: ProposalId,
    /// Accounts whose active authority approves.
    pub active_approvals_to_add: FlatSet<AccountId>,
    /// Accounts whose active authority approves no more.
    pub active_approvals_to_remove: FlatSet<AccountId>,
    /// Accounts whose owner authority approves.
    pub owner_approvals_to_add: FlatSet<AccountId>,
    /// Accounts whose owner authority approves no more.
    pub owner_approvals_to_remove: FlatSet<AccountId>,
    /// Keys that approve.
    pub key_approvals_to_add: FlatSet<PublicKey>,
    /// Keys that approve no more.
    pub key_approvals_to_remove: FlatSet<PublicKey>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an update of a proposal, in smallest units of the core asset.
    pub struct ProposalUpdateFee {
        /// Per update.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 10,
    }
}

impl ProposalUpdate {
    /// Accounts that approve, by their active or owner authority.
    pub fn accounts_to_add(&self) -> impl Iterator<Item = &AccountId> {
        self.active_approvals_to_add.iter().chain(self.owner_approvals_to_add.iter())
    }

    fn accounts_to_remove(&self) -> impl Iterator<Item = &AccountId> {
        self.active_approvals_to_remove.iter().chain(self.owner_approvals_to_remove.iter())
    }

    /// Keys whose approval is given or taken back.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.key_approvals_to_add.iter().chain(self.key_approvals_to_remove.iter())
    }

    /// Whether it changes nothing.
    fn is_empty(&self) -> bool {
        self.accounts_to_add().chain(self.accounts_to_remove()).next().is_none()
            && self.keys().next().is_none()
    }
}

/// The first member of both sets. They are compared by their bytes: the order of keys is that of
/// their addresses, which are hashes.
fn in_both<T: Copy, B: Ord>(
    one: &FlatSet<T>,
    other: &FlatSet<T>,
    bytes: impl Fn(&T) -> B,
) -> Option<T> {
    let other: BTreeSet<B> = other.iter().map(&bytes).collect();
    one.iter().find(|item| other.contains(&bytes(item))).copied()
}

impl Stateless for ProposalUpdate {
    const NAME: &'static str = "proposal_update";
    type Fee = ProposalUpdateFee;

    paid_by!(fee_paying_account);

    fn calculate_fee(&self, fee: &ProposalUpdateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, self.packed_len(), fee.price_per_kbyte)
    }

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, ProposalUpdateRefusal::NegativeFee { fee });
        ensure!(!self.is_empty(), ProposalUpdateRefusal::Empty);
        let active =
            in_both(&self.active_approvals_to_add, &self.active_approvals_to_remove, |id| *id);
        let owner =
            in_both(&self.owner_approvals_to_add, &self.owner_approvals_to_remove, |id| *id);
        for (both, asked) in
            [(active, asked::proposal::ACTIVE_TWICE), (owner, asked::proposal::OWNER_TWICE)]
        {
            if let Some(account) = both {
                return Err(ProposalUpdateRefusal::AccountTwice { account, asked }.into());
            }
        }
        match in_both(&self.key_approvals_to_add, &self.key_approvals_to_remove, |key| key.0) {
            Some(key) => Err(ProposalUpdateRefusal::KeyTwice { key }.into()),
            None => Ok(()),
        }
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.active.extend(self.active_approvals_to_add.iter().copied());
        required.active.extend(self.active_approvals_to_remove.iter().copied());
        required.owner.extend(self.owner_approvals_to_add.iter().copied());
        required.owner.extend(self.owner_approvals_to_remove.iter().copied());
        let key_auths: FlatMap<PublicKey, u16> = self.keys().map(|key| (*key, 1)).collect();
        let weight_threshold = key_auths.len() as u32;
        if weight_threshold > 0 {
            required.other.push(Authority { weight_threshold, key_auths, ..Authority::default() });
        }
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.fee_paying_account);
    }
}
