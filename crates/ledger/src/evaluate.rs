//! How one operation is applied: fee prepared, checked, fee booked, applied, payer debited.
//!
//! Invariant: the payer's balance is debited **after** the operation is applied, so that an
//! operation may earn what pays its fee (reference: `evaluator.hpp`).

use crate::Ledger;
use crate::ledger::LedgerRefusal;
use carbyne_objects::{Account, AssetObject, Brief};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::CORE;
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::{Operation, OperationResult, Stateless};
use carbyne_protocol::reference_words::Asked;
use carbyne_wire::Text;

refusals! {
    /// Why an operation is refused before its own rules are asked.
    pub enum EvaluateRefusal {
        /// No user can send this operation.
        NoEvaluator { operation: String }: "nobody can send this operation: {operation}",
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// The payer may not hold the asset it pays with.
        FeeAssetUnauthorized { account: AccountId, name: Text, asset: AssetId, symbol: Text }:
            "{account} '{name}' may not hold {asset} '{symbol}', with which it pays the fee",
        /// The lists of an asset do not let an account hold it; each operation says so in its own
        /// words.
        Unauthorized { account: AccountId, asset: AssetId, asked: Asked }:
            "{account} may not hold {asset}",
        /// The fee pool of the asset cannot convert the fee.
        FeePoolTooSmall { has: String, needs: String, fee: String }:
            "the fee pool has {has}, it needs {needs} to convert {fee}",
        /// A fee below what the schedule asks for.
        InsufficientFee { paid: i64, required: i64 } [INSUFFICIENT_FEE]:
            "a fee of {paid} is below the {required} required",
    }
}

/// Where an operation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// From a transaction.
    Sent,
    /// From a proposal that was approved; it pays the fees of the day it is executed.
    Proposed,
    /// From a limit order that was filled and takes its profit: the order it takes it with follows
    /// its price.
    OnFill,
    /// From the genesis or another place without fees.
    Free,
}

/// What an operation may know of its surroundings.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Where it comes from.
    pub mode: Mode,
    /// Who pays the fee.
    pub fee_payer: AccountId,
    /// The fee as given.
    pub fee: Asset,
    /// The fee in smallest units of the core asset.
    pub core_fee_paid: i64,
}

/// The rules of an operation that can be sent: decide first, then change.
pub trait Evaluate: Stateless {
    /// What [`Evaluate::check`] found out and [`Evaluate::apply`] needs: ids and numbers, never
    /// references.
    type Plan;

    /// Reads the state and decides; changes nothing.
    fn check(&self, ledger: &Ledger, context: &Context) -> Result<Self::Plan, Rejected>;

    /// Writes what was decided. May still refuse; the session around it takes everything back.
    fn apply(
        &self,
        plan: Self::Plan,
        ledger: &mut Ledger,
        context: &Context,
    ) -> Result<OperationResult, Rejected>;

    /// Books the fee before [`Evaluate::apply`]: by default through the fee pool of its asset into
    /// the pending fees of the payer.
    fn pay_fee(
        &self,
        _plan: &mut Self::Plan,
        ledger: &mut Ledger,
        context: &Context,
    ) -> Result<(), Rejected> {
        convert_fee(ledger, context)?;
        book_fee(ledger, context.fee_payer, context.core_fee_paid)
    }
}

/// Applies one operation, its fee included. The caller owns the session that takes a refused one
/// back.
pub(crate) fn evaluate_one<O: Evaluate>(
    operation: &O,
    whole: &Operation,
    ledger: &mut Ledger,
    mode: Mode,
) -> Result<OperationResult, Rejected> {
    let context = prepare_fee(ledger, operation.fee_payer(), operation.fee(), mode)?;
    if mode != Mode::Free {
        let required = ledger.parameters()?.current_fees.calculate_fee(whole)?;
        let paid = context.core_fee_paid;
        ensure!(paid >= required, EvaluateRefusal::InsufficientFee { paid, required });
    }
    if mode == Mode::Sent {
        ledger.run.pays(context.core_fee_paid);
    }
    let mut plan = operation.check(ledger, &context)?;
    operation.pay_fee(&mut plan, ledger, &context)?;
    let result = operation.apply(plan, ledger, &context)?;
    ledger.adjust_balance(context.fee_payer, context.fee.negated())?;
    Ok(result)
}

