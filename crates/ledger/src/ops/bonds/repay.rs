//! Bond repay: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::bonds::repay`].

use super::{accrue, accrued, check_running, finish, pay_lender, take_collateral};
use crate::Ledger;
use crate::contracts::{at_most, concerns, has, may_hold, only_if, settled_at};
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::Bond;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, BondId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::bonds::BondRepay;
use carbyne_protocol::proportion::proportion;

/// What is paid, and how much of the principal that repays, in smallest units.
#[derive(Clone, Copy, Debug)]
pub struct Payment {
    paid: Asset,
    interest: i64,
    principal: i64,
}

/// How a payment is parted: interest first.
fn part(bond: &Bond, amount: i64) -> Result<Payment, Rejected> {
    let owed = bond.interest_owed();
    at_most(amount, owed.saturating_add(bond.principal.amount))?;
    let interest = amount.min(owed);
    let (paid, principal) = (Asset::new(amount, bond.principal.asset_id), amount.minus(interest)?);
    Ok(Payment { paid, interest, principal })
}

/// What settles so much of a debt: the same, or what backs a SmartCoin of which all is settled.
fn price(operation: &BondRepay, ledger: &Ledger, debt: Asset) -> Result<Asset, Rejected> {
    if !operation.in_backing {
        return Ok(debt);
    }
    let settled = settled_at(ledger, debt.asset_id)?;
    only_if(settled.is_some(), "only a settled coin is repaid in its backing")?;
    settled.map_or(Ok(debt), |price| debt.times_round_up(price))
}

/// Repays all of the debt from the borrower's balance and says what was paid. It was promised, so
/// no list is asked.
pub(super) fn repay_all(ledger: &mut Ledger, id: BondId) -> Result<Asset, Rejected> {
    let bond = accrued(ledger.get(id)?.clone(), ledger.head_time()?);
    let payment = part(&bond, bond.interest_owed().plus(bond.principal.amount)?)?;
    pay(ledger, id, bond.borrower, payment)?;
    Ok(payment.paid)
}

fn pay(
    ledger: &mut Ledger,
    id: BondId,
    payer: AccountId,
    payment: Payment,
) -> Result<(), Rejected> {
    has(ledger, payer, payment.paid)?;
    ledger.adjust_balance(payer, payment.paid.negated())?;
    accrue(ledger, id)?;
    pay_lender(ledger, id, payment.paid)?;
    let (borrower, freed, left) = ledger.try_modify(id, |bond| {
        bond.interest_paid = bond.interest_paid.plus(payment.interest)?;
        let (collateral, owed) = (bond.collateral.amount as u64, bond.principal.amount as u64);
        let freed = proportion(collateral, payment.principal as u64, owed) as i64;
        bond.principal.amount = bond.principal.amount.minus(payment.principal)?;
        Ok::<_, Rejected>((bond.borrower, freed, bond.principal.amount))
    })?;
    let freed = take_collateral(ledger, id, freed)?;
    ledger.adjust_balance(borrower, freed)?;
    if left == 0 { finish(ledger, id) } else { Ok(()) }
}

impl Evaluate for BondRepay {
    type Plan = Payment;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Payment, Rejected> {
        let (bond, now) = (ledger.get(self.bond)?, ledger.head_time()?);
        check_running(ledger, bond)?;
        only_if(bond.principal.amount > 0, "nothing is owed any more")?;
        let payment = part(&accrued(bond.clone(), now), self.amount)?;
        let may_repay = payment.principal == 0 || bond.callable || now >= bond.min_until;
        only_if(may_repay, "the principal is not to be repaid yet")?;
        let paid = price(self, ledger, payment.paid)?;
        may_hold(ledger, self.payer, paid.asset_id)?;
        Ok(Payment { paid, ..payment })
    }

    fn apply(
        &self,
        payment: Payment,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let bond = ledger.get(self.bond)?;
        let parties = [bond.lender, bond.borrower];
        pay(ledger, self.bond, self.payer, payment)?;
        Ok(concerns(parties))
    }
}
