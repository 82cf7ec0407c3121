//! Object create: makes data that somebody owns.
//!
//! Signed by: the active authority of `owner`, who pays the fee: a part for the object and one per
//! 1,024 bytes of the operation.

use crate::Rejected;
use crate::contract::{check_fee, in_range, sized_fee};
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Bytes, Extensions, FlatSet, Pack, Text, Wire};

/// The longest name of a kind, in bytes.
pub const KIND_BYTES_MAX: u32 = 63;
/// The most that a creator gets of a sale, in basis points.
pub const ROYALTY_BPS_MAX: u32 = 2_000;

/// Makes an object; its owner is its creator for ever.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ObjectCreate {
    /// Fee, paid by `owner`.
    pub fee: Asset,
    /// Whose.
    pub owner: AccountId,
    /// What it is, in the owner's words.
    pub kind: Text,
    /// Its content.
    pub data: Bytes,
    /// Whether it can have another owner.
    pub transferable: bool,
    /// Whether its content can change.
    pub mutable: bool,
    /// Part of the price of a sale for the creator, in basis points.
    pub royalty_bps: u16,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an object, in smallest units of the core asset.
    pub struct ObjectCreateFee {
        /// Per object.
        fee: u64 = 500_000,
        /// Per 1,024 bytes.
        price_per_kbyte: u32 = 1_000_000,
    }
}

impl Stateless for ObjectCreate {
    const NAME: &'static str = "object_create";
    type Fee = ObjectCreateFee;

    paid_by!(owner);

    fn calculate_fee(&self, fee: &ObjectCreateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, fee.price_per_kbyte.into(), self.packed_len())
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        in_range("kind", self.kind.len() as u64, 0_u32, KIND_BYTES_MAX)?;
        in_range("royalty_bps", self.royalty_bps, 0_u32, ROYALTY_BPS_MAX)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.owner);
    }
}
