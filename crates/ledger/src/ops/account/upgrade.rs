//! Account upgrade: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::account::upgrade`].

use crate::Ledger;
use crate::cashback::process_fees;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::PERCENT_100;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::account::upgrade::AccountUpgrade;
use carbyne_wire::{Text, TimePointSec};

refusals! {
    /// Why an account is not upgraded.
    pub enum AccountUpgradeRefusal {
        /// It is a lifetime member.
        AlreadyMember { name: Text }: "'{name}' is a lifetime member already",
        /// An annual membership.
        NoAnnualMembership { name: Text }:
            "there is no annual membership any more, not for '{name}' either",
    }
}

impl Evaluate for AccountUpgrade {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        let account = ledger.get(self.account_to_upgrade)?;
        ensure!(
            !account.is_lifetime_member(),
            AccountUpgradeRefusal::AlreadyMember { name: account.name.clone() }
        );
        ensure!(
            self.upgrade_to_lifetime_member,
            AccountUpgradeRefusal::NoAnnualMembership { name: account.name.clone() }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        // What it paid until now, this fee included, is still shared with those who brought it.
        process_fees(ledger, self.account_to_upgrade)?;
        ledger.modify(self.account_to_upgrade, |account| {
            account.membership_expiration_date = TimePointSec::MAX;
            account.registrar = account.id;
            account.referrer = account.id;
            account.lifetime_referrer = account.id;
            account.lifetime_referrer_fee_percentage =
                PERCENT_100.wrapping_sub(account.network_fee_percentage);
        })?;
        Ok(OperationResult::Void)
    }
}
