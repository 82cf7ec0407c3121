//! Witness creation: a lifetime member stands for election as a witness.
//!
//! Signed by: the active authority of `witness_account`, who pays the fee.

use super::next_vote_id;
use crate::constants::MAX_URL_LENGTH;
use crate::evaluate::{Context, Evaluate};
use crate::ids::{AccountId, WitnessId};
use crate::money::Asset;
use crate::objects::Witness;
use crate::ops::{OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_crypto::PublicKey;
use carbyne_wire::{FlatSet, Text, VoteKind, Wire};

refusals! {
    /// Why a witness is not created.
    pub enum WitnessCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A URL that is too long.
        UrlTooLong { bytes: usize }: "a URL of {bytes} bytes is too long",
        /// The account is no lifetime member.
        NotMember { account: AccountId }: "{account} is no lifetime member and cannot be a witness",
        /// The account is a witness already.
        AlreadyWitness { account: AccountId }: "{account} is a witness already",
    }
}

/// Makes an account a witness.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WitnessCreate {
    /// Fee, paid by `witness_account`.
    pub fee: Asset,
    /// The account.
    pub witness_account: AccountId,
    /// Where it presents itself.
    pub url: Text,
    /// Key that will sign its blocks.
    pub block_signing_key: PublicKey,
}

fee_parameters! {
    /// Fee of a witness, in smallest units of the core asset.
    pub struct WitnessCreateFee {
        /// Per witness.
        fee: u64 = 500_000_000,
    }
}

impl Stateless for WitnessCreate {
    const NAME: &'static str = "witness_create";
    type Fee = WitnessCreateFee;

    paid_by!(witness_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, WitnessCreateRefusal::NegativeFee { fee: self.fee.amount });
        let bytes = self.url.len();
        ensure!(bytes < MAX_URL_LENGTH, WitnessCreateRefusal::UrlTooLong { bytes });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.witness_account);
    }
}

impl Evaluate for WitnessCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let account = self.witness_account;
        ensure!(
            ledger.get(account)?.is_lifetime_member(),
            WitnessCreateRefusal::NotMember { account }
        );
        ensure!(
            ledger.tables.witnesses.index().by_account(account).is_none(),
            WitnessCreateRefusal::AlreadyWitness { account }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let vote_id = next_vote_id(ledger, VoteKind::Witness)?;
        let id: WitnessId = ledger.create(Witness {
            witness_account: self.witness_account,
            signing_key: self.block_signing_key,
            vote_id,
            url: self.url.clone(),
            ..Witness::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
