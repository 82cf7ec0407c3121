//! Account creation: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::account::create`].

use super::{MemberFault, check_authority_members, check_special_authority, check_votes};
use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::ledger::next_id;
use carbyne_objects::{
    Account, AccountExtras, AccountStatistics, Buyback, SpecialAuthorityObject, Voting,
};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::MAX_BUYBACK_MARKETS;
use carbyne_protocol::ids::{AccountId, AssetId, BuybackId, SpecialAuthorityId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::account::create::{
    AccountCreate, AccountCreateExtensions, BuybackAccountOptions,
};
use carbyne_wire::{FlatSet, Text};

refusals! {
    /// Why an account is not created.
    pub enum AccountCreateRefusal {
        /// The registrar is no lifetime member.
        RegistrarNotMember { account: AccountId }:
            "{account} is no lifetime member and cannot register accounts",
        /// The referrer is no member.
        ReferrerNotMember { account: AccountId }:
            "{account} is no member and cannot refer accounts",
        /// An authority with too many members.
        AuthorityTooLarge { count: usize, allowed: u16 } [ACCOUNT_CREATE_MAX_AUTH_EXCEEDED]:
            "an authority of {count} members is above the {allowed} allowed",
        /// An authority with a member that does not exist.
        UnknownMember { account: AccountId } [ACCOUNT_CREATE_AUTH_ACCOUNT_NOT_FOUND]:
            "there is no account {account}, which an authority names",
        /// The asset to buy back has another issuer.
        BuybackIncorrectIssuer { asset: AssetId, issuer: AccountId }
            [ACCOUNT_CREATE_BUYBACK_INCORRECT_ISSUER]:
            "{issuer} issues {asset}, only its issuer can have it bought back",
        /// The asset has a buyback account.
        BuybackAlreadyExists { asset: AssetId } [ACCOUNT_CREATE_BUYBACK_ALREADY_EXISTS]:
            "{asset} has a buyback account already",
        /// The buyback account would trade in too many markets.
        BuybackTooManyMarkets { count: usize } [ACCOUNT_CREATE_BUYBACK_TOO_MANY_MARKETS]:
            "{count} markets are too many for a buyback account",
        /// The fee schedule has no fee of this operation that could be raised.
        NoFeeToScale: "the fee schedule has no fee of account_create to raise",
        /// The name is taken.
        NameTaken { name: Text }: "there is an account '{name}' already",
    }
}

impl From<MemberFault> for AccountCreateRefusal {
    fn from(fault: MemberFault) -> Self {
        match fault {
            MemberFault::TooMany { count, allowed } => Self::AuthorityTooLarge { count, allowed },
            MemberFault::Unknown { account } => Self::UnknownMember { account },
        }
    }
}

fn check_buyback(ledger: &Ledger, options: &BuybackAccountOptions) -> Result<(), Rejected> {
    let asset = ledger.get(options.asset_to_buy)?;
    ensure!(
        asset.issuer == options.asset_to_buy_issuer,
        AccountCreateRefusal::BuybackIncorrectIssuer { asset: asset.id, issuer: asset.issuer }
    );
    ensure!(
        asset.buyback_account.is_none(),
        AccountCreateRefusal::BuybackAlreadyExists { asset: asset.id }
    );
    let count = options.markets.len();
    ensure!(count < MAX_BUYBACK_MARKETS, AccountCreateRefusal::BuybackTooManyMarkets { count });
    Ok(())
}

fn new_account(
    operation: &AccountCreate,
    ledger: &Ledger,
    lifetime_referrer: AccountId,
) -> Result<Account, Rejected> {
    let parameters = ledger.parameters()?;
    Ok(Account {
        registrar: operation.registrar,
        referrer: operation.referrer,
        lifetime_referrer,
        network_fee_percentage: parameters.network_percent_of_fee,
        lifetime_referrer_fee_percentage: parameters.lifetime_referrer_percent_of_fee,
        referrer_rewards_percentage: operation.referrer_percent,
        name: operation.name.clone(),
        owner: operation.owner.clone(),
        active: operation.active.clone(),
        options: operation.options.clone(),
        num_committee_voted: operation.options.num_committee_voted(),
        extras: extras(&operation.extensions).into(),
        ..Account::default()
    })
}

fn extras(extensions: &AccountCreateExtensions) -> AccountExtras {
    AccountExtras {
        owner_special_authority: extensions.owner_special_authority.clone().unwrap_or_default(),
        active_special_authority: extensions.active_special_authority.clone().unwrap_or_default(),
        allowed_assets: extensions.buyback_options.as_ref().map(allowed_assets),
        ..AccountExtras::default()
    }
}

fn allowed_assets(options: &BuybackAccountOptions) -> FlatSet<AssetId> {
    let mut allowed = options.markets.clone();
    allowed.insert(options.asset_to_buy);
    allowed
}

/// Counts a registration and, every so many of them, raises the basic fee until the next
/// maintenance.
fn count_registration(ledger: &mut Ledger) -> Result<(), Rejected> {
    let registered = ledger.modify_dynamic(|dynamic| {
        let count = dynamic.accounts_registered_this_interval.wrapping_add(1);
        dynamic.accounts_registered_this_interval = count;
        count
    })?;
    let parameters = ledger.parameters()?;
    let per_scale = u32::from(parameters.accounts_per_fee_scale);
    let shift = u32::from(parameters.account_fee_scale_bitshifts);
    if shift == 0 || registered.checked_rem(per_scale) != Some(0) {
        return Ok(());
    }
    ledger.modify_global(|global| {
        let fee = global.parameters.current_fees.account_create_mut();
        let fee = fee.ok_or(AccountCreateRefusal::NoFeeToScale)?;
        fee.basic_fee = fee.basic_fee.wrapping_shl(shift);
        Ok(())
    })?
}

impl Evaluate for AccountCreate {
    /// The lifetime member nearest above the new account.
    type Plan = AccountId;

    fn check(&self, ledger: &Ledger, context: &Context) -> Result<AccountId, Rejected> {
        ensure!(
            ledger.get(context.fee_payer)?.is_lifetime_member(),
            AccountCreateRefusal::RegistrarNotMember { account: context.fee_payer }
        );
        let referrer = ledger.get(self.referrer)?;
        ensure!(
            !referrer.is_basic_account(ledger.head_time()?),
            AccountCreateRefusal::ReferrerNotMember { account: self.referrer }
        );
        for authority in [&self.owner, &self.active] {
            check_authority_members(ledger, authority).map_err(AccountCreateRefusal::from)?;
        }
        let extensions = &self.extensions;
        check_special_authority(ledger, &extensions.owner_special_authority)?;
        check_special_authority(ledger, &extensions.active_special_authority)?;
        extensions.buyback_options.iter().try_for_each(|o| check_buyback(ledger, o))?;
        check_votes(ledger, &self.options)?;
        ensure!(
            ledger.tables.accounts.index().find(&self.name).is_none(),
            AccountCreateRefusal::NameTaken { name: self.name.clone() }
        );
        Ok(referrer.lifetime_referrer)
    }

    fn apply(
        &self,
        lifetime_referrer: AccountId,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let account = new_account(self, ledger, lifetime_referrer)?;
        let voting = Voting { is_voting: self.options.is_voting(), ..Voting::default() };
        let statistics = ledger.create(AccountStatistics {
            owner: next_id(ledger),
            name: self.name.clone(),
            voting: voting.into(),
            ..AccountStatistics::default()
        });
        let (creation_block_num, creation_time) = ledger.run.tell_block();
        let account: AccountId =
            ledger.create(Account { statistics, creation_block_num, creation_time, ..account });
        count_registration(ledger)?;
        let extensions = &self.extensions;
        if extensions.owner_special_authority.is_some()
            || extensions.active_special_authority.is_some()
        {
            let _: SpecialAuthorityId =
                ledger.create(SpecialAuthorityObject { account, ..Default::default() });
        }
        if let Some(options) = &extensions.buyback_options {
            let asset_to_buy = options.asset_to_buy;
            let _: BuybackId = ledger.create(Buyback { asset_to_buy, ..Default::default() });
            ledger.modify(asset_to_buy, |asset| asset.buyback_account = Some(account))?;
        }
        Ok(OperationResult::Object(account.into()))
    }
}
