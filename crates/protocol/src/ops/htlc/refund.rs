//! HTLC refund: the record that a contract ended unredeemed and its amount went back. Virtual.

use super::{HtlcHash, HtlcRefusal};
use crate::Rejected;
use crate::ids::{AccountId, HtlcId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, Wire};

/// A contract ended unredeemed and its amount went back.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HtlcRefund {
    /// Zero.
    pub fee: Asset,
    /// The contract, which is gone.
    pub htlc_id: HtlcId,
    /// Account that made the contract and got the amount back.
    pub to: AccountId,
    /// Account that would have received it.
    pub original_htlc_recipient: AccountId,
    /// What went back.
    pub htlc_amount: Asset,
    /// Hash of the secret.
    pub htlc_preimage_hash: HtlcHash,
    /// Agreed size of the secret, in bytes; zero means any.
    pub htlc_preimage_size: u16,
}

fee_parameters! {
    /// A record has no fee.
    pub struct HtlcRefundFee {}
}

impl Stateless for HtlcRefund {
    const NAME: &'static str = "htlc_refund";
    type Fee = HtlcRefundFee;

    paid_by!(to);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        Err(HtlcRefusal::Virtual.into())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.to);
    }
}
