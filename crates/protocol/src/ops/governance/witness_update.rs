//! Witness update: a new URL or a new key to sign blocks with.
//!
//! Signed by: the active authority of `witness_account`, who pays the fee.

use crate::Rejected;
use crate::constants::MAX_URL_LENGTH;
use crate::ids::{AccountId, WitnessId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_crypto::PublicKey;
use carbyne_wire::{FlatSet, Text, Wire};

refusals! {
    /// Why a witness is not updated, whatever the state.
    pub enum WitnessUpdateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A URL that is too long.
        UrlTooLong { bytes: usize }: "a URL of {bytes} bytes is too long",
    }
}

/// Changes a witness; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct WitnessUpdate {
    /// Fee, paid by `witness_account`.
    pub fee: Asset,
    /// The witness.
    pub witness: WitnessId,
    /// Its account.
    pub witness_account: AccountId,
    /// New URL.
    pub new_url: Option<Text>,
    /// New key to sign blocks with.
    pub new_signing_key: Option<PublicKey>,
}

fee_parameters! {
    /// Fee of a witness update, in smallest units of the core asset.
    pub struct WitnessUpdateFee {
        /// Per update.
        fee: i64 = 2_000_000,
    }
}

impl Stateless for WitnessUpdate {
    const NAME: &'static str = "witness_update";
    type Fee = WitnessUpdateFee;

    paid_by!(witness_account);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, WitnessUpdateRefusal::NegativeFee { fee: self.fee.amount });
        let bytes = self.new_url.as_ref().map_or(0, Text::len);
        ensure!(bytes < MAX_URL_LENGTH, WitnessUpdateRefusal::UrlTooLong { bytes });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.witness_account);
    }
}
