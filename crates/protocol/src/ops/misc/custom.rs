//! Custom: carries data that the chain does not look into.
//!
//! Signed by: the active authorities of `payer`, who pays the fee, and of `required_auths`. The fee
//! has a part per 1,024 bytes of the operation.

use crate::Rejected;
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::{RequiredAuthorities, Stateless};
use carbyne_wire::{Bytes, FlatSet, Pack, Wire};

refusals! {
    /// Why the data is refused.
    pub enum CustomRefusal {
        /// No fee.
        FeeNotPositive { fee: i64 }: "the fee {fee} is not positive",
    }
}

/// Carries data.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Custom {
    /// Fee, paid by `payer`.
    pub fee: Asset,
    /// Who sends it.
    pub payer: AccountId,
    /// Accounts that must sign too.
    pub required_auths: FlatSet<AccountId>,
    /// What kind of data it is, for those who read it.
    pub id: u16,
    /// The data.
    pub data: Bytes,
}

fee_parameters! {
    /// Fee of data, in smallest units of the core asset.
    pub struct CustomFee {
        /// Per operation.
        fee: u64 = 100_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 10,
    }
}

impl Stateless for Custom {
    const NAME: &'static str = "custom";
    type Fee = CustomFee;

    paid_by!(payer);

    fn calculate_fee(&self, fee: &CustomFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        let for_data = data_fee(self.packed_len(), fee.price_per_kbyte.into())?;
        // The reference adds these without looking for an overflow.
        Ok(fee.fee.wrapping_add(for_data as u64) as i64)
    }

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount > 0, CustomRefusal::FeeNotPositive { fee: self.fee.amount });
        Ok(())
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        required.active.extend(self.required_auths.iter().copied());
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.payer);
        accounts.extend(self.required_auths.iter().copied());
    }
}
