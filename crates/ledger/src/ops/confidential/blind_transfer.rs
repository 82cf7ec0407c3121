//! Blind transfer: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::confidential::blind_transfer`].

use super::{
    ConfidentialRefusal, adjust_supply, check_input, check_outputs, create_outputs, pay_fba_fee,
    remove_inputs,
};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::FBA_BLIND_TRANSFER;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::TEMP_ACCOUNT;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::confidential::blind_transfer::BlindTransfer;

impl Evaluate for BlindTransfer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        check_outputs(ledger, &self.outputs)?;
        for input in &self.inputs {
            let unknown = ConfidentialRefusal::UnknownCommitment { commitment: input.commitment };
            check_input(ledger, input, self.fee.asset_id, unknown)?;
        }
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(TEMP_ACCOUNT, self.fee)?;
        remove_inputs(ledger, &self.inputs)?;
        create_outputs(ledger, &self.outputs, self.fee.asset_id)?;
        adjust_supply(ledger, self.fee.asset_id, self.fee.negated().amount)?;
        Ok(OperationResult::Void)
    }

    fn pay_fee(&self, (): &mut (), ledger: &mut Ledger, context: &Context) -> Result<(), Rejected> {
        pay_fba_fee(ledger, FBA_BLIND_TRANSFER, context)
    }
}
