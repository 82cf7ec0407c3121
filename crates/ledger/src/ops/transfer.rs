//! Transfer: moves an amount from one account to another, with an optional encrypted memo.
//!
//! Signed by: the active authority of `from`, who pays the fee. The fee has a part per 1,024 bytes
//! of memo.

use crate::evaluate::{Context, Evaluate, is_authorized_asset};
use crate::fees::{FeeSchedule, memo_fee};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Shares};
use crate::objects::{Account, AssetObject};
use crate::ops::{OperationResult, Stateless};
use crate::{Ledger, Rejected};
use carbyne_crypto::PublicKey;
use carbyne_wire::{Bytes, Extensions, FlatSet, Text, Wire};
use std::fmt;

refusals! {
    /// Why a transfer is refused.
    pub enum TransferRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A transfer to oneself.
        ToItself { account: AccountId }: "{account} cannot transfer to itself",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
        /// The sender may not hold the asset.
        FromNotWhitelisted {
            account: AccountId,
            asset: AssetId,
            trip: Trip,
        } [TRANSFER_FROM_NOT_WHITELISTED]:
            "the sender {account} may not hold {asset}",
        /// The receiver may not hold the asset.
        ToNotWhitelisted {
            account: AccountId,
            asset: AssetId,
            trip: Trip,
        } [TRANSFER_TO_NOT_WHITELISTED]:
            "the receiver {account} may not hold {asset}",
        /// Only the issuer may send or receive the asset.
        Restricted { asset: AssetId, trip: Trip } [TRANSFER_RESTRICTED_ASSET]:
            "only the issuer of {asset} may send or receive it",
        /// The sender has less than the amount.
        InsufficientBalance { has: String, needs: String, from: Text, to: Text, trip: Trip }:
            "'{from}' has {has}, not {needs} for '{to}'",
    }
}

/// What was to go from whom to whom, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    amount: String,
    from: Text,
    to: Text,
}

impl Trip {
    fn of(from: &Account, to: &Account, asset: &AssetObject, amount: i64) -> Self {
        Self { amount: asset.pretty(amount), from: from.name.clone(), to: to.name.clone() }
    }
}

impl fmt::Display for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { amount, from, to } = self;
        write!(f, "Unable to transfer {amount} from {from} to {to}")
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

impl Evaluate for Transfer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let from = ledger.get(self.from)?;
        let to = ledger.get(self.to)?;
        let asset = ledger.get(self.amount.asset_id)?;
        let trip = || Trip::of(from, to, asset, self.amount.amount);
        ensure!(
            is_authorized_asset(from, asset),
            TransferRefusal::FromNotWhitelisted { account: from.id, asset: asset.id, trip: trip() }
        );
        ensure!(
            is_authorized_asset(to, asset),
            TransferRefusal::ToNotWhitelisted { account: to.id, asset: asset.id, trip: trip() }
        );
        ensure!(
            !asset.is_transfer_restricted() || from.id == asset.issuer || to.id == asset.issuer,
            TransferRefusal::Restricted { asset: asset.id, trip: trip() }
        );
        let has = ledger.balance(from.id, asset.id);
        ensure!(
            has >= self.amount.amount,
            TransferRefusal::InsufficientBalance {
                has: asset.pretty(has),
                needs: asset.pretty(self.amount.amount),
                from: from.name.clone(),
                to: to.name.clone(),
                trip: trip(),
            }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.from, self.amount.negated())?;
        ledger.adjust_balance(self.to, self.amount)?;
        Ok(OperationResult::Void)
    }
}
