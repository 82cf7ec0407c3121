//! Account creation: a member registers an account and shares its future fees with a referrer.
//!
//! Signed by: the active authority of `registrar`, who pays the fee; for a buyback account also by
//! the issuer of the asset it buys. The fee depends on the name and has a part per 1,024 bytes of
//! the operation.

use super::{
    MemberFault, Void, add_authority_accounts, check_authority_members, check_special_authority,
    check_votes, validate_members, validate_options, validate_special_authority,
    validate_threshold,
};
use crate::authority::{Authority, SpecialAuthority};
use crate::constants::{MAX_BUYBACK_MARKETS, NULL_ACCOUNT, PERCENT_100};
use crate::evaluate::{Context, Evaluate};
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, AssetId, BuybackId, SpecialAuthorityId};
use crate::ledger::next_id;
use crate::money::Asset;
use crate::names::{is_cheap_name, is_valid_name};
use crate::objects::{Account, AccountOptions, AccountStatistics, Buyback, SpecialAuthorityObject};
use crate::ops::{OperationResult, RequiredAuthorities, Stateless};
use crate::reference_words::{self as asked, Asked};
use crate::{Ledger, Rejected};
use carbyne_wire::{FlatSet, Pack, Text, Wire};

refusals! {
    /// Why an account is not created.
    pub enum AccountCreateRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// A name that no account may have.
        InvalidName { name: Text }: "'{name}' is not an account name",
        /// A referrer's part above all.
        ReferrerPercentTooLarge { percent: u16 }: "a referrer's part of {percent} is above 100 %",
        /// A buyback account with a special authority.
        BuybackWithSpecialAuthority { asked: Asked }: "a buyback account cannot have a special \
            authority",
        /// A buyback account that somebody could act for.
        BuybackNotNull { asked: Asked }: "owner and active of a buyback account must be the null \
            authority",
        /// A buyback account that may buy with nothing.
        BuybackWithoutMarkets: "a buyback account needs at least one market",
        /// A buyback account that buys an asset with itself.
        BuybackOfItself { asset: AssetId }: "{asset} cannot be bought back with itself",
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

/// What a buyback account does (reference: `protocol/buyback.hpp`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BuybackAccountOptions {
    /// The asset it buys.
    pub asset_to_buy: AssetId,
    /// Issuer of that asset, who must sign.
    pub asset_to_buy_issuer: AccountId,
    /// Assets it may buy with.
    pub markets: FlatSet<AssetId>,
}

/// What an account may be given besides keys and options.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(extension)]
pub struct AccountCreateExtensions {
    /// Not used.
    pub null_ext: Option<Void>,
    /// Who else the owner authority follows.
    pub owner_special_authority: Option<SpecialAuthority>,
    /// Who else the active authority follows.
    pub active_special_authority: Option<SpecialAuthority>,
    /// Makes it a buyback account.
    pub buyback_options: Option<BuybackAccountOptions>,
}

/// Registers an account.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountCreate {
    /// Fee, paid by `registrar`.
    pub fee: Asset,
    /// Who registers it; a lifetime member.
    pub registrar: AccountId,
    /// Who referred it; a member.
    pub referrer: AccountId,
    /// The referrer's part of what registrar and referrer share, in basis points; the rest is the
    /// registrar's.
    pub referrer_percent: u16,
    /// Its name.
    pub name: Text,
    /// Who may change everything.
    pub owner: Authority,
    /// Who may act in daily business.
    pub active: Authority,
    /// What it sets for itself.
    pub options: AccountOptions,
    /// What else it is given.
    pub extensions: AccountCreateExtensions,
}

fee_parameters! {
    /// Fee of an account, in smallest units of the core asset.
    pub struct AccountCreateFee {
        /// For a cheap name; raised while many are registered.
        basic_fee: u64 = 500_000,
        /// For any other name.
        premium_fee: u64 = 200_000_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 100_000,
    }
}

