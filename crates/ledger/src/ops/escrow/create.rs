//! Escrow create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::escrow::create`].

use crate::Ledger;
use crate::contracts::{from_now, in_time, lock, may_move};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use carbyne_objects::{Escrow, EscrowState};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::EscrowId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::escrow::EscrowCreate;

impl Evaluate for EscrowCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let latest = from_now(ledger, limits(ledger)?.escrow_max_sec)?;
        let earliest = from_now(ledger, 1)?;
        in_time("ratify_by", self.ratify_by, earliest, latest)?;
        in_time("deliver_by", self.deliver_by, earliest, latest)?;
        for amount in &self.amounts {
            may_move(ledger, (self.from, self.to), amount.asset_id)?;
        }
        match self.agent {
            Some(agent) => may_move(ledger, (self.from, agent), self.agent_fee.asset_id),
            None => Ok(()),
        }
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        for amount in self.amounts.iter().chain([&self.agent_fee]) {
            lock(ledger, self.from, *amount)?;
        }
        let id: EscrowId = ledger.create(Escrow {
            from: self.from,
            to: self.to,
            agent: self.agent,
            amounts: self.amounts.clone(),
            agent_fee: self.agent_fee,
            agreement_hash: self.agreement_hash,
            uri: self.uri.clone(),
            deliver_by: self.deliver_by,
            review_sec: self.review_sec,
            default_bps: self.default_bps,
            state: EscrowState::Pending,
            agent_approved: self.agent.is_none(),
            end: self.ratify_by,
            ..Escrow::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
