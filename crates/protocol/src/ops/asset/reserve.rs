//! Asset reserve: takes some of a user-issued asset out of existence.
//!
//! Signed by: the active authority of `payer`, who pays the fee.

use super::{AssetRefusal, check_fee, check_positive};
use crate::Rejected;
use crate::constants::MAX_SHARE_SUPPLY;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

/// Takes some of an asset out of existence.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetReserve {
    /// Fee, paid by `payer`.
    pub fee: Asset,
    /// Who gives it up.
    pub payer: AccountId,
    /// How much of what.
    pub amount_to_reserve: Asset,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a reserve, in smallest units of the core asset.
    pub struct AssetReserveFee {
        /// Per reserve.
        fee: u64 = 2_000_000,
    }
}

impl Stateless for AssetReserve {
    const NAME: &'static str = "asset_reserve";
    type Fee = AssetReserveFee;

    paid_by!(payer);
    flat_fee!();

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let amount = self.amount_to_reserve.amount;
        let asked = asked::asset::RESERVE_MOST;
        ensure!(amount <= MAX_SHARE_SUPPLY, AssetRefusal::AmountTooLarge { amount, asked });
        check_positive(amount, asked::asset::RESERVE_AMOUNT)
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.payer);
    }
}
