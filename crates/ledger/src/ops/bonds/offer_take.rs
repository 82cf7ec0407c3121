//! Bond offer take: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::bonds::offer_take`].

use super::offer_create::check_pair;
use super::return_offer;
use crate::Ledger;
use crate::contracts::{
    ContractRefusal, at_most, before, count_core, creates, from_now, lock, may_move, moment, pinned,
};
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::{Bond, BondOffer};
use carbyne_protocol::Rejected;
use carbyne_protocol::contract::{different, some_amount};
use carbyne_protocol::ids::{AccountId, BondId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::bonds::{BondOfferTake, BondSide};
use carbyne_wire::TimePointSec;

/// Who lends what to whom against what.
#[derive(Clone, Copy, Debug)]
pub struct Loan {
    lender: AccountId,
    borrower: AccountId,
    principal: Asset,
    collateral: Asset,
    due: TimePointSec,
    min_until: TimePointSec,
}

/// The principal and its collateral.
fn amounts(operation: &BondOfferTake, offer: &BondOffer) -> Result<(Asset, Asset), Rejected> {
    let ratio = offer.terms.ratio;
    let principal = match offer.side {
        BondSide::Lend => operation.amount,
        BondSide::Borrow => operation.amount.times(ratio)?,
    };
    let collateral = principal.times_round_up(ratio)?;
    some_amount("the principal", principal.amount)?;
    some_amount("the collateral", collateral.amount)?;
    Ok((principal, collateral))
}

fn check_offer(
    operation: &BondOfferTake,
    ledger: &Ledger,
    offer: &BondOffer,
) -> Result<(), Rejected> {
    let account = operation.taker;
    different(&[account, offer.creator])?;
    let is_allowed = offer.allowed.is_empty() || offer.allowed.contains(&account);
    ensure!(is_allowed, ContractRefusal::NotParty { account });
    pinned("terms", &operation.terms, &offer.terms)?;
    pinned("asset", operation.amount.asset_id, offer.amount.asset_id)?;
    before(ledger, offer.expiry)?;
    let units = operation.amount.amount;
    ensure!(units >= offer.min_take, ContractRefusal::BelowLeast { units, least: offer.min_take });
    at_most(units, offer.amount.amount)?;
    check_pair(ledger, &offer.terms)
}

impl Evaluate for BondOfferTake {
    type Plan = Loan;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Loan, Rejected> {
        let offer = ledger.get(self.offer)?;
        check_offer(self, ledger, offer)?;
        let (principal, collateral) = amounts(self, offer)?;
        let (lender, borrower) = match offer.side {
            BondSide::Lend => (offer.creator, self.taker),
            BondSide::Borrow => (self.taker, offer.creator),
        };
        may_move(ledger, (lender, borrower), principal.asset_id)?;
        may_move(ledger, (lender, borrower), collateral.asset_id)?;
        let due = moment(from_now(ledger, offer.terms.term_sec)?)?;
        let min_until = moment(from_now(ledger, offer.terms.min_term_sec)?)?;
        Ok(Loan { lender, borrower, principal, collateral, due, min_until })
    }

    fn apply(
        &self,
        loan: Loan,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let offer = ledger.get(self.offer)?.clone();
        let taken = match offer.side {
            BondSide::Lend => {
                lock(ledger, loan.borrower, loan.collateral)?;
                count_core(ledger, loan.lender, loan.principal.negated())?;
                loan.principal
            }
            BondSide::Borrow => {
                crate::contracts::has(ledger, loan.lender, loan.principal)?;
                ledger.adjust_balance(loan.lender, loan.principal.negated())?;
                loan.collateral
            }
        };
        ledger.adjust_balance(loan.borrower, loan.principal)?;
        let left = offer.amount.amount.minus(taken.amount)?;
        ledger.modify(self.offer, |offer| offer.amount.amount = left)?;
        if left < offer.min_take {
            return_offer(ledger, self.offer)?;
        }
        let id: BondId = ledger.create(Bond {
            lender: loan.lender,
            borrower: loan.borrower,
            principal: loan.principal,
            collateral: loan.collateral,
            start: ledger.head_time()?,
            due: loan.due,
            min_until: loan.min_until,
            apr_bps: offer.terms.apr_bps,
            callable: offer.terms.callable,
            auto_claim: offer.terms.auto_claim,
            auto_repay: match offer.side {
                BondSide::Lend => self.auto_repay,
                BondSide::Borrow => offer.auto_repay,
            },
            ..Bond::default()
        });
        Ok(creates(id, [loan.lender, loan.borrower]))
    }
}
