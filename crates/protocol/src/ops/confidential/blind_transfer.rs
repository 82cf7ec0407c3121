//! Blind transfer: turns blinded balances into others. Only the fee is public.
//!
//! Signed by: the owners of the inputs. The account that anybody may act for pays the fee, out of
//! what the inputs give it. The fee has a part per output.

use super::{
    BlindInput, BlindOutput, ConfidentialRefusal, fee_per_output, sorted_inputs, touch_owners,
    validate_outputs, validate_ranges, validate_sum,
};
use crate::Rejected;
use crate::constants::TEMP_ACCOUNT;
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Wire};

/// Turns blinded balances into others.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BlindTransfer {
    /// Fee, in the asset of the balances, out of the inputs.
    pub fee: Asset,
    /// The blinded balances that are spent, sorted by commitment.
    pub inputs: Vec<BlindInput>,
    /// The blinded balances that are made, sorted by commitment.
    pub outputs: Vec<BlindOutput>,
}

fee_parameters! {
    /// Fee of a blind transfer, in smallest units of the core asset.
    pub struct BlindTransferFee {
        /// Per transfer.
        fee: u64 = 500_000,
        /// Per output.
        price_per_output: u32 = 500_000,
    }
}

impl Stateless for BlindTransfer {
    const NAME: &'static str = "blind_transfer";
    type Fee = BlindTransferFee;

    paid_by!(const TEMP_ACCOUNT);
    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        Ok(fee_per_output(fee.fee, fee.price_per_output, self.outputs.len()))
    }

    /// A negative fee is not refused here but where fees are prepared, as in the reference.
    fn validate(&self) -> Result<(), Rejected> {
        let net_public = self.fee.amount;
        let inputs = sorted_inputs(&self.inputs, asked::confidential::SORTED_INPUTS)?;
        let outputs = validate_outputs(&self.outputs, asked::confidential::SORTED_OUTPUTS)?;
        let asked = asked::confidential::BLIND_INPUTS;
        ensure!(!inputs.is_empty(), ConfidentialRefusal::NoInputs { asked });
        let told = (net_public, asked::confidential::BLIND_SUM);
        validate_sum(&inputs, &outputs, net_public, told)?;
        validate_ranges(&self.outputs)
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.other.extend(self.inputs.iter().map(|input| input.owner.clone()));
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(TEMP_ACCOUNT);
        touch_owners(self.inputs.iter().map(|input| &input.owner), accounts);
        touch_owners(self.outputs.iter().map(|output| &output.owner), accounts);
    }
}
