//! Object transfer: gives an object to somebody else.
//!
//! Signed by: the active authority of `owner`, who pays the fee.

use crate::Rejected;
use crate::contract::{check_fee, different};
use crate::ids::{AccountId, OwnedObjectId};
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Gives an object to somebody else.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ObjectTransfer {
    /// Fee, paid by `owner`.
    pub fee: Asset,
    /// Whose.
    pub owner: AccountId,
    /// The object.
    pub object: OwnedObjectId,
    /// Whose from then on.
    pub to: AccountId,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee, in smallest units of the core asset.
    pub struct ObjectTransferFee {
        /// Per operation.
        fee: u64 = 100_000,
    }
}

impl Stateless for ObjectTransfer {
    const NAME: &'static str = "object_transfer";
    type Fee = ObjectTransferFee;

    paid_by!(owner);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        different(&[self.owner, self.to])
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.owner, self.to]);
    }
}
