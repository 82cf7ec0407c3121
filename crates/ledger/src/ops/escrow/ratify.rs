//! Escrow ratify: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::escrow::ratify`].

use super::{End, close, pay_rest};
use crate::Ledger;
use crate::contracts::{ContractRefusal, before, concerns, may_move, only_if, pinned};
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::{Escrow, EscrowState};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::escrow::EscrowRatify;

/// Whether somebody approved already; refused of who has no say.
fn has_approved(operation: &EscrowRatify, escrow: &Escrow) -> Result<bool, Rejected> {
    let account = operation.who;
    if account == escrow.to {
        return Ok(escrow.to_approved);
    }
    ensure!(Some(account) == escrow.agent, ContractRefusal::NotParty { account });
    Ok(escrow.agent_approved)
}

/// Who becomes a party must be one who may have what it is about.
fn check_lists(operation: &EscrowRatify, ledger: &Ledger, escrow: &Escrow) -> Result<(), Rejected> {
    let parties = (escrow.from, operation.who);
    if operation.who != escrow.to {
        return may_move(ledger, parties, escrow.agent_fee.asset_id);
    }
    escrow.amounts.iter().try_for_each(|amount| may_move(ledger, parties, amount.asset_id))
}

impl Evaluate for EscrowRatify {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let escrow = ledger.get(self.escrow)?;
        let has_approved = has_approved(self, escrow)?;
        pinned("agreement_hash", self.agreement_hash, escrow.agreement_hash)?;
        let is_pending = escrow.state == EscrowState::Pending;
        only_if(is_pending && !has_approved, "it was approved already")?;
        before(ledger, escrow.end)?;
        if self.approve { check_lists(self, ledger, escrow) } else { Ok(()) }
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let parties = ledger.get(self.escrow)?.parties();
        if !self.approve {
            let from = ledger.get(self.escrow)?.from;
            pay_rest(ledger, self.escrow, from)?;
            close(ledger, self.escrow, End::NeverBegan)?;
            return Ok(concerns(parties));
        }
        ledger.modify(self.escrow, |escrow| {
            match self.who == escrow.to {
                true => escrow.to_approved = true,
                false => escrow.agent_approved = true,
            }
            if escrow.to_approved && escrow.agent_approved {
                (escrow.state, escrow.end) = (EscrowState::Active, escrow.deliver_by);
            }
        })?;
        Ok(concerns(parties))
    }
}
