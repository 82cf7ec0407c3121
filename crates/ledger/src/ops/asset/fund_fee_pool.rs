//! Asset fund fee pool: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::asset::fund_fee_pool`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::fund_fee_pool::AssetFundFeePool;

impl Evaluate for AssetFundFeePool {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        ledger.get(self.asset_id).map(|_| ())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.from_account, Asset::core(self.amount).negated())?;
        let data = ledger.get(self.asset_id)?.dynamic_asset_data_id;
        ledger.try_modify(data, |data| {
            data.fee_pool = data.fee_pool.plus(self.amount)?;
            Ok(())
        })?;
        Ok(OperationResult::Void)
    }
}
