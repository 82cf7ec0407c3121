//! Escrow release: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::escrow::release`].

use super::{check_left, check_running, close_if_empty, pay};
use crate::Ledger;
use crate::contracts::{ContractRefusal, before, concerns};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::escrow::EscrowRelease;

impl Evaluate for EscrowRelease {
    /// Who gets it.
    type Plan = AccountId;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<AccountId, Rejected> {
        let (escrow, account) = (ledger.get(self.escrow)?, self.who);
        let is_party = account == escrow.from || account == escrow.to;
        ensure!(is_party, ContractRefusal::NotParty { account });
        check_running(escrow)?;
        before(ledger, escrow.end)?;
        self.amounts.iter().try_for_each(|amount| check_left(escrow, *amount))?;
        Ok(if account == escrow.from { escrow.to } else { escrow.from })
    }

    fn apply(
        &self,
        to: AccountId,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let parties = ledger.get(self.escrow)?.parties();
        for amount in &self.amounts {
            pay(ledger, self.escrow, to, *amount)?;
        }
        close_if_empty(ledger, self.escrow)?;
        Ok(concerns(parties))
    }
}
