//! Account whitelist: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::account::whitelist`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::account::whitelist::{AccountWhitelist, BLACK_LISTED, WHITE_LISTED};
use carbyne_wire::FlatSet;

refusals! {
    /// Why an account is not listed.
    pub enum AccountWhitelistRefusal {
        /// Only lifetime members may list others.
        NotMember { account: AccountId }: "{account} is no lifetime member and cannot list others",
    }
}

fn is_listed(operation: &AccountWhitelist, bit: u8) -> bool {
    operation.new_listing & bit != 0
}

/// Puts `account` in or takes it out.
fn set_membership(set: &mut FlatSet<AccountId>, account: AccountId, is_member: bool) {
    if is_member {
        set.insert(account);
    } else {
        set.remove(&account);
    }
}

impl Evaluate for AccountWhitelist {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        ledger.get(self.account_to_list)?;
        let account = self.authorizing_account;
        ensure!(
            ledger.parameters()?.allow_non_member_whitelists
                || ledger.get(account)?.is_lifetime_member(),
            AccountWhitelistRefusal::NotMember { account }
        );
        Ok(())
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let (lister, listed) = (self.authorizing_account, self.account_to_list);
        let (white, black) = (is_listed(self, WHITE_LISTED), is_listed(self, BLACK_LISTED));
        ledger.modify(listed, |account| {
            set_membership(&mut account.extras.whitelisting_accounts, lister, white);
            set_membership(&mut account.extras.blacklisting_accounts, lister, black);
        })?;
        // The lister's own lists decide nothing; clients read them.
        ledger.modify(lister, |account| {
            set_membership(&mut account.extras.whitelisted_accounts, listed, white);
            set_membership(&mut account.extras.blacklisted_accounts, listed, black);
        })?;
        Ok(OperationResult::Void)
    }
}