fn prepare_fee(
    ledger: &Ledger,
    fee_payer: AccountId,
    fee: Asset,
    mode: Mode,
) -> Result<Context, Rejected> {
    ensure!(fee.amount >= 0, EvaluateRefusal::NegativeFee { fee: fee.amount });
    let payer = ledger.brief(fee_payer)?;
    let asset = ledger.get(fee.asset_id)?;
    ensure!(
        may_hold(ledger, fee_payer, payer, asset)?,
        EvaluateRefusal::FeeAssetUnauthorized {
            account: fee_payer,
            name: ledger.get(fee_payer)?.name.clone(),
            asset: asset.id,
            symbol: asset.symbol.clone(),
        }
    );
    let core_fee_paid =
        if fee.asset_id == CORE { fee.amount } else { fee_from_pool(ledger, asset, fee)? };
    Ok(Context { mode, fee_payer, fee, core_fee_paid })
}

/// The core asset that the fee pool of `asset` gives for `fee`.
fn fee_from_pool(ledger: &Ledger, asset: &AssetObject, fee: Asset) -> Result<i64, Rejected> {
    let from_pool = fee.times(asset.options.core_exchange_rate)?;
    let what = "a core exchange rate is not a price in the core asset";
    ensure!(from_pool.asset_id == CORE, LedgerRefusal::Contradiction { what });
    let pool = ledger.get(asset.dynamic_asset_data_id)?.fee_pool;
    if from_pool.amount > pool {
        let core = ledger.get(CORE)?;
        let (has, needs) = (core.pretty(pool), core.pretty(from_pool.amount));
        let fee = asset.pretty(fee.amount);
        return Err(EvaluateRefusal::FeePoolTooSmall { has, needs, fee }.into());
    }
    Ok(from_pool.amount)
}

/// Exchanges a fee in another asset for the core asset of that asset's fee pool.
pub fn convert_fee(ledger: &mut Ledger, context: &Context) -> Result<(), Rejected> {
    if context.fee.asset_id == CORE {
        return Ok(());
    }
    let data = ledger.get(context.fee.asset_id)?.dynamic_asset_data_id;
    ledger.try_modify(data, |data| {
        data.accumulated_fees = data.accumulated_fees.plus(context.fee.amount)?;
        data.fee_pool = data.fee_pool.minus(context.core_fee_paid)?;
        Ok(())
    })
}

/// Adds a fee, in smallest units of the core asset, to the pending fees of its payer: small ones
/// are shared out at once at the next maintenance, larger ones vest.
pub fn book_fee(ledger: &mut Ledger, payer: AccountId, core_fee: i64) -> Result<(), Rejected> {
    let threshold = ledger.parameters()?.cashback_vesting_threshold;
    let statistics = ledger.brief(payer)?.statistics;
    ledger.try_modify(statistics, |statistics| {
        let pending = if core_fee > threshold {
            &mut statistics.pending_fees
        } else {
            &mut statistics.pending_vested_fees
        };
        *pending = pending.plus(core_fee)?;
        Ok(())
    })
}

/// Whether the whitelists and blacklists of an asset let an account hold it (BSIP 86: the committee
/// always may).
pub fn is_authorized_asset(account: &Account, asset: &AssetObject) -> bool {
    use carbyne_protocol::constants::COMMITTEE_ACCOUNT;
    if account.id == COMMITTEE_ACCOUNT {
        return true;
    }
    let (extras, options) = (&account.extras, &asset.options);
    if extras.allowed_assets.as_ref().is_some_and(|allowed| !allowed.contains(&asset.id)) {
        return false;
    }
    if extras.blacklisting_accounts.iter().any(|id| options.blacklist_authorities.contains(id)) {
        return false;
    }
    options.whitelist_authorities.is_empty()
        || extras.whitelisting_accounts.iter().any(|id| options.whitelist_authorities.contains(id))
}

/// The same, from what is known of the account in brief where that tells.
#[inline]
pub(crate) fn may_hold(
    ledger: &Ledger,
    account: AccountId,
    brief: &Brief,
    asset: &AssetObject,
) -> Result<bool, Rejected> {
    if brief.is_unlisted && asset.options.whitelist_authorities.is_empty() {
        return Ok(true);
    }
    Ok(is_authorized_asset(ledger.get(account)?, asset))
}

/// Refuses an account that may not hold an asset, in the words that the operation has for it.
pub(crate) fn check_authorized(
    ledger: &Ledger,
    account: AccountId,
    asset: AssetId,
    asked: Asked,
) -> Result<(), Rejected> {
    ensure!(
        is_authorized_asset(ledger.get(account)?, ledger.get(asset)?),
        EvaluateRefusal::Unauthorized { account, asset, asked }
    );
    Ok(())
}
