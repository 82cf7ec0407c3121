//! What the rules of contracts have in common: who may become a party, how money is locked and
//! freed, whom a result concerns.
//!
//! Invariant: lists are asked when somebody becomes a party or pays anew, never when the chain pays
//! what was promised: a list may lock a balance, but turns no money to the other side.

use crate::Ledger;
use crate::evaluate::is_authorized_asset;
use crate::market::adjust_core_in_orders;
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::{ExtendableResult, OperationResult};
use carbyne_wire::{ObjectId, TimePointSec};

refusals! {
    /// Why the state refuses an operation about a contract.
    pub enum ContractRefusal {
        /// The lists of the asset do not let the account have it.
        MayNotHold { account: AccountId, asset: AssetId }: "{account} may not hold {asset}",
        /// Only the issuer may give or get the asset.
        Restricted { asset: AssetId }: "only the issuer of {asset} may give or get it",
        /// The account has less than it is to give.
        TooLittle { account: AccountId, has: i64, needs: i64 }:
            "{account} has {has}, it needs {needs}",
        /// The contract is about others.
        NotParty { account: AccountId }: "the contract gives {account} no say in this",
        /// What the operation says of the contract is not so: it was written for another one.
        OtherTerms { what: &'static str }: "the contract has another {what}",
        /// A moment that is too early or too late.
        OutOfTime { what: &'static str, at: u64, least: u64, most: u64 }:
            "{what} is {at}, it must be between {least} and {most}",
        /// What is due is over, even if the chain has not come to it yet.
        Over { end: TimePointSec }: "that was over at {end}",
        /// The contract is not in the state that the operation is for.
        NotNow { what: &'static str }: "{what}",
        /// More than the limits for new contracts allow.
        BeyondLimit { what: &'static str, value: u64, most: u64 }:
            "{what} is {value}, {most} is the most",
        /// One of two assets refuses the other in markets.
        NoMarket { asset: AssetId, market: AssetId }: "{asset} is not traded against {market}",
        /// All of the SmartCoin is settled.
        Settled { asset: AssetId }: "all of {asset} is settled",
        /// Less is asked for than the contract lets.
        BelowLeast { units: i64, least: i64 }:
            "{units} is less than the {least} that are the least",
        /// More is asked for than is there.
        MoreThanLeft { asked: i64, left: i64 }: "{asked} is more than the {left} that are left",
    }
}
own_words!(ContractRefusal);

/// Refuses an account that may not hold an asset.
pub(crate) fn may_hold(
    ledger: &Ledger,
    account: AccountId,
    asset: AssetId,
) -> Result<(), Rejected> {
    let holds = is_authorized_asset(ledger.get(account)?, ledger.get(asset)?);
    ensure!(holds, ContractRefusal::MayNotHold { account, asset });
    Ok(())
}

/// Refuses two parties who may not both give and get an asset.
pub(crate) fn may_move(
    ledger: &Ledger,
    (one, other): (AccountId, AccountId),
    asset: AssetId,
) -> Result<(), Rejected> {
    may_hold(ledger, one, asset)?;
    may_hold(ledger, other, asset)?;
    let object = ledger.get(asset)?;
    let is_issuer = one == object.issuer || other == object.issuer;
    ensure!(!object.is_transfer_restricted() || is_issuer, ContractRefusal::Restricted { asset });
    Ok(())
}

/// Refuses an account that has less than it is to give.
pub(crate) fn has(ledger: &Ledger, account: AccountId, amount: Asset) -> Result<(), Rejected> {
    let (has, needs) = (ledger.balance(account, amount.asset_id), amount.amount);
    ensure!(has >= needs, ContractRefusal::TooLittle { account, has, needs });
    Ok(())
}

/// Takes an amount from its giver into a contract. Core still counts for the giver's votes.
pub(crate) fn lock(ledger: &mut Ledger, giver: AccountId, amount: Asset) -> Result<(), Rejected> {
    has(ledger, giver, amount)?;
    ledger.adjust_balance(giver, amount.negated())?;
    count_core(ledger, giver, amount)
}

/// Pays an amount that `giver` locked from the contract to whomever it belongs.
pub(crate) fn free(
    ledger: &mut Ledger,
    giver: AccountId,
    to: AccountId,
    amount: Asset,
) -> Result<(), Rejected> {
    count_core(ledger, giver, amount.negated())?;
    ledger.adjust_balance(to, amount)
}

/// Counts core in contracts for its giver, like core in orders.
pub(crate) fn count_core(
    ledger: &mut Ledger,
    giver: AccountId,
    amount: Asset,
) -> Result<(), Rejected> {
    match amount.asset_id == CORE && amount.amount != 0 {
        true => adjust_core_in_orders(ledger, giver, amount.amount),
        false => Ok(()),
    }
}

/// Refuses an account that is not `party`.
pub(crate) fn is_party(account: AccountId, party: AccountId) -> Result<(), Rejected> {
    ensure!(account == party, ContractRefusal::NotParty { account });
    Ok(())
}

/// Refuses an operation that was written for another contract.
pub(crate) fn pinned<T: PartialEq>(what: &'static str, said: T, found: T) -> Result<(), Rejected> {
    ensure!(said == found, ContractRefusal::OtherTerms { what });
    Ok(())
}

/// Refuses to act on what was over at `end`.
pub(crate) fn before(ledger: &Ledger, end: TimePointSec) -> Result<(), Rejected> {
    ensure!(ledger.head_time()? < end, ContractRefusal::Over { end });
    Ok(())
}

/// Refuses a moment outside of `least` to `most`.
pub(crate) fn in_time(
    what: &'static str,
    at: TimePointSec,
    least: u64,
    most: u64,
) -> Result<(), Rejected> {
    let at = u64::from(at.0);
    ensure!((least..=most).contains(&at), ContractRefusal::OutOfTime { what, at, least, most });
    Ok(())
}

/// Refuses more than a limit.
pub(crate) fn within(
    what: &'static str,
    value: impl Into<u64>,
    most: impl Into<u64>,
) -> Result<(), Rejected> {
    let (value, most) = (value.into(), most.into());
    ensure!(value <= most, ContractRefusal::BeyondLimit { what, value, most });
    Ok(())
}

/// Refuses more than there is.
pub(crate) fn at_most(asked: i64, left: i64) -> Result<(), Rejected> {
    ensure!(asked <= left, ContractRefusal::MoreThanLeft { asked, left });
    Ok(())
}

/// Refuses what the contract is not ready for, which `what` says.
pub(crate) fn only_if(condition: bool, what: &'static str) -> Result<(), Rejected> {
    ensure!(condition, ContractRefusal::NotNow { what });
    Ok(())
}

/// The moment `seconds` after the head block's time, as a number that may be past the last moment.
pub(crate) fn from_now(ledger: &Ledger, seconds: u32) -> Result<u64, Rejected> {
    Ok(u64::from(ledger.head_time()?.0).saturating_add(seconds.into()))
}

/// The moment of that number, refused past the last one.
pub(crate) fn moment(at: u64) -> Result<TimePointSec, Rejected> {
    within("a moment", at, u32::MAX)?;
    Ok(TimePointSec(at as u32))
}

/// Refuses a pair of assets that either of them refuses in markets.
pub(crate) fn may_trade(ledger: &Ledger, one: AssetId, other: AssetId) -> Result<(), Rejected> {
    for (asset, market) in [(one, other), (other, one)] {
        let options = &ledger.get(asset)?.options;
        let (white, black) = (&options.whitelist_markets, &options.blacklist_markets);
        let may = (white.is_empty() || white.contains(&market)) && !black.contains(&market);
        ensure!(may, ContractRefusal::NoMarket { asset, market });
    }
    Ok(())
}

/// What a SmartCoin is settled at, if all of it is.
pub(crate) fn settled_at(ledger: &Ledger, asset: AssetId) -> Result<Option<Price>, Rejected> {
    let Some(id) = ledger.get(asset)?.bitasset_data_id else { return Ok(None) };
    let data = ledger.get(id)?;
    Ok(data.is_globally_settled().then_some(data.settlement_price))
}

/// Refuses a SmartCoin of which all is settled: nothing new is agreed in it.
pub(crate) fn not_settled(ledger: &Ledger, asset: AssetId) -> Result<(), Rejected> {
    ensure!(settled_at(ledger, asset)?.is_none(), ContractRefusal::Settled { asset });
    Ok(())
}

/// A result that concerns these accounts besides those that the operation names.
pub(crate) fn concerns(accounts: impl IntoIterator<Item = AccountId>) -> OperationResult {
    OperationResult::Extendable(Box::new(ExtendableResult {
        impacted_accounts: Some(accounts.into_iter().collect()),
        ..ExtendableResult::default()
    }))
}

/// A result that names what was created, and concerns these accounts besides those that the
/// operation names.
pub(crate) fn creates(
    object: impl Into<ObjectId>,
    accounts: impl IntoIterator<Item = AccountId>,
) -> OperationResult {
    OperationResult::Extendable(Box::new(ExtendableResult {
        impacted_accounts: Some(accounts.into_iter().collect()),
        new_objects: Some([object.into()].into_iter().collect()),
        ..ExtendableResult::default()
    }))
}
