//! Execute bid: the record of a debt position that a bid for collateral became. Nobody can send it.

use super::AssetRefusal;
use crate::Rejected;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Wire};

/// A bid that became a debt position.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ExecuteBid {
    /// Nothing.
    pub fee: Asset,
    /// Whose.
    pub bidder: AccountId,
    /// Debt of the position.
    pub debt: Asset,
    /// Collateral of the position.
    pub collateral: Asset,
}

fee_parameters! {
    /// Executing a bid costs nothing.
    pub struct ExecuteBidFee {}
}

impl Stateless for ExecuteBid {
    const NAME: &'static str = "execute_bid";
    type Fee = ExecuteBidFee;

    paid_by!(bidder);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        Err(AssetRefusal::Virtual { asked: asked::asset::EXECUTE_BID_VIRTUAL }.into())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.bidder);
    }
}