impl AccountCreate {
    fn validate_buyback(&self, options: &BuybackAccountOptions) -> Result<(), Rejected> {
        let Self { owner, active, extensions, .. } = self;
        for (special, asked) in [
            (&extensions.owner_special_authority, asked::account::BUYBACK_OWNER_SPECIAL),
            (&extensions.active_special_authority, asked::account::BUYBACK_ACTIVE_SPECIAL),
        ] {
            let refusal = AccountCreateRefusal::BuybackWithSpecialAuthority { asked };
            ensure!(special.is_none(), refusal);
        }
        let null = Authority::account(NULL_ACCOUNT);
        for (authority, asked) in [
            (owner, asked::account::BUYBACK_OWNER_NULL),
            (active, asked::account::BUYBACK_ACTIVE_NULL),
        ] {
            ensure!(*authority == null, AccountCreateRefusal::BuybackNotNull { asked });
        }
        ensure!(!options.markets.is_empty(), AccountCreateRefusal::BuybackWithoutMarkets);
        ensure!(
            !options.markets.contains(&options.asset_to_buy),
            AccountCreateRefusal::BuybackOfItself { asset: options.asset_to_buy }
        );
        Ok(())
    }
}

impl Stateless for AccountCreate {
    const NAME: &'static str = "account_create";
    type Fee = AccountCreateFee;

    paid_by!(registrar);

    fn calculate_fee(&self, fee: &AccountCreateFee, _: &FeeSchedule) -> Result<i64, Rejected> {
        let for_name = if is_cheap_name(&self.name) { fee.basic_fee } else { fee.premium_fee };
        let for_data = data_fee(self.packed_len(), fee.price_per_kbyte.into())?;
        // The reference adds these without looking for an overflow.
        Ok(for_name.wrapping_add(for_data as u64) as i64)
    }

    fn validate(&self) -> Result<(), Rejected> {
        ensure!(self.fee.amount >= 0, AccountCreateRefusal::NegativeFee { fee: self.fee.amount });
        ensure!(
            is_valid_name(&self.name),
            AccountCreateRefusal::InvalidName { name: self.name.clone() }
        );
        let percent = self.referrer_percent;
        ensure!(percent <= PERCENT_100, AccountCreateRefusal::ReferrerPercentTooLarge { percent });
        let authorities = [
            (&self.owner, &asked::account::CREATE_OWNER),
            (&self.active, &asked::account::CREATE_ACTIVE),
        ];
        authorities
            .into_iter()
            .try_for_each(|(authority, asked)| validate_members(authority, asked))?;
        authorities
            .into_iter()
            .try_for_each(|(authority, asked)| validate_threshold(authority, asked))?;
        validate_options(&self.options)?;
        validate_special_authority(&self.extensions.owner_special_authority)?;
        validate_special_authority(&self.extensions.active_special_authority)?;
        self.extensions.buyback_options.iter().try_for_each(|o| self.validate_buyback(o))
    }

    fn authorities(&self, required: &mut RequiredAuthorities) {
        let buyback = self.extensions.buyback_options.iter();
        required.active.extend(buyback.map(|options| options.asset_to_buy_issuer));
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.extend([self.registrar, self.referrer]);
        add_authority_accounts(accounts, &self.owner);
        add_authority_accounts(accounts, &self.active);
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

impl AccountCreate {
    fn check_buyback(
        &self,
        ledger: &Ledger,
        options: &BuybackAccountOptions,
    ) -> Result<(), Rejected> {
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
        &self,
        ledger: &Ledger,
        lifetime_referrer: AccountId,
    ) -> Result<Account, Rejected> {
        let parameters = ledger.parameters()?;
        let extensions = &self.extensions;
        Ok(Account {
            registrar: self.registrar,
            referrer: self.referrer,
            lifetime_referrer,
            network_fee_percentage: parameters.network_percent_of_fee,
            lifetime_referrer_fee_percentage: parameters.lifetime_referrer_percent_of_fee,
            referrer_rewards_percentage: self.referrer_percent,
            name: self.name.clone(),
            owner: self.owner.clone(),
            active: self.active.clone(),
            options: self.options.clone(),
            num_committee_voted: self.options.num_committee_voted(),
            owner_special_authority: extensions.owner_special_authority.clone().unwrap_or_default(),
            active_special_authority: extensions
                .active_special_authority
                .clone()
                .unwrap_or_default(),
            allowed_assets: extensions.buyback_options.as_ref().map(allowed_assets),
            creation_block_num: ledger.run.block_num,
            creation_time: ledger.run.block_time,
            ..Account::default()
        })
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
        extensions.buyback_options.iter().try_for_each(|o| self.check_buyback(ledger, o))?;
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
        let account = self.new_account(ledger, lifetime_referrer)?;
        let statistics = ledger.create(AccountStatistics {
            owner: next_id(ledger),
            name: self.name.clone(),
            is_voting: self.options.is_voting(),
            ..AccountStatistics::default()
        });
        let account: AccountId = ledger.create(Account { statistics, ..account });
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
