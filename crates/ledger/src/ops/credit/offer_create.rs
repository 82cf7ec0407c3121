//! Credit offer create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::credit::offer_create`].

use super::check_auto_disable_time;
use crate::Ledger;
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::reference_words as asked;
use carbyne_objects::CreditOffer;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::CreditOfferId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::credit::offer_create::CreditOfferCreate;

impl Evaluate for CreditOfferCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        if self.enabled {
            check_auto_disable_time(
                ledger,
                self.auto_disable_time,
                asked::credit::CREATE_DISABLE_TIME,
            )?;
        }
        for collateral in self.acceptable_collateral.keys() {
            ledger.get(*collateral)?;
        }
        for borrower in self.acceptable_borrowers.keys() {
            ledger.get(*borrower)?;
        }
        let asked = asked::credit::CREATE_ACCOUNT;
        check_authorized(ledger, self.owner_account, self.asset_type, asked)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let amount = Asset::new(self.balance, self.asset_type);
        ledger.adjust_balance(self.owner_account, amount.negated())?;
        let offer: CreditOfferId = ledger.create(CreditOffer {
            owner_account: self.owner_account,
            asset_type: self.asset_type,
            total_balance: self.balance,
            current_balance: self.balance,
            fee_rate: self.fee_rate,
            max_duration_seconds: self.max_duration_seconds,
            min_deal_amount: self.min_deal_amount,
            enabled: self.enabled,
            auto_disable_time: self.auto_disable_time,
            acceptable_collateral: self.acceptable_collateral.clone(),
            acceptable_borrowers: self.acceptable_borrowers.clone(),
            ..CreditOffer::default()
        });
        Ok(OperationResult::Object(offer.into()))
    }
}
