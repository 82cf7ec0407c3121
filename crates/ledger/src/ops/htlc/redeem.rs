//! HTLC redeem: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::htlc::redeem`].

use super::HtlcRefusal;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::htlc::HtlcRedeemed;
use carbyne_protocol::ops::htlc::redeem::HtlcRedeem;

impl Evaluate for HtlcRedeem {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let lock = &ledger.get(self.htlc_id)?.conditions.hash_lock;
        let (size, expected) = (self.preimage.len(), lock.preimage_size);
        ensure!(
            expected == 0 || size == usize::from(expected),
            HtlcRefusal::PreimageSize { size, expected }
        );
        ensure!(lock.preimage_hash.is_of(&self.preimage), HtlcRefusal::WrongPreimage);
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let contract = ledger.get(self.htlc_id)?;
        let record = HtlcRedeemed {
            fee: Asset::core(0),
            htlc_id: contract.id,
            from: contract.transfer.from,
            to: contract.transfer.to,
            redeemer: self.redeemer,
            amount: contract.amount(),
            htlc_preimage_hash: contract.conditions.hash_lock.preimage_hash.clone(),
            htlc_preimage_size: contract.conditions.hash_lock.preimage_size,
            preimage: self.preimage.clone(),
        };
        ledger.adjust_balance(record.to, record.amount)?;
        ledger.run.push_virtual(record);
        ledger.remove(self.htlc_id)?;
        Ok(OperationResult::Void)
    }
}
