//! Witness update: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::governance::witness_update`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, WitnessId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::governance::witness_update::WitnessUpdate;

refusals! {
    /// Why a witness is not updated.
    pub enum WitnessUpdateRefusal {
        /// The witness is another account.
        NotOwner { witness: WitnessId, account: AccountId }:
            "the witness {witness} is not {account}",
    }
}

impl Evaluate for WitnessUpdate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let (witness, account) = (self.witness, ledger.get(self.witness)?.witness_account);
        ensure!(
            account == self.witness_account,
            WitnessUpdateRefusal::NotOwner { witness, account }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.modify(self.witness, |witness| {
            if let Some(url) = &self.new_url {
                witness.url = url.clone();
            }
            if let Some(key) = self.new_signing_key {
                witness.signing_key = key;
            }
        })?;
        Ok(OperationResult::Void)
    }
}
