//! Transfer: moves an amount from one account to another, with an optional encrypted memo.
//!
//! Signed by: the active authority of `from`, who pays the fee. The fee has a part per 1,024 bytes
//! of memo.

use crate::Rejected;
use crate::fees::{FeeSchedule, memo_fee};
use crate::ids::AccountId;
use crate::money::{Asset, Shares};
use crate::ops::Stateless;
use carbyne_crypto::PublicKey;
use carbyne_wire::{Bytes, Extensions, FlatSet, Wire};

refusals! {
    /// Why a transfer is refused, whatever the state.
    pub enum TransferRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A transfer to oneself.
        ToItself { account: AccountId }: "{account} cannot transfer to itself",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
    }
}

/// An encrypted message (reference: `protocol/memo.hpp`); the chain only stores it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Memo {
    /// Public key of the writer.
    pub from: PublicKey,
    /// Public key of the reader.
    pub to: PublicKey,
    /// Makes equal texts look different.
    pub nonce: u64,
    /// The encrypted text.
    pub message: Bytes,
}

/// Moves an amount from one account to another.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Transfer {
    /// Fee, paid by `from`.
    pub fee: Asset,
    /// Account that gives.
    pub from: AccountId,
    /// Account that receives.
    pub to: AccountId,
    /// What is moved.
    pub amount: Asset,
    /// A message for the receiver.
    pub memo: Option<Box<Memo>>,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a transfer, in smallest units of the core asset.
    pub struct TransferFee {
        /// Per transfer.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of memo.
        price_per_kbyte: u32 = 1_000_000,
    }
}

impl Stateless for Transfer {
    const NAME: &'static str = "transfer";
    type Fee = TransferFee;

    paid_by!(from);

    fn calculate_fee(&self, fee: &TransferFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(memo_fee(&self.memo, fee.price_per_kbyte)?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, TransferRefusal::NegativeFee { fee: self.fee.amount });
        ensure!(self.from != self.to, TransferRefusal::ToItself { account: self.from });
        let amount = self.amount.amount;
        ensure!(amount > 0, TransferRefusal::AmountNotPositive { amount });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.from, self.to]);
    }
}
