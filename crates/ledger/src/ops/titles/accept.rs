//! Title accept: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::titles::accept`].

use super::TitleRefusal;
use crate::Ledger;
use crate::cashback::process_fees;
use crate::contracts::{before, concerns, has, is_party, may_move, pinned};
use crate::evaluate::{Context, Evaluate};
use crate::ledger::next_id;
use crate::ops::account::update::check_members;
use carbyne_crypto::PublicKey;
use carbyne_objects::{Account, Title};
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, TitleId};
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::account::options::AccountOptions;
use carbyne_protocol::ops::titles::TitleAccept;
use carbyne_wire::FlatSet;
use std::collections::BTreeSet;

/// Refuses a key, or the key of an address, that the account had before in any place.
fn check_keys(operation: &TitleAccept, account: &Account) -> Result<(), Rejected> {
    let authorities = [&account.owner, &account.active];
    let keys = authorities.iter().flat_map(|one| one.key_auths.keys());
    let old: BTreeSet<[u8; 33]> =
        keys.chain([&account.options.memo_key]).map(|key| key.0).collect();
    let addresses = authorities.iter().flat_map(|one| one.address_auths.keys());
    let old_addresses: BTreeSet<[u8; 20]> = addresses.map(|address| address.0).collect();
    let has_address = |key: &PublicKey| {
        !old_addresses.is_empty() && key.addresses().any(|one| old_addresses.contains(&one.0))
    };
    let (owner, active) = (operation.owner.key_auths.keys(), operation.active.key_auths.keys());
    let mut new = owner.chain(active).chain([&operation.memo_key]);
    let is_old = new.any(|key| old.contains(&key.0) || has_address(key));
    ensure!(!is_old, TitleRefusal::OldKey { account: account.id });
    Ok(())
}

/// Shares out what the account paid in fees; what came back to it of fees goes to `payout`.
fn settle_fees(ledger: &mut Ledger, account: AccountId, payout: AccountId) -> Result<(), Rejected> {
    process_fees(ledger, account)?;
    match ledger.modify(account, |account| account.extras.cashback_vb.take())? {
        Some(cashback) => ledger.modify(cashback, |cashback| cashback.owner = payout),
        None => Ok(()),
    }
}

/// Gives the account its new authorities and takes what the old owner was trusted with. What
/// others have against the name stays.
fn renew(operation: &TitleAccept, ledger: &mut Ledger) -> Result<(), Rejected> {
    let (now, statistics) = (ledger.head_time()?, ledger.get(operation.account)?.statistics);
    ledger.modify(operation.account, |account| {
        account.owner = operation.owner.clone();
        account.active = operation.active.clone();
        account.options =
            AccountOptions { memo_key: operation.memo_key, ..AccountOptions::default() };
        account.num_committee_voted = 0;
        account.extras.whitelisting_accounts = FlatSet::new();
    })?;
    ledger.modify(statistics, |statistics| {
        statistics.voting.is_voting = false;
        statistics.voting.has_cashback_vb = false;
        statistics.voting.last_vote_time = now;
    })
}

/// Says from when on the account has this owner.
fn write_title(ledger: &mut Ledger, account: AccountId) -> Result<(), Rejected> {
    let known: Option<TitleId> = ledger.tables.titles.index().find(&account);
    let id: TitleId = match known {
        Some(id) => id,
        None => ledger.create(Title { account, ..Title::default() }),
    };
    let since = ledger.head_time()?;
    let (first_proposal, first_permission) = (next_id(ledger), next_id(ledger));
    ledger.try_modify(id, |title| {
        title.epoch = i64::from(title.epoch).plus(1)? as u32;
        title.since = since;
        title.first_proposal = first_proposal;
        title.first_permission = first_permission;
        Ok(())
    })
}

impl Evaluate for TitleAccept {
    /// Who is paid.
    type Plan = AccountId;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<AccountId, Rejected> {
        let offer = ledger.get(self.offer)?;
        pinned("account", self.account, offer.account)?;
        pinned("price", self.price, offer.price)?;
        before(ledger, offer.expiry)?;
        offer.buyer.iter().try_for_each(|buyer| is_party(self.buyer, *buyer))?;
        check_members(ledger, &self.owner)?;
        check_members(ledger, &self.active)?;
        check_keys(self, ledger.get(self.account)?)?;
        may_move(ledger, (self.buyer, offer.payout), self.price.asset_id)?;
        has(ledger, self.buyer, self.price)?;
        Ok(offer.payout)
    }

    fn apply(
        &self,
        payout: AccountId,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        ledger.adjust_balance(self.buyer, self.price.negated())?;
        ledger.adjust_balance(payout, self.price)?;
        ledger.remove(self.offer)?;
        settle_fees(ledger, self.account, payout)?;
        renew(self, ledger)?;
        write_title(ledger, self.account)?;
        Ok(concerns([payout]))
    }
}
