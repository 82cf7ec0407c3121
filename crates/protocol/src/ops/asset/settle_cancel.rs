//! Asset settle cancel: the record of a force settlement order that the chain gave back. Nobody can
//! send it.

use super::AssetRefusal;
use crate::Rejected;
use crate::ids::{AccountId, ForceSettlementId};
use crate::money::Asset;
use crate::ops::Stateless;
use crate::reference_words as asked;
use carbyne_wire::{FlatSet, Wire};

/// A force settlement order given back.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetSettleCancel {
    /// Nothing.
    pub fee: Asset,
    /// The order.
    pub settlement: ForceSettlementId,
    /// Whose.
    pub account: AccountId,
    /// What was left of it.
    pub amount: Asset,
}

fee_parameters! {
    /// Giving an order back costs nothing.
    pub struct AssetSettleCancelFee {}
}

impl Stateless for AssetSettleCancel {
    const NAME: &'static str = "asset_settle_cancel";
    type Fee = AssetSettleCancelFee;

    paid_by!(account);
    flat_fee!(0);

    fn validate(&self) -> Result<(), Rejected> {
        Err(AssetRefusal::Virtual { asked: asked::asset::SETTLE_CANCEL_VIRTUAL }.into())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.account);
    }
}
