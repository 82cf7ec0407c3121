//! Witness creation: a lifetime member stands for election as a witness.
//!
//! Signed by: the active authority of `witness_account`, who pays the fee.

use crate::Rejected;
use crate::constants::MAX_URL_LENGTH;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_crypto::PublicKey;
use carbyne_wire::{FlatSet, Text, Wire};

refusals! {
    /// Why a witness is not created, whatever the state.
    pub enum WitnessCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A URL that is too long.
        UrlTooLong { bytes: usize }: "a URL of {bytes} bytes is too long",
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
