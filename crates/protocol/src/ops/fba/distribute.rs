//! FBA distribute: the record of fees that were shared out to an asset backed by them. Nobody can
//! send it.

use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{FlatSet, ObjectId, Wire};

refusals! {
    /// Why the operation is refused.
    pub enum FbaDistributeRefusal {
        /// It is only ever caused.
        Virtual: "only the chain makes this operation",
    }
}

/// Fees that were shared out.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct FbaDistribute {
    /// Nothing.
    pub fee: Asset,
    /// Who got them.
    pub account_id: AccountId,
    /// The accumulator they came from.
    pub fba_id: ObjectId,
    /// How much, in smallest units of core.
    pub amount: i64,
}

fee_parameters! {
    /// Sharing out costs nothing.
    pub struct FbaDistributeFee {}
}

impl Stateless for FbaDistribute {
    const NAME: &'static str = "fba_distribute";
    type Fee = FbaDistributeFee;

    paid_by!(account_id);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        Err(FbaDistributeRefusal::Virtual.into())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account_id);
    }
}
