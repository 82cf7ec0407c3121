//! Transfer to blind: turns an amount of an account into blinded balances.
//!
//! Signed by: the active authority of `from`, who pays the fee. The fee has a part per output.

use super::{
    BlindOutput, ConfidentialRefusal, fee_per_output, public_commitment, touch_owners,
    validate_outputs, validate_ranges, validate_sum,
};
use crate::Rejected;
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Digest, FlatSet, Wire};

/// Turns a public amount into blinded balances.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TransferToBlind {
    /// Fee, paid by `from`.
    pub fee: Asset,
    /// What is hidden.
    pub amount: Asset,
    /// Account that gives.
    pub from: AccountId,
    /// Sum of the blinding factors of the outputs.
    pub blinding_factor: Digest<32>,
    /// The blinded balances, sorted by commitment.
    pub outputs: Vec<BlindOutput>,
}

fee_parameters! {
    /// Fee of hiding an amount, in smallest units of the core asset.
    pub struct TransferToBlindFee {
        /// Per transfer.
        fee: u64 = 500_000,
        /// Per output.
        price_per_output: u32 = 500_000,
    }
}

impl Stateless for TransferToBlind {
    const NAME: &'static str = "transfer_to_blind";
    type Fee = TransferToBlindFee;

    paid_by!(from);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        Ok(fee_per_output(fee.fee, fee.price_per_output, self.outputs.len()))
    }

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.amount.amount);
        ensure!(fee >= 0, ConfidentialRefusal::NegativeFee { fee });
        ensure!(amount > 0, ConfidentialRefusal::AmountNotPositive { amount });
        let outputs = validate_outputs(&self.outputs, asked::confidential::TO_SORTED)?;
        ensure!(!outputs.is_empty(), ConfidentialRefusal::NoOutputs);
        let input = public_commitment(&self.blinding_factor, amount)?;
        validate_sum(&[input], &outputs, 0, (amount, asked::confidential::TO_SUM))?;
        validate_ranges(&self.outputs)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.from);
        touch_owners(self.outputs.iter().map(|output| &output.owner), accounts);
    }
}
