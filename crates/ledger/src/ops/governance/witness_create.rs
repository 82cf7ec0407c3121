//! Witness creation: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::governance::witness_create`].

use super::next_vote_id;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::Witness;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, WitnessId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::governance::witness_create::WitnessCreate;
use carbyne_wire::VoteKind;

refusals! {
    /// Why a witness is not created.
    pub enum WitnessCreateRefusal {
        /// The account is no lifetime member.
        NotMember { account: AccountId }: "{account} is no lifetime member and cannot be a witness",
        /// The account is a witness already.
        AlreadyWitness { account: AccountId }: "{account} is a witness already",
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
