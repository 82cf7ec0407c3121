//! Transfer from blind: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::confidential::transfer_from_blind`].

use super::{ConfidentialRefusal, adjust_supply, check_input, pay_fba_fee, remove_inputs};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::FBA_TRANSFER_FROM_BLIND;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::TEMP_ACCOUNT;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::confidential::transfer_from_blind::TransferFromBlind;

impl Evaluate for TransferFromBlind {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        for input in &self.inputs {
            let unknown = ConfidentialRefusal::UnknownInput { commitment: input.commitment };
            check_input(ledger, input, self.fee.asset_id, unknown)?;
        }
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(TEMP_ACCOUNT, self.fee)?;
        ledger.adjust_balance(self.to, self.amount)?;
        remove_inputs(ledger, &self.inputs)?;
        let total = self.amount.plus(self.fee)?;
        adjust_supply(ledger, total.asset_id, total.negated().amount)?;
        Ok(OperationResult::Void)
    }

    fn pay_fee(&self, (): &mut (), ledger: &mut Ledger, context: &Context) -> Result<(), Rejected> {
        pay_fba_fee(ledger, FBA_TRANSFER_FROM_BLIND, context)
    }
}
