//! Bond offer create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::bonds::offer_create`].

use crate::Ledger;
use crate::contracts::{from_now, in_time, lock, may_hold, may_trade, not_settled, within};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use crate::ops::options::check_alive;
use carbyne_objects::BondOffer;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::BondOfferId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::bonds::{BondOfferCreate, BondTerms};

/// Refuses a pair in which no bond begins.
pub(super) fn check_pair(ledger: &Ledger, terms: &BondTerms) -> Result<(), Rejected> {
    not_settled(ledger, terms.principal())?;
    not_settled(ledger, terms.collateral())?;
    check_alive(ledger, &[terms.principal(), terms.collateral()])?;
    may_trade(ledger, terms.principal(), terms.collateral())
}

impl Evaluate for BondOfferCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let limits = limits(ledger)?;
        within("term_sec", self.terms.term_sec, limits.bond_max_term_sec)?;
        let latest = from_now(ledger, limits.offer_max_sec)?;
        in_time("expiry", self.expiry, from_now(ledger, 1)?, latest)?;
        check_pair(ledger, &self.terms)?;
        may_hold(ledger, self.creator, self.terms.principal())?;
        may_hold(ledger, self.creator, self.terms.collateral())?;
        self.allowed.iter().try_for_each(|account| ledger.get(*account).map(drop))
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        lock(ledger, self.creator, self.amount)?;
        let id: BondOfferId = ledger.create(BondOffer {
            creator: self.creator,
            side: self.side,
            amount: self.amount,
            terms: self.terms.clone(),
            min_take: self.min_take,
            allowed: self.allowed.clone(),
            auto_repay: self.auto_repay,
            expiry: self.expiry,
            ..BondOffer::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
