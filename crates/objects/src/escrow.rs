//! Escrows.

use super::{ContractIndex, Placed};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_wire::{Digest, Text, TimePointSec, Wire};
use smallvec::SmallVec;

carbyne_protocol::named_enum! {
    /// How far an escrow has come.
    #[derive(Default)]
    pub enum EscrowState {
        /// Not everybody has approved.
        #[default]
        Pending = 1 "pending",
        /// Everybody has.
        Active = 2 "active",
        /// The agent is to rule.
        Disputed = 3 "disputed",
    }
}

/// Amounts that are locked until their parties agree, the agent rules, or time decides.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Escrow {
    /// Id.
    pub id: EscrowId,
    /// Account that gave.
    pub from: AccountId,
    /// Account that is to receive.
    pub to: AccountId,
    /// Account that rules in a dispute.
    pub agent: Option<AccountId>,
    /// What is left of what was locked, in the order in which it was named.
    pub amounts: Vec<Asset>,
    /// What the agent gets in the end.
    pub agent_fee: Asset,
    /// The hash of what was agreed.
    pub agreement_hash: Digest<32>,
    /// Where the agreement is to be found.
    pub uri: Option<Text>,
    /// When it ends unless somebody disputes.
    pub deliver_by: TimePointSec,
    /// Seconds an agent has for a ruling.
    pub review_sec: u32,
    /// Part of the rest that `to` gets at the end, in basis points.
    pub default_bps: u16,
    /// How far it has come.
    pub state: EscrowState,
    /// Whether the receiver approved.
    pub to_approved: bool,
    /// Whether the agent approved.
    pub agent_approved: bool,
    /// When time decides: as things stand, the last moment to approve, to dispute, or to rule.
    pub end: TimePointSec,
}
object! {
    Escrow, ContractIndex,
    holds |escrow, _assets, sheet| {
        escrow.amounts.iter().for_each(|amount| sheet.hold(*amount));
        sheet.hold(escrow.agent_fee);
    },
    concerns |escrow, accounts| {
        accounts.extend(escrow.parties());
    }
}

impl Escrow {
    /// The parties, and the agent.
    pub fn parties(&self) -> SmallVec<[AccountId; 3]> {
        [Some(self.from), Some(self.to), self.agent].into_iter().flatten().collect()
    }

    /// Whether nothing is left for the parties.
    pub fn is_empty(&self) -> bool {
        self.amounts.iter().all(|amount| amount.amount == 0)
    }
}

impl Placed for Escrow {
    fn accounts(&self) -> SmallVec<[AccountId; 3]> {
        self.parties()
    }
    fn assets(&self) -> SmallVec<[AssetId; 2]> {
        self.amounts.iter().map(|amount| amount.asset_id).collect()
    }
    fn due(&self) -> Option<TimePointSec> {
        Some(self.end)
    }
    fn bound(&self) -> SmallVec<[AccountId; 3]> {
        let to = self.to_approved.then_some(self.to);
        let agent = self.agent.filter(|_| self.agent_approved);
        [Some(self.from), to, agent].into_iter().flatten().collect()
    }
}
