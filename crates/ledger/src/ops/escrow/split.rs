//! Escrow split: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::escrow::split`].

use super::{check_running, close_if_empty, pay};
use crate::Ledger;
use crate::contracts::{before, concerns, is_party};
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::escrow::EscrowSplit;

impl Evaluate for EscrowSplit {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let escrow = ledger.get(self.escrow)?;
        is_party(self.from, escrow.from)?;
        is_party(self.to, escrow.to)?;
        check_running(escrow)?;
        before(ledger, escrow.end)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let parties = ledger.get(self.escrow)?.parties();
        for (to, parts) in [(self.to, &self.to_receiver), (self.from, &self.to_sender)] {
            for part in parts {
                pay(ledger, self.escrow, to, *part)?;
            }
        }
        close_if_empty(ledger, self.escrow)?;
        Ok(concerns(parties))
    }
}
