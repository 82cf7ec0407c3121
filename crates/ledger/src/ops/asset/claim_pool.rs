//! Asset claim pool: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::claim_pool`].

use super::check_issuer;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::reference_words as asked;
use carbyne_protocol::Rejected;
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::claim_pool::AssetClaimPool;

refusals! {
    /// Why a fee pool is not paid out.
    pub enum AssetClaimPoolRefusal {
        /// More than there is.
        AbovePool { claim: i64, fee_pool: i64 }: "{claim} are claimed, the pool has {fee_pool}",
    }
}

impl Evaluate for AssetClaimPool {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asked = asked::asset::CLAIM_POOL_ISSUER;
        check_issuer(ledger.get(self.asset_id)?, self.issuer, asked)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let data = ledger.get(self.asset_id)?.dynamic_asset_data_id;
        let claim = self.amount_to_claim.amount;
        ledger.try_modify(data, |data| {
            let fee_pool = data.fee_pool;
            ensure!(claim <= fee_pool, AssetClaimPoolRefusal::AbovePool { claim, fee_pool });
            data.fee_pool = fee_pool.minus(claim)?;
            Ok(())
        })?;
        ledger.adjust_balance(self.issuer, self.amount_to_claim)?;
        Ok(OperationResult::Void)
    }
}
