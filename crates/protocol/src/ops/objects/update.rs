//! Object update: gives an object other content.
//!
//! Signed by: the active authority of `owner`, who pays the fee: a part for the change and one per
//! 1,024 bytes of the operation.

use crate::Rejected;
use crate::contract::{check_fee, sized_fee};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, OwnedObjectId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Bytes, Extensions, FlatSet, Pack, Wire};

/// Gives an object other content.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ObjectUpdate {
    /// Fee, paid by `owner`.
    pub fee: Asset,
    /// Whose.
    pub owner: AccountId,
    /// The object.
    pub object: OwnedObjectId,
    /// Its content from then on.
    pub data: Bytes,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a change, in smallest units of the core asset.
    pub struct ObjectUpdateFee {
        /// Per change.
        fee: u64 = 500_000,
        /// Per 1,024 bytes.
        price_per_kbyte: u32 = 1_000_000,
    }
}

impl Stateless for ObjectUpdate {
    const NAME: &'static str = "object_update";
    type Fee = ObjectUpdateFee;

    paid_by!(owner);

    fn calculate_fee(&self, fee: &ObjectUpdateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, fee.price_per_kbyte.into(), self.packed_len())
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner);
    }
}
