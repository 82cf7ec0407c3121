//! HTLC redeemed: the record that the secret of a contract was shown and the amount paid out.
//! Virtual.

use super::{HtlcHash, HtlcRefusal};
use crate::Rejected;
use crate::ids::{AccountId, HtlcId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Bytes, FlatSet, Wire};

/// The secret of a contract was shown and the amount paid out.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HtlcRedeemed {
    /// Zero.
    pub fee: Asset,
    /// The contract, which is gone.
    pub htlc_id: HtlcId,
    /// Account that gave.
    pub from: AccountId,
    /// Account that received.
    pub to: AccountId,
    /// Account that showed the secret.
    pub redeemer: AccountId,
    /// What was paid out.
    pub amount: Asset,
    /// Hash of the secret.
    pub htlc_preimage_hash: HtlcHash,
    /// Agreed size of the secret, in bytes; zero means any.
    pub htlc_preimage_size: u16,
    /// The secret.
    pub preimage: Bytes,
}

fee_parameters! {
    /// A record has no fee.
    pub struct HtlcRedeemedFee {}
}

impl Stateless for HtlcRedeemed {
    const NAME: &'static str = "htlc_redeemed";
    type Fee = HtlcRedeemedFee;

    paid_by!(to);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        Err(HtlcRefusal::Virtual.into())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.from);
        // Who redeemed for itself finds its own operation in its history already.
        if self.to != self.redeemer {
            accounts.insert(self.to);
        }
    }
}
