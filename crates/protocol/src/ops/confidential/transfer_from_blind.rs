//! Transfer from blind: turns blinded balances into a public amount of an account, and the fee.
//!
//! Signed by: the owners of the inputs. The account that anybody may act for pays the fee, out of
//! what the inputs give it.

use super::{
    BlindInput, ConfidentialRefusal, public_commitment, sorted_inputs, touch_owners, validate_sum,
};
use crate::Rejected;
use crate::constants::TEMP_ACCOUNT;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use crate::reference_words as asked;
use carbyne_wire::{Digest, FlatSet, Wire};

/// Turns blinded balances into a public amount.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct TransferFromBlind {
    /// Fee, in the asset of the amount, out of the inputs.
    pub fee: Asset,
    /// What becomes public.
    pub amount: Asset,
    /// Account that receives.
    pub to: AccountId,
    /// Sum of the blinding factors of the inputs.
    pub blinding_factor: Digest<32>,
    /// The blinded balances, sorted by commitment.
    pub inputs: Vec<BlindInput>,
}

fee_parameters! {
    /// Fee of making an amount public, in smallest units of the core asset.
    pub struct TransferFromBlindFee {
        /// Per transfer.
        fee: u64 = 500_000,
    }
}

impl Stateless for TransferFromBlind {
    const NAME: &'static str = "transfer_from_blind";
    type Fee = TransferFromBlindFee;

    paid_by!(const TEMP_ACCOUNT);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        let (fee, amount) = (self.fee.amount, self.amount.amount);
        ensure!(amount > 0, ConfidentialRefusal::AmountNotPositive { amount });
        ensure!(fee >= 0, ConfidentialRefusal::NegativeFee { fee });
        let asked = asked::confidential::FROM_INPUTS;
        ensure!(!self.inputs.is_empty(), ConfidentialRefusal::NoInputs { asked });
        let (fee_asset, asset) = (self.fee.asset_id, self.amount.asset_id);
        ensure!(
            fee_asset == asset,
            ConfidentialRefusal::FeeAsset { fee: fee_asset, amount: asset }
        );
        let net_public = fee.wrapping_add(amount);
        let output = public_commitment(&self.blinding_factor, net_public)?;
        let inputs = sorted_inputs(&self.inputs, asked::confidential::FROM_SORTED)?;
        validate_sum(&inputs, &[output], 0, (net_public, asked::confidential::FROM_SUM))
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.other.extend(self.inputs.iter().map(|input| input.owner.clone()));
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([TEMP_ACCOUNT, self.to]);
        touch_owners(self.inputs.iter().map(|input| &input.owner), accounts);
    }
}
