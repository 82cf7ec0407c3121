//! HTLC redeem: shows the secret of a contract, so that its amount goes to the receiver.
//!
//! Signed by: the active authority of `redeemer`, who pays the fee and may be anybody. The fee has
//! a part per 1,024 bytes of secret that begin.

use super::{HtlcRedeemed, HtlcRefusal};
use crate::evaluate::{Context, Evaluate};
use crate::fees::FeeSchedule;
use crate::ids::{AccountId, HtlcId};
use crate::money::Asset;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Bytes, Extensions, FlatSet, Wire};

/// Shows the secret of a contract.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct HtlcRedeem {
    /// Fee.
    pub fee: Asset,
    /// The contract.
    pub htlc_id: HtlcId,
    /// Account that shows the secret.
    pub redeemer: AccountId,
    /// The secret.
    pub preimage: Bytes,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of showing a secret, in smallest units of the core asset.
    pub struct HtlcRedeemFee {
        /// Per contract.
        fee: u64 = 100_000,
        /// Per 1,024 bytes of secret that begin.
        fee_per_kb: u64 = 100_000,
    }
}

impl Stateless for HtlcRedeem {
    const NAME: &'static str = "htlc_redeem";
    type Fee = HtlcRedeemFee;

    paid_by!(redeemer);

    fn calculate_fee(&self, fee: &HtlcRedeemFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        let (count, price) = (self.preimage.len().div_ceil(1024) as u64, fee.fee_per_kb);
        let asked = asked::htlc::REDEEM_FEE;
        let overflow = HtlcRefusal::FeeOverflow { count, price, asked };
        Ok(fee.fee.wrapping_add(count.checked_mul(price).ok_or(overflow)?) as i64)
    }

    fn validate(&self) -> Result<(), Rejected> {
        let fee = self.fee.amount;
        ensure!(fee >= 0, HtlcRefusal::NegativeFee { fee });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.redeemer);
    }
}

impl Evaluate for HtlcRedeem {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let lock = &ledger.get(self.htlc_id)?.conditions.hash_lock;
        let (size, expected) = (self.preimage.len(), lock.preimage_size);
        ensure!(
            expected == 0 || size == usize::from(expected),
            HtlcRefusal::PreimageSize { size, expected }
        );
        ensure!(lock.preimage_hash.is_of(&self.preimage), HtlcRefusal::WrongPreimage);
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let contract = ledger.get(self.htlc_id)?;
        let record = HtlcRedeemed {
            fee: Asset::core(0),
            htlc_id: contract.id,
            from: contract.transfer.from,
            to: contract.transfer.to,
            redeemer: self.redeemer,
            amount: contract.amount(),
            htlc_preimage_hash: contract.conditions.hash_lock.preimage_hash.clone(),
            htlc_preimage_size: contract.conditions.hash_lock.preimage_size,
            preimage: self.preimage.clone(),
        };
        ledger.adjust_balance(record.to, record.amount)?;
        ledger.run.push_virtual(record);
        ledger.remove(self.htlc_id)?;
        Ok(OperationResult::Void)
    }
}
