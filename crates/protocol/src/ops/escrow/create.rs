//! Escrow create: locks amounts for another account, perhaps with an arbiter.
//!
//! Signed by: the active authority of `from`, who pays the fee: a part for the escrow and one per
//! 1,024 bytes of the operation.

use super::check_amounts;
use crate::Rejected;
use crate::constants::{PERCENT_100, SECONDS_PER_DAY};
use crate::contract::{check_fee, different, fits, in_range, maybe_amount, sized_fee};
use crate::fees::FeeSchedule;
use crate::ids::AccountId;
use crate::money::Asset;
use crate::ops::Stateless;
use carbyne_wire::{Digest, Extensions, FlatSet, Pack, Text, TimePointSec, Wire};

/// The longest address of an agreement, in bytes.
pub const URI_BYTES_MAX: u32 = 256;
/// The longest review, in seconds: thirty days.
pub const REVIEW_SEC_MAX: u32 = 30 * SECONDS_PER_DAY;

/// Locks amounts until both parties agree, the agent rules, or time decides.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct EscrowCreate {
    /// Fee, paid by `from`.
    pub fee: Asset,
    /// Account that gives.
    pub from: AccountId,
    /// Account that is to receive.
    pub to: AccountId,
    /// Account that rules in a dispute.
    pub agent: Option<AccountId>,
    /// What is locked.
    pub amounts: Vec<Asset>,
    /// What the agent gets in the end; nothing without one.
    pub agent_fee: Asset,
    /// The hash of what was agreed.
    pub agreement_hash: Digest<32>,
    /// Where the agreement is to be found.
    pub uri: Option<Text>,
    /// Until when the others must approve.
    pub ratify_by: TimePointSec,
    /// When it ends unless somebody disputes.
    pub deliver_by: TimePointSec,
    /// Seconds an agent has for a ruling; zero without one.
    pub review_sec: u32,
    /// Part of the rest that `to` gets at the end, in basis points.
    pub default_bps: u16,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of an escrow, in smallest units of the core asset.
    pub struct EscrowCreateFee {
        /// Per escrow.
        fee: u64 = 500_000,
        /// Per 1,024 bytes.
        price_per_kbyte: u32 = 500_000,
    }
}

impl EscrowCreate {
    fn validate_agent(&self) -> Result<(), Rejected> {
        maybe_amount("agent_fee", self.agent_fee.amount)?;
        match self.agent {
            Some(agent) => {
                different(&[self.from, self.to, agent])?;
                in_range("review_sec", self.review_sec, SECONDS_PER_DAY, REVIEW_SEC_MAX)
            }
            None => {
                different(&[self.from, self.to])?;
                fits(self.agent_fee.amount == 0, "without an agent there is nobody to be paid")?;
                in_range("review_sec", self.review_sec, 0_u32, 0_u32)
            }
        }
    }
}

impl Stateless for EscrowCreate {
    const NAME: &'static str = "escrow_create";
    type Fee = EscrowCreateFee;

    paid_by!(from);

    fn calculate_fee(&self, fee: &EscrowCreateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        sized_fee(fee.fee, fee.price_per_kbyte.into(), self.packed_len())
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        self.validate_agent()?;
        check_amounts("amounts", &self.amounts, 1)?;
        let bytes = self.uri.as_ref().map_or(0, |uri| uri.len());
        in_range("uri", bytes as u64, 0_u32, URI_BYTES_MAX)?;
        in_range("default_bps", self.default_bps, 0_u32, PERCENT_100)?;
        fits(self.ratify_by <= self.deliver_by, "ratify_by must not be after deliver_by")
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.from, self.to]);
        accounts.extend(self.agent);
    }
}
