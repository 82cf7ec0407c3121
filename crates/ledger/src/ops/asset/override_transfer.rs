//! Override transfer: the issuer of an asset moves what others hold of it, where its flags allow
//! that.
//!
//! Signed by: the active authority of `issuer`, who pays the fee. The fee has a part per 1,024
//! bytes of memo.

use super::{AssetRefusal, check_fee, check_issuer, check_positive};
use crate::evaluate::{Context, Evaluate, check_authorized};
use crate::fees::{FeeSchedule, memo_fee};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Shares};
use crate::ops::transfer::Memo;
use crate::ops::{OperationResult, Stateless};
use crate::reference_words as asked;
use crate::{Ledger, Rejected};
use carbyne_wire::{Extensions, FlatSet, Wire};

refusals! {
    /// Why an override is refused.
    pub enum OverrideTransferRefusal {
        /// From and to one account.
        ToItself { account: AccountId }: "{account} cannot transfer to itself",
        /// From the issuer, who can transfer plainly.
        FromIssuer { account: AccountId }: "{account} is the issuer and needs no override",
        /// The flags do not allow it.
        NotPermitted { asset: AssetId } [OVERRIDE_TRANSFER_NOT_PERMITTED]:
            "the flags of {asset} do not let its issuer transfer what others hold",
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

impl Evaluate for OverrideTransfer {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let asset = ledger.get(self.amount.asset_id)?;
        ensure!(asset.can_override(), OverrideTransferRefusal::NotPermitted { asset: asset.id });
        check_issuer(asset, self.issuer, asked::asset::OVERRIDE_ISSUER)?;
        let from = ledger.get(self.from)?;
        // What the giver may hold does not matter, or a blacklisted account could not be emptied.
        let asked = asked::asset::OVERRIDE_RECEIVER;
        check_authorized(ledger, self.to, asset.id, asked)?;
        let asked = asked::asset::OVERRIDE_BALANCE;
        let (has, needs) = (ledger.balance(from.id, asset.id), self.amount.amount);
        ensure!(
            has >= needs,
            AssetRefusal::InsufficientBalance { account: from.id, has, needs, asked }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.from, self.amount.negated())?;
        ledger.adjust_balance(self.to, self.amount)?;
        Ok(OperationResult::Void)
    }
}
