//! Credit offer delete: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::credit::offer_delete`].

use super::CreditRefusal;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::credit::offer_delete::CreditOfferDelete;

impl Evaluate for CreditOfferDelete {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let offer = ledger.get(self.offer_id)?;
        let (account, owner) = (self.owner_account, offer.owner_account);
        ensure!(account == owner, CreditRefusal::NotOwner { account, owner });
        let unpaid = offer.total_balance.minus(offer.current_balance)?;
        ensure!(unpaid == 0, CreditRefusal::Unpaid { offer: offer.id, unpaid });
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let offer = ledger.remove(self.offer_id)?;
        let released = Asset::new(offer.current_balance, offer.asset_type);
        ledger.adjust_balance(self.owner_account, released)?;
        Ok(OperationResult::Amount(released))
    }
}
