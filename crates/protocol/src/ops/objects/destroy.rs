//! Object destroy: removes an object for ever.
//!
//! Signed by: the active authority of `owner`, who pays the fee.

use crate::Rejected;
use crate::contract::check_fee;
use crate::ids::{AccountId, OwnedObjectId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Removes an object.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ObjectDestroy {
    /// Fee, paid by `owner`.
    pub fee: Asset,
    /// Whose.
    pub owner: AccountId,
    /// The object.
    pub object: OwnedObjectId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct ObjectDestroyFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for ObjectDestroy {
    const NAME: &'static str = "object_destroy";
    type Fee = ObjectDestroyFee;

    paid_by!(owner);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.owner]);
    }
}
