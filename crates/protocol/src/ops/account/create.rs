//! Account creation: a member registers an account and shares its future fees with a referrer.
//!
//! Signed by: the active authority of `registrar`, who pays the fee; for a buyback account also by
//! the issuer of the asset it buys. The fee depends on the name and has a part per 1,024 bytes of
//! the operation.

use super::{
    Void, add_authority_accounts, validate_members, validate_options, validate_special_authority,
    validate_threshold,
};
use crate::Rejected;
use crate::authority::{Authority, SpecialAuthority};
use crate::constants::{NULL_ACCOUNT, PERCENT_100};
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, AssetId};
use crate::money::Asset;
use crate::names::{is_cheap_name, is_valid_name};
use crate::ops::account::options::AccountOptions;
use crate::ops::{RequiredAuthorities, Stateless};
use crate::reference_words as asked;
use crate::reference_words::Asked;
use carbyne_wire::{FlatSet, Pack, Text, Wire};

refusals! {
    /// Why an account is not created, whatever the state.
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
