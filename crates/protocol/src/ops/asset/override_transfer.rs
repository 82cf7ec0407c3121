//! Override transfer: the issuer of an asset moves what others hold of it, where its flags allow
//! that.
//!
//! Signed by: the active authority of `issuer`, who pays the fee. The fee has a part per 1,024
//! bytes of memo.

use super::{check_fee, check_positive};
use crate::Rejected;
use crate::fees::{FeeSchedule, memo_fee};
use crate::ids::AccountId;
use crate::money::{Asset, Shares};
use crate::ops::Stateless;
use crate::ops::transfer::Memo;
use crate::reference_words as asked;
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why an override is refused, whatever the state.
    pub enum OverrideTransferRefusal {
        /// From and to one account.
        ToItself { account: AccountId }: "{account} cannot transfer to itself",
        /// From the issuer, who can transfer plainly.
        FromIssuer { account: AccountId }: "{account} is the issuer and needs no override",
    }
}

/// Moves what others hold.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct OverrideTransfer {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
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
    /// Fee of an override, in smallest units of the core asset.
    pub struct OverrideTransferFee {
        /// Per transfer.
        fee: u64 = 2_000_000,
        /// Per 1,024 bytes of memo.
        price_per_kbyte: u32 = 10,
    }
}

impl Stateless for OverrideTransfer {
    const NAME: &'static str = "override_transfer";
    type Fee = OverrideTransferFee;

    paid_by!(issuer);

    fn calculate_fee(&self, fee: &Self::Fee, _: &FeeSchedule) -> Result<i64, Rejected> {
        (fee.fee as i64).plus(memo_fee(&self.memo, fee.price_per_kbyte)?)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        let account = self.from;
        ensure!(account != self.to, OverrideTransferRefusal::ToItself { account });
        check_positive(self.amount.amount, asked::asset::OVERRIDE_AMOUNT)?;
        ensure!(account != self.issuer, OverrideTransferRefusal::FromIssuer { account });
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.to, self.from, self.issuer]);
    }
}
