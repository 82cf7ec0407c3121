//! Proposals: transactions that wait on the chain until everybody who must approve has done so.
//!
//! A proposal is executed the moment it is authorized, or, if it has a review period, when it
//! expires.

pub mod create;
pub mod delete;
pub mod update;

pub use create::ProposalCreate;
pub use delete::ProposalDelete;
pub use update::ProposalUpdate;

use crate::Rejected;
use crate::fees::data_fee;

/// The fee of a proposal operation of `bytes`: the sum wraps at 64 bits as the reference's does.
fn sized_fee(fee: u64, bytes: usize, price_per_kbyte: u32) -> Result<i64, Rejected> {
    Ok((fee as i64).wrapping_add(data_fee(bytes, price_per_kbyte.into())?))
}
