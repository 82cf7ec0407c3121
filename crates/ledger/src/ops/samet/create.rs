//! SameT fund create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::samet::create`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::reference_words as asked;
use carbyne_objects::SametFund;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::SametFundId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::samet::create::SametFundCreate;

impl Evaluate for SametFundCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asked = asked::samet::CREATE_ACCOUNT;
        check_authorized(ledger, self.owner_account, self.asset_type, asked)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let amount = Asset::new(self.balance, self.asset_type);
        ledger.adjust_balance(self.owner_account, amount.negated())?;
        let fund: SametFundId = ledger.create(SametFund {
            owner_account: self.owner_account,
            asset_type: self.asset_type,
            balance: self.balance,
            fee_rate: self.fee_rate,
            ..SametFund::default()
        });
        Ok(OperationResult::Object(fund.into()))
    }
}
