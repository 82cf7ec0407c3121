//! Transfer to blind: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::confidential::transfer_to_blind`].

use super::{ConfidentialRefusal, adjust_supply, check_outputs, create_outputs, pay_fba_fee};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::reference_words as asked;
use carbyne_objects::FBA_TRANSFER_TO_BLIND;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_protocol::ops::confidential::transfer_to_blind::TransferToBlind;

impl Evaluate for TransferToBlind {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.amount.asset_id)?;
        let conditions = [
            (asset.allow_confidential(), asked::confidential::ALLOW_CONFIDENTIAL),
            (!asset.is_transfer_restricted(), asked::confidential::TRANSFER_RESTRICTED),
            (!asset.has_flag(flag::WHITE_LIST), asked::confidential::WHITE_LIST),
        ];
        for (holds, asked) in conditions {
            ensure!(holds, ConfidentialRefusal::NotAllowed { asset: asset.id, asked });
        }
        check_outputs(ledger, &self.outputs)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let Asset { amount, asset_id } = self.amount;
        ledger.adjust_balance(self.from, self.amount.negated())?;
        adjust_supply(ledger, asset_id, amount)?;
        create_outputs(ledger, &self.outputs, asset_id)?;
        Ok(OperationResult::Void)
    }

    fn pay_fee(&self, (): &mut (), ledger: &mut Ledger, context: &Context) -> Result<(), Rejected> {
        pay_fba_fee(ledger, FBA_TRANSFER_TO_BLIND, context)
    }
}
