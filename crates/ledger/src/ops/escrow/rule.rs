//! Escrow rule: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::escrow::rule`].

use super::{End, check_left, close, pay, pay_rest};
use crate::Ledger;
use crate::contracts::{ContractRefusal, before, concerns, only_if};
use crate::evaluate::{Context, Evaluate};
use carbyne_objects::EscrowState;
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::escrow::EscrowRule;

impl Evaluate for EscrowRule {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let (escrow, account) = (ledger.get(self.escrow)?, self.agent);
        ensure!(Some(account) == escrow.agent, ContractRefusal::NotParty { account });
        only_if(escrow.state == EscrowState::Disputed, "nobody asked for a ruling")?;
        before(ledger, escrow.end)?;
        self.to_receiver.iter().try_for_each(|amount| check_left(escrow, *amount))
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let escrow = ledger.get(self.escrow)?;
        let (from, to, parties) = (escrow.from, escrow.to, escrow.parties());
        for part in &self.to_receiver {
            pay(ledger, self.escrow, to, *part)?;
        }
        pay_rest(ledger, self.escrow, from)?;
        close(ledger, self.escrow, End::Ruled)?;
        Ok(concerns(parties))
    }
}
