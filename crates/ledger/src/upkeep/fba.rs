//! Fees collected for assets that are backed by them, shared out (reference: `chain/db_maint.cpp`,
//! `chain/fba_object.cpp`).

use crate::Ledger;
use crate::cashback::cut_fee;
use carbyne_objects::{
    FBA_BLIND_TRANSFER, FBA_TRANSFER_FROM_BLIND, FBA_TRANSFER_TO_BLIND, FbaAccumulator,
};
use carbyne_protocol::Rejected;
use carbyne_protocol::authority::SpecialAuthority;
use carbyne_protocol::constants::{CORE, PERCENT_1};
use carbyne_protocol::ids::{AccountId, AssetId, FbaAccumulatorId};
use carbyne_protocol::money::{Asset, Shares};
use carbyne_protocol::ops::asset::options::flag;
use carbyne_protocol::ops::fba::distribute::FbaDistribute;

/// Part of the fees that buys the asset back, in basis points.
const BUYBACK_PERCENT: u16 = 60 * PERCENT_1;
/// Part of the fees for the issuer of the asset, in basis points; the rest is the network's.
const ISSUER_PERCENT: u16 = 20 * PERCENT_1;

/// Shares out what every accumulator holds.
pub(super) fn distribute_fba_balances(ledger: &mut Ledger) -> Result<(), Rejected> {
    [FBA_TRANSFER_TO_BLIND, FBA_BLIND_TRANSFER, FBA_TRANSFER_FROM_BLIND]
        .into_iter()
        .try_for_each(|id| split_fba_balance(ledger, id))
}

fn split_fba_balance(ledger: &mut Ledger, id: FbaAccumulatorId) -> Result<(), Rejected> {
    let accumulator = ledger.get(id)?;
    let collected = accumulator.accumulated_fba_fees;
    if collected == 0 {
        return Ok(());
    }
    let beneficiaries = beneficiaries(ledger, accumulator)?;
    let (buyback, issuer) = match beneficiaries {
        Some(_) => (cut_fee(collected, BUYBACK_PERCENT), cut_fee(collected, ISSUER_PERCENT)),
        None => (0, 0),
    };
    let network = collected.minus(buyback.plus(issuer)?)?;
    ledger.adjust_supply(Asset::new(network, CORE).negated())?;
    if let Some((buyback_account, issuer_account)) = beneficiaries {
        distribute(ledger, id, buyback_account, buyback)?;
        distribute(ledger, id, issuer_account, issuer)?;
    }
    ledger.modify(id, |accumulator| accumulator.accumulated_fba_fees = 0)
}

fn distribute(
    ledger: &mut Ledger,
    fba: FbaAccumulatorId,
    account: AccountId,
    amount: i64,
) -> Result<(), Rejected> {
    if amount == 0 {
        return Ok(());
    }
    ledger.adjust_balance(account, Asset::core(amount))?;
    let fba_id = fba.into();
    let fee = Asset::core(0);
    ledger.run.push_virtual(FbaDistribute { fee, account_id: account, fba_id, amount });
    Ok(())
}

/// Who buys the asset back and who issues it. Unless the issuer is bound to the asset's holders and
/// can change little about the asset, the network keeps the fees.
pub(crate) fn beneficiaries(
    ledger: &Ledger,
    accumulator: &FbaAccumulator,
) -> Result<Option<(AccountId, AccountId)>, Rejected> {
    let Some(asset) = accumulator.designated_asset.and_then(|asset| ledger.find(asset)) else {
        return Ok(None);
    };
    let is_bound = |bits: u16| bits & !flag::CHARGE_MARKET_FEE == 0;
    if asset.is_market_issued()
        || !is_bound(asset.options.issuer_permissions)
        || !is_bound(asset.options.flags)
    {
        return Ok(None);
    }
    let Some(buyback_account) = asset.buyback_account else { return Ok(None) };
    let issuer = ledger.get(asset.issuer)?;
    let is_controlled = follows_holders_of(asset.id, &issuer.extras.owner_special_authority)
        && follows_holders_of(asset.id, &issuer.extras.active_special_authority);
    let both = issuer.extras.top_n_control_flags & TOP_N_CONTROL_BOTH == TOP_N_CONTROL_BOTH;
    Ok((is_controlled && both).then_some((buyback_account, issuer.id)))
}

/// Bits of `top_n_control_flags`: owner and active authority follow holders already.
const TOP_N_CONTROL_BOTH: u8 = 3;

fn follows_holders_of(asset: AssetId, special: &SpecialAuthority) -> bool {
    matches!(special, SpecialAuthority::TopHolders(top) if top.asset == asset)
}
